//! The synchronous reads that planning needs, over any backend.

use crate::command::StoreError;
use crate::rows::{self, decode, load};
use crate::table::{Backend, Rows, Table, after_prefix, key};
use bytes::Bytes;
use parlor_wire::limits::{MAILBOX_RETENTION_MS, REQUEST_MEMORY_MS};
use parlor_wire::relay::MailboxItem;
use parlor_wire::{BlobId, DeviceId, GroupId, Hash, MailboxId, QueueId, UserId};

/// Milliseconds of a day.
pub const DAY: u64 = 24 * 3600 * 1000;

/// Reads with meaning. Each sees all that was answered `Ok` before it was called.
pub trait Read {
    /// An account.
    fn account(&self, user: &UserId) -> Result<Option<rows::Account>, StoreError>;
    /// A backup.
    fn backup(&self, locator: &[u8]) -> Result<Option<rows::Backup>, StoreError>;
    /// Segments of a backup under its locator from a number on, in order.
    fn backup_segments(
        &self,
        locator: &[u8],
        backup: &rows::Backup,
        from: u32,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError>;
    /// Who has this username.
    fn user_by_name(&self, name: &str) -> Result<Option<UserId>, StoreError>;
    /// Log entries from a number on, in order.
    fn log(&self, user: &UserId, from_seq: u32, limit: usize) -> Result<Vec<Bytes>, StoreError>;
    /// A device.
    fn device(&self, user: &UserId, device: &DeviceId) -> Result<Option<rows::Device>, StoreError>;
    /// All devices of an account, revoked ones too.
    fn devices(&self, user: &UserId) -> Result<Vec<(DeviceId, rows::Device)>, StoreError>;
    /// A queue.
    fn queue(&self, queue: &QueueId) -> Result<Option<rows::Queue>, StoreError>;
    /// The current epoch of a group.
    fn group(&self, group: &GroupId) -> Result<Option<rows::Epoch>, StoreError>;
    /// The past epoch that a commit ended, while the commit can be voided.
    fn ended_by(&self, group: &GroupId, commit: &Hash) -> Result<Option<rows::Past>, StoreError>;
    /// Encrypted group info of an epoch: the current one or the one before.
    fn group_info(&self, group: &GroupId, epoch: u64) -> Result<Option<Bytes>, StoreError>;
    /// Newest place of a group.
    fn group_head(&self, group: &GroupId) -> Result<rows::GroupHead, StoreError>;
    /// Whether a commit was voided.
    fn voided(&self, group: &GroupId, commit: &Hash) -> Result<bool, StoreError>;
    /// The answer remembered for a request.
    fn answer(&self, request: &Hash, now: u64) -> Result<Option<rows::Answer>, StoreError>;
    /// A blob.
    fn blob(&self, blob: &BlobId) -> Result<Option<rows::Blob>, StoreError>;
    /// Blobs that are over and whose files are still to be removed, at most so many.
    fn gone_blobs(&self, limit: usize) -> Result<Vec<BlobId>, StoreError>;
    /// Bytes of blobs that an account was granted, by the days that are not forgotten yet.
    fn blob_days(&self, user: &UserId) -> Result<Vec<(u32, u64)>, StoreError>;
    /// Bytes of all blobs, whole or granted.
    fn blob_bytes(&self) -> Result<u64, StoreError>;
    /// Counters of a mailbox.
    fn mailbox(&self, mailbox: &MailboxId) -> Result<Option<rows::Mailbox>, StoreError>;
    /// Items after a sequence number in order: at most so many, and at most so many bytes unless the first
    /// alone has more. Expired ones are left out.
    fn items(
        &self,
        mailbox: &MailboxId,
        after: u64,
        max: (usize, usize),
        now: u64,
    ) -> Result<Vec<MailboxItem>, StoreError>;
}

impl<B: Backend + ?Sized> Read for B {
    fn account(&self, user: &UserId) -> Result<Option<rows::Account>, StoreError> {
        load(self, Table::Account, &user.0)
    }

    fn backup(&self, locator: &[u8]) -> Result<Option<rows::Backup>, StoreError> {
        // An account without a backup names none.
        if locator.is_empty() {
            return Ok(None);
        }
        load(self, Table::Backup, locator)
    }

    fn backup_segments(
        &self,
        locator: &[u8],
        backup: &rows::Backup,
        from: u32,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        let place = backup.place(locator);
        let from = place.key(from);
        let rows = self.scan(place.table, &from, &after_prefix(&place.prefix), limit)?;
        Ok(rows.into_iter().map(|(_, segment)| segment).collect())
    }

    fn user_by_name(&self, name: &str) -> Result<Option<UserId>, StoreError> {
        let row = self.get(Table::Name, name.as_bytes())?;
        row.map(|row| UserId::try_from(row.as_ref()).map_err(|_| StoreError::Damaged)).transpose()
    }

    fn log(&self, user: &UserId, from_seq: u32, limit: usize) -> Result<Vec<Bytes>, StoreError> {
        let from = key(&[&user.0, &from_seq.to_be_bytes()]);
        let rows = self.scan(Table::Log, &from, &after_prefix(&user.0), limit)?;
        Ok(rows.into_iter().map(|(_, entry)| entry).collect())
    }

    fn device(&self, user: &UserId, device: &DeviceId) -> Result<Option<rows::Device>, StoreError> {
        load(self, Table::Device, &key(&[&user.0, &device.0]))
    }

    fn devices(&self, user: &UserId) -> Result<Vec<(DeviceId, rows::Device)>, StoreError> {
        let rows: Rows = self.scan(Table::Device, &user.0, &after_prefix(&user.0), usize::MAX)?;
        let device = |(key, row): (Vec<u8>, Bytes)| {
            let id = key.get(UserId::LEN..).unwrap_or_default();
            let id = DeviceId::try_from(id).map_err(|_| StoreError::Damaged)?;
            Ok((id, decode(row)?))
        };
        rows.into_iter().map(device).collect()
    }

    fn queue(&self, queue: &QueueId) -> Result<Option<rows::Queue>, StoreError> {
        load(self, Table::Queue, &queue.0)
    }

    fn group(&self, group: &GroupId) -> Result<Option<rows::Epoch>, StoreError> {
        load(self, Table::Group, &group.0)
    }

    fn ended_by(&self, group: &GroupId, commit: &Hash) -> Result<Option<rows::Past>, StoreError> {
        for (_, row) in self.scan(Table::Past, &group.0, &after_prefix(&group.0), usize::MAX)? {
            let past: rows::Past = decode(row)?;
            if past.ended_by == commit.0 {
                return Ok(Some(past));
            }
        }
        Ok(None)
    }

    fn group_info(&self, group: &GroupId, epoch: u64) -> Result<Option<Bytes>, StoreError> {
        self.get(Table::GroupInfo, &key(&[&group.0, &epoch.to_be_bytes()]))
    }

    fn group_head(&self, group: &GroupId) -> Result<rows::GroupHead, StoreError> {
        Ok(load(self, Table::GroupHead, &group.0)?.unwrap_or_default())
    }

    fn voided(&self, group: &GroupId, commit: &Hash) -> Result<bool, StoreError> {
        Ok(self.get(Table::Voided, &key(&[&group.0, &commit.0]))?.is_some())
    }

    fn answer(&self, request: &Hash, now: u64) -> Result<Option<rows::Answer>, StoreError> {
        for day in [day(now), day(now).saturating_sub(1)] {
            let found: Option<rows::Answer> =
                load(self, Table::Answer, &key(&[&day.to_be_bytes(), &request.0]))?;
            match found {
                Some(answer) if answer.time.saturating_add(REQUEST_MEMORY_MS) > now => {
                    return Ok(Some(answer));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    fn blob(&self, blob: &BlobId) -> Result<Option<rows::Blob>, StoreError> {
        load(self, Table::Blob, &blob.0)
    }

    fn gone_blobs(&self, limit: usize) -> Result<Vec<BlobId>, StoreError> {
        let rows = self.scan(Table::BlobGone, &[], &[u8::MAX; BlobId::LEN + 1], limit)?;
        let id = |key: Vec<u8>| BlobId::try_from(&key).map_err(|_| StoreError::Damaged);
        rows.into_iter().map(|(key, _)| id(key)).collect()
    }

    fn blob_days(&self, user: &UserId) -> Result<Vec<(u32, u64)>, StoreError> {
        let (mut days, mut next) = (Vec::new(), 0u32);
        // There are a few days at most, and rows of many accounts in each.
        while let Some((at, _)) =
            self.scan(Table::BlobQuota, &next.to_be_bytes(), &[u8::MAX; 5], 1)?.pop()
        {
            let day = at.first_chunk().map(|day| u32::from_be_bytes(*day));
            let day = day.ok_or(StoreError::Damaged)?;
            let row: Option<rows::Count> =
                load(self, Table::BlobQuota, &key(&[&day.to_be_bytes(), &user.0]))?;
            days.extend(row.map(|row| (day, row.number)));
            next = day.saturating_add(1);
        }
        Ok(days)
    }

    fn blob_bytes(&self) -> Result<u64, StoreError> {
        let row: Option<rows::Count> = load(self, Table::BlobTotal, &[])?;
        Ok(row.unwrap_or_default().number)
    }

    fn mailbox(&self, mailbox: &MailboxId) -> Result<Option<rows::Mailbox>, StoreError> {
        load(self, Table::Mailbox, &mailbox.0)
    }

    fn items(
        &self,
        mailbox: &MailboxId,
        after: u64,
        max: (usize, usize),
        now: u64,
    ) -> Result<Vec<MailboxItem>, StoreError> {
        let (max_items, max_bytes) = max;
        let (mut items, mut bytes, mut after) = (Vec::new(), 0usize, after);
        let end = after_prefix(&mailbox.0);
        while items.len() < max_items {
            let from = key(&[&mailbox.0, &after.saturating_add(1).to_be_bytes()]);
            let wanted = (max_items - items.len()).min(32);
            let rows = self.scan(Table::Item, &from, &end, wanted)?;
            let last = rows.len() < wanted;
            for (key, row) in rows {
                let row: rows::Item = decode(row)?;
                after = sequence_of(&key)?;
                if row.stored.saturating_add(MAILBOX_RETENTION_MS) <= now {
                    continue;
                }
                bytes = bytes.saturating_add(row.bytes as usize + 128);
                if bytes > max_bytes && !items.is_empty() {
                    return Ok(items);
                }
                // A payload that is gone was acknowledged between the two reads: nothing to send.
                if let Some(item) = item(self, after, row)? {
                    items.push(item);
                }
            }
            if last {
                break;
            }
        }
        Ok(items)
    }
}

fn item<B: Backend + ?Sized>(
    from: &B,
    sequence: u64,
    row: rows::Item,
) -> Result<Option<MailboxItem>, StoreError> {
    let payload = if row.payload_id.is_empty() {
        Some(row.payload)
    } else {
        from.get(Table::Payload, &row.payload_id)?
    };
    Ok(payload.map(|payload| MailboxItem {
        sequence,
        queue_id: row.queue_id,
        kind: row.kind,
        group_seq: row.group_seq,
        epoch: row.epoch,
        time: row.time,
        payload,
        group_id: row.group_id,
        epoch_tag: row.epoch_tag,
    }))
}

/// The sequence number in an item's key.
pub(crate) fn sequence_of(key: &[u8]) -> Result<u64, StoreError> {
    let bytes = key.get(MailboxId::LEN..).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u64::from_be_bytes).ok_or(StoreError::Damaged)
}

/// Days since 1970.
pub fn day(now: u64) -> u32 {
    u32::try_from(now / DAY).unwrap_or(u32::MAX)
}
