//! The client's SQLite database: schema, one file of typed queries per table, and the transaction in which
//! everything happens.
//!
//! Invariants: all access goes through a [`Tx`]; dropping it without [`Tx::commit`] changes nothing;
//! committed means on disk (`synchronous = FULL` with WAL); deleted keys are overwritten (`secure_delete`).
//! Absent on purpose: policy, network, MLS types.

pub mod chats;
pub mod devices;
pub mod groups;
pub mod inbox;
pub mod intents;
pub mod messages;
pub mod meta;
mod migrations;
pub mod mls;
pub mod outbox;
pub mod people;
pub mod reactions;

use rusqlite::{Connection, OptionalExtension, Params, Row};
use std::path::Path;
use thiserror::Error;

/// Why the database cannot do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// SQLite says no: disk full, damaged file, or our own mistake.
    #[error("the database refused: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The file was written by a later version of Parlor.
    #[error("the profile was written by a later version (schema {0})")]
    TooNew(usize),
    /// A stored id has the wrong length.
    #[error("the database holds a damaged id")]
    Damaged(#[from] parlor_wire::id::InvalidId),
}

/// Result of a query.
pub type Result<T> = std::result::Result<T, StoreError>;

/// An open database.
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens or creates the database file.
    pub fn open(path: &Path) -> Result<Self> {
        Self::prepare(Connection::open(path)?)
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
        migrations::run(&mut connection)?;
        Ok(Self { connection })
    }

    /// Begins a transaction.
    pub fn begin(&mut self) -> Result<Tx<'_>> {
        let behavior = rusqlite::TransactionBehavior::Immediate;
        Ok(Tx { inner: self.connection.transaction_with_behavior(behavior)? })
    }

    /// A copy of the whole database, as it is now; the simulation uses it to crash and to restore.
    pub fn snapshot(&mut self) -> Result<Vec<u8>> {
        Ok(self.connection.serialize("main")?.to_vec())
    }

    /// Writes a copy of the whole database, as it is now, to a new file.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        self.connection.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        Ok(())
    }

    /// A database in memory from a [`Self::snapshot`].
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        connection.deserialize_read_exact("main", bytes, bytes.len(), false)?;
        Self::prepare(connection)
    }
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
