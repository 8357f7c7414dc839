//! Content of our own: into the database and the outbox in one step.

use super::text::text_body;
use crate::Result;
use crate::step::{Step, Touch};
use parlor_store::chats::ChatId;
use parlor_store::messages::{Kind, MessageRow, PENDING, State};
use parlor_store::outbox;
use parlor_wire::content::{Content, Profile, Text, content::Body};
use parlor_wire::device::ChatMarks;
use parlor_wire::{FileId, Message, MessageId};

impl Step<'_, '_> {
    /// Queues content that no message row shows; returns its place among what waits for the relay's order.
    pub fn enqueue(&mut self, chat: &ChatId, kind: outbox::Kind, body: Body) -> Result<u64> {
        let message_id = MessageId(self.random());
        let content = Content {
            version: 1,
            message_id: message_id.to_vec(),
            sent_at: self.now,
            body: Some(body),
            ..Content::default()
        };
        let number = self.tx.enqueue(chat, &message_id, kind, &content.encode_to_vec())?;
        self.pump.insert(*chat);
        Ok(PENDING + number.unsigned_abs())
    }

    /// A new text by this account. With files it leaves when they are all at the relay; what is said after it
    /// does not wait for that.
    pub fn send_text(&mut self, chat: &ChatId, text: Text, files: &[FileId]) -> Result<MessageId> {
        let body = text_body(&text);
        let reply_to = MessageId::try_from(&text.reply_to).ok();
        let shown = text.text.clone();
        let message_id = MessageId(self.random());
        let content = Content {
            version: 1,
            message_id: message_id.to_vec(),
            sent_at: self.now,
            body: Some(Body::Text(text)),
            ..Content::default()
        };
        let number =
            self.tx.enqueue(chat, &message_id, outbox::Kind::Message, &content.encode_to_vec())?;
        if !files.is_empty() {
            self.tx.hold_outbox(number)?;
        }
        for (at, file) in (0..).zip(files) {
            self.tx.set_use(&message_id, at, file)?;
        }
        self.tx.set_message(&MessageRow {
            message_id,
            chat_id: *chat,
            position: PENDING + number as u64,
            sender: self.me()?,
            mine: true,
            kind: Kind::Text,
            sent_at: self.now,
            received_at: None,
            text: shown,
            body,
            reply_to,
            edited_at: None,
            state: State::Queued,
            hidden: false,
            starred: false,
        })?;
        if let Some(mut row) = self.tx.chat(chat)? {
            row.activity_at = self.now;
            let had_draft = !std::mem::take(&mut row.draft).is_empty();
            self.tx.set_chat(&row)?;
            if had_draft {
                let marks = ChatMarks { draft: Some(String::new()), ..ChatMarks::default() };
                self.mark(chat, marks)?;
            }
        }
        self.touch_message(message_id, Touch::Updated);
        self.touch_chat(*chat);
        self.pump.insert(*chat);
        Ok(message_id)
    }

    /// The own profile, to go with the next post of a group that does not have this version.
    pub fn own_profile(&self) -> Result<Profile> {
        let person = self.tx.person(&self.me()?)?;
        Ok(Profile {
            display_name: person.display_name.unwrap_or_default(),
            about: person.about.unwrap_or_default(),
            avatar: person.avatar.unwrap_or_default(),
            version: self.tx.number("profile_version")?,
        })
    }
}
