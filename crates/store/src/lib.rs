//! The client's SQLite database: schema, one file of typed queries per table, and the transaction in which
//! everything happens.
//!
//! Invariants: all access goes through a [`Tx`]; dropping it without [`Tx::commit`] changes nothing;
//! committed means on disk (`synchronous = FULL` with WAL); deleted keys are overwritten (`secure_delete`); a
//! file with a key holds nothing that can be read without it, and neither does its log of changes.
//! Absent on purpose: policy, network, MLS types, and where the key comes from.

pub mod backup;
pub mod chats;
pub mod devices;
pub mod files;
pub mod groups;
pub mod holds;
pub mod inbox;
pub mod intents;
pub mod invites;
pub mod messages;
pub mod meta;
mod migrations;
pub mod mls;
pub mod outbox;
pub mod people;
pub mod reactions;
pub mod search;
pub mod votes;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, Row};
use std::path::Path;
use thiserror::Error;
use zeroize::Zeroizing;

/// SQLite's word for a write that failed.
const IOERR_WRITE: i32 = rusqlite::ffi::SQLITE_IOERR_WRITE;

/// Why the database cannot do what was asked. Small, as it is handed up through everything.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no room for what was to be written; what was committed is whole. Trying again may help.
    #[error("the disk is full")]
    Full,
    /// SQLite says no: damaged file, or our own mistake.
    #[error("the database refused: {0}")]
    Sql(#[source] Box<rusqlite::Error>),
    /// The file was written by a later version of Parlor.
    #[error("the profile was written by a later version (schema {0})")]
    TooNew(usize),
    /// The file is no database, or is encrypted with another key. Nothing was changed.
    #[error("the database is damaged, or its key is another")]
    Unreadable,
    /// A stored id has the wrong length.
    #[error("the database holds a damaged id")]
    Damaged(#[from] parlor_wire::id::InvalidId),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        // A browser has no word of its own for a disk without room: a write that it refuses is that.
        let refused = cfg!(target_arch = "wasm32")
            && error.sqlite_error().is_some_and(|error| error.extended_code == IOERR_WRITE);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ if refused => Self::Full,
            _ => Self::Sql(Box::new(error)),
        }
    }
}

/// Result of a query.
pub type Result<T> = std::result::Result<T, StoreError>;

/// An open database.
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens or creates the database file, encrypted with the key if there is one (SQLCipher 4: each page with
    /// AES-256 and an HMAC, the log of changes as well).
    pub fn open(path: &Path, key: Option<&[u8; 32]>) -> Result<Self> {
        let connection = Connection::open(path)?;
        if let Some(key) = key {
            let key = literal(key);
            let pragma = Zeroizing::new(format!("PRAGMA key = \"{}\"", key.as_str()));
            connection.execute_batch(&pragma)?;
        }
        if cfg!(target_arch = "wasm32") {
            // A browser has no memory to share with other processes: without it, a log of changes takes this.
            connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
        }
        // The key is used, and proved, by the first look into the file.
        match connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(())) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
                Err(StoreError::Unreadable)
            }
            looked => {
                looked?;
                Self::prepare(connection)
            }
        }
    }

    /// A database in memory, for tests and the simulation.
    pub fn in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> Result<Self> {
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 400;
             PRAGMA journal_size_limit = 0;",
        )?;
        connection.set_prepared_statement_cache_capacity(256);
        // Else a statement is prepared anew each time that a parameter of it changes.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        search::register(&connection)?;
        holds::register(&connection)?;
        migrations::run(&mut connection)?;
        Ok(Self { connection })
    }

    /// Begins a transaction.
    pub fn begin(&mut self) -> Result<Tx<'_>> {
        let behavior = rusqlite::TransactionBehavior::Immediate;
        Ok(Tx { inner: self.connection.transaction_with_behavior(behavior)? })
    }

    /// From now on the database may grow by so many pages, and without end with `None`; tests fill disks with it.
    pub fn leave_room(&mut self, pages: Option<u32>) -> Result<()> {
        let most = match pages {
            None => i64::from(u32::MAX - 1),
            Some(more) => {
                let count = self.connection.query_row("PRAGMA page_count", [], |row| row.get(0));
                count.map(|count: i64| count + i64::from(more))?
            }
        };
        Ok(self.connection.pragma_update(None, "max_page_count", most)?)
    }

    /// Gives back the room of what was deleted. Its pages were overwritten when it was deleted; this ends their
    /// copies in the log of changes.
    pub fn compact(&mut self) -> Result<()> {
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        self.connection.execute_batch(&format!("{checkpoint}; VACUUM; {checkpoint}"))?;
        Ok(())
    }

    /// A copy of the whole database, as it is now; the simulation uses it to crash and to restore.
    pub fn snapshot(&mut self) -> Result<Vec<u8>> {
        Ok(self.connection.serialize("main")?.to_vec())
    }

    /// Writes a copy of the whole database, as it is now and encrypted with a key, to an empty file.
    pub fn copy_to(&self, path: &Path, key: &[u8; 32]) -> Result<()> {
        export(&self.connection, path, key)
    }

    /// Copies a database that is not encrypted to an empty file, encrypted with a key. What the log of changes
    /// still held is in the old file afterwards, and the log is gone.
    pub fn encrypt(from: &Path, to: &Path, key: &[u8; 32]) -> Result<()> {
        let connection = Connection::open(from)?;
        connection.pragma_update(None, "journal_mode", "DELETE")?;
        export(&connection, to, key)
    }

    /// A database in memory from a [`Self::snapshot`].
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        connection.deserialize_read_exact("main", bytes, bytes.len(), false)?;
        Self::prepare(connection)
    }
}

/// Copies all of a database into another file.
fn export(connection: &Connection, path: &Path, key: &[u8; 32]) -> Result<()> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let key = literal(key);
    let attach = "ATTACH DATABASE ?1 AS copy KEY ?2";
    connection.execute(attach, (path.to_string_lossy(), key.as_str()))?;
    connection.query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()))?;
    connection
        .execute_batch(&format!("PRAGMA copy.user_version = {version}; DETACH DATABASE copy"))?;
    Ok(())
}

/// A key as SQLCipher takes one that was not made from a passphrase.
fn literal(key: &[u8; 32]) -> Zeroizing<String> {
    // As long as it will be, so that growing leaves no copies behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * key.len() + 3));
    text.push_str("x'");
    for byte in key {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text.push('\'');
    text
}

/// A transaction; everything a step of the engine does happens in one.
pub struct Tx<'a> {
    inner: rusqlite::Transaction<'a>,
}

impl Tx<'_> {
    /// Makes everything durable.
    pub fn commit(self) -> Result<()> {
        Ok(self.inner.commit()?)
    }

    /// Deletes everything; what is left is like a new database.
    pub fn forget_everything(&self) -> Result<()> {
        migrations::begin_anew(&self.inner)
    }

    fn execute<P: Params>(&self, sql: &str, params: P) -> Result<usize> {
        Ok(self.inner.prepare_cached(sql)?.execute(params)?)
    }

    fn one<T, P: Params>(
        &self,
        sql: &str,
        params: P,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.inner.prepare_cached(sql)?.query_row(params, read).optional()?)
    }

    fn all<T, P: Params>(
        &self,
        sql: &str,
        params: P,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.inner.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn insert_id(&self) -> i64 {
        self.inner.last_insert_rowid()
    }
}

/// Reads an id column.
fn id<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: for<'b> TryFrom<&'b [u8], Error = parlor_wire::id::InvalidId>,
{
    let index = row.as_ref().column_index(column)?;
    T::try_from(row.get_ref(index)?.as_blob()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(
            index,
            rusqlite::types::Type::Blob,
            Box::new(error),
        )
    })
}

/// Reads an id column that may be null.
fn maybe_id<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: for<'b> TryFrom<&'b [u8], Error = parlor_wire::id::InvalidId>,
{
    let index = row.as_ref().column_index(column)?;
    if row.get_ref(index)? == rusqlite::types::ValueRef::Null {
        return Ok(None);
    }
    id(row, column).map(Some)
}
