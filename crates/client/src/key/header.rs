//! `protection.json`: how to come to the key of the database again.
//!
//! Invariants: a version that is not known is an error; the check value tells whether a key is the right one
//! and is no easier to guess from than the database itself.

use super::KeyError;
use crate::files;
use parlor_crypto::Secret;
use parlor_crypto::passphrase::Cost;
use parlor_wire::letters::HEX;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;

const FILE: &str = "protection.json";
const VERSION: u32 = 1;
const CHECK: &str = "parlor profile key check v1";

/// What kind of protection, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Keychain { entry: String },
    Passphrase { salt: [u8; 16], cost: Cost },
    KeyFile,
}

/// The file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    check: [u8; 16],
}

/// As it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    protection: String,
    check: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    argon2id: Option<Argon2id>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argon2id {
    memory_kib: u32,
    passes: u32,
    salt: String,
}

impl Header {
    pub fn new(kind: Kind, key: &Secret) -> Self {
        Self { kind, check: check(key) }
    }

    /// The key, if it is the one.
    pub fn checked(&self, key: Secret) -> Option<Secret> {
        (check(&key) == self.check).then_some(key)
    }

    /// Reads the file of a profile, if it has one.
    pub fn read(folder: &Path) -> Result<Option<Self>, KeyError> {
        let bytes = match std::fs::read(folder.join(FILE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Self::parse(&bytes).map(Some).ok_or(KeyError::Header)
    }

    /// Reads its content; `None` for one that this version did not write.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        let kind = match (written.protection.as_str(), written.entry, written.argon2id) {
            ("keychain", Some(entry), None) => Kind::Keychain { entry },
            ("passphrase", None, Some(argon)) => Kind::Passphrase {
                salt: sixteen(&argon.salt)?,
                cost: Cost { memory_kib: argon.memory_kib, passes: argon.passes },
            },
            ("key_file", None, None) => Kind::KeyFile,
            _ => return None,
        };
        (written.version == VERSION).then_some(Self { kind, check: sixteen(&written.check)? })
    }

    /// Writes it so that it is there whole or not at all.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let (protection, entry, argon2id) = match &self.kind {
            Kind::Keychain { entry } => ("keychain", Some(entry.clone()), None),
            Kind::Passphrase { salt, cost } => {
                let (memory_kib, passes) = (cost.memory_kib, cost.passes);
                let argon = Argon2id { memory_kib, passes, salt: HEX.encode(salt) };
                ("passphrase", None, Some(argon))
            }
            Kind::KeyFile => ("key_file", None, None),
        };
        let written = Written {
            version: VERSION,
            protection: protection.to_string(),
            check: HEX.encode(&self.check),
            entry,
            argon2id,
        };
        files::replace(folder, FILE, &serde_json::to_vec_pretty(&written)?)
    }
}

fn check(key: &Secret) -> [u8; 16] {
    let derived = key.derive(CHECK);
    std::array::from_fn(|at| derived.expose()[at])
}

fn sixteen(text: &str) -> Option<[u8; 16]> {
    HEX.decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn headers_come_back_and_know_their_key() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Header::read(folder.path()).unwrap(), None);
        let cost = Cost { memory_kib: 1024, passes: 2 };
        for kind in [
            Kind::Keychain { entry: "ab".into() },
            Kind::Passphrase { salt: [7; 16], cost },
            Kind::KeyFile,
        ] {
            let header = Header::new(kind, &Secret::new([1; 32]));
            header.write(folder.path()).unwrap();
            assert_eq!(Header::read(folder.path()).unwrap(), Some(header.clone()));
            assert!(header.checked(Secret::new([1; 32])).is_some());
            assert!(header.checked(Secret::new([2; 32])).is_none());
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let check = "00".repeat(16);
        for text in [
            String::new(),
            "{}".into(),
            format!(r#"{{"version":2,"protection":"key_file","check":"{check}"}}"#),
            format!(r#"{{"version":1,"protection":"other","check":"{check}"}}"#),
            format!(r#"{{"version":1,"protection":"passphrase","check":"{check}"}}"#),
            r#"{"version":1,"protection":"key_file","check":"00"}"#.into(),
        ] {
            assert!(Header::parse(text.as_bytes()).is_none(), "{text}");
        }
    }
}
