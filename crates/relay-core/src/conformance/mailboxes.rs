//! Appending, reading, acknowledging, expiring.

use super::fixture::*;
use crate::command::*;
use crate::{Read, ServerKey, Table};
use bytes::Bytes;
use parlor_wire::limits::{MAILBOX_RETENTION_MS, MAX_POST_BYTES};

pub fn append_survives(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 3);
    accepted(run(&store, post(1, b"one")));
    accepted(run(&store, post(1, b"two")));
    drop(store);
    let store = open();
    for n in 1..=3 {
        assert_eq!(payloads(&store, key, n), [b"one", b"two"]);
    }
}

pub fn sequence_grows(key: &ServerKey, open: &Open) {
    let mut last = 1;
    let store = open();
    group_of(&store, key, 1);
    drop(store);
    for round in 0..4u8 {
        let store = open();
        accepted(run(&store, post(1, &[round, 0])));
        accepted(run(&store, post(1, &[round, 1])));
        let got: Vec<u64> = items(&store, key, 1, NOW).iter().map(|item| item.sequence).collect();
        assert_eq!(got, [last + 1, last + 2]);
        last += 2;
        let mailbox = mailbox(key, 1);
        assert_eq!(run(&store, Operation::Acknowledge { mailbox, up_to: last }), Outcome::Done);
        let beyond = run(&store, Operation::Acknowledge { mailbox, up_to: last + 1 });
        assert!(matches!(beyond, Outcome::Refused(Refusal::Malformed(_))), "{beyond:?}");
    }
}

pub fn gone_is_gone(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 2);
    for n in 0..5u8 {
        accepted(run(&store, post(1, &[n; 40])));
    }
    let count =
        |store: &Opened, table| store.scan(table, &[], &[u8::MAX; 65], usize::MAX).unwrap().len();
    assert_eq!(count(&store, Table::Payload), 5, "a payload is stored once");
    run(&store, Operation::Acknowledge { mailbox: mailbox(key, 1), up_to: 4 });
    assert_eq!(payloads(&store, key, 1).len(), 2);
    assert_eq!(payloads(&store, key, 2).len(), 5);
    run(&store, Operation::Acknowledge { mailbox: mailbox(key, 2), up_to: 3 });
    assert_eq!(count(&store, Table::Payload), 3, "the last reference takes it along");
    drop(store);
    let store = open();
    assert_eq!(payloads(&store, key, 1).len(), 2);
    let later = NOW + MAILBOX_RETENTION_MS;
    assert!(items(&store, key, 1, later).is_empty(), "expired, though not swept");
    for _ in 0..20 {
        store.execute_one(Operation::Sweep { limit: 2 }.into(), later + 7_200_000).unwrap();
    }
    drop(store);
    let store = open();
    for n in [1, 2] {
        assert!(items(&store, key, n, NOW).is_empty());
        assert_eq!(store.mailbox(&mailbox(key, n)).unwrap().unwrap().items, 0);
    }
    for table in [Table::Item, Table::Payload, Table::References, Table::Expiry, Table::Answer] {
        assert_eq!(count(&store, table), 0, "{table:?}");
    }
}

pub fn full(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 2);
    let most = 256 * 1024 * 1024 / MAX_POST_BYTES as u64;
    // The second reads along, the first never does.
    let mut group_seq = 1;
    let mut overflowed = 0;
    let template = vec![0u8; MAX_POST_BYTES];
    for n in 0..most + 4 {
        let mut payload = template.clone();
        payload[..8].copy_from_slice(&n.to_be_bytes());
        let operation = Operation::AppendPost {
            group: GROUP,
            epoch: 1,
            payload: Bytes::from(payload),
            except: None,
        };
        match run(&store, operation) {
            Outcome::Accepted { accepted, overflowed: now, .. } => {
                group_seq += 1;
                overflowed += now;
                assert_eq!(accepted.group_seq, group_seq);
            }
            other => panic!("{other:?}"),
        }
        run(&store, Operation::Acknowledge { mailbox: mailbox(key, 2), up_to: n + 2 });
    }
    assert_eq!(overflowed, 4);
    let row = store.mailbox(&mailbox(key, 1)).unwrap().unwrap();
    assert!(row.overflowed && row.items == most);
    // Emptied, it takes again, and the gap shows in the group's sequence.
    run(&store, Operation::Acknowledge { mailbox: mailbox(key, 1), up_to: row.tail });
    accepted(run(&store, post(1, b"after")));
    let got = items(&store, key, 1, NOW);
    assert_eq!((got.len(), got[0].group_seq), (1, group_seq + 1));
}
