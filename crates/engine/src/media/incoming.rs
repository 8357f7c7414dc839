//! Files of messages that came, and files that come here.

use super::{FileOrder, FileProblem, Save, spec};
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_crypto::file::{MAX_CONTENT_BYTES, PREFIX_BYTES};
use parlor_store::files::{FileRow, Problem, Remote};
use parlor_store::messages::MessageRow;
use parlor_view::{Answer, Code, Failure};
use parlor_wire::content::{Attachment, Text};
use parlor_wire::limits::{
    MAX_ATTACHMENTS, MAX_CAPTION_BYTES, MAX_FILE_NAME_BYTES, MAX_LOUDNESS, MAX_MIME_BYTES,
    MAX_PREVIEW_BYTES, MAX_THUMBNAIL_BYTES, MAX_WAVEFORM,
};
use parlor_wire::{BlobId, FileId, Hash, MessageId};
use zeroize::Zeroizing;

/// After so many failures in a row a command is told that the relay cannot be reached.
const PATIENCE: u32 = 4;

/// Whether the attachments of a message are what they may be.
pub fn attachments_fit(text: &Text) -> bool {
    let fits = |one: &Attachment| {
        one.blob_id.len() == BlobId::LEN
            && one.key.len() == 32
            && one.nonce_prefix.len() == PREFIX_BYTES
            && one.size <= MAX_CONTENT_BYTES
            && one.hash.len() == Hash::LEN
            && one.name.len() <= MAX_FILE_NAME_BYTES
            && one.mime.len() <= MAX_MIME_BYTES
            && one.preview.len() <= MAX_PREVIEW_BYTES
            && one.waveform.len() <= MAX_WAVEFORM
            && one.waveform.iter().all(|bar| *bar <= MAX_LOUDNESS)
    };
    let thumbnails: usize = text.attachments.iter().map(|one| one.thumbnail.len()).sum();
    text.attachments.len() <= MAX_ATTACHMENTS
        && thumbnails <= MAX_THUMBNAIL_BYTES
        && (text.attachments.is_empty() || text.text.len() <= MAX_CAPTION_BYTES)
        && text.attachments.iter().all(fits)
}

impl Step<'_, '_> {
    /// Notes which files a message has. A file that is known is not noted twice.
    pub fn note_files(&mut self, message: &MessageId, text: &Text) -> Result<()> {
        for (number, one) in (0..).zip(&text.attachments) {
            let (Ok(blob), Ok(hash)) = (BlobId::try_from(&one.blob_id), Hash::try_from(&one.hash))
            else {
                continue;
            };
            let same = |row: &FileRow| {
                *row.key == one.key && row.nonce_prefix == one.nonce_prefix && row.size == one.size
            };
            let known = self.tx.files_by_hash(&hash)?.into_iter().find(same);
            let row = match known {
                // What its sender can reach now is better than what is gone.
                Some(row) if matches!(row.remote, Remote::Expired | Remote::Failed) => {
                    FileRow { blob_id: Some(blob), remote: Remote::Ready, ..row }
                }
                Some(row) => row,
                None => FileRow {
                    file_id: FileId(self.random()),
                    key: Zeroizing::new(one.key.clone()),
                    nonce_prefix: one.nonce_prefix.clone(),
                    size: one.size,
                    hash,
                    content_hash: None,
                    here: false,
                    wanted: false,
                    remote: Remote::Ready,
                    problem: Problem::None,
                    blob_id: Some(blob),
                    request_id: None,
                    token: Vec::new(),
                    asked_at: 0,
                },
            };
            self.tx.set_file(&row)?;
            self.tx.set_use(message, number, &row.file_id)?;
        }
        Ok(())
    }

    /// An attachment of a message.
    pub fn file_of(&self, message: &MessageId, index: u32) -> Result<Option<FileRow>> {
        let files = self.tx.files_of(message)?;
        Ok(files.into_iter().find(|(number, _)| *number == index).map(|(_, row)| row))
    }

    /// Saves a file: at once, or as soon as it is here. `None`: answered later.
    pub fn save_file(
        &mut self,
        ticket: Ticket,
        message: &MessageRow,
        row: FileRow,
        path: String,
    ) -> Result<Option<Failure>> {
        if row.here {
            self.out.files.push(FileOrder::Save { ticket, file: spec(&row)?, path });
            return Ok(None);
        }
        match row.remote {
            Remote::Failed => return Ok(Some(damaged())),
            Remote::Expired => {
                let row = FileRow { wanted: true, ..row };
                self.ask_sender(row, Some(message))?;
                return Ok(Some(expired()));
            }
            _ => {}
        }
        let file = row.file_id;
        if !row.wanted {
            self.tx.set_file(&FileRow { wanted: true, ..row })?;
            self.touch_uses(&file)?;
        }
        self.engine.media.retries.remove(&file);
        self.engine.media.unsettle();
        self.engine.media.saves.push(Save { ticket, file, path });
        Ok(None)
    }

    /// The connection is gone: whoever waits for a file is told. The download itself goes on with the next.
    pub fn saves_end(&mut self) {
        for save in std::mem::take(&mut self.engine.media.saves) {
            self.answer(save.ticket, Err(offline()));
        }
    }

    /// A file is not to come here any more: whoever waits for it is told. What came of it stays, for the next time.
    pub fn stop_file(&mut self, row: FileRow) -> Result<()> {
        let file = row.file_id;
        self.answer_saves(&file, &stopped());
        if row.here || !row.wanted {
            return Ok(());
        }
        self.tx.set_file(&FileRow { wanted: false, ..row })?;
        self.engine.media.retries.remove(&file);
        if self.engine.media.running.contains(&file) {
            self.out.files.push(FileOrder::Stop { file });
        }
        self.touch_uses(&file)
    }

    /// A file is whole here.
    pub(super) fn file_is_here(&mut self, row: FileRow) -> Result<()> {
        let row = FileRow { here: true, wanted: false, ..row };
        self.tx.set_file(&row)?;
        let file = spec(&row)?;
        for save in self.take_saves(&row.file_id) {
            let (ticket, path, file) = (save.ticket, save.path, file.clone());
            self.out.files.push(FileOrder::Save { ticket, file, path });
        }
        self.touch_uses(&row.file_id)
    }

    fn take_saves(&mut self, file: &FileId) -> Vec<Save> {
        let all = std::mem::take(&mut self.engine.media.saves);
        let (of_it, rest) = all.into_iter().partition(|save| save.file == *file);
        self.engine.media.saves = rest;
        of_it
    }

    fn answer_saves(&mut self, file: &FileId, failure: &Failure) {
        for save in self.take_saves(file) {
            self.answer(save.ticket, Err(failure.clone()));
        }
    }

    pub(super) fn download_failed(&mut self, row: FileRow, problem: FileProblem) -> Result<()> {
        let file = row.file_id;
        if row.here {
            return Ok(());
        }
        match problem {
            FileProblem::Gone => {
                self.answer_saves(&file, &expired());
                self.ask_sender(FileRow { remote: Remote::Expired, ..row }, None)?;
            }
            FileProblem::Unreachable | FileProblem::Full => {
                self.engine.media.failed(file, self.now);
                let tries = self.engine.media.retries.get(&file).map_or(0, |(times, _)| *times);
                if tries >= PATIENCE {
                    self.answer_saves(&file, &offline());
                }
            }
            FileProblem::Damaged => {
                let (remote, problem) = (Remote::Failed, Problem::Damaged);
                self.tx.set_file(&FileRow { remote, problem, wanted: false, ..row })?;
                self.answer_saves(&file, &damaged());
            }
            FileProblem::Local => {
                self.tx.set_file(&FileRow { wanted: false, ..row })?;
                let problem = "This device cannot store the file.";
                self.answer_saves(&file, &Failure::new(Code::Unavailable, problem));
            }
        }
        self.touch_uses(&file)
    }

    /// Reads a part of a file. `None`: answered by whoever reads it.
    pub fn read_file(
        &mut self,
        ticket: Ticket,
        row: &FileRow,
        (offset, length): (u64, u64),
        path: String,
    ) -> Result<Option<Result<Answer, Failure>>> {
        let blob = match (row.here, row.remote) {
            (true, _) => None,
            (false, Remote::Failed) => return Ok(Some(Err(damaged()))),
            (false, Remote::Expired) => return Ok(Some(Err(expired()))),
            (false, _) => row.blob_id,
        };
        let file = spec(row)?;
        self.out.files.push(FileOrder::Read { ticket, file, blob, offset, length, path });
        Ok(None)
    }
}

fn expired() -> Failure {
    let problem = "The server keeps this file no more. Its sender's devices are asked for it.";
    Failure::new(Code::Expired, problem)
}

/// The answer to a command whose download somebody stopped.
pub fn stopped() -> Failure {
    Failure::new(Code::Refused, "The download was stopped.")
}

fn damaged() -> Failure {
    Failure::new(Code::VerificationFailed, "What the server has is not the file that was sent.")
}

fn offline() -> Failure {
    Failure::new(Code::Offline, "The server cannot be reached.")
}
