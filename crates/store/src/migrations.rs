//! The schema, as the steps that led to it.
//!
//! Invariants: a step that was released is never changed, the next one goes behind it in a file of its own;
//! `user_version` counts the steps a database has; each step is one transaction, so that a database is at one
//! version or the next, whatever happens. A new database takes the same way as an old one.

use crate::{Result, StoreError};
use rusqlite::Connection;

/// SQL of each step, oldest first.
const STEPS: [&str; 12] = [
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_messages.sql"),
    include_str!("migrations/0003_search.sql"),
    include_str!("migrations/0004_devices.sql"),
    include_str!("migrations/0005_attachments.sql"),
    include_str!("migrations/0006_chain.sql"),
    include_str!("migrations/0007_backup.sql"),
    include_str!("migrations/0008_marks.sql"),
    include_str!("migrations/0009_kinds.sql"),
    include_str!("migrations/0010_times.sql"),
    include_str!("migrations/0011_rewrite.sql"),
    include_str!("migrations/0012_stars.sql"),
];

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

/// Drops all there is, of whatever version, and takes all steps again, inside the caller's transaction.
pub fn begin_anew(connection: &Connection) -> Result<()> {
    connection.execute_batch("PRAGMA defer_foreign_keys = ON")?;
    // What belongs to a virtual table goes with it, and what belongs to a table does as well.
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
               ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC";
    let mut statement = connection.prepare(sql)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let names = names.collect::<rusqlite::Result<Vec<_>>>()?;
    drop(statement);
    for name in names {
        connection.execute_batch(&format!("DROP TABLE IF EXISTS \"{name}\""))?;
    }
    for sql in STEPS {
        connection.execute_batch(sql)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Store, holds, search};

    /// A database as version 1 left it, with a message and a gap in the numbers of its rows.
    fn version_1() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        search::register(&connection).unwrap();
        holds::register(&connection).unwrap();
        run_to(&mut connection, 1).unwrap();
        for (id, text, kind) in [(1, "gone", 0), (2, "An old heron", 0), (3, "heron notice", 1)] {
            let sql =
                "INSERT INTO messages (message_id, chat_id, position, sender, mine, kind, sent_at,
               text, state) VALUES (?1, ?2, 5, ?3, 0, ?4, 7, ?5, 5)";
            let values = ([id; 16], [8; 16], [9; 32], kind, text);
            connection.execute(sql, values).unwrap();
        }
        connection.execute("DELETE FROM messages WHERE text = 'gone'", []).unwrap();
        connection
    }

    #[test]
    fn messages_of_version_1_are_kept_and_found() {
        let mut connection = version_1();
        run(&mut connection).unwrap();
        // Nothing is left to do.
        run(&mut connection).unwrap();
        let mut store = Store { connection };
        let tx = store.begin().unwrap();
        let query = search::Query { text: "hero".into(), limit: 9, ..search::Query::default() };
        let found = tx.search(&query).unwrap();
        assert_eq!(found.len(), 1);
        let message = found.into_iter().next().unwrap().message;
        assert_eq!(
            (message.text.as_str(), message.position, message.sent_at),
            ("An old heron", 5, 7)
        );
        assert_eq!(
            tx.message(&parlor_wire::MessageId([3; 16])).unwrap().unwrap().text,
            "heron notice"
        );
    }

    #[test]
    fn a_new_database_is_like_a_migrated_one() {
        let schema = |connection: &Connection| {
            let sql = "SELECT name, sql FROM sqlite_schema ORDER BY name";
            let mut statement = connection.prepare(sql).unwrap();
            let rows = statement.query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
            });
            rows.unwrap().map(|row| row.unwrap()).collect::<Vec<_>>()
        };
        let mut old = version_1();
        run(&mut old).unwrap();
        assert_eq!(schema(&old), schema(&Store::in_memory().unwrap().connection));
    }

    #[test]
    fn whoever_begins_anew_has_a_new_database() {
        let contents = |connection: &Connection| {
            let sql = "SELECT name, sql FROM sqlite_schema ORDER BY name";
            let mut statement = connection.prepare(sql).unwrap();
            let rows = statement.query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
            });
            let schema = rows.unwrap().map(|row| row.unwrap()).collect::<Vec<_>>();
            let count = |table: &str| {
                let sql = format!("SELECT COUNT(*) FROM \"{table}\"");
                connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
            };
            let tables = schema
                .iter()
                .filter(|(_, sql)| sql.as_ref().is_some_and(|sql| sql.starts_with("CREATE TABLE")));
            let counts = tables.map(|(name, _)| (name.clone(), count(name))).collect::<Vec<_>>();
            (schema, counts)
        };
        let mut old = version_1();
        run(&mut old).unwrap();
        let tx = old.transaction().unwrap();
        begin_anew(&tx).unwrap();
        tx.commit().unwrap();
        let version: i64 = old.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version, STEPS.len() as i64);
        assert_eq!(contents(&old), contents(&Store::in_memory().unwrap().connection));
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before_it() {
        let mut connection = version_1();
        // What the step wants to make is there already.
        connection.execute("CREATE TABLE search (x)", []).unwrap();
        run(&mut connection).unwrap_err();
        let version = |connection: &Connection| {
            connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!(version(&connection), 2);
        connection.execute("DROP TABLE search", []).unwrap();
        run(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 1000).unwrap();
        assert!(matches!(run(&mut connection), Err(StoreError::TooNew(1000))));
    }
}
