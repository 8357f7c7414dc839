//! Several devices of one person, as real processes.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, Rpc, World};
use serde_json::{Value, json};

fn devices(person: &mut Person) -> Result<Vec<Value>> {
    let list = person.call("devices.list", json!({}))?;
    Ok(list.get("devices").and_then(Value::as_array).context("no devices")?.clone())
}

/// A removed device has nothing any more, says so, and the folder can be used for something new.
fn is_empty(world: &World, removed: &mut Person, chat: &str) -> Result<()> {
    removed.rpc.wait_event("device.removed", DEADLINE, |_| true)?;
    for (method, params) in [
        ("messages.history", json!({"chat_id": chat})),
        ("account.info", json!({})),
        ("messages.send", json!({"chat_id": chat, "text": "Hello?"})),
    ] {
        let refused = removed.call(method, params).err().context("it was answered")?;
        ensure!(refused.reason() == "revoked", "{method}: {refused:?}");
    }
    // Still so after a start, and the files are gone: only what is as large as an empty profile is left.
    let profile = removed.rpc.profile().to_path_buf();
    removed.rpc.stop()?;
    let files = std::fs::read_dir(profile.join("media"))?.count();
    ensure!(files == 0, "{files} files are left");
    let size = std::fs::metadata(profile.join("parlor.db"))?.len();
    ensure!(size < 512 * 1024, "the database has {size} bytes");
    removed.rpc.restart()?;
    let refused = removed.call("chats.list", json!({})).err().context("it was answered")?;
    ensure!(refused.reason() == "revoked", "{refused:?}");
    let params = json!({"server": world.relay.url(), "display_name": "Somebody new"});
    removed.call("account.create", params)?;
    ensure!(removed.chats()?.is_empty(), "an old chat is there");
    Ok(())
}

#[test]
fn a_second_device_has_the_history_and_is_equal() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let group = json!({"title": "Book club", "members": [bob.address]});
    let group = alice.call("chats.create_group", group)?.get("chat_id").cloned();
    let group = group.and_then(|id| Some(id.as_str()?.to_string())).context("a group")?;
    for number in 0..300 {
        alice.say(&at_alice, &format!("Number {number}"))?;
    }
    alice.sync()?;
    bob.sync()?;

    let mut laptop = world.link(&mut alice)?;
    ensure!(laptop.user_id == alice.user_id);
    let expected = alice.texts(&at_alice)?;
    ensure!(expected.len() == 301, "{} texts", expected.len());
    ensure!(laptop.texts(&at_alice)? == expected, "the history differs");
    let codes = |history: Vec<Value>| -> Vec<Value> {
        history.iter().filter_map(|message| message.pointer("/notice/code").cloned()).collect()
    };
    let told = codes(alice.history(&group)?);
    ensure!(codes(laptop.history(&group)?) == told, "the notices differ from {told:?}");

    // Each of the three speaks, and all have it.
    laptop.say(&at_alice, "From the laptop")?;
    bob.hears("From the laptop")?;
    bob.say(&at_bob, "I see both of you")?;
    alice.hears("I see both of you")?;
    laptop.hears("I see both of you")?;
    alice.sync()?;
    laptop.sync()?;
    ensure!(alice.texts(&at_alice)? == laptop.texts(&at_alice)?, "the devices differ");
    let notice = |message: &Value| {
        message.pointer("/notice/code").is_some_and(|code| code == "device_added")
    };
    ensure!(bob.history(&at_bob)?.iter().any(notice), "Bob is not told of the new device");

    let listed = devices(&mut alice)?;
    ensure!(listed.len() == 2, "{listed:?}");
    let id = listed.iter().find(|d| d.get("current") == Some(&Value::Bool(false)));
    let id = id.and_then(|device| device.get("device_id")).context("the laptop")?.clone();
    alice.call("devices.remove", json!({"device_id": id}))?;
    ensure!(devices(&mut alice)?.len() == 1);
    alice.say(&at_alice, "Only for the phone")?;
    bob.hears("Only for the phone")?;
    is_empty(&world, &mut laptop, &at_alice)?;
    Ok(())
}

#[test]
fn a_device_takes_itself_out() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, _) = alice.befriends(&mut bob)?;
    let mut laptop = world.link(&mut alice)?;
    let own = devices(&mut laptop)?.into_iter().find(|d| d.get("current") == Some(&json!(true)));
    let id = own.and_then(|device| device.get("device_id").cloned()).context("itself")?;
    laptop.call("devices.remove", json!({"device_id": id}))?;
    is_empty(&world, &mut laptop, &at_alice)?;
    alice.rpc.until("one device", |rpc| {
        let list = rpc.call("devices.list", json!({}))?;
        let count = list.get("devices").and_then(Value::as_array).map_or(0, Vec::len);
        Ok((count == 1).then_some(()))
    })
}

/// How many messages a device has of a chat, which may not be there yet.
fn count(rpc: &mut Rpc, chat_id: &str) -> Result<usize> {
    let chats = rpc.call("chats.list", json!({"limit": 100}))?;
    let chats = chats.get("chats").and_then(Value::as_array).context("no chats")?;
    match chats.iter().any(|chat| chat.get("chat_id").is_some_and(|id| id == chat_id)) {
        true => Ok(rpc.history(chat_id)?.len()),
        false => Ok(0),
    }
}

#[test]
fn a_history_survives_kills_on_both_ends() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, _) = alice.befriends(&mut bob)?;
    let long = "A long story. ".repeat(200);
    for number in 0..400 {
        alice.say(&at_alice, &format!("{number}: {long}"))?;
    }
    alice.sync()?;
    let mut laptop = world.link_begun(&mut alice)?;
    for _ in 0..3 {
        laptop.rpc.kill9()?;
        alice.rpc.kill9()?;
        alice.rpc.restart()?;
        laptop.rpc.restart()?;
        laptop.connected()?;
    }
    let expected = alice.texts(&at_alice)?;
    laptop.rpc.until("the whole history", |rpc| {
        Ok((count(rpc, &at_alice)? >= expected.len()).then_some(()))
    })?;
    ensure!(laptop.texts(&at_alice)? == expected, "the history differs");
    Ok(())
}

#[test]
fn wrong_links_are_refused() -> Result<()> {
    let world = World::new()?;
    let mut alice = world.person("Alice")?;
    for (method, params, code) in [
        ("link.approve", json!({"uri": "parlor:link?server=x"}), "not_found"),
        ("link.approve", json!({"uri": "https://example.org"}), "not_found"),
        ("link.confirm", json!({}), "not_found"),
        ("link.start", json!({"server": world.relay.url(), "device_name": "D"}), "refused"),
        ("devices.remove", json!({"device_id": "nonsense"}), "not_found"),
    ] {
        let refused = alice.call(method, params.clone()).err().context("it was accepted")?;
        ensure!(refused.reason() == code, "{method} {params}: {refused:?}");
    }
    // A link that nobody listens behind.
    let (queue, key) = ("a".repeat(26), "a".repeat(52));
    let uri = format!("parlor:link?server={}&queue={queue}&key={key}", world.relay.url());
    let refused = alice.call("link.approve", json!({"uri": uri}));
    ensure!(refused.err().is_some_and(|error| error.reason() == "expired"));

    let own = devices(&mut alice)?.pop().and_then(|d| d.get("device_id").cloned());
    let refused = alice.call("devices.remove", json!({"device_id": own}));
    ensure!(refused.err().is_some_and(|error| error.reason() == "refused"));
    Ok(())
}
