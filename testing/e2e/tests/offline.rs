//! A device that is off while life goes on, and a device without a network.

use anyhow::{Context, Result, ensure};
use parlor_e2e::World;
use serde_json::{Value, json};

#[test]
fn an_offline_day_is_caught_up() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob, mut carol) =
        (world.person("Alice")?, world.person("Bob")?, world.person("Carol")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    alice.befriends(&mut carol)?;
    bob.sync()?;
    bob.rpc.stop()?;

    let words: Vec<String> = (0..50).map(|number| format!("News {number}")).collect();
    let mut ids = Vec::new();
    for text in &words {
        ids.push(alice.say(&at_alice, text)?);
    }
    let (first, last) = (ids.first().context("nothing sent")?, ids.last().context("nothing sent")?);
    alice.call("messages.edit", json!({"message_id": first, "text": "News, corrected"}))?;
    let members = [&bob.address, &carol.address];
    alice.call("chats.create_group", json!({"title": "While you were out", "members": members}))?;
    alice.sync()?;

    bob.rpc.restart()?;
    bob.sync()?;
    let expected: Vec<String> = ["May I?", "News, corrected"]
        .into_iter()
        .map(String::from)
        .chain(words.into_iter().skip(1))
        .collect();
    ensure!(bob.texts(&at_bob)? == expected);
    bob.accepts("While you were out")?;

    bob.call("messages.mark_read", json!({"chat_id": at_bob, "up_to": last}))?;
    for id in [first, last] {
        alice.sees(id, "that it was read", |message| {
            message.get("state").is_some_and(|state| state == "read")
        })?;
    }
    Ok(())
}

#[test]
fn what_is_written_offline_goes_out_later() -> Result<()> {
    let mut world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    bob.sync()?;
    alice.sync()?;
    world.relay.stop()?;

    let id = alice.say(&at_alice, "Written in the tunnel")?;
    let queued = alice.message(&at_alice, &id)?.context("the message is gone")?;
    ensure!(queued.get("state").is_some_and(|state| state == "queued"));
    alice.rpc.kill9()?;
    world.relay.restart()?;
    alice.rpc.restart()?;
    bob.hears("Written in the tunnel")?;
    let count = bob.texts(&at_bob)?.iter().filter(|text| *text == "Written in the tunnel").count();
    ensure!(count == 1);
    alice.connected()?;
    alice.sync()?;
    let sent = alice.message(&at_alice, &id)?.context("the message is gone")?;
    ensure!(
        sent.get("state")
            .and_then(Value::as_str)
            .is_some_and(|state| state != "queued" && state != "failed")
    );
    Ok(())
}
