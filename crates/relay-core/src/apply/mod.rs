//! What each command does, in terms of the tables. Both backends run this, so that they mean the same.
//!
//! Invariants: a refused or failed command leaves nothing in the batch; time and randomness come with it.

mod account;
mod backup;
mod blob;
mod direct;
mod group;
mod key_package;
mod mailbox;
mod past;
mod queue;
mod sweep;
mod unreachable;
mod void;

use crate::command::{Command, Operation, Outcome, StoreError};
use crate::read::{Read, day};
use crate::rows;
use crate::seal::ServerKey;
use crate::table::{Backend, Delta, Table, Tx, key};
use parlor_wire::relay::KeyPackagesTaken;
use parlor_wire::{Hash, Message};

/// Runs one command over a backend and the batch so far. What it changed is in the batch afterwards, unless
/// it was refused or failed.
pub fn apply(
    base: &dyn Backend,
    batch: &mut Delta,
    server_key: &ServerKey,
    command: Command,
    now: u64,
) -> Result<Outcome, StoreError> {
    let mut tx = Tx::new(base, batch);
    let outcome = run(&mut tx, server_key, command, now)?;
    if !matches!(outcome, Outcome::Refused(_)) {
        let delta = tx.into_delta();
        batch.extend(delta);
    }
    Ok(outcome)
}

fn run(
    tx: &mut Tx<'_>,
    server_key: &ServerKey,
    command: Command,
    now: u64,
) -> Result<Outcome, StoreError> {
    // A voided commit stays refused, although its first answer may still be remembered.
    if let Operation::CommitEpoch(commit) = &command.operation
        && tx.voided(&commit.group, &commit.commit_hash)?
    {
        return Ok(Outcome::Refused(crate::command::Refusal::Voided));
    }
    if let Some(request) = &command.request
        && let Some(answer) = tx.answer(request, now)?
    {
        return remembered(server_key, request, answer);
    }
    let outcome = match command.operation {
        Operation::CreateAccount { user, genesis, device, username, invite } => {
            account::create(tx, (user, genesis), device, username, invite, now)
        }
        Operation::AppendLog { user, seq, entry, change, devices } => {
            account::append_log(tx, user, seq, entry, change, devices)
        }
        Operation::Seen { user, device, day } => account::seen(tx, user, device, day),
        Operation::DeleteAccount { user, mailboxes } => account::delete(tx, user, mailboxes, now),
        Operation::CreateInvite { invite, uses, expires } => {
            account::create_invite(tx, invite, uses, expires)
        }
        Operation::PutKeyPackages { user, device, packages, last_resort } => {
            key_package::put(tx, user, device, packages, last_resort)
        }
        Operation::TakeKeyPackages { user, devices } => key_package::take(tx, user, &devices),
        Operation::OpenQueues { mailbox, queues, post_key } => {
            queue::open(tx, server_key, mailbox, queues, post_key)
        }
        Operation::OpenGuest { mailbox } => direct::open_guest(tx, mailbox, now),
        Operation::AppendDirect { queue, payload, signer } => {
            direct::append(tx, server_key, queue, payload, signer, now)
        }
        Operation::CloseQueues { mailbox, queues } => queue::close(tx, server_key, mailbox, queues),
        Operation::AppendPost { group, epoch, payload, except } => {
            group::append_post(tx, server_key, (group, epoch), payload, except, now)
        }
        Operation::CommitEpoch(commit) => group::commit_epoch(tx, server_key, *commit, now),
        Operation::NackCommit { group, commit_hash, queue, mailbox, signer } => {
            void::nack(tx, server_key, (group, commit_hash), (queue, mailbox), signer, now)
        }
        Operation::Acknowledge { mailbox, up_to } => mailbox::acknowledge(tx, mailbox, up_to),
        Operation::GrantBlob { blob, size, user, limits } => {
            blob::grant(tx, (blob, size), &user, &limits, now)
        }
        Operation::CompleteBlob { blob, days } => blob::complete(tx, &blob, days, now),
        Operation::RenewBlob { blob, user, limits } => blob::renew(tx, &blob, &user, &limits, now),
        Operation::ForgetBlobs { blobs } => blob::forget(tx, &blobs),
        Operation::AppendBackup(append) => backup::append(tx, append, now),
        Operation::Sweep { limit } => sweep::sweep(tx, server_key, limit, now),
    }?;
    if let Some(request) = command.request {
        remember(tx, server_key, &request, &outcome, now);
    }
    Ok(outcome)
}

fn remember(tx: &mut Tx<'_>, server_key: &ServerKey, request: &Hash, outcome: &Outcome, now: u64) {
    let mut answer = rows::Answer { time: now, ..Default::default() };
    match outcome {
        Outcome::Accepted { accepted, .. } => answer.accepted = Some(*accepted),
        Outcome::Taken(taken) => {
            answer.sealed_taken = server_key.seal_answer(request, &taken.encode_to_vec());
        }
        Outcome::Kept(count) => answer.count = Some(*count),
        _ => return,
    }
    tx.put(Table::Answer, answer_key(request, now), answer.encode_to_vec());
}

/// The outcome that an answer stands for; asked again, it wakes nobody.
pub(crate) fn remembered(
    server_key: &ServerKey,
    request: &Hash,
    answer: rows::Answer,
) -> Result<Outcome, StoreError> {
    if let Some(accepted) = answer.accepted {
        return Ok(Outcome::Accepted { accepted, wakes: Vec::new(), overflowed: 0 });
    }
    if let Some(count) = answer.count {
        return Ok(Outcome::Kept(count));
    }
    let taken = server_key.open_answer(request, &answer.sealed_taken);
    let taken = taken.and_then(|bytes| KeyPackagesTaken::decode(bytes.as_slice()).ok());
    taken.map(Outcome::Taken).ok_or(StoreError::Damaged)
}

fn answer_key(request: &Hash, now: u64) -> Vec<u8> {
    key(&[&day(now).to_be_bytes(), &request.0])
}

/// Forgets a request, wherever its answer lies.
fn forget(tx: &mut Tx<'_>, request: &Hash, now: u64) {
    tx.remove(Table::Answer, answer_key(request, now));
    tx.remove(Table::Answer, answer_key(request, now.saturating_sub(crate::read::DAY)));
}
