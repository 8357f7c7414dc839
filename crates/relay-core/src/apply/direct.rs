//! Guests' mailboxes, and posts that go to one mailbox.

use super::mailbox::{self, Fan};
use crate::command::{Outcome, Refusal, StoreError};
use crate::read::{Read, day};
use crate::rows;
use crate::seal::ServerKey;
use crate::table::{Backend, Table, Tx, key};
use bytes::Bytes;
use parlor_wire::relay::{Accepted, ItemKind};
use parlor_wire::{MailboxId, Message, QueueId};

/// Days after which a guest is forgotten.
const GUEST_DAYS: u32 = 2;

pub(super) fn open_guest(
    tx: &mut Tx<'_>,
    mailbox: MailboxId,
    now: u64,
) -> Result<Outcome, StoreError> {
    if tx.mailbox(&mailbox)?.is_none() {
        tx.put(Table::Mailbox, mailbox.0, rows::Mailbox::default().encode_to_vec());
        let last = (day(now) + GUEST_DAYS).to_be_bytes();
        tx.put(Table::Guest, key(&[&last, &mailbox.0]), Bytes::new());
    }
    Ok(Outcome::Done)
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

/// Forgets guests whose time is over, at most `left` of them; what is in their mailboxes is garbage then.
pub(super) fn sweep_guests(tx: &mut Tx<'_>, left: &mut usize, now: u64) -> Result<(), StoreError> {
    for (at, _) in tx.scan(Table::Guest, &[], &day(now).to_be_bytes(), *left)? {
        let id = MailboxId::try_from(at.get(4..).unwrap_or_default());
        let id = id.map_err(|_| StoreError::Damaged)?;
        tx.remove(Table::Mailbox, id.0);
        tx.put(Table::Garbage, id.0, Bytes::new());
        tx.remove(Table::Guest, at);
        *left -= 1;
    }
    Ok(())
}
