//! Files on their way to the relay, and the messages that wait for them.

use super::{FileProblem, NewFile, types};
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_store::files::{FileRow, Problem, Remote};
use parlor_store::messages::{MessageRow, State};
use parlor_wire::content::{Attachment, Content, Text, content::Body};
use parlor_wire::relay::{self, reply::Result as Outcome};
use parlor_wire::{BlobId, FileId, Message, MessageId};
use zeroize::Zeroizing;

impl Step<'_, '_> {
    /// Takes a new file in; one with the same content that is here already stands for it.
    pub fn take_file(&mut self, new: &NewFile) -> Result<FileRow> {
        if let Some(known) = self.tx.file_by_content(&new.content_hash)? {
            self.out.files.push(types::FileOrder::Remove { file: new.file.id });
            return self.file_goes_out(known);
        }
        let row = FileRow {
            file_id: new.file.id,
            key: Zeroizing::new(new.file.key.key.expose().to_vec()),
            nonce_prefix: new.file.key.prefix.to_vec(),
            size: new.file.layout.size(),
            hash: new.file.hash,
            content_hash: Some(new.content_hash),
            here: true,
            wanted: false,
            remote: Remote::Wanted,
            problem: Problem::None,
            blob_id: None,
            request_id: None,
            token: Vec::new(),
            asked_at: 0,
        };
        self.tx.set_file(&row)?;
        self.engine.media.unsettle();
        Ok(row)
    }

    /// A file goes with one more message: it has to be at the relay for a while yet.
    pub fn file_goes_out(&mut self, mut row: FileRow) -> Result<FileRow> {
        match row.remote {
            Remote::Ready if row.blob_id.is_some() => row.remote = Remote::Renewing,
            Remote::Ready | Remote::Expired | Remote::Failed => {
                row.remote = Remote::Wanted;
                row.request_id = None;
            }
            Remote::Wanted | Remote::Uploading | Remote::Renewing => {}
        }
        self.tx.set_file(&row)?;
        self.engine.media.unsettle();
        Ok(row)
    }

    /// The relay's word on room for a file.
    pub fn room_granted(
        &mut self,
        file: &FileId,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let row = self.tx.file(file)?.filter(|row| row.remote == Remote::Wanted);
        let Some(mut row) = row else { return Ok(()) };
        self.engine.media.unsettle();
        let failure = match result {
            Ok(Outcome::BlobGranted(granted)) => {
                row.blob_id = BlobId::try_from(&granted.blob_id).ok();
                row.token = granted.token;
                row.remote = if row.blob_id.is_some() { Remote::Uploading } else { Remote::Failed };
                self.tx.set_file(&row)?;
                return self.touch_uses(file);
            }
            Ok(_) => return Ok(()),
            Err(failure) => failure,
        };
        match failure.code() {
            relay::Code::RateLimited | relay::Code::Unavailable => {
                self.engine.media.patience_until = self.now + failure.retry_after.max(1_000);
                Ok(())
            }
            relay::Code::Conflict => {
                row.request_id = None;
                Ok(self.tx.set_file(&row)?)
            }
            relay::Code::TooLarge => self.file_is_refused(row, Problem::TooLarge),
            relay::Code::Quota => self.file_is_refused(row, Problem::Quota),
            _ => self.file_is_refused(row, Problem::Refused),
        }
    }

    /// The relay's word on keeping a file.
    pub fn renewed(
        &mut self,
        file: &FileId,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let row = self.tx.file(file)?.filter(|row| row.remote == Remote::Renewing);
        let Some(row) = row else { return Ok(()) };
        self.engine.media.unsettle();
        let Err(failure) = result else { return self.file_is_up(row) };
        match failure.code() {
            relay::Code::RateLimited | relay::Code::Unavailable => {
                self.engine.media.patience_until = self.now + failure.retry_after.max(1_000);
                Ok(())
            }
            // It is still there for a while.
            relay::Code::Quota => self.file_is_up(row),
            _ if row.here => self.room_anew(row),
            _ => {
                let row = FileRow { remote: Remote::Expired, ..row };
                self.tx.set_file(&row)?;
                self.messages_fail(&row.file_id)
            }
        }
    }

    fn room_anew(&mut self, row: FileRow) -> Result<()> {
        self.tx.set_file(&FileRow {
            remote: Remote::Wanted,
            blob_id: None,
            request_id: None,
            token: Vec::new(),
            ..row
        })?;
        Ok(())
    }

    pub(super) fn upload_failed(&mut self, row: FileRow, problem: FileProblem) -> Result<()> {
        match problem {
            FileProblem::Gone => self.room_anew(row),
            FileProblem::Unreachable | FileProblem::Full => {
                self.engine.media.failed(row.file_id, self.now);
                Ok(())
            }
            FileProblem::Damaged => self.file_is_refused(row, Problem::Damaged),
            FileProblem::Local => {
                self.file_is_refused(FileRow { here: false, ..row }, Problem::Lost)
            }
        }
    }

    pub(super) fn file_is_refused(&mut self, row: FileRow, problem: Problem) -> Result<()> {
        let (remote, token, request_id) = (Remote::Failed, Vec::new(), None);
        let row = FileRow { remote, problem, token, request_id, ..row };
        self.tx.set_file(&row)?;
        self.messages_fail(&row.file_id)
    }

    /// Messages that wait for a file never leave.
    fn messages_fail(&mut self, file: &FileId) -> Result<()> {
        for (message, number) in self.tx.uses(file)? {
            self.tx.forget_owed(&message, number)?;
            let Some(entry) = self.tx.held_outbox(&message)? else { continue };
            self.tx.delete_outbox(entry.id)?;
            self.own_change_settled(entry.id, None)?;
            if let Some(row) = self.tx.message(&message)? {
                self.tx.move_message(&message, row.position, State::Failed)?;
            }
        }
        self.touch_uses(file)
    }

    /// A file is whole at the relay: whoever waited for it goes on.
    pub(super) fn file_is_up(&mut self, row: FileRow) -> Result<()> {
        let row = FileRow { remote: Remote::Ready, token: Vec::new(), request_id: None, ..row };
        self.tx.set_file(&row)?;
        for (message, _) in self.tx.uses(&row.file_id)? {
            self.release(&message)?;
        }
        self.answer_owed(&row)?;
        self.touch_uses(&row.file_id)
    }

    /// Lets a message go if it waits for no file any more.
    fn release(&mut self, message: &MessageId) -> Result<()> {
        let Some(entry) = self.tx.held_outbox(message)? else { return Ok(()) };
        let Some(mut row) = self.tx.message(message)? else { return Ok(()) };
        let files = self.tx.files_of(message)?;
        if files.iter().any(|(_, file)| file.remote != Remote::Ready) {
            return Ok(());
        }
        let mut content = Content::decode(entry.content.as_slice())
            .map_err(|_| EngineError::Damaged("the outbox"))?;
        for (number, file) in &files {
            self.set_blob(&mut row, *number, file.blob_id.as_ref())?;
            if let Some(Body::Text(text)) = &mut content.body {
                place(text, *number, file.blob_id.as_ref());
            }
        }
        self.tx.set_message(&row)?;
        self.tx.release_outbox(entry.id, &content.encode_to_vec())?;
        self.pump.insert(row.chat_id);
        Ok(())
    }

    /// Writes into a message where one of its files is.
    pub(super) fn set_blob(
        &self,
        row: &mut MessageRow,
        number: u32,
        blob: Option<&BlobId>,
    ) -> Result<()> {
        let mut text =
            Text::decode(row.body.as_slice()).map_err(|_| EngineError::Damaged("a message"))?;
        place(&mut text, number, blob);
        row.body = text.encode_to_vec();
        Ok(())
    }
}

fn place(text: &mut Text, number: u32, blob: Option<&BlobId>) {
    if let Some(attachment) = text.attachments.get_mut(number as usize) {
        attachment.blob_id = blob.map(|blob| BlobId::to_vec(*blob)).unwrap_or_default();
    }
}

/// How a file is told of in a message.
pub fn attachment(new: &NewFile, row: &FileRow) -> Attachment {
    Attachment {
        blob_id: row.blob_id.map(BlobId::to_vec).unwrap_or_default(),
        key: row.key.to_vec(),
        nonce_prefix: row.nonce_prefix.clone(),
        size: row.size,
        hash: row.hash.to_vec(),
        name: new.name.clone(),
        mime: new.mime.clone(),
        width: new.width,
        height: new.height,
        duration_ms: new.duration,
        thumbnail: new.thumbnail.clone(),
        preview: new.preview.clone(),
        ..Attachment::default()
    }
}
