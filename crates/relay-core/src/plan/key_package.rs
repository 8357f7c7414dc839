//! Uploading and taking key packages.

use super::{Failed, Planned, Step, bucket, device, field, malformed, refused, remembered};
use crate::command::{Command, NewKeyPackage, NewQueue, Operation, Refusal};
use crate::rate::Kind;
use crate::read::Read;
use crate::relay::{Ctx, Relay};
use crate::request;
use crate::session::{Authenticated, Session};
use parlor_wire::limits::{MAX_DEVICES, MAX_KEY_PACKAGE_BYTES, MAX_KEY_PACKAGES};
use parlor_wire::relay::{Code, KeyPackage, KeyPackageTake, KeyPackageUpload};
use parlor_wire::{DeviceId, Message, QueueId, UserId, hash};
use std::collections::BTreeSet;

pub(super) fn upload(
    relay: &Relay,
    session: &Session,
    upload: KeyPackageUpload,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let who = device(session)?;
    relay.limit(Kind::Write, session.serial, 1, ctx.now)?;
    if upload.packages.len() > MAX_KEY_PACKAGES {
        return Err(refused(Refusal::Quota("packages")));
    }
    let content = hash(&upload.encode_to_vec());
    let all = upload.packages.iter().chain(&upload.last_resort);
    let queues: BTreeSet<&[u8]> = all.map(|package| package.queue_id.as_slice()).collect();
    if queues.len() != upload.packages.len() + usize::from(upload.last_resort.is_some()) {
        return Err(malformed("queue_id"));
    }
    let mut packages = Vec::new();
    for package in upload.packages {
        packages.push(checked(relay, &who, package, ctx)?);
    }
    let last_resort =
        upload.last_resort.map(|package| checked(relay, &who, package, ctx)).transpose()?;
    Ok(Step::execute(Command {
        request: Some(request::upload(&who.user, &who.device, &content)),
        operation: Operation::PutKeyPackages {
            user: who.user,
            device: who.device,
            packages,
            last_resort,
        },
    }))
}

fn checked(
    relay: &Relay,
    who: &Authenticated,
    package: KeyPackage,
    ctx: &mut Ctx<'_>,
) -> Result<NewKeyPackage, Failed> {
    let id: QueueId = field(&package.queue_id, "queue_id")?;
    if package.key_package.is_empty() {
        return Err(malformed("key_package"));
    }
    if package.key_package.len() > MAX_KEY_PACKAGE_BYTES {
        return Err(Failed::new(Code::TooLarge, "key_package"));
    }
    let sealed = relay.key.seal(&id, &who.mailbox, ctx.rng);
    Ok(NewKeyPackage { bytes: package.key_package, queue: NewQueue { id, sealed } })
}

pub(super) fn take(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    take: &KeyPackageTake,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let who = device(session)?;
    let user: UserId = field(&take.user_id, "user_id")?;
    let id = field(&take.request_id, "request_id")?;
    if take.device_ids.len() > MAX_DEVICES {
        return Err(malformed("device_ids: too many"));
    }
    let devices = take.device_ids.iter().map(|id| field(id, "device_ids"));
    let devices = devices.collect::<Result<Vec<DeviceId>, _>>()?;
    let request = request::take(&who.user, &who.device, &id, &user);
    if let Some(known) = remembered(relay, read, &request, ctx.now)? {
        return Ok(known);
    }
    relay.limit(Kind::Take, bucket(&user.0), 1, ctx.now)?;
    Ok(Step::execute(Command {
        request: Some(request),
        operation: Operation::TakeKeyPackages { user, devices },
    }))
}
