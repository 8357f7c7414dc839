//! Contact links: `parlor:contact?server=URL&user=ID`, where URL is percent-encoded.

use crate::id::UserId;
use thiserror::Error;

/// What a contact link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLink {
    /// The server the person is on, for example `https://parlor.example`.
    pub server: String,
    /// The person.
    pub user: UserId,
}

/// The text is no contact link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is not a Parlor contact link")]
pub struct InvalidLink;

const PREFIX: &str = "parlor:contact?";

impl ContactLink {
    /// The link as text.
    pub fn uri(&self) -> String {
        format!("{PREFIX}server={}&user={}", encode(&self.server), self.user.text())
    }

    /// Reads a link; parameters it does not know are ignored, so that later versions can add some.
    pub fn parse(text: &str) -> Result<Self, InvalidLink> {
        let query = text.trim().strip_prefix(PREFIX).ok_or(InvalidLink)?;
        let (mut server, mut user) = (None, None);
        for pair in query.split('&') {
            match pair.split_once('=').ok_or(InvalidLink)? {
                ("server", value) => server = Some(decode(value)?),
                ("user", value) => user = Some(UserId::parse(value).map_err(|_| InvalidLink)?),
                _ => {}
            }
        }
        Ok(Self { server: server.ok_or(InvalidLink)?, user: user.ok_or(InvalidLink)? })
    }
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
        fn any_text_is_read_or_refused(text in "parlor:contact\\?.*") {
            let _ = ContactLink::parse(&text);
        }
    }
}
