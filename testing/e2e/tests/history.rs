//! Reading a chat from any place, and what a program needs to send safely: names of its own, another try.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, World, text};
use serde_json::{Value, json};

fn field<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn texts(answer: &Value) -> Vec<String> {
    let messages = answer.get("messages").and_then(Value::as_array);
    messages.into_iter().flatten().map(|message| field(message, "text").to_string()).collect()
}

fn chat(person: &mut Person, chat_id: &str) -> Result<Value> {
    person.chats()?.into_iter().find(|chat| field(chat, "chat_id") == chat_id).context("no chat")
}

#[test]
fn a_chat_is_read_from_any_place() -> Result<()> {
    let world = World::new()?;
    let mut alice = world.person("Alice")?;
    let notes = text(&alice.call("chats.self", json!({}))?, "chat_id")?;
    let mut ids = Vec::new();
    for number in 0..9 {
        ids.push(alice.say(&notes, &number.to_string())?);
    }
    alice.sync()?;
    let [first, .., third_last, second_last, last] = ids.as_slice() else {
        anyhow::bail!("too few messages")
    };
    let mut page = |place: &str, id: &str, limit: u32| -> Result<Vec<String>> {
        let params = json!({"chat_id": notes, place: id, "limit": limit});
        Ok(texts(&alice.call("messages.history", params)?))
    };
    ensure!(page("after", second_last, 50)? == ["8"]);
    ensure!(page("after", third_last, 1)? == ["7"], "the oldest behind it come first");
    ensure!(page("after", last, 50)?.is_empty());
    ensure!(page("around", third_last, 5)? == ["4", "5", "6", "7", "8"]);
    ensure!(page("around", first, 4)?.ends_with(&["0".into(), "1".into()]));
    ensure!(page("before", third_last, 2)? == ["4", "5"]);

    let both = json!({"chat_id": notes, "before": first, "after": first});
    ensure!(alice.call("messages.history", both).is_err(), "two places at once");

    let asked = json!({"message_ids": [last, "nonsense", first]});
    ensure!(texts(&alice.call("messages.get", asked)?) == ["8", "0"]);

    alice.call("messages.delete", json!({"message_id": last, "for_everyone": false}))?;
    let gone = alice.rpc.wait_event("message.removed", DEADLINE, |_| true)?;
    ensure!(field(&gone, "message_id") == last && field(&gone, "chat_id") == notes);
    let asked = json!({"message_ids": [last]});
    ensure!(texts(&alice.call("messages.get", asked)?).is_empty());
    Ok(())
}

#[test]
fn what_was_sent_under_a_name_is_sent_once() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let wish = json!({"chat_id": at_alice, "text": "Once", "client_id": "a name"});
    let first = text(&alice.call("messages.send", wish.clone())?, "message_id")?;
    alice.rpc.kill9()?;
    alice.rpc.restart()?;
    ensure!(text(&alice.call("messages.send", wish)?, "message_id")? == first);
    let long = json!({"chat_id": at_alice, "text": "x", "client_id": "x".repeat(65)});
    ensure!(alice.call("messages.send", long).is_err_and(|e| e.reason() == "too_large"));
    alice.say(&at_alice, "Then")?;
    bob.hears("Then")?;
    ensure!(bob.texts(&at_bob)?.iter().filter(|text| *text == "Once").count() == 1);
    Ok(())
}

#[test]
fn what_failed_is_sent_again() -> Result<()> {
    let mut world = World::configured("[files]\nmax_file_mib = 1\n")?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let path = world.path("large.bin");
    std::fs::write(&path, vec![7; 2 << 20])?;
    let wish = json!({"chat_id": at_alice, "attachments": [path], "text": "A large one"});
    let id = text(&alice.call("messages.send", wish)?, "message_id")?;
    alice.sees(&id, "the refusal", |message| field(message, "state") == "failed")?;
    let again = json!({"message_id": id});
    alice.call("messages.retry", again.clone())?;
    alice.sees(&id, "it waiting", |message| field(message, "state") == "queued")?;
    alice.sees(&id, "a second refusal", |message| field(message, "state") == "failed")?;

    world.relay.stop()?;
    std::fs::write(world.path("options.toml"), "[files]\nmax_file_mib = 4\n")?;
    world.relay.restart()?;
    alice.call("messages.retry", again.clone())?;
    ensure!(field(&bob.hears("A large one")?, "message_id") == id, "it is the same message");
    alice.sees(&id, "that it left", |message| field(message, "state") == "delivered")?;
    let refused = alice.call("messages.retry", again);
    ensure!(refused.is_err_and(|error| error.reason() == "refused"), "only what failed");
    let there = bob.history(&at_bob)?;
    ensure!(there.iter().filter(|message| field(message, "text") == "A large one").count() == 1);
    Ok(())
}

#[test]
fn the_list_tells_who_is_meant_and_what_waits() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, _) = alice.befriends(&mut bob)?;
    ensure!(field(&chat(&mut alice, &at_alice)?, "peer") == bob.user_id);
    let members = json!({"title": "Two", "members": [bob.address]});
    let group = text(&alice.call("chats.create_group", members)?, "chat_id")?;
    alice.sync()?;
    let at_bob = bob.accepts("Two")?;
    let mention = json!([{"user": bob.user_id, "start": 0, "length": 4}]);
    alice.call("messages.send", json!({"chat_id": group, "text": "@Bob", "mentions": mention}))?;
    let id = alice.say(&group, "and so on")?;
    bob.hears("and so on")?;
    let unread = chat(&mut bob, &at_bob)?;
    ensure!(unread.get("mentions") == Some(&json!(1)) && unread.get("unread") == Some(&json!(2)));
    ensure!(unread.get("active_at").is_some_and(Value::is_u64));

    bob.call("messages.mark_read", json!({"chat_id": at_bob, "up_to": id}))?;
    ensure!(chat(&mut bob, &at_bob)?.get("mentions").is_none());
    bob.call("chats.set_flags", json!({"chat_id": at_bob, "unread": true}))?;
    ensure!(chat(&mut bob, &at_bob)?.get("marked_unread") == Some(&json!(true)));
    bob.call("messages.mark_read", json!({"chat_id": at_bob, "up_to": id}))?;
    ensure!(
        chat(&mut bob, &at_bob)?.get("marked_unread").is_none(),
        "opening it takes the mark away"
    );
    Ok(())
}
