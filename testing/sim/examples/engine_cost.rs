//! What a message costs the engine: `cargo run --release -p parlor-sim --example engine_cost`.
//!
//! One device sends texts of 20 bytes, each answered before the next; receipts are off. Sending counts the
//! command and the relay's answer, each a transaction; receiving counts the delivery, one transaction. The rates
//! are those of the message in the middle, so that what else the machine does counts little.

use anyhow::{Context, Result};
use parlor_sim::{Moment, Story};
use parlor_view::{Command, MessagesSend, SettingsChange};
use parlor_wire::Message;
use parlor_wire::content::ChatKind;
use parlor_wire::relay::{client_frame::Request, server_frame::Body};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

const SENDER: usize = 0;
const RECEIVER: usize = 1;
const MESSAGES: u32 = 500;

#[derive(Default)]
struct Cost {
    since: Option<Instant>,
    send: Duration,
    receive: Duration,
    sends: Vec<Duration>,
    receives: Vec<Duration>,
    submitted: usize,
    delivered: usize,
}

impl Cost {
    fn look(&mut self, moment: &Moment<'_>) {
        match moment {
            Moment::Begins(_) => self.since = Some(Instant::now()),
            Moment::Ends(device) => {
                let took = self.since.take().map_or(Duration::ZERO, |since| since.elapsed());
                match *device {
                    SENDER => self.send += took,
                    RECEIVER => self.receive += took,
                    _ => {}
                }
            }
            Moment::Up(SENDER, frame) if matches!(frame.request, Some(Request::Post(_))) => {
                self.submitted += frame.encoded_len();
            }
            Moment::Down(RECEIVER, frame) if matches!(frame.body, Some(Body::Deliver(_))) => {
                self.delivered += frame.encoded_len();
            }
            _ => {}
        }
    }
}

fn measure(people: usize, kind: ChatKind, on_disk: bool) -> Result<()> {
    let mut story = Story::begin(1, people)?;
    let directory = tempfile::tempdir()?;
    for device in 0..people {
        let quiet =
            SettingsChange { read_receipts: None, delivered_receipts: Some(false), typing: None };
        story.world.command(device, Command::SettingsSet(quiet))?;
        if on_disk && (device == SENDER || device == RECEIVER) {
            let path = directory.path().join(format!("{device}.db"));
            story.world.move_to_disk(device, &path)?;
        }
    }
    story.world.settle()?;
    let chats = story.chats(SENDER)?;
    let receiver = story.people.get(RECEIVER).copied();
    let chat = chats
        .iter()
        .find(|chat| chat.kind == kind as i32 && (chat.peer.is_none() || chat.peer == receiver))
        .context("a chat")?;
    let wish = MessagesSend {
        chat_id: chat.chat_id.text(),
        text: Some("twenty bytes of text".into()),
        ..MessagesSend::default()
    };
    // The first message also carries the profile.
    story.world.command(SENDER, Command::Send(Box::new(wish.clone())))?;
    story.world.settle()?;
    let cost = Rc::new(RefCell::new(Cost::default()));
    let watched = cost.clone();
    story.world.watch(Box::new(move |moment| watched.borrow_mut().look(&moment)));
    for _ in 0..MESSAGES {
        story.world.command(SENDER, Command::Send(Box::new(wish.clone())))?;
        story.world.settle()?;
        let mut cost = cost.borrow_mut();
        let (send, receive) = (std::mem::take(&mut cost.send), std::mem::take(&mut cost.receive));
        cost.sends.push(send);
        cost.receives.push(receive);
    }
    let mut cost = cost.borrow_mut();
    let (sends, receives) = (std::mem::take(&mut cost.sends), std::mem::take(&mut cost.receives));
    let rate = |mut times: Vec<Duration>| {
        times.sort();
        let middle = times.get(times.len() / 2).copied().unwrap_or_default();
        1.0 / middle.as_secs_f64()
    };
    println!(
        "{people:>3} people, {:<9} send {:>6.0}/s  receive {:>6.0}/s  submitted {} B  delivered {} B",
        if on_disk { "on disk" } else { "in memory" },
        rate(sends),
        rate(receives),
        cost.submitted / MESSAGES as usize,
        cost.delivered / MESSAGES as usize,
    );
    Ok(())
}

fn main() -> Result<()> {
    for (people, kind) in [(2, ChatKind::Direct), (32, ChatKind::Group)] {
        for on_disk in [false, true] {
            measure(people, kind, on_disk)?;
        }
    }
    Ok(())
}
