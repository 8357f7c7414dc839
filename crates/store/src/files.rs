//! Files: their keys, where they are, and which messages they go with.

use crate::{Result, Tx, id, maybe_id};
use parlor_wire::{BlobId, FileId, Hash, MessageId, RequestId};
use zeroize::Zeroizing;

/// How a file stands at the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Remote {
    /// It is there, as far as this device knows.
    Ready = 0,
    /// It is to be uploaded, and room for it is still to be asked for.
    Wanted = 1,
    /// There is room for it; it is being uploaded.
    Uploading = 2,
    /// It was there; it has to stay, or be uploaded again.
    Renewing = 3,
    /// It is there no more.
    Expired = 4,
    /// The relay does not take it, or what is there is not it.
    Failed = 5,
}

impl Remote {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Ready,
            1 => Self::Wanted,
            2 => Self::Uploading,
            3 => Self::Renewing,
            4 => Self::Expired,
            _ => Self::Failed,
        }
    }
}

/// Why a file has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Problem {
    /// It has not.
    None = 0,
    /// It is larger than the relay takes.
    TooLarge = 1,
    /// The account has uploaded as much as it may for now.
    Quota = 2,
    /// The relay refuses it for another reason.
    Refused = 3,
    /// What the relay has is not it.
    Damaged = 4,
    /// This device has lost it.
    Lost = 5,
}

impl Problem {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::None,
            1 => Self::TooLarge,
            2 => Self::Quota,
            4 => Self::Damaged,
            5 => Self::Lost,
            _ => Self::Refused,
        }
    }
}

/// One row.
#[derive(Clone)]
pub struct FileRow {
    /// Its id, and its name in the folder.
    pub file_id: FileId,
    /// Its key.
    pub key: Zeroizing<Vec<u8>>,
    /// What its nonces begin with.
    pub nonce_prefix: Vec<u8>,
    /// Bytes of the content.
    pub size: u64,
    /// Of the ciphertext.
    pub hash: Hash,
    /// Of the content, where this device encrypted it.
    pub content_hash: Option<Hash>,
    /// Whole, and checked.
    pub here: bool,
    /// To be downloaded.
    pub wanted: bool,
    /// How it stands at the relay.
    pub remote: Remote,
    /// Why it has failed, with [`Remote::Failed`].
    pub problem: Problem,
    /// What the relay calls it.
    pub blob_id: Option<BlobId>,
    /// Of the grant that was asked for last.
    pub request_id: Option<RequestId>,
    /// Authorises the upload.
    pub token: Vec<u8>,
    /// When its sender was asked for it last.
    pub asked_at: u64,
}

/// An attachment of a message that was asked for again.
#[derive(Debug, Clone, Copy)]
pub struct Owed {
    /// The message.
    pub message_id: MessageId,
    /// Which of its attachments.
    pub number: u32,
    /// Not to be answered before.
    pub due_at: u64,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<FileRow> {
    Ok(FileRow {
        file_id: id(row, "file_id")?,
        key: Zeroizing::new(row.get("key")?),
        nonce_prefix: row.get("nonce_prefix")?,
        size: row.get("size")?,
        hash: id(row, "hash")?,
        content_hash: maybe_id(row, "content_hash")?,
        here: row.get("here")?,
        wanted: row.get("wanted")?,
        remote: Remote::from_number(row.get("remote")?),
        problem: Problem::from_number(row.get("problem")?),
        blob_id: maybe_id(row, "blob_id")?,
        request_id: maybe_id(row, "request_id")?,
        token: row.get::<_, Option<Vec<u8>>>("token")?.unwrap_or_default(),
        asked_at: row.get("asked_at")?,
    })
}

impl Tx<'_> {
    /// A file.
    pub fn file(&self, file: &FileId) -> Result<Option<FileRow>> {
        self.one("SELECT * FROM files WHERE file_id = ?1", [file.as_bytes()], read)
    }

    /// Files with this ciphertext; whoever looks for one compares the key.
    pub fn files_by_hash(&self, hash: &Hash) -> Result<Vec<FileRow>> {
        self.all("SELECT * FROM files WHERE hash = ?1", [hash.as_bytes()], read)
    }

    /// A file that is here and has this content.
    pub fn file_by_content(&self, content: &Hash) -> Result<Option<FileRow>> {
        let sql = "SELECT * FROM files WHERE content_hash = ?1 AND here = 1 LIMIT 1";
        self.one(sql, [content.as_bytes()], read)
    }

    /// Files to be uploaded, renewed or downloaded.
    pub fn files_to_move(&self) -> Result<Vec<FileRow>> {
        let sql = "SELECT * FROM files WHERE wanted = 1 OR remote IN (1, 2, 3) ORDER BY file_id";
        self.all(sql, [], read)
    }

    /// Every file there is.
    pub fn file_ids(&self) -> Result<Vec<FileId>> {
        self.all("SELECT file_id FROM files", [], |row| id(row, "file_id"))
    }

    /// Stores all of a file.
    pub fn set_file(&self, file: &FileRow) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO files (file_id, key, nonce_prefix, size, hash, content_hash, here, wanted,
               remote, problem, blob_id, request_id, token, asked_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            (
                file.file_id.as_bytes(),
                file.key.as_slice(),
                &file.nonce_prefix,
                file.size,
                file.hash.as_bytes(),
                file.content_hash.as_ref().map(|hash| hash.as_bytes()),
                file.here,
                file.wanted,
                file.remote as u8,
                file.problem as u8,
                file.blob_id.as_ref().map(|id| id.as_bytes()),
                file.request_id.as_ref().map(|id| id.as_bytes()),
                &file.token,
                file.asked_at,
            ),
        )?;
        Ok(())
    }

    /// Forgets a file and its key.
    pub fn delete_file(&self, file: &FileId) -> Result<()> {
        self.execute("DELETE FROM files WHERE file_id = ?1", [file.as_bytes()])?;
        Ok(())
    }

    /// An attachment of a message is a file.
    pub fn set_use(&self, message: &MessageId, number: u32, file: &FileId) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO file_uses (message_id, number, file_id) VALUES (?1, ?2, ?3)",
            (message.as_bytes(), number, file.as_bytes()),
        )?;
        Ok(())
    }

    /// Where a file is attached.
    pub fn uses(&self, file: &FileId) -> Result<Vec<(MessageId, u32)>> {
        self.all(
            "SELECT message_id, number FROM file_uses WHERE file_id = ?1",
            [file.as_bytes()],
            |row| Ok((id(row, "message_id")?, row.get("number")?)),
        )
    }

    /// The files of a message, in the order of its attachments.
    pub fn files_of(&self, message: &MessageId) -> Result<Vec<(u32, FileRow)>> {
        self.all(
            "SELECT u.number, f.* FROM file_uses u JOIN files f USING (file_id)
             WHERE u.message_id = ?1 ORDER BY u.number",
            [message.as_bytes()],
            |row| Ok((row.get("number")?, read(row)?)),
        )
    }

    /// The message has no attachments any more.
    pub fn forget_uses(&self, message: &MessageId) -> Result<()> {
        self.execute("DELETE FROM file_uses WHERE message_id = ?1", [message.as_bytes()])?;
        self.execute("DELETE FROM files_owed WHERE message_id = ?1", [message.as_bytes()])?;
        Ok(())
    }

    /// Files that no message has any more.
    pub fn unused_files(&self) -> Result<Vec<FileId>> {
        self.all(
            "SELECT file_id FROM files WHERE file_id NOT IN (SELECT file_id FROM file_uses)",
            [],
            |row| id(row, "file_id"),
        )
    }

    /// Somebody asked for an attachment again. One that is owed already is owed as before.
    pub fn owe(&self, owed: &Owed) -> Result<()> {
        self.execute(
            "INSERT OR IGNORE INTO files_owed (message_id, number, due_at) VALUES (?1, ?2, ?3)",
            (owed.message_id.as_bytes(), owed.number, owed.due_at),
        )?;
        Ok(())
    }

    /// Attachments that were asked for again.
    pub fn owed(&self) -> Result<Vec<Owed>> {
        self.all("SELECT * FROM files_owed ORDER BY due_at, message_id, number", [], |row| {
            let (number, due_at) = (row.get("number")?, row.get("due_at")?);
            Ok(Owed { message_id: id(row, "message_id")?, number, due_at })
        })
    }

    /// It was answered.
    pub fn forget_owed(&self, message: &MessageId, number: u32) -> Result<()> {
        self.execute(
            "DELETE FROM files_owed WHERE message_id = ?1 AND number = ?2",
            (message.as_bytes(), number),
        )?;
        Ok(())
    }
}
