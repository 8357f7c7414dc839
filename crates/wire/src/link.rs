//! Links: `parlor:contact?server=URL&user=ID` to a person, `parlor:link?server=URL&queue=ID&key=HASH` from a
//! device that wants to be linked, `parlor:group?server=URL&queue=ID&key=KEY&title=TEXT` into a group. URL is percent-encoded. Parameters that are not known are ignored, so that
//! later versions can add some.

use crate::id::{Hash, QueueId, UserId};
use thiserror::Error;

/// What a contact link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLink {
    /// The server the person is on, for example `https://parlor.example`.
    pub server: String,
    /// The person.
    pub user: UserId,
}

/// What a device that wants to be linked shows. Whoever has it can speak to that device.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceLink {
    /// The server of the account.
    pub server: String,
    /// Where the device listens.
    pub queue: QueueId,
    /// [`crate::statement::link_keys`] of the device.
    pub key: Hash,
}

/// An invite link of a group. Whoever has it can ask to be let in.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupLink {
    /// The server of the group.
    pub server: String,
    /// Where requests go.
    pub queue: QueueId,
    /// 32 random bytes, from which the keys for requests are made.
    pub key: Hash,
    /// What the group was called when the link was made.
    pub title: String,
}

/// The text is no link of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is not a Parlor link of this kind")]
pub struct InvalidLink;

const CONTACT: &str = "parlor:contact?";
const DEVICE: &str = "parlor:link?";
const GROUP: &str = "parlor:group?";

impl ContactLink {
    /// The link as text.
    pub fn uri(&self) -> String {
        format!("{CONTACT}server={}&user={}", encode(&self.server), self.user.text())
    }

    /// Reads a link.
    pub fn parse(text: &str) -> Result<Self, InvalidLink> {
        let [server, user] = parameters(text, CONTACT, ["server", "user"])?;
        Ok(Self { server: decode(server)?, user: UserId::parse(user).map_err(|_| InvalidLink)? })
    }
}

impl DeviceLink {
    /// The link as text.
    pub fn uri(&self) -> String {
        let server = encode(&self.server);
        format!("{DEVICE}server={server}&queue={}&key={}", self.queue.text(), self.key.text())
    }

    /// Reads a link.
    pub fn parse(text: &str) -> Result<Self, InvalidLink> {
        let [server, queue, key] = parameters(text, DEVICE, ["server", "queue", "key"])?;
        Ok(Self {
            server: decode(server)?,
            queue: QueueId::parse(queue).map_err(|_| InvalidLink)?,
            key: Hash::parse(key).map_err(|_| InvalidLink)?,
        })
    }
}

impl GroupLink {
    /// The link as text.
    pub fn uri(&self) -> String {
        let (server, title) = (encode(&self.server), encode(&self.title));
        let (queue, key) = (self.queue.text(), self.key.text());
        format!("{GROUP}server={server}&queue={queue}&key={key}&title={title}")
    }

    /// Reads a link.
    pub fn parse(text: &str) -> Result<Self, InvalidLink> {
        let [server, queue, key, title] =
            parameters(text, GROUP, ["server", "queue", "key", "title"])?;
        Ok(Self {
            server: decode(server)?,
            queue: QueueId::parse(queue).map_err(|_| InvalidLink)?,
            key: Hash::parse(key).map_err(|_| InvalidLink)?,
            title: decode(title)?,
        })
    }
}

/// The parameters of these names; each has to be there, and the last of a name counts.
fn parameters<'t, const N: usize>(
    text: &'t str,
    prefix: &str,
    names: [&str; N],
) -> Result<[&'t str; N], InvalidLink> {
    let query = text.trim().strip_prefix(prefix).ok_or(InvalidLink)?;
    let mut found = [None; N];
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').ok_or(InvalidLink)?;
        for (slot, _) in found.iter_mut().zip(names).filter(|(_, wanted)| *wanted == name) {
            *slot = Some(value);
        }
    }
    let mut values = [""; N];
    for (value, found) in values.iter_mut().zip(found) {
        *value = found.ok_or(InvalidLink)?;
    }
    Ok(values)
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/[]".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn decode(text: &str) -> Result<String, InvalidLink> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = bytes.next().and_then(hex).ok_or(InvalidLink)?;
            let low = bytes.next().and_then(hex).ok_or(InvalidLink)?;
            out.push(high << 4 | low);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).map_err(|_| InvalidLink)
}

fn hex(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn round_trips(server in ".{0,60}", user: [u8; 32]) {
            let link = ContactLink { server, user: UserId(user) };
            prop_assert_eq!(ContactLink::parse(&link.uri()), Ok(link));
        }

        #[test]
        fn device_links_round_trip(server in ".{0,60}", queue: [u8; 16], key: [u8; 32]) {
            let link = DeviceLink { server, queue: QueueId(queue), key: Hash(key) };
            prop_assert!(DeviceLink::parse(&link.uri()) == Ok(link));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "parlor:(contact|link)\\?.*") {
            let _ = ContactLink::parse(&text);
            let _ = DeviceLink::parse(&text);
        }
    }
}
