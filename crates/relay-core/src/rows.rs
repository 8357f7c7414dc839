//! What is stored, as protobuf messages of our own, so that old rows stay readable when fields are added.
//!
//! Invariants: no row names a sender, the members of a group or a title; a queue names its mailbox only sealed.

use crate::command::StoreError;
use crate::table::{Backend, Table};
use bytes::Bytes;
use prost::Message;

/// An account.
#[derive(Clone, PartialEq, Message)]
pub struct Account {
    /// Its unique name.
    #[prost(string, optional, tag = "1")]
    pub username: Option<String>,
    /// Day of registration, since 1970.
    #[prost(uint32, tag = "2")]
    pub created_day: u32,
    /// Number of the newest log entry.
    #[prost(uint32, tag = "3")]
    pub head_seq: u32,
    /// Locator of its backup; empty when there is none.
    #[prost(bytes = "vec", tag = "40")]
    pub backup: Vec<u8>,
    /// The unfinished rewrite of it.
    #[prost(message, optional, tag = "41")]
    pub rewrite: Option<Rewrite>,
}

/// An unfinished rewrite of a backup.
#[derive(Clone, PartialEq, Message)]
pub struct Rewrite {
    /// As its device named it.
    #[prost(bytes = "vec", tag = "1")]
    pub name: Vec<u8>,
    /// Segments.
    #[prost(uint32, tag = "2")]
    pub count: u32,
    /// Bytes of all segments.
    #[prost(uint64, tag = "3")]
    pub bytes: u64,
    /// BLAKE3 of the newest segment.
    #[prost(bytes = "vec", tag = "4")]
    pub last_hash: Vec<u8>,
}

/// A backup.
#[derive(Clone, PartialEq, Message)]
pub struct Backup {
    /// Whose.
    #[prost(bytes = "vec", tag = "1")]
    pub user: Vec<u8>,
    /// Authorises reading it.
    #[prost(bytes = "vec", tag = "2")]
    pub read_key: Vec<u8>,
    /// Segments.
    #[prost(uint32, tag = "3")]
    pub count: u32,
    /// Bytes of all segments.
    #[prost(uint64, tag = "4")]
    pub bytes: u64,
    /// When the newest segment came, Unix milliseconds.
    #[prost(uint64, tag = "5")]
    pub updated: u64,
    /// BLAKE3 of the newest segment.
    #[prost(bytes = "vec", tag = "6")]
    pub last_hash: Vec<u8>,
    /// Name of the rewrite that it came of and under which its segments lie; empty: they lie under the locator.
    #[prost(bytes = "vec", tag = "7")]
    pub rewrite: Vec<u8>,
}

/// A device. Its mailbox is not stored: it is derived with the server key.
#[derive(Clone, PartialEq, Message)]
pub struct Device {
    /// Its signature key.
    #[prost(bytes = "vec", tag = "1")]
    pub key: Vec<u8>,
    /// Day it was last authenticated, since 1970.
    #[prost(uint32, tag = "2")]
    pub last_seen_day: u32,
    /// Revoked in the log.
    #[prost(bool, tag = "3")]
    pub revoked: bool,
    /// One-time key packages left.
    #[prost(uint32, tag = "4")]
    pub one_time: u32,
    /// Number of the next one-time key package.
    #[prost(uint64, tag = "5")]
    pub next_key_package: u64,
    /// Whether there is a last-resort key package.
    #[prost(bool, tag = "6")]
    pub last_resort: bool,
}

/// A key package and the queue that comes with it.
#[derive(Clone, PartialEq, Message)]
pub struct KeyPackage {
    /// The package.
    #[prost(bytes = "vec", tag = "1")]
    pub key_package: Vec<u8>,
    /// Its queue.
    #[prost(bytes = "vec", tag = "2")]
    pub queue_id: Vec<u8>,
}

/// A queue.
#[derive(Clone, PartialEq, Message)]
pub struct Queue {
    /// The mailbox, sealed under the server key; empty when the queue was closed while in a group.
    #[prost(bytes = "vec", tag = "1")]
    pub sealed_mailbox: Vec<u8>,
    /// The group it is in; empty when in none, or when shared.
    #[prost(bytes = "vec", tag = "2")]
    pub group: Vec<u8>,
    /// Came with a last-resort key package, which several groups may use.
    #[prost(bool, tag = "3")]
    pub shared: bool,
    /// Authorises direct posts; such a queue is never in a group.
    #[prost(bytes = "vec", tag = "4")]
    pub post_key: Vec<u8>,
}

/// An epoch of a group.
#[derive(Clone, PartialEq, Message)]
pub struct Epoch {
    /// Its number.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Authorises posts and commits.
    #[prost(bytes = "vec", tag = "2")]
    pub send_key: Vec<u8>,
    /// Authorises group info and external commits.
    #[prost(bytes = "vec", tag = "3")]
    pub rejoin_key: Vec<u8>,
    /// Compared by members to find forks.
    #[prost(bytes = "vec", tag = "4")]
    pub epoch_tag: Vec<u8>,
    /// Queues of its members' devices.
    #[prost(bytes = "vec", repeated, tag = "5")]
    pub queues: Vec<Vec<u8>>,
    /// BLAKE3 of the commit that made it.
    #[prost(bytes = "vec", tag = "6")]
    pub commit_hash: Vec<u8>,
}

/// A past epoch, with what it takes to go back to it from the next.
#[derive(Clone, PartialEq, Message)]
pub struct Past {
    /// The epoch as it was, without its queues: they follow from those of the next.
    #[prost(message, optional, tag = "1")]
    pub epoch: Option<Epoch>,
    /// BLAKE3 of the commit that ended it.
    #[prost(bytes = "vec", tag = "2")]
    pub ended_by: Vec<u8>,
    /// Queues that this commit added.
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub added: Vec<Vec<u8>>,
    /// Queues that this commit removed.
    #[prost(bytes = "vec", repeated, tag = "4")]
    pub removed: Vec<Vec<u8>>,
    /// Queues that refused this commit.
    #[prost(bytes = "vec", repeated, tag = "5")]
    pub nacked: Vec<Vec<u8>>,
    /// When it ended, Unix milliseconds by the relay's clock.
    #[prost(uint64, tag = "6")]
    pub ended: u64,
}

/// Newest place of a group.
#[derive(Clone, PartialEq, Message)]
pub struct GroupHead {
    /// Posts and commits so far.
    #[prost(uint64, tag = "1")]
    pub seq: u64,
    /// Time of the newest, Unix milliseconds.
    #[prost(uint64, tag = "2")]
    pub time: u64,
}

/// A remembered answer.
#[derive(Clone, PartialEq, Message)]
pub struct Answer {
    /// When it was given, Unix milliseconds.
    #[prost(uint64, tag = "1")]
    pub time: u64,
    /// For posts and bundles.
    #[prost(message, optional, tag = "2")]
    pub accepted: Option<parlor_wire::relay::Accepted>,
    /// For taken key packages, sealed: they would tell whose queues are in a group.
    #[prost(bytes = "vec", tag = "3")]
    pub sealed_taken: Vec<u8>,
    /// For uploaded key packages.
    #[prost(message, optional, tag = "4")]
    pub count: Option<parlor_wire::relay::KeyPackageCount>,
}

/// An invite.
#[derive(Clone, PartialEq, Message)]
pub struct Invite {
    /// Registrations it is still good for.
    #[prost(uint32, tag = "1")]
    pub uses: u32,
    /// Unix milliseconds.
    #[prost(uint64, tag = "2")]
    pub expires: u64,
}

/// Counters of a mailbox.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct Mailbox {
    /// Newest sequence number acknowledged.
    #[prost(uint64, tag = "1")]
    pub acked: u64,
    /// Newest sequence number appended.
    #[prost(uint64, tag = "2")]
    pub tail: u64,
    /// Items stored.
    #[prost(uint64, tag = "3")]
    pub items: u64,
    /// Bytes of their payloads.
    #[prost(uint64, tag = "4")]
    pub bytes: u64,
    /// Some item was not stored because the mailbox was full.
    #[prost(bool, tag = "5")]
    pub overflowed: bool,
    /// Hour of its row in the expiry index; 0 when it has none.
    #[prost(uint32, tag = "6")]
    pub expiry_hour: u32,
    /// Last day of the guest whose it is; 0 when it is a device's.
    #[prost(uint32, tag = "7")]
    pub guest_day: u32,
}

/// A guest.
#[derive(Clone, PartialEq, Message)]
pub struct Guest {
    /// Its queues, which go when it goes.
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub queues: Vec<Vec<u8>>,
}

/// An item of a mailbox.
#[derive(Clone, PartialEq, Message)]
pub struct Item {
    /// The queue it came through.
    #[prost(bytes = "vec", tag = "1")]
    pub queue_id: Vec<u8>,
    /// As on the wire.
    #[prost(int32, tag = "2")]
    pub kind: i32,
    /// Place in the group.
    #[prost(uint64, tag = "3")]
    pub group_seq: u64,
    /// As on the wire.
    #[prost(uint64, tag = "4")]
    pub epoch: u64,
    /// As on the wire.
    #[prost(uint64, tag = "5")]
    pub time: u64,
    /// The payload, when no other item shares it.
    #[prost(bytes = "bytes", tag = "6")]
    pub payload: Bytes,
    /// Where the payload is, when shared.
    #[prost(bytes = "vec", tag = "7")]
    pub payload_id: Vec<u8>,
    /// With welcomes.
    #[prost(bytes = "vec", tag = "8")]
    pub group_id: Vec<u8>,
    /// With commits and welcomes.
    #[prost(bytes = "vec", tag = "9")]
    pub epoch_tag: Vec<u8>,
    /// Bytes of the payload.
    #[prost(uint64, tag = "10")]
    pub bytes: u64,
    /// When it was appended, Unix milliseconds by the relay's clock.
    #[prost(uint64, tag = "11")]
    pub stored: u64,
}

/// A blob, whole or on its way.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct Blob {
    /// Bytes it has, or will have.
    #[prost(uint64, tag = "1")]
    pub size: u64,
    /// Whether all of it is on disk.
    #[prost(bool, tag = "2")]
    pub complete: bool,
    /// Last day on which it is kept, since 1970.
    #[prost(uint32, tag = "3")]
    pub expiry_day: u32,
}

/// A number.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct Count {
    /// It.
    #[prost(uint64, tag = "1")]
    pub number: u64,
}

/// Reads and decodes a row.
pub fn load<R: Message + Default>(
    from: &(impl Backend + ?Sized),
    table: Table,
    key: &[u8],
) -> Result<Option<R>, StoreError> {
    from.get(table, key)?.map(decode).transpose()
}

/// Decodes a row; payloads share its buffer.
pub fn decode<R: Message + Default>(row: Bytes) -> Result<R, StoreError> {
    R::decode(row).map_err(|_| StoreError::Damaged)
}
