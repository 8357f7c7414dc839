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
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

/// Bytes of one append.
const PAYLOAD: usize = 1024;
/// Senders at most.
const SENDERS: u16 = 64;
/// Mailboxes of the large group.
pub const CROWD: u16 = 256;
/// How often raw log and store take turns.
const TURNS: u32 = 6;

/// Rates of a raw log and of the store, each sender waiting for its append before the next.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Rates {
    /// Senders.
    pub senders: usize,
    /// Mailboxes that each post goes to.
    pub mailboxes: usize,
    /// Raw appends per second.
    pub raw: f64,
    /// Items per second through the store: posts times mailboxes.
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

/// Posts to one mailbox each at 1, 8 and 64 senders, and of 8 senders to [`CROWD`] mailboxes each, beside 64
/// senders to a raw log. Raw and store take turns for `each` in all; the medians of their turns count. In an
/// empty folder.
pub fn appends(folder: &Path, each: Duration) -> Result<Vec<Rates>, BenchError> {
    let key = ServerKey::new(&Secret::new([1; 32]));
    let space = Space::of_disk(folder, 0);
    let store = FjallStore::open(&folder.join("store"), key.clone(), space)?;
    for n in 0..SENDERS {
        prepare(&store, &key, group(n), n..n + 1).ok_or(BenchError::Refused)?;
    }
    prepare(&store, &key, group(SENDERS), SENDERS..SENDERS + CROWD).ok_or(BenchError::Refused)?;
    let mut results = Vec::new();
    for senders in [1, 8, 64] {
        let alone = |sender, n| post(&store, sender, sender, n).is_some();
        results.push(in_turns(folder, (senders, senders), 1, each, alone)?);
    }
    let to_all = |sender, n| post(&store, SENDERS, sender, n).is_some();
    results.push(in_turns(folder, (64, 8), usize::from(CROWD), each, to_all)?);
    Ok(results)
}

/// Raw and store in turn, with so many senders.
fn in_turns(
    folder: &Path,
    (raw_senders, senders): (usize, usize),
    mailboxes: usize,
    each: Duration,
    append: impl Fn(u16, u64) -> bool + Sync,
) -> Result<Rates, BenchError> {
    let (mut raws, mut stores, numbers) = (Vec::new(), Vec::new(), AtomicU64::new(0));
    for _ in 0..TURNS {
        raws.push(raw(&folder.join("raw"), raw_senders, each / TURNS)?);
        let next = || numbers.fetch_add(1, Ordering::Relaxed);
        stores.push(timed(senders, each / TURNS, |sender, _| append(sender, next())));
    }
    let raw = median(raws);
    let store = median(stores) * mailboxes as f64;
    Ok(Rates { senders, mailboxes, raw, store, ratio: store / raw })
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

/// Calls `append(sender, number)` from so many threads until the time is over or it fails; per second.
fn timed(senders: usize, each: Duration, append: impl Fn(u16, u64) -> bool + Sync) -> f64 {
    let began = Instant::now();
    let total: u64 = std::thread::scope(|scope| {
        let send = |sender: usize| {
            let append = &append;
            move || {
                let mut count = 0;
                while began.elapsed() < each && append(sender as u16, count) {
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
        jobs.send((vec![sender as u8; PAYLOAD], done)).is_ok() && written.recv().is_ok()
    });
    drop(jobs);
    match writer.join() {
        Ok(written) => written.map(|()| rate),
        Err(_) => Err(io::Error::other("the writer of the raw log ended")),
    }
}

fn group(n: u16) -> GroupId {
    GroupId(id(n))
}

fn id<const N: usize>(n: u16) -> [u8; N] {
    let mut id = [0; N];
    for (to, from) in id.iter_mut().zip(n.to_be_bytes()) {
        *to = from;
    }
    id
}

/// A group of new people.
fn prepare(
    store: &FjallStore,
    key: &ServerKey,
    group: GroupId,
    people: std::ops::Range<u16>,
) -> Option<()> {
    let mut operations = Vec::new();
    for n in people.clone() {
        // Each group has people of its own.
        let (user, device, queue) = (UserId(id(n)), DeviceId(id(n)), QueueId(id(n)));
        let mailbox = key.mailbox(&user, &device);
        let sealed = key.seal(&queue, &mailbox, &mut crate::server::rng());
        operations.push(Operation::CreateAccount {
            user,
            genesis: Bytes::from_static(b"genesis"),
            device: NewDevice { id: device, key: [1; 32], mailbox },
            username: None,
            invite: None,
        });
        let queues = vec![NewQueue { id: queue, sealed }];
        operations.push(Operation::OpenQueues { mailbox, queues, post_key: None });
    }
    operations.push(Operation::CommitEpoch(Box::new(CommitEpoch {
        group,
        base_epoch: 0,
        kind: BundleKind::Create,
        commit: Bytes::from_static(b"commit"),
        commit_hash: hash(b"commit"),
        welcomes: Vec::new(),
        group_info: Bytes::new(),
        send_key: [1; 32],
        rejoin_key: [1; 32],
        epoch_tag: [1; 32],
        add: people.map(|n| QueueId(id(n))).collect(),
        remove: Vec::new(),
        signer: [1; 32],
    })));
    let commands = operations.into_iter().map(Command::from).collect();
    let outcomes = store.execute(commands, crate::server::now());
    let fine = |outcome| !matches!(outcome, Err(_) | Ok(Outcome::Refused(_)));
    outcomes.into_iter().all(fine).then_some(())
}

fn post(store: &FjallStore, to: u16, sender: u16, n: u64) -> Option<()> {
    let mut payload = vec![sender as u8; PAYLOAD];
    payload.splice(..8, n.to_be_bytes());
    let group = group(to);
    let request = parlor_relay_core::request::post(&group, &hash(&payload));
    let operation =
        Operation::AppendPost { group, epoch: 1, payload: payload.into(), except: None };
    let command = Command { request: Some(request), operation };
    match store.execute_one(command, crate::server::now()) {
        Ok(Outcome::Accepted { .. }) => Some(()),
        _ => None,
    }
}
