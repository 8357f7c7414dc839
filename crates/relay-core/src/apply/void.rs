//! Voiding a commit that the members cannot use.
//!
//! | state               | nack                        | next                                             |
//! |---------------------|-----------------------------|--------------------------------------------------|
//! | epoch before kept   | fewer than half its queues  | the queue is counted                             |
//! | epoch before kept   | half of its queues          | that epoch is current again, the commit refused  |
//! | commit voided       | any                         | nothing                                          |
//! | next commit came    | any                         | refused: wrong epoch                             |

use super::group::previous_info;
use super::mailbox::{self, Fan};
use crate::command::{Outcome, Refusal, StoreError};
use crate::read::Read;
use crate::request;
use crate::rows;
use crate::seal::ServerKey;
use crate::table::{Table, Tx, key};
use bytes::Bytes;
use parlor_wire::relay::ItemKind;
use parlor_wire::{GroupId, Hash, MailboxId, Message, QueueId};

pub(super) fn nack(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    (group, commit): (GroupId, Hash),
    (queue, mailbox): (QueueId, MailboxId),
    signer: [u8; 32],
    now: u64,
) -> Result<Outcome, StoreError> {
    if tx.voided(&group, &commit)? {
        return Ok(Outcome::Done);
    }
    let Some(current) = tx.group(&group)? else {
        return Ok(Outcome::Refused(Refusal::NotFound("group_id")));
    };
    let previous = tx.previous(&group)?;
    let Some(mut previous) = previous.filter(|_| current.commit_hash == commit.0) else {
        return Ok(Outcome::Refused(Refusal::WrongEpoch(current.epoch)));
    };
    let before = previous.epoch.clone().unwrap_or_default();
    let row = tx.queue(&queue)?;
    let owned = row.and_then(|row| server_key.open(&queue, &row.sealed_mailbox)) == Some(mailbox);
    if !owned || !before.queues.iter().any(|listed| *listed == queue.0) {
        return Ok(Outcome::Refused(Refusal::Forbidden("queue_id")));
    }
    if before.send_key != signer {
        return Ok(Outcome::Refused(Refusal::Forbidden("signature")));
    }
    if !previous.nacked.iter().any(|nacked| *nacked == queue.0) {
        previous.nacked.push(queue.to_vec());
    }
    if previous.nacked.len() * 2 < before.queues.len() {
        tx.put(Table::Previous, group.0, previous.encode_to_vec());
        return Ok(Outcome::Nacked { wakes: Vec::new() });
    }
    let wakes = void(tx, server_key, (group, commit), &before, &previous.added, now)?;
    Ok(Outcome::Nacked { wakes })
}

fn void(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    (group, commit): (GroupId, Hash),
    before: &rows::Epoch,
    added: &[Vec<u8>],
    now: u64,
) -> Result<Vec<MailboxId>, StoreError> {
    tx.put(Table::Voided, key(&[&group.0, &commit.0]), Bytes::new());
    super::forget(tx, &request::bundle(&group, &commit), now);
    let head = tx.group_head(&group)?;
    let item = rows::Item {
        kind: ItemKind::Voided.into(),
        group_seq: head.seq,
        epoch: before.epoch,
        time: head.time,
        stored: now,
        ..Default::default()
    };
    let queues = before.queues.iter().chain(added).map(Vec::as_slice).collect();
    let mut wakes = Vec::new();
    let fan = Fan {
        item,
        payload: Bytes::copy_from_slice(&commit.0),
        payload_id: key(&[&group.0, &commit.0]),
        queues,
        except: None,
    };
    mailbox::fan_out(tx, server_key, fan, &mut wakes)?;
    for queue in added {
        let id = QueueId::try_from(queue).map_err(|_| StoreError::Damaged)?;
        if let Some(mut row) = tx.queue(&id)? {
            row.group = Vec::new();
            tx.put(Table::Queue, id.0, row.encode_to_vec());
        }
    }
    if let Some(info) = previous_info(tx, &group)? {
        tx.put(Table::GroupInfo, key(&[&group.0, &[0]]), info);
    }
    tx.remove(Table::GroupInfo, key(&[&group.0, &[1]]));
    tx.put(Table::Group, group.0, before.encode_to_vec());
    tx.remove(Table::Previous, group.0);
    Ok(wakes)
}
