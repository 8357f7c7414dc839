//! Blobs: granted, whole, renewed, over.

use super::fixture::*;
use crate::command::*;
use crate::read::{DAY, day};
use crate::{Read, ServerKey};
use parlor_wire::BlobId;

const LIMITS: BlobLimits =
    BlobLimits { max_content: 1000, days: 10, daily: Some(1000), total: Some(3000) };

fn blob(n: u8) -> BlobId {
    BlobId([n; 16])
}

fn grant(n: u8, size: u64, user_number: u8) -> Operation {
    Operation::GrantBlob { blob: blob(n), size, user: user(user_number), limits: LIMITS }
}

fn renew(n: u8, user_number: u8) -> Operation {
    Operation::RenewBlob { blob: blob(n), user: user(user_number), limits: LIMITS }
}

fn at(store: &Opened, operation: Operation, now: u64) -> Outcome {
    store.execute_one(operation.into(), now).unwrap()
}

fn quota(what: &'static str) -> Outcome {
    Outcome::Refused(Refusal::Quota(what))
}

fn not_found() -> Outcome {
    Outcome::Refused(Refusal::NotFound("blob_id"))
}

pub fn granted(key: &ServerKey, open: &Open) {
    let store = open();
    assert_eq!(run(&store, grant(1, 600, 1)), Outcome::Done);
    assert_eq!(run(&store, grant(1, 600, 1)), Outcome::Done, "again, charged once");
    let other = Outcome::Refused(Refusal::Conflict("size"));
    assert_eq!(run(&store, grant(1, 601, 1)), other);
    assert_eq!(run(&store, grant(2, 401, 1)), quota("size"));
    assert_eq!(store.blob(&blob(2)).unwrap(), None);
    assert_eq!(run(&store, grant(2, 400, 1)), Outcome::Done);
    drop(store);
    let store = open();
    assert_eq!(store.blob_days(&user(1)).unwrap(), [(day(NOW), 1000)]);
    assert_eq!(run(&store, grant(3, 1, 1)), quota("size"), "as before the restart");
    assert_eq!(run(&store, grant(3, 1000, 2)), Outcome::Done, "others have their own");
    assert_eq!(run(&store, grant(4, 1000, 3)), Outcome::Done);
    assert_eq!(run(&store, grant(5, 1, 4)), Outcome::Refused(Refusal::Full));
    assert_eq!(at(&store, grant(5, 1, 1), NOW + DAY), Outcome::Refused(Refusal::Full));
    run(&store, create_account(key, 1));
    let delete = Operation::DeleteAccount { user: user(1), mailboxes: Vec::new() };
    run(&store, delete);
    assert_eq!(store.blob_days(&user(1)).unwrap(), [], "a deleted account leaves no number");
}

pub fn kept_and_swept(_: &ServerKey, open: &Open) {
    let store = open();
    for n in [1, 2, 3] {
        assert_eq!(run(&store, grant(n, 300, 1)), Outcome::Done);
    }
    assert_eq!(run(&store, renew(1, 1)), not_found(), "not whole yet");
    for n in [1, 2] {
        for _ in 0..2 {
            let complete = Operation::CompleteBlob { blob: blob(n), days: LIMITS.days };
            assert_eq!(run(&store, complete), Outcome::Done);
        }
    }
    let complete = Operation::CompleteBlob { blob: blob(9), days: 9 };
    assert_eq!(run(&store, complete), not_found());
    let expiry = |store: &Opened, n| store.blob(&blob(n)).unwrap().map(|row| row.expiry_day);
    assert_eq!(run(&store, renew(1, 1)), Outcome::Done, "in its first half, left as it is");
    assert_eq!(expiry(&store, 1), Some(day(NOW) + 10));
    let later = NOW + 6 * DAY;
    assert_eq!(at(&store, renew(1, 1), later), Outcome::Done);
    assert_eq!(expiry(&store, 1), Some(day(later) + 10));
    assert_eq!(store.blob_days(&user(1)).unwrap().last(), Some(&(day(later), 300)));

    let sweep = |store: &Opened, now| {
        while let Outcome::Swept { more: true, .. } = at(store, Operation::Sweep { limit: 1 }, now)
        {
        }
    };
    sweep(&store, NOW + DAY);
    assert!(store.gone_blobs(9).unwrap().is_empty(), "the last day is not over");
    sweep(&store, NOW + 2 * DAY);
    assert_eq!(store.gone_blobs(9).unwrap(), [blob(3)], "never finished");
    sweep(&store, NOW + 11 * DAY);
    drop(store);
    let store = open();
    assert_eq!(store.gone_blobs(9).unwrap(), [blob(2), blob(3)]);
    assert_eq!(at(&store, renew(2, 1), NOW + 11 * DAY), not_found());
    let again = at(&store, grant(2, 300, 1), NOW + 11 * DAY);
    assert_eq!(again, Outcome::Refused(Refusal::Conflict("request_id")));
    run(&store, Operation::ForgetBlobs { blobs: vec![blob(2), blob(3)] });
    assert!(store.gone_blobs(9).unwrap().is_empty());
    assert!(expiry(&store, 1).is_some());
    assert_eq!(store.blob_days(&user(1)).unwrap(), [], "past days are forgotten");
    // What went makes room.
    let all = Operation::GrantBlob {
        blob: blob(7),
        size: 2700,
        user: user(1),
        limits: BlobLimits { daily: None, ..LIMITS },
    };
    assert_eq!(run(&store, all), Outcome::Done);
}
