//! Posts and commits: the total order of a group.
//!
//! A post needs the current epoch; a commit moves it by compare-and-set, in one step with its fan-out.
//! Past epochs are kept for a while ([`super::past`]), so that commits nobody can use can be voided.

use super::mailbox::{self, Fan};
use super::past;
use crate::command::{CommitEpoch, Outcome, Refusal, StoreError};
use crate::read::Read;
use crate::rows;
use crate::seal::ServerKey;
use crate::table::{Table, Tx, key};
use bytes::Bytes;
use parlor_wire::limits::MAX_GROUP_QUEUES;
use parlor_wire::relay::{Accepted, BundleKind, ItemKind};
use parlor_wire::{GroupId, MailboxId, Message, QueueId};
use std::collections::{BTreeMap, BTreeSet};

/// Gives the next place in a group.
fn advance(tx: &mut Tx<'_>, group: &GroupId, now: u64) -> Result<rows::GroupHead, StoreError> {
    let head = tx.group_head(group)?;
    let head = rows::GroupHead { seq: head.seq + 1, time: now.max(head.time.saturating_add(1)) };
    tx.put(Table::GroupHead, group.0, head.encode_to_vec());
    Ok(head)
}

fn payload_id(group: &GroupId, seq: u64, index: u32) -> Vec<u8> {
    key(&[&group.0, &seq.to_be_bytes(), &index.to_be_bytes()])
}

pub(super) fn append_post(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    (group, epoch): (GroupId, u64),
    payload: Bytes,
    except: Option<MailboxId>,
    now: u64,
) -> Result<Outcome, StoreError> {
    let Some(current) = tx.group(&group)? else {
        return Ok(Outcome::Refused(Refusal::NotFound("group_id")));
    };
    if current.epoch != epoch {
        return Ok(Outcome::Refused(Refusal::WrongEpoch(current.epoch)));
    }
    let head = advance(tx, &group, now)?;
    let item = rows::Item {
        kind: ItemKind::Post.into(),
        group_seq: head.seq,
        epoch,
        time: head.time,
        stored: now,
        ..Default::default()
    };
    let mut wakes = Vec::new();
    let fan = Fan {
        item,
        payload,
        payload_id: payload_id(&group, head.seq, 0),
        queues: current.queues.iter().map(Vec::as_slice).collect(),
        except,
    };
    let overflowed = mailbox::fan_out(tx, server_key, fan, &mut wakes)?;
    let accepted = Accepted { group_seq: head.seq, time: head.time, epoch };
    Ok(Outcome::Accepted { accepted, wakes, overflowed })
}

pub(super) fn commit_epoch(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    commit: CommitEpoch,
    now: u64,
) -> Result<Outcome, StoreError> {
    let current = tx.group(&commit.group)?;
    if let Err(refusal) = allowed(&commit, current.as_ref()) {
        return Ok(Outcome::Refused(refusal));
    }
    let current = current.unwrap_or_default();
    let queues = match change_queues(tx, &commit, &current)? {
        Ok(queues) => queues,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let next = rows::Epoch {
        epoch: commit.base_epoch + 1,
        send_key: commit.send_key.to_vec(),
        rejoin_key: commit.rejoin_key.to_vec(),
        epoch_tag: commit.epoch_tag.to_vec(),
        queues,
        commit_hash: commit.commit_hash.to_vec(),
    };
    let head = advance(tx, &commit.group, now)?;
    if commit.kind != BundleKind::Create {
        past::keep(tx, &commit, &current, now)?;
    }
    let info = past::key_of(&commit.group, next.epoch);
    tx.put(Table::GroupInfo, info, commit.group_info.clone());
    tx.put(Table::Group, commit.group.0, next.encode_to_vec());
    let (wakes, overflowed) = deliver(tx, server_key, &commit, &current, &head, now)?;
    let accepted = Accepted { group_seq: head.seq, time: head.time, epoch: next.epoch };
    Ok(Outcome::Accepted { accepted, wakes, overflowed })
}

fn allowed(commit: &CommitEpoch, current: Option<&rows::Epoch>) -> Result<(), Refusal> {
    let Some(current) = current else {
        let create = commit.kind == BundleKind::Create;
        return if create { Ok(()) } else { Err(Refusal::NotFound("group_id")) };
    };
    let signer = match commit.kind {
        BundleKind::Create => return Err(Refusal::Conflict("group_id")),
        BundleKind::Commit => &current.send_key,
        BundleKind::Rejoin => &current.rejoin_key,
    };
    if current.epoch != commit.base_epoch {
        return Err(Refusal::WrongEpoch(current.epoch));
    }
    if *signer != commit.signer { Err(Refusal::Forbidden("signature")) } else { Ok(()) }
}

/// Binds added queues to the group and returns the new list.
fn change_queues(
    tx: &mut Tx<'_>,
    commit: &CommitEpoch,
    current: &rows::Epoch,
) -> Result<Result<Vec<Vec<u8>>, Refusal>, StoreError> {
    let listed: BTreeSet<&[u8]> = current.queues.iter().map(Vec::as_slice).collect();
    let removed: BTreeSet<&[u8]> = commit.remove.iter().map(|id| id.as_bytes()).collect();
    if !removed.is_subset(&listed) {
        return Ok(Err(Refusal::NotFound("queues_remove")));
    }
    let kept = current.queues.iter().filter(|queue| !removed.contains(queue.as_slice()));
    let mut queues: Vec<Vec<u8>> = kept.cloned().collect();
    for id in &commit.add {
        let Some(mut row) = tx.queue(id)? else {
            return Ok(Err(Refusal::NotFound("queues_add")));
        };
        let free = row.group.is_empty() && row.post_key.is_empty();
        if !free || listed.contains(id.as_bytes()) {
            return Ok(Err(Refusal::Conflict("queues_add")));
        }
        if !row.shared {
            row.group = commit.group.to_vec();
            tx.put(Table::Queue, id.0, row.encode_to_vec());
        }
        queues.push(id.to_vec());
    }
    if queues.len() > MAX_GROUP_QUEUES {
        return Ok(Err(Refusal::Quota("queues_add")));
    }
    Ok(Ok(queues))
}

fn deliver(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    commit: &CommitEpoch,
    current: &rows::Epoch,
    head: &rows::GroupHead,
    now: u64,
) -> Result<(Vec<MailboxId>, u32), StoreError> {
    let (mut wakes, mut overflowed) = (Vec::new(), 0);
    let kind = match commit.kind {
        BundleKind::Rejoin => ItemKind::Rejoin,
        BundleKind::Commit | BundleKind::Create => ItemKind::Commit,
    };
    let item = rows::Item {
        kind: kind.into(),
        group_seq: head.seq,
        epoch: commit.base_epoch,
        time: head.time,
        stored: now,
        epoch_tag: commit.epoch_tag.to_vec(),
        ..Default::default()
    };
    let welcomed: BTreeSet<QueueId> = commit.welcomes.iter().map(|(queue, _)| *queue).collect();
    let before = current.queues.iter().map(Vec::as_slice);
    let plain = commit.add.iter().filter(|id| !welcomed.contains(id)).map(|id| id.as_bytes());
    let fan = Fan {
        item: item.clone(),
        payload: commit.commit.clone(),
        payload_id: payload_id(&commit.group, head.seq, 0),
        queues: before.chain(plain).collect(),
        except: None,
    };
    overflowed += mailbox::fan_out(tx, server_key, fan, &mut wakes)?;
    // Equal welcomes are stored once.
    let mut equal: BTreeMap<&[u8], Vec<&[u8]>> = BTreeMap::new();
    for (queue, payload) in &commit.welcomes {
        equal.entry(payload.as_ref()).or_default().push(queue.as_bytes());
    }
    for (index, (payload, queues)) in (1u32..).zip(equal) {
        let item = rows::Item {
            kind: ItemKind::Welcome.into(),
            epoch: commit.base_epoch + 1,
            group_id: commit.group.to_vec(),
            ..item.clone()
        };
        let fan = Fan {
            item,
            payload: Bytes::copy_from_slice(payload),
            payload_id: payload_id(&commit.group, head.seq, index),
            queues,
            except: None,
        };
        overflowed += mailbox::fan_out(tx, server_key, fan, &mut wakes)?;
    }
    wakes.sort_unstable();
    wakes.dedup();
    Ok((wakes, overflowed))
}
