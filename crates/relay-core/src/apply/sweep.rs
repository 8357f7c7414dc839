//! Removing what is over its time or belongs to nobody, a bounded number of rows at a time.

use super::mailbox::{self, HOUR};
use super::past;
use super::unreachable;
use crate::command::{Outcome, StoreError};
use crate::read::day;
use crate::seal::ServerKey;
use crate::table::{Backend, Table, Tx, after_prefix, key};
use bytes::Bytes;
use parlor_wire::limits::MAILBOX_RETENTION_MS;
use parlor_wire::{MailboxId, Message};

pub(super) fn sweep(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    limit: usize,
    now: u64,
) -> Result<Outcome, StoreError> {
    let mut left = limit.max(1);
    garbage(tx, &mut left)?;
    expired(tx, &mut left, now)?;
    past_epochs(tx, &mut left, now)?;
    answers(tx, &mut left, now)?;
    unreachable::groups(tx, server_key, &mut left)?;
    super::direct::sweep_guests(tx, &mut left, now)?;
    super::blob::sweep(tx, &mut left, now)?;
    super::account::sweep_logs(tx, &mut left, now)?;
    Ok(Outcome::Swept { rows: limit.max(1) - left, more: left == 0 })
}

fn garbage(tx: &mut Tx<'_>, left: &mut usize) -> Result<(), StoreError> {
    for (at, _) in tx.scan(Table::Garbage, &[], &[u8::MAX; 17], *left)? {
        if *left == 0 {
            break;
        }
        let id = MailboxId::try_from(at.as_slice()).map_err(|_| StoreError::Damaged)?;
        let mailbox = mailbox::counters(tx, &id)?;
        let end = match &mailbox {
            Some(row) => key(&[&id.0, &row.acked.saturating_add(1).to_be_bytes()]),
            None => after_prefix(&id.0),
        };
        let (count, bytes) = mailbox::delete_items(tx, &id.0, &end, *left)?;
        if let Some(mut row) = mailbox {
            row.items = row.items.saturating_sub(count as u64);
            row.bytes = row.bytes.saturating_sub(bytes);
            tx.put(Table::Mailbox, id.0, row.encode_to_vec());
        }
        if count < *left {
            tx.remove(Table::Garbage, at);
        }
        *left -= count.max(1).min(*left);
    }
    Ok(())
}

fn expired(tx: &mut Tx<'_>, left: &mut usize, now: u64) -> Result<(), StoreError> {
    let this_hour = u32::try_from(now / HOUR).unwrap_or(u32::MAX);
    let end = this_hour.saturating_add(1).to_be_bytes();
    for (at, _) in tx.scan(Table::Expiry, &[], &end, *left)? {
        if *left == 0 {
            break;
        }
        let id = at.get(4..).unwrap_or_default();
        let id = MailboxId::try_from(id).map_err(|_| StoreError::Damaged)?;
        let Some(mut row) = mailbox::counters(tx, &id)? else {
            tx.remove(Table::Expiry, at);
            *left -= 1;
            continue;
        };
        let mut removed = 0;
        let mut next = mailbox::first_item(tx, &id)?;
        while let Some((sequence, stored)) = next {
            let over = stored.saturating_add(MAILBOX_RETENTION_MS) <= now;
            if !over || removed == *left {
                break;
            }
            let to = key(&[&id.0, &sequence.saturating_add(1).to_be_bytes()]);
            let (count, bytes) = mailbox::delete_items(tx, &id.0, &to, 1)?;
            removed += count;
            row.items = row.items.saturating_sub(count as u64);
            row.bytes = row.bytes.saturating_sub(bytes);
            row.acked = row.acked.max(sequence);
            next = mailbox::first_item(tx, &id)?;
        }
        tx.remove(Table::Expiry, at);
        row.expiry_hour = next.map_or(0, |(_, stored)| mailbox::expiry_hour(stored));
        if row.expiry_hour > 0 {
            tx.put(Table::Expiry, mailbox::expiry_key(row.expiry_hour, &id), Bytes::new());
        }
        tx.put(Table::Mailbox, id.0, row.encode_to_vec());
        *left -= removed.max(1).min(*left);
    }
    Ok(())
}

fn past_epochs(tx: &mut Tx<'_>, left: &mut usize, now: u64) -> Result<(), StoreError> {
    let this_hour = u32::try_from(now / HOUR).unwrap_or(u32::MAX);
    let end = this_hour.saturating_add(1).to_be_bytes();
    for (at, _) in tx.scan(Table::PastExpiry, &[], &end, *left)? {
        if *left == 0 {
            break;
        }
        let (group, epoch) = past::of_expiry(&at)?;
        let count = past::forget(tx, &group, epoch)?;
        tx.remove(Table::PastExpiry, at);
        *left -= count.max(1).min(*left);
    }
    Ok(())
}

fn answers(tx: &mut Tx<'_>, left: &mut usize, now: u64) -> Result<(), StoreError> {
    let end = day(now).saturating_sub(1).to_be_bytes();
    for (at, _) in tx.scan(Table::Answer, &[], &end, *left)? {
        tx.remove(Table::Answer, at);
        *left -= 1;
    }
    Ok(())
}
