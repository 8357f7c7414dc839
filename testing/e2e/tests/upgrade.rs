//! From the version before to this one: what people had they have, what waited arrives, and they talk on, whoever is
//! upgraded first.
//!
//! `cargo xtask test` builds the version before from the history of the clone and names it in `PARLOR_PREVIOUS_BIN`.
//! Where there is none, this version takes its place: then it is only a test of clean ends and starts.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Person, World, parlor, previous, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const FILE: &[u8] = b"What the file holds, and a little more than that.";

/// The two versions.
fn versions() -> Result<(PathBuf, PathBuf)> {
    let new = parlor()?;
    let old = previous();
    if old.is_none() {
        println!("no version before this one is named: this one stands in for it");
    }
    Ok((old.unwrap_or_else(|| new.clone()), new))
}

/// Two people with a direct chat and a group, as each knows them.
struct Talk {
    alice: Person,
    bob: Person,
    direct: (String, String),
    group: (String, String),
    said: u32,
}

impl Talk {
    fn begin(world: &World) -> Result<Self> {
        let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
        let direct = alice.befriends(&mut bob)?;
        let group = json!({"title": "Book club", "members": [bob.address]});
        let group = text(&alice.call("chats.create_group", group)?, "chat_id")?;
        let at_bob = bob.accepts("Book club")?;
        alice.sync()?;
        Ok(Self { alice, bob, direct, group: (group, at_bob), said: 0 })
    }

    /// Everybody says something in each chat, and the other hears it.
    fn go_on(&mut self) -> Result<()> {
        for chat in [self.direct.clone(), self.group.clone()] {
            self.said += 1;
            let words = format!("Alice says {}", self.said);
            self.alice.say(&chat.0, &words)?;
            self.bob.hears(&words)?;
            let words = format!("Bob says {}", self.said);
            self.bob.say(&chat.1, &words)?;
            self.alice.hears(&words)?;
        }
        Ok(())
    }

    /// Both have the same texts, and how many.
    fn same(&mut self) -> Result<usize> {
        self.alice.sync()?;
        self.bob.sync()?;
        self.alice.sync()?;
        let mut count = 0;
        for (chat, name) in [(self.direct.clone(), "direct"), (self.group.clone(), "group")] {
            let (own, theirs) = (self.alice.texts(&chat.0)?, self.bob.texts(&chat.1)?);
            ensure!(own == theirs, "the {name} chat differs: {own:?} / {theirs:?}");
            count += own.len();
        }
        Ok(count)
    }
}

/// The device goes on with another version.
fn upgrade(person: &mut Person, to: &Path) -> Result<()> {
    person.rpc.stop()?;
    person.rpc.replace(to.to_path_buf());
    person.rpc.restart()?;
    person.connected()
}

fn upgrade_relay(world: &mut World, to: &Path) -> Result<()> {
    world.relay.stop()?;
    world.relay.replace(to.to_path_buf());
    world.replace(to.to_path_buf());
    world.relay.restart()
}

#[test]
fn what_was_there_is_there_and_what_waited_arrives() -> Result<()> {
    let (old, new) = versions()?;
    let mut world = World::of(old)?;
    let mut talk = Talk::begin(&world)?;
    talk.go_on()?;
    // An edit, a reaction, a file.
    let id = talk.alice.say(&talk.direct.0, "A word of heron")?;
    let edit = json!({"message_id": id, "text": "A word of herons"});
    talk.alice.call("messages.edit", edit)?;
    talk.alice.call("messages.react", json!({"message_id": id, "emoji": "x"}))?;
    let path = world.path("file");
    std::fs::write(&path, FILE)?;
    let send = json!({"chat_id": talk.direct.0, "text": "A file", "attachments": [path]});
    let file = text(&talk.alice.call("messages.send", send)?, "message_id")?;
    let before = talk.same()?;
    // Bob is away: this waits at the server, and what is said without the server waits at Alice.
    talk.bob.rpc.stop()?;
    for number in 0..5 {
        talk.alice.say(&talk.direct.0, &format!("Waits at the server {number}"))?;
        talk.alice.say(&talk.group.0, &format!("Waits there too {number}"))?;
    }
    talk.alice.sync()?;
    world.relay.stop()?;
    talk.alice.say(&talk.direct.0, "Waits at Alice")?;
    talk.alice.rpc.kill9()?;

    world.relay.replace(new.clone());
    world.replace(new.clone());
    world.relay.restart()?;
    for person in [&mut talk.alice, &mut talk.bob] {
        person.rpc.replace(new.clone());
        person.rpc.restart()?;
        person.connected()?;
    }
    ensure!(talk.same()? == before + 11, "not all is there: {}", talk.same()?);
    talk.go_on()?;
    let message = talk.bob.message(&talk.direct.1, &id)?.context("the edited message")?;
    ensure!(text(&message, "text")? == "A word of herons", "{message}");
    ensure!(message.pointer("/reactions/0/emoji") == Some(&Value::from("x")), "{message}");
    let found = talk.bob.call("messages.search", json!({"query": "heron"}))?;
    ensure!(found.pointer("/messages/0/message_id") == Some(&Value::from(id)), "{found}");
    let saved = world.path("saved");
    let save = json!({"message_id": file, "index": 0, "path": saved});
    talk.bob.call("messages.save_attachment", save)?;
    ensure!(std::fs::read(&saved)? == FILE, "the file is another");
    // A new device gets what was said under the version before.
    let mut laptop = world.link(&mut talk.alice)?;
    ensure!(laptop.texts(&talk.direct.0)? == talk.alice.texts(&talk.direct.0)?);
    Ok(())
}

#[test]
fn devices_are_upgraded_one_after_the_other_and_then_the_server() -> Result<()> {
    let (old, new) = versions()?;
    let mut world = World::of(old)?;
    let mut talk = Talk::begin(&world)?;
    talk.go_on()?;
    upgrade(&mut talk.alice, &new)?;
    talk.go_on()?;
    upgrade(&mut talk.bob, &new)?;
    talk.go_on()?;
    let before = talk.same()?;
    upgrade_relay(&mut world, &new)?;
    talk.go_on()?;
    ensure!(talk.same()? == before + 4);
    Ok(())
}

#[test]
fn the_server_is_upgraded_first_and_a_new_person_comes() -> Result<()> {
    let (old, new) = versions()?;
    let mut world = World::of(old)?;
    let mut talk = Talk::begin(&world)?;
    talk.go_on()?;
    upgrade_relay(&mut world, &new)?;
    talk.go_on()?;
    // Of the new version, with people of the old one.
    let mut carol = world.person("Carol")?;
    let (at_carol, at_bob) = carol.befriends(&mut talk.bob)?;
    carol.say(&at_carol, "Hello, old friend")?;
    talk.bob.hears("Hello, old friend")?;
    talk.bob.say(&at_bob, "Hello, new one")?;
    carol.hears("Hello, new one")?;
    upgrade(&mut talk.bob, &new)?;
    talk.go_on()?;
    let before = talk.same()?;
    upgrade(&mut talk.alice, &new)?;
    talk.go_on()?;
    ensure!(talk.same()? == before + 4);
    Ok(())
}

#[test]
fn a_poll_is_words_and_reactions_for_a_version_without_polls() -> Result<()> {
    let (old, new) = versions()?;
    let world = World::of(old)?;
    let mut talk = Talk::begin(&world)?;
    upgrade(&mut talk.alice, &new)?;
    let poll = json!({"question": "Which bird?", "options": ["Heron", "Crane"]});
    let send = json!({"chat_id": talk.direct.0, "poll": poll});
    let id = text(&talk.alice.call("messages.send", send)?, "message_id")?;
    talk.bob.hears("Which bird?\n1. Heron\n2. Crane")?;
    talk.alice.call("messages.vote", json!({"message_id": id, "options": [1]}))?;
    let seen = |message: &Value| {
        let sign =
            message.pointer("/reactions/0/emoji").is_some_and(|sign| sign == "2\u{fe0f}\u{20e3}");
        sign || message.pointer("/poll/voters").is_some_and(|voters| *voters == 1)
    };
    talk.bob.sees(&id, "the vote", seen)?;
    talk.alice.call("messages.close_poll", json!({"message_id": id}))?;
    talk.go_on()?;
    let message = talk.bob.message(&talk.direct.1, &id)?.context("the poll")?;
    ensure!(message.get("edited_at").is_none(), "{message}");
    Ok(())
}
