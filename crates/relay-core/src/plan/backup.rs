//! Backups: written by the devices of an account, read by whoever proves to have its recovery code.

use super::{Failed, Planned, Step, device, field, refused};
use crate::command::{AppendBackup, Operation, Refusal};
use crate::rate::Kind;
use crate::read::Read;
use crate::relay::{Ctx, Relay};
use crate::session::Session;
use parlor_crypto::sign::PublicKey;
use parlor_wire::limits::{MAX_BACKUP_SEGMENT_BYTES, MAX_BACKUP_SEGMENTS, MAX_LOG_ENTRIES};
use parlor_wire::relay::{self as frames, BackupRewrite, BackupSegments, BackupState, Code, reply};
use parlor_wire::{UserId, statement};

pub(super) fn append(
    relay: &Relay,
    session: &Session,
    request: frames::BackupAppend,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let who = device(session)?;
    let (locator, read_key) =
        (field(&request.locator, "locator")?, field(&request.read_key, "read_key")?);
    let rewrite = match request.rewrite.is_empty() {
        true if request.complete => return Err(Failed::new(Code::Malformed, "complete")),
        true => None,
        false => Some(field(&request.rewrite, "rewrite")?),
    };
    if request.segment.len() > MAX_BACKUP_SEGMENT_BYTES {
        return Err(Failed::new(Code::TooLarge, "segment"));
    }
    relay.limit(Kind::Write, session.serial, 1, ctx.now)?;
    relay.limit(Kind::Bytes, session.serial, request.segment.len() as u64, ctx.now)?;
    Ok(Step::execute(Operation::AppendBackup(AppendBackup {
        user: who.user,
        locator,
        read_key,
        index: request.index,
        segment: request.segment,
        limit: relay.settings.backup_bytes,
        rewrite,
        complete: request.complete,
    })))
}

pub(super) fn stat(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let who = device(session)?;
    relay.limit(Kind::Lookup, session.serial, 1, ctx.now)?;
    let account = read.account(&who.user)?.unwrap_or_default();
    let row = read.backup(&account.backup)?.unwrap_or_default();
    Ok(Step::Answer(reply::Result::BackupState(BackupState {
        locator: account.backup,
        count: row.count,
        bytes: row.bytes,
        limit: relay.settings.backup_bytes,
        updated: row.updated,
        last_hash: row.last_hash,
        rewrites: true,
        rewrite: account.rewrite.map(|rewrite| BackupRewrite {
            name: rewrite.name,
            count: rewrite.count,
            bytes: rewrite.bytes,
            last_hash: rewrite.last_hash,
        }),
    })))
}

/// Who has lost every device cannot authenticate: the read key authorises by itself.
pub(super) fn read(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    request: &frames::BackupRead,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let locator: [u8; 32] = field(&request.locator, "locator")?;
    relay.limit(Kind::Lookup, session.remote, 1, ctx.now)?;
    let row = read.backup(&locator)?.ok_or(refused(Refusal::NotFound("locator")))?;
    let forbidden = |_| refused(Refusal::Forbidden("signature"));
    let key = PublicKey::from_slice(&row.read_key).map_err(forbidden)?;
    let signed = statement::backup_read(&locator, &session.nonce);
    key.verify(&signed, &request.signature).map_err(forbidden)?;
    let mut reply = BackupSegments {
        count: row.count,
        updated: row.updated,
        rewrite: row.rewrite.clone(),
        ..Default::default()
    };
    if request.max == 0 {
        let user: UserId = field(&row.user, "locator")?;
        let log = read.log(&user, 0, MAX_LOG_ENTRIES as usize)?;
        reply.log = log.into_iter().map(Vec::from).collect();
        reply.username = read.account(&user)?.and_then(|row| row.username).unwrap_or_default();
    } else {
        let limit = request.max.min(MAX_BACKUP_SEGMENTS) as usize;
        let segments = read.backup_segments(&locator, &row, request.from, limit)?;
        let bytes = segments.iter().map(|segment| segment.len() as u64).sum();
        relay.limit(Kind::Bytes, session.remote, bytes, ctx.now)?;
        reply.segments = segments.into_iter().map(Vec::from).collect();
    }
    Ok(Step::Answer(reply::Result::BackupSegments(reply)))
}
