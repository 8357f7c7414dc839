//! Commits that the members take back.

use super::fixture::*;
use super::groups::people_one_more;
use crate::command::*;
use crate::{DAY, Read, ServerKey, Table};
use parlor_wire::limits::MAILBOX_RETENTION_MS;
use parlor_wire::relay::ItemKind;
use parlor_wire::{Hash, hash};

/// Queue and mailbox of person `n` refuse a commit with the send key of an epoch.
fn nack(key: &ServerKey, commit: &[u8], n: u8, epoch: u8) -> Operation {
    Operation::NackCommit {
        group: GROUP,
        commit_hash: hash(commit),
        queue: queue(n),
        mailbox: mailbox(key, n),
        signer: [epoch; 32],
    }
}

fn counted() -> Outcome {
    Outcome::Nacked { wakes: Vec::new() }
}

fn woken(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Nacked { wakes } => wakes.len(),
        other => panic!("{other:?}"),
    }
}

fn epoch(store: &Opened) -> (u64, usize) {
    let group = store.group(&GROUP).unwrap().unwrap();
    (group.epoch, group.queues.len())
}

fn count(store: &Opened, table: Table) -> usize {
    store.scan(table, &[], &[u8::MAX; 65], usize::MAX).unwrap().len()
}

/// The newest item of a person tells that a commit which ended an epoch is void.
fn told(store: &Opened, key: &ServerKey, n: u8, commit: &Hash, epoch: u64) {
    let last = items(store, key, n, NOW).pop().unwrap();
    assert_eq!((last.kind(), last.epoch), (ItemKind::Voided, epoch));
    assert_eq!(last.payload.as_ref(), &commit.0[..]);
}

pub fn newest(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 4);
    people_one_more(&store, key);
    accepted(run(&store, bundle(1, b"broken", &[6], &[4])));
    let of_another = Operation::NackCommit {
        group: GROUP,
        commit_hash: hash(b"broken"),
        queue: queue(2),
        mailbox: mailbox(key, 3),
        signer: [1; 32],
    };
    for bad in [of_another, nack(key, b"broken", 2, 2), nack(key, b"broken", 6, 1)] {
        assert!(matches!(run(&store, bad), Outcome::Refused(Refusal::Forbidden(_))));
    }
    for unknown in [b"create".as_slice(), b"other"] {
        let refused = run(&store, nack(key, unknown, 2, 1));
        assert_eq!(refused, Outcome::Refused(Refusal::WrongEpoch(2)));
    }
    assert_eq!(run(&store, nack(key, b"broken", 2, 1)), counted());
    assert_eq!(run(&store, nack(key, b"broken", 2, 1)), counted(), "a queue counts once");
    drop(store);
    let store = open();
    assert_eq!(epoch(&store), (2, 4));
    assert_eq!(woken(run(&store, nack(key, b"broken", 4, 1))), 5);
    assert_eq!(epoch(&store), (1, 4));
    assert_eq!(store.group_info(&GROUP, 1).unwrap().unwrap(), "info 0");
    let again = run(&store, bundle(1, b"broken", &[6], &[4]));
    assert_eq!(again, Outcome::Refused(Refusal::Voided));
    for n in [1, 4, 6] {
        told(&store, key, n, &hash(b"broken"), 1);
    }
    assert_eq!(run(&store, nack(key, b"broken", 3, 1)), Outcome::Done, "late, and nothing more");
    assert_eq!(accepted(run(&store, bundle(1, b"better", &[6], &[]))).epoch, 2);
}

pub fn chain(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 4);
    people_one_more(&store, key);
    accepted(run(&store, bundle(1, b"good", &[], &[])));
    accepted(run(&store, bundle(2, b"first", &[6], &[1, 2])));
    accepted(run(&store, post(3, b"to the forged")));
    let last = accepted(run(&store, bundle(3, b"second", &[], &[6])));
    // Refusing the second only is not enough for the first; both count for themselves.
    assert_eq!(run(&store, nack(key, b"second", 3, 3)), Outcome::Nacked { wakes: Vec::new() });
    assert_eq!(run(&store, nack(key, b"first", 1, 2)), counted());
    assert_eq!(run(&store, nack(key, b"first", 1, 2)), counted());
    drop(store);
    let store = open();
    assert_eq!(epoch(&store), (4, 2));
    assert_eq!(woken(run(&store, nack(key, b"first", 2, 2))), 5);
    assert_eq!(epoch(&store), (2, 4));
    for n in [1, 2, 3, 4, 6] {
        told(&store, key, n, &hash(b"first"), 2);
    }
    assert!(payloads(&store, key, 3).contains(&b"to the forged".to_vec()));
    assert_eq!(store.group_info(&GROUP, 2).unwrap(), None, "only one epoch back is kept");
    assert_eq!(count(&store, Table::GroupInfo), 0);
    assert_eq!(count(&store, Table::Past), 1);
    assert_eq!(count(&store, Table::PastExpiry), 1);
    for (base, name) in [(2, b"first".as_slice()), (3, b"second")] {
        let again = run(&store, bundle(base, name, &[], &[]));
        assert_eq!(again, Outcome::Refused(Refusal::Voided));
    }
    // A third on top of the forged ones finds another epoch, and its key is not the one there.
    let third = run(&store, bundle(4, b"third", &[], &[]));
    assert_eq!(third, Outcome::Refused(Refusal::WrongEpoch(2)));
    let Operation::CommitEpoch(mut forged) = bundle(2, b"third", &[], &[]).operation else {
        panic!("not a commit")
    };
    forged.signer = [4; 32];
    let third = run(&store, Operation::CommitEpoch(forged));
    assert_eq!(third, Outcome::Refused(Refusal::Forbidden("signature")));
    for done in [nack(key, b"first", 3, 2), nack(key, b"second", 3, 3)] {
        assert_eq!(run(&store, done), Outcome::Done);
    }
    // It goes on, and places were never given twice.
    let next = accepted(run(&store, bundle(2, b"honest", &[6], &[])));
    assert_eq!((next.group_seq, next.epoch), (last.group_seq + 1, 3));
    assert!(next.time > last.time);
    assert_eq!(store.group_info(&GROUP, 3).unwrap().unwrap(), "info 2");
    assert_eq!(epoch(&store), (3, 5));
    // The commit before the forged ones can still be refused.
    assert_eq!(run(&store, nack(key, b"good", 1, 1)), counted());
    assert_eq!(woken(run(&store, nack(key, b"good", 2, 1))), 5);
    assert_eq!(epoch(&store), (1, 4));
}

pub fn queues_come_back(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 4);
    accepted(run(&store, bundle(1, b"without", &[], &[3, 4])));
    for base in 2..6 {
        accepted(run(&store, bundle(base, &[base as u8], &[], &[])));
    }
    let close = Operation::CloseQueues { mailbox: mailbox(key, 4), queues: vec![queue(4)] };
    assert_eq!(run(&store, close.clone()), Outcome::Done);
    assert_eq!(run(&store, close), Outcome::Done);
    // Who opened the id of a closed queue would speak for it.
    let queues = vec![new_queue(key, 1, queue(4))];
    let taken =
        run(&store, Operation::OpenQueues { mailbox: mailbox(key, 1), queues, post_key: None });
    assert_eq!(taken, Outcome::Refused(Refusal::Conflict("queue_ids")));
    let closed = run(&store, nack(key, b"without", 4, 1));
    assert_eq!(closed, Outcome::Refused(Refusal::Forbidden("queue_id")));
    let taken = run(&store, bundle(6, b"again", &[3], &[]));
    assert_eq!(taken, Outcome::Refused(Refusal::Conflict("queues_add")));
    assert_eq!(run(&store, nack(key, b"without", 1, 1)), counted());
    assert_eq!(woken(run(&store, nack(key, b"without", 3, 1))), 3);
    assert_eq!(epoch(&store), (1, 4));
    accepted(run(&store, post(1, b"welcome back")));
    assert_eq!(payloads(&store, key, 3).pop().unwrap(), b"welcome back");
}

pub fn settled(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 6);
    accepted(run(&store, bundle(0, b"create", &[1, 2], &[])));
    accepted(run(&store, bundle(1, b"grown", &[3, 4, 5, 6], &[])));
    accepted(run(&store, bundle(2, b"without one", &[], &[1])));
    let after = |days: u64, operation: Operation| {
        store.execute_one(operation.into(), NOW + days * DAY).unwrap()
    };
    assert_eq!(after(8, nack(key, b"grown", 1, 1)), counted(), "one of six");
    assert_eq!(after(8, nack(key, b"grown", 2, 1)), counted(), "two of six");
    // What added nobody needs half of its own epoch, however old it is.
    for n in [2, 3] {
        assert_eq!(after(20, nack(key, b"without one", n, 2)), counted());
    }
    assert_eq!(woken(after(20, nack(key, b"without one", 4, 2))), 6);
    assert_eq!(epoch(&store), (2, 6));
}

pub fn bounded(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 2);
    people_one_more(&store, key);
    let commit = |base: u64| {
        let (name, add, remove): (_, &[u8], &[u8]) = match base {
            1 => (*b"add  ", &[6], &[]),
            2 => (*b"drop ", &[], &[6]),
            _ => ([b'n', 0, 0, (base / 256) as u8, base as u8], &[], &[]),
        };
        accepted(run(&store, bundle(base, &name, add, remove)));
    };
    (1..=258).for_each(commit);
    assert_eq!(count(&store, Table::Past), 256);
    assert_eq!(count(&store, Table::PastExpiry), 256);
    assert_eq!(count(&store, Table::GroupInfo), 2);
    let refused = run(&store, nack(key, b"drop ", 1, 2));
    assert_eq!(refused, Outcome::Refused(Refusal::WrongEpoch(259)));
    assert!(store.queue(&queue(6)).unwrap().is_none(), "its removal is final");
    // The oldest that is kept: half of two is one.
    assert_eq!(woken(run(&store, nack(key, &[b'n', 0, 0, 0, 3], 1, 3))), 2);
    assert_eq!(epoch(&store), (3, 2));
    assert_eq!(count(&store, Table::Past), 0);
}

pub fn swept(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 4);
    accepted(run(&store, bundle(1, b"old", &[], &[4])));
    let later = NOW + MAILBOX_RETENTION_MS / 2;
    accepted(store.execute_one(bundle(2, b"young", &[], &[]), later).unwrap());
    let over = NOW + MAILBOX_RETENTION_MS;
    let at = |now, operation: Operation| store.execute_one(operation.into(), now).unwrap();
    let refused = at(over, nack(key, b"old", 1, 1));
    assert_eq!(refused, Outcome::Refused(Refusal::WrongEpoch(3)), "over, though not swept");
    assert!(store.queue(&queue(4)).unwrap().is_some());
    let sweep = |now| {
        while matches!(at(now, Operation::Sweep { limit: 1 }), Outcome::Swept { more: true, .. }) {}
    };
    sweep(over + 7_200_000);
    assert!(store.queue(&queue(4)).unwrap().is_none());
    assert_eq!((count(&store, Table::Past), count(&store, Table::PastExpiry)), (1, 1));
    drop(store);
    let store = open();
    let at = |now, operation: Operation| store.execute_one(operation.into(), now).unwrap();
    assert_eq!(at(over + 7_200_000, nack(key, b"young", 1, 2)), counted());
    assert_eq!(woken(at(over + 7_200_000, nack(key, b"young", 2, 2))), 3);
    assert_eq!(epoch(&store), (2, 3));
    assert_eq!((count(&store, Table::Past), count(&store, Table::PastExpiry)), (0, 0));
}
