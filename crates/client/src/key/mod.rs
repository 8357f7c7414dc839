//! The key of a profile's database: where it comes from, and how it comes again.
//!
//! | protection | chosen for a new profile          | `protection.json` holds | the key is                     |
//! |------------|-----------------------------------|-------------------------|--------------------------------|
//! | keychain   | if there is one that is unlocked  | the name of its entry   | in the keychain of the system  |
//! | passphrase | else, if a passphrase was given   | salt and cost           | nowhere: Argon2id makes it     |
//! | key file   | else                              | -                       | in the file `key` beside it    |
//!
//! Invariants: `protection.json` is on disk before anything is encrypted with the key, and holds nothing that
//! helps without the passphrase or the keychain; keys and passphrases are overwritten in memory when dropped and
//! never printed; nothing here asks a person or waits longer than [`keychain::PATIENCE`]; a wrong key changes
//! nothing. Absent on purpose: changing the protection of a profile.

pub mod header;
mod keychain;

use crate::files;
use header::{Header, Kind};
use parlor_crypto::passphrase::{self, Cost};
use parlor_crypto::{Secret, random};
use parlor_wire::letters::HEX;
use rand_chacha::ChaCha20Rng;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

const KEY_FILE: &str = "key";
/// Longest passphrase that is read, bytes.
const MOST_PASSPHRASE: u64 = 4096;

/// What protects the database of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// The keychain of the operating system.
    Keychain,
    /// A passphrase.
    Passphrase,
    /// Nothing but the permissions of the key file: see [`Protection::warning`].
    KeyFile,
}

impl Protection {
    /// What a person has to be told about it.
    pub fn warning(self) -> Option<&'static str> {
        (self == Self::KeyFile).then_some(
            "the key of this profile's database lies in a file beside it, because there is neither a keychain \
             nor a passphrase: whoever can read the folder can read its messages and act as this device",
        )
    }
}

/// Why there is no key. Nothing was changed.
#[derive(Debug, Error)]
pub enum KeyError {
    /// Of another passphrase, or somebody exchanged the key.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The profile wants one.
    #[error("this profile is protected by a passphrase: name its file with --passphrase-file")]
    PassphraseNeeded,
    /// One was given to a profile that has another protection.
    #[error("this profile is not protected by a passphrase: leave --passphrase-file out")]
    NoPassphrase,
    /// The file that should hold the passphrase.
    #[error("the passphrase file cannot be read, is empty or is too long")]
    PassphraseFile,
    /// The profile's key is in it.
    #[error(
        "the keychain that holds this profile's key is locked, cannot be reached or has lost it"
    )]
    Keychain,
    /// The key file is gone or is another's.
    #[error("the key file of this profile is missing or wrong")]
    KeyFile,
    /// The database is encrypted and nothing says how.
    #[error("protection.json of this profile is missing, damaged or of a later version")]
    Header,
    /// Files cannot be read or written.
    #[error("the key of this profile cannot be read or stored")]
    Io(#[from] io::Error),
}

/// The key of the profile in `folder`, made if the profile is `new` to encryption. Takes a few tenths of a second
/// with a passphrase.
pub async fn obtain(
    folder: &Path,
    new: bool,
    passphrase_file: Option<PathBuf>,
    rng: &mut ChaCha20Rng,
) -> Result<(Secret, Protection), KeyError> {
    let passphrase = passphrase_file.as_deref().map(read_passphrase).transpose()?;
    match Header::read(folder)? {
        Some(header) => again(folder, &header, passphrase).await,
        None if new => first(folder, passphrase, rng).await,
        None => Err(KeyError::Header),
    }
}

/// The key that was chosen before.
async fn again(
    folder: &Path,
    header: &Header,
    passphrase: Option<Passphrase>,
) -> Result<(Secret, Protection), KeyError> {
    match (&header.kind, passphrase) {
        (Kind::Passphrase { salt, cost }, Some(passphrase)) => {
            let key = stretch(passphrase, *salt, *cost).await?;
            Ok((header.checked(key).ok_or(KeyError::WrongPassphrase)?, Protection::Passphrase))
        }
        (Kind::Passphrase { .. }, None) => Err(KeyError::PassphraseNeeded),
        // The keychain is asked first, whatever else is given.
        (Kind::Keychain { entry }, _) => {
            let key = keychain::get(entry).await.and_then(|key| header.checked(key));
            Ok((key.ok_or(KeyError::Keychain)?, Protection::Keychain))
        }
        (Kind::KeyFile, Some(_)) => Err(KeyError::NoPassphrase),
        (Kind::KeyFile, None) => {
            let key = read_key(&folder.join(KEY_FILE)).and_then(|key| header.checked(key));
            Ok((key.ok_or(KeyError::KeyFile)?, Protection::KeyFile))
        }
    }
}

/// Chooses a protection and writes down what is needed to come to the key again.
async fn first(
    folder: &Path,
    passphrase: Option<Passphrase>,
    rng: &mut ChaCha20Rng,
) -> Result<(Secret, Protection), KeyError> {
    let fresh = Secret::generate(rng);
    let entry = HEX.encode(&random::<16>(rng));
    let (key, kind, protection) = if keychain::put(&entry, &fresh).await {
        (fresh, Kind::Keychain { entry }, Protection::Keychain)
    } else if let Some(passphrase) = passphrase {
        let (salt, cost) = (random(rng), Cost::NOW);
        let key = stretch(passphrase, salt, cost).await?;
        (key, Kind::Passphrase { salt, cost }, Protection::Passphrase)
    } else {
        files::replace(folder, KEY_FILE, fresh.expose())?;
        (fresh, Kind::KeyFile, Protection::KeyFile)
    };
    Header::new(kind, &key).write(folder)?;
    Ok((key, protection))
}

type Passphrase = Zeroizing<Vec<u8>>;

/// What the file holds but for the end of its line.
fn read_passphrase(path: &Path) -> Result<Passphrase, KeyError> {
    // Never grown while it is read: growing leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_PASSPHRASE as usize + 1));
    let file = std::fs::File::open(path).map_err(|_| KeyError::PassphraseFile)?;
    let read = file.take(MOST_PASSPHRASE + 1).read_to_end(&mut bytes);
    read.map_err(|_| KeyError::PassphraseFile)?;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    let fits = !bytes.is_empty() && bytes.len() as u64 <= MOST_PASSPHRASE;
    if fits { Ok(bytes) } else { Err(KeyError::PassphraseFile) }
}

async fn stretch(passphrase: Passphrase, salt: [u8; 16], cost: Cost) -> Result<Secret, KeyError> {
    let work = move || passphrase::key(&passphrase, &salt, cost);
    tokio::task::spawn_blocking(work).await.ok().flatten().ok_or(KeyError::Header)
}

fn read_key(path: &Path) -> Option<Secret> {
    let mut bytes = Zeroizing::new([0; 33]);
    let mut file = std::fs::File::open(path).ok()?;
    let mut length = 0;
    while let Some(room) = bytes.get_mut(length..).filter(|room| !room.is_empty()) {
        match file.read(room).ok()? {
            0 => break,
            read => length += read,
        }
    }
    Secret::try_from(bytes.get(..length)?).ok()
}

#[cfg(test)]
mod tests;
