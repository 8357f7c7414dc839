//! Ids as newtypes over fixed-length bytes. They have no `Display`; `Debug` shows a short alias only,
//! so that a stray log line does not identify anybody. `text()` and `parse()` are the full string form.

use crate::letters::BASE32;

/// The bytes or text given are not an id of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}: {expected} bytes are needed")]
pub struct InvalidId {
    /// Which kind of id was expected.
    pub kind: &'static str,
    /// How many bytes such an id has.
    pub expected: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// The bytes as a slice.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// The bytes as a vector, for a protobuf field.
            pub fn to_vec(self) -> Vec<u8> {
                self.0.to_vec()
            }

            /// Full text form: lower-case base32 without padding.
            pub fn text(&self) -> String {
                BASE32.encode(&self.0)
            }

            /// Reads [`Self::text`].
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let bytes = BASE32
                    .decode(text)
                    .ok_or(InvalidId { kind: $kind, expected: $len })?;
                Self::try_from(bytes.as_slice())
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = InvalidId;
            fn try_from(bytes: &[u8]) -> Result<Self, InvalidId> {
                bytes
                    .try_into()
                    .map(Self)
                    .map_err(|_| InvalidId { kind: $kind, expected: $len })
            }
        }

        impl TryFrom<&Vec<u8>> for $name {
            type Error = InvalidId;
            fn try_from(bytes: &Vec<u8>) -> Result<Self, InvalidId> {
                Self::try_from(bytes.as_slice())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}~{:02x}", $kind, self.0[0])
            }
        }
    };
}

id!(
    /// A person: the hash of the first entry of the person's device log.
    UserId, 32, "user id"
);
id!(
    /// A device of a person.
    DeviceId, 16, "device id"
);
id!(
    /// An MLS group.
    GroupId, 16, "group id"
);
id!(
    /// One device's place in one group, as the relay knows it.
    QueueId, 16, "queue id"
);
id!(
    /// A device's mailbox at the relay; never leaves the relay.
    MailboxId, 16, "mailbox id"
);
id!(
    /// A message, the same on every device.
    MessageId, 16, "message id"
);
id!(
    /// A file of a profile; never leaves the device.
    FileId, 16, "file id"
);
id!(
    /// A blob at a relay.
    BlobId, 16, "blob id"
);
id!(
    /// Names a mutation so that it can be asked again.
    RequestId, 16, "request id"
);
id!(
    /// A BLAKE3 hash.
    Hash, 32, "hash"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_round_trips(bytes: [u8; 32]) {
            let id = UserId(bytes);
            prop_assert_eq!(UserId::parse(&id.text()), Ok(id));
            prop_assert_eq!(UserId::parse(&id.text().to_uppercase()), Ok(id));
            prop_assert_eq!(id.text().len(), 52);
        }

        #[test]
        fn any_text_parses_or_is_refused(text in ".*") {
            let _ = UserId::parse(&text);
            let _ = MessageId::parse(&text);
        }
    }

    #[test]
    fn debug_does_not_identify() {
        assert_eq!(format!("{:?}", UserId([0xab; 32])), "user id~ab");
    }
}
