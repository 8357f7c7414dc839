//! Receipts: how far everybody has come, and telling others how far we have.

use super::Said;
use crate::Result;
use crate::step::{Step, Touch};
use parlor_store::chats::ChatId;
use parlor_store::messages::State;
use parlor_store::outbox;
use parlor_wire::MessageId;
use parlor_wire::content::{ChatKind, Receipt, ReceiptKind, content::Body};
use parlor_wire::device::ChatMarks;

impl Step<'_, '_> {
    pub(super) fn receipt_came(&mut self, receipt: &Receipt, said: &Said) -> Result<()> {
        let Ok(up_to) = MessageId::try_from(&receipt.up_to) else { return Ok(()) };
        let Some(row) = self.tx.message(&up_to)?.filter(|row| row.chat_id == said.chat) else {
            return Ok(());
        };
        let Some(mut member) = self.tx.member(&said.group, &said.sender)? else { return Ok(()) };
        let position = row.position.min(said.position);
        if said.sender == self.me()? {
            return self.received_elsewhere(&said.chat, receipt.kind(), position);
        }
        if receipt.kind() == ReceiptKind::Read {
            member.read = member.read.max(position);
        }
        member.delivered = member.delivered.max(position);
        self.tx.set_member(&said.group, &member)?;
        self.states_move(&said.chat)
    }

    /// Another device of this account told how far it has come: nobody has to be told twice.
    fn received_elsewhere(
        &mut self,
        chat_id: &ChatId,
        kind: ReceiptKind,
        position: u64,
    ) -> Result<()> {
        let Some(mut chat) = self.tx.chat(chat_id)? else { return Ok(()) };
        chat.delivered_told = chat.delivered_told.max(position);
        if kind == ReceiptKind::Read {
            chat.read_told = chat.read_told.max(position);
            chat.read_position = chat.read_position.max(position);
        }
        self.tx.set_chat(&chat)?;
        self.touch_chat(*chat_id);
        Ok(())
    }

    /// Own messages that everybody has now move forward.
    pub fn states_move(&mut self, chat: &ChatId) -> Result<()> {
        let Some(group) = self.tx.chat(chat)?.and_then(|chat| chat.group) else { return Ok(()) };
        let me = self.me()?;
        let others: Vec<_> =
            self.tx.members(&group)?.into_iter().filter(|member| member.user_id != me).collect();
        let delivered = others.iter().map(|member| member.delivered).min();
        let read = others.iter().map(|member| member.read).min();
        for (up_to, state) in [(read, State::Read), (delivered, State::Delivered)] {
            let Some(up_to) = up_to.filter(|up_to| *up_to > 0) else { continue };
            for message in self.tx.move_behind(chat, up_to, state)? {
                self.touch_message(message, Touch::Updated);
            }
        }
        Ok(())
    }

    /// Queues a delivered receipt for what has come, unless the chat is a request or receipts are off.
    pub fn owe_delivered(&mut self, chat_id: &ChatId) -> Result<()> {
        let Some(mut chat) = self.tx.chat(chat_id)? else { return Ok(()) };
        let quiet = chat.requested || chat.left || chat.kind == ChatKind::Self_ as i32;
        if quiet || !self.setting("no_delivered_receipts")? {
            return Ok(());
        }
        let newest = self.tx.newest_of_others(chat_id, parlor_store::messages::PENDING)?;
        let Some((position, up_to)) =
            newest.filter(|(position, _)| *position > chat.delivered_told)
        else {
            return Ok(());
        };
        chat.delivered_told = position;
        self.tx.set_chat(&chat)?;
        let receipt = Receipt { up_to: up_to.to_vec(), kind: ReceiptKind::Delivered as i32 };
        self.enqueue(chat_id, outbox::Kind::Delivered, Body::Receipt(receipt))?;
        Ok(())
    }

    /// Everything up to a position was read here.
    pub fn mark_read(&mut self, chat_id: &ChatId, up_to: u64) -> Result<()> {
        let Some(mut chat) = self.tx.chat(chat_id)? else { return Ok(()) };
        if up_to > chat.read_position || chat.marked_unread {
            let unread = std::mem::take(&mut chat.marked_unread).then_some(false);
            let marks = ChatMarks { read_position: Some(up_to), unread, ..ChatMarks::default() };
            self.mark(chat_id, marks)?;
        }
        chat.read_position = chat.read_position.max(up_to);
        let newest = self.tx.newest_of_others(chat_id, chat.read_position)?;
        let tell = newest.filter(|(position, _)| *position > chat.read_told);
        if let Some((position, message)) = tell
            && !chat.requested
            && !chat.left
            && self.setting("no_read_receipts")?
        {
            chat.read_told = position;
            let receipt = Receipt { up_to: message.to_vec(), kind: ReceiptKind::Read as i32 };
            self.enqueue(chat_id, outbox::Kind::Read, Body::Receipt(receipt))?;
        }
        self.tx.set_chat(&chat)?;
        self.touch_chat(*chat_id);
        Ok(())
    }
}
