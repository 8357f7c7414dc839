//! Whether there is an account, whether it is connected, and requests to the engine.

use crate::core::{self, Core, Problem, Storage, Told};
use crate::locale;
use crate::route::Place;
use leptos::prelude::*;
use parlor_view::{AccountView, Event};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::rc::Rc;

/// How far the page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// The engine is not open yet.
    Starting,
    /// It takes a passphrase to open it.
    Locked,
    /// It cannot be opened.
    Broken {
        /// `no_storage`, `damaged` or `other`.
        reason: String,
        /// For details.
        message: String,
    },
    /// There is no account on this device.
    Out,
    /// There is one.
    In,
}

/// How the connection to the server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Connection {
    Connecting,
    Online,
    Offline,
    /// Given up: this device has no room for what comes.
    Full,
}

/// The device and its engine.
#[derive(Clone, Copy)]
pub struct Session {
    core: StoredValue<Rc<dyn Core>, LocalStorage>,
    /// How far the page is.
    pub phase: RwSignal<Phase>,
    /// Where the engine keeps what it has.
    pub storage: RwSignal<Storage>,
    /// The own account, once it was read.
    pub account: RwSignal<Option<AccountView>>,
    /// The connection, and since when it is so.
    pub connection: RwSignal<(Connection, u64)>,
    /// The last event of linking, restoring or the backup.
    pub last: RwSignal<Option<Event>>,
    /// Grows whenever the engine was opened with an account: what was read before may be old.
    pub opened: RwSignal<u32>,
    /// What takes events of chats and messages.
    taking: StoredValue<Option<Taking>, LocalStorage>,
    /// That of the page.
    owner: StoredValue<Owner>,
}

type Taking = Rc<dyn Fn(Value)>;

impl Session {
    /// Over this engine.
    pub fn new(core: Rc<dyn Core>) -> Self {
        let session = Self {
            core: StoredValue::new_local(core),
            phase: RwSignal::new(Phase::Starting),
            storage: RwSignal::new(Storage::Persistent),
            account: RwSignal::new(None),
            connection: RwSignal::new((Connection::Connecting, locale::now())),
            last: RwSignal::new(None),
            opened: RwSignal::new(0),
            taking: StoredValue::new_local(None),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        provide_context(session);
        session
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// The owner of what is to live as long as the page.
    pub fn owner(self) -> Owner {
        self.owner.get_value()
    }

    /// Listens to the engine.
    pub fn listen(self) {
        self.core().listen(Box::new(move |told| match told {
            Told::Ready { account, storage } => self.ready(account, storage),
            Told::Broken { reason, message } => self.broken(reason, message),
            Told::Event(mut params) => match core::event(&mut params) {
                Some(event) => self.take(event),
                None => {
                    if let Some(take) = self.taking.get_value() {
                        take(params);
                    }
                }
            },
        }));
    }

    /// Hands events of chats and messages on to this, from now on.
    pub(super) fn hand_on(self, take: Taking) {
        self.taking.set_value(Some(take));
    }

    /// The engine.
    pub fn core(self) -> Rc<dyn Core> {
        self.core.get_value()
    }

    /// Asks the engine; the answer is read as `T`.
    pub async fn ask<T: DeserializeOwned>(self, method: &str, params: Value) -> Result<T, Problem> {
        let answer = self.core().call(method, params).await?;
        parlor_view::json::read(answer).map_err(|error| Problem::new("internal", error.to_string()))
    }

    /// Asks the engine for something that answers nothing.
    pub async fn tell(self, method: &str, params: Value) -> Result<(), Problem> {
        self.core().call(method, params).await.map(|_| ())
    }

    /// The own user id; empty before it is known.
    pub fn own_id(self) -> String {
        self.account.with_untracked(|account| {
            account.as_ref().map(|account| account.user_id.clone()).unwrap_or_default()
        })
    }

    /// Whether this device is the one of this id.
    fn is_own_device(self, device_id: &str) -> bool {
        self.account.with_untracked(|account| {
            account.as_ref().is_some_and(|account| account.device_id == device_id)
        })
    }

    /// Reads the account again.
    pub fn load(self) {
        leptos::task::spawn_local(async move {
            if let Ok(account) = self.ask::<AccountView>("account.info", json!({})).await {
                if account.connected {
                    self.connected("online");
                }
                self.account.set(Some(account));
            }
        });
    }

    /// There is an account: it is shown.
    pub fn enter(self) {
        self.phase.set(Phase::In);
        self.load();
    }

    fn ready(self, account: bool, storage: Storage) {
        self.storage.set(storage);
        let phase = if account { Phase::In } else { Phase::Out };
        // Another worker leads: what is on the page stays, with what is being written.
        if self.phase.with_untracked(|before| *before != phase) {
            self.phase.set(phase);
        }
        if account {
            self.load();
            self.opened.update(|times| *times += 1);
        }
    }

    fn broken(self, reason: String, message: String) {
        if reason != "locked" {
            return self.phase.set(Phase::Broken { reason, message });
        }
        match self.phase.get_untracked() {
            // What the page shows is not to be read any more, nor what the worker has in memory.
            Phase::In | Phase::Out => drop(window().location().reload()),
            // Each worker that finds it locked says so: somebody may be typing already.
            Phase::Locked => {}
            _ => self.phase.set(Phase::Locked),
        }
    }

    fn connected(self, state: &str) {
        let state = match state {
            "online" => Connection::Online,
            "offline" => Connection::Offline,
            "full" => Connection::Full,
            _ => Connection::Connecting,
        };
        if self.connection.with_untracked(|(old, _)| *old != state) {
            self.connection.set((state, locale::now()));
        }
    }

    fn take(self, event: Event) {
        match &event {
            Event::Connection { state } => self.connected(state),
            Event::DeviceRemoved { device_id, .. } if self.is_own_device(device_id) => {
                begin_anew("removed");
            }
            Event::AccountDeleted { .. } => begin_anew("deleted"),
            _ => self.last.set(Some(event)),
        }
    }
}

/// This device was removed from the account, or the account was deleted, and what was here is gone: the page begins
/// anew and says so.
fn begin_anew(why: &str) {
    let location = window().location();
    // A page that cannot be loaded again shows what it has, and everything in it fails.
    let _ = location.set_hash(&Place::Start(why.into()).href());
    let _ = location.reload();
}
