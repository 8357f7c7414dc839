//! Backups over a real socket: who may write, who may read.

use crate::client::*;
use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_wire::limits::MAX_BACKUP_SEGMENT_BYTES;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use parlor_wire::statement;

const LOCATOR: [u8; 32] = [70; 32];

fn read_key() -> SigningKey {
    SigningKey::from_seed(&Secret::new([71; 32]))
}

fn append(index: u32, segment: Vec<u8>) -> Request {
    let read_key = read_key().public().0.to_vec();
    let segment = segment.into();
    let locator = LOCATOR.to_vec();
    Request::BackupAppend(BackupAppend { locator, read_key, index, segment, ..Default::default() })
}

fn read(by: &SigningKey, nonce: &[u8], from: u32, max: u32) -> Request {
    let signature = by.sign(&statement::backup_read(&LOCATOR, nonce)).to_vec();
    Request::BackupRead(BackupRead { locator: LOCATOR.to_vec(), from, max, signature })
}

#[tokio::test]
async fn a_device_writes_and_whoever_has_the_code_reads() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let mut guest = Client::connect(&server.url).await;
    assert_eq!(code(&guest.ask(append(0, vec![1])).await), Code::Unauthenticated);
    let early = read(&read_key(), &guest.nonce, 0, 8);
    assert_eq!(code(&guest.ask(early).await), Code::NotFound);

    let ann = person(1);
    let mut device = ann.arrive(&server.url).await;
    for index in 0..10 {
        let done = device.ask(append(index, vec![index as u8; 9])).await;
        assert_eq!(done, reply::Result::Done(Done {}));
    }
    let large = append(10, vec![0; MAX_BACKUP_SEGMENT_BYTES + 1]);
    assert_eq!(code(&device.ask(large).await), Code::TooLarge);
    match device.ask(append(3, vec![9])).await {
        reply::Result::Failure(failure) => {
            assert_eq!((failure.code(), failure.head_seq), (Code::LogConflict, 10));
        }
        other => panic!("{other:?}"),
    }
    match device.ask(Request::BackupStat(BackupStat {})).await {
        reply::Result::BackupState(state) => {
            assert_eq!((state.count, state.bytes, state.limit), (10, 90, 256 << 20));
            assert_eq!(state.locator, LOCATOR);
        }
        other => panic!("{other:?}"),
    }

    let stranger = SigningKey::from_seed(&Secret::new([1; 32]));
    let foreign = read(&stranger, &guest.nonce, 0, 8);
    assert_eq!(code(&guest.ask(foreign).await), Code::Forbidden);
    let stale = read(&read_key(), &device.nonce, 0, 8);
    assert_eq!(code(&guest.ask(stale).await), Code::Forbidden, "of another connection");
    let first = read(&read_key(), &guest.nonce, 0, 0);
    match guest.ask(first).await {
        reply::Result::BackupSegments(reply) => {
            assert_eq!((reply.count, reply.segments.len(), reply.log.len()), (10, 0, 1));
            let log = parlor_identity::DeviceLog::verify(&ann.user, &reply.log);
            assert!(log.is_ok());
        }
        other => panic!("{other:?}"),
    }
    for (from, expected) in [(0, 0..8), (6, 6..10), (10, 10..10)] {
        let request = read(&read_key(), &guest.nonce, from, u32::MAX);
        match guest.ask(request).await {
            reply::Result::BackupSegments(reply) => {
                let wanted: Vec<Vec<u8>> = expected.map(|n| vec![n; 9]).collect();
                assert_eq!(reply.segments, wanted);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_rewrite_is_told_and_takes_the_place_of_the_backup() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let mut device = person(1).arrive(&server.url).await;
    let rewrite = |index: u32, name: Vec<u8>, complete: bool| match append(index, vec![7; 5]) {
        Request::BackupAppend(append) => {
            Request::BackupAppend(BackupAppend { rewrite: name, complete, ..append })
        }
        other => other,
    };
    assert_eq!(code(&device.ask(rewrite(0, Vec::new(), true)).await), Code::Malformed);
    assert_eq!(code(&device.ask(rewrite(0, vec![1; 31], true)).await), Code::Malformed);
    assert_eq!(device.ask(append(0, vec![1; 9])).await, reply::Result::Done(Done {}));
    assert_eq!(device.ask(rewrite(0, vec![1; 32], false)).await, reply::Result::Done(Done {}));
    match device.ask(Request::BackupStat(BackupStat {})).await {
        reply::Result::BackupState(state) => {
            assert_eq!((state.rewrites, state.count, state.bytes), (true, 1, 9));
            let last_hash = parlor_wire::hash(&[7; 5]).to_vec();
            let begun = BackupRewrite { name: vec![1; 32], count: 1, bytes: 5, last_hash };
            assert_eq!(state.rewrite, Some(begun));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(device.ask(rewrite(1, vec![1; 32], true)).await, reply::Result::Done(Done {}));
    let mut guest = Client::connect(&server.url).await;
    let request = read(&read_key(), &guest.nonce, 0, 8);
    match guest.ask(request).await {
        reply::Result::BackupSegments(reply) => {
            assert_eq!((reply.segments, reply.rewrite), (vec![vec![7; 5]; 2], vec![1; 32]));
        }
        other => panic!("{other:?}"),
    }
}
