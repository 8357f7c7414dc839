//! Two people: first contact, texts both ways, receipts, edit, reaction, delete.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, World, text};
use serde_json::{Value, json};

fn field<'a>(message: &'a Value, name: &str) -> &'a str {
    message.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn a_request_is_shown_until_it_is_accepted() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let chat = text(&alice.call("chats.direct", json!({"address": bob.address}))?, "chat_id")?;
    alice.say(&chat, "Hello Bob")?;

    let event = bob.rpc.wait_event("chat.requested", DEADLINE, |_| true)?;
    let at_bob = text(event.get("chat").context("no chat in the event")?, "chat_id")?;
    assert_eq!(bob.accepts("Alice")?, at_bob);
    alice.sync()?;
    bob.sync()?;
    ensure!(bob.texts(&at_bob)? == ["Hello Bob"]);
    let requested =
        bob.chats()?.into_iter().any(|chat| chat.get("requested") == Some(&Value::Bool(true)));
    ensure!(!requested, "an accepted chat is no request any more");

    bob.say(&at_bob, "Hello Alice")?;
    let heard = alice.hears("Hello Alice")?;
    ensure!(heard.get("mine") == Some(&Value::Bool(false)));
    ensure!(heard.pointer("/sender/user_id").is_some_and(|id| *id == bob.user_id));
    ensure!(heard.pointer("/sender/display_name").is_some_and(|name| name == "Bob"));
    Ok(())
}

#[test]
fn a_declined_request_tells_nothing() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let chat = text(&alice.call("chats.direct", json!({"address": bob.address}))?, "chat_id")?;
    let message = alice.say(&chat, "Hello?")?;
    let event = bob.rpc.wait_event("chat.requested", DEADLINE, |_| true)?;
    let at_bob = text(event.get("chat").context("no chat in the event")?, "chat_id")?;
    bob.call("chats.decline", json!({"chat_id": at_bob}))?;
    bob.sync()?;
    alice.sync()?;
    let state = alice.message(&chat, &message)?.context("Alice's own message is gone")?;
    ensure!(field(&state, "state") == "sent", "a declined request gives no receipt");
    Ok(())
}

#[test]
fn receipts_move_forward_to_read() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let id = alice.say(&at_alice, "Read me")?;
    bob.hears("Read me")?;
    bob.call("messages.mark_read", json!({"chat_id": at_bob, "up_to": id}))?;
    let order = ["queued", "sent", "delivered", "read"];
    let mut places = Vec::new();
    while places.last() != Some(&3) {
        let message = alice.sees(&id, "that it was read", |_| true)?;
        let place = order.iter().position(|state| *state == field(&message, "state"));
        places.push(place.context("an unknown state")?);
    }
    ensure!(places.is_sorted(), "a state moved back");
    let now = alice.message(&at_alice, &id)?.context("the message is gone")?;
    ensure!(field(&now, "state") == "read");

    let chat = bob
        .chats()?
        .into_iter()
        .find(|chat| field(chat, "chat_id") == at_bob)
        .context("no chat")?;
    ensure!(chat.get("unread") == Some(&json!(0)));
    Ok(())
}

/// What each person's receipt says, by name.
fn receipts(person: &mut parlor_e2e::Person, id: &str) -> Result<Vec<(String, String)>> {
    let all = person.call("messages.receipts", json!({"message_id": id}))?;
    let all = all.get("receipts").and_then(Value::as_array).context("no receipts")?.clone();
    let mut all: Vec<_> = all
        .iter()
        .map(|one| (field(one, "display_name").into(), field(one, "state").into()))
        .collect();
    all.sort();
    Ok(all)
}

#[test]
fn who_has_read_is_told_by_name() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let mut carol = world.person("Carol")?;
    let group = json!({"title": "Book club", "members": [bob.address, carol.address]});
    let group = text(&alice.call("chats.create_group", group)?, "chat_id")?;
    for person in [&mut bob, &mut carol] {
        person.accepts("Book club")?;
        person.sees_members(&group, 3)?;
    }
    let id = alice.say(&group, "Chapter one")?;
    bob.hears("Chapter one")?;
    carol.hears("Chapter one")?;
    bob.call("messages.mark_read", json!({"chat_id": group, "up_to": id}))?;
    alice.sees(&id, "that all have it", |message| field(message, "state") == "delivered")?;
    let expected = [("Bob", "read"), ("Carol", "delivered")].map(|(a, b)| (a.into(), b.into()));
    alice.rpc.until("both receipts", |rpc| {
        let all = rpc.call("messages.receipts", json!({"message_id": id}))?;
        Ok(all.to_string().contains("\"read\"").then_some(()))
    })?;
    ensure!(receipts(&mut alice, &id)? == expected);
    let refused = bob.call("messages.receipts", json!({"message_id": id}));
    ensure!(refused.is_err_and(|error| error.reason() == "refused"), "it is Alice's message");
    // Who comes later is not asked to have read it.
    let dan = world.person("Dan")?;
    alice.call("chats.add_members", json!({"chat_id": group, "members": [dan.address]}))?;
    alice.sees_members(&group, 4)?;
    ensure!(receipts(&mut alice, &id)? == expected);
    Ok(())
}

#[test]
fn starred_messages_are_found_and_silent_ones_say_so() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let id = alice.say(&at_alice, "The recipe")?;
    alice.say(&at_alice, "The weather")?;
    bob.hears("The weather")?;
    let starred = |bob: &mut parlor_e2e::Person, query: &str| -> Result<Vec<String>> {
        let wish = json!({"query": query, "kind": "starred"});
        let found = bob.call("messages.search", wish)?;
        let found = found.get("messages").and_then(Value::as_array).context("no messages")?.clone();
        Ok(found.iter().map(|message| field(message, "text").to_owned()).collect())
    };
    bob.call("messages.star", json!({"message_id": id}))?;
    bob.rpc.kill9()?;
    bob.rpc.restart()?;
    ensure!(starred(&mut bob, "")? == ["The recipe"]);
    ensure!(starred(&mut bob, "recipe")? == ["The recipe"]);
    ensure!(starred(&mut bob, "weather")?.is_empty());
    let message = bob.message(&at_bob, &id)?.context("the message")?;
    ensure!(message.get("starred") == Some(&json!(true)), "{message}");
    let there = alice.message(&at_alice, &id)?.context("the message")?;
    ensure!(there.get("starred").is_none(), "a star is told to others");
    bob.call("messages.star", json!({"message_id": id, "starred": false}))?;
    ensure!(starred(&mut bob, "")?.is_empty());

    let silent = json!({"chat_id": at_alice, "text": "No hurry", "silent": true});
    alice.call("messages.send", silent)?;
    ensure!(bob.hears("No hurry")?.get("silent") == Some(&json!(true)));
    ensure!(bob.message(&at_bob, &id)?.context("the message")?.get("silent").is_none());
    Ok(())
}

#[test]
fn edits_reactions_replies_and_deletes_reach_the_other_side() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;

    let id = alice.say(&at_alice, "Helo")?;
    ensure!(field(&bob.hears("Helo")?, "message_id") == id, "a message has one id everywhere");
    alice.call("messages.edit", json!({"message_id": id, "text": "Hello"}))?;
    let edited = bob.sees(&id, "the edit", |message| field(message, "text") == "Hello")?;
    ensure!(edited.get("edited_at").is_some_and(Value::is_u64));

    bob.call("messages.react", json!({"message_id": id, "emoji": "👍"}))?;
    let has_thumb = |message: &Value| {
        message.get("reactions").is_some_and(|all| all.to_string().contains("👍"))
    };
    alice.sees(&id, "the reaction", has_thumb)?;
    bob.call("messages.react", json!({"message_id": id, "emoji": ""}))?;
    alice.sees(&id, "the reaction gone", |message| !has_thumb(message))?;

    let bold = json!([{"kind": "bold", "start": 0, "length": 4}]);
    let loud = json!({"chat_id": at_alice, "text": "Very loud", "entities": bold});
    alice.call("messages.send", loud)?;
    ensure!(bob.hears("Very loud")?.get("entities") == Some(&bold), "formatting is kept");

    let reply = json!({"chat_id": at_bob, "text": "Hi", "reply_to": id});
    bob.call("messages.send", reply)?;
    let heard = alice.hears("Hi")?;
    ensure!(heard.get("reply_to").is_some_and(|to| to.to_string().contains(&id)));

    let refused = bob.call("messages.edit", json!({"message_id": id, "text": "Mine now"}));
    ensure!(refused.is_err_and(|error| error.reason() == "refused"), "only the author edits");

    alice.call("messages.delete", json!({"message_id": id, "for_everyone": true}))?;
    bob.sees(&id, "the deletion", |message| field(message, "text").is_empty())?;
    ensure!(!bob.texts(&at_bob)?.contains(&"Hello".to_string()));
    bob.rpc.kill9()?;
    bob.rpc.restart()?;
    ensure!(!bob.texts(&at_bob)?.contains(&"Hello".to_string()), "a deleted text came back");
    Ok(())
}

#[test]
fn typing_is_told_and_not_kept() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    bob.say(&at_bob, "Yes")?;
    alice.hears("Yes")?;
    alice.connected()?;
    bob.connected()?;
    alice.call("typing.set", json!({"chat_id": at_alice, "typing": true}))?;
    let event = bob
        .rpc
        .wait_event("typing", DEADLINE, |event| event.get("typing") == Some(&Value::Bool(true)))?;
    ensure!(field(&event, "user_id") == alice.user_id && field(&event, "chat_id") == at_bob);
    ensure!(bob.texts(&at_bob)? == ["May I?", "Yes"]);
    Ok(())
}
