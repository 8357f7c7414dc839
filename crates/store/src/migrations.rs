//! The schema, as the steps that led to it.
//!
//! Invariants: a step that was released is never changed, the next one goes behind it in a file of its own;
//! `user_version` counts the steps a database has; each step is one transaction, so that a database is at one
//! version or the next, whatever happens. A new database takes the same way as an old one.

use crate::{Result, StoreError};
use rusqlite::Connection;

/// SQL of each step, oldest first.
const STEPS: [&str; 2] =
    [include_str!("migrations/0001_first.sql"), include_str!("migrations/0002_messages.sql")];

/// Brings a database to the newest version.
pub fn run(connection: &mut Connection) -> Result<()> {
    run_to(connection, STEPS.len())
}

fn run_to(connection: &mut Connection, last: usize) -> Result<()> {
    let version: usize = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > STEPS.len() {
        return Err(StoreError::TooNew(version));
    }
    for (number, sql) in (1..).zip(STEPS).take(last).skip(version) {
        let tx = connection.transaction()?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
    }
    Ok(())
}
