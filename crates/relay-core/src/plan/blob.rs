//! Room for blobs. Their bytes come and go over plain HTTP, which is the shell's.

use super::{Failed, Planned, Step, device, field, malformed};
use crate::command::Operation;
use crate::rate::Kind;
use crate::relay::{Ctx, Relay};
use crate::session::{Session, Then};
use parlor_wire::relay::{BlobGrant, BlobGranted, BlobRenew, Code};
use parlor_wire::{BlobId, RequestId};

pub(super) fn grant(
    relay: &Relay,
    session: &Session,
    request: &BlobGrant,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let who = device(session)?;
    let id: RequestId = field(&request.request_id, "request_id")?;
    if request.size == 0 {
        return Err(malformed("size"));
    }
    if request.size > relay.settings.blobs.largest() {
        return Err(Failed::new(Code::TooLarge, "size"));
    }
    relay.limit(Kind::Write, session.serial, 1, ctx.now)?;
    // The id follows from the request, so that asking again needs nothing remembered that names the device.
    let blob = relay.key.blob(&who.user, &who.device, &id);
    let granted =
        BlobGranted { blob_id: blob.to_vec(), token: relay.key.blob_token(&blob).to_vec() };
    let limits = relay.settings.blobs;
    let operation = Operation::GrantBlob { blob, size: request.size, user: who.user, limits };
    Ok(Step::Execute(Box::new(operation.into()), Then::Granted(granted)))
}

pub(super) fn renew(
    relay: &Relay,
    session: &Session,
    request: &BlobRenew,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let who = device(session)?;
    let blob: BlobId = field(&request.blob_id, "blob_id")?;
    relay.limit(Kind::Write, session.serial, 1, ctx.now)?;
    let limits = relay.settings.blobs;
    Ok(Step::execute(Operation::RenewBlob { blob, user: who.user, limits }))
}
