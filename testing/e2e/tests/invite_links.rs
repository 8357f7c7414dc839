//! Invite links of groups: asking to be let in, being let in or not, links that lead nowhere any more.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, World, text};
use serde_json::{Value, json};

fn group(alice: &mut Person, members: &[&str]) -> Result<String> {
    let created =
        alice.call("chats.create_group", json!({"title": "Choir", "members": members}))?;
    alice.sync()?;
    text(&created, "chat_id")
}

fn link(alice: &mut Person, chat: &str, approve: bool) -> Result<String> {
    let made = alice.call("chats.create_link", json!({"chat_id": chat, "approve": approve}))?;
    text(&made, "uri")
}

/// Waits until so many people wait to be let into a chat; who they are.
fn asking(person: &mut Person, chat: &str, count: u64) -> Result<Vec<Value>> {
    person.rpc.wait_event("chat.updated", DEADLINE, |event| {
        event.pointer("/chat/chat_id").is_some_and(|id| id == chat)
            && event.pointer("/chat/join_requests").and_then(Value::as_u64).unwrap_or(0) == count
    })?;
    let info = person.call("chats.info", json!({"chat_id": chat}))?;
    Ok(info.get("join_requests").and_then(Value::as_array).cloned().unwrap_or_default())
}

/// Waits until somebody is in the choir, and not as a request.
fn is_in(person: &mut Person) -> Result<String> {
    let event = person.rpc.wait_event("chat.updated", DEADLINE, |event| {
        event.pointer("/chat/title").is_some_and(|title| title == "Choir")
    })?;
    let chat = event.get("chat").context("no chat")?;
    ensure!(chat.get("requested") == Some(&json!(false)), "who asked to join is asked");
    text(chat, "chat_id")
}

#[test]
fn somebody_asks_and_is_let_in() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let mut carol = world.person("Carol")?;
    let choir = group(&mut alice, &[&bob.address])?;
    let at_bob = bob.accepts("Choir")?;
    let refused = bob.call("chats.create_link", json!({"chat_id": at_bob}));
    ensure!(refused.is_err_and(|error| error.reason() == "refused"), "a member makes no links");

    let uri = link(&mut alice, &choir, true)?;
    ensure!(carol.call("chats.join", json!({"uri": uri}))? == json!({}));
    let waiting = asking(&mut alice, &choir, 1)?;
    let [asked] = waiting.as_slice() else { anyhow::bail!("{} wait", waiting.len()) };
    ensure!(text(asked, "display_name")? == "Carol" && text(asked, "user_id")? == carol.user_id);
    let at_bob_info = bob.call("chats.info", json!({"chat_id": at_bob}))?;
    ensure!(at_bob_info.get("join_link").is_none() && at_bob_info.get("join_requests").is_none());

    let yes = json!({"chat_id": choir, "user": carol.user_id, "accept": true});
    alice.call("chats.answer_join", yes)?;
    let at_carol = is_in(&mut carol)?;
    carol.say(&at_carol, "Hello choir")?;
    alice.hears("Hello choir")?;
    bob.hears("Hello choir")?;
    let info = alice.call("chats.info", json!({"chat_id": choir}))?;
    ensure!(info.get("join_requests").is_none(), "who is in asks no more");
    ensure!(info.pointer("/join_link/uri") == Some(&json!(uri)));
    let again = carol.call("chats.join", json!({"uri": uri}))?;
    ensure!(text(&again, "chat_id")? == at_carol, "the link leads a member to the chat");
    Ok(())
}

#[test]
fn another_device_and_another_admin_answer() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (mut carol, mut dave) = (world.person("Carol")?, world.person("Dave")?);
    let choir = group(&mut alice, &[&bob.address])?;
    let at_bob = bob.accepts("Choir")?;
    let admin = json!({"chat_id": choir, "user": bob.user_id, "role": "admin"});
    alice.call("chats.set_role", admin)?;
    let uri = link(&mut alice, &choir, true)?;
    alice.sync()?;
    bob.sync()?;
    let mut laptop = world.link(&mut alice)?;
    let at_laptop = laptop.rpc.until("the choir on the laptop", |rpc| {
        let chats = rpc.call("chats.list", json!({}))?;
        let chats = chats.get("chats").and_then(Value::as_array).cloned().unwrap_or_default();
        let choir = chats.iter().find(|chat| chat.get("title").is_some_and(|t| t == "Choir"));
        Ok(choir.and_then(|chat| text(chat, "chat_id").ok()))
    })?;
    laptop.sync()?;
    alice.sync()?;

    carol.call("chats.join", json!({"uri": uri}))?;
    asking(&mut bob, &at_bob, 1)?;
    let no = json!({"chat_id": at_bob, "user": carol.user_id, "accept": false});
    bob.call("chats.answer_join", no.clone())?;
    for (one, at) in [(&mut alice, &choir), (&mut laptop, &at_laptop)] {
        asking(one, at, 1)?;
        asking(one, at, 0)?;
    }
    ensure!(bob.call("chats.answer_join", no).is_err_and(|error| error.reason() == "not_found"));

    dave.call("chats.join", json!({"uri": uri}))?;
    asking(&mut laptop, &at_laptop, 1)?;
    let yes = json!({"chat_id": at_laptop, "user": dave.user_id, "accept": true});
    laptop.call("chats.answer_join", yes)?;
    is_in(&mut dave)?;
    Ok(())
}

#[test]
fn an_open_link_lets_in_until_somebody_is_removed() -> Result<()> {
    let world = World::new()?;
    let mut alice = world.person("Alice")?;
    let (mut carol, mut dave) = (world.person("Carol")?, world.person("Dave")?);
    let choir = group(&mut alice, &[])?;
    let uri = link(&mut alice, &choir, false)?;
    // The one that lets in may be away when somebody asks.
    alice.rpc.kill9()?;
    carol.call("chats.join", json!({"uri": uri}))?;
    alice.rpc.restart()?;
    is_in(&mut carol)?;

    let out = json!({"chat_id": choir, "members": [carol.user_id]});
    alice.call("chats.remove_members", out)?;
    // As long as she does not know that she is out, the link leads her to the chat.
    carol.sync()?;
    let info = alice.call("chats.info", json!({"chat_id": choir}))?;
    ensure!(info.pointer("/join_link/approve") == Some(&json!(true)), "the link stays open");
    carol.call("chats.join", json!({"uri": uri}))?;
    asking(&mut alice, &choir, 1)?;

    let newer = link(&mut alice, &choir, false)?;
    alice.sync()?;
    let dead = dave.call("chats.join", json!({"uri": uri}));
    ensure!(dead.is_err_and(|error| error.reason() == "expired"), "the old link leads somewhere");
    dave.call("chats.join", json!({"uri": newer}))?;
    is_in(&mut dave)?;

    alice.call("chats.revoke_link", json!({"chat_id": choir}))?;
    let info = alice.call("chats.info", json!({"chat_id": choir}))?;
    ensure!(info.get("join_link").is_none());
    alice.sync()?;
    let dead = carol.call("chats.join", json!({"uri": newer}));
    ensure!(dead.is_err_and(|error| error.reason() == "expired"), "the link was taken back");
    ensure!(carol.call("chats.join", json!({"uri": "parlor:group?x=y"})).is_err());
    Ok(())
}
