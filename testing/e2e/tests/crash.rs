//! Power cuts: a server and devices killed in the middle of work. What was acknowledged is there exactly once.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, Request, World, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Writes requests without waiting for the answers.
fn pour(
    person: &mut Person,
    chat: &str,
    words: impl Iterator<Item = String>,
) -> Result<Vec<Request>> {
    words
        .map(|text| Ok(person.rpc.send("messages.send", json!({"chat_id": chat, "text": text}))?))
        .collect()
}

fn message_ids(history: &[Value]) -> Result<Vec<String>> {
    history.iter().map(|message| text(message, "message_id")).collect()
}

/// Everything that was acknowledged is in the history; nothing is in it twice, neither as id nor as text.
fn check_once(history: &[Value], acknowledged: &BTreeSet<String>) -> Result<()> {
    let ids = message_ids(history)?;
    let set: BTreeSet<String> = ids.iter().cloned().collect();
    ensure!(set.len() == ids.len(), "a message is there twice");
    let lost = acknowledged.difference(&set).count();
    ensure!(lost == 0, "{lost} of {} acknowledged messages are lost", acknowledged.len());
    let mut counts = BTreeMap::<&str, usize>::new();
    for words in history.iter().filter_map(|message| message.get("text")?.as_str()) {
        *counts.entry(words).or_default() += 1;
    }
    let twice = counts.values().filter(|count| **count > 1).count();
    ensure!(twice == 0, "{twice} texts are there twice");
    Ok(())
}

/// Whether the event tells that a message of this round is at the relay.
fn is_sent(event: &Value, round: usize) -> bool {
    let field = |name: &str| {
        event.pointer(&format!("/message/{name}")).and_then(Value::as_str).unwrap_or_default()
    };
    field("text").starts_with(&format!("Round {round},"))
        && ["sent", "delivered", "read"].contains(&field("state"))
}

#[test]
fn a_server_killed_under_load_loses_nothing() -> Result<()> {
    let mut world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    alice.sync()?;
    bob.sync()?;

    let mut acknowledged = BTreeSet::new();
    for round in 0..3 {
        let requests = pour(
            &mut alice,
            &at_alice,
            (0..60).map(|number| format!("Round {round}, number {number}")),
        )?;
        // In the middle: some are at the relay, others are on their way or queued.
        for _ in 0..10 {
            alice.rpc.wait_event("message.updated", DEADLINE, |event| is_sent(event, round))?;
        }
        world.relay.kill9()?;
        world.relay.restart()?;
        for request in requests {
            acknowledged.insert(text(&alice.rpc.answer(request)?, "message_id")?);
        }
    }
    alice.connected()?;
    alice.sync()?;
    bob.connected()?;
    bob.sync()?;

    ensure!(acknowledged.len() == 180);
    check_once(&bob.history(&at_bob)?, &acknowledged)?;
    let own = alice.history(&at_alice)?;
    check_once(&own, &acknowledged)?;
    let stuck = own.iter().filter(|message| message.get("mine") == Some(&Value::Bool(true)));
    let stuck = stuck.filter(|message| {
        matches!(message.get("state").and_then(Value::as_str), Some("queued" | "failed"))
    });
    ensure!(stuck.count() == 0, "a message never left");
    Ok(())
}

#[test]
fn a_sender_killed_in_the_middle_loses_nothing() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    alice.sync()?;

    let mut acknowledged = BTreeSet::new();
    for round in 0..3 {
        let requests = pour(
            &mut alice,
            &at_alice,
            (0..40).map(|number| format!("Round {round}, number {number}")),
        )?;
        for request in requests.iter().take(15) {
            acknowledged.insert(text(&alice.rpc.answer(*request)?, "message_id")?);
        }
        alice.rpc.kill9()?;
        // What it answered before it died counts as well.
        for request in requests.iter().skip(15) {
            if let Ok(answer) = alice.rpc.answer(*request) {
                acknowledged.insert(text(&answer, "message_id")?);
            }
        }
        alice.rpc.restart()?;
    }
    alice.connected()?;
    alice.sync()?;
    bob.sync()?;
    check_once(&bob.history(&at_bob)?, &acknowledged)?;
    let (own, theirs) = (alice.history(&at_alice)?, bob.history(&at_bob)?);
    ensure!(message_ids(&own)? == message_ids(&theirs)?, "the two sides differ");
    Ok(())
}

#[test]
fn a_receiver_killed_in_the_middle_loses_nothing() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    bob.sync()?;

    let mut acknowledged = BTreeSet::new();
    for round in 0..3 {
        let requests = pour(
            &mut alice,
            &at_alice,
            (0..40).map(|number| format!("Round {round}, number {number}")),
        )?;
        let heard = bob.rpc.wait_event("message.received", DEADLINE, |_| true)?;
        bob.rpc.kill9()?;
        bob.rpc.restart()?;
        let id = text(heard.get("message").context("no message in the event")?, "message_id")?;
        ensure!(
            bob.message(&at_bob, &id)?.is_some(),
            "an event told of a message that was not durable"
        );
        for request in requests {
            acknowledged.insert(text(&alice.rpc.answer(request)?, "message_id")?);
        }
    }
    alice.sync()?;
    bob.connected()?;
    bob.sync()?;
    ensure!(acknowledged.len() == 120);
    check_once(&bob.history(&at_bob)?, &acknowledged)
}
