//! Everything held about one account, for the person who asks and for the operator.

use crate::command::StoreError;
use crate::read::Read;
use crate::seal::ServerKey;
use parlor_wire::content::log_body::Operation;
use parlor_wire::content::{LogBody, LogEntry};
use parlor_wire::limits::MAX_LOG_ENTRIES;
use parlor_wire::{DeviceId, Message, UserId, username};
use serde::Serialize;

/// All that is stored about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountDump {
    /// Its id as text.
    pub user_id: String,
    /// Its unique name.
    pub username: Option<String>,
    /// Day of registration, since 1970.
    pub created_day: u32,
    /// Its backup, if there is one: what it holds only the person can read.
    pub backup: Option<BackupDump>,
    /// The unfinished rewrite of it, if there is one.
    pub backup_rewrite: Option<RewriteDump>,
    /// The device log, as far as it is public.
    pub log: Vec<LogDump>,
    /// Bytes of files uploaded, by day since 1970; today and, until the next sweep, the day before.
    pub uploaded: Vec<(u32, u64)>,
    /// Its devices.
    pub devices: Vec<DeviceDump>,
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupDump {
    /// Sealed segments.
    pub segments: u32,
    /// Bytes of all of them.
    pub bytes: u64,
    /// When the newest came, Unix milliseconds.
    pub updated: u64,
}

/// An unfinished rewrite of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RewriteDump {
    /// Sealed segments.
    pub segments: u32,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// A log entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogDump {
    /// Its number.
    pub seq: u32,
    /// By its maker's clock, Unix milliseconds.
    pub time: u64,
    /// What it does.
    pub operation: &'static str,
    /// To which device, as text.
    pub device_id: Option<String>,
    /// Size as stored.
    pub bytes: usize,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceDump {
    /// Its id as text.
    pub device_id: String,
    /// Revoked in the log.
    pub revoked: bool,
    /// Day it was last authenticated, since 1970; 0 when never.
    pub last_seen_day: u32,
    /// One-time key packages left.
    pub one_time_key_packages: u32,
    /// Whether there is a last-resort key package.
    pub last_resort_key_package: bool,
    /// Items waiting.
    pub mailbox_items: u64,
    /// Bytes of their payloads.
    pub mailbox_bytes: u64,
    /// Whether something was not stored because it was full.
    pub mailbox_overflowed: bool,
}

/// The account of an address: a username or the text of a user id.
pub fn find_account(read: &impl Read, address: &str) -> Result<Option<UserId>, StoreError> {
    if let Ok(user) = UserId::parse(address.trim()) {
        return Ok(read.account(&user)?.map(|_| user));
    }
    match username::normalise(address) {
        Ok(name) => read.user_by_name(&name),
        Err(_) => Ok(None),
    }
}

/// Everything held about an account; `None` when there is none.
pub fn dump(
    read: &impl Read,
    key: &ServerKey,
    user: &UserId,
) -> Result<Option<AccountDump>, StoreError> {
    let Some(account) = read.account(user)? else { return Ok(None) };
    let mut devices = Vec::new();
    for (id, row) in read.devices(user)? {
        let mailbox = read.mailbox(&key.mailbox(user, &id))?.unwrap_or_default();
        devices.push(DeviceDump {
            device_id: id.text(),
            revoked: row.revoked,
            last_seen_day: row.last_seen_day,
            one_time_key_packages: row.one_time,
            last_resort_key_package: row.last_resort,
            mailbox_items: mailbox.items,
            mailbox_bytes: mailbox.bytes,
            mailbox_overflowed: mailbox.overflowed,
        });
    }
    let backup = read.backup(&account.backup)?.map(|row| BackupDump {
        segments: row.count,
        bytes: row.bytes,
        updated: row.updated,
    });
    let rewrite = account.rewrite.map(|row| RewriteDump { segments: row.count, bytes: row.bytes });
    let log = read.log(user, 0, MAX_LOG_ENTRIES as usize)?;
    Ok(Some(AccountDump {
        user_id: user.text(),
        username: account.username,
        created_day: account.created_day,
        backup,
        backup_rewrite: rewrite,
        log: log.iter().filter_map(|entry| log_dump(entry)).collect(),
        uploaded: read.blob_days(user)?,
        devices,
    }))
}

fn log_dump(bytes: &[u8]) -> Option<LogDump> {
    let entry = LogEntry::decode(bytes).ok()?;
    let body = LogBody::decode(entry.body.as_slice()).ok()?;
    let (operation, device) = match body.operation? {
        Operation::Genesis(it) => ("genesis", Some(it.device_id)),
        Operation::AddDevice(it) => ("add_device", Some(it.device_id)),
        Operation::RevokeDevice(it) => ("revoke_device", Some(it.device_id)),
        Operation::RotateRecovery(_) => ("rotate_recovery", None),
    };
    let device_id = device.and_then(|id| DeviceId::try_from(&id).ok()).map(|id| id.text());
    Some(LogDump { seq: body.seq, time: body.time, operation, device_id, bytes: bytes.len() })
}
