//! Groups that nobody can hear from any more: all devices are revoked or deleted, or closed their queues.
//!
//! Every sweep looks at some groups, in the order of their ids, and goes on where the one before ended. A
//! group goes whole. Queues that a commit removed count as long as it can be voided.

use super::past;
use crate::command::StoreError;
use crate::read::Read;
use crate::rows::{self, decode};
use crate::seal::ServerKey;
use crate::table::{Backend, Table, Tx, after_prefix};
use parlor_wire::{GroupId, QueueId};

/// Groups looked at by one sweep: a million of them in eleven days.
const GROUPS_AT_ONCE: usize = 64;
const CURSOR: &[u8] = b"groups";

pub(super) fn groups(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    left: &mut usize,
) -> Result<(), StoreError> {
    let cursor = tx.get(Table::Cursor, CURSOR)?.unwrap_or_default();
    let rows = tx.scan(Table::Group, &cursor, &[u8::MAX; 17], GROUPS_AT_ONCE)?;
    let mut next = if rows.len() < GROUPS_AT_ONCE {
        Vec::new()
    } else {
        rows.last().map(|(at, _)| [at.as_slice(), &[0]].concat()).unwrap_or_default()
    };
    for (at, row) in rows {
        if *left == 0 {
            next = at;
            break;
        }
        let group = GroupId::try_from(at.as_slice()).map_err(|_| StoreError::Damaged)?;
        let epoch: rows::Epoch = decode(row)?;
        let alive = reachable(tx, server_key, &epoch.queues)?
            || reachable(tx, server_key, &past::removed(tx, &group)?)?;
        if !alive {
            let count = remove(tx, &group, epoch.queues)?;
            *left -= count.min(*left);
        }
    }
    if next != cursor {
        tx.put(Table::Cursor, CURSOR, next);
    }
    Ok(())
}

fn reachable(tx: &Tx<'_>, server_key: &ServerKey, queues: &[Vec<u8>]) -> Result<bool, StoreError> {
    for queue in queues {
        let id = QueueId::try_from(queue).map_err(|_| StoreError::Damaged)?;
        let row = tx.queue(&id)?;
        let mailbox = row.and_then(|row| server_key.open(&id, &row.sealed_mailbox));
        if let Some(mailbox) = mailbox
            && tx.mailbox(&mailbox)?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes all that is kept about a group; returns how many rows that were.
fn remove(tx: &mut Tx<'_>, group: &GroupId, queues: Vec<Vec<u8>>) -> Result<usize, StoreError> {
    let mut count = 2;
    let end = after_prefix(&group.0);
    for (at, _) in tx.scan(Table::Past, &group.0, &end, usize::MAX)? {
        let number = at.get(GroupId::LEN..).and_then(|number| number.try_into().ok());
        let number = number.map(u64::from_be_bytes).ok_or(StoreError::Damaged)?;
        count += past::forget(tx, group, number)?;
    }
    for queue in queues {
        let id = QueueId::try_from(&queue).map_err(|_| StoreError::Damaged)?;
        if tx.queue(&id)?.is_some_and(|row| row.group == group.0) {
            tx.remove(Table::Queue, queue);
            count += 1;
        }
    }
    for table in [Table::GroupInfo, Table::Voided] {
        for (at, _) in tx.scan(table, &group.0, &end, usize::MAX)? {
            tx.remove(table, at);
            count += 1;
        }
    }
    tx.remove(Table::Group, group.0);
    tx.remove(Table::GroupHead, group.0);
    Ok(count)
}
