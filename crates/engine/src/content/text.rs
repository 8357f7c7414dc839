//! Texts, edits, deletes, reactions.

use super::Said;
use super::things::{settled, things_fit};
use crate::Result;
use crate::groups::rules;
use crate::media::attachments_fit;
use crate::step::{Step, Touch};
use parlor_store::messages::{Kind, MessageRow, State, Version};
use parlor_wire::content::{Content, Edit, RoleKind, Text, content::Body};
use parlor_wire::limits::{MAX_EMOJI_BYTES, MAX_ENTITIES, MAX_TEXT_BYTES};
use parlor_wire::{Message, MessageId};

/// What is stored beside a text: everything of it but the text and the reply.
pub fn text_body(text: &Text) -> Vec<u8> {
    Text { text: String::new(), reply_to: Vec::new(), ..text.clone() }.encode_to_vec()
}

impl Step<'_, '_> {
    pub(super) fn text_came(
        &mut self,
        message_id: MessageId,
        sent_at: u64,
        text: Text,
        said: &Said,
    ) -> Result<()> {
        let fits = text.text.len() <= MAX_TEXT_BYTES && text.entities.len() <= MAX_ENTITIES;
        if !fits || !attachments_fit(&text) || !things_fit(&text) {
            return Ok(());
        }
        let text = settled(text);
        if self.tx.message(&message_id)?.is_none() {
            self.note_files(&message_id, &text)?;
        }
        let mine = said.sender == self.me()?;
        let row = MessageRow {
            message_id,
            chat_id: said.chat,
            position: said.position,
            sender: said.sender,
            mine,
            kind: Kind::Text,
            sent_at,
            received_at: Some(self.now),
            body: text_body(&text),
            reply_to: MessageId::try_from(&text.reply_to).ok(),
            text: text.text,
            edited_at: None,
            // Another device of this account sent it, and the relay has it.
            state: if mine { State::Sent } else { State::Received },
            hidden: false,
            starred: false,
        };
        self.typing_stopped(&said.chat, &said.sender);
        self.add_message(row, &said.group)
    }

    pub(super) fn edited(&mut self, mut row: MessageRow, edit: Edit, said: &Said) -> Result<()> {
        if edit.close_poll {
            return self.poll_closed(&row, said);
        }
        let fits = edit.text.len() <= MAX_TEXT_BYTES && edit.entities.len() <= MAX_ENTITIES;
        if row.sender != said.sender
            || row.kind != Kind::Text
            || !fits
            || !self.counts("edit", &row.message_id, said)?
        {
            return Ok(());
        }
        let said_before = Text::decode(row.body.as_slice()).unwrap_or_default();
        if said_before.thing.is_some() {
            return Ok(());
        }
        let text =
            settled(Text { text: edit.text, entities: edit.entities, ..said_before.clone() });
        if row.text == text.text && row.body == text_body(&text) {
            // It came with the history already.
            return Ok(());
        }
        let at = row.edited_at.unwrap_or(row.sent_at);
        // Attachments stay what they are: no version keeps them, nor what was seen of a page.
        let body = text_body(&Text { attachments: Vec::new(), preview: None, ..said_before });
        let old = Version { text: row.text.clone(), body, at };
        self.tx.add_version(&row.message_id, &old)?;
        row.body = text_body(&text);
        row.text = text.text;
        row.edited_at = Some(said.position.min(self.now));
        self.tx.set_message(&row)?;
        self.touch_message(row.message_id, Touch::Updated);
        Ok(())
    }

    pub(super) fn deleted(&mut self, mut row: MessageRow, said: &Said) -> Result<()> {
        if row.sender != said.sender || !matches!(row.kind, Kind::Text | Kind::Unknown) {
            return Ok(());
        }
        row.kind = Kind::Deleted;
        row.text = String::new();
        row.body = Vec::new();
        row.edited_at = None;
        if self.forget_files(&row.message_id)? {
            row.state = State::Failed;
        }
        self.tx.set_message(&row)?;
        self.tx.forget_details(&row.message_id)?;
        self.touch_message(row.message_id, Touch::Updated);
        self.touch_chat(row.chat_id);
        Ok(())
    }

    pub(super) fn reacted(&mut self, row: MessageRow, emoji: &str, said: &Said) -> Result<()> {
        if emoji.len() > MAX_EMOJI_BYTES
            || row.kind == Kind::Deleted
            || !self.counts("react", &row.message_id, said)?
        {
            return Ok(());
        }
        self.tx.set_reaction(&row.message_id, &said.sender, emoji, said.position)?;
        self.touch_message(row.message_id, Touch::Updated);
        Ok(())
    }

    /// The content that an own message was sent with, as it stands now.
    pub fn content_of(&self, row: &MessageRow) -> Option<Content> {
        let body = match row.kind {
            Kind::Text => {
                let text = Text::decode(row.body.as_slice()).ok()?;
                let reply_to = row.reply_to.map(MessageId::to_vec).unwrap_or_default();
                Body::Text(Text { text: row.text.clone(), reply_to, ..text })
            }
            _ => return None,
        };
        Some(Content {
            version: 1,
            message_id: row.message_id.to_vec(),
            sent_at: row.sent_at,
            body: Some(body),
            ..Content::default()
        })
    }

    /// Whether this account may send to a chat now.
    pub fn may_send(&mut self, group: &parlor_wire::GroupId) -> Result<bool> {
        let Some(state) = self.take_group(group)? else { return Ok(true) };
        let shared = state.state()?;
        self.put_group(state);
        let role = rules::role(&shared, &self.me()?);
        let direct = shared.kind() != parlor_wire::content::ChatKind::Group;
        let policy = shared.policy.unwrap_or_default();
        Ok(direct || rules::allows(policy.send_messages(), role) || role == RoleKind::Owner)
    }
}
