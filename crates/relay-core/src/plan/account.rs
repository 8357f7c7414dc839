//! Accounts, device logs, authentication.

use super::{Failed, Planned, Step, bucket, device, field, malformed, refused};
use crate::command::{Command, LogChange, NewDevice, Operation, Refusal};
use crate::dump::dump;
use crate::invite::Invite;
use crate::rate::Kind;
use crate::read::{Read, day};
use crate::relay::{Ctx, Relay};
use crate::rows;
use crate::session::{Authenticated, Session, Then};
use bytes::Bytes;
use parlor_crypto::sign::PublicKey;
use parlor_identity::{Device, DeviceLog, InvalidLog};
use parlor_wire::content::{LogBody, LogEntry};
use parlor_wire::limits::{MAX_LOG_ENTRIES, MAX_LOG_ENTRY_BYTES};
use parlor_wire::relay::{
    AccountDelete, AccountRecord, Authenticate, Code, DeviceSeen, LogAppend, LogEntries, LogFetch,
    Register, Registration, Resolve, Resolved, reply,
};
use parlor_wire::{DeviceId, Message, UserId, statement, username};

pub(super) fn authenticate(
    relay: &Relay,
    read: &impl Read,
    session: &mut Session,
    request: &Authenticate,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let user: UserId = field(&request.user_id, "user_id")?;
    let device = field(&request.device_id, "device_id")?;
    let signature: [u8; 64] = field(&request.signature, "signature")?;
    if session.mailbox().is_some() {
        return Err(refused(Refusal::Conflict("this connection is authenticated already")));
    }
    relay.limit(Kind::Lookup, session.serial, 1, ctx.now)?;
    let row = read.device(&user, &device)?.ok_or(refused(Refusal::NotFound("device_id")))?;
    let key = PublicKey::from_slice(&row.key).map_err(|_| forbidden())?;
    let signed = statement::authenticate(&session.nonce, &user, &device);
    key.verify(&signed, &signature).map_err(|_| forbidden())?;
    if row.revoked {
        // It may see for itself.
        session.revoked = Some(user);
        return Err(refused(Refusal::Revoked));
    }
    let who = Authenticated { user, device, mailbox: relay.key.mailbox(&user, &device) };
    let day = day(ctx.now);
    if row.last_seen_day == day {
        return Ok(Step::Authenticated(who));
    }
    let command = Operation::Seen { user, device, day }.into();
    Ok(Step::Execute(Box::new(command), Then::Authenticated(who)))
}

fn forbidden() -> Failed {
    refused(Refusal::Forbidden("signature"))
}

pub(super) fn register(
    relay: &Relay,
    session: &Session,
    request: Register,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let log = DeviceLog::found(&request.genesis).map_err(invalid_entry)?;
    let username = request.username.as_deref().map(username::normalise).transpose();
    let username = username.map_err(|error| malformed(&format!("username: {error}")))?;
    let invite = match relay.settings.registration {
        Registration::Closed => return Err(Failed::new(Code::RegistrationClosed, "")),
        Registration::Open => None,
        Registration::Invite => {
            let text = request.invite.as_deref().unwrap_or_default();
            Some(Invite::hash_of(text).ok_or(refused(Refusal::InvalidInvite))?)
        }
    };
    relay.limit(Kind::Register, session.remote, 1, ctx.now)?;
    let user = log.user_id();
    let first = log.active().next().ok_or(malformed("genesis"))?;
    let operation = Operation::CreateAccount {
        user,
        genesis: request.genesis.into(),
        device: new_device(relay, &user, first),
        username,
        invite,
    };
    Ok(Step::execute(operation))
}

fn new_device(relay: &Relay, user: &UserId, device: &Device) -> NewDevice {
    NewDevice { id: device.id, key: device.key.0, mailbox: relay.key.mailbox(user, &device.id) }
}

fn invalid_entry(error: InvalidLog) -> Failed {
    let code = match error {
        InvalidLog::Malformed | InvalidLog::Empty | InvalidLog::WrongUser => Code::Malformed,
        InvalidLog::NotNext => Code::LogConflict,
        InvalidLog::Unsigned | InvalidLog::NotAllowed => Code::Forbidden,
    };
    Failed::new(code, &format!("entry: {error}"))
}

/// An entry authorises itself: no authentication is needed, so that a recovery key alone can add a device.
pub(super) fn log_append(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    request: LogAppend,
    ctx: &mut Ctx<'_>,
) -> Planned {
    relay.limit(Kind::Write, session.serial, 1, ctx.now)?;
    if request.entry.len() > MAX_LOG_ENTRY_BYTES {
        return Err(Failed::new(Code::TooLarge, "entry"));
    }
    let entry = Bytes::from(request.entry);
    let decoded = LogEntry::decode(entry.clone()).map_err(|_| malformed("entry"))?;
    let body = LogBody::decode(decoded.body.as_slice()).map_err(|_| malformed("entry.body"))?;
    let user: UserId = field(&body.user_id, "entry.body.user_id")?;
    let account = read.account(&user)?.ok_or(refused(Refusal::NotFound("user_id")))?;
    let entries = read.log(&user, 0, MAX_LOG_ENTRIES as usize)?;
    if entries.get(body.seq as usize).is_some_and(|known| *known == entry) {
        return Ok(Step::done());
    }
    let mut log = DeviceLog::verify(&user, &entries).map_err(invalid_entry)?;
    let before = log.clone();
    log.append(&entry).map_err(|error| match error {
        InvalidLog::NotNext => refused(Refusal::LogConflict(account.head_seq)),
        other => invalid_entry(other),
    })?;
    let added = log.active().find(|device| before.device(&device.id).is_none());
    let revoked = before.active().find(|device| log.active_device(&device.id).is_none());
    let change = match (added, revoked) {
        (Some(device), _) => LogChange::Added(new_device(relay, &user, device)),
        (None, Some(device)) => LogChange::Revoked(device.id, relay.key.mailbox(&user, &device.id)),
        (None, None) => LogChange::Other,
    };
    let devices = log.active().map(|device| relay.key.mailbox(&user, &device.id)).collect();
    Ok(Step::execute(Operation::AppendLog { user, seq: body.seq, entry, change, devices }))
}

pub(super) fn log_fetch(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    request: &LogFetch,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let user: UserId = field(&request.user_id, "user_id")?;
    let own = match session.revoked == Some(user) {
        true => false,
        false => device(session)?.user == user,
    };
    relay.limit(Kind::Lookup, session.serial, 1, ctx.now)?;
    let account = read.account(&user)?;
    // The log of an account that was deleted lately is still there.
    if account.is_none() && read.log(&user, 0, 1)?.is_empty() {
        return Err(refused(Refusal::NotFound("user_id")));
    }
    let entries = read.log(&user, request.from_seq, MAX_LOG_ENTRIES as usize)?;
    let entries = entries.into_iter().map(Vec::from).collect();
    let devices = if own { read.devices(&user)? } else { Vec::new() };
    let seen = |(id, row): (DeviceId, rows::Device)| DeviceSeen {
        device_id: id.to_vec(),
        day: row.last_seen_day,
    };
    Ok(Step::Answer(reply::Result::LogEntries(LogEntries {
        entries,
        username: account.and_then(|account| account.username),
        seen: devices.into_iter().map(seen).collect(),
    })))
}

pub(super) fn resolve(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    request: &Resolve,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let who = device(session)?;
    let name = username::normalise(&request.username).map_err(|_| malformed("username"))?;
    relay.limit(Kind::Lookup, bucket(&who.user.0), 1, ctx.now)?;
    let user = read.user_by_name(&name)?.ok_or(refused(Refusal::NotFound("username")))?;
    Ok(Step::Answer(reply::Result::Resolved(Resolved { user_id: user.to_vec() })))
}

pub(super) fn record(relay: &Relay, read: &impl Read, session: &Session, ctx: &Ctx<'_>) -> Planned {
    let who = device(session)?;
    relay.limit(Kind::Lookup, session.serial, 1, ctx.now)?;
    let found = dump(read, &relay.key, &who.user)?.ok_or(refused(Refusal::Revoked))?;
    let json = serde_json::to_vec(&found).map_err(|_| Failed::new(Code::Unavailable, "record"))?;
    Ok(Step::Answer(reply::Result::AccountRecord(AccountRecord { json })))
}

pub(super) fn delete(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    request: &AccountDelete,
) -> Planned {
    let who = device(session)?;
    let row = read.device(&who.user, &who.device)?.filter(|row| !row.revoked);
    let row = row.ok_or(refused(Refusal::Revoked))?;
    let key = PublicKey::from_slice(&row.key).map_err(|_| forbidden())?;
    let signed = statement::delete_account(&session.nonce, &who.user);
    key.verify(&signed, &request.signature).map_err(|_| forbidden())?;
    let devices = read.devices(&who.user)?;
    let mailboxes = devices.iter().map(|(id, _)| relay.key.mailbox(&who.user, id)).collect();
    let command = Command::from(Operation::DeleteAccount { user: who.user, mailboxes });
    Ok(Step::execute(command))
}
