//! The mutations of the store: each atomic and, once answered `Ok`, durable.
//!
//! A command may carry a request key; the same key again within 24 hours gets the same outcome and changes
//! nothing. A refusal is an outcome, not an error, and leaves nothing behind.

use bytes::Bytes;
use parlor_crypto::file::{Layout, MAX_CONTENT_BYTES};
use parlor_wire::relay::{Accepted, BundleKind, KeyPackageCount, KeyPackagesTaken};
use parlor_wire::{BlobId, DeviceId, GroupId, Hash, MailboxId, QueueId, UserId};
use thiserror::Error;

/// A mutation, with the key under which its answer is remembered.
#[derive(Debug, Clone)]
pub struct Command {
    /// Hash that names the request; `None` for what is idempotent by itself.
    pub request: Option<Hash>,
    /// What to do.
    pub operation: Operation,
}

impl From<Operation> for Command {
    fn from(operation: Operation) -> Self {
        Self { request: None, operation }
    }
}

/// A queue to open: its id and the caller's mailbox sealed for it.
#[derive(Debug, Clone)]
pub struct NewQueue {
    /// Its id.
    pub id: QueueId,
    /// See [`crate::ServerKey::seal`].
    pub sealed: Vec<u8>,
}

/// A key package to keep.
#[derive(Debug, Clone)]
pub struct NewKeyPackage {
    /// The package.
    pub bytes: Vec<u8>,
    /// Opened with it.
    pub queue: NewQueue,
}

/// A device as the log has it.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Its id.
    pub id: DeviceId,
    /// Its signature key.
    pub key: [u8; 32],
    /// Its mailbox, created empty.
    pub mailbox: MailboxId,
}

/// What a log entry changes.
#[derive(Debug, Clone)]
pub enum LogChange {
    /// A device more.
    Added(NewDevice),
    /// A device less, with its mailbox.
    Revoked(DeviceId, MailboxId),
    /// Nothing that the relay keeps apart.
    Other,
}

/// A commit bundle whose signature was checked.
#[derive(Debug, Clone)]
pub struct CommitEpoch {
    /// The group.
    pub group: GroupId,
    /// It has to be the current epoch.
    pub base_epoch: u64,
    /// Who made it.
    pub kind: BundleKind,
    /// The commit.
    pub commit: Bytes,
    /// BLAKE3 of it.
    pub commit_hash: Hash,
    /// Payloads for added queues.
    pub welcomes: Vec<(QueueId, Bytes)>,
    /// Encrypted for members.
    pub group_info: Bytes,
    /// Of the new epoch.
    pub send_key: [u8; 32],
    /// From now on.
    pub rejoin_key: [u8; 32],
    /// Of the new epoch.
    pub epoch_tag: [u8; 32],
    /// Queues that come.
    pub add: Vec<QueueId>,
    /// Queues that go.
    pub remove: Vec<QueueId>,
    /// The key that the signature was checked with.
    pub signer: [u8; 32],
}

/// How much of blobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobLimits {
    /// Bytes of the largest file before it is encrypted.
    pub max_content: u64,
    /// Days that a whole blob is kept after its upload or renewal.
    pub days: u32,
    /// Bytes that an account may upload or renew in a day; `None` is unlimited.
    pub daily: Option<u64>,
    /// Bytes of all blobs together; `None` is unlimited.
    pub total: Option<u64>,
}

impl Default for BlobLimits {
    /// Whole films, and some of them a day.
    fn default() -> Self {
        Self { max_content: MAX_CONTENT_BYTES, days: 60, daily: Some(32 << 30), total: None }
    }
}

impl BlobLimits {
    /// Bytes of the largest blob.
    pub fn largest(&self) -> u64 {
        Layout::new(self.max_content.min(MAX_CONTENT_BYTES)).map_or(0, |layout| layout.stored())
    }
}

/// A segment of a backup.
#[derive(Debug, Clone)]
pub struct AppendBackup {
    /// Whose backup.
    pub user: UserId,
    /// Its name.
    pub locator: [u8; 32],
    /// Who may read it.
    pub read_key: [u8; 32],
    /// Number of the segment.
    pub index: u32,
    /// The segment.
    pub segment: Bytes,
    /// Bytes that a backup may have, and a rewrite of it.
    pub limit: u64,
    /// The rewrite that it goes into; `None`: it goes behind the backup.
    pub rewrite: Option<[u8; 32]>,
    /// It completes the rewrite.
    pub complete: bool,
}

/// All mutations.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Founds an account. Again with the same genesis entry and name: done.
    CreateAccount {
        /// Its id.
        user: UserId,
        /// Encoded entry.
        genesis: Bytes,
        /// The first device.
        device: NewDevice,
        /// Wanted name, normalised.
        username: Option<String>,
        /// Hash of the invite to use up.
        invite: Option<Hash>,
    },
    /// Appends a checked entry at the head it was checked against. The same entry again: done.
    AppendLog {
        /// Whose log.
        user: UserId,
        /// Number of the entry.
        seq: u32,
        /// Encoded entry.
        entry: Bytes,
        /// What it changes.
        change: LogChange,
        /// Mailboxes of the devices that are active with it.
        devices: Vec<MailboxId>,
    },
    /// Notes the day on which a device was last seen, if it still may authenticate.
    Seen {
        /// Whose device.
        user: UserId,
        /// Which.
        device: DeviceId,
        /// Day since 1970.
        day: u32,
    },
    /// Keeps key packages and opens their queues.
    PutKeyPackages {
        /// Whose.
        user: UserId,
        /// Of which device.
        device: DeviceId,
        /// Handed out once each.
        packages: Vec<NewKeyPackage>,
        /// Replaces the former.
        last_resort: Option<NewKeyPackage>,
    },
    /// Takes one key package of every active device.
    TakeKeyPackages {
        /// Whose.
        user: UserId,
        /// Of these devices only, if any are named.
        devices: Vec<DeviceId>,
    },
    /// Opens queues; those that the mailbox has already are left as they are.
    OpenQueues {
        /// The caller's mailbox.
        mailbox: MailboxId,
        /// The queues.
        queues: Vec<NewQueue>,
        /// Authorises direct posts; without it they are queues of groups.
        post_key: Option<[u8; 32]>,
    },
    /// Makes a guest's mailbox, if there is none.
    OpenGuest {
        /// It.
        mailbox: MailboxId,
    },
    /// Appends a direct post whose signature was checked.
    AppendDirect {
        /// Where it goes.
        queue: QueueId,
        /// What goes there.
        payload: Bytes,
        /// The key that the signature was checked with.
        signer: [u8; 32],
    },
    /// Closes queues of a mailbox; unknown ones are left out.
    CloseQueues {
        /// The caller's mailbox.
        mailbox: MailboxId,
        /// The queues.
        queues: Vec<QueueId>,
    },
    /// Appends a checked post to the mailboxes of a group.
    AppendPost {
        /// The group.
        group: GroupId,
        /// It has to be the current epoch.
        epoch: u64,
        /// The message.
        payload: Bytes,
        /// Where it need not go: the sender's own device.
        except: Option<MailboxId>,
    },
    /// Moves a group to its next epoch.
    CommitEpoch(Box<CommitEpoch>),
    /// Counts a refusal of a commit, up to the newest of the group.
    NackCommit {
        /// The group.
        group: GroupId,
        /// The commit refused.
        commit_hash: Hash,
        /// A queue of the epoch before.
        queue: QueueId,
        /// Its mailbox.
        mailbox: MailboxId,
        /// The key that the signature was checked with.
        signer: [u8; 32],
    },
    /// Deletes everything up to a sequence number.
    Acknowledge {
        /// The mailbox.
        mailbox: MailboxId,
        /// The last one to go.
        up_to: u64,
    },
    /// Appends a segment to the account's backup or to a rewrite of it, or begins another one with it.
    AppendBackup(AppendBackup),
    /// Makes an invite known by its hash.
    CreateInvite {
        /// Hash of its text.
        invite: Hash,
        /// How many registrations.
        uses: u32,
        /// Unix milliseconds.
        expires: u64,
    },
    /// Deletes an account with all that hangs on it.
    DeleteAccount {
        /// Whose.
        user: UserId,
        /// Mailboxes of all its devices.
        mailboxes: Vec<MailboxId>,
    },
    /// Makes room for a blob. Again with the same size: done.
    GrantBlob {
        /// Its id, fresh.
        blob: BlobId,
        /// Bytes it will have.
        size: u64,
        /// Whose day it is charged to.
        user: UserId,
        /// How much is allowed.
        limits: BlobLimits,
    },
    /// All bytes of a blob are on disk.
    CompleteBlob {
        /// Which.
        blob: BlobId,
        /// How long it is kept.
        days: u32,
    },
    /// Keeps a whole blob longer.
    RenewBlob {
        /// Which.
        blob: BlobId,
        /// Whose day it is charged to.
        user: UserId,
        /// How much is allowed.
        limits: BlobLimits,
    },
    /// The files of blobs that were over are removed.
    ForgetBlobs {
        /// Which.
        blobs: Vec<BlobId>,
    },
    /// Drops what is over its time or belongs to nobody: at most about `limit` rows.
    Sweep {
        /// Rows.
        limit: usize,
    },
}

impl Operation {
    /// About how many bytes it carries, for sizing batches.
    pub fn weight(&self) -> usize {
        256 + match self {
            Self::AppendPost { payload, .. } | Self::AppendDirect { payload, .. } => payload.len(),
            Self::AppendBackup(append) => append.segment.len(),
            Self::CommitEpoch(commit) => {
                commit.commit.len()
                    + commit.group_info.len()
                    + commit.welcomes.iter().map(|(_, payload)| payload.len()).sum::<usize>()
            }
            Self::PutKeyPackages { packages, .. } => {
                packages.iter().map(|package| package.bytes.len() + 128).sum()
            }
            _ => 0,
        }
    }
}

/// Why a command changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The thing named does not exist.
    NotFound(&'static str),
    /// The thing named is in use.
    Conflict(&'static str),
    /// The caller does not own the thing named, or its key is not the one.
    Forbidden(&'static str),
    /// The value named is out of range.
    Malformed(&'static str),
    /// The group is at this epoch.
    WrongEpoch(u64),
    /// The log has this head.
    LogConflict(u32),
    /// The backup has this many segments.
    BackupConflict(u32),
    /// The username is taken.
    NameTaken,
    /// The invite is unknown, used up or over.
    InvalidInvite,
    /// There is no room for the thing named.
    Quota(&'static str),
    /// The server keeps no more blobs at the moment.
    Full,
    /// The commit was voided.
    Voided,
    /// The device is revoked.
    Revoked,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is so now.
    Done,
    /// A post or commit has its place.
    Accepted {
        /// As answered to the sender.
        accepted: Accepted,
        /// Mailboxes that have something new.
        wakes: Vec<MailboxId>,
        /// Mailboxes that were full.
        overflowed: u32,
    },
    /// A nack was counted; with `wakes` when it voided the commit.
    Nacked {
        /// Mailboxes that have something new.
        wakes: Vec<MailboxId>,
    },
    /// Key packages are kept.
    Kept(KeyPackageCount),
    /// Key packages are the caller's.
    Taken(KeyPackagesTaken),
    /// Devices can no longer authenticate.
    Revoked(Vec<MailboxId>),
    /// A device log has an entry more.
    LogGrew {
        /// Mailboxes of the account's devices.
        devices: Vec<MailboxId>,
        /// The one of a device that can no longer authenticate.
        revoked: Option<MailboxId>,
    },
    /// The sweep removed this many rows; `more` when it has not come to an end.
    Swept {
        /// Rows removed.
        rows: usize,
        /// Ask again soon.
        more: bool,
    },
    /// Nothing changed.
    Refused(Refusal),
}

impl Outcome {
    /// Mailboxes that have something new.
    pub fn wakes(&self) -> &[MailboxId] {
        match self {
            Self::Accepted { wakes, .. } | Self::Nacked { wakes } => wakes,
            _ => &[],
        }
    }

    /// Mailboxes whose devices must be disconnected.
    pub fn revoked(&self) -> &[MailboxId] {
        match self {
            Self::Revoked(mailboxes) => mailboxes,
            Self::LogGrew { revoked, .. } => revoked.as_slice(),
            _ => &[],
        }
    }

    /// Mailboxes of an account whose device log has grown.
    pub fn log_grew(&self) -> &[MailboxId] {
        match self {
            Self::LogGrew { devices, .. } => devices,
            _ => &[],
        }
    }
}

/// The store itself failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StoreError {
    /// It cannot write now (full, or shutting down): ask again later.
    #[error("the store cannot write now")]
    Unavailable,
    /// It cannot be read.
    #[error("the store cannot be read")]
    Unreadable,
    /// A row is not what this program writes: a bug or damage.
    #[error("a stored row is damaged")]
    Damaged,
}
