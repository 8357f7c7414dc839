//! Devices over a key-value area in memory that commits or rolls back like a transaction, and that is read
//! back from its bytes at every step: no group is ever kept in memory between two of them.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_mls::*;
use parlor_wire::content::{ChatKind, GroupState};
use parlor_wire::{DeviceId, GroupId, QueueId, UserId};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::cell::RefCell;
use std::collections::BTreeMap;

#[derive(Default, Clone)]
pub struct Memory(pub RefCell<BTreeMap<Vec<u8>, Vec<u8>>>);

impl KeyValue for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        Ok(self.0.borrow().get(key).cloned())
    }
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), KvError> {
        self.0.borrow_mut().insert(key.to_vec(), value.to_vec());
        Ok(())
    }
    fn delete(&self, key: &[u8]) -> Result<(), KvError> {
        self.0.borrow_mut().remove(key);
        Ok(())
    }
}

pub struct Everyone;

impl Judge for Everyone {
    fn leaf(&self, _: &LeafClaim) -> Result<(), Refusal> {
        Ok(())
    }
    fn changes(&self, _: &GroupView, _: &Changes) -> Result<(), Refusal> {
        Ok(())
    }
}

pub struct Nobody;

impl Judge for Nobody {
    fn leaf(&self, _: &LeafClaim) -> Result<(), Refusal> {
        Err(Refusal("not in the log"))
    }
    fn changes(&self, _: &GroupView, _: &Changes) -> Result<(), Refusal> {
        Err(Refusal("not allowed"))
    }
}

pub const GROUP: GroupId = GroupId([9; 16]);

pub fn state(title: &str) -> GroupState {
    GroupState {
        version: 1,
        kind: ChatKind::Group.into(),
        title: title.into(),
        ..Default::default()
    }
}

pub struct Device {
    pub kv: Memory,
    pub identity: DeviceIdentity,
    pub suite: Suite,
    rng: ChaCha20Rng,
    queues: u8,
    reseeded: Option<QueueId>,
    number: u8,
}

impl Device {
    pub fn new(number: u8, suite: Suite) -> Self {
        let key = SigningKey::from_seed(&Secret::new([number; 32]));
        let identity = DeviceIdentity::new(UserId([number; 32]), DeviceId([number; 16]), 0, key);
        let rng = ChaCha20Rng::from_seed([number; 32]);
        Self { kv: Memory::default(), identity, suite, rng, queues: 0, reseeded: None, number }
    }

    /// Becomes another device with other randomness.
    pub fn reseed(&mut self, seed: [u8; 32]) {
        let key = SigningKey::from_seed(&Secret::new(seed));
        let device = DeviceId(std::array::from_fn(|at| seed[at]));
        self.identity = DeviceIdentity::new(UserId(seed), device, 0, key);
        self.rng = ChaCha20Rng::from_seed(seed);
        self.reseeded = Some(QueueId(device.0));
    }

    pub fn queue(&mut self) -> QueueId {
        if let Some(queue) = self.reseeded.take() {
            return queue;
        }
        self.queues += 1;
        let mut id = [self.number; 16];
        id[0] = self.queues;
        QueueId(id)
    }

    /// One transaction.
    pub fn work<T>(&mut self, work: impl FnOnce(&mut Mls<'_>) -> T) -> T {
        let mut mls = Mls::new(&self.kv, &mut self.rng, &self.identity, self.suite);
        let result = work(&mut mls);
        mls.flush().unwrap();
        result
    }

    /// One transaction with the group as it is stored.
    pub fn with<T>(&mut self, work: impl FnOnce(&mut Group, &mut Mls<'_>) -> T) -> T {
        self.work(|mls| {
            let mut group = Group::load(mls, &GROUP).unwrap().expect("no such group");
            work(&mut group, mls)
        })
    }

    pub fn key_package(&mut self) -> Vec<u8> {
        let queue = self.queue();
        self.work(|mls| mls.key_package(false, queue)).unwrap()
    }

    pub fn create(&mut self) {
        let queue = self.queue();
        self.work(|mls| Group::create(mls, GROUP, queue, &state("start")).map(drop)).unwrap();
    }

    pub fn commit(&mut self, change: Change) -> Outgoing {
        self.with(|group, mls| group.commit(mls, change)).unwrap()
    }

    pub fn merge_pending(&mut self) {
        self.with(|group, mls| group.merge_pending(mls)).unwrap();
    }

    pub fn join(&mut self, welcome: &[u8]) -> Member {
        self.work(|mls| join(mls, welcome, &GROUP, &Everyone)).unwrap().inviter
    }

    pub fn encrypt(&mut self, text: &[u8]) -> Vec<u8> {
        self.with(|group, mls| group.encrypt(mls, text)).unwrap()
    }

    pub fn receive(&mut self, message: &[u8]) -> Received {
        self.with(|group, mls| group.receive(mls, message)).unwrap()
    }

    pub fn read(&mut self, message: &[u8]) -> Vec<u8> {
        match self.receive(message) {
            Received::Application { content, .. } => content,
            other => panic!("{}", name(&other)),
        }
    }

    /// Receives, authorises and merges a commit.
    pub fn apply(&mut self, commit: &[u8]) -> Changes {
        self.with(|group, mls| {
            let staged = match group.receive(mls, commit).unwrap() {
                Received::Commit(staged) => *staged,
                other => panic!("{}", name(&other)),
            };
            let changes = staged.changes().clone();
            let authorised = group.authorise(staged, &Everyone).unwrap();
            group.merge(mls, authorised).unwrap();
            changes
        })
    }

    pub fn tag(&mut self) -> [u8; 32] {
        self.with(|group, _| group.epoch_tag()).unwrap()
    }

    pub fn epoch(&mut self) -> u64 {
        self.with(|group, _| group.epoch())
    }
}

pub fn name(received: &Received) -> String {
    match received {
        Received::Application { .. } => "application".into(),
        Received::Commit(_) => "commit".into(),
        Received::OwnCommit { pending } => format!("own commit, pending: {pending}"),
        Received::OwnMessage => "own message".into(),
        Received::Duplicate => "duplicate".into(),
        Received::WrongEpoch { message } => format!("epoch {message}"),
        Received::Unreadable(reason) => format!("{reason:?}"),
    }
}

/// Adds devices to the first one's group; `others` are members already.
pub fn add(by: &mut Device, others: &mut [&mut Device], new: &mut [&mut Device]) {
    let add = new.iter_mut().map(|device| device.key_package()).collect();
    let outgoing = by.commit(Change { add, ..Change::default() });
    by.merge_pending();
    for other in others {
        other.apply(&outgoing.commit);
    }
    for device in new {
        device.join(outgoing.welcome.as_ref().unwrap());
    }
}

/// A group of three.
pub fn three(suite: Suite) -> (Device, Device, Device) {
    let (mut a, mut b, mut c) =
        (Device::new(1, suite), Device::new(2, suite), Device::new(3, suite));
    a.create();
    add(&mut a, &mut [], &mut [&mut b, &mut c]);
    (a, b, c)
}
