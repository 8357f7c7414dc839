//! Accounts, devices, key packages.

use super::fixture::*;
use crate::command::*;
use crate::{DAY, Read, ServerKey, Table, request};
use bytes::Bytes;
use parlor_wire::{QueueId, RequestId, hash};
use std::collections::BTreeSet;
use std::sync::Arc;

fn package(key: &ServerKey, n: u8, name: u8) -> NewKeyPackage {
    let queue = new_queue(key, n, QueueId([name; 16]));
    NewKeyPackage { bytes: vec![name; 20], queue }
}

fn put(key: &ServerKey, names: std::ops::Range<u8>, last: Option<u8>) -> Operation {
    Operation::PutKeyPackages {
        user: user(1),
        device: device(1),
        packages: names.map(|name| package(key, 1, name)).collect(),
        last_resort: last.map(|name| package(key, 1, name)),
    }
}

fn take(n: u8) -> Command {
    let id = RequestId([n; 16]);
    Command {
        request: Some(request::take(&user(2), &device(2), &id, &user(1))),
        operation: Operation::TakeKeyPackages { user: user(1), devices: Vec::new() },
    }
}

pub fn taken_once(key: &ServerKey, open: &Open) {
    let store: Arc<Opened> = Arc::new(open());
    people(&store, key, 2);
    assert!(matches!(run(&store, put(key, 100..120, Some(200))), Outcome::Kept(_)));
    let clash = run(&store, put(key, 119..125, None));
    assert!(matches!(clash, Outcome::Refused(Refusal::Conflict(_))));
    let quota = run(&store, put(key, 120..250, None));
    assert!(matches!(quota, Outcome::Refused(Refusal::Quota(_))));
    let takers: Vec<_> = (0..24u8)
        .map(|n| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || (run(&store, take(n)), run(&store, take(n))))
        })
        .collect();
    let mut once = BTreeSet::new();
    let mut last_resorts = 0;
    for taker in takers {
        let (first, again) = taker.join().unwrap();
        assert_eq!(first, again, "the same request gets the same packages");
        let Outcome::Taken(taken) = first else { panic!("{first:?}") };
        assert_eq!(taken.devices.len(), 1);
        if taken.devices[0].last_resort {
            last_resorts += 1;
        } else {
            assert!(once.insert(taken.devices[0].key_package.clone()), "handed out twice");
        }
    }
    assert_eq!((once.len(), last_resorts), (20, 4));
    // What is remembered of it is sealed: no row names a package or its queue.
    let answers = store.scan(Table::Answer, &[], &[u8::MAX; 65], usize::MAX).unwrap();
    assert!(answers.len() >= 24);
    for (_, row) in answers {
        let holds = |name: u8| row.windows(16).any(|window| window == [name; 16]);
        assert!(!(100..=200).any(holds), "a queue or a package can be read");
    }
}

pub fn taken_of_named_devices(key: &ServerKey, open: &Open) {
    let store = open();
    people(&store, key, 2);
    let add = |n: u8, seq| Operation::AppendLog {
        user: user(1),
        seq,
        entry: Bytes::from(vec![n; 10]),
        change: LogChange::Added(NewDevice {
            id: device(n),
            key: [n; 32],
            mailbox: key.mailbox(&user(1), &device(n)),
        }),
        devices: Vec::new(),
    };
    let put_one = |n: u8, name: u8| Operation::PutKeyPackages {
        user: user(1),
        device: device(n),
        packages: vec![package(key, 1, name)],
        last_resort: None,
    };
    for (n, seq) in [(5, 1), (6, 2)] {
        let grew = Outcome::LogGrew { devices: Vec::new(), revoked: None };
        assert_eq!(run(&store, add(n, seq)), grew);
    }
    for (n, name) in [(1, 101), (5, 105), (6, 106)] {
        assert!(matches!(run(&store, put_one(n, name)), Outcome::Kept(_)));
    }
    let taken_of = |named: &[u8]| -> Vec<(Vec<u8>, u8)> {
        let devices = named.iter().map(|n| device(*n)).collect();
        let outcome = run(&store, Operation::TakeKeyPackages { user: user(1), devices });
        let Outcome::Taken(taken) = outcome else { panic!("{outcome:?}") };
        taken.devices.into_iter().map(|one| (one.device_id, one.key_package[0])).collect()
    };
    assert_eq!(taken_of(&[5, 77]), [(device(5).to_vec(), 105)], "unknown ones are left out");
    assert_eq!(taken_of(&[77]), []);
    let left = [(device(1).to_vec(), 101), (device(6).to_vec(), 106)];
    assert_eq!(taken_of(&[]), left, "the others kept theirs");
}

pub fn names_and_invites(key: &ServerKey, open: &Open) {
    let store = open();
    let invite = hash(b"invite");
    run(&store, Operation::CreateInvite { invite, uses: 2, expires: NOW + 10 });
    let create = |n: u8, name: &str, code: &[u8]| {
        let Operation::CreateAccount { user, genesis, device, .. } = create_account(key, n) else {
            panic!("not an account")
        };
        let (username, invite) = (Some(name.to_owned()), Some(hash(code)));
        Operation::CreateAccount { user, genesis, device, username, invite }
    };
    assert_eq!(run(&store, create(1, "ann", b"invite")), Outcome::Done);
    assert_eq!(run(&store, create(1, "ann", b"invite")), Outcome::Done, "again is the same");
    let taken = run(&store, create(2, "ann", b"invite"));
    assert_eq!(taken, Outcome::Refused(Refusal::NameTaken));
    let wrong = run(&store, create(2, "ben", b"other"));
    assert_eq!(wrong, Outcome::Refused(Refusal::InvalidInvite));
    drop(store);
    let store = open();
    assert_eq!(store.user_by_name("ben").unwrap(), None, "a refusal leaves nothing");
    let late = store.execute_one(create(2, "ben", b"invite").into(), NOW + 10).unwrap();
    assert_eq!(late, Outcome::Refused(Refusal::InvalidInvite));
    assert_eq!(run(&store, create(2, "ben", b"invite")), Outcome::Done);
    let used_up = run(&store, create(3, "cat", b"invite"));
    assert_eq!(used_up, Outcome::Refused(Refusal::InvalidInvite));
    assert_eq!(store.user_by_name("ann").unwrap(), Some(user(1)));
}

pub fn revoked(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 3);
    run(&store, put(key, 100..103, Some(200)));
    accepted(run(&store, post(1, b"before")));
    let entry = |seq, change| Operation::AppendLog {
        user: user(1),
        seq,
        entry: Bytes::from(format!("entry {seq}")),
        change,
        devices: vec![mailbox(key, 2)],
    };
    let revoke = entry(1, LogChange::Revoked(device(1), mailbox(key, 1)));
    let grew = Outcome::LogGrew { devices: vec![mailbox(key, 2)], revoked: Some(mailbox(key, 1)) };
    assert_eq!(run(&store, revoke.clone()), grew);
    assert_eq!(run(&store, revoke), Outcome::Done, "the same entry again");
    let conflict = run(&store, entry(5, LogChange::Other));
    assert_eq!(conflict, Outcome::Refused(Refusal::LogConflict(1)));
    let seen = Operation::Seen { user: user(1), device: device(1), day: 1 };
    assert_eq!(run(&store, seen), Outcome::Refused(Refusal::Revoked));
    accepted(run(&store, post(1, b"after")));
    while matches!(run(&store, Operation::Sweep { limit: 1 }), Outcome::Swept { more: true, .. }) {}
    drop(store);
    let store = open();
    assert_eq!(store.mailbox(&mailbox(key, 1)).unwrap(), None);
    let left = store.items(&mailbox(key, 1), 0, (usize::MAX, usize::MAX), NOW).unwrap();
    assert!(left.is_empty());
    assert!(store.queue(&QueueId([100; 16])).unwrap().is_none());
    assert_eq!(run(&store, take(1)), Outcome::Taken(Default::default()));
    assert_eq!(payloads(&store, key, 2), [b"before".to_vec(), b"after".to_vec()]);
}

pub fn deleted(key: &ServerKey, open: &Open) {
    let store = open();
    group_of(&store, key, 2);
    run(&store, put(key, 100..103, Some(200)));
    let delete = Operation::DeleteAccount { user: user(1), mailboxes: vec![mailbox(key, 1)] };
    assert_eq!(run(&store, delete.clone()), Outcome::Revoked(vec![mailbox(key, 1)]));
    let again = Outcome::Refused(Refusal::NotFound("user_id"));
    assert_eq!(run(&store, delete), again, "it is no more");
    drop(store);
    let store = open();
    assert_eq!(store.account(&user(1)).unwrap(), None);
    assert_eq!(store.mailbox(&mailbox(key, 1)).unwrap(), None);
    assert!(store.queue(&QueueId([100; 16])).unwrap().is_none());
    assert_eq!(run(&store, take(1)), Outcome::Refused(Refusal::NotFound("user_id")));
    // What others judge by, and what the account's devices are told by, stays; and nobody takes its place.
    assert_eq!(store.log(&user(1), 0, 9).unwrap(), [vec![1; 10]]);
    let row = store.device(&user(1), &device(1)).unwrap().unwrap();
    assert!(row.revoked && row.key == [1; 32] && row.last_seen_day == 0, "{row:?}");
    let taken = Outcome::Refused(Refusal::Conflict("genesis"));
    assert_eq!(run(&store, create_account(key, 1)), taken);
    let sweep = |days: u64| {
        let (sweep, now) = (Operation::Sweep { limit: 1 }, NOW + days * DAY);
        while store.execute_one(sweep.clone().into(), now).unwrap()
            != (Outcome::Swept { rows: 0, more: false })
        {}
    };
    sweep(31);
    assert_eq!(store.log(&user(1), 0, 9).unwrap().len(), 1, "too early");
    sweep(32);
    for table in [Table::Log, Table::Device, Table::GoneLog] {
        let left = store.scan(table, &[], &[2], usize::MAX).unwrap();
        assert!(left.is_empty(), "{table:?}");
    }
    assert_eq!(store.log(&user(2), 0, 9).unwrap().len(), 1, "that of another");
}
