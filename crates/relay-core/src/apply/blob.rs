//! What is known about blobs: their size, whether they are whole, until when they are kept.
//!
//! Invariants: a blob does not say whose it is; what an account was granted on a day is one number, which goes
//! with the day. A blob that is over is first moved to the list of those that go, so that its file is removed
//! whatever happens, and its id cannot come back meanwhile.

use crate::command::{BlobLimits, Outcome, Refusal, StoreError};
use crate::read::{Read, day};
use crate::rows::{self, load};
use crate::table::{Backend, Table, Tx, key};
use bytes::Bytes;
use parlor_wire::{BlobId, Message, UserId};

/// Days that an upload may take: one at least, as the first may be about to end.
const UPLOAD_DAYS: u32 = 1;

pub(super) fn grant(
    tx: &mut Tx<'_>,
    (blob, size): (BlobId, u64),
    user: &UserId,
    limits: &BlobLimits,
    now: u64,
) -> Result<Outcome, StoreError> {
    if let Some(row) = tx.blob(&blob)? {
        let same = row.size == size;
        return Ok(if same { Outcome::Done } else { conflict("size") });
    }
    if tx.get(Table::BlobGone, &blob.0)?.is_some() {
        return Ok(conflict("request_id"));
    }
    let total = tx.blob_bytes()?.saturating_add(size);
    if limits.total.is_some_and(|most| total > most) {
        return Ok(Outcome::Refused(Refusal::Full));
    }
    if !charge(tx, user, size, limits, now)? {
        return Ok(Outcome::Refused(Refusal::Quota("size")));
    }
    set_total(tx, total);
    put(tx, &blob, rows::Blob { size, complete: false, expiry_day: day(now) + UPLOAD_DAYS });
    Ok(Outcome::Done)
}

/// All its bytes are on disk.
pub(super) fn complete(
    tx: &mut Tx<'_>,
    blob: &BlobId,
    days: u32,
    now: u64,
) -> Result<Outcome, StoreError> {
    let Some(row) = tx.blob(blob)? else { return Ok(not_found()) };
    if !row.complete {
        unlist(tx, blob, &row);
        let expiry_day = day(now).saturating_add(days);
        put(tx, blob, rows::Blob { complete: true, expiry_day, ..row });
    }
    Ok(Outcome::Done)
}

/// Kept as long as a new one, and charged as one; a blob in the first half of its time is left alone.
pub(super) fn renew(
    tx: &mut Tx<'_>,
    blob: &BlobId,
    user: &UserId,
    limits: &BlobLimits,
    now: u64,
) -> Result<Outcome, StoreError> {
    let today = day(now);
    let alive = |row: &rows::Blob| row.complete && row.expiry_day >= today;
    let Some(row) = tx.blob(blob)?.filter(alive) else { return Ok(not_found()) };
    if row.expiry_day - today > limits.days / 2 {
        return Ok(Outcome::Done);
    }
    if !charge(tx, user, row.size, limits, now)? {
        return Ok(Outcome::Refused(Refusal::Quota("blob_id")));
    }
    unlist(tx, blob, &row);
    put(tx, blob, rows::Blob { expiry_day: today.saturating_add(limits.days), ..row });
    Ok(Outcome::Done)
}

/// The files of these are gone.
pub(super) fn forget(tx: &mut Tx<'_>, blobs: &[BlobId]) -> Result<Outcome, StoreError> {
    for blob in blobs {
        tx.remove(Table::BlobGone, blob.0);
    }
    Ok(Outcome::Done)
}

/// Lists what is over among those that go, and forgets what accounts were granted on past days.
pub(super) fn sweep(tx: &mut Tx<'_>, left: &mut usize, now: u64) -> Result<(), StoreError> {
    let today = day(now).to_be_bytes();
    for (at, _) in tx.scan(Table::BlobExpiry, &[], &today, *left)? {
        if *left == 0 {
            return Ok(());
        }
        let blob = BlobId::try_from(at.get(4..).unwrap_or_default());
        let blob = blob.map_err(|_| StoreError::Damaged)?;
        if let Some(row) = tx.blob(&blob)? {
            let total = tx.blob_bytes()?.saturating_sub(row.size);
            set_total(tx, total);
        }
        tx.remove(Table::Blob, blob.0);
        tx.remove(Table::BlobExpiry, at);
        tx.put(Table::BlobGone, blob.0, Bytes::new());
        *left -= 1;
    }
    for (at, _) in tx.scan(Table::BlobQuota, &[], &today, *left)? {
        tx.remove(Table::BlobQuota, at);
        *left -= 1;
    }
    Ok(())
}

/// Nothing tells that an account uploaded anything.
pub(super) fn forget_account(tx: &mut Tx<'_>, user: &UserId) -> Result<(), StoreError> {
    let days = tx.blob_days(user)?;
    for (day, _) in days {
        tx.remove(Table::BlobQuota, quota_key(day, user));
    }
    Ok(())
}

fn quota_key(day: u32, user: &UserId) -> Vec<u8> {
    key(&[&day.to_be_bytes(), &user.0])
}

/// Counts an upload against the account's limit of today; false when it does not fit.
fn charge(
    tx: &mut Tx<'_>,
    user: &UserId,
    size: u64,
    limits: &BlobLimits,
    now: u64,
) -> Result<bool, StoreError> {
    let Some(most) = limits.daily else { return Ok(true) };
    let at = quota_key(day(now), user);
    let used: rows::Count = load(tx, Table::BlobQuota, &at)?.unwrap_or_default();
    let sum = used.number.saturating_add(size);
    if sum <= most {
        tx.put(Table::BlobQuota, at, rows::Count { number: sum }.encode_to_vec());
    }
    Ok(sum <= most)
}

fn set_total(tx: &mut Tx<'_>, total: u64) {
    tx.put(Table::BlobTotal, Vec::new(), rows::Count { number: total }.encode_to_vec());
}

fn put(tx: &mut Tx<'_>, blob: &BlobId, row: rows::Blob) {
    tx.put(Table::BlobExpiry, key(&[&row.expiry_day.to_be_bytes(), &blob.0]), Bytes::new());
    tx.put(Table::Blob, blob.0, row.encode_to_vec());
}

fn unlist(tx: &mut Tx<'_>, blob: &BlobId, row: &rows::Blob) {
    tx.remove(Table::BlobExpiry, key(&[&row.expiry_day.to_be_bytes(), &blob.0]));
}

fn conflict(what: &'static str) -> Outcome {
    Outcome::Refused(Refusal::Conflict(what))
}

fn not_found() -> Outcome {
    Outcome::Refused(Refusal::NotFound("blob_id"))
}
