//! Guests' mailboxes, and posts that go to one mailbox.

use super::mailbox::{self, Fan};
use crate::command::{Outcome, Refusal, StoreError};
use crate::read::{Read, day};
use crate::rows::{self, decode, load};
use crate::seal::ServerKey;
use crate::table::{Backend, Table, Tx, after_prefix, key};
use bytes::Bytes;
use parlor_wire::relay::{Accepted, ItemKind};
use parlor_wire::{MailboxId, Message, QueueId};

/// Days after which a guest is forgotten.
const GUEST_DAYS: u32 = 2;

/// Queues that a guest may have: one to be reached at, and some to spare.
pub const MAX_GUEST_QUEUES: usize = 8;

pub(super) fn open_guest(
    tx: &mut Tx<'_>,
    mailbox: MailboxId,
    now: u64,
) -> Result<Outcome, StoreError> {
    if tx.mailbox(&mailbox)?.is_none() {
        let last = day(now) + GUEST_DAYS;
        let row = rows::Mailbox { guest_day: last, ..Default::default() };
        tx.put(Table::Mailbox, mailbox.0, row.encode_to_vec());
        tx.put(Table::Guest, guest_key(last, &mailbox), rows::Guest::default().encode_to_vec());
    }
    Ok(Outcome::Done)
}

fn guest_key(last: u32, mailbox: &MailboxId) -> Vec<u8> {
    key(&[&last.to_be_bytes(), &mailbox.0])
}

/// Changes which queues a guest has; `false` when there are too many afterwards. Devices have no such list.
pub(super) fn change_queues(
    tx: &mut Tx<'_>,
    mailbox: &MailboxId,
    change: impl FnOnce(&mut Vec<Vec<u8>>),
) -> Result<bool, StoreError> {
    let Some(row) = tx.mailbox(mailbox)?.filter(|row| row.guest_day > 0) else { return Ok(true) };
    let at = guest_key(row.guest_day, mailbox);
    let mut guest: rows::Guest = load(tx, Table::Guest, &at)?.unwrap_or_default();
    change(&mut guest.queues);
    let fits = guest.queues.len() <= MAX_GUEST_QUEUES;
    tx.put(Table::Guest, at, guest.encode_to_vec());
    Ok(fits)
}

/// Full mailboxes refuse, so that the sender waits instead of losing what it sent.
pub(super) fn append(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    queue: QueueId,
    payload: Bytes,
    signer: [u8; 32],
    now: u64,
) -> Result<Outcome, StoreError> {
    match tx.queue(&queue)? {
        Some(row) if row.post_key == signer => {}
        _ => return Ok(Outcome::Refused(Refusal::NotFound("queue_id"))),
    }
    let item =
        rows::Item { kind: ItemKind::Direct.into(), time: now, stored: now, ..Default::default() };
    let mut wakes = Vec::new();
    let fan =
        Fan { item, payload, payload_id: Vec::new(), queues: vec![queue.as_bytes()], except: None };
    let overflowed = mailbox::fan_out(tx, server_key, fan, &mut wakes)?;
    if wakes.is_empty() {
        let full = overflowed > 0;
        return Ok(Outcome::Refused(if full {
            Refusal::Quota("queue_id")
        } else {
            Refusal::NotFound("queue_id")
        }));
    }
    Ok(Outcome::Accepted {
        accepted: Accepted { time: now, ..Default::default() },
        wakes,
        overflowed,
    })
}

/// Forgets guests whose time is over with all that was theirs, about `left` rows. A guest goes when its mailbox
/// is empty: one that comes back with the same key finds nothing of the former.
pub(super) fn sweep_guests(tx: &mut Tx<'_>, left: &mut usize, now: u64) -> Result<(), StoreError> {
    for (at, row) in tx.scan(Table::Guest, &[], &day(now).to_be_bytes(), *left)? {
        if *left == 0 {
            break;
        }
        let id = MailboxId::try_from(at.get(4..).unwrap_or_default());
        let id = id.map_err(|_| StoreError::Damaged)?;
        let (count, _) = mailbox::delete_items(tx, &id.0, &after_prefix(&id.0), *left)?;
        *left -= count;
        if *left == 0 {
            break;
        }
        for queue in decode::<rows::Guest>(row)?.queues {
            tx.remove(Table::Queue, queue);
        }
        tx.remove(Table::Mailbox, id.0);
        tx.remove(Table::Guest, at);
        *left -= 1;
    }
    Ok(())
}
