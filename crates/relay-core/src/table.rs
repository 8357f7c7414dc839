//! The ordered tables that both backends keep, and the transaction that a command runs in.
//!
//! Invariants: a [`Tx`] sees the commands before it in the same batch; what it writes reaches the batch only
//! when its command was accepted whole. Absent on purpose: durability, threads, files.

use crate::command::StoreError;
use bytes::Bytes;
use std::collections::BTreeMap;

/// The tables; keys are named in the order of their parts, numbers big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// user -> account.
    Account = 1,
    /// username -> user.
    Name = 2,
    /// user, seq (u32) -> encoded device-log entry.
    Log = 3,
    /// user, device -> device.
    Device = 4,
    /// user, device, number (u64) -> one-time key package.
    KeyPackage = 5,
    /// user, device -> last-resort key package.
    LastResort = 6,
    /// queue -> sealed mailbox and group.
    Queue = 7,
    /// group -> current epoch.
    Group = 8,
    /// group, epoch (u64) -> a past epoch, while the commit that ended it can be voided.
    Past = 9,
    /// group, epoch (u64) -> encrypted group info; of the current epoch and the one before.
    GroupInfo = 10,
    /// group -> newest sequence number and time.
    GroupHead = 11,
    /// group, commit hash -> nothing; commits that stay refused.
    Voided = 12,
    /// day (u32), request key -> answer.
    Answer = 13,
    /// hash of an invite -> uses and expiry.
    Invite = 14,
    /// mailbox -> counters.
    Mailbox = 15,
    /// hour (u32), mailbox -> nothing; something in it may expire then.
    Expiry = 16,
    /// mailbox -> nothing; has items at or below its acknowledged sequence, or is no more.
    Garbage = 17,
    /// mailbox, sequence (u64) -> item.
    Item = 18,
    /// payload id -> payload.
    Payload = 19,
    /// payload id -> number of items that refer to it.
    References = 20,
    /// hour (u32), group, epoch (u64) -> nothing; this past epoch is over then.
    PastExpiry = 21,
    /// name of a part of the sweep -> where it goes on.
    Cursor = 22,
    /// day (u32), guest's mailbox -> its queues; all of it is removed after that day.
    Guest = 23,
    /// day (u32), user -> nothing; what is left of a deleted account is removed after that day.
    GoneLog = 24,
    /// blob -> size and expiry.
    Blob = 30,
    /// day (u32), blob -> nothing; it is over after that day.
    BlobExpiry = 31,
    /// blob -> nothing; its file is still to be removed.
    BlobGone = 32,
    /// day (u32), user -> bytes granted to the account that day.
    BlobQuota = 33,
    /// nothing -> bytes of all blobs.
    BlobTotal = 34,
    /// locator -> backup.
    Backup = 40,
    /// locator, index (u32) -> sealed segment of a backup that was never rewritten.
    BackupSegment = 41,
    /// user, name of the rewrite, index (u32) -> sealed segment of a rewrite, whether it is a backup by now or not.
    RewriteSegment = 42,
}

/// Rows in key order.
pub type Rows = Vec<(Vec<u8>, Bytes)>;

/// What a storage engine has to offer: ordered reads of what is committed.
pub trait Backend {
    /// The row at a key.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError>;
    /// The first `limit` rows with `from <= key < to`, in order.
    fn scan(&self, table: Table, from: &[u8], to: &[u8], limit: usize) -> Result<Rows, StoreError>;
}

/// Rows written (`Some`) and removed (`None`).
pub type Delta = BTreeMap<(Table, Vec<u8>), Option<Bytes>>;

/// One command's view: its own writes over those of the batch over what is committed.
pub struct Tx<'a> {
    base: &'a dyn Backend,
    batch: &'a Delta,
    own: Delta,
}

impl<'a> Tx<'a> {
    /// Begins over a backend and what the batch holds so far.
    pub fn new(base: &'a dyn Backend, batch: &'a Delta) -> Self {
        Self { base, batch, own: Delta::new() }
    }

    /// Writes a row.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, row: impl Into<Bytes>) {
        self.own.insert((table, key.into()), Some(row.into()));
    }

    /// Removes a row.
    pub fn remove(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.own.insert((table, key.into()), None);
    }

    /// What this command wrote.
    pub fn into_delta(self) -> Delta {
        self.own
    }
}

impl Backend for Tx<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let at = (table, key.to_vec());
        match self.own.get(&at).or_else(|| self.batch.get(&at)) {
            Some(row) => Ok(row.clone()),
            None => self.base.get(table, key),
        }
    }

    fn scan(&self, table: Table, from: &[u8], to: &[u8], limit: usize) -> Result<Rows, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let range = (table, from.to_vec())..(table, to.to_vec());
        let layers = [self.batch.range(range.clone()), self.own.range(range)];
        let mut changes: BTreeMap<&[u8], &Option<Bytes>> = BTreeMap::new();
        for ((_, key), row) in layers.into_iter().flatten() {
            changes.insert(key, row);
        }
        // Every removed row may hide one of the base: ask for that many more.
        let hidden = changes.values().filter(|row| row.is_none()).count();
        let base = self.base.scan(table, from, to, limit.saturating_add(hidden))?;
        let mut rows: BTreeMap<Vec<u8>, Bytes> = base.into_iter().collect();
        for (key, row) in changes {
            match row {
                Some(row) => rows.insert(key.to_vec(), row.clone()),
                None => rows.remove(key),
            };
        }
        Ok(rows.into_iter().take(limit).collect())
    }
}

/// The first key after all keys that begin with `prefix`.
pub fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    vec![u8::MAX; 65]
}

/// Joins the parts of a key.
pub fn key(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}
