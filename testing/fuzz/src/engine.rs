//! Frames of a relay that says what it likes, to a real engine over a real database.

use crate::Target;
use crate::prepared::{self, Prepared};
use crate::wire::{join, split};
use anyhow::{Context, Result};
use parlor_engine::{Ctx, Effects, Engine, Input};
use parlor_store::{Store, Tx};
use parlor_view::Command;
use parlor_wire::Message;
use parlor_wire::frame::decode_server;
use parlor_wire::relay::{
    Challenge, Deliver, Done, ItemKind, MailboxItem, Reply, ServerFrame, reply, server_frame::Body,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::cell::RefCell;

pub const FRAME: Target = Target {
    name: "engine-frame",
    reads: "frames of the relay for a device, each behind its length (u16)",
    seeds: || prepared::with(seeds),
    run,
    cases: 2000,
    memory: 16 << 20,
};

thread_local! {
    static STORE: RefCell<Option<(Store, u64)>> = const { RefCell::new(None) };
}

/// An engine that is connected, in a transaction that is never committed.
pub struct Online<'a, 't> {
    engine: Engine,
    tx: &'a Tx<'t>,
    now: u64,
    rng: ChaCha20Rng,
}

impl<'a, 't> Online<'a, 't> {
    /// Connects as far as the relay's word that this is the device.
    pub fn connect(tx: &'a Tx<'t>, now: u64) -> Result<Self> {
        let (mut online, asked) = Self::challenged(tx, now)?;
        let _ = online.reply(asked, reply::Result::Done(Done {}))?;
        Ok(online)
    }

    /// Connects as far as the relay's challenge; the number of the request that answers it.
    pub fn challenged(tx: &'a Tx<'t>, now: u64) -> Result<(Self, u64)> {
        let rng = ChaCha20Rng::seed_from_u64(11);
        let mut online = Self { engine: Engine::new(), tx, now, rng };
        let challenge = Challenge { nonce: vec![1; 32], server: None };
        let effects = online.handle(frame(Body::Challenge(challenge)))?;
        let asked = effects.frames.first().context("nothing was asked")?.id;
        Ok((online, asked))
    }

    /// The relay answers a request.
    pub fn reply(&mut self, id: u64, result: reply::Result) -> Result<Effects> {
        self.handle(frame(Body::Reply(Reply { id, result: Some(result) })))
    }

    /// A direct post comes through a queue; `guest` when the device has no account yet.
    pub fn direct(&mut self, guest: bool, queue_id: &[u8], payload: Vec<u8>) -> Result<Effects> {
        let cursor = if guest { "guest_sequence" } else { "mailbox_sequence" };
        let item = MailboxItem {
            sequence: self.tx.number(cursor)? + 1,
            queue_id: queue_id.to_vec(),
            kind: ItemKind::Direct.into(),
            time: self.now,
            payload: payload.into(),
            ..MailboxItem::default()
        };
        self.handle(frame(Body::Deliver(Deliver { items: vec![item] })))
    }

    /// One input. Whatever came, the engine may not fail: a step that fails is tried again for ever.
    pub fn handle(&mut self, input: Input) -> Result<Effects> {
        let mut ctx = Ctx { now: self.now, rng: &mut self.rng };
        self.engine.handle(self.tx, &mut ctx, input).context("the engine failed")
    }

    /// What is stored can still be shown, and time goes on.
    pub fn look_around(&mut self) -> Result<()> {
        let _ = self.handle(Input::Command(1, Command::ChatsList { limit: 200, after: None }))?;
        let _ = self.handle(Input::Command(2, Command::ContactsList))?;
        for chat in self.tx.chats()? {
            let chat_id = chat.chat_id.text();
            let page = Command::History { chat_id, from: None, limit: 200 };
            let _ = self.handle(Input::Command(3, page))?;
        }
        self.now += 60_000;
        let _ = self.handle(Input::Tick)?;
        Ok(())
    }
}

fn frame(body: Body) -> Input {
    Input::Frame(ServerFrame { body: Some(body) })
}

fn run(bytes: &[u8]) -> Result<()> {
    STORE.with_borrow_mut(|kept| {
        if kept.is_none() {
            let open = |world: &mut Prepared| {
                Ok((Store::from_snapshot(&world.behind)?, world.story.world.now()))
            };
            *kept = Some(prepared::with(open)?);
        }
        let (store, now) = kept.as_mut().context("a store")?;
        let tx = store.begin()?;
        let mut online = Online::connect(&tx, *now)?;
        for frame in split(bytes) {
            if let Ok(frame) = decode_server(frame.to_vec().into()) {
                let _ = online.handle(Input::Frame(frame))?;
            }
        }
        online.look_around()
    })
}

fn seeds(world: &mut Prepared) -> Result<Vec<Vec<u8>>> {
    let fits = |frame: &&Vec<u8>| frame.len() <= usize::from(u16::MAX);
    let unread: Vec<Vec<u8>> = world.unread.iter().filter(fits).cloned().collect();
    let mut seeds: Vec<Vec<u8>> = unread.windows(3).map(join).collect();
    seeds.extend(unread.chunks(1).map(join));
    for frame in world.server_frames.iter().filter(fits) {
        let Ok(frame) = ServerFrame::decode(frame.as_slice()) else { continue };
        match frame.body {
            // To whatever a device that has just connected asks.
            Some(Body::Reply(reply)) => seeds.extend((2..7).map(|id| {
                let body = Some(Body::Reply(Reply { id, ..reply.clone() }));
                join(&[ServerFrame { body }.encode_to_vec()])
            })),
            body => seeds.push(join(&[ServerFrame { body }.encode_to_vec()])),
        }
    }
    Ok(seeds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_view::Event;

    #[test]
    fn what_was_unread_is_read() -> Result<()> {
        prepared::with(|world| {
            let mut store = Store::from_snapshot(&world.behind)?;
            let tx = store.begin()?;
            let mut online = Online::connect(&tx, world.story.world.now())?;
            let mut received = 0;
            for bytes in &world.unread {
                let Ok(frame) = decode_server(bytes.clone().into()) else { continue };
                let effects = online.handle(Input::Frame(frame))?;
                let is_it = |event: &&Event| matches!(event, Event::MessageReceived { .. });
                received += effects.events.iter().filter(is_it).count();
            }
            anyhow::ensure!(received >= 3, "{received} messages were received");
            online.look_around()
        })
    }
}
