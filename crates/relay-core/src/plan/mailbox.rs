//! Queues, acknowledgements, counters.

use super::{Failed, Planned, Step, device, field, mailbox_of, malformed, refused};
use crate::command::{NewQueue, Operation, Refusal};
use crate::rate::Kind;
use crate::read::Read;
use crate::relay::{Ctx, Relay};
use crate::session::{Session, Then};
use parlor_wire::QueueId;
use parlor_wire::limits::MAX_QUEUES_PER_REQUEST;
use parlor_wire::relay::{Ack, Code, QueueClose, QueueOpen, Stat, reply};

fn ids(queue_ids: &[Vec<u8>]) -> Result<Vec<QueueId>, super::Failed> {
    if queue_ids.len() > MAX_QUEUES_PER_REQUEST {
        return Err(malformed("queue_ids: too many"));
    }
    queue_ids.iter().map(|id| field(id, "queue_ids")).collect()
}

pub(super) fn queue_open(
    relay: &Relay,
    session: &Session,
    request: &QueueOpen,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let mailbox = mailbox_of(session)?;
    let ids = ids(&request.queue_ids)?;
    let post_key: Option<[u8; 32]> = match request.post_key.as_slice() {
        [] => None,
        key => Some(field(key, "post_key")?),
    };
    if post_key.is_none() && session.guest.is_some() {
        return Err(Failed::new(Code::Unauthenticated, "a guest has no queues of groups"));
    }
    relay.limit(Kind::Write, session.serial, ids.len() as u64, ctx.now)?;
    let sealed = |id: QueueId| NewQueue { id, sealed: relay.key.seal(&id, &mailbox, ctx.rng) };
    let queues = ids.into_iter().map(sealed).collect();
    Ok(Step::execute(Operation::OpenQueues { mailbox, queues, post_key }))
}

pub(super) fn queue_close(
    relay: &Relay,
    session: &Session,
    request: &QueueClose,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let mailbox = mailbox_of(session)?;
    let queues = ids(&request.queue_ids)?;
    relay.limit(Kind::Write, session.serial, queues.len() as u64, ctx.now)?;
    Ok(Step::execute(Operation::CloseQueues { mailbox, queues }))
}

pub(super) fn acknowledge(session: &Session, ack: &Ack) -> Planned {
    let mailbox = mailbox_of(session)?;
    let operation = Operation::Acknowledge { mailbox, up_to: ack.sequence };
    Ok(Step::Execute(Box::new(operation.into()), Then::Acknowledged(ack.sequence)))
}

pub(super) fn stat(read: &impl Read, session: &Session) -> Planned {
    let who = device(session)?;
    let row = read.device(&who.user, &who.device)?.ok_or(refused(Refusal::Revoked))?;
    let mailbox = read.mailbox(&who.mailbox)?.ok_or(refused(Refusal::Revoked))?;
    Ok(Step::Answer(reply::Result::Stat(Stat {
        acked: mailbox.acked,
        tail: mailbox.tail,
        one_time_key_packages: row.one_time,
        last_resort: row.last_resort,
    })))
}
