//! Random commands over a model, the store in memory and the store on disk: all three answer the same and
//! hold the same.

#![allow(clippy::unwrap_used)]

mod backups;
mod model;

use bytes::Bytes;
use model::{Item, Model, Name, Person, Queue, commit_hash};
use parlor_crypto::Secret;
use parlor_relay::{FjallStore, Space};
use parlor_relay_core::{
    Command, CommitEpoch, MemoryStore, NewDevice, NewQueue, Operation, Outcome, Read, ServerKey,
    Store, request,
};
use parlor_wire::relay::BundleKind;
use parlor_wire::{DeviceId, GroupId, MailboxId, QueueId, UserId, hash};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const NOW: u64 = 1_700_000_000_000;
const GROUP: GroupId = GroupId([7; 16]);
const PEOPLE: u8 = 4;
/// Two for each person, if each opens its own.
const QUEUES: u8 = 8;

/// What happens next; "stale" and "forged" are the ways to be wrong.
#[derive(Debug, Clone)]
enum Step {
    Open(Person, Queue),
    Close(Person, Queue),
    Post { payload: u8, stale: bool, except: Option<Person> },
    Commit { name: Name, stale: bool, forged: bool, add: BTreeSet<Queue>, remove: BTreeSet<Queue> },
    Nack { name: Name, queue: Queue, person: Person, forged: bool },
    Acknowledge { person: Person, up_to: u64 },
    Delete(Person),
    Sweep,
    Reopen,
}

fn seldom() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.1)
}

fn step() -> impl Strategy<Value = Step> {
    let (person, queue, name) = (0..PEOPLE, 0..QUEUES, 1..20u8);
    // Mostly the own queues.
    let own = (person.clone(), 0..2u8).prop_map(|(person, n)| (person, 2 * person + n));
    let any = prop_oneof![6 => own, 1 => (person.clone(), queue.clone())];
    prop_oneof![
        6 => any.clone().prop_map(|(person, queue)| Step::Open(person, queue)),
        1 => any.clone().prop_map(|(person, queue)| Step::Close(person, queue)),
        6 => (0..30u8, seldom(), prop::option::of(person.clone()))
            .prop_map(|(payload, stale, except)| Step::Post { payload, stale, except }),
        10 => (name.clone(), seldom(), seldom(), btree_set(queue.clone(), 0..3), btree_set(queue, 0..2))
            .prop_map(|(name, stale, forged, add, remove)| {
                Step::Commit { name, stale, forged, add, remove }
            }),
        10 => (name, any, seldom())
            .prop_map(|(name, (person, queue), forged)| Step::Nack { name, queue, person, forged }),
        3 => (person.clone(), 0..12u64)
            .prop_map(|(person, up_to)| Step::Acknowledge { person, up_to }),
        1 => person.prop_map(Step::Delete),
        1 => Just(Step::Sweep),
        1 => Just(Step::Reopen),
    ]
}

fn mailbox(key: &ServerKey, person: Person) -> MailboxId {
    key.mailbox(&UserId([person; 32]), &DeviceId([person; 16]))
}

fn queue_id(queue: Queue) -> QueueId {
    QueueId([queue; 16])
}

fn account(key: &ServerKey, person: Person) -> Operation {
    Operation::CreateAccount {
        user: UserId([person; 32]),
        genesis: Bytes::from(vec![person; 10]),
        device: NewDevice {
            id: DeviceId([person; 16]),
            key: [person; 32],
            mailbox: mailbox(key, person),
        },
        username: None,
        invite: None,
    }
}

/// The command of a step, and what the model says to it.
fn both(key: &ServerKey, model: &mut Model, step: &Step, now: u64) -> (Command, Outcome) {
    let (epoch, send_key) = model.current();
    match step {
        Step::Open(person, queue) => {
            let (mailbox, id) = (mailbox(key, *person), queue_id(*queue));
            let sealed = key.seal(&id, &mailbox, &mut rand_core::UnwrapErr(rand_core::OsRng));
            let queues = vec![NewQueue { id, sealed }];
            (
                Operation::OpenQueues { mailbox, queues, post_key: None }.into(),
                model.open(*person, *queue),
            )
        }
        Step::Close(person, queue) => {
            let (mailbox, queues) = (mailbox(key, *person), vec![queue_id(*queue)]);
            (Operation::CloseQueues { mailbox, queues }.into(), model.close(*person, *queue))
        }
        Step::Post { payload, stale, except } => {
            let epoch = epoch + u64::from(*stale);
            let payload = vec![*payload; 3];
            let operation = Operation::AppendPost {
                group: GROUP,
                epoch,
                payload: payload.clone().into(),
                except: except.map(|person| mailbox(key, person)),
            };
            let request = Some(request::post(&GROUP, &hash(&payload)));
            (Command { request, operation }, model.post(epoch, &payload, *except, now))
        }
        Step::Commit { name, stale, forged, add, remove } => {
            // What makes a group is signed with the key that it brings, and adds only.
            let first = epoch == 0;
            let base = if first { 0 } else { epoch - u64::from(*stale && epoch > 1) };
            let signer = if first { *name } else { send_key ^ u8::from(*forged) };
            let add: Vec<Queue> = add.iter().copied().collect();
            let remove: Vec<Queue> =
                if first { Vec::new() } else { remove.iter().copied().collect() };
            let command = commit(*name, (base, signer), first, (&add, &remove));
            (command, model.commit(*name, (base, signer), (&add, &remove), now))
        }
        Step::Nack { name, queue, person, forged } => {
            let signer = model.key_before(*name).unwrap_or(0) ^ u8::from(*forged);
            let operation = Operation::NackCommit {
                group: GROUP,
                commit_hash: commit_hash(*name),
                queue: queue_id(*queue),
                mailbox: mailbox(key, *person),
                signer: [signer; 32],
            };
            (operation.into(), model.nack(*name, *queue, *person, signer))
        }
        Step::Acknowledge { person, up_to } => {
            let operation =
                Operation::Acknowledge { mailbox: mailbox(key, *person), up_to: *up_to };
            (operation.into(), model.acknowledge(*person, *up_to))
        }
        Step::Delete(person) => {
            let mailboxes = vec![mailbox(key, *person)];
            let operation = Operation::DeleteAccount { user: UserId([*person; 32]), mailboxes };
            (operation.into(), model.delete(*person))
        }
        Step::Sweep | Step::Reopen => {
            model.sweep();
            let swept = Outcome::Swept { rows: 0, more: false };
            (Operation::Sweep { limit: 100_000 }.into(), swept)
        }
    }
}

fn commit(
    name: Name,
    (base_epoch, signer): (u64, Name),
    first: bool,
    (add, remove): (&[Queue], &[Queue]),
) -> Command {
    let ids = |queues: &[Queue]| queues.iter().map(|queue| queue_id(*queue)).collect();
    let operation = Operation::CommitEpoch(Box::new(CommitEpoch {
        group: GROUP,
        base_epoch,
        kind: if first { BundleKind::Create } else { BundleKind::Commit },
        commit: Bytes::from(vec![name]),
        commit_hash: commit_hash(name),
        welcomes: Vec::new(),
        group_info: Bytes::new(),
        send_key: [name; 32],
        rejoin_key: [99; 32],
        epoch_tag: [name; 32],
        add: ids(add),
        remove: ids(remove),
        signer: [signer; 32],
    }));
    Command { request: Some(request::bundle(&GROUP, &commit_hash(name))), operation }
}

/// Wakes have no order, and how many rows a sweep removed is nobody's business.
fn plain(outcome: Outcome) -> Outcome {
    let sorted = |wakes: Vec<MailboxId>| BTreeSet::from_iter(wakes).into_iter().collect();
    match outcome {
        Outcome::Accepted { accepted, wakes, overflowed } => {
            Outcome::Accepted { accepted, wakes: sorted(wakes), overflowed }
        }
        Outcome::Nacked { wakes } => Outcome::Nacked { wakes: sorted(wakes) },
        Outcome::Swept { more, .. } => Outcome::Swept { rows: 0, more },
        other => other,
    }
}

/// Acknowledged and newest sequence, and the items, of everybody.
type Contents = BTreeMap<Person, Option<(u64, u64, Vec<Item>)>>;

fn held(store: &impl Store, key: &ServerKey) -> Contents {
    let one = |person: Person| {
        let id = mailbox(key, person);
        let row = store.mailbox(&id).unwrap()?;
        let items = store.items(&id, row.acked, (usize::MAX, usize::MAX), NOW).unwrap();
        assert_eq!(row.items, items.len() as u64);
        let item = |item: parlor_wire::relay::MailboxItem| {
            let (queue, kind) = (item.queue_id[0], item.kind());
            let payload = item.payload.to_vec();
            (item.sequence, queue, kind, item.group_seq, item.epoch, payload)
        };
        Some((row.acked, row.tail, items.into_iter().map(item).collect()))
    };
    (0..PEOPLE).map(|person| (person, one(person))).collect()
}

fn expected(model: &Model) -> Contents {
    let one = |person| {
        let mailbox = model.mailbox(person)?;
        Some((mailbox.acked, mailbox.tail, mailbox.items.clone()))
    };
    (0..PEOPLE).map(|person| (person, one(person))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn three_stores_agree(batches in vec(vec(step(), 1..8), 1..16)) {
        let key = ServerKey::new(&Secret::new([1; 32]));
        let folder = tempfile::tempdir().unwrap();
        let space = Space::of_disk(folder.path(), 0);
        let open = || FjallStore::open(folder.path(), key.clone(), space.clone()).unwrap();
        let (memory, mut disk) = (MemoryStore::new(key.clone()), open());
        let ids = (0..PEOPLE).map(|person| (person, mailbox(&key, person))).collect();
        let mut model = Model::new(ids);
        let accounts: Vec<Command> = (0..PEOPLE).map(|n| account(&key, n).into()).collect();
        memory.execute(accounts.clone(), NOW);
        disk.execute(accounts, NOW);
        for (steps, now) in batches.iter().zip(NOW..) {
            let (commands, said): (Vec<Command>, Vec<Outcome>) =
                steps.iter().map(|step| both(&key, &mut model, step, now)).unzip();
            let said: Vec<Outcome> = said.into_iter().map(plain).collect();
            let outcomes = |outcomes: Vec<Result<Outcome, _>>| -> Vec<Outcome> {
                outcomes.into_iter().map(|outcome| plain(outcome.unwrap())).collect()
            };
            prop_assert_eq!(&outcomes(memory.execute(commands.clone(), now)), &said);
            prop_assert_eq!(&outcomes(disk.execute(commands, now)), &said);
            if steps.iter().any(|step| matches!(step, Step::Reopen)) {
                drop(disk);
                disk = open();
            }
            prop_assert_eq!(&held(&memory, &key), &expected(&model));
            prop_assert_eq!(&held(&disk, &key), &expected(&model));
        }
    }
}
