//! Device logs, revoked devices, deleted accounts.

use crate::client::*;
use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_identity::{DeviceLog, add_device, revoke_device};
use parlor_wire::content::LogEntry;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use parlor_wire::{DeviceId, Message, QueueId, statement};

fn append(entry: &LogEntry) -> Request {
    Request::LogAppend(LogAppend { entry: entry.encode_to_vec() })
}

/// A second device of a person, and the entry that adds it.
fn second(of: &Person, log: &DeviceLog) -> (Person, LogEntry) {
    let key = SigningKey::from_seed(&Secret::new([77; 32]));
    let device = DeviceId([77; 16]);
    let entry = add_device(log, (of.device, &of.key), (device, &key), Vec::new(), 2);
    let genesis = of.genesis.clone();
    (Person { user: of.user, device, key, genesis, queue: QueueId([77; 16]) }, entry)
}

#[tokio::test]
async fn a_device_is_added_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let ann = person(1);
    let mut a = ann.arrive(&server.url).await;
    let mut log = DeviceLog::found(&ann.genesis).unwrap();
    let (phone, added) = second(&ann, &log);
    let mut early = Client::connect(&server.url).await;
    assert_eq!(code(&phone.authenticate(&mut early).await), Code::NotFound);
    let mut forged = added.clone();
    forged.signatures[1].signature = phone.key.sign(b"something else").to_vec();
    assert_eq!(code(&a.ask(append(&forged)).await), Code::Forbidden);
    assert_eq!(a.ask(append(&added)).await, reply::Result::Done(Done {}));
    assert_eq!(a.ask(append(&added)).await, reply::Result::Done(Done {}), "again");
    // Another entry after the same one.
    let other = add_device(&log, (ann.device, &ann.key), (phone.device, &phone.key), vec![1], 3);
    match a.ask(append(&other)).await {
        reply::Result::Failure(failure) => {
            assert_eq!((failure.code(), failure.head_seq), (Code::LogConflict, 1));
        }
        accepted => panic!("{accepted:?}"),
    }
    let mut p = phone.connect(&server.url).await;
    log.append(&added.encode_to_vec()).unwrap();
    let revoked = revoke_device(&log, (ann.device, &ann.key), phone.device, 4);
    assert_eq!(a.ask(append(&revoked)).await, reply::Result::Done(Done {}));
    assert_eq!(p.goodbye().await, GoodbyeReason::Revoked);
    let mut again = Client::connect(&server.url).await;
    let fetch = |user: &parlor_wire::UserId| {
        Request::LogFetch(LogFetch { user_id: user.to_vec(), from_seq: 1 })
    };
    let log_of = |answer: reply::Result| match answer {
        reply::Result::LogEntries(got) => (got.entries, got.seen.len()),
        other => panic!("{other:?}"),
    };
    assert_eq!(code(&again.ask(fetch(&ann.user)).await), Code::Unauthenticated);
    assert_eq!(code(&phone.authenticate(&mut again).await), Code::Revoked);
    // It may see why, and nothing else.
    let why = vec![added.encode_to_vec(), revoked.encode_to_vec()];
    assert_eq!(log_of(again.ask(fetch(&ann.user)).await), (why, 0));
    let ben = person(2);
    ben.arrive(&server.url).await;
    assert_eq!(code(&again.ask(fetch(&ben.user)).await), Code::Unauthenticated);
    let stat = again.ask(Request::MailboxStat(MailboxStat {})).await;
    assert_eq!(code(&stat), Code::Unauthenticated);
    let fetch = LogFetch { user_id: ann.user.to_vec(), from_seq: 1 };
    match a.ask(Request::LogFetch(fetch)).await {
        reply::Result::LogEntries(got) => {
            assert_eq!(got.entries, [added.encode_to_vec(), revoked.encode_to_vec()]);
        }
        other => panic!("{other:?}"),
    }
    drop((a, p, early, again));
    server.stop().await;
}

#[tokio::test]
async fn a_deleted_account_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let (ann, ben) = (person(1), person(2));
    let mut a = ann.arrive(&server.url).await;
    let mut b = ben.arrive(&server.url).await;
    accepted(a.ask(Request::Bundle(bundle(0, b"create", &[&ann, &ben]))).await);
    let delete = |signature| Request::AccountDelete(AccountDelete { signature });
    let wrong = ann.key.sign(&statement::delete_account(&[0; 32], &ann.user)).to_vec();
    assert_eq!(code(&a.ask(delete(wrong)).await), Code::Forbidden);
    let signed = ann.key.sign(&statement::delete_account(&a.nonce, &ann.user)).to_vec();
    a.send(delete(signed)).await;
    assert_eq!(a.goodbye().await, GoodbyeReason::Revoked);
    let mut again = Client::connect(&server.url).await;
    assert_eq!(code(&ann.authenticate(&mut again).await), Code::Revoked);
    // What others judge by stays for a while, without a name.
    let fetch = LogFetch { user_id: ann.user.to_vec(), from_seq: 0 };
    match b.ask(Request::LogFetch(fetch)).await {
        reply::Result::LogEntries(got) => {
            assert_eq!((got.entries.len(), got.username), (1, None));
        }
        other => panic!("{other:?}"),
    }
    // Whoever is left goes on.
    accepted(b.ask(Request::Post(post(1, b"alone", false))).await);
    drop((a, b, again));
    server.stop().await;
}
