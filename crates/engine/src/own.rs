//! What this person did on one device, for the others: read marks, drafts, pins, mutes, blocks, settings.
//!
//! Each change is a post in the chat of kind SELF, whose order decides: what was set later there wins, thing by
//! thing. A change of this device counts as later than all that has come until it has its own place.

use crate::Result;
use crate::content::Said;
use crate::history::chat_name;
use crate::step::{Step, Touch};
use parlor_store::chats::ChatId;
use parlor_store::devices::Deferred;
use parlor_store::messages::PENDING;
use parlor_store::outbox::Kind;
use parlor_wire::content::{ChatKind, Content, OwnState, content::Body};
use parlor_wire::device::{
    ChatMarks, OwnChange, OwnChanges, PersonMarks, ProfileNow, Star, Switches, own_change::Change,
};
use parlor_wire::limits::{MAX_ABOUT_BYTES, MAX_AVATAR_BYTES, MAX_NAME_BYTES, MAX_TEXT_BYTES};
use parlor_wire::{Message, MessageId, UserId};

/// A change by itself.
pub fn one(change: Change) -> OwnChange {
    OwnChange { change: Some(change) }
}

impl Step<'_, '_> {
    /// Tells the own other devices, if there are any.
    pub fn keep_in_step(&mut self, changes: Vec<OwnChange>) -> Result<()> {
        if changes.is_empty() || self.other_own_devices()?.is_empty() {
            return Ok(());
        }
        let keys: Vec<Vec<u8>> = changes.iter().flat_map(keys).collect();
        let payload = OwnChanges { changes }.encode_to_vec();
        let chat = crate::contacts::self_chat_id(&self.me()?);
        let position = self.enqueue(&chat, Kind::Other, Body::OwnState(OwnState { payload }))?;
        for key in keys {
            self.tx.set_clock(&key, position)?;
        }
        Ok(())
    }

    /// Whether something that this person did to a message counts: another of their devices may have done
    /// something later, in the order of the chat.
    pub fn counts(&mut self, what: &str, message: &MessageId, said: &Said) -> Result<bool> {
        if said.sender != self.me()? {
            return Ok(true);
        }
        let key = [what.as_bytes(), b" ", &message.0].concat();
        self.is_later(&key, said)
    }

    /// Moves the clock of a key, if this is later. What comes while a change of this device has no place yet is
    /// looked at again when it has.
    fn is_later(&mut self, key: &[u8], said: &Said) -> Result<bool> {
        if self.tx.set_clock(key, said.position)? {
            return Ok(true);
        }
        if let Some(waiting) = self.tx.clock(key)?.filter(|clock| *clock >= PENDING) {
            let deferred = Deferred {
                chat_id: said.chat,
                group_id: said.group,
                position: said.position,
                content: said.encoded.clone(),
            };
            self.tx.defer(waiting, &deferred)?;
        }
        Ok(false)
    }

    /// A change of this device has its place; `None`: it will never have one.
    pub fn own_change_settled(&mut self, entry: i64, position: Option<u64>) -> Result<()> {
        let waiting = PENDING + entry.unsigned_abs();
        self.tx.settle_clocks(waiting, position.unwrap_or(0))?;
        self.poll_act_settled(waiting, position)?;
        for deferred in self.tx.take_deferred(waiting)? {
            let identity = self.identity()?;
            let said = Said {
                chat: deferred.chat_id,
                group: deferred.group_id,
                sender: identity.user,
                device: identity.device,
                position: deferred.position,
                encoded: deferred.content.clone(),
            };
            if let Ok(content) = Content::decode(deferred.content.as_slice()) {
                self.said(content, &said)?;
            }
        }
        Ok(())
    }

    /// Tells a mark on a chat.
    pub fn mark(&mut self, chat: &ChatId, marks: ChatMarks) -> Result<()> {
        let name = self.tx.chat(chat)?.as_ref().and_then(chat_name);
        match name {
            Some(name) => {
                self.keep_in_step(vec![one(Change::Chat(ChatMarks { name: Some(name), ..marks }))])
            }
            None => Ok(()),
        }
    }

    /// Tells a mark on a person.
    pub fn mark_person(&mut self, user: &UserId, marks: PersonMarks) -> Result<()> {
        let marks = PersonMarks { user_id: user.to_vec(), ..marks };
        self.keep_in_step(vec![one(Change::Person(marks))])
    }

    /// Another device of this account did something.
    pub fn own_changes_came(&mut self, payload: &[u8], said: &Said) -> Result<()> {
        let own_chat = self.tx.chat(&said.chat)?.is_some_and(|c| c.kind == ChatKind::Self_ as i32);
        if said.sender != self.me()? || !own_chat {
            return Ok(());
        }
        let Ok(changes) = OwnChanges::decode(payload) else { return Ok(()) };
        for change in changes.changes {
            match change.change {
                Some(Change::Chat(marks)) => self.chat_marked(&marks, said)?,
                Some(Change::Person(marks)) => self.person_marked(&marks, said)?,
                Some(Change::Hidden(hidden)) => self.hidden_elsewhere(&hidden.message_id)?,
                Some(Change::Star(star)) => self.starred_elsewhere(&star, said)?,
                Some(Change::Switches(switches)) => self.switched(&switches, said)?,
                Some(Change::Profile(profile)) => self.profile_changed(profile)?,
                Some(Change::LogSeq(seq)) => {
                    let me = self.me()?;
                    self.log_hinted(&me, seq)?;
                }
                Some(Change::Backup(keys)) => self.backup_keys_came(&keys)?,
                None => {}
            }
        }
        Ok(())
    }

    fn chat_marked(&mut self, marks: &ChatMarks, said: &Said) -> Result<()> {
        let Some(id) = self.named_chat(marks.name.as_ref())? else { return Ok(()) };
        let Some(mut chat) = self.tx.chat(&id)? else { return Ok(()) };
        let mut newer = |what: &str| self.is_later(&chat_key(marks, what), said);
        if let Some(pinned) = marks.pinned
            && newer("pinned")?
        {
            chat.pinned = pinned;
        }
        if let Some(archived) = marks.archived
            && newer("archived")?
        {
            chat.archived = archived;
        }
        if let Some(unread) = marks.unread
            && newer("unread")?
        {
            chat.marked_unread = unread;
        }
        if let Some(until) = marks.muted_until
            && newer("muted")?
        {
            chat.muted_until = until.min(i64::MAX as u64);
        }
        if let Some(draft) = &marks.draft
            && draft.len() <= MAX_TEXT_BYTES
            && newer("draft")?
        {
            chat.draft.clone_from(draft);
        }
        if let Some(requested) = marks.requested
            && newer("requested")?
        {
            chat.requested = requested;
        }
        if let Some(read) = marks.read_position {
            // Reading goes forward only, whatever the order.
            chat.read_position = chat.read_position.max(read.min(PENDING));
            chat.read_told = chat.read_told.max(chat.read_position);
        }
        if marks.deleted == Some(true) && chat.requested {
            return self.drop_request(&chat);
        }
        self.tx.set_chat(&chat)?;
        self.touch_chat(id);
        Ok(())
    }

    fn person_marked(&mut self, marks: &PersonMarks, said: &Said) -> Result<()> {
        let Ok(user) = UserId::try_from(&marks.user_id) else { return Ok(()) };
        let mut person = self.tx.person(&user)?;
        for (what, value, field) in [
            ("accepted", marks.accepted, &mut person.accepted),
            ("blocked", marks.blocked, &mut person.blocked),
            ("verified", marks.verified, &mut person.verified),
        ] {
            if let Some(value) = value
                && self.is_later(&person_key(marks, what), said)?
            {
                *field = value;
            }
        }
        Ok(self.tx.set_person(&person)?)
    }

    fn hidden_elsewhere(&mut self, message: &[u8]) -> Result<()> {
        let Ok(id) = MessageId::try_from(message) else { return Ok(()) };
        let Some(mut row) = self.tx.message(&id)? else { return Ok(()) };
        self.hide(&mut row)?;
        self.touch_message(id, Touch::Updated);
        self.touch_chat(row.chat_id);
        Ok(())
    }

    fn starred_elsewhere(&mut self, star: &Star, said: &Said) -> Result<()> {
        let Ok(id) = MessageId::try_from(&star.message_id) else { return Ok(()) };
        let Some(mut row) = self.tx.message(&id)? else { return Ok(()) };
        if self.is_later(&star_key(star), said)? {
            row.starred = star.starred;
            self.tx.set_message(&row)?;
            self.touch_message(id, Touch::Updated);
        }
        Ok(())
    }

    fn switched(&mut self, switches: &Switches, said: &Said) -> Result<()> {
        let mut change = parlor_view::SettingsChange {
            read_receipts: None,
            delivered_receipts: None,
            typing: None,
        };
        for (what, value, field) in [
            ("read_receipts", switches.read_receipts, &mut change.read_receipts),
            ("delivered_receipts", switches.delivered_receipts, &mut change.delivered_receipts),
            ("typing", switches.typing, &mut change.typing),
        ] {
            if value.is_some() && self.is_later(what.as_bytes(), said)? {
                *field = value;
            }
        }
        self.set_switches(&change)
    }

    fn profile_changed(&mut self, profile: ProfileNow) -> Result<()> {
        let fits = profile.display_name.len() <= MAX_NAME_BYTES
            && profile.about.len() <= MAX_ABOUT_BYTES
            && profile.avatar.len() <= MAX_AVATAR_BYTES
            && !profile.display_name.is_empty();
        if profile.version <= self.tx.number("profile_version")? || !fits {
            return Ok(());
        }
        let mut person = self.tx.person(&self.me()?)?;
        person.display_name = Some(profile.display_name);
        person.about = Some(profile.about).filter(|about| !about.is_empty());
        person.avatar = Some(profile.avatar).filter(|avatar| !avatar.is_empty());
        person.profile_version = profile.version;
        self.tx.set_person(&person)?;
        // The device that changed it tells the chats.
        self.tx.set_number("profile_version", profile.version)?;
        Ok(())
    }
}

fn chat_key(marks: &ChatMarks, what: &str) -> Vec<u8> {
    let name = marks.name.as_ref().map(Message::encode_to_vec).unwrap_or_default();
    [b"chat ".as_slice(), what.as_bytes(), b" ", &name].concat()
}

fn person_key(marks: &PersonMarks, what: &str) -> Vec<u8> {
    [b"person ".as_slice(), what.as_bytes(), b" ", &marks.user_id].concat()
}

fn star_key(star: &Star) -> Vec<u8> {
    [b"star ".as_slice(), &star.message_id].concat()
}

/// The clocks that a change moves.
fn keys(change: &OwnChange) -> Vec<Vec<u8>> {
    match &change.change {
        Some(Change::Chat(marks)) => [
            ("pinned", marks.pinned.is_some()),
            ("archived", marks.archived.is_some()),
            ("unread", marks.unread.is_some()),
            ("muted", marks.muted_until.is_some()),
            ("draft", marks.draft.is_some()),
            ("requested", marks.requested.is_some()),
        ]
        .into_iter()
        .filter(|(_, set)| *set)
        .map(|(what, _)| chat_key(marks, what))
        .collect(),
        Some(Change::Person(marks)) => [
            ("accepted", marks.accepted.is_some()),
            ("blocked", marks.blocked.is_some()),
            ("verified", marks.verified.is_some()),
        ]
        .into_iter()
        .filter(|(_, set)| *set)
        .map(|(what, _)| person_key(marks, what))
        .collect(),
        Some(Change::Star(star)) => vec![star_key(star)],
        Some(Change::Switches(switches)) => [
            ("read_receipts", switches.read_receipts.is_some()),
            ("delivered_receipts", switches.delivered_receipts.is_some()),
            ("typing", switches.typing.is_some()),
        ]
        .into_iter()
        .filter(|(_, set)| *set)
        .map(|(what, _)| what.as_bytes().to_vec())
        .collect(),
        _ => Vec::new(),
    }
}
