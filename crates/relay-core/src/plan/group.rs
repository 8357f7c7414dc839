//! Posts, bundles, group info, nacks: authorised by the keys of the group, never by an account.

use super::{Failed, Planned, Step, device, field, malformed, refused, remembered};
use crate::command::{Command, CommitEpoch, Operation, Refusal};
use crate::rate::Kind;
use crate::read::Read;
use crate::relay::{Ctx, Relay};
use crate::request;
use crate::session::{PutOff, Session};
use bytes::Bytes;
use parlor_crypto::sign::PublicKey;
use parlor_wire::limits::{MAX_GROUP_QUEUES, MAX_POST_BYTES};
use parlor_wire::relay::{
    Bundle, BundleKind, Code, GroupInfo, GroupInfoFetch, Live, Nack, Post, WelcomeFor, reply,
};
use parlor_wire::{GroupId, Hash, MailboxId, QueueId, hash, statement};
use std::collections::BTreeSet;

/// How long a post that was put off is waited for after its time, milliseconds.
const PUT_OFF: u64 = 10_000;

fn verify(key: &[u8], statement: &[u8], signature: &[u8]) -> Result<(), Failed> {
    let key = PublicKey::from_slice(key);
    let holds = key.and_then(|key| key.verify(statement, signature));
    holds.map_err(|_| refused(Refusal::Forbidden("signature")))
}

pub(super) fn post(
    relay: &Relay,
    read: &impl Read,
    session: &mut Session,
    post: Post,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let group: GroupId = field(&post.group_id, "group_id")?;
    let signature: [u8; 64] = field(&post.signature, "signature")?;
    if post.payload.is_empty() {
        return Err(malformed("payload"));
    }
    if post.payload.len() > MAX_POST_BYTES {
        return Err(Failed::new(Code::TooLarge, "payload"));
    }
    let payload = hash(&post.payload);
    in_turn(relay, session, (group, post.epoch, payload), post.payload.len(), ctx.now)?;
    let request = request::post(&group, &payload);
    if let Some(known) = remembered(relay, read, &request, ctx.now)? {
        return Ok(known);
    }
    let current = read.group(&group)?.ok_or(refused(Refusal::NotFound("group_id")))?;
    if current.epoch != post.epoch {
        return Err(refused(Refusal::WrongEpoch(current.epoch)));
    }
    let signed = statement::post(&group, post.epoch, post.ephemeral, &post.payload);
    verify(&current.send_key, &signed, &signature)?;
    let except = session.authenticated.map(|who| who.mailbox);
    if post.ephemeral {
        let live = live(relay, read, &current.queues, except, &post)?;
        return Ok(Step::Live(live));
    }
    Ok(Step::execute(Command {
        request: Some(request),
        operation: Operation::AppendPost {
            group,
            epoch: post.epoch,
            payload: post.payload,
            except,
        },
    }))
}

/// Limits posts without changing their order: after one was put off, those behind it wait for it.
fn in_turn(
    relay: &Relay,
    session: &mut Session,
    (group, epoch, payload): (GroupId, u64, Hash),
    bytes: usize,
    now: u64,
) -> Result<(), Failed> {
    let before = session.put_off.as_ref().filter(|first| {
        (first.group, first.epoch) == (group, epoch)
            && first.payload != payload
            && now < first.until
    });
    if let Some(first) = before {
        return Err(Failed::rate_limited((first.until - now).saturating_sub(PUT_OFF)));
    }
    let limited = relay
        .limit(Kind::Post, session.serial, 1, now)
        .and_then(|()| relay.limit(Kind::Bytes, session.serial, bytes as u64, now));
    session.put_off = match &limited {
        Ok(()) => None,
        Err(failed) => {
            let until = now.saturating_add(failed.0.retry_after).saturating_add(PUT_OFF);
            Some(PutOff { group, epoch, payload, until })
        }
    };
    limited
}

fn live(
    relay: &Relay,
    read: &impl Read,
    queues: &[Vec<u8>],
    except: Option<MailboxId>,
    post: &Post,
) -> Result<Vec<(MailboxId, Live)>, Failed> {
    let mut targets = Vec::new();
    for queue in queues {
        let Ok(id) = QueueId::try_from(queue) else { continue };
        let row = read.queue(&id)?;
        let mailbox = row.and_then(|row| relay.key.open(&id, &row.sealed_mailbox));
        if let Some(mailbox) = mailbox.filter(|mailbox| except != Some(*mailbox)) {
            let live =
                Live { queue_id: id.to_vec(), epoch: post.epoch, payload: post.payload.clone() };
            targets.push((mailbox, live));
        }
    }
    Ok(targets)
}

pub(super) fn bundle(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    bundle: Bundle,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let kind = BundleKind::try_from(bundle.kind).map_err(|_| malformed("kind"))?;
    let group: GroupId = field(&bundle.group_id, "group_id")?;
    if bundle.commit.is_empty() {
        return Err(malformed("commit"));
    }
    let bytes = bundle.commit.len() + bundle.group_info.len();
    relay.limit(Kind::Post, session.serial, 1, ctx.now)?;
    relay.limit(Kind::Bytes, session.serial, bytes as u64, ctx.now)?;
    let commit_hash = hash(&bundle.commit);
    if read.voided(&group, &commit_hash)? {
        return Err(refused(Refusal::Voided));
    }
    let request = request::bundle(&group, &commit_hash);
    if let Some(known) = remembered(relay, read, &request, ctx.now)? {
        return Ok(known);
    }
    let current = read.group(&group)?;
    let signer: Vec<u8> = match (kind, current) {
        (BundleKind::Create, current) => {
            device(session)?;
            if current.is_some() {
                return Err(refused(Refusal::Conflict("group_id")));
            }
            if bundle.base_epoch != 0 {
                return Err(malformed("base_epoch"));
            }
            bundle.send_key.clone()
        }
        (_, None) => return Err(refused(Refusal::NotFound("group_id"))),
        (_, Some(current)) if current.epoch != bundle.base_epoch => {
            return Err(refused(Refusal::WrongEpoch(current.epoch)));
        }
        (BundleKind::Commit, Some(current)) => current.send_key,
        (BundleKind::Rejoin, Some(current)) => current.rejoin_key,
    };
    let checked = checked(&bundle, (group, kind, commit_hash), &signer)?;
    verify(&signer, &statement::bundle(&bundle), &bundle.signature)?;
    Ok(Step::execute(Command {
        request: Some(request),
        operation: Operation::CommitEpoch(Box::new(checked)),
    }))
}

fn checked(
    bundle: &Bundle,
    (group, kind, commit_hash): (GroupId, BundleKind, Hash),
    signer: &[u8],
) -> Result<CommitEpoch, Failed> {
    let add = queue_ids(&bundle.queues_add, "queues_add")?;
    let remove = queue_ids(&bundle.queues_remove, "queues_remove")?;
    Ok(CommitEpoch {
        group,
        base_epoch: bundle.base_epoch,
        kind,
        commit: bundle.commit.clone(),
        commit_hash,
        welcomes: welcomes(&bundle.welcomes, &add)?,
        group_info: bundle.group_info.clone(),
        send_key: field(&bundle.send_key, "send_key")?,
        rejoin_key: field(&bundle.rejoin_key, "rejoin_key")?,
        epoch_tag: field(&bundle.epoch_tag, "epoch_tag")?,
        add,
        remove,
        signer: field(signer, "send_key")?,
    })
}

fn queue_ids(ids: &[Vec<u8>], name: &str) -> Result<Vec<QueueId>, Failed> {
    let parsed: Vec<QueueId> =
        ids.iter().map(|id| field(id, name)).collect::<Result<_, Failed>>()?;
    let distinct: BTreeSet<&QueueId> = parsed.iter().collect();
    if distinct.len() != parsed.len() || parsed.len() > MAX_GROUP_QUEUES {
        return Err(malformed(name));
    }
    Ok(parsed)
}

fn welcomes(welcomes: &[WelcomeFor], add: &[QueueId]) -> Result<Vec<(QueueId, Bytes)>, Failed> {
    let added: BTreeSet<&QueueId> = add.iter().collect();
    let mut seen: Vec<(QueueId, Bytes)> = Vec::new();
    let mut named = BTreeSet::new();
    for welcome in welcomes {
        let queue: QueueId = field(&welcome.queue_id, "welcomes.queue_id")?;
        if !added.contains(&queue) || !named.insert(queue) {
            return Err(malformed("welcomes.queue_id"));
        }
        let payload = match welcome.same_as {
            None => welcome.payload.clone(),
            Some(index) => {
                let earlier = seen.get(index as usize).filter(|_| welcome.payload.is_empty());
                earlier.ok_or(malformed("welcomes.same_as"))?.1.clone()
            }
        };
        if payload.is_empty() {
            return Err(malformed("welcomes.payload"));
        }
        seen.push((queue, payload));
    }
    Ok(seen)
}

pub(super) fn info(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    fetch: &GroupInfoFetch,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let group: GroupId = field(&fetch.group_id, "group_id")?;
    relay.limit(Kind::Lookup, session.serial, 1, ctx.now)?;
    let current = read.group(&group)?.ok_or(refused(Refusal::NotFound("group_id")))?;
    let signed = statement::group_info(&group, &session.nonce);
    verify(&current.rejoin_key, &signed, &fetch.signature)?;
    let info = read.group_info(&group, current.epoch)?;
    let info = info.ok_or(refused(Refusal::NotFound("group_info")))?;
    let head = read.group_head(&group)?;
    Ok(Step::Answer(reply::Result::GroupInfo(GroupInfo {
        group_info: info.into(),
        epoch: current.epoch,
        group_seq: head.seq,
    })))
}

pub(super) fn nack(
    relay: &Relay,
    read: &impl Read,
    session: &Session,
    nack: &Nack,
    ctx: &mut Ctx<'_>,
) -> Planned {
    let who = device(session)?;
    let group: GroupId = field(&nack.group_id, "group_id")?;
    let commit_hash: Hash = field(&nack.commit_hash, "commit_hash")?;
    let queue: QueueId = field(&nack.queue_id, "queue_id")?;
    relay.limit(Kind::Write, session.serial, 1, ctx.now)?;
    if read.voided(&group, &commit_hash)? {
        return Ok(Step::done());
    }
    let current = read.group(&group)?.ok_or(refused(Refusal::NotFound("group_id")))?;
    let before = read.ended_by(&group, &commit_hash)?.and_then(|past| past.epoch);
    let before = before.ok_or(refused(Refusal::WrongEpoch(current.epoch)))?;
    let signed = statement::nack(&group, &commit_hash, &queue);
    verify(&before.send_key, &signed, &nack.signature)?;
    Ok(Step::execute(Operation::NackCommit {
        group,
        commit_hash,
        queue,
        mailbox: who.mailbox,
        signer: field(&before.send_key, "send_key")?,
    }))
}
