//! The device of this browser, running in the worker that leads.

use crate::connection::Connection;
use crate::js;
use crate::ports::Web;
use crate::queue::Queue;
use crate::storage::{self, Broken, Kept};
use crate::wire::{self, Ask};
use parlor_driver::{Driver, Message, Output, Prepared, Ticket};
use parlor_engine::Engine;
use parlor_view::{Code, Failure, rpc};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, JsCast};
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
    open: Rc<Open>,
    kept: Kept,
    account: bool,
}

/// Who waits for what.
struct Open {
    requests: RefCell<BTreeMap<Ticket, (To, Value)>>,
    last: Cell<Ticket>,
    say: Say,
}

impl Device {
    /// Opens what the browser keeps, and runs.
    pub async fn start(say: Say) -> Result<Self, Broken> {
        let refused = |error: JsValue| Broken::Refused(format!("{error:?}"));
        let (mut store, kept) = storage::open().await?;
        let tx = store.begin().map_err(Broken::Damaged)?;
        let account = Engine::server(&tx).ok().flatten().is_some();
        drop(tx);
        let seed = Zeroizing::new(js::random().map_err(refused)?);
        let rng = ChaCha20Rng::from_seed(*seed);
        let driver: Rc<RefCell<Option<Driver<Web>>>> = Rc::default();
        let pump = Pump { driver: Rc::clone(&driver), alarm: Rc::default() };
        let queue = Queue::new(move || pump.run()).map_err(refused)?;
        let connection = Connection::new(queue.clone());
        let open = Rc::new(Open { requests: RefCell::default(), last: Cell::new(0), say });
        let told = Rc::clone(&open);
        let tell: Rc<dyn Fn(Output)> = Rc::new(move |output| told.tell(output));
        let web = Web { queue: queue.clone(), connection: connection.clone(), tell };
        let mut running = Driver::new(store, rng, web);
        running.start();
        driver.replace(Some(running));
        queue.wake();
        Ok(Self { queue, connection, open, kept, account })
    }

    /// What a page has to know of it.
    pub fn about(&self) -> Value {
        let storage = match self.kept {
            Kept::Persistent => "persistent",
            Kept::Session => "session",
        };
        json!({"account": self.account, "storage": storage})
    }

    /// Carries out what a page asks.
    pub fn ask(&self, from: To, data: &JsValue) {
        match Ask::read(data) {
            Some(Ask::Request(text)) => self.request(from, &text),
            Some(Ask::Look) => self.connection.hurry(),
            Some(Ask::Bring { id, .. } | Ask::Open { id, .. }) => {
                let failure = Failure::new(Code::NotSupported, "Not yet.");
                (self.open.say)(&from, &wire::refusal(id, &failure));
            }
            None => {}
        }
    }

    fn request(&self, from: To, text: &str) {
        match rpc::parse(text.as_bytes()) {
            Ok(None) => {}
            Ok(Some((id, command))) => {
                let ticket = self.open.last.get() + 1;
                self.open.last.set(ticket);
                self.open.requests.borrow_mut().insert(ticket, (from, id));
                self.queue.push(match Prepared::is_needed(&command) {
                    true => Message::Prepare(ticket, command),
                    false => Message::Command(ticket, command),
                });
            }
            Err(refusal) => (self.open.say)(&from, &refusal.line().into()),
        }
    }
}

impl Open {
    fn tell(&self, output: Output) {
        let (to, text) = match output {
            Output::Event(event) => (To::All, rpc::event(&event)),
            Output::Answer(ticket, answer) => {
                let Some((to, id)) = self.requests.borrow_mut().remove(&ticket) else { return };
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
