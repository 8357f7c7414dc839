//! What it costs to hand a history to a new device: `cargo run --release -p parlor-sim --example history_cost [N]`.
//!
//! Both devices have their database in a file; the relay and the network between them are the simulation's and
//! take no time. Time is that of the engines and their databases, every step a transaction.

use anyhow::{Context, Result, ensure};
use parlor_sim::{Moment, Story};
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_view::Event;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::{Message, MessageId};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

fn main() -> Result<()> {
    let count: u64 = match std::env::args().nth(1) {
        Some(number) => number.parse().context("a number of messages")?,
        None => 100_000,
    };
    let directory = tempfile::tempdir()?;
    let mut story = Story::begin(1, 2)?;
    story.world.move_to_disk(0, &directory.path().join("old"))?;
    story.world.settle()?;
    let chat = story.group(0)?.chat_id;
    let people = story.people.clone();
    let now = story.world.now();
    story.world.device(0)?.write(|tx| {
        for number in 0..count {
            let sender = *people.get(number as usize % people.len()).context("a person")?;
            let mut id = [0; 16];
            id.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
            tx.set_message(&MessageRow {
                message_id: MessageId(id),
                chat_id: chat,
                position: now - count + number,
                sender,
                mine: number % 2 == 0,
                kind: Kind::Text,
                sent_at: now - count + number,
                received_at: Some(now),
                text: format!("Message number {number}, about as long as most messages are."),
                body: Vec::new(),
                reply_to: None,
                edited_at: None,
                state: if number % 2 == 0 { State::Read } else { State::Received },
                hidden: false,
                starred: false,
            })?;
        }
        Ok(())
    })?;
    let bytes = Rc::new(Cell::new(0));
    let counted = Rc::clone(&bytes);
    story.world.watch(Box::new(move |moment| {
        let more = match moment {
            Moment::Up(0, frame) if matches!(frame.request, Some(Request::DirectPost(_))) => {
                frame.encoded_len()
            }
            _ => 0,
        };
        counted.set(counted.get() + more);
    }));
    let begun = Instant::now();
    let new = story.link(0)?;
    story.world.move_to_disk(new, &directory.path().join("new"))?;
    let ended = |told: &(usize, Event)| matches!(told, (device, Event::LinkProgress { ended: true, .. }) if *device == new);
    while !story.world.told.iter().any(ended) {
        ensure!(story.world.go_on()?, "the history never ended");
    }
    let seconds = begun.elapsed().as_secs_f64();
    let rows = story.world.device(new)?.read(|tx| Ok(tx.settled_count()?))?;
    ensure!(rows >= count, "only {rows} messages arrived");
    println!("{count} messages in {seconds:.1} s: {:.0} per second", count as f64 / seconds);
    println!("{:.1} MB sent, {} bytes each", bytes.get() as f64 / 1e6, bytes.get() as u64 / count);
    Ok(())
}
