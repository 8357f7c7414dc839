//! Databases from before they were encrypted: copied into an encrypted file, which takes their place.
//!
//! | step  | does                                                        | a crash behind it leaves            |
//! |-------|-------------------------------------------------------------|-------------------------------------|
//! | begin | removes what an earlier try left                            | the old database: all again         |
//! | copy  | writes the encrypted copy under another name, synced        | the old database: all again         |
//! | keep  | gives the old database a second name                        | the old database: all again         |
//! | swap  | puts the copy in its place                                  | the copy, and the old to be removed |
//! | clear | overwrites the old database and removes it                  | the copy                            |
//!
//! Invariants: at every moment `parlor.db` is the whole database, old or encrypted; the key can be had again
//! before the first step. What SQLite itself has removed before, as its log of changes, is not overwritten.

use crate::files;
use parlor_store::{Store, StoreError};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;

const PLAIN_BEGINNING: [u8; 16] = *b"SQLite format 3\0";

/// Why a database could not be encrypted. The old one is as it was.
#[derive(Debug, Error)]
pub enum EncryptError {
    /// The files.
    #[error("the database cannot be encrypted")]
    Io(#[from] io::Error),
    /// The database.
    #[error("the database cannot be encrypted")]
    Store(#[from] StoreError),
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing yet.
    Empty,
    /// A database that anybody can read.
    Plain,
    /// Anything else.
    Encrypted,
}

/// Looks at the beginning of a database.
pub fn kind(database: &Path) -> io::Result<Kind> {
    let mut beginning = Vec::new();
    match File::open(database) {
        Ok(file) => file.take(16).read_to_end(&mut beginning)?,
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    Ok(match beginning.as_slice() {
        [] => Kind::Empty,
        plain if plain == PLAIN_BEGINNING => Kind::Plain,
        _ => Kind::Encrypted,
    })
}

struct Files {
    folder: PathBuf,
    database: PathBuf,
    copy: PathBuf,
    old: PathBuf,
}

type Step = fn(&Files, &[u8; 32]) -> Result<(), EncryptError>;

const STEPS: [Step; 5] = [begin, copy, keep, swap, clear];

/// Sees to it that the database in a folder, if it is one, is encrypted and that no other is there.
pub fn run(database: &Path, key: &[u8; 32]) -> Result<(), EncryptError> {
    let files = Files::of(database);
    match kind(database)? {
        Kind::Plain => STEPS.iter().try_for_each(|step| step(&files, key)),
        Kind::Empty | Kind::Encrypted => clear(&files, key),
    }
}

impl Files {
    fn of(database: &Path) -> Self {
        let other = |ending: &str| database.with_extension(format!("db.{ending}"));
        Self {
            folder: database.parent().unwrap_or(Path::new(".")).to_path_buf(),
            database: database.to_path_buf(),
            copy: other("new"),
            old: other("old"),
        }
    }
}

fn begin(files: &Files, _: &[u8; 32]) -> Result<(), EncryptError> {
    // The second name of a database that is still in use: its bytes are not to be touched.
    files::remove(&files.old)?;
    files::remove(&files.copy)?;
    files::remove(&files.copy.with_extension("new-journal"))?;
    Ok(files::sync_folder(&files.folder)?)
}

fn copy(files: &Files, key: &[u8; 32]) -> Result<(), EncryptError> {
    let file = files::private(&files.copy)?;
    Store::encrypt(&files.database, &files.copy, key)?;
    Ok(file.sync_all()?)
}

fn keep(files: &Files, _: &[u8; 32]) -> Result<(), EncryptError> {
    std::fs::hard_link(&files.database, &files.old)?;
    Ok(files::sync_folder(&files.folder)?)
}

fn swap(files: &Files, _: &[u8; 32]) -> Result<(), EncryptError> {
    std::fs::rename(&files.copy, &files.database)?;
    Ok(files::sync_folder(&files.folder)?)
}

fn clear(files: &Files, _: &[u8; 32]) -> Result<(), EncryptError> {
    files::shred(&files.old)?;
    Ok(files::sync_folder(&files.folder)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const KEY: [u8; 32] = [9; 32];
    const SECRET: &[u8] = b"a sentence that nobody else shall read";

    fn plain_database(folder: &Path) -> PathBuf {
        let database = folder.join("parlor.db");
        let mut store = Store::open(&database, None).unwrap();
        let tx = store.begin().unwrap();
        tx.set_meta("secret", SECRET).unwrap();
        tx.commit().unwrap();
        database
    }

    fn check(database: &Path) {
        let mut store = Store::open(database, Some(&KEY)).unwrap();
        let tx = store.begin().unwrap();
        assert_eq!(tx.meta("secret").unwrap().unwrap(), SECRET);
    }

    fn holds(path: &Path, wanted: &[u8]) -> bool {
        std::fs::read(path).unwrap().windows(wanted.len()).any(|part| part == wanted)
    }

    #[test]
    fn a_crash_behind_any_step_loses_nothing_and_the_old_bytes_go() {
        for steps in 0..=STEPS.len() {
            let folder = tempfile::tempdir().unwrap();
            let database = plain_database(folder.path());
            assert_eq!(kind(&database).unwrap(), Kind::Plain);
            // Somebody who holds the old file open sees what becomes of its bytes.
            let witness = folder.path().join("witness");
            std::fs::hard_link(&database, &witness).unwrap();
            let files = Files::of(&database);
            for step in STEPS.iter().take(steps) {
                step(&files, &KEY).unwrap();
            }
            run(&database, &KEY).unwrap();
            assert_eq!(kind(&database).unwrap(), Kind::Encrypted, "after {steps} steps");
            check(&database);
            assert!(!holds(&database, SECRET) && !holds(&witness, SECRET));
            std::fs::remove_file(&witness).unwrap();
            let names: Vec<_> = std::fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            assert_eq!(names, ["parlor.db"], "after {steps} steps");
            // Nothing is left to do.
            run(&database, &KEY).unwrap();
            check(&database);
        }
    }

    #[test]
    fn a_database_with_another_key_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let database = plain_database(folder.path());
        run(&database, &KEY).unwrap();
        let before = std::fs::read(&database).unwrap();
        for key in [None, Some(&[8; 32])] {
            assert!(matches!(Store::open(&database, key), Err(StoreError::Unreadable)));
        }
        assert_eq!(std::fs::read(&database).unwrap(), before);
        assert_eq!(kind(&folder.path().join("none")).unwrap(), Kind::Empty);
    }
}
