//! The outbox: content is encrypted when the relay can take it, the bytes are stored before they leave, and
//! they are sent again until the relay has said yes or the group has moved on.
//!
//! | reply        | does                                                                      |
//! |--------------|---------------------------------------------------------------------------|
//! | Accepted     | the message has its place in the order; the entry is done                  |
//! | WrongEpoch   | the bytes are dropped; encrypted anew when this device is in that epoch    |
//! | RateLimited  | waits                                                                      |
//! | other        | a message is marked failed, anything else is dropped                       |
//! | none         | the same bytes again on the next connection                                |

use crate::inbox::missing;
use crate::net::Purpose;
use crate::step::{Step, Touch};
use crate::{EngineError, Result};
use parlor_store::chats::ChatId;
use parlor_store::groups::{GroupRow, Status};
use parlor_store::messages::State;
use parlor_store::outbox::{Kind, OutboxRow, Payload, Sent};
use parlor_wire::content::Content;
use parlor_wire::relay::{self, Post, client_frame::Request, reply::Result as Outcome};
use parlor_wire::{Hash, Message, padding, statement};

/// Bytes of content and picture that fit a post together.
const MAX_WITH_PROFILE: usize = 48 * 1024;

/// Entries of one chat that are on their way at once.
const WINDOW: u32 = 32;

impl Step<'_, '_> {
    pub fn pump_outboxes(&mut self) -> Result<()> {
        if !self.engine.net.online() || self.engine.net.patience_until > self.now {
            return Ok(());
        }
        if self.engine.net.patience_until > 0 {
            self.engine.net.patience_until = 0;
            self.pump.extend(self.tx.outbox_chats()?);
        }
        while let Some(chat) = self.pump.pop_first() {
            self.pump_chat(&chat)?;
        }
        Ok(())
    }

    fn pump_chat(&mut self, chat_id: &ChatId) -> Result<()> {
        let Some(chat) = self.tx.chat(chat_id)? else { return Ok(()) };
        let Some(row) = chat.group.map(|group| self.tx.group(&group)).transpose()?.flatten() else {
            return Ok(());
        };
        let in_step =
            row.status == Status::Active && row.wait_epoch <= row.epoch && row.refused.is_none();
        // What was encrypted for another epoch may come back to be encrypted anew; nothing overtakes it.
        let mut ready = in_step && !self.has_revoked_leaf(&row.group_id)?;
        for entry in self.tx.outbox(chat_id, WINDOW)? {
            let in_step = entry
                .payload
                .as_ref()
                .is_none_or(|payload| payload.group == row.group_id && payload.epoch == row.epoch);
            ready &= in_step;
            if self.engine.net.posts_sent.contains(&entry.id) {
                continue;
            }
            let payload = match &entry.payload {
                // Bytes of another group or epoch can still be the answer to a lost reply: the relay knows.
                Some(payload) => payload.clone(),
                None if ready => match self.encrypt(&row, &entry)? {
                    Some(payload) => payload,
                    None => break,
                },
                None => break,
            };
            self.send_payload(&entry, &payload)?;
        }
        Ok(())
    }

    fn encrypt(&mut self, row: &GroupRow, entry: &OutboxRow) -> Result<Option<Payload>> {
        let Some(mut group) = self.take_group(&row.group_id)? else {
            self.group_is_stale(&row.group_id)?;
            return Ok(None);
        };
        let mut content = Content::decode(entry.content.as_slice())
            .map_err(|_| EngineError::Damaged("the outbox"))?;
        let profile = self.own_profile()?;
        let version = i64::try_from(profile.version).unwrap_or(i64::MAX);
        let fresh = self.tx.group(&row.group_id)?;
        // A long message and a picture do not fit together: the profile goes with the next.
        let fits = entry.content.len() + profile.avatar.len() <= MAX_WITH_PROFILE;
        if let Some(mut fresh) = fresh.filter(|fresh| fits && fresh.profile_sent < version) {
            content.profile = Some(profile);
            fresh.profile_sent = version;
            self.tx.set_group(&fresh)?;
        }
        content.log_seq = self.tx.number("own_log_seq")? as u32;
        let before = match self.tx.newest_payload(&row.group_id, group.epoch())? {
            Some(hash) => Some(hash),
            None => {
                let heard = self.tx.heard(&row.group_id, &self.identity()?.device)?;
                heard.map(|(hash, _)| hash)
            }
        };
        content.previous = before.as_ref().map(missing::mark).unwrap_or_default();
        let frame = padding::pad(&content.encode_to_vec());
        let encrypted = self.mls(|mls| group.encrypt(mls, &frame))?;
        let Ok(bytes) = encrypted else {
            self.group_is_stale(&row.group_id)?;
            return Ok(None);
        };
        let payload = Payload { group: row.group_id, epoch: group.epoch(), bytes };
        self.put_group(group);
        let hash = parlor_wire::hash(&payload.bytes);
        self.tx.set_payload(entry.id, &payload, &hash)?;
        let kept = missing::is_kept(&content);
        let sent = Sent {
            message: entry.message_id,
            group: row.group_id,
            previous: content.previous,
            position: 0,
            content: if kept { entry.content.clone() } else { Vec::new() },
        };
        self.tx.add_sent(&hash, &sent)?;
        Ok(Some(payload))
    }

    fn send_payload(&mut self, entry: &OutboxRow, payload: &Payload) -> Result<()> {
        let Some(group) = self.take_group(&payload.group)? else {
            self.tx.clear_payload(entry.id)?;
            return Ok(());
        };
        let key = (group.epoch() == payload.epoch).then(|| group.send_key()).transpose()?;
        self.put_group(group);
        // After the epoch its key is gone. The relay answers known bytes before it looks at the signature.
        let statement = statement::post(&payload.group, payload.epoch, false, &payload.bytes);
        let signature = key.map_or([0; 64], |key| key.sign(&statement)).to_vec();
        let post = Post {
            group_id: payload.group.to_vec(),
            epoch: payload.epoch,
            payload: payload.bytes.clone().into(),
            ephemeral: false,
            signature,
        };
        self.engine.net.posts_sent.insert(entry.id);
        let hash = parlor_wire::hash(&payload.bytes);
        let purpose = Purpose::Post { outbox: entry.id, hash, chat: entry.chat_id };
        self.request(Request::Post(post), purpose);
        Ok(())
    }

    pub fn posted(
        &mut self,
        id: i64,
        hash: &Hash,
        chat: ChatId,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let Some(entry) = self.tx.outbox_row(id)? else { return Ok(()) };
        let same = entry
            .payload
            .as_ref()
            .is_some_and(|payload| parlor_wire::hash(&payload.bytes) == *hash);
        if !same {
            return Ok(());
        }
        let failure = match result {
            Ok(Outcome::Accepted(accepted)) => {
                return self.accepted(&entry, accepted.group_seq, accepted.time);
            }
            Ok(_) => return Ok(()),
            Err(failure) => failure,
        };
        let Some(payload) = entry.payload.clone() else { return Ok(()) };
        match failure.code() {
            relay::Code::WrongEpoch => {
                self.tx.clear_payload(id)?;
                self.engine.net.posts_sent.remove(&id);
                let row = self.tx.group(&payload.group)?;
                if row.is_some_and(|row| row.epoch != failure.current_epoch) {
                    self.wait_for_epoch(&payload.group, failure.current_epoch)?;
                }
                self.pump.insert(chat);
                Ok(())
            }
            relay::Code::RateLimited | relay::Code::Unavailable => {
                self.engine.net.posts_sent.remove(&id);
                self.engine.net.patience_until = self.now + failure.retry_after.max(100);
                Ok(())
            }
            // The key of an epoch that is over cannot sign; the content goes out in the present one.
            relay::Code::Forbidden if self.epoch_is_over(&payload)? => {
                self.tx.clear_payload(id)?;
                self.engine.net.posts_sent.remove(&id);
                self.pump.insert(chat);
                Ok(())
            }
            // The key of this very epoch is not the one that the relay knows: the epoch here is another one.
            relay::Code::Forbidden if !self.engine.net.doubted.contains(&payload.group) => {
                self.tx.clear_payload(id)?;
                self.engine.net.posts_sent.remove(&id);
                self.pump.insert(chat);
                self.doubt(&payload.group)
            }
            _ => {
                self.tx.delete_outbox(id)?;
                self.own_change_settled(id, None)?;
                self.pump.insert(chat);
                self.state_moves(&entry, None, State::Failed)
            }
        }
    }

    fn epoch_is_over(&self, payload: &Payload) -> Result<bool> {
        Ok(self.tx.group(&payload.group)?.is_some_and(|row| row.epoch != payload.epoch))
    }

    /// An entry has its place in the group's order.
    pub fn accepted(&mut self, entry: &OutboxRow, group_seq: u64, time: u64) -> Result<()> {
        let group = entry.payload.as_ref().map(|payload| payload.group);
        if let Some(payload) = &entry.payload {
            let hash = parlor_wire::hash(&payload.bytes);
            self.tx.place_sent(&hash, time)?;
            self.tx.set_heard(&payload.group, &self.identity()?.device, &hash, time)?;
        }
        self.tx.delete_outbox(entry.id)?;
        self.own_change_settled(entry.id, Some(time))?;
        self.engine.net.posts_sent.remove(&entry.id);
        self.pump.insert(entry.chat_id);
        if let Some(group) = group {
            self.own_item(&group, group_seq, time)?;
            if entry.kind == Kind::Message {
                self.refresh_when_due(&group)?;
            }
        }
        self.state_moves(entry, Some(time), State::Sent)?;
        self.states_move(&entry.chat_id)
    }

    /// The number of an own post explains a gap, or moves the count on.
    fn own_item(&mut self, group: &parlor_wire::GroupId, group_seq: u64, time: u64) -> Result<()> {
        let Some(row) = self.tx.group(group)? else { return Ok(()) };
        if group_seq <= row.last_seq {
            self.tx.close_gap(group, group_seq)?;
        } else if row.last_seq > 0 {
            // What lies between is still on its way through the mailbox.
            for missing in (row.last_seq + 1..group_seq).take(1000) {
                self.tx.add_gap(group, missing, time)?;
            }
            self.tx.set_last_seq(group, group_seq)?;
        }
        Ok(())
    }

    fn state_moves(&mut self, entry: &OutboxRow, time: Option<u64>, state: State) -> Result<()> {
        if entry.kind != Kind::Message {
            return Ok(());
        }
        if let Some(row) = self.tx.message(&entry.message_id)? {
            let position = time.unwrap_or(row.position);
            self.tx.move_message(&row.message_id, position, row.state.max(state))?;
            self.touch_message(row.message_id, Touch::Updated);
        }
        Ok(())
    }

    /// Nothing more goes to a chat: what was still to be sent there has failed.
    pub fn fail_outbox(&mut self, chat: &ChatId) -> Result<()> {
        for entry in self.tx.whole_outbox(chat)? {
            self.own_change_settled(entry.id, None)?;
            self.state_moves(&entry, None, State::Failed)?;
        }
        Ok(self.tx.clear_outbox(chat)?)
    }

    /// Tells every chat the own profile with the next thing said there; at once where people know us.
    pub fn tell_profile(&mut self) -> Result<()> {
        for chat in self.tx.chats()? {
            if chat.left || chat.requested {
                continue;
            }
            self.enqueue(
                &chat.chat_id,
                Kind::Other,
                parlor_wire::content::content::Body::MemberNames(Default::default()),
            )?;
        }
        Ok(())
    }
}
