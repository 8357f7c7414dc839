//! Files that the relay has no more: asking their sender's devices, and answering.
//!
//! Only devices of the person who sent a message answer for its files, and only they are believed. When a person
//! has several, the first in the order of their ids answers at once, the next some time later if nobody did.

use crate::Result;
use crate::content::Said;
use crate::step::{Step, Touch};
use parlor_store::files::{FileRow, Owed, Remote};
use parlor_store::messages::{Kind, MessageRow};
use parlor_store::outbox;
use parlor_wire::content::{FileAgain, FileWanted, content::Body};
use parlor_wire::{BlobId, MessageId};

/// How long one device waits for another to answer, milliseconds.
const TURN: u64 = 30_000;
/// How long to wait before a sender is asked again, milliseconds.
const ASK_AGAIN: u64 = 3600 * 1000;

impl Step<'_, '_> {
    /// Stores a file that is gone at the relay, and asks for it in the chat of a message that it goes with.
    pub(super) fn ask_sender(
        &mut self,
        mut row: FileRow,
        message: Option<&MessageRow>,
    ) -> Result<()> {
        let asks = row.asked_at == 0 || row.asked_at + ASK_AGAIN <= self.now;
        let wanted = message.map(|message| message.message_id);
        let mut asked = false;
        let mut uses = Vec::new();
        for (message, index) in self.tx.uses(&row.file_id)? {
            if wanted.is_none_or(|wanted| wanted == message) {
                uses.extend(self.tx.message(&message)?.map(|row| (row, index)));
            }
        }
        // Who was sent a file and passed it on without having it asks where it came from.
        uses.sort_by_key(|(message_row, _)| message_row.mine);
        for (message_row, index) in uses {
            if !asks || asked {
                continue;
            }
            let message = message_row.message_id;
            let chat = self.tx.chat(&message_row.chat_id)?;
            if chat.is_some_and(|chat| !chat.left && !chat.requested) {
                let body = FileWanted { target: message.to_vec(), index };
                self.enqueue(&message_row.chat_id, outbox::Kind::Other, Body::FileWanted(body))?;
                asked = true;
            }
        }
        if asked {
            row.asked_at = self.now;
        }
        Ok(self.tx.set_file(&row)?)
    }

    /// Somebody asks for a file of a message.
    pub fn file_wanted(&mut self, wanted: &FileWanted, said: &Said) -> Result<()> {
        let identity = self.identity()?;
        let Ok(target) = MessageId::try_from(&wanted.target) else { return Ok(()) };
        let own = said.sender == identity.user && said.device == identity.device;
        let row = self.tx.message(&target)?;
        let Some(row) = row.filter(|row| row.mine && row.chat_id == said.chat && !own) else {
            return Ok(());
        };
        let file = self.file_of(&row.message_id, wanted.index)?;
        if file.is_none_or(|file| !file.here) || self.tx.held_outbox(&target)?.is_some() {
            return Ok(());
        }
        let log = self.log(&identity.user)?;
        let mut devices: Vec<_> =
            log.iter().flat_map(|log| log.active()).map(|device| device.id).collect();
        devices.sort();
        let rank = devices.iter().position(|device| *device == identity.device).unwrap_or(0);
        let due_at = self.now + rank as u64 * TURN;
        self.tx.owe(&Owed { message_id: target, number: wanted.index, due_at })?;
        self.engine.media.unsettle();
        Ok(())
    }

    /// Gets files to the relay that were asked for.
    pub(super) fn pay_owed(&mut self) -> Result<()> {
        for owed in self.tx.owed()? {
            if owed.due_at > self.now {
                self.look_at(owed.due_at);
                continue;
            }
            match self.file_of(&owed.message_id, owed.number)?.filter(|file| file.here) {
                Some(file)
                    if matches!(file.remote, Remote::Ready | Remote::Expired | Remote::Failed) =>
                {
                    self.file_goes_out(file)?;
                }
                Some(_) => {}
                None => self.tx.forget_owed(&owed.message_id, owed.number)?,
            }
        }
        Ok(())
    }

    /// A file is at the relay: whoever asked for it is told where.
    pub(super) fn answer_owed(&mut self, row: &FileRow) -> Result<()> {
        let Some(blob) = row.blob_id else { return Ok(()) };
        let uses = self.tx.uses(&row.file_id)?;
        for owed in self.tx.owed()? {
            if owed.due_at > self.now || !uses.contains(&(owed.message_id, owed.number)) {
                continue;
            }
            self.tx.forget_owed(&owed.message_id, owed.number)?;
            let Some(mut message) = self.tx.message(&owed.message_id)? else { continue };
            self.set_blob(&mut message, owed.number, Some(&blob))?;
            self.tx.set_message(&message)?;
            let again = FileAgain {
                target: owed.message_id.to_vec(),
                index: owed.number,
                blob_id: blob.to_vec(),
            };
            self.enqueue(&message.chat_id, outbox::Kind::Other, Body::FileAgain(again))?;
        }
        Ok(())
    }

    /// The sender's device has brought a file to the relay again.
    pub fn file_again(
        &mut self,
        mut row: MessageRow,
        again: &FileAgain,
        said: &Said,
    ) -> Result<()> {
        let Ok(blob) = BlobId::try_from(&again.blob_id) else { return Ok(()) };
        if row.sender != said.sender || row.kind != Kind::Text {
            return Ok(());
        }
        let Some(file) = self.file_of(&row.message_id, again.index)? else { return Ok(()) };
        self.tx.forget_owed(&row.message_id, again.index)?;
        self.set_blob(&mut row, again.index, Some(&blob))?;
        self.tx.set_message(&row)?;
        if matches!(file.remote, Remote::Ready | Remote::Expired | Remote::Failed) {
            let asked_at = 0;
            let remote = Remote::Ready;
            self.tx.set_file(&FileRow { blob_id: Some(blob), remote, asked_at, ..file })?;
            self.engine.media.unsettle();
        }
        self.touch_message(row.message_id, Touch::Updated);
        Ok(())
    }
}
