//! Three devices of one person and two of another, through all that happens to devices: linked, killed, removed,
//! lost and restored, large files sent and fetched under way, a server that dies and one that forgets. In the end
//! all have the same whole history.
//!
//! `PARLOR_FILE_MIB` is how large each file is (2), `PARLOR_MESSAGES` how many texts there are before the first
//! device is linked (150). With a gigabyte set `PARLOR_DEADLINE=600` as well.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, Rpc, World, text};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

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

/// The titles of the two chats, of which the second is the other person's name.
const CHATS: [&[&str]; 2] = [&["Family"], &["Alice", "Bob"]];

/// A chat by the title it has at a device.
fn chat(rpc: &mut Rpc, titles: &[&str]) -> Result<Option<String>> {
    let wanted = |chat: &&Value| {
        chat.get("title").and_then(Value::as_str).is_some_and(|title| titles.contains(&title))
    };
    let list = rpc.call("chats.list", json!({"limit": 100}))?;
    let chats = list.get("chats").and_then(Value::as_array).context("no chats")?;
    chats.iter().find(wanted).map(|chat| text(chat, "chat_id")).transpose()
}

/// The same, as soon as it is there.
fn chat_of(person: &mut Person, titles: &[&str]) -> Result<String> {
    person.rpc.until("a chat", |rpc| chat(rpc, titles))
}

/// All texts and files of both chats, oldest first; nothing as long as one of them cannot be read.
fn whole(rpc: &mut Rpc) -> Result<Option<Vec<(String, String)>>> {
    let mut all = Vec::new();
    for titles in CHATS {
        let Some(id) = chat(rpc, titles)? else { return Ok(None) };
        for message in rpc.history(&id)? {
            match &*text(&message, "kind")? {
                "text" | "file" => {
                    all.push((text(&message, "message_id")?, text(&message, "text")?));
                }
                "unreadable" => return Ok(None),
                _ => {}
            }
        }
    }
    Ok(Some(all))
}

/// Waits until all devices have this many messages, the same ones in one order.
fn same(devices: &mut [&mut Person], said: usize) -> Result<()> {
    for device in devices.iter_mut() {
        device.connected()?;
        device.sync()?;
    }
    let mut first = None;
    for (at, device) in devices.iter_mut().enumerate() {
        let mut had = None;
        let all = device.rpc.until("the whole history", |rpc| {
            let all = whole(rpc)?;
            had = all.as_ref().map(Vec::len);
            Ok(all.filter(|all| all.len() >= said))
        });
        let all = all.with_context(|| format!("device {at} has {had:?} of {said} messages"))?;
        ensure!(all.len() == said, "device {at} has {} instead of {said} messages", all.len());
        match &first {
            None => first = Some(all),
            Some(first) => ensure!(*first == all, "device {at} has another history"),
        }
    }
    Ok(())
}

/// Everybody says something in both chats; how many messages that is.
fn all_talk(devices: &mut [&mut Person], word: &str) -> Result<usize> {
    for (at, device) in devices.iter_mut().enumerate() {
        for titles in CHATS {
            let id = chat_of(device, titles)?;
            device.say(&id, &format!("{word}, says device {at}"))?;
        }
    }
    Ok(devices.len() * CHATS.len())
}

fn send_file(person: &mut Person, path: &Path) -> Result<String> {
    let id = chat_of(person, CHATS[0])?;
    let params = json!({"chat_id": id, "text": "A film", "attachments": [path]});
    text(&person.call("messages.send", params)?, "message_id")
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

/// A device is lost with all that was on it.
fn lose(person: Person) -> Result<()> {
    let Person { mut rpc, .. } = person;
    let folder = rpc.profile().to_path_buf();
    rpc.kill9()?;
    drop(rpc);
    Ok(std::fs::remove_dir_all(folder)?)
}

/// The story so far.
struct House {
    world: World,
    /// Of each film.
    bytes: u64,
    code: String,
    /// Messages that everybody has to have.
    said: usize,
    /// The first film, which came before all but one of Alice's devices.
    first: String,
}

impl House {
    fn crash(&mut self) -> Result<()> {
        self.world.relay.kill9()?;
        self.world.relay.restart()
    }

    fn all_talk(&mut self, devices: &mut [&mut Person], word: &str) -> Result<()> {
        self.said += all_talk(devices, word)?;
        same(devices, self.said)
    }

    fn has_film(&self, person: &mut Person, message: &str, seed: u64) -> Result<()> {
        let path = self.world.path(&format!("got-{}-{seed}", self.said));
        person.save_at_last(message, 0, &path)?;
        ensure!(is_noise(&path, seed, self.bytes)?, "another film");
        Ok(())
    }
}

/// Alice and Bob with a device each, a chat, a group, texts and a film.
fn begin() -> Result<(House, Person, Person)> {
    let bytes = number("PARLOR_FILE_MIB", 2)? << 20;
    let before = number("PARLOR_MESSAGES", 150)?;
    let world = World::with(&["--no-limits"])?;
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
        let (chat, to) = if count % 2 == 0 { (&direct, "Bob") } else { (&group, "all") };
        phone.say(chat, &format!("To {to}: {count}"))?;
        said += 1;
    }
    let film = world.path("film");
    noise(&film, 1, bytes)?;
    let first = send_file(&mut phone, &film)?;
    said += 1;
    phone.sync()?;
    Ok((House { world, bytes, code, said, first }, phone, bob))
}

/// A film by Bob's desktop, which dies while it sends, as the server does; and who fetches it dies as well.
fn film_with_deaths(house: &mut House, desktop: &mut Person, tablet: &mut Person) -> Result<()> {
    let film = house.world.path("second");
    noise(&film, 2, house.bytes)?;
    let blobs = house.world.path("relay").join("blobs");
    let stored = size(&blobs)?;
    let message = send_file(desktop, &film)?;
    house.said += 1;
    reaches(&blobs, stored + 1)?;
    kill(desktop)?;
    house.crash()?;
    for device in [&mut *desktop, &mut *tablet] {
        device.connected()?;
        device.sync()?;
    }
    let media = tablet.rpc.profile().join("media");
    let had = size(&media)?;
    let params = json!({"message_id": message, "index": 0, "path": house.world.path("unfinished")});
    tablet.rpc.send("messages.save_attachment", params)?;
    reaches(&media, had + 1)?;
    kill(tablet)?;
    house.crash()?;
    house.has_film(tablet, &message, 2)
}

/// Both devices that Alice has left are lost, and her account comes back with its code.
fn restored(house: &mut House, mut phone: Person, tablet: Person) -> Result<Person> {
    phone.rpc.until("the backup", |rpc| {
        let status = rpc.call("backup.status", json!({}))?;
        Ok((status.get("complete") == Some(&json!(true))).then_some(()))
    })?;
    let (name, user_id, address) =
        (phone.name.clone(), phone.user_id.clone(), phone.address.clone());
    lose(phone)?;
    lose(tablet)?;
    let mut rpc = Rpc::start(&house.world.path("restored"))?;
    let params = json!({"server": house.world.relay.url(), "code": house.code});
    let answer = rpc.call("account.restore", params)?;
    ensure!(text(&answer, "user_id")? == user_id, "somebody else");
    Ok(Person { rpc, name, user_id, address })
}

/// The operator puts a copy from before back, while one device is away.
fn the_server_forgets(
    house: &mut House,
    here: &mut [&mut Person],
    away: &mut Person,
) -> Result<()> {
    let (data, kept) = (house.world.path("relay"), house.world.path("copy"));
    house.world.relay.stop()?;
    copy(&data, &kept)?;
    house.world.relay.restart()?;
    away.rpc.kill9()?;
    for device in here.iter_mut() {
        device.connected()?;
    }
    house.all_talk(here, "The server will not remember")?;
    house.world.relay.stop()?;
    std::fs::remove_dir_all(&data)?;
    copy(&kept, &data)?;
    house.world.relay.restart()?;
    away.rpc.restart()?;
    for device in here.iter_mut() {
        device.connected()?;
    }
    away.connected()
}

#[test]
fn five_devices_live_through_everything() -> Result<()> {
    let (mut house, mut phone, mut bob) = begin()?;
    // A second device, and both die while its history comes; a third one by the second.
    let mut laptop = house.world.link_begun(&mut phone)?;
    for _ in 0..2 {
        kill(&mut laptop)?;
        kill(&mut phone)?;
    }
    house.crash()?;
    same(&mut [&mut phone, &mut laptop, &mut bob], house.said)?;
    let mut tablet = house.world.link(&mut laptop)?;
    let mut desktop = house.world.link(&mut bob)?;
    let five = &mut [&mut phone, &mut laptop, &mut tablet, &mut bob, &mut desktop];
    house.all_talk(five, "We are five")?;
    let first = house.first.clone();
    house.has_film(&mut tablet, &first, 1)?;
    film_with_deaths(&mut house, &mut desktop, &mut tablet)?;

    // The tablet removes the laptop, which is switched off.
    let id = own_id(&mut laptop)?;
    laptop.rpc.kill9()?;
    tablet.connected()?;
    tablet.call("devices.remove", json!({"device_id": id}))?;
    house.all_talk(&mut [&mut phone, &mut tablet, &mut bob, &mut desktop], "We are four")?;
    laptop.rpc.restart()?;
    laptop.rpc.wait_event("device.removed", DEADLINE, |_| true)?;
    ensure!(laptop.call("chats.list", json!({})).is_err_and(|e| e.reason() == "revoked"));

    let mut restored = restored(&mut house, phone, tablet)?;
    // What is said before the new device is in the chats comes with what is said after it.
    house.said += all_talk(&mut [&mut restored, &mut bob, &mut desktop], "Back again")?;
    restored.sync()?;
    house.all_talk(&mut [&mut restored, &mut bob, &mut desktop], "And whole")?;

    // Three again, one of them by a server that dies on the way.
    let mut second = house.world.link_begun(&mut restored)?;
    house.crash()?;
    for device in [&mut second, &mut restored] {
        device.connected()?;
    }
    same(&mut [&mut restored, &mut second], house.said)?;
    let mut watch = house.world.link(&mut second)?;
    let five = &mut [&mut restored, &mut second, &mut watch, &mut bob, &mut desktop];
    house.all_talk(five, "Five again")?;
    house.has_film(&mut watch, &first, 1)?;

    let here = &mut [&mut restored, &mut second, &mut watch, &mut bob];
    the_server_forgets(&mut house, here, &mut desktop)?;
    let five = &mut [&mut restored, &mut second, &mut watch, &mut bob, &mut desktop];
    house.all_talk(five, "But we do")
}
