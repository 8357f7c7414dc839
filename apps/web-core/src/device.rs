//! The device of this browser, running in the worker that leads.

use crate::connection::Connection;
use crate::js;
use crate::key;
use crate::ports::Web;
use crate::queue::Queue;
use crate::storage::{self, Broken, Kept, Opened, Opening};
use crate::transfer::{self, Folder, Transfers, Wanted};
use crate::wire::Ask;
use parlor_crypto::Secret;
use parlor_driver::{Driver, Message, Output, Prepared, Ticket};
use parlor_engine::Engine;
use parlor_view::{Command, Event, SaveAttachment, rpc};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, JsCast};
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

/// The clock of the system may jump: it is looked at this often at least.
const LONGEST_NAP: Duration = Duration::from_secs(60);

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// The page of this worker.
    Own,
    /// The page of another.
    Tab(String),
    /// Every page.
    All,
}

/// How something is told.
pub type Say = Rc<dyn Fn(&To, &JsValue)>;

/// A running device.
pub struct Device {
    queue: Queue,
    connection: Connection,
    transfers: Transfers,
    wanted: Wanted,
    open: Rc<Open>,
    kept: Kept,
    key: Rc<Option<Secret>>,
    driver: Rc<RefCell<Option<Driver<Web>>>>,
}

/// What was asked.
enum Asked {
    /// By this page, under this id.
    Request(To, Value),
    /// The content of an attachment; whoever wants it is known by the ticket.
    Content,
}

/// Who waits for what.
struct Open {
    requests: RefCell<BTreeMap<Ticket, Asked>>,
    last: Cell<Ticket>,
    say: Say,
    wanted: Wanted,
}

impl Device {
    /// Opens what the browser keeps, and runs.
    pub async fn start(say: Say, with: Opening) -> Result<Self, Broken> {
        let refused = |error: JsValue| Broken::Refused(format!("{error:?}"));
        let Opened { mut store, kept, key } = storage::open(with).await?;
        let tx = store.begin().map_err(Broken::Damaged)?;
        let known = Engine::files(&tx).unwrap_or_default();
        drop(tx);
        let folder = match kept {
            Kept::Persistent => Folder::on_disk().await.map_err(refused)?,
            Kept::Session => Folder::in_memory(),
        };
        folder.tidy(&known).await.map_err(refused)?;
        let seed = Zeroizing::new(js::random().map_err(refused)?);
        let rng = ChaCha20Rng::from_seed(*seed);
        let driver: Rc<RefCell<Option<Driver<Web>>>> = Rc::default();
        let pump = Pump { driver: Rc::clone(&driver), alarm: Rc::default() };
        let queue = Queue::new(move || pump.run()).map_err(refused)?;
        let connection = Connection::new(queue.clone());
        let wanted = Wanted::default();
        let transfers = Transfers::new(queue.clone(), folder, wanted.clone());
        let (requests, last) = Default::default();
        let open = Rc::new(Open { requests, last, say, wanted: wanted.clone() });
        let key = Rc::new(key);
        let (told, of, opener) = (Rc::clone(&open), Rc::clone(&driver), Rc::clone(&key));
        let tell: Rc<dyn Fn(Output)> = Rc::new(move |output| match output {
            Output::Event(event) if may_empty(&event) => {
                let (told, of, opener) = (Rc::clone(&told), Rc::clone(&of), Rc::clone(&opener));
                spawn_local(async move {
                    // Nobody is asked for a passphrase before nothing. If it fails, that is all.
                    let empty = !of.borrow_mut().as_mut().is_some_and(Driver::has_account);
                    if let (true, Some(key)) = (empty, opener.as_ref()) {
                        let _ = key::unguard(key).await;
                    }
                    told.tell(Output::Event(event));
                });
            }
            output => told.tell(output),
        });
        let web = Web {
            queue: queue.clone(),
            connection: connection.clone(),
            transfers: transfers.clone(),
            tell,
        };
        let mut running = Driver::new(store, rng, web);
        running.start();
        driver.replace(Some(running));
        queue.wake();
        Ok(Self { queue, connection, transfers, wanted, open, kept, key, driver })
    }

    /// What a page has to know of it.
    pub fn about(&self) -> Value {
        let storage = match self.kept {
            Kept::Persistent => "persistent",
            Kept::Session => "session",
        };
        let account = self.driver.borrow_mut().as_mut().is_some_and(Driver::has_account);
        json!({"account": account, "storage": storage})
    }

    /// What another worker needs to go on with it, if this one ends.
    pub fn key(&self) -> Option<&Secret> {
        self.key.as_ref().as_ref()
    }

    /// Carries out what a page asks.
    pub fn ask(&self, from: To, data: &JsValue) {
        match Ask::read(data) {
            Some(Ask::Request(text)) => self.request(from, &text),
            Some(Ask::Look) => self.connection.hurry(),
            Some(Ask::Bring { id, file }) => {
                (self.open.say)(&from, &self.transfers.bring(id, file))
            }
            Some(Ask::Open { id, message_id, index }) => self.content(from, id, message_id, index),
            None => {}
        }
    }

    /// The content of an attachment, fetched if it is not here.
    fn content(&self, from: To, id: f64, message_id: String, index: u32) {
        let ticket = self.open.next();
        let say = Rc::clone(&self.open.say);
        self.wanted
            .insert(ticket, Box::new(move |content| say(&from, &transfer::answer(id, content))));
        self.open.requests.borrow_mut().insert(ticket, Asked::Content);
        let save = SaveAttachment { message_id, index, path: transfer::path(ticket) };
        self.queue.push(Message::Command(ticket, Command::SaveAttachment(save)));
    }

    fn request(&self, from: To, text: &str) {
        match rpc::parse(text.as_bytes()) {
            Ok(None) => {}
            Ok(Some((id, command))) => {
                let ticket = self.open.next();
                self.open.requests.borrow_mut().insert(ticket, Asked::Request(from, id));
                self.queue.push(match Prepared::is_needed(&command) {
                    true => Message::Prepare(ticket, command),
                    false => Message::Command(ticket, command),
                });
            }
            Err(refusal) => (self.open.say)(&from, &refusal.line().into()),
        }
    }
}

/// Whether this device may have no account any more after what this tells.
fn may_empty(event: &Event) -> bool {
    matches!(event, Event::AccountDeleted { .. } | Event::DeviceRemoved { .. })
}

impl Open {
    fn next(&self) -> Ticket {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }

    fn tell(&self, output: Output) {
        let (to, text) = match output {
            Output::Event(event) => (To::All, rpc::event(&event)),
            Output::Answer(ticket, answer) => {
                let asked = self.requests.borrow_mut().remove(&ticket);
                let Some(Asked::Request(to, id)) = asked else {
                    // What was found was given already.
                    if let Err(failure) = answer {
                        self.wanted.fail(ticket, &failure);
                    }
                    return;
                };
                (to, rpc::answer(&id, &answer))
            }
        };
        // View models are plain data: they can always be written.
        if let Ok(text) = text {
            (self.say)(&to, &text.into());
        }
    }
}

/// A timer that is set, and what it calls.
type Alarm = (i32, Closure<dyn FnMut()>);

/// Runs the driver when something waits or is due.
struct Pump {
    driver: Rc<RefCell<Option<Driver<Web>>>>,
    alarm: Rc<RefCell<Option<Alarm>>>,
}

impl Pump {
    fn run(&self) {
        let mut driver = self.driver.borrow_mut();
        let Some(driver) = driver.as_mut() else { return };
        while driver.take_next() {}
        driver.tick();
        let nap = driver.nap().map_or(LONGEST_NAP, |nap| nap.min(LONGEST_NAP));
        let queue = driver.ports().queue.clone();
        let alarm = Closure::new(move || queue.wake());
        let ms = i32::try_from(nap.as_millis()).unwrap_or(i32::MAX);
        let scope = js::scope();
        let set = scope.set_timeout_with_callback_and_timeout_and_arguments_0(
            alarm.as_ref().unchecked_ref(),
            ms,
        );
        if let Some((before, _)) = self.alarm.take() {
            scope.clear_timeout_with_handle(before);
        }
        // Without a timer the next message wakes it.
        if let Ok(set) = set {
            self.alarm.replace(Some((set, alarm)));
        }
    }
}
