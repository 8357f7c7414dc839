//! Who is connected: the way from a mailbox to the task of its connection.
//!
//! Invariant: a wake-up is never lost while the connection lives. What a connection can be handed is bounded:
//! outcomes by its own requests in flight, live posts by dropping, the rest are flags.

use parlor_relay_core::{Outcome, Output, Pending, StoreError};
use parlor_wire::MailboxId;
use parlor_wire::relay::{GoodbyeReason, Live};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Live posts that wait for a slow connection; older ones are dropped.
const MAX_LIVE: usize = 64;

/// What a connection has to look at.
#[derive(Default)]
pub struct Waiting {
    /// Requests whose command has an outcome.
    pub outcomes: Vec<(Pending, Result<Outcome, StoreError>)>,
    /// Ephemeral posts.
    pub live: VecDeque<Live>,
    /// The mailbox may have something new.
    pub wake: bool,
    /// The device log of the account has grown.
    pub log_grew: bool,
    /// End with this.
    pub goodbye: Option<GoodbyeReason>,
}

/// A connection as others reach it.
#[derive(Default)]
pub struct Slot {
    waiting: Mutex<Waiting>,
    notify: Notify,
}

impl Slot {
    /// Takes what waits.
    pub fn take(&self) -> Waiting {
        std::mem::take(&mut *lock(&self.waiting))
    }

    /// Returns when something may wait.
    pub async fn notified(&self) {
        self.notify.notified().await;
    }

    /// Hands something over.
    pub fn tell(&self, change: impl FnOnce(&mut Waiting)) {
        change(&mut lock(&self.waiting));
        self.notify.notify_one();
    }
}

/// Authenticated connections by mailbox.
#[derive(Default)]
pub struct Hub {
    slots: Mutex<HashMap<MailboxId, Arc<Slot>>>,
}

impl Hub {
    /// Makes a connection the one of its mailbox; a former one is replaced.
    pub fn enter(&self, mailbox: MailboxId, slot: &Arc<Slot>) {
        let former = lock(&self.slots).insert(mailbox, Arc::clone(slot));
        if let Some(former) = former.filter(|former| !Arc::ptr_eq(former, slot)) {
            former.tell(|waiting| waiting.goodbye = Some(GoodbyeReason::Replaced));
        }
    }

    /// Forgets a connection, unless another took its place.
    pub fn leave(&self, mailbox: MailboxId, slot: &Arc<Slot>) {
        let mut slots = lock(&self.slots);
        if slots.get(&mailbox).is_some_and(|held| Arc::ptr_eq(held, slot)) {
            slots.remove(&mailbox);
        }
    }

    /// Wakes and ends connections as an outcome wants.
    pub fn outcome(&self, outcome: &Outcome) {
        for mailbox in outcome.wakes() {
            self.tell(mailbox, |waiting| waiting.wake = true);
        }
        for mailbox in outcome.log_grew() {
            self.tell(mailbox, |waiting| waiting.log_grew = true);
        }
        for mailbox in outcome.revoked() {
            self.tell(mailbox, |waiting| waiting.goodbye = Some(GoodbyeReason::Revoked));
        }
    }

    /// Passes the ephemeral posts of an output on.
    pub fn live(&self, output: &mut Output) {
        for (mailbox, live) in output.live.drain(..) {
            self.tell(&mailbox, |waiting| {
                if waiting.live.len() == MAX_LIVE {
                    waiting.live.pop_front();
                }
                waiting.live.push_back(live);
            });
        }
    }

    fn tell(&self, mailbox: &MailboxId, change: impl FnOnce(&mut Waiting)) {
        let slot = lock(&self.slots).get(mailbox).cloned();
        if let Some(slot) = slot {
            slot.tell(change);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
