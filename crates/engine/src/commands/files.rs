//! Attachments: sending and forwarding them, and having them as files.

use super::kinds::Meant;
use super::messages::{Answered, text_problem};
use super::refused;
use crate::media::{NewFile, attachment, stopped};
use crate::net::Waiting;
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_store::chats::Chat;
use parlor_store::files::{FileRow, Remote};
use parlor_store::messages::{Kind, MessageRow};
use parlor_view::{
    Answer, Code, Command, Failure, MessagesForward, ReadAttachment, SaveAttachment, StopAttachment,
};
use parlor_wire::content::{Attachment, Entity, Text};
use parlor_wire::limits::{MAX_ATTACHMENTS, MAX_CAPTION_BYTES, MAX_THUMBNAIL_BYTES};
use parlor_wire::{BlobId, FileId, Message, MessageId};

/// Messages forwarded by one command.
const MAX_FORWARDED: usize = 100;
/// Bytes that can be read at once.
const MAX_READ: u64 = 64 << 20;

impl Step<'_, '_> {
    /// A message with files that were prepared for it.
    pub(super) fn send_files(
        &mut self,
        chat: &Chat,
        text: Text,
        new: &[NewFile],
        meant: &Meant,
    ) -> Answered {
        if new.len() > MAX_ATTACHMENTS {
            return Ok(Err(Failure::new(Code::TooLarge, "A message has 10 attachments at most.")));
        }
        let mut files = Vec::new();
        let mut attachments = Vec::new();
        let mut room = MAX_THUMBNAIL_BYTES;
        for new in new {
            let row = self.take_file(new)?;
            let mut attachment = attachment(new, &row);
            meant.mark(&mut attachment);
            match room.checked_sub(attachment.thumbnail.len()) {
                Some(rest) => room = rest,
                None => attachment.thumbnail = Vec::new(),
            }
            attachments.push(attachment);
            files.push(row.file_id);
        }
        let message = self.send_text(&chat.chat_id, Text { attachments, ..text }, &files)?;
        Ok(Ok(Answer::Message { message_id: message.text() }))
    }

    pub(super) fn forward(&mut self, chat: Chat, wish: &MessagesForward) -> Answered {
        if wish.message_ids.is_empty() || wish.message_ids.len() > MAX_FORWARDED {
            return Ok(Err(refused("Between 1 and 100 messages can be forwarded at once.")));
        }
        let mut rows = Vec::new();
        for id in &wish.message_ids {
            let row = MessageId::parse(id).ok().map(|id| self.tx.message(&id)).transpose()?;
            match row.flatten().filter(|row| !row.hidden) {
                Some(row) if row.kind == Kind::Text => rows.push(row),
                Some(_) => return Ok(Err(refused("Only what people said can be forwarded."))),
                None => return Ok(Err(Failure::new(Code::NotFound, "There is no such message."))),
            }
        }
        let chat = match self.chat_to_send(chat)? {
            Ok(chat) => chat,
            Err(problem) => return Ok(Err(problem)),
        };
        for row in &rows {
            for (_, file) in self.tx.files_of(&row.message_id)? {
                if !file.here && matches!(file.remote, Remote::Expired | Remote::Failed) {
                    let problem = "A file of it is not here, and the server has it no more.";
                    return Ok(Err(Failure::new(Code::Expired, problem)));
                }
            }
        }
        let mut message_ids = Vec::new();
        for row in &rows {
            message_ids.push(self.forward_one(&chat, row)?.text());
        }
        Ok(Ok(Answer::Forwarded { message_ids }))
    }

    fn forward_one(&mut self, chat: &Chat, row: &MessageRow) -> Result<MessageId> {
        let mut text = Text::decode(row.body.as_slice())
            .map_err(|_| crate::EngineError::Damaged("a message"))?;
        text.text.clone_from(&row.text);
        text.forwarded = true;
        text.silent = false;
        let mut files: Vec<FileId> = Vec::new();
        for (number, file) in self.tx.files_of(&row.message_id)? {
            let file = self.file_goes_out(file)?;
            if let Some(one) = text.attachments.get_mut(number as usize) {
                one.blob_id = file.blob_id.map(BlobId::to_vec).unwrap_or_default();
            }
            files.push(file.file_id);
        }
        self.send_text(&chat.chat_id, text, &files)
    }

    pub(super) fn save_attachment(
        &mut self,
        ticket: Ticket,
        wish: SaveAttachment,
        command: &Command,
    ) -> Result<()> {
        let found = self.attachment_named(&wish.message_id, wish.index)?;
        let (message, file) = match found {
            Ok(found) => found,
            Err(problem) => {
                self.answer(ticket, Err(problem));
                return Ok(());
            }
        };
        if !file.here && self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        if let Some(problem) = self.save_file(ticket, &message, file, wish.path)? {
            self.answer(ticket, Err(problem));
        }
        Ok(())
    }

    /// Stops a download; an own message whose file has not left yet does not leave any more.
    pub(super) fn stop_attachment(&mut self, wish: &StopAttachment) -> Answered {
        let found = self.attachment_named(&wish.message_id, wish.index)?;
        let (message, file) = match found {
            Ok(found) => found,
            Err(problem) => return Ok(Err(problem)),
        };
        if file.here && self.tx.held_outbox(&message.message_id)?.is_some() {
            return self.delete(message, false);
        }
        let waits = |of: &Waiting| match of {
            Waiting::Online { command: Command::SaveAttachment(save), .. } => {
                save.message_id == wish.message_id && save.index == wish.index
            }
            _ => false,
        };
        for entry in self.engine.net.take_waiting(waits) {
            if let Waiting::Online { ticket, .. } = entry {
                self.answer(ticket, Err(stopped()));
            }
        }
        self.stop_file(file)?;
        Ok(Ok(Answer::Empty {}))
    }

    pub(super) fn read_attachment(
        &mut self,
        ticket: Ticket,
        wish: ReadAttachment,
        command: &Command,
    ) -> Result<()> {
        let file = match self.attachment_named(&wish.message_id, wish.index)? {
            Ok((_, file)) => file,
            Err(problem) => {
                self.answer(ticket, Err(problem));
                return Ok(());
            }
        };
        if wish.length > MAX_READ {
            self.fail(ticket, Code::TooLarge, "At most 64 MiB can be read at once.");
            return Ok(());
        }
        if !file.here && self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        let range = (wish.offset, wish.length);
        if let Some(answer) = self.read_file(ticket, &file, range, wish.path)? {
            self.answer(ticket, answer);
        }
        Ok(())
    }

    fn attachment_named(
        &self,
        message: &str,
        index: u32,
    ) -> Result<Result<(MessageRow, FileRow), Failure>> {
        let row = MessageId::parse(message).ok().map(|id| self.tx.message(&id)).transpose()?;
        let Some(row) = row.flatten().filter(|row| !row.hidden) else {
            return Ok(Err(Failure::new(Code::NotFound, "There is no such message.")));
        };
        Ok(match self.file_of(&row.message_id, index)? {
            Some(file) => Ok((row, file)),
            None => Err(Failure::new(Code::NotFound, "The message has no such attachment.")),
        })
    }

    /// The attachments that a message keeps when its text is edited.
    pub fn attachments_of(row: &MessageRow) -> Vec<Attachment> {
        Text::decode(row.body.as_slice()).map(|text| text.attachments).unwrap_or_default()
    }
}

/// What is wrong with a text that goes with files, if anything.
pub(super) fn caption_problem(text: &str, entities: &[Entity]) -> Option<Failure> {
    if text.is_empty() && entities.is_empty() {
        return None;
    }
    if text.len() > MAX_CAPTION_BYTES {
        return Some(Failure::new(
            Code::TooLarge,
            "That text is too long for a message with files.",
        ));
    }
    text_problem(text, entities)
}
