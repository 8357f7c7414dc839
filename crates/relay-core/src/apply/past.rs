//! Past epochs of a group, for as long as the commits that ended them can be voided.
//!
//! Invariants: the rows of a group are a run of epochs that ends right before the current one, at most
//! [`MAX_PAST_EPOCHS`] of them, none over its time after a sweep. A queue that a commit removed keeps its row,
//! bound to the group, as long as that commit can be voided. Group info is not part of it: there is none for
//! an epoch further back than one.

use super::mailbox::expiry_hour;
use crate::command::{CommitEpoch, StoreError};
use crate::read::{DAY, Read};
use crate::rows::{self, decode, load};
use crate::table::{Backend, Table, Tx, after_prefix, key};
use bytes::Bytes;
use parlor_wire::limits::MAILBOX_RETENTION_MS;
use parlor_wire::{GroupId, Hash, Message, QueueId};
use std::collections::BTreeSet;

/// Past epochs kept of a group: more commits than that in a month are followed by those who are there.
pub const MAX_PAST_EPOCHS: u64 = 256;
/// A commit can be voided as long as somebody may still find it in a mailbox.
const WINDOW_MS: u64 = MAILBOX_RETENTION_MS;

/// Queues that a commit added this long ago have a voice in whether it is voided.
const SETTLED_MS: u64 = 7 * DAY;

/// The way back to an epoch.
pub(super) struct Way {
    /// The epoch as it was.
    pub epoch: rows::Epoch,
    /// From it to the newest past one, with the commits to be voided.
    pub ended: Vec<rows::Past>,
}

impl Way {
    /// The queues that the commits to be voided added.
    pub fn added(&self) -> BTreeSet<&[u8]> {
        self.ended.iter().flat_map(|past| &past.added).map(Vec::as_slice).collect()
    }

    /// How many voices there are: half of them have to refuse. At first these are the queues of the epoch
    /// itself, which the commits to be voided cannot have chosen. What they added counts as well once it is
    /// settled: else the first two members of a group could take back a month of its growth.
    pub fn voices(&self, current: &rows::Epoch, now: u64) -> usize {
        let settled = self.ended.iter().filter(|past| past.ended.saturating_add(SETTLED_MS) <= now);
        let settled: BTreeSet<&Vec<u8>> = settled.flat_map(|past| &past.added).collect();
        let added = current.queues.iter().filter(|queue| settled.contains(queue));
        self.epoch.queues.len() + added.count()
    }
}

/// The key of what is kept by group and epoch.
pub(super) fn key_of(group: &GroupId, epoch: u64) -> Vec<u8> {
    key(&[&group.0, &epoch.to_be_bytes()])
}

fn expiry_key(group: &GroupId, epoch: u64, ended: u64) -> Vec<u8> {
    key(&[&expiry_hour(ended).to_be_bytes(), &group.0, &epoch.to_be_bytes()])
}

/// Group and epoch of a row of the expiry index.
pub(super) fn of_expiry(at: &[u8]) -> Result<(GroupId, u64), StoreError> {
    let (group, epoch) = at
        .get(4..)
        .and_then(|rest| rest.split_at_checked(GroupId::LEN))
        .ok_or(StoreError::Damaged)?;
    let group = GroupId::try_from(group).map_err(|_| StoreError::Damaged)?;
    let epoch = epoch.try_into().map_err(|_| StoreError::Damaged)?;
    Ok((group, u64::from_be_bytes(epoch)))
}

/// Keeps the current epoch, which a commit is about to end, and drops the one that is too many.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    commit: &CommitEpoch,
    current: &rows::Epoch,
    now: u64,
) -> Result<(), StoreError> {
    let (group, number) = (&commit.group, current.epoch);
    let ids = |queues: &[QueueId]| queues.iter().map(|id| id.to_vec()).collect();
    let past = rows::Past {
        epoch: Some(rows::Epoch { queues: Vec::new(), ..current.clone() }),
        ended_by: commit.commit_hash.to_vec(),
        added: ids(&commit.add),
        removed: ids(&commit.remove),
        nacked: Vec::new(),
        ended: now,
    };
    tx.put(Table::Past, key_of(group, number), past.encode_to_vec());
    tx.put(Table::PastExpiry, expiry_key(group, number, now), Bytes::new());
    if let Some(older) = number.checked_sub(1) {
        tx.remove(Table::GroupInfo, key_of(group, older));
    }
    if let Some(oldest) = number.checked_sub(MAX_PAST_EPOCHS) {
        forget(tx, group, oldest)?;
    }
    Ok(())
}

/// Forgets a past epoch; the queues that its commit removed cannot come back. Returns how many rows went.
pub(super) fn forget(tx: &mut Tx<'_>, group: &GroupId, number: u64) -> Result<usize, StoreError> {
    let at = key_of(group, number);
    let Some(past) = load::<rows::Past>(tx, Table::Past, &at)? else { return Ok(0) };
    tx.remove(Table::Past, at);
    tx.remove(Table::PastExpiry, expiry_key(group, number, past.ended));
    let mut count = 2;
    for queue in past.removed {
        let id = QueueId::try_from(&queue).map_err(|_| StoreError::Damaged)?;
        if tx.queue(&id)?.is_some_and(|row| row.group == group.0) {
            tx.remove(Table::Queue, queue);
            count += 1;
        }
    }
    Ok(count)
}

/// Queues that commits removed from a group which can still be voided.
pub(super) fn removed(tx: &Tx<'_>, group: &GroupId) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut removed = Vec::new();
    for (_, row) in tx.scan(Table::Past, &group.0, &after_prefix(&group.0), usize::MAX)? {
        removed.extend(decode::<rows::Past>(row)?.removed);
    }
    Ok(removed)
}

/// The way back to before a commit; `None` when it is none of this group, or from before the window.
pub(super) fn way_back(
    tx: &Tx<'_>,
    group: &GroupId,
    current: &rows::Epoch,
    commit: &Hash,
    now: u64,
) -> Result<Option<Way>, StoreError> {
    let mut queues: BTreeSet<Vec<u8>> = current.queues.iter().cloned().collect();
    let mut ended = Vec::new();
    for number in (0..current.epoch).rev() {
        let Some(past) = load::<rows::Past>(tx, Table::Past, &key_of(group, number))? else {
            return Ok(None);
        };
        for queue in &past.added {
            queues.remove(queue);
        }
        queues.extend(past.removed.iter().cloned());
        let found = past.ended_by == commit.0;
        let over = past.ended.saturating_add(WINDOW_MS) <= now;
        let epoch = past.epoch.clone().unwrap_or_default();
        ended.push(past);
        if found {
            ended.reverse();
            let epoch = rows::Epoch { queues: queues.into_iter().collect(), ..epoch };
            return Ok((!over).then_some(Way { epoch, ended }));
        }
    }
    Ok(None)
}

/// Makes the epoch at the end of a way the current one.
pub(super) fn go_back(tx: &mut Tx<'_>, group: &GroupId, way: &Way) {
    for (number, past) in (way.epoch.epoch..).zip(&way.ended) {
        tx.remove(Table::Past, key_of(group, number));
        tx.remove(Table::PastExpiry, expiry_key(group, number, past.ended));
        tx.remove(Table::GroupInfo, key_of(group, number + 1));
    }
    tx.put(Table::Group, group.0, way.epoch.encode_to_vec());
}
