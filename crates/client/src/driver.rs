//! The loop around the engine: take an input, begin a transaction, handle, commit, carry out the effects.
//!
//! Invariants: one input, one transaction; no effect of a transaction that was not committed; every command is
//! answered once, also when a step fails. A failed step is rolled back, the engine forgets what is not in the
//! database, and the connection is made anew. What is told about a connection other than the present one
//! (by its epoch) is ignored. Absent on purpose: knowledge of what commands and frames mean, but for the
//! account's server, which says where to connect.

use crate::connection::Order;
use crate::profile::Profile;
use crate::{Output, StartError, Ticket};
use parlor_engine::{Ctx, Effects, Engine, EngineError, Input};
use parlor_store::{Store, Tx};
use parlor_view::{Answer, Code, Command, Event, Failure, Retry};
use parlor_wire::relay::ServerFrame;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc::{Sender, UnboundedSender};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// The clock of the system may jump: it is looked at this often at least.
const LONGEST_NAP: Duration = Duration::from_secs(60);
/// After a step failed, due work waits so long, milliseconds.
const AFTER_FAILURE: u64 = 5_000;
/// Tickets from here on are the driver's own.
const OWN_TICKETS: Ticket = 1 << 63;

/// What reaches the driver.
pub enum Message {
    /// Somebody asks for something.
    Command(Ticket, Command),
    /// A connection is tried.
    Connecting { epoch: u64 },
    /// The relay said something. The permit is given back when it was dealt with.
    Frame { epoch: u64, frame: ServerFrame, permit: OwnedSemaphorePermit },
    /// The connection is gone, or could not be made.
    Lost { epoch: u64 },
    /// Say when everything is answered and sent.
    Flush(oneshot::Sender<()>),
    /// End, and say when the connection has ended.
    Stop(Option<oneshot::Sender<()>>),
}

/// Somebody waits until everything is answered and sent.
struct Flush {
    /// The `sync` that stands for it while it is open.
    ticket: Option<Ticket>,
    synced: bool,
    done: oneshot::Sender<()>,
}

/// One device.
pub struct Driver {
    store: Store,
    engine: Engine,
    rng: ChaCha20Rng,
    inbox: Receiver<Message>,
    outputs: Sender<Output>,
    orders: UnboundedSender<Order>,
    /// Of the present connection or attempt; 0: none was ordered yet.
    epoch: u64,
    /// Whether anything came on the present connection.
    heard: bool,
    server: Option<String>,
    /// What was told about the connection last.
    told: &'static str,
    wake_at: Option<u64>,
    open: BTreeSet<Ticket>,
    last_own: Ticket,
    flush: Option<Flush>,
    // Last, so that the profile is given up after the database is closed.
    _profile: Profile,
}

impl Driver {
    /// Opens the database. Neither it nor the engine can change threads, so this is done where they will run.
    pub fn open(
        profile: Profile,
        inbox: Receiver<Message>,
        outputs: Sender<Output>,
        orders: UnboundedSender<Order>,
    ) -> Result<Self, StartError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| StartError::System)?;
        Ok(Self {
            store: Store::open(&profile.database())?,
            engine: Engine::new(),
            rng: ChaCha20Rng::from_seed(seed),
            inbox,
            outputs,
            orders,
            epoch: 0,
            heard: false,
            server: None,
            told: "offline",
            wake_at: None,
            open: BTreeSet::new(),
            last_own: OWN_TICKETS,
            flush: None,
            _profile: profile,
        })
    }

    /// Runs until it is stopped or nobody is left who could.
    pub fn run(mut self) {
        self.step(Input::Tick);
        loop {
            let message = match self.wake_at {
                Some(at) => {
                    let nap = Duration::from_millis(at.saturating_sub(now())).min(LONGEST_NAP);
                    self.inbox.recv_timeout(nap)
                }
                None => self.inbox.recv().map_err(RecvTimeoutError::from),
            };
            match message {
                Ok(Message::Stop(done)) => {
                    let _ = self.orders.send(Order::Stop(done));
                    return;
                }
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) if self.wake_at.is_some_and(|at| at <= now()) => {
                    self.wake_at = None;
                    self.step(Input::Tick);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.flushed();
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Command(ticket, command) => self.command(ticket, command),
            Message::Connecting { epoch } if epoch == self.epoch && self.told == "offline" => {
                self.tell(Event::Connection { state: "connecting" });
            }
            Message::Frame { epoch, frame, permit } => {
                if epoch == self.epoch {
                    self.heard = true;
                    self.step(Input::Frame(frame));
                    self.sync_for_flush();
                }
                drop(permit);
            }
            Message::Lost { epoch } if epoch == self.epoch => {
                self.connect(false);
                self.disconnected();
                if self.told == "connecting" {
                    self.tell(Event::Connection { state: "offline" });
                }
                self.sync_for_flush();
            }
            Message::Connecting { .. } | Message::Lost { .. } | Message::Stop(_) => {}
            Message::Flush(done) => {
                self.flush = Some(Flush { ticket: None, synced: false, done });
                self.sync_for_flush();
            }
        }
    }

    fn command(&mut self, ticket: Ticket, command: Command) {
        self.open.insert(ticket);
        let mut create = false;
        if let Command::AccountCreate(wish) = &command {
            create = true;
            let wanted = wish.server.trim_end_matches('/');
            if self.server.as_deref().is_some_and(|server| server != wanted) {
                // What comes from another server would be taken for an answer of the new one.
                self.server = None;
                self.connect(false);
                self.disconnected();
            }
        }
        let before = self.epoch;
        self.step(Input::Command(ticket, command));
        if create && self.open.contains(&ticket) && self.epoch == before && !self.heard {
            // Somebody waits: no patience after earlier failures.
            self.connect(true);
        }
    }

    /// Takes one input and carries out what follows.
    fn step(&mut self, input: Input) {
        match self.transact(input) {
            Ok((effects, server)) => {
                let useless = effects.disconnect;
                self.carry_out(effects);
                if server != self.server {
                    self.server = server;
                    self.connect(true);
                } else if useless {
                    self.connect(false);
                    self.disconnected();
                }
            }
            Err(error) => self.failed(&error),
        }
    }

    fn transact(&mut self, input: Input) -> Result<(Effects, Option<String>), EngineError> {
        let tx = self.store.begin()?;
        let (effects, server) = handle(&mut self.engine, &mut self.rng, &tx, input)?;
        tx.commit()?;
        Ok((effects, server))
    }

    /// The engine learns that there is no connection; the next one was ordered already.
    fn disconnected(&mut self) {
        match self.transact(Input::Disconnected) {
            Ok((effects, _)) => self.carry_out(effects),
            Err(error) => self.failed(&error),
        }
    }

    fn carry_out(&mut self, effects: Effects) {
        self.wake_at = effects.wake_at;
        for frame in effects.frames {
            let _ = self.orders.send(Order::Send { epoch: self.epoch, frame: Box::new(frame) });
        }
        for event in effects.events {
            self.tell(event);
        }
        for (ticket, answer) in effects.answers {
            self.answer(ticket, answer);
        }
    }

    /// A step failed: what was not committed is forgotten everywhere.
    fn failed(&mut self, error: &EngineError) {
        let kind = match error {
            EngineError::Store(_) => "the database",
            EngineError::Mls(_) => "the state of a group",
            EngineError::Damaged(_) => "what the database holds",
        };
        tracing::error!(kind, "a step failed and was undone");
        self.engine.reset();
        self.wake_at = Some(now() + AFTER_FAILURE);
        self.connect(false);
        if self.told != "offline" {
            self.tell(Event::Connection { state: "offline" });
        }
        for ticket in std::mem::take(&mut self.open) {
            let problem = "Something inside failed. What was not done before was undone.";
            self.answer_open(ticket, Err(Failure::new(Code::Internal, problem)));
        }
    }

    /// Drops the present connection and orders the next, if there is a server.
    fn connect(&mut self, now: bool) {
        self.epoch += 1;
        self.heard = false;
        let _ = self.orders.send(match self.server.clone() {
            Some(url) => Order::Connect { epoch: self.epoch, url, now },
            None => Order::Hang,
        });
    }

    fn tell(&mut self, event: Event) {
        if let Event::Connection { state } = &event {
            self.told = state;
        }
        let _ = self.outputs.blocking_send(Output::Event(event));
    }

    fn answer(&mut self, ticket: Ticket, answer: Result<Answer, Failure>) {
        if self.open.remove(&ticket) {
            self.answer_open(ticket, answer);
        }
    }

    fn answer_open(&mut self, ticket: Ticket, answer: Result<Answer, Failure>) {
        if ticket < OWN_TICKETS {
            let _ = self.outputs.blocking_send(Output::Answer(ticket, answer));
            return;
        }
        if let Some(flush) = &mut self.flush
            && flush.ticket == Some(ticket)
        {
            flush.ticket = None;
            // Without a connection it is asked again when there is news of one.
            flush.synced = !answer.is_err_and(|failure| failure.code.retry() == Retry::Later);
        }
    }

    /// Asks the engine on behalf of a flush whether everything is sent.
    fn sync_for_flush(&mut self) {
        let Some(flush) = &mut self.flush else { return };
        if flush.ticket.is_some() || flush.synced {
            return;
        }
        self.last_own += 1;
        flush.ticket = Some(self.last_own);
        self.command(self.last_own, Command::Sync);
        if self.told != "online" && !self.queued() {
            // There is nothing to wait for, whatever becomes of the connection.
            if let Some(flush) = &mut self.flush {
                flush.synced = true;
            }
        }
    }

    /// Whether anything still has to reach the relay; yes if the database cannot be asked.
    fn queued(&mut self) -> bool {
        let mut ask = || -> Result<bool, EngineError> {
            let tx = self.store.begin()?;
            Ok(tx.outbox_len()? > 0 || !tx.intents()?.is_empty())
        };
        ask().unwrap_or(true)
    }

    fn flushed(&mut self) {
        let answered = self.open.range(..OWN_TICKETS).next().is_none();
        if answered && let Some(flush) = self.flush.take_if(|flush| flush.synced) {
            let _ = flush.done.send(());
        }
    }
}

fn handle(
    engine: &mut Engine,
    rng: &mut ChaCha20Rng,
    tx: &Tx<'_>,
    input: Input,
) -> Result<(Effects, Option<String>), EngineError> {
    let effects = engine.handle(tx, &mut Ctx { now: now(), rng }, input)?;
    Ok((effects, Engine::server(tx)?))
}

/// Unix milliseconds.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
