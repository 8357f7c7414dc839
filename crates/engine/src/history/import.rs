//! The side that gets the history.

use super::{INCOMING, Incoming};
use crate::Result;
use crate::media::attachments_fit;
use crate::net::Purpose;
use crate::step::{Step, Touch};
use parlor_store::chats::Chat;
use parlor_store::messages::{Kind, MessageRow, State, Version};
use parlor_view::Event;
use parlor_wire::content::{ChatKind, Text};
use parlor_wire::device::{
    ChatRecord, HistoryChunk, HistoryWant, MessageRecord, PersonRecord, chat_name::Name,
};
use parlor_wire::relay::{QueueClose, client_frame::Request};
use parlor_wire::{GroupId, Message, MessageId, UserId};

/// It is asked for more after so many chunks.
const ASK_EVERY: u64 = 4;

impl Step<'_, '_> {
    pub fn begin_history(&mut self, state: &Incoming) -> Result<()> {
        Ok(self.tx.set_meta(INCOMING, &state.encode_to_vec())?)
    }

    pub(super) fn want(&mut self, state: &Incoming, again: bool) -> Result<()> {
        let want = HistoryWant { next: state.next, again }.encode_to_vec();
        let unsent = self.sealed(&state.channel, false, &want)?;
        let purpose = if state.ended { Purpose::HistoryEnded } else { Purpose::Nothing };
        self.send_direct(&unsent, purpose)
    }

    /// The other side is in no group that this device is not in: a chat that has none was left meanwhile.
    /// A welcome that waits for a device log is still one.
    fn leave_chats_without_group(&mut self) -> Result<()> {
        if !self.tx.parked()?.is_empty() {
            return Ok(());
        }
        for mut chat in self.tx.chats()? {
            if chat.kind == ChatKind::Group as i32 && chat.group.is_none() && !chat.left {
                chat.left = true;
                self.tx.set_chat(&chat)?;
                self.fail_outbox(&chat.chat_id)?;
                self.touch_chat(chat.chat_id);
            }
        }
        Ok(())
    }

    /// The other side knows that all is here.
    pub fn history_ended(&mut self) -> Result<()> {
        if let Some(state) = self.incoming()? {
            let close = QueueClose { queue_ids: vec![state.channel.queue] };
            self.request(Request::QueueClose(close), Purpose::Nothing);
            self.tx.delete_meta(INCOMING)?;
        }
        Ok(())
    }

    pub(super) fn chunk_came(&mut self, mut state: Incoming, chunk: HistoryChunk) -> Result<()> {
        if chunk.number < state.next || state.ended {
            return Ok(());
        }
        if chunk.number > state.next {
            return self.want(&state, true);
        }
        for person in &chunk.people {
            self.person_comes(person)?;
        }
        for chat in &chunk.chats {
            self.chat_comes(chat)?;
        }
        for message in chunk.messages {
            self.message_comes(message)?;
        }
        state.next += 1;
        state.ended = chunk.last;
        if state.ended {
            self.leave_chats_without_group()?;
        }
        self.tx.set_meta(INCOMING, &state.encode_to_vec())?;
        if chunk.last || state.next.is_multiple_of(ASK_EVERY) {
            self.want(&state, false)?;
        }
        let (done, total) = (chunk.done, chunk.total.max(chunk.done));
        self.out.events.push(Event::LinkProgress { done, total, ended: chunk.last });
        Ok(())
    }

    pub fn person_comes(&mut self, record: &PersonRecord) -> Result<()> {
        let Ok(user) = UserId::try_from(&record.user_id) else { return Ok(()) };
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let mut person = self.tx.person(&user)?;
        person.username = person.username.or(some(&record.username));
        person.hinted_name = person.hinted_name.or(some(&record.hinted_name));
        if person.profile_version <= record.profile_version {
            person.display_name = some(&record.display_name).or(person.display_name);
            person.about = some(&record.about).or(person.about);
            let avatar = Some(record.avatar.clone()).filter(|avatar| !avatar.is_empty());
            person.avatar = avatar.or(person.avatar);
            person.profile_version = record.profile_version;
        }
        person.accepted |= record.accepted;
        person.blocked |= record.blocked;
        person.verified |= record.verified;
        Ok(self.tx.set_person(&person)?)
    }

    pub fn chat_comes(&mut self, record: &ChatRecord) -> Result<()> {
        let name = record.name.as_ref().and_then(|name| name.name.as_ref());
        let Some(id) = self.named_chat(record.name.as_ref())? else { return Ok(()) };
        let fresh = match name {
            Some(Name::Peer(peer)) => {
                let mut chat = Chat::new(id, ChatKind::Direct as i32, self.now);
                chat.peer = UserId::try_from(peer).ok();
                chat
            }
            Some(Name::GroupId(_)) => Chat::new(id, ChatKind::Group as i32, self.now),
            Some(Name::Self_(_)) => Chat::new(id, ChatKind::Self_ as i32, self.now),
            None => return Ok(()),
        };
        let known = self.tx.chat(&id)?;
        let mut chat = known.clone().unwrap_or(fresh);
        if chat.title.is_empty() {
            chat.title.clone_from(&record.title);
        }
        // A group that this device is or was in says itself whether it still is: the record may be older.
        if chat.group.is_none() {
            chat.left = record.left;
        }
        chat.requested = record.requested;
        chat.pinned = record.pinned;
        chat.archived = record.archived;
        chat.marked_unread = record.marked_unread;
        chat.muted_until = record.muted_until;
        chat.draft.clone_from(&record.draft);
        chat.read_position = chat.read_position.max(record.read_position);
        chat.read_told = chat.read_told.max(record.read_position);
        chat.activity_at = match known {
            Some(known) => known.activity_at.max(record.activity_at),
            None => record.activity_at,
        };
        self.tx.set_chat(&chat)?;
        self.touch_chat(id);
        Ok(())
    }

    pub fn message_comes(&mut self, record: MessageRecord) -> Result<()> {
        let (Ok(message_id), Ok(sender)) =
            (MessageId::try_from(&record.message_id), UserId::try_from(&record.sender))
        else {
            return Ok(());
        };
        let Some(chat_id) = self.named_chat(record.chat.as_ref())? else { return Ok(()) };
        let Some(chat) = self.tx.chat(&chat_id)? else { return Ok(()) };
        let known = self.tx.message(&message_id)?;
        // What is here came through the group, and is as new as anything.
        if known.is_none() {
            let text = Text::decode(record.body.as_slice()).unwrap_or_default();
            let said = record.kind == u32::from(Kind::Text as u8) && !record.hidden;
            if said && attachments_fit(&text) {
                self.note_files(&message_id, &text)?;
            }
            let mine = sender == self.me()?;
            let kind = u8::try_from(record.kind).unwrap_or(u8::MAX);
            let state = State::from_number(u8::try_from(record.state).unwrap_or(u8::MAX));
            let row = MessageRow {
                message_id,
                chat_id,
                position: record.position,
                sender,
                mine,
                kind: Kind::from_number(kind),
                sent_at: record.sent_at,
                received_at: Some(record.received_at).filter(|at| *at > 0),
                text: record.text,
                body: record.body,
                reply_to: MessageId::try_from(&record.reply_to).ok(),
                edited_at: Some(record.edited_at).filter(|at| *at > 0),
                state,
                hidden: record.hidden,
                starred: record.starred,
            };
            self.tx.set_message(&row)?;
            self.votes_come(&row, record.votes)?;
            for version in record.versions {
                let version = Version { text: version.text, body: version.body, at: version.at };
                self.tx.add_version(&message_id, &version)?;
            }
            for reaction in record.reactions {
                if let Ok(user) = UserId::try_from(&reaction.user_id) {
                    self.tx.set_reaction(&message_id, &user, &reaction.emoji, reaction.at)?;
                }
            }
            self.touch_message(message_id, Touch::Updated);
        }
        let group = chat.group.unwrap_or(GroupId([0; 16]));
        self.apply_orphans(&message_id, &chat_id, &group)
    }
}
