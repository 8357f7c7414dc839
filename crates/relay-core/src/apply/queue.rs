//! Opening and closing queues.

use super::direct;
use crate::command::{NewQueue, Outcome, Refusal, StoreError};
use crate::read::Read;
use crate::rows;
use crate::seal::ServerKey;
use crate::table::{Table, Tx};
use parlor_wire::{MailboxId, Message, QueueId};

pub(super) fn open(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    mailbox: MailboxId,
    queues: Vec<NewQueue>,
    post_key: Option<[u8; 32]>,
) -> Result<Outcome, StoreError> {
    let post_key = post_key.map(Vec::from).unwrap_or_default();
    if tx.mailbox(&mailbox)?.is_none() {
        return Ok(Outcome::Refused(Refusal::Revoked));
    }
    let mut opened = Vec::new();
    for queue in queues {
        match tx.queue(&queue.id)? {
            Some(row)
                if row.post_key == post_key
                    && server_key.open(&queue.id, &row.sealed_mailbox) == Some(mailbox) => {}
            Some(_) => return Ok(Outcome::Refused(Refusal::Conflict("queue_ids"))),
            None => {
                let row = rows::Queue {
                    sealed_mailbox: queue.sealed,
                    post_key: post_key.clone(),
                    ..Default::default()
                };
                tx.put(Table::Queue, queue.id.0, row.encode_to_vec());
                opened.push(queue.id.to_vec());
            }
        }
    }
    if !direct::change_queues(tx, &mailbox, |queues| queues.append(&mut opened))? {
        return Ok(Outcome::Refused(Refusal::Quota("queue_ids")));
    }
    Ok(Outcome::Done)
}

pub(super) fn close(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    mailbox: MailboxId,
    queues: Vec<QueueId>,
) -> Result<Outcome, StoreError> {
    let mut gone = Vec::new();
    for queue in queues {
        let Some(row) = tx.queue(&queue)?.filter(|row| !row.sealed_mailbox.is_empty()) else {
            continue;
        };
        if server_key.open(&queue, &row.sealed_mailbox) != Some(mailbox) {
            return Ok(Outcome::Refused(Refusal::Forbidden("queue_ids")));
        }
        if row.group.is_empty() {
            tx.remove(Table::Queue, queue.0);
            gone.push(queue.to_vec());
        } else {
            // Its id stays taken while a group may list it: whoever opened it again would have its voice.
            let closed = rows::Queue { sealed_mailbox: Vec::new(), ..row };
            tx.put(Table::Queue, queue.0, closed.encode_to_vec());
        }
    }
    direct::change_queues(tx, &mailbox, |queues| queues.retain(|queue| !gone.contains(queue)))?;
    Ok(Outcome::Done)
}

/// The queue is in no group any more, and can be added to one again unless it was closed.
pub(super) fn unbind(tx: &mut Tx<'_>, queue: &QueueId) -> Result<(), StoreError> {
    match tx.queue(queue)? {
        Some(row) if row.sealed_mailbox.is_empty() => tx.remove(Table::Queue, queue.0),
        Some(row) => {
            let free = rows::Queue { group: Vec::new(), ..row };
            tx.put(Table::Queue, queue.0, free.encode_to_vec());
        }
        None => {}
    }
    Ok(())
}
