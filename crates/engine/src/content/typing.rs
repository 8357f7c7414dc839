//! Who types: told to those who are connected, kept in memory only.

use crate::Result;
use crate::net::Purpose;
use crate::step::Step;
use parlor_store::chats::ChatId;
use parlor_store::groups::{GroupRow, Status};
use parlor_view::Event;
use parlor_wire::content::{Content, EphemeralBox, EphemeralContent, Typing, content::Body};
use parlor_wire::relay::{Post, client_frame::Request};
use parlor_wire::{Message, UserId, padding, statement};
use std::collections::BTreeMap;

/// A person who does not repeat that they type has stopped after this time, milliseconds.
const TYPING_LASTS: u64 = 6000;

/// Who types where, and until when that holds.
#[derive(Default)]
pub struct TypingNow(BTreeMap<(ChatId, UserId), u64>);

impl TypingNow {
    pub fn deadlines(&self) -> impl Iterator<Item = u64> {
        self.0.values().copied()
    }
}

impl Step<'_, '_> {
    pub fn typing_came(&mut self, row: &GroupRow, sender: &UserId, typing: bool) -> Result<()> {
        let quiet = self.tx.chat(&row.chat_id)?.is_none_or(|chat| chat.requested);
        if quiet || self.tx.person(sender)?.blocked || *sender == self.me()? {
            return Ok(());
        }
        if typing {
            let until = self.now + TYPING_LASTS;
            if self.engine.typing.0.insert((row.chat_id, *sender), until).is_none() {
                self.tell_typing(&row.chat_id, sender, true);
            }
        } else {
            self.typing_stopped(&row.chat_id, sender);
        }
        Ok(())
    }

    pub fn typing_stopped(&mut self, chat: &ChatId, sender: &UserId) {
        if self.engine.typing.0.remove(&(*chat, *sender)).is_some() {
            self.tell_typing(chat, sender, false);
        }
    }

    pub fn typing_times_out(&mut self) {
        let now = self.now;
        let over: Vec<_> = self
            .engine
            .typing
            .0
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(key, _)| *key)
            .collect();
        for (chat, user) in over {
            self.typing_stopped(&chat, &user);
        }
    }

    fn tell_typing(&mut self, chat: &ChatId, user: &UserId, typing: bool) {
        self.out.events.push(Event::Typing { chat_id: chat.text(), user_id: user.text(), typing });
    }

    /// Tells the others of a chat that this person types.
    pub fn send_typing(&mut self, chat: &ChatId, typing: bool) -> Result<()> {
        let Some(chat) = self.tx.chat(chat)?.filter(|chat| !chat.requested && !chat.left) else {
            return Ok(());
        };
        let row = match chat.group {
            Some(group) => self.tx.group(&group)?,
            None => None,
        };
        let Some(row) = row.filter(|row| row.status == Status::Active) else { return Ok(()) };
        if !self.engine.net.online() || !self.setting("no_typing")? {
            return Ok(());
        }
        let Some(group) = self.take_group(&row.group_id)? else { return Ok(()) };
        let (key, send_key) = (group.ephemeral_key()?, group.send_key()?);
        self.put_group(group);
        let content = Content {
            version: 1,
            message_id: self.random::<16>().to_vec(),
            sent_at: self.now,
            body: Some(Body::Typing(Typing { typing })),
            ..Content::default()
        }
        .encode_to_vec();
        let identity = self.identity()?;
        let signed = statement::ephemeral(&row.group_id, row.epoch, &content);
        let inner = EphemeralContent {
            device_id: identity.device.to_vec(),
            signature: identity.sign(&signed).to_vec(),
            content,
        };
        let frame = padding::pad(&inner.encode_to_vec());
        let mut nonce =
            parlor_crypto::aead::seal(&key, row.group_id.as_bytes(), &frame, &mut *self.rng);
        let ciphertext = nonce.split_off(24);
        let payload = EphemeralBox { nonce, ciphertext }.encode_to_vec();
        let statement = statement::post(&row.group_id, row.epoch, true, &payload);
        let post = Post {
            group_id: row.group_id.to_vec(),
            epoch: row.epoch,
            payload: payload.into(),
            ephemeral: true,
            signature: send_key.sign(&statement).to_vec(),
        };
        self.request(Request::Post(post), Purpose::Nothing);
        Ok(())
    }
}
