//! The driver's thread and what it has outside: inbox, connection, files, and somebody who listens.

use crate::StartError;
use crate::encrypt;
use crate::profile::{Profile, ProfileError};
use crate::transfer::Transfers;
use parlor_crypto::Secret;
use parlor_driver::{Driver, Inbox, Message, Order, Output, Ports, Prepared, Ticket};
use parlor_engine::{Engine, FileOrder};
use parlor_store::Store;
use parlor_view::Command;
use parlor_wire::FileId;
use rand_chacha::ChaCha20Rng;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc::{Sender, UnboundedSender};

/// The clock of the system may jump: it is looked at this often at least.
const LONGEST_NAP: Duration = Duration::from_secs(60);

/// What the driver has on a computer.
pub struct Native {
    inbox: Receiver<Message>,
    outputs: Sender<Output>,
    orders: UnboundedSender<Order>,
    transfers: Transfers,
    _profile: Profile,
}

/// Opens the database, and encrypts one from before first. To be called where the driver will run.
pub fn open(
    profile: Profile,
    key: &Secret,
    rng: ChaCha20Rng,
    inbox: Receiver<Message>,
    (outputs, orders): (Sender<Output>, UnboundedSender<Order>),
    transfers: Transfers,
) -> Result<Driver<Native>, StartError> {
    let database = profile.database();
    encrypt::run(&database, key.expose())?;
    let mut store = Store::open(&database, Some(key.expose()))?;
    let known = Engine::files(&store.begin()?).unwrap_or_default();
    transfers.tidy(&known).map_err(ProfileError::Folder)?;
    let native = Native { inbox, outputs, orders, transfers, _profile: profile };
    Ok(Driver::new(store, rng, native))
}

/// Runs until it is stopped or nobody is left who could.
pub fn run(mut driver: Driver<Native>) {
    driver.start();
    while !driver.has_stopped() {
        if driver.take_next() {
            continue;
        }
        let nap = driver.nap().map(|nap| nap.min(LONGEST_NAP));
        let inbox = &driver.ports().inbox;
        let message = match nap {
            Some(nap) => inbox.recv_timeout(nap),
            None => inbox.recv().map_err(RecvTimeoutError::from),
        };
        match message {
            Ok(message) => driver.take(message),
            Err(RecvTimeoutError::Timeout) => driver.tick(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl Inbox for Native {
    fn next(&mut self) -> Option<Message> {
        self.inbox.try_recv().ok()
    }

    fn wait(&mut self, limit: Duration) -> Option<Message> {
        self.inbox.recv_timeout(limit).ok()
    }
}

impl Ports for Native {
    fn now(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn order(&mut self, order: Order) {
        let _ = self.orders.send(order);
    }

    fn file(&mut self, order: FileOrder, server: Option<&str>) {
        self.transfers.carry_out(order, server);
    }

    fn prepare(&mut self, ticket: Ticket, command: Command) {
        self.transfers.prepare(ticket, command);
    }

    fn unprepared(&mut self, prepared: &Prepared) {
        self.transfers.drop_prepared(prepared);
    }

    fn ended(&mut self, file: &FileId) {
        self.transfers.ended(file);
    }

    fn tell(&mut self, output: Output) {
        let _ = self.outputs.blocking_send(output);
    }
}
