//! The profile folder: made readable by its owner only, used by one process at a time.
//!
//! Invariant: while a [`Profile`] lives, no other process has one for the same folder. Absent on purpose: what
//! protects the database; see [`crate::key`].

use crate::files::{private, private_folder};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use thiserror::Error;

const LOCK: &str = "lock";
const DATABASE: &str = "parlor.db";

/// Why a profile cannot be used.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// Another process has it. Nothing was changed.
    #[error("the profile is in use by another process")]
    Locked,
    /// The folder or a file in it cannot be made or opened.
    #[error("the profile folder cannot be used")]
    Folder(#[from] std::io::Error),
}

/// A folder that is ours.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    // The lock lasts as long as the file is open.
    _lock: File,
}

impl Profile {
    /// Makes the folder if there is none, and takes it.
    pub fn open(folder: &Path) -> Result<Self, ProfileError> {
        if !folder.is_dir() {
            private_folder(folder)?;
        }
        let lock = private(&folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ProfileError::Locked),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // SQLite gives its side files the mode of the database.
        private(&folder.join(DATABASE))?;
        Ok(Self { folder: folder.to_path_buf(), _lock: lock })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the database is.
    pub fn database(&self) -> PathBuf {
        self.folder.join(DATABASE)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_profile_belongs_to_one_at_a_time_and_to_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("deep").join("profile");
        let first = Profile::open(&folder).unwrap();
        assert!(matches!(Profile::open(&folder), Err(ProfileError::Locked)));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&first.database())), (0o700, 0o600));
        }
        drop(first);
        Profile::open(&folder).unwrap();
    }
}
