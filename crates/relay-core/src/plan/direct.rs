//! Guests, and posts to one mailbox: what two devices need to speak before one of them has an account.

use super::{Failed, Planned, Step, field, refused};
use crate::command::{Command, Operation, Refusal};
use crate::rate::Kind;
use crate::read::Read;
use crate::relay::{Ctx, Relay};
use crate::request;
use crate::session::{Session, Then};
use parlor_crypto::sign::PublicKey;
use parlor_wire::limits::MAX_POST_BYTES;
use parlor_wire::relay::{AuthenticateGuest, Code, DirectPost};
use parlor_wire::{QueueId, hash, statement};

pub(super) fn authenticate_guest(
    relay: &Relay,
    session: &Session,
    request: &AuthenticateGuest,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let key: [u8; 32] = field(&request.key, "key")?;
    if session.mailbox().is_some() {
        return Err(refused(Refusal::Conflict("this connection is authenticated already")));
    }
    let signed = statement::authenticate_guest(&session.nonce);
    PublicKey(key).verify(&signed, &request.signature).map_err(|_| forbidden())?;
    relay.limit(Kind::Register, session.remote, 1, ctx.now)?;
    let mailbox = relay.key.guest_mailbox(&key);
    let command = Operation::OpenGuest { mailbox }.into();
    Ok(Step::Execute(Box::new(command), Then::Guest(mailbox)))
}

pub(super) fn post(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    post: DirectPost,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let queue: QueueId = field(&post.queue_id, "queue_id")?;
    if post.payload.len() > MAX_POST_BYTES {
        return Err(Failed::new(Code::TooLarge, "payload"));
    }
    relay.limit(Kind::Post, session.serial, 1, ctx.now)?;
    relay.limit(Kind::Bytes, session.serial, post.payload.len() as u64, ctx.now)?;
    let row = read.queue(&queue)?.filter(|row| !row.post_key.is_empty());
    let row = row.ok_or(refused(Refusal::NotFound("queue_id")))?;
    let key = PublicKey::from_slice(&row.post_key).map_err(|_| forbidden())?;
    key.verify(&statement::direct_post(&queue, &post.payload), &post.signature)
        .map_err(|_| forbidden())?;
    Ok(Step::execute(Command {
        request: Some(request::direct(&queue, &hash(&post.payload))),
        operation: Operation::AppendDirect { queue, payload: post.payload, signer: key.0 },
    }))
}

fn forbidden() -> Failed {
    refused(Refusal::Forbidden("signature"))
}
