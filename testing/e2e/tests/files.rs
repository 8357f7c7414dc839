//! Files between real devices over a real server: what arrives is what was sent, whoever dies in between, and
//! nobody but the two can read it.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, World, text};
use parlor_relay_core::{DAY, Operation, Store};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes that no compression or chance makes equal.
fn content(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

fn file(world: &World, name: &str, bytes: &[u8]) -> Result<String> {
    let path = world.path(name);
    std::fs::write(&path, bytes)?;
    Ok(path.to_string_lossy().into_owned())
}

fn send(person: &mut Person, chat: &str, paths: &[&str], caption: &str) -> Result<String> {
    let params = json!({"chat_id": chat, "text": caption, "attachments": paths});
    text(&person.call("messages.send", params)?, "message_id")
}

fn save(person: &mut Person, id: &str, index: usize, path: &Path) -> Result<Value> {
    let params = json!({"message_id": id, "index": index, "path": path});
    Ok(person.call("messages.save_attachment", params)?)
}

/// The message as soon as the person has it.
fn got(person: &mut Person, id: &str) -> Result<Value> {
    let is_it = |event: &Value| event.pointer("/message/message_id").is_some_and(|of| of == id);
    let event = person.rpc.wait_event("message.received", DEADLINE, is_it)?;
    Ok(event.get("message").cloned().unwrap_or_default())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|part| part == wanted)
}

#[test]
fn files_arrive_as_they_were_and_only_the_two_can_read_them() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let secret = b"The heron sleeps at Wexbury, and nobody else knows of it.".repeat(4000);
    let contents = [Vec::new(), content(300_000, 7), secret.clone()];
    let names = ["empty", "numbers.bin", "heron.txt"];
    let paths = names.iter().zip(&contents).map(|(name, bytes)| file(&world, name, bytes));
    let paths = paths.collect::<Result<Vec<_>>>()?;
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let id = send(&mut alice, &at_alice, &paths, "Three of them")?;
    // The originals are not needed any more.
    for path in &paths {
        std::fs::write(path, b"something else")?;
    }
    let later = alice.say(&at_alice, "A text behind it")?;
    let message = got(&mut bob, &id)?;
    ensure!(message["kind"] == "file" && message["text"] == "Three of them", "{message}");
    for (index, name) in names.iter().enumerate() {
        let shown = &message["attachments"][index];
        ensure!(shown["name"] == *name && shown["state"] == "remote", "{shown}");
        ensure!(shown["size"] == contents[index].len(), "{shown}");
    }
    ensure!(message["attachments"][2]["mime"] == "text/plain");
    for (index, bytes) in contents.iter().enumerate() {
        let path = world.path(&format!("saved-{index}"));
        let saved = save(&mut bob, &id, index, &path)?;
        ensure!(saved["bytes"] == bytes.len(), "{saved}");
        ensure!(std::fs::read(&path)? == *bytes, "attachment {index} is another");
    }
    bob.rpc.wait_event("transfer.progress", DEADLINE, |event| {
        event["direction"] == "down" && event["done"] == event["total"]
    })?;
    alice.rpc.wait_event("transfer.progress", DEADLINE, |event| {
        event["message_id"] == id && event["direction"] == "up" && event["done"] == event["total"]
    })?;
    // Nothing is overwritten, and what is not there is said.
    let taken = world.path("saved-1");
    let refused = save(&mut bob, &id, 2, &taken).err().context("overwritten")?.to_string();
    ensure!(refused.contains("\"refused\""), "{refused}");
    ensure!(std::fs::read(&taken)? == contents[1]);
    for (index, path, reason) in [(3, "new", "not_found"), (0, "no/such/folder", "refused")] {
        let error = save(&mut bob, &id, index, &world.path(path)).err().context("saved")?;
        ensure!(error.to_string().contains(reason), "{error}");
    }
    // A part, as a player wants it.
    let (offset, length) = (65_000, 70_000);
    let part = world.path("part");
    let params =
        json!({"message_id": id, "index": 1, "offset": offset, "length": length, "path": part});
    let read = bob.call("messages.read_attachment", params)?;
    ensure!(
        read["bytes"] == length && std::fs::read(&part)? == contents[1][offset..offset + length]
    );
    // Own files can be had again from the own folder.
    save(&mut alice, &id, 1, &world.path("own"))?;
    ensure!(std::fs::read(world.path("own"))? == contents[1]);
    let shown = alice.message(&at_alice, &id)?.context("the own message")?;
    ensure!(shown["attachments"][0]["state"] == "ready", "{shown}");
    ensure!(bob.message(&at_bob, &later)?.is_some(), "the text behind it is not there");

    // Neither the server's folder nor the profiles hold any of it in the clear.
    let mut all = files(&world.path("relay"))?;
    all.extend(files(alice.rpc.profile())?);
    all.extend(files(bob.rpc.profile())?);
    ensure!(all.iter().any(|path| path.components().any(|part| part.as_os_str() == "blobs")));
    for path in all.iter().filter(|path| path.file_name().is_some_and(|name| name != "admin.sock"))
    {
        let bytes = std::fs::read(path)?;
        for words in [b"heron".as_slice(), b"Wexbury", &contents[1][1000..1032]] {
            ensure!(!holds(&bytes, words), "{} holds what was sent", path.display());
        }
    }
    // Deleted for everyone: gone from both folders.
    alice.call("messages.delete", json!({"message_id": id, "for_everyone": true}))?;
    bob.sees(&id, "the deletion", |message| message["kind"] == "deleted")?;
    for person in [&alice, &bob] {
        let left = files(&person.rpc.profile().join("media"))?;
        ensure!(left.is_empty(), "{left:?}");
    }
    Ok(())
}

#[test]
fn whoever_is_killed_in_the_middle_goes_on() -> Result<()> {
    let mut world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, _) = alice.befriends(&mut bob)?;
    let bytes = content(60_000_000, 3);
    let path = file(&world, "film", &bytes)?;
    let blobs = world.path("relay").join("blobs");
    let stored = |wanted: u64| -> Result<u64> {
        loop {
            let found = if blobs.exists() { files(&blobs)? } else { Vec::new() };
            let length =
                found.iter().filter_map(|path| path.metadata().ok()).map(|of| of.len()).sum();
            if length >= wanted {
                return Ok(length);
            }
            std::thread::yield_now();
        }
    };
    let id = send(&mut alice, &at_alice, &[&path], "")?;
    std::fs::remove_file(&path)?;
    // The sender dies while it uploads, then the server does.
    stored(1)?;
    alice.rpc.kill9()?;
    let before = stored(1)?;
    alice.rpc.restart()?;
    stored(before + 1)?;
    world.relay.kill9()?;
    world.relay.restart()?;
    let message = got(&mut bob, &id)?;
    ensure!(message["attachments"][0]["size"] == bytes.len(), "{message}");
    ensure!(stored(1)? < bytes.len() as u64 * 11 / 10, "it was stored twice");

    // The receiver dies while it downloads, then the server does.
    let target = world.path("saved");
    let media = bob.rpc.profile().join("media");
    let part = || -> Result<u64> {
        let parts = files(&media)?;
        Ok(parts.iter().filter_map(|path| path.metadata().ok()).map(|of| of.len()).sum())
    };
    let params = json!({"message_id": id, "index": 0, "path": target});
    bob.rpc.send("messages.save_attachment", params)?;
    while part()? == 0 {
        std::thread::yield_now();
    }
    bob.rpc.kill9()?;
    bob.rpc.restart()?;
    // What was wanted is fetched without being asked for again.
    let before = part()?;
    while part()? <= before {
        std::thread::yield_now();
    }
    world.relay.kill9()?;
    world.relay.restart()?;
    bob.save_at_last(&id, 0, &target)?;
    ensure!(std::fs::read(&target)? == bytes, "the film is another");
    ensure!(files(&media)?.len() == 1);
    Ok(())
}

#[test]
fn a_download_can_be_stopped_and_goes_on_later() -> Result<()> {
    let mut world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, _) = alice.befriends(&mut bob)?;
    let bytes = content(60_000_000, 5);
    let id = send(&mut alice, &at_alice, &[&file(&world, "film", &bytes)?], "")?;
    got(&mut bob, &id)?;
    let stop = json!({"message_id": id, "index": 0});
    // Nothing is on its way: nothing happens.
    bob.call("messages.stop_attachment", stop.clone())?;

    let media = bob.rpc.profile().join("media");
    let part = || -> Result<u64> {
        let lengths = files(&media)?.into_iter().map(|path| Ok(path.metadata()?.len()));
        lengths.sum()
    };
    let target = world.path("saved");
    let params = json!({"message_id": id, "index": 0, "path": target});
    let saving = bob.rpc.send("messages.save_attachment", params)?;
    while part()? == 0 {
        std::thread::yield_now();
    }
    world.relay.pause()?;
    bob.call("messages.stop_attachment", stop.clone())?;
    let refused = bob.rpc.answer(saving).err().context("it was saved")?.to_string();
    ensure!(refused.contains("\"refused\"") && refused.contains("stopped"), "{refused}");
    bob.sees(&id, "the stop", |message| message["attachments"][0]["state"] == "remote")?;
    let kept = part()?;
    ensure!(kept > 0 && kept < bytes.len() as u64, "{kept} bytes are kept");

    // Begun again while it still ends, and stopped again.
    let again = bob
        .rpc
        .send("messages.save_attachment", json!({"message_id": id, "index": 0, "path": target}))?;
    bob.call("messages.stop_attachment", stop)?;
    ensure!(bob.rpc.answer(again).is_err() && !target.exists());
    world.relay.resume()?;
    ensure!(part()? >= kept, "what came is gone");
    save(&mut bob, &id, 0, &target)?;
    ensure!(std::fs::read(&target)? == bytes, "the film is another");
    ensure!(files(&media)?.len() == 1);
    Ok(())
}

#[test]
fn an_upload_that_is_stopped_is_a_message_that_never_was() -> Result<()> {
    let mut world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    alice.sync()?;
    world.relay.pause()?;
    let id = send(&mut alice, &at_alice, &[&file(&world, "film", &content(3_000_000, 6))?], "")?;
    alice.call("messages.stop_attachment", json!({"message_id": id, "index": 0}))?;
    world.relay.resume()?;
    ensure!(alice.message(&at_alice, &id)?.is_none(), "it is still shown");
    ensure!(files(&alice.rpc.profile().join("media"))?.is_empty());
    alice.say(&at_alice, "Another time")?;
    bob.hears("Another time")?;
    ensure!(bob.message(&at_bob, &id)?.is_none(), "it was sent");
    Ok(())
}

#[test]
fn forwarded_files_are_not_uploaded_again_and_expired_ones_are() -> Result<()> {
    let mut world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let mut carol = world.person("Carol")?;
    let (at_alice, _) = alice.befriends(&mut bob)?;
    let (bob_to_carol, _) = bob.befriends(&mut carol)?;
    let bytes = content(500_000, 9);
    let path = file(&world, "photo", &bytes)?;
    let first = send(&mut alice, &at_alice, &[&path], "Look")?;
    got(&mut bob, &first)?;
    let second = send(&mut alice, &at_alice, &[&path], "The same")?;
    got(&mut bob, &second)?;
    let blobs = world.path("relay").join("blobs");
    ensure!(files(&blobs)?.len() == 1, "the same file was uploaded twice");
    // Bob forwards what he never had himself.
    let params = json!({"message_ids": [first], "chat_id": bob_to_carol});
    let forwarded = bob.call("messages.forward", params)?;
    let forwarded = forwarded["message_ids"][0].as_str().context("an id")?.to_owned();
    let message = got(&mut carol, &forwarded)?;
    ensure!(message["forwarded"] == true && message["text"] == "Look", "{message}");
    ensure!(files(&blobs)?.len() == 1, "forwarding uploaded it again");
    save(&mut carol, &forwarded, 0, &world.path("carol"))?;
    ensure!(std::fs::read(world.path("carol"))? == bytes);

    // Two months later the server has it no more.
    world.relay.stop()?;
    let folder = world.path("relay");
    let data = parlor_relay::Data::open(&folder, parlor_relay::Space::of_disk(&folder, 0))?;
    let later = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64 + 62 * DAY;
    data.store.execute_one(Operation::Sweep { limit: 10_000 }.into(), later)?;
    drop(data);
    world.relay.restart()?;
    for person in [&mut alice, &mut bob] {
        person.connected()?;
    }
    let error =
        save(&mut bob, &second, 0, &world.path("bob")).err().context("it is still there")?;
    ensure!(error.to_string().contains("\"expired\""), "{error}");
    // Alice's device has it, and brings it again; Bob's gets it, as it was asked for.
    bob.sees(&second, "the file", |message| message["attachments"][0]["state"] == "ready")?;
    save(&mut bob, &second, 0, &world.path("bob"))?;
    ensure!(std::fs::read(world.path("bob"))? == bytes);
    Ok(())
}
