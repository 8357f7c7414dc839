//! A world that targets begin in: Alice with two devices, Bob with one, their group and their direct chat, made by
//! real engines and a real relay; and what they and the relay said to each other.

use anyhow::{Context, Result};
use parlor_sim::{Moment, Story};
use parlor_store::chats::Chat;
use parlor_view::{AccountCreate, ChatTitle, Command};
use parlor_wire::content::ChatKind;
use parlor_wire::relay::{ClientFrame, ServerFrame};
use parlor_wire::{GroupId, Message};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Devices by their number in the world.
pub const ALICE: usize = 0;
pub const BOB: usize = 1;
pub const ALICES_OTHER: usize = 2;

/// Frames of one kind that are kept.
const OF_A_KIND: usize = 3;
/// Longer ones are not kept.
const LONGEST: usize = 32 * 1024;

/// See the module.
pub struct Prepared {
    pub story: Story,
    /// Alice's database before the frames of `unread` came.
    pub behind: Vec<u8>,
    /// Frames for Alice, in order, that she has not seen there.
    pub unread: Vec<Vec<u8>>,
    /// Frames that clients sent, some of each kind.
    pub client_frames: Vec<Vec<u8>>,
    /// Frames that the relay sent, some of each kind.
    pub server_frames: Vec<Vec<u8>>,
    /// The group of all, the direct chat, and Alice's notes to herself.
    pub groups: [GroupId; 3],
}

#[derive(Default)]
struct Heard {
    up: Kinds,
    down: Kinds,
    /// Whether frames for Alice are collected.
    alice: bool,
    for_alice: Vec<Vec<u8>>,
}

#[derive(Default)]
struct Kinds(BTreeMap<String, Vec<Vec<u8>>>);

impl Kinds {
    fn add(&mut self, kind: String, frame: Vec<u8>) {
        // Up to the first field, the text of a frame says of which kind it is.
        let kind: String = kind.chars().take_while(|char| *char != '{').collect();
        let kept = self.0.entry(kind).or_default();
        if kept.len() < OF_A_KIND && frame.len() <= LONGEST {
            kept.push(frame);
        }
    }

    fn all(&self) -> Vec<Vec<u8>> {
        self.0.values().flatten().cloned().collect()
    }
}

impl Heard {
    fn up(&mut self, frame: &ClientFrame) {
        self.up.add(format!("{:?}", frame.request), frame.encode_to_vec());
    }

    fn down(&mut self, device: usize, frame: &ServerFrame) {
        let bytes = frame.encode_to_vec();
        self.down.add(format!("{:?}", frame.body).replacen("{ id", "", 1), bytes.clone());
        if device == ALICE && self.alice {
            self.for_alice.push(bytes);
        }
    }
}

thread_local! {
    static PREPARED: RefCell<Option<Prepared>> = const { RefCell::new(None) };
}

/// Works with this thread's world, which is made when it is needed first.
pub fn with<T>(work: impl FnOnce(&mut Prepared) -> Result<T>) -> Result<T> {
    PREPARED.with_borrow_mut(|prepared| {
        if prepared.is_none() {
            *prepared = Some(prepare()?);
        }
        work(prepared.as_mut().context("a world")?)
    })
}

fn prepare() -> Result<Prepared> {
    let mut story = Story::begin(1, 2)?;
    let heard = Rc::new(RefCell::new(Heard::default()));
    let listener = Rc::clone(&heard);
    story.world.watch(Box::new(move |moment| match moment {
        Moment::Up(_, frame) => listener.borrow_mut().up(frame),
        Moment::Down(device, frame) => listener.borrow_mut().down(device, frame),
        Moment::Begins(_) | Moment::Ends(_) => {}
    }));
    story.link(ALICE)?;
    story.world.settle()?;
    talk(&mut story)?;
    story.world.settle()?;

    story.world.go_offline(ALICE, None)?;
    let behind = story.world.device(ALICE)?.snapshot()?;
    let group = story.group(BOB)?;
    for chat in story.chats(BOB)? {
        story.say(BOB, &chat, None)?;
    }
    let title = Some("Another title".into());
    let wish = ChatTitle { chat_id: group.chat_id.text(), title, description: None };
    story.world.command(BOB, Command::SetTitle(wish))?;
    story.world.run_until(story.world.now() + 60_000)?;
    story.say(ALICES_OTHER, &group, None)?;
    heard.borrow_mut().alice = true;
    story.world.settle()?;
    heard.borrow_mut().alice = false;

    somebody_comes(&mut story)?;
    let groups = [ChatKind::Group, ChatKind::Direct, ChatKind::Self_];
    let chats = story.world.device(ALICE)?.read(|tx| Ok(tx.chats()?))?;
    let of = |kind: ChatKind| {
        let is_it = |chat: &&Chat| chat.kind == kind as i32;
        chats.iter().find(is_it).and_then(|chat| chat.group).context("a chat of each kind")
    };
    let [all, direct, own] = groups.map(of);
    let groups = [all?, direct?, own?];
    let heard = std::mem::take(&mut *heard.borrow_mut());
    let (client_frames, server_frames) = (heard.up.all(), heard.down.all());
    Ok(Prepared { story, behind, unread: heard.for_alice, client_frames, server_frames, groups })
}

/// Everybody says something everywhere, answers and reacts.
fn talk(story: &mut Story) -> Result<()> {
    for device in [ALICE, BOB, ALICES_OTHER] {
        for chat in story.chats(device)? {
            story.say(device, &chat, None)?;
            story.world.run_until(story.world.now() + 5_000)?;
            let rows =
                story.world.device(device)?.read(|tx| Ok(tx.history(&chat.chat_id, None, 9)?))?;
            if let Some(newest) = rows.last().map(|row| row.message_id) {
                story.say(device, &chat, Some(newest))?;
                let emoji = "\u{1f44d}".into();
                let react = Command::React { message_id: newest.text(), emoji };
                story.world.command(device, react)?;
            }
            story.say_with_files(device, &chat)?;
        }
    }
    let notes = Command::SelfChat;
    story.world.command(ALICE, notes)?;
    Ok(())
}

/// A third person, whom nobody knows.
fn somebody_comes(story: &mut Story) -> Result<()> {
    let device = story.world.add_device()?;
    let wish = AccountCreate {
        server: "https://relay.test".into(),
        display_name: "Carol".into(),
        username: Some("carol".into()),
        device_name: None,
        invite: None,
    };
    story.world.command(device, Command::AccountCreate(wish))?;
    story.world.settle()
}
