//! Three devices of one person and two of another, through all that happens to devices: linked, killed, removed,
//! lost and restored, large files sent and fetched under way, a server that dies and one that forgets. In the end
//! all have the same whole history.
//!
//! `PARLOR_FILE_MIB` is how large each file is (2), `PARLOR_MESSAGES` how many texts there are before the first
//! device is linked (150).

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, Rpc, World, text};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

const TITLES: [&str; 2] = ["Family", "Bob"];

fn number(name: &str, usual: u64) -> Result<u64> {
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name} is not a number")),
        Err(_) => Ok(usual),
    }
}

/// Numbers that no compression or chance makes equal (a linear congruential generator).
struct Noise(u64);

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        for byte in buffer.iter_mut() {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(buffer.len())
    }
}

/// Writes a file of so many bytes.
fn noise(path: &Path, seed: u64, bytes: u64) -> Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    std::io::copy(&mut Noise(seed).take(bytes), &mut file)?;
    Ok(file.flush()?)
}

/// Whether a file is what [`noise`] writes.
fn is_noise(path: &Path, seed: u64, bytes: u64) -> Result<bool> {
    if path.metadata()?.len() != bytes {
        return Ok(false);
    }
    let (mut file, mut noise) = (BufReader::with_capacity(1 << 20, File::open(path)?), Noise(seed));
    let (mut there, mut expected) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let count = file.read(&mut there)?;
        if count == 0 {
            return Ok(true);
        }
        let expected = expected.get_mut(..count).context("more than was asked for")?;
        noise.read_exact(expected)?;
        if there.get(..count) != Some(&*expected) {
            return Ok(false);
        }
    }
}

/// A chat by the title it has at a device: Alice's are the group and Bob.
fn chat(person: &mut Person, titles: &[&str]) -> Result<String> {
    let wanted = |chat: &Value| {
        chat.get("title").and_then(Value::as_str).is_some_and(|title| titles.contains(&title))
    };
    person.rpc.until("a chat", |rpc| {
        let list = rpc.call("chats.list", json!({"limit": 100}))?;
        let chats = list.get("chats").and_then(Value::as_array).context("no chats")?;
        chats.iter().find(|chat| wanted(chat)).map(|chat| text(chat, "chat_id")).transpose()
    })
}

/// All texts and files of both chats, oldest first.
fn whole(person: &mut Person) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for titles in [&["Family"][..], &["Alice", "Bob"]] {
        let id = chat(person, titles)?;
        for message in person.history(&id)? {
            let kind = text(&message, "kind")?;
            ensure!(kind != "unreadable", "{} cannot read something", person.name);
            if kind == "text" || kind == "file" {
                all.push((text(&message, "message_id")?, text(&message, "text")?));
            }
        }
    }
    Ok(all)
}

/// Waits until all devices have the same, and this much.
fn same(devices: &mut [&mut Person], said: usize) -> Result<()> {
    for device in devices.iter_mut() {
        device.connected()?;
        device.sync()?;
    }
    let mut first = None;
    for (at, device) in devices.iter_mut().enumerate() {
        device.sync()?;
        let what = format!("device {at} having all {said} messages");
        let name = device.name.clone();
        let mut person_texts = Vec::new();
        let mut last = String::new();
        for _ in 0..600 {
            person_texts = whole(device)?;
            if person_texts.len() >= said {
                break;
            }
            last = format!("{} of {said} at {name}", person_texts.len());
            device.sync()?;
        }
        ensure!(person_texts.len() == said, "{what}: {last}, {}", person_texts.len());
        match &first {
            None => first = Some(person_texts),
            Some(first) => ensure!(*first == person_texts, "device {at} has another history"),
        }
    }
    Ok(())
}

/// Everybody says something in both chats; how many messages that is.
fn all_talk(devices: &mut [&mut Person], word: &str) -> Result<usize> {
    for (at, device) in devices.iter_mut().enumerate() {
        for titles in [&["Family"][..], &["Alice", "Bob"]] {
            let id = chat(device, titles)?;
            device.say(&id, &format!("{word}, says device {at}"))?;
        }
    }
    Ok(devices.len() * TITLES.len())
}

fn send_file(person: &mut Person, path: &Path) -> Result<String> {
    let id = chat(person, &["Family"])?;
    let params = json!({"chat_id": id, "text": "A film", "attachments": [path]});
    text(&person.call("messages.send", params)?, "message_id")
}

/// Saves a file however often the server goes away meanwhile.
fn save(person: &mut Person, id: &str, path: &Path) -> Result<()> {
    loop {
        let params = json!({"message_id": id, "index": 0, "path": path});
        match person.call("messages.save_attachment", params) {
            Ok(_) => return Ok(()),
            Err(error) if error.reason() == "offline" => person.connected()?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Bytes in a folder.
fn size(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // What is listed may be gone by now.
        sum += match entry.metadata() {
            Ok(of) if of.is_dir() => size(&entry.path())?,
            Ok(of) => of.len(),
            Err(_) => 0,
        };
    }
    Ok(sum)
}

fn reaches(folder: &Path, bytes: u64) -> Result<()> {
    while !folder.exists() || size(folder)? < bytes {
        std::thread::yield_now();
    }
    Ok(())
}

fn kill(person: &mut Person) -> Result<()> {
    person.rpc.kill9()?;
    person.rpc.restart()
}

fn own_id(person: &mut Person) -> Result<Value> {
    let list = person.call("devices.list", json!({}))?;
    let devices = list.get("devices").and_then(Value::as_array).context("no devices")?;
    let own = devices.iter().find(|device| device.get("current") == Some(&json!(true)));
    own.and_then(|device| device.get("device_id").cloned()).context("the device itself")
}

/// A folder and all that is in it, as it is now.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()? {
            kind if kind.is_dir() => copy(&entry.path(), &target)?,
            kind if kind.is_file() => std::fs::copy(entry.path(), target).map(drop)?,
            _ => {}
        }
    }
    Ok(())
}

/// A device is lost with all that was on it; its folder is where the next one may begin.
fn lose(person: Person) -> Result<PathBuf> {
    let Person { mut rpc, .. } = person;
    let folder = rpc.profile().to_path_buf();
    rpc.kill9()?;
    drop(rpc);
    std::fs::remove_dir_all(&folder)?;
    Ok(folder)
}

#[test]
fn five_devices_live_through_everything() -> Result<()> {
    let bytes = number("PARLOR_FILE_MIB", 2)? << 20;
    let before = number("PARLOR_MESSAGES", 150)?;
    let mut world = World::with(&["--no-limits"])?;
    let blobs = world.path("relay").join("blobs");
    let (mut phone, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (direct, _) = phone.befriends(&mut bob)?;
    let group = json!({"title": "Family", "members": [bob.address]});
    let group = text(&phone.call("chats.create_group", group)?, "chat_id")?;
    bob.accepts("Family")?;
    let code = text(&phone.call("backup.code", json!({}))?, "code")?;
    phone.call("backup.confirm", json!({"code": code}))?;
    // The request that Alice wrote to Bob.
    let mut said = 1;
    for count in 0..before {
        let (who, to) = if count % 2 == 0 { (&direct, "Bob") } else { (&group, "all") };
        phone.say(who, &format!("To {to}: {count}"))?;
        said += 1;
    }
    let (film, seed) = (world.path("film"), 1);
    noise(&film, seed, bytes)?;
    let first = send_file(&mut phone, &film)?;
    said += 1;
    phone.sync()?;

    // A second device, and both die while its history comes; a third one by the second.
    let mut laptop = world.link_begun(&mut phone)?;
    for _ in 0..2 {
        kill(&mut laptop)?;
        kill(&mut phone)?;
    }
    world.relay.kill9()?;
    world.relay.restart()?;
    same(&mut [&mut phone, &mut laptop, &mut bob], said)?;
    let mut tablet = world.link(&mut laptop)?;
    let mut desktop = world.link(&mut bob)?;
    said += all_talk(
        &mut [&mut phone, &mut laptop, &mut tablet, &mut bob, &mut desktop],
        "We are five",
    )?;
    same(&mut [&mut phone, &mut laptop, &mut tablet, &mut bob, &mut desktop], said)?;

    // The film as the tablet has it, which has never seen it; then one by Bob's desktop, which dies while it
    // sends, as the server does; and Alice's tablet dies while it fetches.
    save(&mut tablet, &first, &world.path("film-at-tablet"))?;
    ensure!(is_noise(&world.path("film-at-tablet"), seed, bytes)?, "another film");
    let (film, seed) = (world.path("second"), 2);
    noise(&film, seed, bytes)?;
    let stored = size(&blobs)?;
    let second = send_file(&mut desktop, &film)?;
    said += 1;
    reaches(&blobs, stored + 1)?;
    kill(&mut desktop)?;
    world.relay.kill9()?;
    world.relay.restart()?;
    desktop.connected()?;
    desktop.sync()?;
    tablet.connected()?;
    tablet.sync()?;
    let target = world.path("second-at-tablet");
    let media = tablet.rpc.profile().join("media");
    let had = size(&media)?;
    let params = json!({"message_id": second, "index": 0, "path": target});
    tablet.rpc.send("messages.save_attachment", params)?;
    reaches(&media, had + 1)?;
    kill(&mut tablet)?;
    world.relay.kill9()?;
    world.relay.restart()?;
    save(&mut tablet, &second, &target)?;
    ensure!(is_noise(&target, seed, bytes)?, "another film");

    // The tablet removes the laptop.
    let id = own_id(&mut laptop)?;
    laptop.rpc.kill9()?;
    tablet.connected()?;
    tablet.call("devices.remove", json!({"device_id": id}))?;
    said += all_talk(&mut [&mut phone, &mut tablet, &mut bob, &mut desktop], "We are four")?;
    same(&mut [&mut phone, &mut tablet, &mut bob, &mut desktop], said)?;
    laptop.rpc.restart()?;
    laptop.rpc.wait_event("device.removed", DEADLINE, |_| true)?;
    ensure!(laptop.call("chats.list", json!({})).is_err_and(|e| e.reason() == "revoked"));

    // Both that are left are lost, and the account comes back with its code.
    phone.rpc.until("the backup", |rpc| {
        let status = rpc.call("backup.status", json!({}))?;
        Ok((status.get("complete") == Some(&json!(true))).then_some(()))
    })?;
    let (name, user_id, address) =
        (phone.name.clone(), phone.user_id.clone(), phone.address.clone());
    lose(phone)?;
    lose(tablet)?;
    let mut rpc = Rpc::start(&world.path("restored"))?;
    let params = json!({"server": world.relay.url(), "code": code});
    let restored = rpc.call("account.restore", params)?;
    ensure!(text(&restored, "user_id")? == user_id, "somebody else");
    let mut restored = Person { rpc, name, user_id, address };
    // What is said before the new device is in the chats comes with what is said after it.
    for word in ["Back again", "And whole"] {
        said += all_talk(&mut [&mut restored, &mut bob, &mut desktop], word)?;
        restored.sync()?;
    }
    same(&mut [&mut restored, &mut bob, &mut desktop], said)?;

    // Three again, one of them by a server that dies on the way.
    let mut second_phone = world.link_begun(&mut restored)?;
    world.relay.kill9()?;
    world.relay.restart()?;
    second_phone.connected()?;
    restored.connected()?;
    same(&mut [&mut restored, &mut second_phone], said)?;
    let mut watch = world.link(&mut second_phone)?;
    said += all_talk(
        &mut [&mut restored, &mut second_phone, &mut watch, &mut bob, &mut desktop],
        "Five again",
    )?;
    same(&mut [&mut restored, &mut second_phone, &mut watch, &mut bob, &mut desktop], said)?;
    save(&mut watch, &first, &world.path("film-at-watch"))?;
    ensure!(is_noise(&world.path("film-at-watch"), 1, bytes)?, "another film");

    // The server forgets: its operator puts a copy from before back. Bob's desktop is away meanwhile.
    let (data, kept) = (world.path("relay"), world.path("copy"));
    world.relay.stop()?;
    copy(&data, &kept)?;
    world.relay.restart()?;
    desktop.rpc.kill9()?;
    for device in [&mut restored, &mut second_phone, &mut watch, &mut bob] {
        device.connected()?;
    }
    said += all_talk(
        &mut [&mut restored, &mut second_phone, &mut watch, &mut bob],
        "The server will not remember",
    )?;
    same(&mut [&mut restored, &mut second_phone, &mut watch, &mut bob], said)?;
    world.relay.stop()?;
    std::fs::remove_dir_all(&data)?;
    copy(&kept, &data)?;
    world.relay.restart()?;
    desktop.rpc.restart()?;
    for device in [&mut restored, &mut second_phone, &mut watch, &mut bob, &mut desktop] {
        device.connected()?;
    }
    said += all_talk(
        &mut [&mut restored, &mut second_phone, &mut watch, &mut bob, &mut desktop],
        "But we do",
    )?;
    same(&mut [&mut restored, &mut second_phone, &mut watch, &mut bob, &mut desktop], said)
}
