//! Backups.

use super::fixture::*;
use crate::command::*;
use crate::{Read, ServerKey, Table};
use bytes::Bytes;
use parlor_wire::hash;

const LIMIT: u64 = 1_000;

fn append(n: u8, locator: u8, index: u32, segment: &[u8]) -> Operation {
    Operation::AppendBackup(AppendBackup {
        user: user(n),
        locator: [locator; 32],
        read_key: [n; 32],
        index,
        segment: Bytes::copy_from_slice(segment),
        limit: LIMIT,
    })
}

fn held(store: &Opened, locator: u8) -> Vec<Bytes> {
    store.backup_segments(&[locator; 32], 0, usize::MAX).unwrap()
}

fn conflict(count: u32) -> Outcome {
    Outcome::Refused(Refusal::BackupConflict(count))
}

pub fn appended(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 1);
    assert_eq!(run(&store, append(1, 9, 1, b"early")), conflict(0));
    assert_eq!(store.backup(&[9; 32]).unwrap(), None);
    for (index, segment) in [b"zero".as_slice(), b"one", b"two"].into_iter().enumerate() {
        for _ in 0..2 {
            assert_eq!(run(&store, append(1, 9, index as u32, segment)), Outcome::Done);
        }
    }
    assert_eq!(run(&store, append(1, 9, 1, b"other")), conflict(3));
    assert_eq!(run(&store, append(1, 9, 7, b"late")), conflict(3));
    drop(store);
    let store = open();
    assert_eq!(held(&store, 9), [b"zero".as_slice(), b"one", b"two"]);
    assert_eq!(store.backup_segments(&[9; 32], 1, 1).unwrap(), [b"one".as_slice()]);
    let row = store.backup(&[9; 32]).unwrap().unwrap();
    assert_eq!((row.count, row.bytes, row.updated), (3, 10, NOW));
    assert_eq!(row.last_hash, hash(b"two").0);
}

pub fn owned(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 2);
    assert_eq!(run(&store, append(3, 9, 0, b"x")), Outcome::Refused(Refusal::NotFound("user_id")));
    assert_eq!(run(&store, append(1, 9, 0, b"mine")), Outcome::Done);
    let foreign = Outcome::Refused(Refusal::Conflict("locator"));
    assert_eq!(run(&store, append(2, 9, 0, b"mine")), foreign);
    assert_eq!(run(&store, append(2, 9, 1, b"more")), foreign);
    assert_eq!(run(&store, append(2, 8, 0, b"yours")), Outcome::Done);
    assert_eq!(held(&store, 9), [b"mine".as_slice()]);
    assert_eq!(store.backup(&[9; 32]).unwrap().unwrap().read_key, [1; 32]);
}

pub fn bounded(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 1);
    assert_eq!(run(&store, append(1, 9, 0, &[1; 600])), Outcome::Done);
    let full = Outcome::Refused(Refusal::Quota("segment"));
    assert_eq!(run(&store, append(1, 9, 1, &[2; 401])), full);
    assert_eq!(held(&store, 9).len(), 1);
    assert_eq!(run(&store, append(1, 9, 1, &[2; 400])), Outcome::Done);
    assert_eq!(run(&store, append(1, 9, 1, &[2; 400])), Outcome::Done, "the same again");
    assert_eq!(run(&store, append(1, 9, 2, &[3])), full);
}

pub fn gone(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 2);
    for (n, locator) in [(1, 9), (2, 7)] {
        for index in 0..3 {
            assert_eq!(run(&store, append(n, locator, index, b"old")), Outcome::Done);
        }
    }
    assert_eq!(run(&store, append(1, 8, 1, b"new")), conflict(0));
    assert_eq!(held(&store, 9).len(), 3, "what does not begin drops nothing");
    assert_eq!(run(&store, append(1, 8, 0, b"new")), Outcome::Done);
    assert!(held(&store, 9).is_empty());
    assert_eq!(store.backup(&[9; 32]).unwrap(), None);
    assert_eq!(held(&store, 8), [b"new".as_slice()]);
    let mailboxes = vec![mailbox(key, 1)];
    let delete = Operation::DeleteAccount { user: user(1), mailboxes };
    assert!(matches!(run(&store, delete), Outcome::Revoked(_)));
    drop(store);
    let store = open();
    assert_eq!(store.backup(&[8; 32]).unwrap(), None);
    let rows = store.scan(Table::BackupSegment, &[], &[u8::MAX; 65], usize::MAX).unwrap();
    assert_eq!(rows.len(), 3, "another's stays");
}
