//! Power cuts at random moments, one after the other, while three devices of two people talk in two chats: whatever
//! was answered to its sender is at every device exactly once, in one order, and every file is what was sent.
//!
//! A run of all tests kills for as long as [`TIME`]; `PARLOR_KILLS=n` kills so often, `PARLOR_KILLS_SEED=n` plays
//! another story. Nobody rests between two kills: devices are killed while they open their database, connect,
//! catch up, encrypt files and send them.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Person, Request, RpcError, World, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How long the killer is at work when nobody says how often.
const TIME: Duration = Duration::from_secs(15);
const DEVICES: usize = 3;
const CHATS: usize = 2;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// A message that was asked for.
#[derive(Clone)]
struct Wish {
    request: Request,
    chat: usize,
    /// What its file holds, if it has one.
    file: Option<Vec<u8>>,
}

/// A message whose sender was told that it will be sent.
struct Promise {
    id: String,
    chat: usize,
    file: Option<Vec<u8>>,
}

struct Device {
    person: Person,
    /// This device's ids of the two chats.
    chats: [String; CHATS],
    open: Vec<Wish>,
    promises: Vec<Promise>,
    /// Messages that an event told of.
    told: BTreeSet<String>,
}

impl Device {
    fn say(&mut self, world: &World, dice: &mut Dice, number: usize) -> Result<()> {
        let chat = dice.below(CHATS);
        let mut params =
            json!({"chat_id": self.chats.get(chat), "text": format!("Number {number}")});
        let mut file = None;
        if dice.below(8) == 0 {
            let bytes: Vec<u8> = (0..dice.below(9000)).map(|_| dice.next() as u8).collect();
            let path = world.path(&format!("file-{number}"));
            std::fs::write(&path, &bytes)?;
            params
                .as_object_mut()
                .context("an object")?
                .insert("attachments".into(), json!([path]));
            file = Some(bytes);
        }
        let request = self.person.rpc.send("messages.send", params)?;
        self.open.push(Wish { request, chat, file });
        Ok(())
    }

    /// Waits for the answers to the oldest wishes.
    fn hear(&mut self, count: usize) -> Result<()> {
        for wish in self.open.drain(..count.min(self.open.len())).collect::<Vec<_>>() {
            let answer = self.person.rpc.answer(wish.request);
            self.promises.extend(promise(wish, answer)?);
        }
        Ok(())
    }

    fn kill(&mut self) -> Result<()> {
        self.person.rpc.kill9()?;
        // What it said before it died counts, and is read to the end before the next one begins.
        self.hear(usize::MAX)?;
        self.listen()?;
        self.person.rpc.restart()
    }

    /// Notes what events told; nothing is told twice, not even in two lives.
    fn listen(&mut self) -> Result<()> {
        for event in self.person.rpc.events() {
            if event.get("type").is_some_and(|kind| kind == "message.received") {
                let message = event.get("message").context("no message in the event")?;
                let fresh = self.told.insert(text(message, "message_id")?);
                ensure!(fresh, "an event told of a message for the second time");
            }
        }
        Ok(())
    }
}

/// The promise that an answer is, if one came.
fn promise(wish: Wish, answer: Result<Value, RpcError>) -> Result<Option<Promise>> {
    match answer {
        Ok(answer) => {
            let id = text(&answer, "message_id")?;
            Ok(Some(Promise { id, chat: wish.chat, file: wish.file }))
        }
        Err(RpcError::Gone) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Two people, three devices, a direct chat and a group.
fn begin(world: &World) -> Result<Vec<Device>> {
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let group = json!({"title": "All", "members": [bob.address]});
    let group = text(&alice.call("chats.create_group", group)?, "chat_id")?;
    let groups_at_bob = bob.accepts("All")?;
    let mut other = world.link(&mut alice)?;
    for (person, chats) in
        [(&mut alice, [&at_alice, &group]), (&mut bob, [&at_bob, &groups_at_bob])]
    {
        for chat in chats {
            sees_devices(person, chat)?;
        }
    }
    alice.sync()?;
    let (direct, all) = (other.accepts("Bob")?, other.accepts("All")?);
    let device = |person, chats| {
        let (open, promises, told) = (Vec::new(), Vec::new(), BTreeSet::new());
        Device { person, chats, open, promises, told }
    };
    Ok(vec![
        device(alice, [at_alice, group]),
        device(other, [direct, all]),
        device(bob, [at_bob, groups_at_bob]),
    ])
}

/// Waits until all three devices are in a chat.
fn sees_devices(person: &mut Person, chat: &str) -> Result<()> {
    person.rpc.until("three devices", |rpc| {
        let info = rpc.call("chats.info", json!({"chat_id": chat}))?;
        let members = info.get("members").and_then(Value::as_array).context("no members")?;
        let devices = members.iter().filter_map(|member| member.get("devices")?.as_u64());
        Ok((devices.sum::<u64>() == DEVICES as u64).then_some(()))
    })
}

/// Lets some of the work be done: nothing at all, some answers of a device, or as much as it takes until the newest
/// message of one device is at another.
fn progress(devices: &mut [Device], dice: &mut Dice) -> Result<()> {
    let (one, other) = (dice.below(DEVICES), 1 + dice.below(DEVICES - 1));
    let sender = devices.get_mut(one).context("a device")?;
    match dice.below(3) {
        0 => return Ok(()),
        1 => return sender.hear(dice.below(12)),
        _ => sender.hear(usize::MAX)?,
    }
    let Some(newest) = sender.promises.last() else { return Ok(()) };
    let (id, chat) = (newest.id.clone(), newest.chat);
    let receiver = devices.get_mut((one + other) % DEVICES).context("a device")?;
    let chat = receiver.chats.get(chat).context("a chat")?.clone();
    receiver.person.rpc.until("a message that was answered arrives", |rpc| {
        let page = rpc.call("messages.history", json!({"chat_id": chat, "limit": 200}))?;
        let messages = page.get("messages").and_then(Value::as_array).context("no messages")?;
        let is_it = |message: &Value| message.get("message_id").is_some_and(|of| *of == id);
        Ok(messages.iter().any(is_it).then_some(()))
    })
}

/// One more kill, in the middle of whatever is going on.
fn kill(world: &mut World, devices: &mut [Device], dice: &mut Dice) -> Result<(u32, u32)> {
    let (victim, both) = (dice.below(100), dice.below(10) == 0);
    let (mut relays, mut clients) = (0, 0);
    if victim < 40 || both {
        world.relay.kill9()?;
        relays += 1;
    }
    if victim >= 40 || both {
        let at = dice.below(devices.len());
        devices.get_mut(at).context("a device")?.kill()?;
        clients += 1;
    }
    if relays > 0 {
        world.relay.restart()?;
    }
    Ok((relays, clients))
}

#[test]
fn whoever_is_killed_whenever_nothing_answered_is_lost_or_twice() -> Result<()> {
    let (seed, wanted) = (number("PARLOR_KILLS_SEED").unwrap_or(1), number("PARLOR_KILLS"));
    let mut dice = Dice(seed);
    let mut world = World::with(&["--no-limits"])?;
    let mut devices = begin(&world)?;

    let begun = Instant::now();
    let (mut relays, mut clients, mut said) = (0, 0, 0);
    let more = |kills: u32| match wanted {
        Some(wanted) => u64::from(kills) < wanted,
        None => begun.elapsed() < TIME,
    };
    while more(relays + clients) {
        for _ in 0..1 + dice.below(8) {
            let at = dice.below(devices.len());
            said += 1;
            devices.get_mut(at).context("a device")?.say(&world, &mut dice, said)?;
        }
        progress(&mut devices, &mut dice)?;
        let killed = kill(&mut world, &mut devices, &mut dice)?;
        (relays, clients) = (relays + killed.0, clients + killed.1);
    }
    let killing = begun.elapsed();

    for device in &mut devices {
        device.hear(usize::MAX)?;
        device.person.connected()?;
        device.person.sync()?;
    }
    // What the last one sent, the first one has to have as well.
    for device in &mut devices {
        device.person.sync()?;
        device.listen()?;
    }
    let promised: usize = devices.iter().map(|device| device.promises.len()).sum();
    println!(
        "{relays} kills of the server and {clients} of devices in {killing:.0?}; {promised} of {said} messages answered; {:.0?} until all was quiet",
        begun.elapsed() - killing
    );
    ensure!(relays > 0 && clients > 0 && promised > 0, "nothing happened");
    for chat in 0..CHATS {
        check(&mut devices, chat).with_context(|| format!("chat {chat}, seed {seed}"))?;
    }
    check_files(&world, &mut devices)
}

/// All promises at all devices, once, in one order.
fn check(devices: &mut [Device], chat: usize) -> Result<()> {
    let mut promised = BTreeSet::new();
    for device in devices.iter() {
        let of_chat = device.promises.iter().filter(|promise| promise.chat == chat);
        promised.extend(of_chat.map(|promise| promise.id.clone()));
    }
    let mut first: Option<Vec<String>> = None;
    for (number, device) in devices.iter_mut().enumerate() {
        let id = device.chats.get(chat).context("a chat")?.clone();
        let mut history = device.person.history(&id)?;
        history.retain(|message| message.get("kind").is_some_and(|kind| kind != "notice"));
        let mut times = BTreeMap::<&str, usize>::new();
        for words in history.iter().filter_map(|message| message.get("text")?.as_str()) {
            *times.entry(words).or_default() += 1;
        }
        let twice = times.values().filter(|times| **times > 1).count();
        ensure!(twice == 0, "device {number} has {twice} texts more than once");
        let ids: Vec<String> =
            history.iter().map(|message| text(message, "message_id")).collect::<Result<_>>()?;
        let held: BTreeSet<String> = ids.iter().cloned().collect();
        let lost = promised.difference(&held).count();
        ensure!(lost == 0, "device {number} lacks {lost} of {} messages", promised.len());
        let waits = |state: &Value| state == "queued" || state == "failed";
        let stuck = history.iter().filter(|message| message.get("state").is_some_and(waits));
        let mine = |message: &&Value| message.get("mine") == Some(&Value::Bool(true));
        let stuck = stuck.filter(mine).count();
        ensure!(stuck == 0, "device {number} has {stuck} messages that never left");
        match &first {
            None => first = Some(ids),
            Some(first) => {
                ensure!(*first == ids, "device {number} has another order or other messages")
            }
        }
    }
    Ok(())
}

/// Every file that was promised can be had at a device that did not send it.
fn check_files(world: &World, devices: &mut [Device]) -> Result<()> {
    let count = devices.len();
    for sender in 0..count {
        let taken = devices.get_mut(sender).context("a device")?;
        let promises = std::mem::take(&mut taken.promises);
        let receiver = devices.get_mut((sender + 1) % count).context("a device")?;
        for promise in &promises {
            let Some(sent) = &promise.file else { continue };
            let path = world.path(&format!("got-{}", promise.id));
            let params = json!({"message_id": promise.id, "index": 0, "path": path});
            receiver.person.call("messages.save_attachment", params)?;
            ensure!(std::fs::read(&path)? == *sent, "a file is not what was sent");
        }
    }
    Ok(())
}
