//! A database that refuses: whatever statement of a transaction fails, or its commit, nothing of it is left, the
//! command is answered, those beside it are carried out, and the device goes on.

use anyhow::{Result, ensure};
use parlor_e2e::{Person, RpcError, World};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;

/// Tables that sending a message and reading one write to.
const TABLES: [&str; 5] = ["messages", "outbox", "chats", "sent", "mls"];

/// The database of a running device, opened a second time.
fn database(profile: &Path) -> Result<Connection> {
    let key: String =
        std::fs::read(profile.join("key"))?.iter().map(|byte| format!("{byte:02x}")).collect();
    let database = Connection::open(profile.join("parlor.db"))?;
    database.execute_batch(&format!("PRAGMA key = \"x'{key}'\""))?;
    // The triggers of the search index call it; it is not what is tested.
    Ok(database)
}

/// From now on the statement behind so many that write fails.
fn fail_behind(database: &Connection, statements: u32) -> Result<()> {
    let mut sql = format!(
        "BEGIN; CREATE TABLE fault (left INTEGER NOT NULL); INSERT INTO fault VALUES ({statements});"
    );
    for table in TABLES {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            sql += &format!(
                "CREATE TRIGGER fault_{table}_{event} BEFORE {event} ON {table} BEGIN
                   SELECT RAISE(ABORT, 'fault') WHERE (SELECT left FROM fault) = 0;
                   UPDATE fault SET left = left - 1;
                 END;"
            );
        }
    }
    Ok(database.execute_batch(&(sql + "COMMIT;"))?)
}

/// From now on a transaction that stores a message fails when it is committed.
fn fail_commits(database: &Connection) -> Result<()> {
    Ok(database.execute_batch(
        "BEGIN;
         CREATE TABLE fault (left INTEGER REFERENCES nowhere (id) DEFERRABLE INITIALLY DEFERRED);
         CREATE TABLE nowhere (id INTEGER PRIMARY KEY);
         CREATE TRIGGER fault_messages_INSERT AFTER INSERT ON messages BEGIN
           INSERT INTO fault VALUES (1);
         END;
         COMMIT;",
    )?)
}

fn heal(database: &Connection) -> Result<()> {
    let mut sql = String::from("BEGIN; DROP TABLE fault; DROP TABLE IF EXISTS nowhere;");
    for table in TABLES {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            sql += &format!("DROP TRIGGER IF EXISTS fault_{table}_{event};");
        }
    }
    Ok(database.execute_batch(&(sql + "COMMIT;"))?)
}

/// Says something between two questions that write nothing; how it ended.
fn try_to_say(person: &mut Person, chat: &str, words: &str) -> Result<bool> {
    let message = json!({"chat_id": chat, "text": words});
    let before = person.rpc.send("settings.get", json!({}))?;
    let said = person.rpc.send("messages.send", message)?;
    let after = person.rpc.send("messages.history", json!({"chat_id": chat, "limit": 1}))?;
    person.rpc.answer(before)?;
    let said = person.rpc.answer(said);
    let newest = person.rpc.answer(after)?;
    let shown = newest.pointer("/messages/0/text") == Some(&Value::from(words));
    match said {
        Ok(_) => ensure!(shown, "a message that was accepted is not there"),
        Err(RpcError::Refused { code, .. }) => {
            ensure!(code == -32603, "a fault was answered with {code}");
            ensure!(!shown, "something is left of a transaction that failed");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(shown)
}

#[test]
fn a_transaction_that_fails_anywhere_leaves_nothing_and_the_device_goes_on() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    alice.sync()?;
    bob.sync()?;
    let at_rest = database(alice.rpc.profile())?;
    let mut expected = bob.texts(&at_bob)?;

    let mut statements = 0;
    loop {
        fail_behind(&at_rest, statements)?;
        let words = format!("Behind {statements}");
        let worked = try_to_say(&mut alice, &at_alice, &words)?;
        heal(&at_rest)?;
        alice.connected()?;
        alice.sync()?;
        if worked {
            expected.push(words);
            break;
        }
        ensure!(statements < 100, "sending writes without end");
        statements += 1;
    }
    ensure!(statements >= 4, "only {statements} statements were made to fail");

    fail_commits(&at_rest)?;
    ensure!(!try_to_say(&mut alice, &at_alice, "At the commit")?);
    heal(&at_rest)?;
    alice.connected()?;
    alice.say(&at_alice, "Afterwards")?;
    expected.push("Afterwards".into());
    alice.sync()?;
    bob.sync()?;
    ensure!(bob.texts(&at_bob)? == expected, "{:?}", bob.texts(&at_bob)?);
    ensure!(alice.texts(&at_alice)? == expected);
    Ok(())
}

#[test]
fn what_cannot_be_stored_is_not_acknowledged_and_comes_again() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    alice.sync()?;
    bob.sync()?;
    let at_rest = database(bob.rpc.profile())?;
    fail_commits(&at_rest)?;
    for number in 0..20 {
        alice.say(&at_alice, &format!("Number {number}"))?;
    }
    alice.sync()?;
    bob.rpc.wait_event("connection", parlor_e2e::DEADLINE, |event| {
        event.get("state") == Some(&Value::from("offline"))
    })?;
    heal(&at_rest)?;
    bob.connected()?;
    bob.sync()?;
    let expected: Vec<String> = (0..20).map(|number| format!("Number {number}")).collect();
    let texts = bob.texts(&at_bob)?;
    ensure!(texts.ends_with(&expected), "{texts:?}");
    ensure!(texts.len() == expected.len() + 1, "something came twice: {texts:?}");
    Ok(())
}
