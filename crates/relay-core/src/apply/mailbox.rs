//! Mailboxes: fan-out, acknowledgement, and the payloads that items share.

use crate::command::{Outcome, Refusal, StoreError};
use crate::read::{Read, sequence_of};
use crate::rows::{self, decode, load};
use crate::seal::ServerKey;
use crate::table::{Backend, Table, Tx, after_prefix, key};
use bytes::Bytes;
use parlor_wire::limits::MAILBOX_RETENTION_MS;
use parlor_wire::{MailboxId, Message, QueueId};

/// Items that a mailbox holds at most.
pub const MAX_MAILBOX_ITEMS: u64 = 100_000;
/// Bytes of payloads that a mailbox holds at most.
pub const MAX_MAILBOX_BYTES: u64 = 256 * 1024 * 1024;
/// Items deleted by one acknowledgement; the sweep removes the rest.
const MAX_DELETED_AT_ONCE: usize = 2048;
pub(super) const HOUR: u64 = 3600 * 1000;

/// What goes to a list of queues.
pub(super) struct Fan<'a> {
    /// Item without queue and payload.
    pub item: rows::Item,
    /// The payload.
    pub payload: Bytes,
    /// Where a shared payload is stored; unique to this fan-out.
    pub payload_id: Vec<u8>,
    /// The queues.
    pub queues: Vec<&'a [u8]>,
    /// A mailbox that gets nothing.
    pub except: Option<MailboxId>,
}

/// Appends to every queue that still has a mailbox with room. Adds to `wakes`; returns how many were full.
pub(super) fn fan_out(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    fan: Fan<'_>,
    wakes: &mut Vec<MailboxId>,
) -> Result<u32, StoreError> {
    let bytes = fan.payload.len() as u64;
    let mut overflowed = 0;
    let mut targets: Vec<(&[u8], MailboxId)> = Vec::new();
    for queue in &fan.queues {
        let id = QueueId::try_from(*queue).map_err(|_| StoreError::Damaged)?;
        let mailbox = tx.queue(&id)?.and_then(|row| server_key.open(&id, &row.sealed_mailbox));
        let Some(mailbox) = mailbox.filter(|mailbox| fan.except != Some(*mailbox)) else {
            continue;
        };
        let Some(mut row) = tx.mailbox(&mailbox)? else { continue };
        if row.items >= MAX_MAILBOX_ITEMS || row.bytes + bytes > MAX_MAILBOX_BYTES {
            overflowed += 1;
            if !row.overflowed {
                row.overflowed = true;
                tx.put(Table::Mailbox, mailbox.0, row.encode_to_vec());
            }
            continue;
        }
        targets.push((queue, mailbox));
    }
    let mut item = rows::Item { bytes, ..fan.item };
    if targets.len() == 1 {
        item.payload = fan.payload;
    } else if !targets.is_empty() {
        let count = targets.len() as u64;
        tx.put(Table::Payload, fan.payload_id.as_slice(), fan.payload);
        tx.put(Table::References, fan.payload_id.as_slice(), count.to_be_bytes().to_vec());
        item.payload_id = fan.payload_id;
    }
    for (queue, mailbox) in targets {
        item.queue_id = queue.to_vec();
        append(tx, mailbox, &item)?;
        wakes.push(mailbox);
    }
    Ok(overflowed)
}

fn append(tx: &mut Tx<'_>, mailbox: MailboxId, item: &rows::Item) -> Result<(), StoreError> {
    let mut row = tx.mailbox(&mailbox)?.unwrap_or_default();
    row.tail += 1;
    row.items += 1;
    row.bytes += item.bytes;
    if row.expiry_hour == 0 {
        row.expiry_hour = expiry_hour(item.stored);
        tx.put(Table::Expiry, expiry_key(row.expiry_hour, &mailbox), Bytes::new());
    }
    tx.put(Table::Item, key(&[&mailbox.0, &row.tail.to_be_bytes()]), item.encode_to_vec());
    tx.put(Table::Mailbox, mailbox.0, row.encode_to_vec());
    Ok(())
}

/// The hour in which an item has certainly expired.
pub(super) fn expiry_hour(stored: u64) -> u32 {
    u32::try_from(stored.saturating_add(MAILBOX_RETENTION_MS) / HOUR + 1).unwrap_or(u32::MAX)
}

pub(super) fn expiry_key(hour: u32, mailbox: &MailboxId) -> Vec<u8> {
    key(&[&hour.to_be_bytes(), &mailbox.0])
}

pub(super) fn acknowledge(
    tx: &mut Tx<'_>,
    mailbox: MailboxId,
    up_to: u64,
) -> Result<Outcome, StoreError> {
    let Some(mut row) = tx.mailbox(&mailbox)? else {
        return Ok(Outcome::Refused(Refusal::Revoked));
    };
    if up_to > row.tail {
        return Ok(Outcome::Refused(Refusal::Malformed("sequence")));
    }
    if up_to <= row.acked {
        return Ok(Outcome::Done);
    }
    let from = key(&[&mailbox.0, &(row.acked + 1).to_be_bytes()]);
    let to = key(&[&mailbox.0, &(up_to.saturating_add(1)).to_be_bytes()]);
    let (count, bytes) = delete_items(tx, &from, &to, MAX_DELETED_AT_ONCE)?;
    if count == MAX_DELETED_AT_ONCE {
        tx.put(Table::Garbage, mailbox.0, Bytes::new());
    }
    row.acked = up_to;
    row.items = row.items.saturating_sub(count as u64);
    row.bytes = row.bytes.saturating_sub(bytes);
    row.overflowed &= row.items > 0;
    tx.put(Table::Mailbox, mailbox.0, row.encode_to_vec());
    Ok(Outcome::Done)
}

/// Deletes the first `limit` items of a key range with the payloads that nobody else refers to.
pub(super) fn delete_items(
    tx: &mut Tx<'_>,
    from: &[u8],
    to: &[u8],
    limit: usize,
) -> Result<(usize, u64), StoreError> {
    let rows = tx.scan(Table::Item, from, to, limit)?;
    let (count, mut bytes) = (rows.len(), 0);
    for (at, row) in rows {
        let item: rows::Item = decode(row)?;
        bytes += item.bytes;
        tx.remove(Table::Item, at);
        if !item.payload_id.is_empty() {
            release(tx, item.payload_id)?;
        }
    }
    Ok((count, bytes))
}

fn release(tx: &mut Tx<'_>, payload_id: Vec<u8>) -> Result<(), StoreError> {
    let count = tx.get(Table::References, &payload_id)?;
    let count = count.and_then(|row| row.as_ref().try_into().ok()).map_or(0, u64::from_be_bytes);
    if count > 1 {
        tx.put(Table::References, payload_id, (count - 1).to_be_bytes().to_vec());
    } else {
        tx.remove(Table::References, payload_id.as_slice());
        tx.remove(Table::Payload, payload_id);
    }
    Ok(())
}

/// The first item of a mailbox: its sequence number and when it was stored.
pub(super) fn first_item(
    tx: &Tx<'_>,
    mailbox: &MailboxId,
) -> Result<Option<(u64, u64)>, StoreError> {
    let first = tx.scan(Table::Item, &mailbox.0, &after_prefix(&mailbox.0), 1)?;
    let Some((at, row)) = first.into_iter().next() else { return Ok(None) };
    Ok(Some((sequence_of(&at)?, decode::<rows::Item>(row)?.stored)))
}

/// Counters of a mailbox, if it exists.
pub(super) fn counters(
    tx: &Tx<'_>,
    mailbox: &MailboxId,
) -> Result<Option<rows::Mailbox>, StoreError> {
    load(tx, Table::Mailbox, &mailbox.0)
}
