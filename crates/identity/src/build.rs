//! Making log entries.

use crate::DeviceLog;
use parlor_crypto::sign::{PublicKey, SigningKey};
use parlor_wire::content::log_body::Operation;
use parlor_wire::content::{
    AddDevice, Genesis, LogBody, LogEntry, LogSignature, RevokeDevice, RotateRecovery,
};
use parlor_wire::{DeviceId, Message, UserId, statement};

/// Founds an account; the person's id comes with the entry.
pub fn genesis(
    device_id: DeviceId,
    device: &SigningKey,
    recovery: &PublicKey,
    salt: [u8; 16],
    time: u64,
) -> (UserId, LogEntry) {
    let operation = Operation::Genesis(Genesis {
        recovery_key: recovery.0.to_vec(),
        device_id: device_id.to_vec(),
        device_key: device.public().0.to_vec(),
        salt: salt.to_vec(),
    });
    let body = LogBody {
        version: 1,
        seq: 0,
        prev_hash: Vec::new(),
        time,
        user_id: Vec::new(),
        operation: Some(operation),
    };
    let entry = signed(body.encode_to_vec(), &[(Some(device_id), device)]);
    (statement::user_id(&entry.body), entry)
}

/// Adds a device; both the adding and the new device sign.
pub fn add_device(
    log: &DeviceLog,
    by: (DeviceId, &SigningKey),
    new: (DeviceId, &SigningKey),
    sealed_name: Vec<u8>,
    time: u64,
) -> LogEntry {
    let body = add_device_body(log, (new.0, new.1.public()), sealed_name, time);
    signed(body, &[(Some(by.0), by.1), (Some(new.0), new.1)])
}

/// The encoded body of an entry that adds a device, for signers that are not in one place.
pub fn add_device_body(
    log: &DeviceLog,
    new: (DeviceId, PublicKey),
    sealed_name: Vec<u8>,
    time: u64,
) -> Vec<u8> {
    let operation = Operation::AddDevice(AddDevice {
        device_id: new.0.to_vec(),
        device_key: new.1.0.to_vec(),
        sealed_name,
    });
    next(log, operation, time).encode_to_vec()
}

/// Adds a device by the recovery key: all others are lost.
pub fn add_by_recovery(
    log: &DeviceLog,
    recovery: &SigningKey,
    new: (DeviceId, &SigningKey),
    sealed_name: Vec<u8>,
    time: u64,
) -> LogEntry {
    let body = add_device_body(log, (new.0, new.1.public()), sealed_name, time);
    signed(body, &[(None, recovery), (Some(new.0), new.1)])
}

/// Revokes a device by the recovery key: there is no room for another otherwise.
pub fn revoke_by_recovery(
    log: &DeviceLog,
    recovery: &SigningKey,
    revoked: DeviceId,
    time: u64,
) -> LogEntry {
    let operation = Operation::RevokeDevice(RevokeDevice { device_id: revoked.to_vec() });
    signed(next(log, operation, time).encode_to_vec(), &[(None, recovery)])
}

/// Puts another recovery key in the place of the present one.
pub fn rotate_recovery(
    log: &DeviceLog,
    present: &SigningKey,
    new: &PublicKey,
    time: u64,
) -> LogEntry {
    let operation = Operation::RotateRecovery(RotateRecovery { recovery_key: new.0.to_vec() });
    signed(next(log, operation, time).encode_to_vec(), &[(None, present)])
}

/// Revokes a device.
pub fn revoke_device(
    log: &DeviceLog,
    by: (DeviceId, &SigningKey),
    revoked: DeviceId,
    time: u64,
) -> LogEntry {
    let operation = Operation::RevokeDevice(RevokeDevice { device_id: revoked.to_vec() });
    signed(next(log, operation, time).encode_to_vec(), &[(Some(by.0), by.1)])
}

fn next(log: &DeviceLog, operation: Operation, time: u64) -> LogBody {
    LogBody {
        version: 1,
        seq: log.head_seq() + 1,
        prev_hash: log.head_hash().to_vec(),
        time,
        user_id: log.user_id().to_vec(),
        operation: Some(operation),
    }
}

fn signed(body: Vec<u8>, signers: &[(Option<DeviceId>, &SigningKey)]) -> LogEntry {
    let statement = statement::log_signature(&body);
    let signatures = signers
        .iter()
        .map(|(device, key)| LogSignature {
            device_id: device.map(DeviceId::to_vec).unwrap_or_default(),
            signature: key.sign(&statement).to_vec(),
        })
        .collect();
    LogEntry { body, signatures }
}
