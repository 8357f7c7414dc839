//! Guests, and queues that take posts of one key.

use super::fixture::*;
use crate::command::*;
use crate::read::DAY;
use crate::{Read, ServerKey, Table, request};
use bytes::Bytes;
use parlor_wire::relay::ItemKind;
use parlor_wire::{MailboxId, QueueId, hash};

/// As many queues as a guest may have.
const MAX_QUEUES: u8 = 8;

fn guest(key: &ServerKey) -> MailboxId {
    key.guest_mailbox(&[50; 32])
}

fn open_direct(key: &ServerKey, mailbox: MailboxId, ids: &[u8], post_key: u8) -> Operation {
    let new = |n: &u8| NewQueue {
        id: queue(*n),
        sealed: key.seal(&queue(*n), &mailbox, &mut Counting(u64::from(*n))),
    };
    let queues = ids.iter().map(new).collect();
    Operation::OpenQueues { mailbox, queues, post_key: Some([post_key; 32]) }
}

fn direct(n: u8, payload: &[u8], signer: u8) -> Command {
    Command {
        request: Some(request::direct(&queue(n), &hash(payload))),
        operation: Operation::AppendDirect {
            queue: queue(n),
            payload: Bytes::copy_from_slice(payload),
            signer: [signer; 32],
        },
    }
}

fn close(mailbox: MailboxId, n: u8) -> Operation {
    Operation::CloseQueues { mailbox, queues: vec![queue(n)] }
}

fn unknown() -> Outcome {
    Outcome::Refused(Refusal::NotFound("queue_id"))
}

fn conflict() -> Outcome {
    Outcome::Refused(Refusal::Conflict("queue_ids"))
}

/// What is in a mailbox: queue and payload.
fn held(store: &Opened, mailbox: &MailboxId) -> Vec<(Vec<u8>, Vec<u8>)> {
    let items = items_of(store, mailbox, NOW);
    assert!(items.iter().all(|item| item.kind() == ItemKind::Direct && item.group_seq == 0));
    items.into_iter().map(|item| (item.queue_id, item.payload.to_vec())).collect()
}

pub fn opened(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 2);
    let at = guest(key);
    let early = run(&store, open_direct(key, at, &[60], 1));
    assert_eq!(early, Outcome::Refused(Refusal::Revoked), "no mailbox, no queue");
    for mailbox in [at, mailbox(key, 1)] {
        let n = if mailbox == at { 60 } else { 61 };
        for _ in 0..2 {
            // A guest that comes again keeps what it has.
            assert_eq!(run(&store, Operation::OpenGuest { mailbox: at }), Outcome::Done);
            assert_eq!(run(&store, open_direct(key, mailbox, &[n], 1)), Outcome::Done);
        }
        assert_eq!(run(&store, open_direct(key, mailbox, &[n], 2)), conflict());
        assert_eq!(
            run(&store, open_direct(key, super::fixture::mailbox(key, 2), &[n], 1)),
            conflict()
        );
        let plain = Operation::OpenQueues {
            mailbox,
            queues: vec![new_queue(key, 1, queue(n))],
            post_key: None,
        };
        assert_eq!(run(&store, plain), conflict());
        assert!(matches!(run(&store, direct(n, b"stays", 1)), Outcome::Accepted { .. }));
    }
    drop(store);
    let store = open();
    assert_eq!(run(&store, Operation::OpenGuest { mailbox: at }), Outcome::Done);
    assert_eq!(held(&store, &at), [(queue(60).to_vec(), b"stays".to_vec())]);
    let refused = run(&store, close(mailbox(key, 2), 60));
    assert_eq!(refused, Outcome::Refused(Refusal::Forbidden("queue_ids")));
    for _ in 0..2 {
        assert_eq!(run(&store, close(at, 60)), Outcome::Done);
        assert_eq!(run(&store, direct(60, b"late", 1)), unknown());
    }
    assert_eq!(held(&store, &at).len(), 1);
    assert_eq!(run(&store, open_direct(key, mailbox(key, 2), &[60], 2)), Outcome::Done);
}

pub fn delivered(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 1);
    let at = guest(key);
    run(&store, Operation::OpenGuest { mailbox: at });
    assert_eq!(run(&store, open_direct(key, at, &[60, 61], 1)), Outcome::Done);
    let posts = [(60, b"one".as_slice()), (61, b"one"), (60, b"two")];
    for (n, payload) in posts {
        match run(&store, direct(n, payload, 1)) {
            Outcome::Accepted { wakes, overflowed: 0, .. } => assert_eq!(wakes, [at]),
            other => panic!("{other:?}"),
        }
        match run(&store, direct(n, payload, 1)) {
            Outcome::Accepted { wakes, .. } => assert!(wakes.is_empty(), "again wakes nobody"),
            other => panic!("{other:?}"),
        }
    }
    for bad in [direct(60, b"three", 2), direct(62, b"three", 1), direct(60, b"three", 0)] {
        assert_eq!(run(&store, bad), unknown());
    }
    drop(store);
    let store = open();
    let all = posts.map(|(n, payload)| (queue(n).to_vec(), payload.to_vec()));
    assert_eq!(held(&store, &at), all);
    assert_eq!(run(&store, Operation::Acknowledge { mailbox: at, up_to: 2 }), Outcome::Done);
    assert_eq!(held(&store, &at), all[2..]);
}

pub fn apart(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 2);
    assert_eq!(run(&store, open_direct(key, mailbox(key, 1), &[60], 1)), Outcome::Done);
    let added = run(&store, bundle(1, b"with a direct queue", &[60], &[]));
    assert_eq!(added, Outcome::Refused(Refusal::Conflict("queues_add")));
    // A queue of a group has no key, and an empty one is none.
    assert_eq!(run(&store, direct(1, b"to a group's queue", 1)), unknown());
    assert_eq!(run(&store, direct(1, b"to a group's queue", 0)), unknown());
    assert_eq!(run(&store, open_direct(key, mailbox(key, 1), &[1], 1)), conflict());
    assert!(items(&store, key, 1, NOW).is_empty());
    accepted(run(&store, post(1, b"to the group")));
    assert_eq!(payloads(&store, key, 1), [b"to the group"]);
}

pub fn full(key: &ServerKey, open: &Open) {
    const PART: usize = 8 * 1024 * 1024;
    let store = open();
    let at = guest(key);
    run(&store, Operation::OpenGuest { mailbox: at });
    run(&store, open_direct(key, at, &[60], 1));
    let part = Bytes::from(vec![0; PART]);
    let append = |payload: &Bytes| {
        let payload = payload.clone();
        run(&store, Operation::AppendDirect { queue: queue(60), payload, signer: [1; 32] })
    };
    for _ in 0..256 * 1024 * 1024 / PART {
        accepted(append(&part));
    }
    let before = store.mailbox(&at).unwrap().unwrap();
    let more = Bytes::from_static(b"more");
    assert_eq!(append(&more), Outcome::Refused(Refusal::Quota("queue_id")));
    assert_eq!(run(&store, direct(60, b"more", 1)), append(&more), "and so it is if it is named");
    assert_eq!(store.mailbox(&at).unwrap().unwrap(), before, "nothing is left of it");
    run(&store, Operation::Acknowledge { mailbox: at, up_to: 1 });
    accepted(run(&store, direct(60, b"more", 1)));
}

pub fn guests_go(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 1);
    let count =
        |store: &Opened, table| store.scan(table, &[], &[u8::MAX; 65], usize::MAX).unwrap().len();
    let before = count(&store, Table::Queue);
    let at = guest(key);
    run(&store, Operation::OpenGuest { mailbox: at });
    let most: Vec<u8> = (60..60 + MAX_QUEUES).collect();
    assert_eq!(run(&store, open_direct(key, at, &most, 1)), Outcome::Done);
    assert_eq!(run(&store, open_direct(key, at, &most, 1)), Outcome::Done, "the same count once");
    let quota = Outcome::Refused(Refusal::Quota("queue_ids"));
    assert_eq!(run(&store, open_direct(key, at, &[99], 1)), quota);
    assert_eq!(store.queue(&QueueId([99; 16])).unwrap(), None);
    assert_eq!(run(&store, close(at, 60)), Outcome::Done);
    assert_eq!(run(&store, open_direct(key, at, &[99], 1)), Outcome::Done, "room again");
    // The id it closed is another's now, and stays.
    assert_eq!(run(&store, open_direct(key, mailbox(key, 1), &[60], 1)), Outcome::Done);
    // A device has as many as it likes.
    let many: Vec<u8> = (100..120).collect();
    assert_eq!(run(&store, open_direct(key, mailbox(key, 1), &many, 1)), Outcome::Done);
    for n in 0..5u8 {
        accepted(run(&store, direct(99, &[n], 1)));
    }
    drop(store);
    let store = open();
    let sweep = |now| {
        let more = || store.execute_one(Operation::Sweep { limit: 2 }.into(), now).unwrap();
        while matches!(more(), Outcome::Swept { more: true, .. }) {}
    };
    sweep(NOW + 2 * DAY);
    assert_eq!(held(&store, &at).len(), 5, "its days are not over");
    assert_eq!(count(&store, Table::Queue), before + usize::from(MAX_QUEUES) + 21);
    sweep(NOW + 3 * DAY);
    assert_eq!(store.mailbox(&at).unwrap(), None);
    assert_eq!(count(&store, Table::Queue), before + 21);
    for table in [Table::Guest, Table::Item] {
        assert_eq!(count(&store, table), 0, "{table:?}");
    }
    let late = store.execute_one(direct(99, b"late", 1), NOW + 3 * DAY).unwrap();
    assert_eq!(late, unknown());
    assert!(store.queue(&queue(60)).unwrap().is_some());
    // The same key again: another guest, to whom nothing came yet.
    let again = Operation::OpenGuest { mailbox: at };
    assert_eq!(store.execute_one(again.into(), NOW + 3 * DAY).unwrap(), Outcome::Done);
    assert!(held(&store, &at).is_empty());
}
