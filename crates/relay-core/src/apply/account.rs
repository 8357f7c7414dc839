//! Accounts, device logs, devices, invites.

use crate::command::{LogChange, NewDevice, Outcome, Refusal, StoreError};
use crate::read::{DAY, Read, day};
use crate::rows::{self, decode, load};
use crate::table::{Backend, Table, Tx, after_prefix, key};
use bytes::Bytes;
use parlor_wire::limits::MAILBOX_RETENTION_MS;
use parlor_wire::{DeviceId, Hash, MailboxId, Message, UserId};

pub(super) fn create(
    tx: &mut Tx<'_>,
    (user, genesis): (UserId, Bytes),
    device: NewDevice,
    username: Option<String>,
    invite: Option<Hash>,
    now: u64,
) -> Result<Outcome, StoreError> {
    if let Some(account) = tx.account(&user)? {
        let same = account.username == username;
        let again = if same { Outcome::Done } else { refused(Refusal::Conflict("genesis")) };
        return Ok(again);
    }
    if !tx.log(&user, 0, 1)?.is_empty() {
        // It was deleted, and others may still be told of its devices.
        return Ok(refused(Refusal::Conflict("genesis")));
    }
    if let Some(name) = &username {
        if tx.user_by_name(name)?.is_some() {
            return Ok(refused(Refusal::NameTaken));
        }
        tx.put(Table::Name, name.as_bytes(), user.to_vec());
    }
    if let Some(hash) = invite {
        let Some(mut invite) = load::<rows::Invite>(tx, Table::Invite, &hash.0)?
            .filter(|invite| invite.uses > 0 && invite.expires > now)
        else {
            return Ok(refused(Refusal::InvalidInvite));
        };
        invite.uses -= 1;
        if invite.uses == 0 {
            tx.remove(Table::Invite, hash.0);
        } else {
            tx.put(Table::Invite, hash.0, invite.encode_to_vec());
        }
    }
    let account = rows::Account { username, created_day: day(now), ..Default::default() };
    tx.put(Table::Account, user.0, account.encode_to_vec());
    tx.put(Table::Log, key(&[&user.0, &0u32.to_be_bytes()]), genesis);
    add_device(tx, &user, &device);
    Ok(Outcome::Done)
}

fn add_device(tx: &mut Tx<'_>, user: &UserId, device: &NewDevice) {
    let row = rows::Device { key: device.key.to_vec(), ..Default::default() };
    tx.put(Table::Device, key(&[&user.0, &device.id.0]), row.encode_to_vec());
    tx.put(Table::Mailbox, device.mailbox.0, rows::Mailbox::default().encode_to_vec());
}

pub(super) fn append_log(
    tx: &mut Tx<'_>,
    user: UserId,
    seq: u32,
    entry: Bytes,
    change: LogChange,
    devices: Vec<MailboxId>,
) -> Result<Outcome, StoreError> {
    let Some(mut account) = tx.account(&user)? else {
        return Ok(refused(Refusal::NotFound("user_id")));
    };
    let at = key(&[&user.0, &seq.to_be_bytes()]);
    if seq <= account.head_seq && tx.get(Table::Log, &at)?.is_some_and(|old| old == entry) {
        return Ok(Outcome::Done);
    }
    if seq != account.head_seq.saturating_add(1) {
        return Ok(refused(Refusal::LogConflict(account.head_seq)));
    }
    account.head_seq = seq;
    tx.put(Table::Account, user.0, account.encode_to_vec());
    tx.put(Table::Log, at, entry);
    let revoked = match change {
        LogChange::Added(device) => {
            add_device(tx, &user, &device);
            None
        }
        LogChange::Other => None,
        LogChange::Revoked(device, mailbox) => {
            let at = key(&[&user.0, &device.0]);
            if let Some(mut row) = tx.device(&user, &device)? {
                drop_key_packages(tx, &at)?;
                row = rows::Device { revoked: true, key: row.key, ..Default::default() };
                tx.put(Table::Device, at, row.encode_to_vec());
            }
            drop_mailbox(tx, mailbox);
            Some(mailbox)
        }
    };
    Ok(Outcome::LogGrew { devices, revoked })
}

pub(super) fn seen(
    tx: &mut Tx<'_>,
    user: UserId,
    device: DeviceId,
    day: u32,
) -> Result<Outcome, StoreError> {
    let Some(mut row) = tx.device(&user, &device)? else {
        return Ok(refused(Refusal::NotFound("device_id")));
    };
    if row.revoked {
        return Ok(refused(Refusal::Revoked));
    }
    row.last_seen_day = day;
    tx.put(Table::Device, key(&[&user.0, &device.0]), row.encode_to_vec());
    Ok(Outcome::Done)
}

/// Days that the log of a deleted account is kept: as long as anything lies in a mailbox that has to be judged by it.
const LOG_DAYS: u32 = (MAILBOX_RETENTION_MS / DAY) as u32 + 1;

/// All goes but the log, which others need to judge what they have not read yet, and the keys of its devices, which
/// learn from it that they are out.
pub(super) fn delete(
    tx: &mut Tx<'_>,
    user: UserId,
    mailboxes: Vec<MailboxId>,
    now: u64,
) -> Result<Outcome, StoreError> {
    let Some(account) = tx.account(&user)? else {
        return Ok(refused(Refusal::NotFound("user_id")));
    };
    tx.remove(Table::Account, user.0);
    super::backup::forget_account(tx, &user, &account)?;
    if let Some(name) = account.username {
        tx.remove(Table::Name, name.into_bytes());
    }
    for (device, row) in tx.devices(&user)? {
        let at = key(&[&user.0, &device.0]);
        drop_key_packages(tx, &at)?;
        let row = rows::Device { revoked: true, key: row.key, ..Default::default() };
        tx.put(Table::Device, at, row.encode_to_vec());
    }
    tx.put(Table::GoneLog, key(&[&(day(now) + LOG_DAYS).to_be_bytes(), &user.0]), Bytes::new());
    super::blob::forget_account(tx, &user)?;
    for mailbox in &mailboxes {
        drop_mailbox(tx, *mailbox);
    }
    Ok(Outcome::Revoked(mailboxes))
}

/// Removes what is left of accounts that were deleted long ago.
pub(super) fn sweep_logs(tx: &mut Tx<'_>, left: &mut usize, now: u64) -> Result<(), StoreError> {
    for (at, _) in tx.scan(Table::GoneLog, &[], &day(now).to_be_bytes(), *left)? {
        let user = at.get(4..).unwrap_or_default();
        for table in [Table::Log, Table::Device] {
            for (row, _) in tx.scan(table, user, &after_prefix(user), *left)? {
                tx.remove(table, row);
                *left -= 1;
            }
        }
        if *left == 0 {
            break;
        }
        tx.remove(Table::GoneLog, at);
        *left -= 1;
    }
    Ok(())
}

pub(super) fn create_invite(
    tx: &mut Tx<'_>,
    invite: Hash,
    uses: u32,
    expires: u64,
) -> Result<Outcome, StoreError> {
    let row = rows::Invite { uses, expires };
    tx.put(Table::Invite, invite.0, row.encode_to_vec());
    Ok(Outcome::Done)
}

/// Drops a device's key packages with their queues; groups that hold such a queue deliver to nobody then.
fn drop_key_packages(tx: &mut Tx<'_>, device: &[u8]) -> Result<(), StoreError> {
    let mut rows = tx.scan(Table::KeyPackage, device, &after_prefix(device), usize::MAX)?;
    for (key, _) in &rows {
        tx.remove(Table::KeyPackage, key.as_slice());
    }
    if let Some(row) = tx.get(Table::LastResort, device)? {
        rows.push((Vec::new(), row));
        tx.remove(Table::LastResort, device);
    }
    for (_, row) in rows {
        let package: rows::KeyPackage = decode(row)?;
        tx.remove(Table::Queue, package.queue_id);
    }
    Ok(())
}

/// Nothing is delivered or read any more; the sweep removes the items.
fn drop_mailbox(tx: &mut Tx<'_>, mailbox: MailboxId) {
    tx.remove(Table::Mailbox, mailbox.0);
    tx.put(Table::Garbage, mailbox.0, Bytes::new());
}

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}
