//! A group of five: one order for all, roles, title, joining, being removed, leaving.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, World, text};
use serde_json::{Value, json};

const TITLE: &str = "The choir";

/// Alice's group with Bob, Carol and Dave, who have accepted; Eve is not in it. One chat id per person.
fn group(world: &World) -> Result<(Vec<Person>, Vec<String>)> {
    let names = ["Alice", "Bob", "Carol", "Dave", "Eve"];
    let mut people = names.iter().map(|name| world.person(name)).collect::<Result<Vec<_>>>()?;
    let members: Vec<String> =
        people.iter().skip(1).take(3).map(|person| person.address.clone()).collect();
    let alice = people.first_mut().context("nobody")?;
    let created = alice.call("chats.create_group", json!({"title": TITLE, "members": members}))?;
    alice.sync()?;
    let mut chats = vec![text(&created, "chat_id")?];
    for person in people.iter_mut().skip(1).take(3) {
        chats.push(person.accepts(TITLE)?);
        person.sync()?;
    }
    Ok((people, chats))
}

fn ids(history: &[Value]) -> Vec<&Value> {
    let texts =
        history.iter().filter(|message| message.get("kind").is_some_and(|kind| kind == "text"));
    texts.filter_map(|message| message.get("message_id")).collect()
}

#[test]
fn everybody_has_the_same_order() -> Result<()> {
    let world = World::new()?;
    let (mut people, chats) = group(&world)?;
    for round in 0..5 {
        for (person, chat) in people.iter_mut().zip(&chats) {
            let words = format!("{} says {round}", person.name);
            person.rpc.send("messages.send", json!({"chat_id": chat, "text": words}))?;
        }
    }
    // Twice: after the first round everybody's outbox is empty, after the second everybody has everything.
    for _ in 0..2 {
        for person in people.iter_mut().take(4) {
            person.sync()?;
        }
    }
    let mut histories = Vec::new();
    for (person, chat) in people.iter_mut().zip(&chats) {
        histories.push(person.history(chat)?);
    }
    let first = histories.first().context("nobody")?;
    ensure!(ids(first).len() == 20, "Alice has {} of 20 texts", ids(first).len());
    for other in &histories {
        ensure!(ids(other) == ids(first), "two histories differ");
    }
    Ok(())
}

#[test]
fn roles_decide_who_changes_the_title() -> Result<()> {
    let world = World::new()?;
    let (mut people, chats) = group(&world)?;
    let [alice, bob, _, dave, _] = people.as_mut_slice() else { anyhow::bail!("not five") };
    let [at_alice, at_bob, _, at_dave] = chats.as_slice() else { anyhow::bail!("not four") };

    alice.call("chats.set_policy", json!({"chat_id": at_alice, "edit_info": "admins"}))?;
    alice.call(
        "chats.set_role",
        json!({"chat_id": at_alice, "user": bob.user_id, "role": "admin"}),
    )?;
    alice.sync()?;
    dave.sync()?;
    let refused = dave.call("chats.set_title", json!({"chat_id": at_dave, "title": "Dave's"}));
    ensure!(
        refused.is_err_and(|error| error.reason() == "refused"),
        "a plain member may not set the title"
    );

    bob.sync()?;
    bob.call("chats.set_title", json!({"chat_id": at_bob, "title": "The big choir"}))?;
    let is_new =
        |event: &Value| event.pointer("/chat/title").is_some_and(|title| title == "The big choir");
    dave.rpc.wait_event("chat.updated", DEADLINE, is_new)?;
    alice.rpc.wait_event("chat.updated", DEADLINE, is_new)?;

    let info = dave.call("chats.info", json!({"chat_id": at_dave}))?;
    let members = info.get("members").and_then(Value::as_array).context("no members")?;
    let role_of = |user: &str| {
        let member =
            members.iter().find(|member| member.get("user_id").is_some_and(|id| id == user));
        member.and_then(|member| member.get("role")).and_then(Value::as_str).map(String::from)
    };
    ensure!(role_of(&alice.user_id).as_deref() == Some("owner"));
    ensure!(role_of(&bob.user_id).as_deref() == Some("admin"));
    ensure!(role_of(&dave.user_id).as_deref() == Some("member"));
    Ok(())
}

#[test]
fn people_come_and_go() -> Result<()> {
    let world = World::new()?;
    let (mut people, chats) = group(&world)?;
    let [alice, bob, carol, dave, eve] = people.as_mut_slice() else { anyhow::bail!("not five") };
    let [at_alice, at_bob, at_carol, at_dave] = chats.as_slice() else { anyhow::bail!("not four") };

    alice.say(at_alice, "Before Eve")?;
    bob.hears("Before Eve")?;
    alice.call("chats.add_members", json!({"chat_id": at_alice, "members": [eve.address]}))?;
    let at_eve = eve.accepts(TITLE)?;
    alice.say(at_alice, "With Eve")?;
    for person in [&mut *bob, &mut *carol, &mut *dave, &mut *eve] {
        person.hears("With Eve")?;
    }
    ensure!(eve.texts(&at_eve)? == ["With Eve"], "who joins reads nothing from before");

    alice.call("chats.remove_members", json!({"chat_id": at_alice, "members": [dave.user_id]}))?;
    alice.sync()?;
    alice.say(at_alice, "Without Dave")?;
    bob.hears("Without Dave")?;
    dave.sync()?;
    ensure!(
        !dave.texts(at_dave)?.contains(&"Without Dave".to_string()),
        "who is removed reads nothing new"
    );
    let refused = dave.call("messages.send", json!({"chat_id": at_dave, "text": "Still here"}));
    ensure!(refused.is_err_and(|error| error.reason() == "not_a_member"));

    carol.call("chats.leave", json!({"chat_id": at_carol}))?;
    carol.sync()?;
    let mut left = vec![alice.user_id.clone(), bob.user_id.clone(), eve.user_id.clone()];
    left.sort();
    ensure!(alice.sees_members(at_alice, 3)? == left);
    ensure!(bob.sees_members(at_bob, 3)? == left);
    ensure!(eve.sees_members(&at_eve, 3)? == left);
    alice.say(at_alice, "Just us")?;
    bob.hears("Just us")?;
    eve.hears("Just us")?;
    carol.sync()?;
    ensure!(!carol.texts(at_carol)?.contains(&"Just us".to_string()), "who left reads nothing new");
    Ok(())
}
