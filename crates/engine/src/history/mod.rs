//! The whole history for a new device, from the one that linked it: people, chats and messages as chunks that
//! are sealed under a key of the two and travel as direct posts.
//!
//! The new device asks ([`HistoryWant`]) from the first chunk that it does not have; the other sends a window of
//! them. What is asked for was stored, so either side can be killed and goes on. A chat's messages are sent
//! once the new device is in its group: what comes later comes to it by itself, and what comes twice counts once.
//!
//! Absent on purpose: messages that are still to be sent, and placeholders of what could not be read.

mod import;
mod serve;

use crate::linking::{Unsent, secret};
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_crypto::aead;
use parlor_store::chats::{Chat, ChatId};
use parlor_wire::content::ChatKind;
use parlor_wire::device::{ChatName, HistoryChunk, HistoryWant, chat_name::Name};
use parlor_wire::{GroupId, Message, QueueId, UserId, padding};
pub use serve::{Outgoing, chat_record, person_record};

const INCOMING: &str = "history_incoming";

/// The way between the two devices.
#[derive(Clone, PartialEq, Message)]
pub struct Channel {
    /// The new device's queue.
    #[prost(bytes = "vec", tag = "1")]
    pub queue: Vec<u8>,
    /// Seed of its post key.
    #[prost(bytes = "vec", tag = "2")]
    pub seed: Vec<u8>,
    /// Both directions are sealed under a key derived from this.
    #[prost(bytes = "vec", tag = "3")]
    pub key: Vec<u8>,
    /// The other device's queue.
    #[prost(bytes = "vec", tag = "4")]
    pub reply_queue: Vec<u8>,
    /// Seed of its post key.
    #[prost(bytes = "vec", tag = "5")]
    pub reply_seed: Vec<u8>,
}

/// What the new device keeps until it has everything.
#[derive(Clone, PartialEq, Message)]
pub struct Incoming {
    #[prost(message, required, tag = "1")]
    pub channel: Channel,
    /// The first chunk that is not here.
    #[prost(uint64, tag = "2")]
    pub next: u64,
    /// The last chunk is here; the other side may not know.
    #[prost(bool, tag = "3")]
    pub ended: bool,
}

/// The name of a chat that every device of the account understands.
pub fn chat_name(chat: &Chat) -> Option<ChatName> {
    let name = match (chat.peer, chat.group) {
        (Some(peer), _) => Name::Peer(peer.to_vec()),
        (None, _) if chat.kind == ChatKind::Self_ as i32 => Name::Self_(true),
        (None, Some(group)) => Name::GroupId(group.to_vec()),
        (None, None) => return None,
    };
    Some(ChatName { name: Some(name) })
}

impl Step<'_, '_> {
    /// The chat of a name, as this device calls it; there may be no row of it.
    pub fn named_chat(&self, name: Option<&ChatName>) -> Result<Option<ChatId>> {
        let me = self.me()?;
        Ok(match name.and_then(|name| name.name.as_ref()) {
            Some(Name::Peer(peer)) => {
                let peer = UserId::try_from(peer).ok();
                peer.map(|peer| crate::contacts::direct_chat_id(&me, &peer))
            }
            Some(Name::Self_(_)) => Some(crate::contacts::self_chat_id(&me)),
            Some(Name::GroupId(id)) => match GroupId::try_from(id) {
                // The group may be known here as another chat's.
                Ok(id) => match self.tx.group(&id)? {
                    Some(row) => Some(row.chat_id),
                    None => Some(crate::contacts::group_chat_id(&id)),
                },
                Err(_) => None,
            },
            None => None,
        })
    }

    /// Something came through a queue of a history.
    pub fn history_came(&mut self, queue: &QueueId, payload: &[u8]) -> Result<()> {
        if let Some(state) = self.incoming()?.filter(|state| state.channel.queue == queue.0) {
            let chunk = open(&state.channel.key, queue, payload)?
                .and_then(|bytes| HistoryChunk::decode(bytes.as_slice()).ok());
            return chunk.map_or(Ok(()), |chunk| self.chunk_came(state, chunk));
        }
        for (device, bytes) in self.tx.transfers()? {
            let state = Outgoing::decode(bytes.as_slice())
                .map_err(|_| EngineError::Damaged("a history"))?;
            if state.channel.reply_queue == queue.0
                && let Some(want) = open(&state.channel.key, queue, payload)?
                    .and_then(|bytes| HistoryWant::decode(bytes.as_slice()).ok())
            {
                return self.history_wanted(device, state, &want);
            }
        }
        Ok(())
    }

    /// The key packages of this device are up: others can bring it into chats, and what came before may come.
    pub fn want_history(&mut self) -> Result<()> {
        match self.incoming()? {
            Some(state) => self.want(&state, false),
            None => Ok(()),
        }
    }

    fn incoming(&self) -> Result<Option<Incoming>> {
        let state = self.tx.meta(INCOMING)?.map(|bytes| Incoming::decode(bytes.as_slice()));
        state.transpose().map_err(|_| EngineError::Damaged("a history"))
    }

    /// On a new connection: goes on where it stopped.
    pub fn resume_history(&mut self) -> Result<()> {
        if let Some(state) = self.incoming()? {
            let seed = secret(&state.channel.seed)?;
            self.open_direct(&state.channel.queue, &seed, crate::net::Purpose::Nothing);
        }
        for (_, bytes) in self.tx.transfers()? {
            let state = Outgoing::decode(bytes.as_slice())
                .map_err(|_| EngineError::Damaged("a history"))?;
            let seed = secret(&state.channel.reply_seed)?;
            self.open_direct(&state.channel.reply_queue, &seed, crate::net::Purpose::Nothing);
        }
        Ok(())
    }

    /// Seals a message for one end of a channel.
    fn sealed(&mut self, channel: &Channel, to_new: bool, bytes: &[u8]) -> Result<Unsent> {
        let (queue, seed) = match to_new {
            true => (&channel.queue, &channel.seed),
            false => (&channel.reply_queue, &channel.reply_seed),
        };
        let key = secret(&channel.key)?.derive("parlor history v1");
        let payload = aead::seal(&key, queue, &padding::pad(bytes), &mut *self.rng);
        Ok(Unsent { queue: queue.clone(), seed: seed.clone(), payload })
    }
}

fn open(key: &[u8], queue: &QueueId, payload: &[u8]) -> Result<Option<Vec<u8>>> {
    let key = secret(key)?.derive("parlor history v1");
    let opened = aead::open(&key, &queue.0, payload).ok();
    Ok(opened.and_then(|frame| padding::unpad(&frame).ok().map(<[u8]>::to_vec)))
}
