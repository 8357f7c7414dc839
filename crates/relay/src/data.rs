//! The data folder: its lock, the server key, the database.

use crate::space::Space;
use crate::store::{FjallStore, OpenError};
use parlor_crypto::Secret;
use parlor_relay_core::ServerKey;
use rand_core::TryRngCore;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// An open data folder. Dropping it finishes what waits and frees the folder.
pub struct Data {
    /// The store.
    pub store: FjallStore,
    /// Seals queue rows.
    pub key: ServerKey,
    /// The folder.
    pub folder: PathBuf,
    _lock: File,
}

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Another process has it.
    #[error("the data folder {0} is in use by another server")]
    Locked(PathBuf),
    /// Files of the folder.
    #[error("the data folder cannot be used: {0}")]
    Io(#[from] io::Error),
    /// There is a database without its key.
    #[error("{0} is missing or damaged, and without it the database cannot be read: restore it")]
    NoKey(PathBuf),
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Data {
    /// Opens or creates a data folder (mode 0700).
    pub fn open(folder: &Path, space: Space) -> Result<Self, DataError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let lock = File::create(folder.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::Locked(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let database = folder.join("database");
        let key = server_key(&folder.join("server.key"), database.exists())?;
        let store = FjallStore::open(&database, key.clone(), space)?;
        Ok(Self { store, key, folder: folder.to_owned(), _lock: lock })
    }

    /// Where the running server listens for administration.
    pub fn admin_socket(folder: &Path) -> PathBuf {
        folder.join("admin.sock")
    }
}

fn server_key(path: &Path, needed: bool) -> Result<ServerKey, DataError> {
    match fs::read(path) {
        Ok(bytes) => match Secret::try_from(bytes.as_slice()) {
            Ok(secret) => Ok(ServerKey::new(&secret)),
            Err(_) => Err(DataError::NoKey(path.to_owned())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && !needed => {
            let secret = Secret::generate(&mut rand_core::OsRng.unwrap_err());
            let draft = path.with_extension("draft");
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)?;
            file.write_all(secret.expose())?;
            file.sync_all()?;
            fs::rename(&draft, path)?;
            if let Some(folder) = path.parent() {
                File::open(folder)?.sync_all()?;
            }
            Ok(ServerKey::new(&secret))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(DataError::NoKey(path.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
