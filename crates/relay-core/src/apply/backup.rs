//! Backups: sealed segments in a row, one backup an account.

use crate::command::{AppendBackup, Outcome, Refusal, StoreError};
use crate::read::Read;
use crate::rows;
use crate::table::{Backend, Table, Tx, key};
use parlor_wire::{Message, hash};

pub(super) fn append(
    tx: &mut Tx<'_>,
    append: AppendBackup,
    now: u64,
) -> Result<Outcome, StoreError> {
    let AppendBackup { user, locator, read_key, index, segment, limit } = append;
    let Some(mut account) = tx.account(&user)? else {
        return Ok(refused(Refusal::NotFound("user_id")));
    };
    let mut row = match tx.backup(&locator)? {
        Some(row) if row.user != user.0 => return Ok(refused(Refusal::Conflict("locator"))),
        Some(row) => row,
        None => {
            rows::Backup { user: user.to_vec(), read_key: read_key.to_vec(), ..Default::default() }
        }
    };
    let at = segment_key(&locator, index);
    if index < row.count && tx.get(Table::BackupSegment, &at)?.is_some_and(|old| old == segment) {
        return Ok(Outcome::Done);
    }
    if index != row.count {
        return Ok(refused(Refusal::BackupConflict(row.count)));
    }
    let bytes = row.bytes.saturating_add(segment.len() as u64);
    if bytes > limit {
        return Ok(refused(Refusal::Quota("segment")));
    }
    if account.backup != locator {
        drop(tx, &account.backup)?;
        account.backup = locator.to_vec();
        tx.put(Table::Account, user.0, account.encode_to_vec());
    }
    row.count += 1;
    row.bytes = bytes;
    row.updated = now;
    row.last_hash = hash(&segment).to_vec();
    tx.put(Table::Backup, locator, row.encode_to_vec());
    tx.put(Table::BackupSegment, at, segment);
    Ok(Outcome::Done)
}

/// Drops a backup, if there is one of that name.
pub(super) fn drop(tx: &mut Tx<'_>, locator: &[u8]) -> Result<(), StoreError> {
    if let Some(row) = tx.backup(locator)? {
        for index in 0..row.count {
            tx.remove(Table::BackupSegment, segment_key(locator, index));
        }
        tx.remove(Table::Backup, locator);
    }
    Ok(())
}

fn segment_key(locator: &[u8], index: u32) -> Vec<u8> {
    key(&[locator, &index.to_be_bytes()])
}

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}
