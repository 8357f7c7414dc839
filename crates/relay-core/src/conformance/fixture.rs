//! Commands that the properties are made of.

use crate::command::*;
use crate::seal::ServerKey;
use crate::store::Store;
use crate::{Read, request};
use bytes::Bytes;
use parlor_wire::relay::{Accepted, BundleKind, MailboxItem};
use parlor_wire::{DeviceId, GroupId, MailboxId, QueueId, UserId, hash};

/// An open store.
pub type Opened = Box<dyn Store + Send + Sync>;
/// Opens the same place again.
pub type Open = Box<dyn Fn() -> Opened>;

pub const NOW: u64 = 1_700_000_000_000;
pub const GROUP: GroupId = GroupId([7; 16]);

/// Nonces that only have to differ.
pub struct Counting(pub u64);

impl rand_core::RngCore for Counting {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }
    fn next_u64(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.next_u64().to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}
impl rand_core::CryptoRng for Counting {}

pub fn user(n: u8) -> UserId {
    UserId([n; 32])
}

pub fn device(n: u8) -> DeviceId {
    DeviceId([n; 16])
}

pub fn queue(n: u8) -> QueueId {
    QueueId([n; 16])
}

pub fn mailbox(key: &ServerKey, n: u8) -> MailboxId {
    key.mailbox(&user(n), &device(n))
}

pub fn create_account(key: &ServerKey, n: u8) -> Operation {
    Operation::CreateAccount {
        user: user(n),
        genesis: Bytes::from(vec![n; 10]),
        device: NewDevice { id: device(n), key: [n; 32], mailbox: mailbox(key, n) },
        username: None,
        invite: None,
    }
}

pub fn new_queue(key: &ServerKey, n: u8, id: QueueId) -> NewQueue {
    let sealed = key.seal(&id, &mailbox(key, n), &mut Counting(u64::from(n)));
    NewQueue { id, sealed }
}

pub fn run(store: &Opened, command: impl Into<Command>) -> Outcome {
    store.execute_one(command.into(), NOW).unwrap()
}

pub fn accepted(outcome: Outcome) -> Accepted {
    match outcome {
        Outcome::Accepted { accepted, .. } => accepted,
        other => panic!("not accepted: {other:?}"),
    }
}

/// People 1..=n, each with a queue of the same number.
pub fn people(store: &Opened, key: &ServerKey, n: u8) {
    for n in 1..=n {
        assert_eq!(run(store, create_account(key, n)), Outcome::Done);
        let queues = vec![new_queue(key, n, queue(n))];
        let open = Operation::OpenQueues { mailbox: mailbox(key, n), queues, post_key: None };
        assert_eq!(run(store, open), Outcome::Done);
    }
}

/// A bundle that moves the group from `base`; `name` tells commits apart. Keys are the epoch's number, in a byte.
pub fn bundle(base: u64, name: &[u8], add: &[u8], remove: &[u8]) -> Command {
    let (kind, signer) = match base {
        0 => (BundleKind::Create, 1),
        _ => (BundleKind::Commit, base as u8),
    };
    let commit = Bytes::copy_from_slice(name);
    let commit_hash = hash(&commit);
    Command {
        request: Some(request::bundle(&GROUP, &commit_hash)),
        operation: Operation::CommitEpoch(Box::new(CommitEpoch {
            group: GROUP,
            base_epoch: base,
            kind,
            commit,
            commit_hash,
            welcomes: Vec::new(),
            group_info: Bytes::from(format!("info {base}")),
            send_key: [(base + 1) as u8; 32],
            rejoin_key: [99; 32],
            epoch_tag: [base as u8; 32],
            add: add.iter().map(|n| queue(*n)).collect(),
            remove: remove.iter().map(|n| queue(*n)).collect(),
            signer: [signer; 32],
        })),
    }
}

/// `n` people in the group at epoch 1, with nothing in their mailboxes.
pub fn group_of(store: &Opened, key: &ServerKey, n: u8) {
    people(store, key, n);
    let all: Vec<u8> = (1..=n).collect();
    accepted(run(store, bundle(0, b"create", &all, &[])));
    for n in all {
        let mailbox = mailbox(key, n);
        run(store, Operation::Acknowledge { mailbox, up_to: 1 });
    }
}

pub fn post(epoch: u64, payload: &[u8]) -> Command {
    Command {
        request: Some(request::post(&GROUP, &hash(payload))),
        operation: Operation::AppendPost {
            group: GROUP,
            epoch,
            payload: Bytes::copy_from_slice(payload),
            except: None,
        },
    }
}

/// What a person's mailbox holds after its acknowledged sequence.
pub fn items(store: &Opened, key: &ServerKey, n: u8, now: u64) -> Vec<MailboxItem> {
    items_of(store, &mailbox(key, n), now)
}

/// The same for any mailbox.
pub fn items_of(store: &Opened, id: &MailboxId, now: u64) -> Vec<MailboxItem> {
    let Some(row) = store.mailbox(id).unwrap() else { return Vec::new() };
    store.items(id, row.acked, (usize::MAX, usize::MAX), now).unwrap()
}

/// The payloads in it.
pub fn payloads(store: &Opened, key: &ServerKey, n: u8) -> Vec<Vec<u8>> {
    items(store, key, n, NOW).into_iter().map(|item| item.payload.to_vec()).collect()
}
