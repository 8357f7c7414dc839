//! Several tabs, one device: the worker that holds the lock leads, the others pass on.
//!
//! | role     | on                  | does                                                     | next    |
//! |----------|---------------------|----------------------------------------------------------|---------|
//! | Follows  | asked by its page   | passes it to the leader, once there is one               | Follows |
//! | Follows  | a leader is told of | asks it what the one before has not answered             | Follows |
//! | Follows  | gets the lock       | opens the database                                       | Opens   |
//! | Opens    | it is open          | tells all tabs, takes up what its own page asked         | Leads   |
//! | Opens    | it is locked        | tells all tabs, and waits for a passphrase               | Locked  |
//! | Locked   | a page has one      | opens the database with it                               | Opens   |
//! | Leads    | asked by any page   | carries it out                                           | Leads   |
//!
//! Invariants: at most one worker has the database open (the browser gives the lock to one, and takes it from one
//! that died); each request is answered once; one that a dead leader may have carried out is asked again only if
//! that changes nothing, else its page is told that nobody knows.

use crate::accounts;
use crate::device::{Device, Say, To};
use crate::js;
use crate::lock;
use crate::storage::{self, Broken, Opening};
use crate::wire::{self, say_own};
use js_sys::{Reflect, Uint8Array};
use parlor_crypto::Secret;
use parlor_store::StoreError;
use serde_json::{Value, json};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, JsCast};
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

/// What lock and channel of the first account are called.
const NAME: &str = "parlor";
/// Between two looks whether a passphrase was tried, milliseconds.
const PAUSE: i32 = 50;

/// One of the workers.
struct Tab {
    me: String,
    channel: JsValue,
    /// The device, when this worker leads.
    device: OnceCell<Device>,
    /// This worker has the lock, and what it would open takes a passphrase.
    locked: Cell<bool>,
    /// Somebody's passphrase is being tried.
    trying: Cell<bool>,
    /// The key of the database, which the leader tells: whoever goes on with it asks nobody for a passphrase.
    key: RefCell<Option<Secret>>,
    /// Who leads, and what is known of its device.
    leader: RefCell<Option<(String, Value)>>,
    /// What the own page asked and no leader answered yet.
    open: RefCell<BTreeMap<String, Asked>>,
}

struct Asked {
    data: JsValue,
    harmless: bool,
    /// The leader that has it.
    with: Option<String>,
}

/// Takes part from now on.
pub fn run() {
    let (Ok(me), Some(channel)) = (js::random::<8>(), channel()) else {
        let message = "This browser has no randomness, or no channels between windows.";
        return say_own(&broken("no_storage", message));
    };
    let tab = Rc::new(Tab {
        me: parlor_wire::letters::HEX.encode(&me),
        channel,
        device: OnceCell::new(),
        locked: Cell::new(false),
        trying: Cell::new(false),
        key: RefCell::default(),
        leader: RefCell::default(),
        open: RefCell::default(),
    });
    let asked = Rc::clone(&tab);
    js::on(&js::scope(), "onmessage", move |event| asked.asked(&js::get(&event, "data")));
    let heard = Rc::clone(&tab);
    js::on(&tab.channel, "onmessage", move |event| heard.heard(&js::get(&event, "data")));
    tab.post(&[("who", tab.me.as_str().into())]);
    let leads = Rc::clone(&tab);
    let granted = Closure::once_into_js(move |_lock: JsValue| {
        spawn_local(async move {
            let told = leads.key.take().map_or(Opening::Kept, Opening::Key);
            leads.open(told).await;
        });
        // The lock is held until the worker ends.
        js::never()
    });
    let locks = js::get(&js::get(&js::scope(), "navigator"), "locks");
    if js::call(&locks, "request", &[name(), granted]).is_err() {
        say_own(&broken("no_storage", "This browser has no locks."));
    }
}

fn channel() -> Option<JsValue> {
    let class: js_sys::Function = js::get(&js_sys::global(), "BroadcastChannel").dyn_into().ok()?;
    Reflect::construct(&class, &js_sys::Array::of1(&name())).ok()
}

fn name() -> JsValue {
    accounts::named(NAME, accounts::number()).into()
}

fn broken(reason: &str, message: &str) -> JsValue {
    wire::notice("broken", &json!({"reason": reason, "message": message}))
}

impl Tab {
    fn post(&self, properties: &[(&str, JsValue)]) {
        let _ = js::call(&self.channel, "postMessage", &[js::object(properties)]);
    }

    /// The own page asks.
    fn asked(self: &Rc<Self>, data: &JsValue) {
        if accounts::ask(data) || lock::ask(data) || self.tried(&To::Own, data) {
            return;
        }
        if js::get(data, "lock").is_truthy() {
            self.post(&[("lock", JsValue::TRUE)]);
            return say_own(&broken("locked", ""));
        }
        if let Some(device) = self.device.get() {
            return device.ask(To::Own, data);
        }
        let leader = self.leader.borrow().as_ref().map(|(id, _)| id.clone());
        if let Some((id, harmless)) = wire::waits(data) {
            let asked = Asked { data: data.clone(), harmless, with: leader.clone() };
            self.open.borrow_mut().insert(id, asked);
        }
        // What is locked has no leader, and hears who has a passphrase.
        if leader.is_some() || lock::Try::read(data).is_some() {
            self.post(&[("from", self.me.as_str().into()), ("ask", data.clone())]);
        }
    }

    /// A page has a passphrase, or gives up what is locked; whether it was that, and this worker answers it.
    fn tried(self: &Rc<Self>, from: &To, data: &JsValue) -> bool {
        let Some((id, what)) = lock::Try::read(data) else { return false };
        if self.device.get().is_some() {
            // Another page was first.
            let opened = matches!(what, lock::Try::Unlock(_));
            self.say(from, &wire::told(id, &json!(opened)));
            return true;
        }
        let (tab, from) = (Rc::clone(self), from.clone());
        if self.trying.get() {
            let data = data.clone();
            spawn_local(async move {
                while tab.trying.get() {
                    js::sleep(PAUSE).await;
                }
                tab.tried(&from, &data);
            });
            return true;
        }
        if !self.locked.replace(false) {
            return false;
        }
        self.trying.set(true);
        spawn_local(async move {
            let done = match what {
                lock::Try::Unlock(passphrase) => tab.open(Opening::Passphrase(passphrase)).await,
                lock::Try::Forget if storage::forget().await.is_ok() => {
                    tab.open(Opening::Kept).await
                }
                lock::Try::Forget => {
                    tab.locked.set(true);
                    false
                }
            };
            tab.trying.set(false);
            tab.say(&from, &wire::told(id, &json!(done)));
        });
        true
    }

    /// Another worker says something.
    fn heard(self: &Rc<Self>, data: &JsValue) {
        if js::get(data, "lock").is_truthy() {
            return say_own(&broken("locked", ""));
        }
        if let Some(from) = js::text(data, "from")
            && self.tried(&To::Tab(from), &js::get(data, "ask"))
        {
            return;
        }
        if self.locked.get() && js::text(data, "who").is_some() {
            return self.post(&[("locked", JsValue::TRUE)]);
        }
        if let Some(device) = self.device.get() {
            if let Some(from) = js::text(data, "from") {
                device.ask(To::Tab(from), &js::get(data, "ask"));
            } else if js::text(data, "who").is_some() {
                self.announce(device);
            }
            return;
        }
        if js::get(data, "locked").is_truthy() {
            self.leader.replace(None);
            return say_own(&broken("locked", ""));
        }
        if let Some(leader) = js::text(data, "leads") {
            let key = Uint8Array::new(&js::get(data, "key")).to_vec();
            self.key.replace(Secret::try_from(Zeroizing::new(key).as_slice()).ok());
            let about = js::text(data, "about").unwrap_or_default();
            self.follow(leader, serde_json::from_str(&about).unwrap_or_default());
        } else if let Some(to) = js::text(data, "to")
            && (to == self.me || to.is_empty())
        {
            let said = js::get(data, "say");
            if let Some(id) = wire::answers(&said) {
                self.open.borrow_mut().remove(&id);
            }
            say_own(&said);
        }
    }

    /// There is a leader: perhaps a new one.
    fn follow(&self, leader: String, about: Value) {
        let before = self.leader.replace(Some((leader.clone(), about.clone())));
        if before.is_some_and(|(id, _)| id == leader) {
            return;
        }
        say_own(&wire::notice("ready", &about));
        for data in self.still_open(&leader) {
            self.post(&[("from", self.me.as_str().into()), ("ask", data)]);
        }
    }

    /// What has to be asked of a new leader; what cannot be asked twice is answered.
    fn still_open(&self, leader: &str) -> Vec<JsValue> {
        let mut again = Vec::new();
        self.open.borrow_mut().retain(|id, asked| {
            if asked.with.is_some() && !asked.harmless {
                say_own(&wire::gone(id));
                return false;
            }
            asked.with = Some(leader.to_owned());
            again.push(asked.data.clone());
            true
        });
        again
    }

    /// The lock of the browser is here: this worker opens what is kept. Whether it is open now.
    async fn open(self: &Rc<Self>, with: Opening) -> bool {
        let tab = Rc::clone(self);
        let say: Say = Rc::new(move |to, data| tab.say(to, data));
        let first = matches!(with, Opening::Kept);
        match Device::start(say, with).await {
            Ok(device) => {
                let about = device.about();
                self.leader.replace(Some((self.me.clone(), about.clone())));
                // The lock comes once.
                let device = self.device.get_or_init(|| device);
                self.announce(device);
                say_own(&wire::notice("ready", &about));
                for data in self.still_open(&self.me) {
                    device.ask(To::Own, &data);
                }
                self.open.borrow_mut().clear();
                return true;
            }
            Err(Broken::Locked) => {
                self.locked.set(true);
                if first {
                    self.post(&[("locked", JsValue::TRUE)]);
                    say_own(&broken("locked", ""));
                }
            }
            Err(Broken::Damaged(StoreError::TooNew(_))) => {
                let message = "What this browser keeps was written by a later version of Parlor.";
                say_own(&broken("later", message));
            }
            Err(Broken::Damaged(StoreError::Full)) => {
                say_own(&broken("full", "The browser gives no room to open what it keeps."));
            }
            Err(Broken::Damaged(error)) => say_own(&broken("damaged", &error.to_string())),
            Err(Broken::Refused(message)) => say_own(&broken("no_storage", &message)),
        }
        false
    }

    fn announce(&self, device: &Device) {
        let about = device.about().to_string();
        let key = device.key().map(|key| Uint8Array::from(key.expose().as_slice()));
        let key = key.map_or(JsValue::UNDEFINED, JsValue::from);
        self.post(&[("leads", self.me.as_str().into()), ("about", about.into()), ("key", key)]);
    }

    /// The device says something.
    fn say(&self, to: &To, data: &JsValue) {
        let tab = match to {
            To::Own => return say_own(data),
            To::Tab(id) => id.as_str(),
            To::All => {
                say_own(data);
                ""
            }
        };
        self.post(&[("to", tab.into()), ("say", data.clone())]);
    }
}
