//! Posts and commits.

use super::fixture::*;
use crate::command::*;
use crate::{Read, ServerKey, Table};
use parlor_wire::limits::REQUEST_MEMORY_MS;
use std::sync::Arc;

pub fn same_request(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 2);
    let first = accepted(run(&store, post(1, b"once")));
    assert_eq!(accepted(run(&store, post(1, b"once"))), first);
    let commit = accepted(run(&store, bundle(1, b"commit", &[], &[])));
    drop(store);
    let store = open();
    assert_eq!(accepted(run(&store, post(1, b"once"))), first, "also when the epoch moved");
    assert_eq!(accepted(run(&store, bundle(1, b"commit", &[], &[]))), commit);
    assert_eq!(payloads(&store, key, 2), [b"once".to_vec(), b"commit".to_vec()]);
    let later = store.execute_one(post(1, b"once"), NOW + REQUEST_MEMORY_MS).unwrap();
    assert_eq!(later, Outcome::Refused(Refusal::WrongEpoch(2)));
}

pub fn fan_out(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 5);
    // Refused: one queue of three does not exist, and nothing of the rest happens.
    people_one_more(&store, key);
    let refused = run(&store, bundle(1, b"bad", &[6, 77], &[2]));
    assert_eq!(refused, Outcome::Refused(Refusal::NotFound("queues_add")));
    for n in 1..=6 {
        assert!(payloads(&store, key, n).is_empty());
    }
    // The sixth was not bound by that: it can join now, and gets the commit, as the removed one does.
    let seq = accepted(run(&store, bundle(1, b"good", &[6], &[2]))).group_seq;
    let next = accepted(run(&store, post(2, b"to five"))).group_seq;
    assert_eq!(next, seq + 1);
    drop(store);
    let store = open();
    for n in [1, 3, 4, 5, 6] {
        assert_eq!(payloads(&store, key, n), [b"good".to_vec(), b"to five".to_vec()]);
    }
    assert_eq!(payloads(&store, key, 2), [b"good"]);
    let taken = run(&store, bundle(2, b"again", &[6], &[]));
    assert_eq!(taken, Outcome::Refused(Refusal::Conflict("queues_add")));
}

pub(super) fn people_one_more(store: &Opened, key: &ServerKey) {
    assert_eq!(run(store, create_account(key, 6)), Outcome::Done);
    let queues = vec![new_queue(key, 6, queue(6))];
    run(store, Operation::OpenQueues { mailbox: mailbox(key, 6), queues, post_key: None });
}

pub fn one_winner(key: &ServerKey, open: &Open) {
    let store: Arc<Opened> = Arc::new(open());
    group_of(&store, key, 2);
    for epoch in 1..4u64 {
        let racers: Vec<_> = (0..64u8)
            .map(|n| {
                let store = Arc::clone(&store);
                let name = [epoch as u8, n];
                std::thread::spawn(move || run(&store, bundle(epoch, &name, &[], &[])))
            })
            .collect();
        let outcomes: Vec<Outcome> = racers.into_iter().map(|it| it.join().unwrap()).collect();
        let lost = Outcome::Refused(Refusal::WrongEpoch(epoch + 1));
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == lost).count(), 63);
        assert_eq!(payloads(&store, key, 1).len() as u64, epoch);
    }
}

pub fn unreachable(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 3);
    accepted(run(&store, bundle(1, b"without three", &[], &[3])));
    accepted(run(&store, post(2, b"hello")));
    let delete = |n: u8| {
        let mailboxes = vec![mailbox(key, n)];
        run(&store, Operation::DeleteAccount { user: user(n), mailboxes });
    };
    let sweep = |now| {
        while store.execute_one(Operation::Sweep { limit: 3 }.into(), now).unwrap()
            != (Outcome::Swept { rows: 0, more: false })
        {}
    };
    delete(1);
    sweep(NOW);
    assert!(store.group(&GROUP).unwrap().is_some(), "the second is there");
    let close = Operation::CloseQueues { mailbox: mailbox(key, 2), queues: vec![queue(2)] };
    run(&store, close);
    sweep(NOW);
    assert!(store.group(&GROUP).unwrap().is_some(), "the third may come back");
    delete(3);
    sweep(NOW);
    drop(store);
    let store = open();
    let tables = [
        Table::Group,
        Table::GroupHead,
        Table::GroupInfo,
        Table::Past,
        Table::PastExpiry,
        Table::Queue,
    ];
    for table in tables {
        let left = store.scan(table, &[], &[u8::MAX; 65], usize::MAX).unwrap();
        assert!(left.is_empty(), "{table:?}");
    }
}

pub fn batch(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 2);
    let commands = vec![
        post(1, b"a"),
        post(1, b"a"),
        bundle(1, b"commit", &[], &[]),
        post(1, b"late"),
        post(2, b"b"),
        Operation::Acknowledge { mailbox: mailbox(key, 1), up_to: 3 }.into(),
    ];
    let outcomes = store.execute(commands, NOW);
    let places: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(places[0].wakes().len(), 2);
    let place = |n: usize| accepted(places[n].clone()).group_seq;
    assert_eq!((place(0), place(1), place(2), place(4)), (2, 2, 3, 4));
    assert_eq!(places[3], Outcome::Refused(Refusal::WrongEpoch(2)));
    assert_eq!(places[5], Outcome::Done);
    assert_eq!(payloads(&store, key, 1), [b"b"]);
    let times: Vec<u64> = items(&store, key, 2, NOW).iter().map(|item| item.time).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
}
