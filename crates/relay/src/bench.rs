//! Durable appends per second of the store, beside a raw log written and synced in the same way in the same
//! run: only their ratio means something on a disk that changes its mood.

use crate::space::Space;
use crate::store::{FjallStore, OpenError};
use bytes::Bytes;
use parlor_crypto::Secret;
use parlor_relay_core::{
    Command, CommitEpoch, NewDevice, NewQueue, Operation, Outcome, ServerKey, Store,
};
use parlor_wire::relay::BundleKind;
use parlor_wire::{DeviceId, GroupId, QueueId, UserId, hash};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

/// Bytes of one append.
const PAYLOAD: usize = 1024;

/// Rates at one number of senders, each waiting for its append before the next.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Appends {
    /// Senders.
    pub senders: usize,
    /// Raw appends per second.
    pub raw: f64,
    /// Posts to one mailbox each per second through the store.
    pub store: f64,
    /// Store over raw.
    pub ratio: f64,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The raw log.
    #[error("the raw log cannot be written: {0}")]
    Io(#[from] io::Error),
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A command did not do what it does otherwise.
    #[error("the store refused a command of the benchmark")]
    Refused,
}

/// Measures for `each` at 1, 8 and 64 senders, raw and store in turn, in an empty folder.
pub fn appends(folder: &Path, each: Duration) -> Result<Vec<Appends>, BenchError> {
    let key = ServerKey::new(&Secret::new([1; 32]));
    let store = FjallStore::open(&folder.join("store"), key.clone(), Space::of_disk(folder, 0))?;
    for n in 0..64 {
        prepare(&store, &key, n).ok_or(BenchError::Refused)?;
    }
    let mut results = Vec::new();
    for senders in [1, 8, 64] {
        let raw = raw(&folder.join("raw"), senders, each)?;
        let store = timed(senders, each, |sender, n| post(&store, sender, n).is_some());
        results.push(Appends { senders, raw, store, ratio: store / raw });
    }
    Ok(results)
}

/// Calls `append(sender, number)` from so many threads until the time is over or it fails; per second.
fn timed(senders: usize, each: Duration, append: impl Fn(u8, u64) -> bool + Sync) -> f64 {
    let began = Instant::now();
    let total: u64 = std::thread::scope(|scope| {
        let send = |sender: usize| {
            let append = &append;
            move || {
                let mut count = 0;
                while began.elapsed() < each && append(sender as u8, count) {
                    count += 1;
                }
                count
            }
        };
        let threads: Vec<_> = (0..senders).map(|sender| scope.spawn(send(sender))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).sum()
    });
    total as f64 / began.elapsed().as_secs_f64()
}

fn raw(path: &Path, senders: usize, each: Duration) -> io::Result<f64> {
    let mut file = File::create(path)?;
    let (jobs, waiting) = channel::<(Vec<u8>, Sender<()>)>();
    let writer = std::thread::spawn(move || -> io::Result<()> {
        while let Ok(first) = waiting.recv() {
            let jobs: Vec<_> = std::iter::once(first).chain(waiting.try_iter()).collect();
            let bytes: Vec<u8> = jobs.iter().flat_map(|(bytes, _)| bytes).copied().collect();
            file.write_all(&bytes)?;
            file.sync_data()?;
            for (_, done) in jobs {
                let _ = done.send(());
            }
        }
        Ok(())
    });
    let rate = timed(senders, each, |sender, _| {
        let (done, written) = channel();
        jobs.send((vec![sender; PAYLOAD], done)).is_ok() && written.recv().is_ok()
    });
    drop(jobs);
    match writer.join() {
        Ok(written) => written.map(|()| rate),
        Err(_) => Err(io::Error::other("the writer of the raw log ended")),
    }
}

/// A person alone in a group.
fn prepare(store: &FjallStore, key: &ServerKey, n: u8) -> Option<()> {
    let (user, device, queue) = (UserId([n; 32]), DeviceId([n; 16]), QueueId([n; 16]));
    let mailbox = key.mailbox(&user, &device);
    let sealed = key.seal(&queue, &mailbox, &mut crate::server::rng());
    let create = Operation::CreateAccount {
        user,
        genesis: Bytes::from_static(b"genesis"),
        device: NewDevice { id: device, key: [n; 32], mailbox },
        username: None,
        invite: None,
    };
    let commit = CommitEpoch {
        group: GroupId([n; 16]),
        base_epoch: 0,
        kind: BundleKind::Create,
        commit: Bytes::from_static(b"commit"),
        commit_hash: hash(b"commit"),
        welcomes: Vec::new(),
        group_info: Bytes::new(),
        send_key: [n; 32],
        rejoin_key: [n; 32],
        epoch_tag: [n; 32],
        add: vec![queue],
        remove: Vec::new(),
        signer: [n; 32],
    };
    let queues = vec![NewQueue { id: queue, sealed }];
    let operations = [
        create,
        Operation::OpenQueues { mailbox, queues, post_key: None },
        Operation::CommitEpoch(Box::new(commit)),
    ];
    let outcomes = store.execute(operations.map(Command::from).to_vec(), crate::server::now());
    let fine = |outcome| !matches!(outcome, Err(_) | Ok(Outcome::Refused(_)));
    outcomes.into_iter().all(fine).then_some(())
}

fn post(store: &FjallStore, sender: u8, n: u64) -> Option<()> {
    let mut payload = vec![sender; PAYLOAD];
    payload.splice(..8, n.to_be_bytes());
    let group = GroupId([sender; 16]);
    let request = parlor_relay_core::request::post(&group, &hash(&payload));
    let operation =
        Operation::AppendPost { group, epoch: 1, payload: payload.into(), except: None };
    let command = Command { request: Some(request), operation };
    match store.execute_one(command, crate::server::now()) {
        Ok(Outcome::Accepted { .. }) => Some(()),
        _ => None,
    }
}
