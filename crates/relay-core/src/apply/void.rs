//! Voiding commits that the members cannot use, the newest or others before it.
//!
//! | the commit                     | nack                        | next                                     |
//! |--------------------------------|-----------------------------|------------------------------------------|
//! | ended an epoch that is kept    | fewer than half the voices  | the queue is counted                     |
//! | ended an epoch that is kept    | half of the voices          | that epoch is current again; this commit |
//! |                                |                             | and all after it are refused for ever    |
//! | voided                         | any                         | nothing                                  |
//! | unknown, CREATE, or too old    | any                         | refused: wrong epoch                     |
//!
//! Invariants: places and times of the group only grow; what was delivered stays delivered.

use super::mailbox::{self, Fan};
use super::past::{self, Way};
use super::queue;
use crate::command::{Outcome, Refusal, StoreError};
use crate::read::Read;
use crate::request;
use crate::rows;
use crate::seal::ServerKey;
use crate::table::{Table, Tx, key};
use bytes::Bytes;
use parlor_wire::relay::ItemKind;
use parlor_wire::{GroupId, Hash, MailboxId, Message, QueueId};
use std::collections::BTreeSet;

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
    let Some(mut way) = past::way_back(tx, &group, &current, &commit, now)? else {
        return Ok(Outcome::Refused(Refusal::WrongEpoch(current.epoch)));
    };
    let row = tx.queue(&queue)?;
    let owned = row.and_then(|row| server_key.open(&queue, &row.sealed_mailbox)) == Some(mailbox);
    if !owned || !way.epoch.queues.iter().any(|listed| *listed == queue.0) {
        return Ok(Outcome::Refused(Refusal::Forbidden("queue_id")));
    }
    if way.epoch.send_key != signer {
        return Ok(Outcome::Refused(Refusal::Forbidden("signature")));
    }
    let voices = way.voices(&current, now);
    let Some(past) = way.ended.first_mut() else { return Err(StoreError::Damaged) };
    if !past.nacked.iter().any(|nacked| *nacked == queue.0) {
        past.nacked.push(queue.to_vec());
    }
    if past.nacked.len() * 2 < voices {
        let at = past::key_of(&group, way.epoch.epoch);
        tx.put(Table::Past, at, past.encode_to_vec());
        return Ok(Outcome::Nacked { wakes: Vec::new() });
    }
    let wakes = void(tx, server_key, (group, commit), &way, now)?;
    Ok(Outcome::Nacked { wakes })
}

fn void(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    (group, commit): (GroupId, Hash),
    way: &Way,
    now: u64,
) -> Result<Vec<MailboxId>, StoreError> {
    for past in &way.ended {
        let hash = Hash::try_from(&past.ended_by).map_err(|_| StoreError::Damaged)?;
        tx.put(Table::Voided, key(&[&group.0, &hash.0]), Bytes::new());
        super::forget(tx, &request::bundle(&group, &hash), now);
    }
    let head = tx.group_head(&group)?;
    let item = rows::Item {
        kind: ItemKind::Voided.into(),
        group_seq: head.seq,
        epoch: way.epoch.epoch,
        time: head.time,
        stored: now,
        ..Default::default()
    };
    let added = way.added();
    let told: BTreeSet<&[u8]> =
        way.epoch.queues.iter().map(Vec::as_slice).chain(added.iter().copied()).collect();
    let mut wakes = Vec::new();
    let fan = Fan {
        item,
        payload: Bytes::copy_from_slice(&commit.0),
        payload_id: key(&[&group.0, &commit.0]),
        queues: told.into_iter().collect(),
        except: None,
    };
    mailbox::fan_out(tx, server_key, fan, &mut wakes)?;
    for queue in added {
        let id = QueueId::try_from(queue).map_err(|_| StoreError::Damaged)?;
        queue::unbind(tx, &id)?;
    }
    past::go_back(tx, &group, way);
    Ok(wakes)
}
