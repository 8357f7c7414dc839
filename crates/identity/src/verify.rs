//! Checking a log, entry by entry.

use parlor_crypto::sign::PublicKey;
use parlor_wire::content::log_body::Operation;
use parlor_wire::content::{LogBody, LogEntry};
use parlor_wire::limits::{MAX_DEVICES, MAX_LOG_ENTRIES, MAX_LOG_ENTRY_BYTES};
use parlor_wire::{DeviceId, Hash, Message, UserId, statement};
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a log or an entry is refused. Never retry: the bytes will not get better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidLog {
    /// The bytes are no entry of this version.
    #[error("the device log entry is malformed")]
    Malformed,
    /// It does not follow the head of this log.
    #[error("the device log entry does not follow the head")]
    NotNext,
    /// A signature is missing or does not hold.
    #[error("the device log entry is not signed as it has to be")]
    Unsigned,
    /// The operation makes no sense now, for example revoking an unknown device.
    #[error("the device log entry changes nothing that it may change")]
    NotAllowed,
    /// The first entry does not hash to the person's id.
    #[error("the device log belongs to somebody else")]
    WrongUser,
    /// There are no entries.
    #[error("the device log is empty")]
    Empty,
}

/// A device of a checked log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Its signature key, also that of its MLS leaves.
    pub key: PublicKey,
    /// When it was added, by its adder's clock, Unix milliseconds.
    pub added_at: u64,
    /// The entry that added it.
    pub added_seq: u32,
    /// The recovery key signed for it: the account was restored on this device.
    pub by_recovery: bool,
    /// The entry that revoked it.
    pub revoked_seq: Option<u32>,
    /// Its name, encrypted for the account's own devices; empty for the first device.
    pub sealed_name: Vec<u8>,
}

/// A log of which every entry was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLog {
    user: UserId,
    recovery: PublicKey,
    devices: BTreeMap<DeviceId, Device>,
    head_seq: u32,
    head_hash: Hash,
}

impl DeviceLog {
    /// Founds a log on an encoded genesis entry.
    pub fn found(entry: &[u8]) -> Result<Self, InvalidLog> {
        let (entry, body) = decode(entry)?;
        let Some(Operation::Genesis(genesis)) = &body.operation else {
            return Err(InvalidLog::Malformed);
        };
        if body.seq != 0 || !body.prev_hash.is_empty() || !body.user_id.is_empty() {
            return Err(InvalidLog::Malformed);
        }
        let device = device(&genesis.device_id, &genesis.device_key, &body)?;
        let recovery =
            PublicKey::from_slice(&genesis.recovery_key).map_err(|_| InvalidLog::Malformed)?;
        signed_by(&entry, &device.id, &device.key)?;
        Ok(Self {
            user: statement::user_id(&entry.body),
            recovery,
            devices: BTreeMap::from([(device.id, device)]),
            head_seq: 0,
            head_hash: statement::log_hash(&entry.body),
        })
    }

    /// Checks a whole log that has to be `user`'s.
    pub fn verify<E: AsRef<[u8]>>(user: &UserId, entries: &[E]) -> Result<Self, InvalidLog> {
        let (first, rest) = entries.split_first().ok_or(InvalidLog::Empty)?;
        let mut log = Self::found(first.as_ref())?;
        if log.user != *user {
            return Err(InvalidLog::WrongUser);
        }
        for entry in rest {
            log.append(entry.as_ref())?;
        }
        Ok(log)
    }

    /// Checks an encoded entry and appends it; on an error nothing changes.
    pub fn append(&mut self, entry: &[u8]) -> Result<(), InvalidLog> {
        let (entry, body) = decode(entry)?;
        let follows = body.seq == self.head_seq.saturating_add(1)
            && body.prev_hash == self.head_hash.0
            && body.user_id == self.user.0
            && body.seq < MAX_LOG_ENTRIES;
        if !follows {
            return Err(InvalidLog::NotNext);
        }
        match body.operation.as_ref().ok_or(InvalidLog::Malformed)? {
            Operation::Genesis(_) => return Err(InvalidLog::NotNext),
            Operation::AddDevice(add) => {
                let mut new = device(&add.device_id, &add.device_key, &body)?;
                new.sealed_name.clone_from(&add.sealed_name);
                let reused = |old: &Device| old.id == new.id || old.key == new.key;
                if self.devices.values().any(reused) || self.active().count() >= MAX_DEVICES {
                    return Err(InvalidLog::NotAllowed);
                }
                self.signed_by_account(&entry)?;
                new.by_recovery = self.signed_by_recovery(&entry).is_ok();
                signed_by(&entry, &new.id, &new.key)?;
                self.devices.insert(new.id, new);
            }
            Operation::RevokeDevice(revoke) => {
                let id =
                    DeviceId::try_from(&revoke.device_id).map_err(|_| InvalidLog::Malformed)?;
                self.signed_by_account(&entry)?;
                let last = self.active().count() == 1;
                let known = self.devices.get_mut(&id).filter(|known| known.revoked_seq.is_none());
                match known {
                    Some(known) if !last => known.revoked_seq = Some(body.seq),
                    _ => return Err(InvalidLog::NotAllowed),
                }
            }
            Operation::RotateRecovery(rotate) => {
                let key = PublicKey::from_slice(&rotate.recovery_key)
                    .map_err(|_| InvalidLog::Malformed)?;
                self.signed_by_recovery(&entry)?;
                self.recovery = key;
            }
        }
        self.head_seq = body.seq;
        self.head_hash = statement::log_hash(&entry.body);
        Ok(())
    }

    /// Whose log this is.
    pub fn user_id(&self) -> UserId {
        self.user
    }

    /// Sequence number of the newest entry.
    pub fn head_seq(&self) -> u32 {
        self.head_seq
    }

    /// Hash of the newest entry.
    pub fn head_hash(&self) -> Hash {
        self.head_hash
    }

    /// The key that signs when all devices are lost.
    pub fn recovery_key(&self) -> PublicKey {
        self.recovery
    }

    /// A device that is not revoked.
    pub fn active_device(&self, id: &DeviceId) -> Option<&Device> {
        self.devices.get(id).filter(|device| device.revoked_seq.is_none())
    }

    /// Any device, revoked or not.
    pub fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.devices.get(id)
    }

    /// All devices that ever were, by id.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// The devices that are not revoked, by id.
    pub fn active(&self) -> impl Iterator<Item = &Device> {
        self.devices.values().filter(|device| device.revoked_seq.is_none())
    }

    fn signed_by_account(&self, entry: &LogEntry) -> Result<(), InvalidLog> {
        let by_device =
            self.active().any(|device| signed_by(entry, &device.id, &device.key).is_ok());
        if by_device { Ok(()) } else { self.signed_by_recovery(entry) }
    }

    fn signed_by_recovery(&self, entry: &LogEntry) -> Result<(), InvalidLog> {
        has_signature(entry, &[], &self.recovery)
    }
}

fn decode(bytes: &[u8]) -> Result<(LogEntry, LogBody), InvalidLog> {
    if bytes.len() > MAX_LOG_ENTRY_BYTES {
        return Err(InvalidLog::Malformed);
    }
    let entry = LogEntry::decode(bytes).map_err(|_| InvalidLog::Malformed)?;
    let body = LogBody::decode(entry.body.as_slice()).map_err(|_| InvalidLog::Malformed)?;
    if body.version == 1 { Ok((entry, body)) } else { Err(InvalidLog::Malformed) }
}

fn device(id: &[u8], key: &[u8], body: &LogBody) -> Result<Device, InvalidLog> {
    Ok(Device {
        id: DeviceId::try_from(id).map_err(|_| InvalidLog::Malformed)?,
        key: PublicKey::from_slice(key).map_err(|_| InvalidLog::Malformed)?,
        added_at: body.time,
        added_seq: body.seq,
        by_recovery: false,
        revoked_seq: None,
        sealed_name: Vec::new(),
    })
}

fn signed_by(entry: &LogEntry, id: &DeviceId, key: &PublicKey) -> Result<(), InvalidLog> {
    has_signature(entry, &id.0, key)
}

fn has_signature(entry: &LogEntry, signer: &[u8], key: &PublicKey) -> Result<(), InvalidLog> {
    let statement = statement::log_signature(&entry.body);
    let signature = entry.signatures.iter().find(|signature| signature.device_id == signer);
    let signature = signature.ok_or(InvalidLog::Unsigned)?;
    key.verify(&statement, &signature.signature).map_err(|_| InvalidLog::Unsigned)
}
