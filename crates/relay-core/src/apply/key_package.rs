//! Key packages: kept per device, each one-time package taken exactly once.

use crate::command::{NewKeyPackage, Outcome, Refusal, StoreError};
use crate::read::Read;
use crate::rows::{self, decode, load};
use crate::table::{Backend, Table, Tx, after_prefix, key};
use parlor_wire::limits::MAX_KEY_PACKAGES;
use parlor_wire::relay::{DeviceKeyPackage, KeyPackageCount, KeyPackagesTaken};
use parlor_wire::{DeviceId, Message, UserId};

pub(super) fn put(
    tx: &mut Tx<'_>,
    user: UserId,
    device: DeviceId,
    packages: Vec<NewKeyPackage>,
    last_resort: Option<NewKeyPackage>,
) -> Result<Outcome, StoreError> {
    let Some(mut row) = tx.device(&user, &device)? else {
        return Ok(Outcome::Refused(Refusal::NotFound("device_id")));
    };
    if row.revoked {
        return Ok(Outcome::Refused(Refusal::Revoked));
    }
    if row.one_time as usize + packages.len() > MAX_KEY_PACKAGES {
        return Ok(Outcome::Refused(Refusal::Quota("packages")));
    }
    let owner = key(&[&user.0, &device.0]);
    for package in packages {
        if !open_queue(tx, &package, false)? {
            return Ok(Outcome::Refused(Refusal::Conflict("packages.queue_id")));
        }
        let at = key(&[&owner, &row.next_key_package.to_be_bytes()]);
        tx.put(Table::KeyPackage, at, stored(package));
        row.next_key_package += 1;
        row.one_time += 1;
    }
    if let Some(package) = last_resort {
        if !open_queue(tx, &package, true)? {
            return Ok(Outcome::Refused(Refusal::Conflict("last_resort.queue_id")));
        }
        tx.put(Table::LastResort, owner.as_slice(), stored(package));
        row.last_resort = true;
    }
    tx.put(Table::Device, owner, row.encode_to_vec());
    let count = KeyPackageCount { one_time: row.one_time, last_resort: row.last_resort };
    Ok(Outcome::Kept(count))
}

fn stored(package: NewKeyPackage) -> Vec<u8> {
    rows::KeyPackage { key_package: package.bytes, queue_id: package.queue.id.to_vec() }
        .encode_to_vec()
}

fn open_queue(tx: &mut Tx<'_>, package: &NewKeyPackage, shared: bool) -> Result<bool, StoreError> {
    if tx.queue(&package.queue.id)?.is_some() {
        return Ok(false);
    }
    let sealed_mailbox = package.queue.sealed.clone();
    let row = rows::Queue { sealed_mailbox, shared, ..Default::default() };
    tx.put(Table::Queue, package.queue.id.0, row.encode_to_vec());
    Ok(true)
}

pub(super) fn take(
    tx: &mut Tx<'_>,
    user: UserId,
    devices: &[DeviceId],
) -> Result<Outcome, StoreError> {
    if tx.account(&user)?.is_none() {
        return Ok(Outcome::Refused(Refusal::NotFound("user_id")));
    }
    let mut taken = Vec::new();
    for (device, mut row) in tx.devices(&user)? {
        if row.revoked || !devices.is_empty() && !devices.contains(&device) {
            continue;
        }
        let owner = key(&[&user.0, &device.0]);
        let first = tx.scan(Table::KeyPackage, &owner, &after_prefix(&owner), 1)?;
        let (package, last_resort) = match first.into_iter().next() {
            Some((at, package)) => {
                tx.remove(Table::KeyPackage, at);
                row.one_time = row.one_time.saturating_sub(1);
                tx.put(Table::Device, owner, row.encode_to_vec());
                (decode::<rows::KeyPackage>(package)?, false)
            }
            None => match load(tx, Table::LastResort, &owner)? {
                Some(package) => (package, true),
                None => continue,
            },
        };
        taken.push(DeviceKeyPackage {
            device_id: device.to_vec(),
            key_package: package.key_package,
            queue_id: package.queue_id,
            last_resort,
        });
    }
    Ok(Outcome::Taken(KeyPackagesTaken { devices: taken }))
}
