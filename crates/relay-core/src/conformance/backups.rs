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
        rewrite: None,
        complete: false,
    })
}

/// A segment of the rewrite `name`.
fn rewrite(n: u8, locator: u8, name: u8, index: u32, segment: &[u8], complete: bool) -> Operation {
    match append(n, locator, index, segment) {
        Operation::AppendBackup(append) => {
            Operation::AppendBackup(AppendBackup { rewrite: Some([name; 32]), complete, ..append })
        }
        other => other,
    }
}

fn held(store: &Opened, locator: u8) -> Vec<Bytes> {
    let Some(row) = store.backup(&[locator; 32]).unwrap() else { return Vec::new() };
    let held = store.backup_segments(&[locator; 32], &row, 0, usize::MAX).unwrap();
    let bytes: usize = held.iter().map(Bytes::len).sum();
    assert_eq!((row.count as usize, row.bytes), (held.len(), bytes as u64));
    held
}

/// Segments of all accounts, whatever they belong to.
fn everywhere(store: &Opened) -> usize {
    let rows = |table| store.scan(table, &[], &[u8::MAX; 69], usize::MAX).unwrap().len();
    rows(Table::BackupSegment) + rows(Table::RewriteSegment)
}

fn unfinished(store: &Opened, n: u8) -> Option<(u8, u32, u64)> {
    let row = store.account(&user(n)).unwrap().unwrap().rewrite?;
    Some((row.name[0], row.count, row.bytes))
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
    let row = store.backup(&[9; 32]).unwrap().unwrap();
    assert_eq!(store.backup_segments(&[9; 32], &row, 1, 1).unwrap(), [b"one".as_slice()]);
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
    assert_eq!(everywhere(&store), 3, "another's stays");
}

pub fn rewritten(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 2);
    for (index, segment) in [b"zero".as_slice(), b"one"].into_iter().enumerate() {
        assert_eq!(run(&store, append(1, 9, index as u32, segment)), Outcome::Done);
    }
    assert_eq!(run(&store, rewrite(1, 9, 50, 1, b"early", false)), conflict(0));
    // Twice each: what is resent has been done.
    for (index, segment) in [b"first".as_slice(), b"second"].into_iter().enumerate() {
        for _ in 0..2 {
            let operation = rewrite(1, 9, 50, index as u32, segment, false);
            assert_eq!(run(&store, operation), Outcome::Done);
        }
    }
    assert_eq!(run(&store, rewrite(1, 9, 50, 1, b"other", true)), conflict(2));
    assert_eq!(run(&store, append(1, 9, 2, b"two")), Outcome::Done, "the backup goes on meanwhile");
    drop(store);
    let store = open();
    assert_eq!(held(&store, 9), [b"zero".as_slice(), b"one", b"two"], "nobody reads the rewrite");
    assert_eq!(unfinished(&store, 1), Some((50, 2, 11)));
    for _ in 0..2 {
        let operation = rewrite(1, 9, 50, 2, b"third", true);
        assert_eq!(run(&store, operation), Outcome::Done);
        assert_eq!(held(&store, 9), [b"first".as_slice(), b"second", b"third"]);
        assert_eq!((unfinished(&store, 1), everywhere(&store)), (None, 3));
    }
    let row = store.backup(&[9; 32]).unwrap().unwrap();
    assert_eq!((row.count, row.last_hash, row.rewrite), (3, hash(b"third").to_vec(), vec![50; 32]));
    // It goes on behind, and what belonged to the rewrite is still known.
    assert_eq!(run(&store, append(1, 9, 3, b"fourth")), Outcome::Done);
    for complete in [false, true] {
        assert_eq!(run(&store, rewrite(1, 9, 50, 1, b"second", complete)), Outcome::Done);
        assert_eq!(run(&store, rewrite(1, 9, 50, 0, b"again", complete)), conflict(4));
        assert_eq!(run(&store, rewrite(1, 9, 50, 4, b"fifth", complete)), conflict(4));
    }
    drop(store);
    let store = open();
    assert_eq!(held(&store, 9), [b"first".as_slice(), b"second", b"third", b"fourth"]);
    assert_eq!(run(&store, rewrite(1, 9, 51, 0, b"new", true)), Outcome::Done);
    assert_eq!((held(&store, 9), everywhere(&store)), (vec![Bytes::from_static(b"new")], 1));
}

pub fn one_rewrite(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 2);
    assert_eq!(run(&store, append(1, 9, 0, b"old")), Outcome::Done);
    for index in 0..3 {
        assert_eq!(run(&store, rewrite(1, 9, 50, index, b"dropped", false)), Outcome::Done);
    }
    // Of the same name, and under the same locator even: another account meets nothing of it.
    assert_eq!(run(&store, rewrite(2, 7, 50, 0, b"theirs", false)), Outcome::Done);
    let foreign = Outcome::Refused(Refusal::Conflict("locator"));
    assert_eq!(run(&store, rewrite(2, 9, 50, 1, b"theirs", true)), foreign);
    let stranger = Outcome::Refused(Refusal::NotFound("user_id"));
    assert_eq!(run(&store, rewrite(3, 6, 50, 0, b"x", true)), stranger);
    assert_eq!(run(&store, rewrite(1, 9, 51, 1, b"new", false)), conflict(0));
    assert_eq!(unfinished(&store, 1), Some((50, 3, 21)), "what does not begin drops nothing");
    assert_eq!(run(&store, rewrite(1, 8, 51, 0, b"new", false)), Outcome::Done);
    assert_eq!(
        (unfinished(&store, 1), unfinished(&store, 2)),
        (Some((51, 1, 3)), Some((50, 1, 6)))
    );
    assert_eq!(everywhere(&store), 3);
    // What was sent as one of several may turn out to be the last.
    assert_eq!(run(&store, rewrite(1, 8, 51, 0, b"new", true)), Outcome::Done);
    assert_eq!((held(&store, 9).len(), held(&store, 8)), (0, vec![Bytes::from_static(b"new")]));
    assert_eq!(store.backup(&[9; 32]).unwrap(), None, "under the old locator is nothing");
    assert_eq!(run(&store, rewrite(1, 8, 52, 0, b"next", false)), Outcome::Done);
    let mailboxes = vec![mailbox(key, 1)];
    let delete = Operation::DeleteAccount { user: user(1), mailboxes };
    assert!(matches!(run(&store, delete), Outcome::Revoked(_)));
    drop(store);
    let store = open();
    assert_eq!((store.backup(&[8; 32]).unwrap(), everywhere(&store)), (None, 1), "another's stays");
}

pub fn rewrite_bounded(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 1);
    let full = Outcome::Refused(Refusal::Quota("segment"));
    assert_eq!(run(&store, append(1, 9, 0, &[1; 1_000])), Outcome::Done);
    assert_eq!(run(&store, rewrite(1, 9, 50, 0, &[2; 600], false)), Outcome::Done);
    assert_eq!(run(&store, rewrite(1, 9, 51, 0, &[3; 1_001], true)), full);
    assert_eq!(run(&store, rewrite(1, 9, 50, 1, &[3; 401], true)), full);
    assert_eq!((unfinished(&store, 1), held(&store, 9).len()), (Some((50, 1, 600)), 1));
    assert_eq!(run(&store, rewrite(1, 9, 50, 1, &[3; 400], true)), Outcome::Done);
    assert_eq!(held(&store, 9).len(), 2);
    assert_eq!(run(&store, append(1, 9, 2, &[4])), full);
}
