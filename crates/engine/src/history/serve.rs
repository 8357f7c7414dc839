//! The side that has the history.
//!
//! | state    | on                                  | does                                  |
//! |----------|-------------------------------------|---------------------------------------|
//! | offered  | first want                          | sends a window of chunks              |
//! | sending  | want                                | forgets what it covers, sends more    |
//! | waiting  | the device came into the next chat  | goes on                               |
//! | ended    | want behind the last chunk          | forgets the transfer                  |

use super::{Channel, chat_name};
use crate::linking::Unsent;
use crate::net::Purpose;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_store::chats::{Chat, ChatId};
use parlor_store::groups::Status;
use parlor_store::messages::{MessageRow, PENDING};
use parlor_wire::device::{
    ChatName, ChatRecord, HistoryChunk, HistoryWant, MessageRecord, PersonRecord, ReactionRecord,
    VersionRecord,
};
use parlor_wire::relay::{self, QueueClose, client_frame::Request};
use parlor_wire::{DeviceId, Message, MessageId, UserId};

/// Chunks on their way at once.
const WINDOW: u64 = 16;
/// Bytes of records in a chunk; with padding and seal it fits a direct post.
const CHUNK_BYTES: usize = 48 * 1024;
/// Messages read from the database at once.
const PAGE: u32 = 256;
/// People or chats in a chunk; they are sent in the order of their ids.
const ROWS: usize = 64;

/// A history on its way to a new device.
#[derive(Clone, PartialEq, Message)]
pub struct Outgoing {
    #[prost(message, required, tag = "1")]
    pub channel: Channel,
    /// Where the next chunk begins. Those before it are kept until they have arrived.
    #[prost(message, required, tag = "2")]
    next: Cursor,
    /// The first chunk that may not have arrived.
    #[prost(uint64, tag = "6")]
    first: u64,
    /// It was asked for.
    #[prost(bool, tag = "3")]
    wanted: bool,
    /// Chunks up to here (not included) may be sent.
    #[prost(uint64, tag = "4")]
    limit: u64,
    /// Messages there were when it was asked for first.
    #[prost(uint64, tag = "5")]
    total: u64,
}

/// Where a chunk begins.
#[derive(Clone, PartialEq, Message)]
pub struct Cursor {
    #[prost(uint64, tag = "1")]
    number: u64,
    #[prost(enumeration = "Stage", tag = "2")]
    stage: i32,
    /// The last person or chat before this chunk.
    #[prost(bytes = "vec", tag = "3")]
    after: Vec<u8>,
    /// Chats whose messages were sent.
    #[prost(bytes = "vec", repeated, tag = "4")]
    chats_done: Vec<Vec<u8>>,
    /// The chat that is being sent, and the place before which to go on.
    #[prost(bytes = "vec", tag = "5")]
    chat: Vec<u8>,
    #[prost(uint64, tag = "6")]
    position: u64,
    #[prost(bytes = "vec", tag = "7")]
    message: Vec<u8>,
    /// Messages sent before this chunk.
    #[prost(uint64, tag = "8")]
    done: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
enum Stage {
    People = 0,
    Chats = 1,
    Messages = 2,
    Ended = 3,
}

impl Step<'_, '_> {
    /// Makes a history ready for a device that was just linked.
    pub fn offer_history(&mut self, device: &DeviceId, channel: Channel) -> Result<()> {
        let state = Outgoing { channel, ..Outgoing::default() };
        Ok(self.tx.set_transfer(device, &state.encode_to_vec())?)
    }

    pub(super) fn history_wanted(
        &mut self,
        device: DeviceId,
        mut state: Outgoing,
        want: &HistoryWant,
    ) -> Result<()> {
        if !state.wanted {
            // From now on there are key packages of the device.
            state.wanted = true;
            self.grant_is_done(&device)?;
            state.total = self.tx.settled_count()?;
            self.tx.tend_all()?;
            self.advance = true;
        }
        let ended = state.next.stage() == Stage::Ended && want.next >= state.next.number;
        if ended {
            self.tx.delete_transfer(&device)?;
            let close = QueueClose { queue_ids: vec![state.channel.reply_queue] };
            self.request(Request::QueueClose(close), Purpose::Nothing);
            return Ok(());
        }
        if want.next > state.next.number {
            // It asks for what was never made.
            return Ok(());
        }
        self.tx.forget_chunks(&device, want.next)?;
        state.first = state.first.max(want.next);
        state.limit = state.limit.max(want.next + WINDOW);
        if want.again {
            self.engine.net.history_sent.remove(&device);
        }
        self.tx.set_transfer(&device, &state.encode_to_vec())?;
        self.serve_history(device, state)
    }

    /// Devices that this one has linked and that have not come forward yet.
    pub fn not_ready(&self) -> Result<Vec<DeviceId>> {
        let mut devices = Vec::new();
        for (device, bytes) in self.tx.transfers()? {
            let state = Outgoing::decode(bytes.as_slice());
            if !state.map_err(|_| EngineError::Damaged("a history"))?.wanted {
                devices.push(device);
            }
        }
        Ok(devices)
    }

    /// Goes on with every history that waits for something.
    pub fn serve_histories(&mut self) -> Result<()> {
        if self.engine.net.history_patience > self.now {
            return Ok(());
        }
        for (device, bytes) in self.tx.transfers()? {
            let state = Outgoing::decode(bytes.as_slice())
                .map_err(|_| EngineError::Damaged("a history"))?;
            if state.wanted {
                self.serve_history(device, state)?;
            }
        }
        Ok(())
    }

    /// Sends the chunks that may be sent and were not sent on this connection.
    fn serve_history(&mut self, device: DeviceId, mut state: Outgoing) -> Result<()> {
        let sent = self.engine.net.history_sent.get(&device).copied().unwrap_or(0);
        for number in state.first.max(sent)..state.limit {
            let payload = match self.tx.chunk(&device, number)? {
                Some(payload) => payload,
                None => match self.make_chunk(&device, &mut state)? {
                    Some(payload) => payload,
                    None => break,
                },
            };
            let (queue, seed) = (state.channel.queue.clone(), state.channel.seed.clone());
            self.send_direct(&Unsent { queue, seed, payload }, Purpose::History { device })?;
            self.engine.net.history_sent.insert(device, number + 1);
        }
        Ok(())
    }

    /// Makes and keeps the next chunk. `None`: not yet, or there is none.
    fn make_chunk(&mut self, device: &DeviceId, state: &mut Outgoing) -> Result<Option<Vec<u8>>> {
        let number = state.next.number;
        let Some((chunk, next)) = self.chunk(device, state)? else { return Ok(None) };
        let sealed = self.sealed(&state.channel, true, &chunk.encode_to_vec())?;
        self.tx.set_chunk(device, number, &sealed.payload)?;
        state.next = next;
        self.tx.set_transfer(device, &state.encode_to_vec())?;
        Ok(Some(sealed.payload))
    }

    /// The relay has a chunk, or not: then it is sent again in a while.
    pub fn history_posted(
        &mut self,
        device: &DeviceId,
        result: Result<relay::reply::Result, relay::Failure>,
    ) -> Result<()> {
        if let Err(failure) = result {
            self.engine.net.history_sent.remove(device);
            self.engine.net.history_patience = self.now + failure.retry_after.max(2_000);
        }
        Ok(())
    }

    /// The next chunk, and where the one after it begins.
    fn chunk(
        &mut self,
        device: &DeviceId,
        state: &Outgoing,
    ) -> Result<Option<(HistoryChunk, Cursor)>> {
        let cursor = state.next.clone();
        let mut next = Cursor { number: cursor.number + 1, ..cursor.clone() };
        let mut chunk =
            HistoryChunk { number: cursor.number, total: state.total, ..Default::default() };
        match cursor.stage() {
            Stage::People => {
                let mut people = self.tx.people()?;
                people.retain(|person| person.user_id.0.as_slice() > cursor.after.as_slice());
                people.sort_by_key(|person| person.user_id);
                let mut bytes = 0;
                for person in people.iter().take(ROWS) {
                    let record = person_record(person);
                    bytes += record.encoded_len() + 8;
                    if bytes > CHUNK_BYTES {
                        break;
                    }
                    chunk.people.push(record);
                }
                let last = chunk.people.last().map(|person| person.user_id.clone());
                advance(&mut next, chunk.people.len() < people.len(), last, Stage::Chats);
            }
            Stage::Chats => {
                // From here on, changes reach the new device through the group of the own devices.
                let own = crate::contacts::self_chat_id(&self.me()?);
                if !self.device_is_in(device, self.tx.chat(&own)?.as_ref())? {
                    return Ok(None);
                }
                let mut chats = self.tx.chats()?;
                chats.retain(|chat| chat.chat_id.0.as_slice() > cursor.after.as_slice());
                chats.sort_by_key(|chat| chat.chat_id);
                let more = chats.len() > ROWS;
                chats.truncate(ROWS);
                chunk.chats = chats.iter().filter_map(chat_record).collect();
                let last = chats.last().map(|chat| chat.chat_id.to_vec());
                advance(&mut next, more, last, Stage::Messages);
            }
            Stage::Messages => {
                if !self.fill(device, &mut chunk, &mut next)? {
                    return Ok(None);
                }
            }
            Stage::Ended => return Ok(None),
        }
        chunk.done = next.done;
        chunk.last = next.stage() == Stage::Ended;
        Ok(Some((chunk, next)))
    }

    /// Fills a chunk with messages. False: the next chat is not ready, and there is nothing before it.
    fn fill(
        &mut self,
        device: &DeviceId,
        chunk: &mut HistoryChunk,
        next: &mut Cursor,
    ) -> Result<bool> {
        let mut bytes = 0;
        loop {
            if next.chat.is_empty() {
                let done = |chat: &Chat| next.chats_done.iter().any(|id| *id == chat.chat_id.0);
                let chats = self.tx.chats()?;
                let Some(chat) = chats.iter().find(|chat| !done(chat)) else {
                    next.set_stage(Stage::Ended);
                    return Ok(true);
                };
                if !self.device_is_in(device, Some(chat))? {
                    return Ok(bytes > 0);
                }
                next.chat = chat.chat_id.to_vec();
                next.position = PENDING;
                next.message = vec![0; MessageId::LEN];
            }
            let id = ChatId::try_from(&next.chat)?;
            let before = (next.position, MessageId::try_from(&next.message)?);
            let name = self.tx.chat(&id)?.as_ref().and_then(chat_name);
            let rows = match name {
                Some(_) => self.tx.settled_before(&id, before, PAGE)?,
                None => Vec::new(),
            };
            if rows.is_empty() {
                next.chats_done.push(std::mem::take(&mut next.chat));
                continue;
            }
            for row in rows {
                let record = self.message_record(&row, name.clone())?;
                bytes += record.encoded_len() + 8;
                if bytes > CHUNK_BYTES && !chunk.messages.is_empty() {
                    return Ok(true);
                }
                next.position = row.position;
                next.message = row.message_id.to_vec();
                next.done += 1;
                chunk.messages.push(record);
            }
        }
    }

    /// Whether a device of this account is in a chat's group, as far as the chat has one to be in.
    fn device_is_in(&mut self, device: &DeviceId, chat: Option<&Chat>) -> Result<bool> {
        let Some(chat) = chat else { return Ok(false) };
        let row = chat.group.map(|group| self.tx.group(&group)).transpose()?.flatten();
        let Some(row) = row.filter(|row| row.status != Status::Gone && !chat.left) else {
            return Ok(true);
        };
        // What went out in an epoch before may have been accepted without our knowing it yet: nobody but us can
        // hand it over.
        let unsettled = self.tx.unsettled_posts(&chat.chat_id, &row.group_id, row.epoch)?;
        if row.status != Status::Active || unsettled {
            return Ok(false);
        }
        let Some(group) = self.take_group(&row.group_id)? else { return Ok(false) };
        let members = group.members()?;
        self.put_group(group);
        Ok(members.iter().any(|member| member.leaf.device == *device))
    }

    pub fn message_record(
        &self,
        row: &MessageRow,
        chat: Option<ChatName>,
    ) -> Result<MessageRecord> {
        let mut versions: Vec<VersionRecord> = self
            .tx
            .versions(&row.message_id)?
            .into_iter()
            .map(|version| VersionRecord { text: version.text, body: version.body, at: version.at })
            .collect();
        // Many long versions do not fit a post: the newest ones go.
        let size = |version: &VersionRecord| version.text.len() + version.body.len();
        while row.text.len() + row.body.len() + versions.iter().map(size).sum::<usize>()
            > CHUNK_BYTES
            && !versions.is_empty()
        {
            versions.remove(0);
        }
        let reactions = self.tx.reactions(&row.message_id)?.into_iter();
        Ok(MessageRecord {
            chat,
            message_id: row.message_id.to_vec(),
            position: row.position,
            sender: row.sender.to_vec(),
            kind: u32::from(row.kind as u8),
            sent_at: row.sent_at,
            received_at: row.received_at.unwrap_or(0),
            text: row.text.clone(),
            body: row.body.clone(),
            reply_to: row.reply_to.map(MessageId::to_vec).unwrap_or_default(),
            edited_at: row.edited_at.unwrap_or(0),
            state: u32::from(row.state as u8),
            hidden: row.hidden,
            starred: row.starred,
            versions,
            reactions: reactions
                .map(|reaction| ReactionRecord {
                    user_id: UserId::to_vec(reaction.user),
                    emoji: reaction.emoji,
                    at: reaction.at,
                })
                .collect(),
            votes: self.vote_records(&row.message_id)?,
        })
    }
}

/// To the rows behind `last`, or to the next stage when there are no more.
fn advance(next: &mut Cursor, more: bool, last: Option<Vec<u8>>, then: Stage) {
    if !more {
        next.set_stage(then);
    }
    next.after = last.filter(|_| more).unwrap_or_default();
}

pub fn person_record(person: &parlor_store::people::Person) -> PersonRecord {
    PersonRecord {
        user_id: person.user_id.to_vec(),
        username: person.username.clone().unwrap_or_default(),
        display_name: person.display_name.clone().unwrap_or_default(),
        hinted_name: person.hinted_name.clone().unwrap_or_default(),
        about: person.about.clone().unwrap_or_default(),
        profile_version: person.profile_version,
        accepted: person.accepted,
        blocked: person.blocked,
        verified: person.verified,
        avatar: person.avatar.clone().unwrap_or_default(),
    }
}

pub fn chat_record(chat: &Chat) -> Option<ChatRecord> {
    Some(ChatRecord {
        name: Some(chat_name(chat)?),
        title: chat.title.clone(),
        requested: chat.requested,
        left: chat.left,
        pinned: chat.pinned,
        archived: chat.archived,
        marked_unread: chat.marked_unread,
        muted_until: chat.muted_until,
        draft: chat.draft.clone(),
        read_position: chat.read_position,
        activity_at: chat.activity_at,
    })
}
