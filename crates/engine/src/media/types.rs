//! What the engine and whoever moves its files say to each other.

use crate::Ticket;
use parlor_crypto::Secret;
use parlor_crypto::file::{FileKey, Layout};
use parlor_store::files::FileRow;
use parlor_view::Command;
use parlor_wire::{BlobId, FileId, Hash};
use std::fmt;

/// A file: what its ciphertext is called here, and how to open it.
#[derive(Clone)]
pub struct FileSpec {
    /// Its name in the profile's folder of files.
    pub id: FileId,
    /// Opens it.
    pub key: FileKey,
    /// Where its chunks are.
    pub layout: Layout,
    /// BLAKE3 of the ciphertext.
    pub hash: Hash,
}

impl FileSpec {
    /// Bytes of the ciphertext.
    pub fn stored(&self) -> u64 {
        self.layout.stored()
    }

    pub(super) fn of(row: &FileRow) -> Option<Self> {
        Some(Self {
            id: row.file_id,
            key: FileKey {
                key: Secret::try_from(row.key.as_slice()).ok()?,
                prefix: row.nonce_prefix.as_slice().try_into().ok()?,
            },
            layout: Layout::new(row.size)?,
            hash: row.hash,
        })
    }
}

impl fmt::Debug for FileSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileSpec").field(&self.id).finish()
    }
}

/// A file of the person's that was encrypted into the folder, with what can be told of it.
#[derive(Clone)]
pub struct NewFile {
    /// Its ciphertext.
    pub file: FileSpec,
    /// BLAKE3 of the content.
    pub content_hash: Hash,
    /// Its name, without a path.
    pub name: String,
    /// What it is, found by looking into it.
    pub mime: String,
    /// As it is shown; 0 when unknown.
    pub width: u32,
    /// As it is shown; 0 when unknown.
    pub height: u32,
    /// Milliseconds; 0 when unknown.
    pub duration: u32,
    /// A small JPEG; empty without.
    pub thumbnail: Vec<u8>,
    /// BlurHash of the picture; empty without.
    pub preview: String,
}

impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NewFile").field(&self.file.id).finish()
    }
}

/// What a command brings besides its parameters.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    /// The attachments, in their order.
    pub files: Vec<NewFile>,
    /// A picture for the profile, as JPEG; an empty one takes it away.
    pub avatar: Option<Vec<u8>>,
    /// A picture of a page, as a small JPEG.
    pub page: Option<Vec<u8>>,
}

impl Prepared {
    /// Whether a command has to be prepared before the engine gets it.
    pub fn is_needed(command: &Command) -> bool {
        match command {
            Command::Send(wish) => {
                let page = wish.preview.as_ref().and_then(|page| page.thumbnail_path.as_ref());
                page.is_some() || wish.attachments.as_ref().is_some_and(|paths| !paths.is_empty())
            }
            Command::AccountUpdate(wish) => wish.avatar_path.is_some(),
            _ => false,
        }
    }
}

/// What has to be done with a file. The same order again, while it is carried out, changes nothing.
#[derive(Debug, Clone)]
pub enum FileOrder {
    /// Bring the ciphertext to the relay, from where it stopped.
    Upload {
        /// The file, which is here.
        file: FileSpec,
        /// Where to.
        blob: BlobId,
        /// Authorises it.
        token: Vec<u8>,
    },
    /// Get the ciphertext from the relay, from where it stopped, and compare its hash.
    Download {
        /// The file.
        file: FileSpec,
        /// Where from.
        blob: BlobId,
    },
    /// Stop its download. What came of it stays in the folder, and how the download ended is told as always.
    Stop {
        /// The file.
        file: FileId,
    },
    /// Stop whatever moves it, and remove it from the folder.
    Remove {
        /// The file.
        file: FileId,
    },
    /// Write the content of a file that is here to a path where nothing is, and answer the command.
    Save {
        /// The command.
        ticket: Ticket,
        /// The file.
        file: FileSpec,
        /// Where to.
        path: String,
    },
    /// Write a part of the content to a path where nothing is, and answer the command.
    Read {
        /// The command.
        ticket: Ticket,
        /// The file.
        file: FileSpec,
        /// Where to get it from when it is not here.
        blob: Option<BlobId>,
        /// The first byte.
        offset: u64,
        /// How many bytes; fewer at the end of the content.
        length: u64,
        /// Where to.
        path: String,
    },
}

/// What happened to a file that was ordered to move.
#[derive(Debug, Clone)]
pub struct FileNews {
    /// The file.
    pub file: FileId,
    /// What.
    pub what: Happened,
}

/// See [`FileNews`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// So many bytes of the content are where they should be.
    Progress {
        /// Bytes.
        done: u64,
        /// Of so many.
        total: u64,
        /// To the relay.
        up: bool,
    },
    /// It is whole at the relay.
    Uploaded,
    /// It is whole here, and has the right hash.
    Downloaded,
    /// It was here, and is not there any more.
    Lost,
    /// It does not move any more, as was ordered.
    Stopped,
    /// It does not move any more.
    Failed(FileProblem),
}

/// Why a file does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileProblem {
    /// The relay knows no such blob.
    Gone,
    /// The relay cannot be reached, or the connection broke.
    Unreachable,
    /// The relay has no room at the moment.
    Full,
    /// What is at the relay is not this file.
    Damaged,
    /// This device cannot read or write it.
    Local,
}
