//! Backups: sealed segments in a row, one backup an account, and beside it one rewrite that is to take its place.
//!
//! | segment                            | goes                                                              |
//! |------------------------------------|-------------------------------------------------------------------|
//! | without a rewrite's name           | behind the backup; segment 0 under another locator replaces it    |
//! | with that of the unfinished one    | behind what that has; complete, it becomes the backup             |
//! | with that of a finished one        | nowhere: it is there already, or it is refused                    |
//! | with another                       | first of a new rewrite; the unfinished one is dropped             |

use crate::command::{AppendBackup, Outcome, Refusal, StoreError};
use crate::place::Place;
use crate::read::Read;
use crate::rows;
use crate::table::{Table, Tx};
use parlor_wire::{Message, UserId, hash};

pub(super) fn append(
    tx: &mut Tx<'_>,
    append: AppendBackup,
    now: u64,
) -> Result<Outcome, StoreError> {
    let Some(account) = tx.account(&append.user)? else {
        return Ok(refused(Refusal::NotFound("user_id")));
    };
    let at_locator = tx.backup(&append.locator)?;
    if at_locator.as_ref().is_some_and(|row| row.user != append.user.0) {
        return Ok(refused(Refusal::Conflict("locator")));
    }
    match append.rewrite {
        Some(name) => append_to_rewrite(tx, account, &name, append, now),
        None => append_behind(tx, account, at_locator, append, now),
    }
}

fn append_behind(
    tx: &mut Tx<'_>,
    mut account: rows::Account,
    at_locator: Option<rows::Backup>,
    append: AppendBackup,
    now: u64,
) -> Result<Outcome, StoreError> {
    let AppendBackup { user, locator, read_key, index, segment, limit, .. } = append;
    let mut row = at_locator.unwrap_or_else(|| rows::Backup {
        user: user.to_vec(),
        read_key: read_key.to_vec(),
        ..Default::default()
    });
    let place = row.place(&locator);
    if index < row.count && place.holds(tx, index, &segment)? {
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
    tx.put(place.table, place.key(index), segment);
    Ok(Outcome::Done)
}

fn append_to_rewrite(
    tx: &mut Tx<'_>,
    mut account: rows::Account,
    name: &[u8; 32],
    append: AppendBackup,
    now: u64,
) -> Result<Outcome, StoreError> {
    let AppendBackup { user, index, segment, limit, complete, .. } = &append;
    let place = Place::of_rewrite(&user.0, name);
    // Finished: its segments are the backup's, and nothing is put among them.
    if let Some(backup) = tx.backup(&account.backup)?.filter(|backup| backup.rewrite == name) {
        let known = *index < backup.count && place.holds(tx, *index, segment)?;
        return Ok(match known {
            true => Outcome::Done,
            false => refused(Refusal::BackupConflict(backup.count)),
        });
    }
    let unfinished = account.rewrite.take();
    let mut row = match unfinished.clone().filter(|row| row.name == name) {
        Some(row) => row,
        None => rows::Rewrite { name: name.to_vec(), ..Default::default() },
    };
    if *index < row.count && place.holds(tx, *index, segment)? {
        // A segment that comes again has done what it does, unless it is only now said to be the last.
        if !complete || index + 1 != row.count {
            return Ok(Outcome::Done);
        }
    } else if *index != row.count {
        return Ok(refused(Refusal::BackupConflict(row.count)));
    } else {
        row.bytes = row.bytes.saturating_add(segment.len() as u64);
        if row.bytes > *limit {
            return Ok(refused(Refusal::Quota("segment")));
        }
        row.count += 1;
        row.last_hash = hash(segment).to_vec();
        if let Some(other) = unfinished.filter(|other| other.name != name) {
            Place::of_rewrite(&user.0, &other.name).empty(tx, other.count);
        }
        tx.put(place.table, place.key(*index), segment.clone());
    }
    if append.complete {
        drop(tx, &account.backup)?;
        account.backup = append.locator.to_vec();
        let backup = rows::Backup {
            user: append.user.to_vec(),
            read_key: append.read_key.to_vec(),
            count: row.count,
            bytes: row.bytes,
            updated: now,
            last_hash: row.last_hash,
            rewrite: row.name,
        };
        tx.put(Table::Backup, append.locator, backup.encode_to_vec());
    } else {
        account.rewrite = Some(row);
    }
    tx.put(Table::Account, append.user.0, account.encode_to_vec());
    Ok(Outcome::Done)
}

/// An account is deleted: nothing of a backup stays.
pub(super) fn forget_account(
    tx: &mut Tx<'_>,
    user: &UserId,
    account: &rows::Account,
) -> Result<(), StoreError> {
    if let Some(rewrite) = &account.rewrite {
        Place::of_rewrite(&user.0, &rewrite.name).empty(tx, rewrite.count);
    }
    drop(tx, &account.backup)
}

/// Drops a backup, if there is one of that name.
fn drop(tx: &mut Tx<'_>, locator: &[u8]) -> Result<(), StoreError> {
    if let Some(row) = tx.backup(locator)? {
        row.place(locator).empty(tx, row.count);
        tx.remove(Table::Backup, locator);
    }
    Ok(())
}

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}
