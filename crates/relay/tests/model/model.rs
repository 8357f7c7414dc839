//! What a store of one group is, said a second time: plain maps, written from docs/protocol/relay.md and not
//! from the code. Slow, whole snapshots of every epoch, no bounds.

use parlor_relay_core::{Outcome, Refusal};
use parlor_wire::relay::{Accepted, ItemKind};
use parlor_wire::{Hash, MailboxId, hash};
use std::collections::{BTreeMap, BTreeSet};

/// People and queues by number; a commit is named by a number, and its epoch's send key is that number.
pub type Person = u8;
pub type Queue = u8;
pub type Name = u8;

/// An item as it is compared: sequence, queue, kind, place in the group, epoch, payload.
pub type Item = (u64, Queue, ItemKind, u64, u64, Vec<u8>);

#[derive(Default)]
pub struct Mailbox {
    pub acked: u64,
    pub tail: u64,
    pub items: Vec<Item>,
}

struct QueueState {
    /// `None` when it was closed in a group.
    owner: Option<Person>,
    bound: bool,
}

#[derive(Clone)]
struct Epoch {
    number: u64,
    key: Name,
    queues: Vec<Queue>,
}

struct Commit {
    name: Name,
    added: Vec<Queue>,
    nacked: BTreeSet<Queue>,
}

/// Epochs, and between each and the next the commit that moved on.
struct Group {
    epochs: Vec<Epoch>,
    commits: Vec<Commit>,
    seq: u64,
    time: u64,
}

pub struct Model {
    mailboxes: BTreeMap<Person, Mailbox>,
    ids: BTreeMap<Person, MailboxId>,
    queues: BTreeMap<Queue, QueueState>,
    group: Option<Group>,
    voided: BTreeSet<Name>,
    commits: BTreeMap<Name, Accepted>,
    posts: BTreeMap<Vec<u8>, Accepted>,
}

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}

fn again(accepted: &Accepted) -> Outcome {
    Outcome::Accepted { accepted: *accepted, wakes: Vec::new(), overflowed: 0 }
}

pub fn commit_hash(name: Name) -> Hash {
    hash(&[name])
}

impl Model {
    pub fn new(ids: BTreeMap<Person, MailboxId>) -> Self {
        Self {
            mailboxes: ids.keys().map(|person| (*person, Mailbox::default())).collect(),
            ids,
            queues: BTreeMap::new(),
            group: None,
            voided: BTreeSet::new(),
            commits: BTreeMap::new(),
            posts: BTreeMap::new(),
        }
    }

    pub fn mailbox(&self, person: Person) -> Option<&Mailbox> {
        self.mailboxes.get(&person)
    }

    /// Number and send key of the current epoch; 0 and 0 without a group.
    pub fn current(&self) -> (u64, Name) {
        let last = self.group.as_ref().and_then(|group| group.epochs.last());
        last.map_or((0, 0), |epoch| (epoch.number, epoch.key))
    }

    /// The send key of the epoch that a commit ended.
    pub fn key_before(&self, name: Name) -> Option<Name> {
        let group = self.group.as_ref()?;
        let at = group.commits.iter().position(|commit| commit.name == name)?;
        Some(group.epochs[at].key)
    }

    fn append(
        &mut self,
        to: &[Queue],
        except: Option<Person>,
        (kind, seq, epoch): (ItemKind, u64, u64),
        payload: &[u8],
    ) -> Vec<MailboxId> {
        let mut wakes = Vec::new();
        for queue in to {
            let owner = self.queues.get(queue).and_then(|queue| queue.owner);
            let Some(owner) = owner.filter(|owner| except != Some(*owner)) else { continue };
            let Some(mailbox) = self.mailboxes.get_mut(&owner) else { continue };
            mailbox.tail += 1;
            mailbox.items.push((mailbox.tail, *queue, kind, seq, epoch, payload.to_vec()));
            wakes.push(self.ids[&owner]);
        }
        wakes
    }

    pub fn open(&mut self, person: Person, queue: Queue) -> Outcome {
        if !self.mailboxes.contains_key(&person) {
            return refused(Refusal::Revoked);
        }
        match self.queues.get(&queue) {
            Some(state) if state.owner == Some(person) => Outcome::Done,
            Some(_) => refused(Refusal::Conflict("queue_ids")),
            None => {
                self.queues.insert(queue, QueueState { owner: Some(person), bound: false });
                Outcome::Done
            }
        }
    }

    pub fn close(&mut self, person: Person, queue: Queue) -> Outcome {
        let Some(state) = self.queues.get_mut(&queue) else { return Outcome::Done };
        match state.owner {
            None => return Outcome::Done,
            Some(owner) if owner != person => return refused(Refusal::Forbidden("queue_ids")),
            Some(_) => {}
        }
        state.owner = None;
        if !state.bound {
            self.queues.remove(&queue);
        }
        Outcome::Done
    }

    pub fn post(
        &mut self,
        epoch: u64,
        payload: &[u8],
        except: Option<Person>,
        now: u64,
    ) -> Outcome {
        if let Some(accepted) = self.posts.get(payload) {
            return again(accepted);
        }
        let Some(group) = &mut self.group else { return refused(Refusal::NotFound("group_id")) };
        let current = group.epochs.last().unwrap().clone();
        if current.number != epoch {
            return refused(Refusal::WrongEpoch(current.number));
        }
        group.seq += 1;
        group.time = now.max(group.time + 1);
        let accepted = Accepted { group_seq: group.seq, time: group.time, epoch };
        let place = (ItemKind::Post, accepted.group_seq, epoch);
        let wakes = self.append(&current.queues, except, place, payload);
        self.posts.insert(payload.to_vec(), accepted);
        Outcome::Accepted { accepted, wakes, overflowed: 0 }
    }

    /// A CREATE when there is no group.
    pub fn commit(
        &mut self,
        name: Name,
        (base, signer): (u64, Name),
        (add, remove): (&[Queue], &[Queue]),
        now: u64,
    ) -> Outcome {
        if self.voided.contains(&name) {
            return refused(Refusal::Voided);
        }
        if let Some(accepted) = self.commits.get(&name) {
            return again(accepted);
        }
        let before = match &self.group {
            None => Epoch { number: 0, key: signer, queues: Vec::new() },
            Some(group) => group.epochs.last().unwrap().clone(),
        };
        if before.number != base {
            return refused(Refusal::WrongEpoch(before.number));
        }
        if before.key != signer {
            return refused(Refusal::Forbidden("signature"));
        }
        if remove.iter().any(|queue| !before.queues.contains(queue)) {
            return refused(Refusal::NotFound("queues_remove"));
        }
        for queue in add {
            match self.queues.get(queue) {
                None => return refused(Refusal::NotFound("queues_add")),
                Some(state) if state.bound => return refused(Refusal::Conflict("queues_add")),
                Some(_) => {}
            }
        }
        for queue in add {
            self.queues.get_mut(queue).unwrap().bound = true;
        }
        let mut queues = before.queues.clone();
        queues.retain(|queue| !remove.contains(queue));
        queues.extend(add);
        let group = self.group.get_or_insert(Group {
            epochs: Vec::new(),
            commits: Vec::new(),
            seq: 0,
            time: 0,
        });
        if base > 0 {
            let (added, nacked) = (add.to_vec(), BTreeSet::new());
            group.commits.push(Commit { name, added, nacked });
        }
        group.epochs.push(Epoch { number: base + 1, key: name, queues });
        group.seq += 1;
        group.time = now.max(group.time + 1);
        let accepted = Accepted { group_seq: group.seq, time: group.time, epoch: base + 1 };
        let told: Vec<Queue> = before.queues.iter().chain(add).copied().collect();
        let place = (ItemKind::Commit, accepted.group_seq, base);
        let wakes = self.append(&told, None, place, &[name]);
        self.commits.insert(name, accepted);
        Outcome::Accepted { accepted, wakes, overflowed: 0 }
    }

    pub fn nack(&mut self, name: Name, queue: Queue, person: Person, signer: Name) -> Outcome {
        if self.voided.contains(&name) {
            return Outcome::Done;
        }
        let Some(group) = &mut self.group else { return refused(Refusal::NotFound("group_id")) };
        let Some(at) = group.commits.iter().position(|commit| commit.name == name) else {
            return refused(Refusal::WrongEpoch(group.epochs.last().unwrap().number));
        };
        let before = group.epochs[at].clone();
        let owned = self.queues.get(&queue).is_some_and(|state| state.owner == Some(person));
        if !owned || !before.queues.contains(&queue) {
            return refused(Refusal::Forbidden("queue_id"));
        }
        if before.key != signer {
            return refused(Refusal::Forbidden("signature"));
        }
        group.commits[at].nacked.insert(queue);
        if group.commits[at].nacked.len() * 2 < before.queues.len() {
            return Outcome::Nacked { wakes: Vec::new() };
        }
        group.epochs.truncate(at + 1);
        // Who comes first is not told by the protocol: a list that was gone back to is in order of ids.
        group.epochs[at].queues.sort_unstable();
        let seq = group.seq;
        let undone = group.commits.split_off(at);
        let added: BTreeSet<Queue> =
            undone.iter().flat_map(|commit| commit.added.clone()).collect();
        let told: BTreeSet<Queue> = before.queues.iter().copied().chain(added.clone()).collect();
        let told: Vec<Queue> = told.into_iter().collect();
        let place = (ItemKind::Voided, seq, before.number);
        let wakes = self.append(&told, None, place, &commit_hash(name).0);
        for queue in added {
            let state = self.queues.get_mut(&queue).unwrap();
            state.bound = false;
            if state.owner.is_none() {
                self.queues.remove(&queue);
            }
        }
        for commit in undone {
            self.voided.insert(commit.name);
            self.commits.remove(&commit.name);
        }
        Outcome::Nacked { wakes }
    }

    pub fn acknowledge(&mut self, person: Person, up_to: u64) -> Outcome {
        let Some(mailbox) = self.mailboxes.get_mut(&person) else {
            return refused(Refusal::Revoked);
        };
        if up_to > mailbox.tail {
            return refused(Refusal::Malformed("sequence"));
        }
        mailbox.acked = mailbox.acked.max(up_to);
        mailbox.items.retain(|item| item.0 > up_to);
        Outcome::Done
    }

    pub fn delete(&mut self, person: Person) -> Outcome {
        match self.mailboxes.remove(&person) {
            Some(_) => Outcome::Revoked(vec![self.ids[&person]]),
            None => refused(Refusal::NotFound("user_id")),
        }
    }

    /// Forgets a group of which no queue leads anywhere, those that could come back included: every bound
    /// queue is one of these, as there is one group.
    pub fn sweep(&mut self) {
        let leads = |state: &QueueState| {
            state.bound && state.owner.is_some_and(|owner| self.mailboxes.contains_key(&owner))
        };
        if self.group.is_some() && !self.queues.values().any(leads) {
            self.group = None;
            self.queues.retain(|_, state| !state.bound);
            self.voided.clear();
        }
    }
}
