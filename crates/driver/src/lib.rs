//! The loop around the engine: take what waits, begin a transaction, handle, commit, carry out the effects.
//!
//! Everything outside is behind [`Ports`]: a thread with sockets and files has them on a computer, a worker in
//! a browser. Invariants: no effect of a transaction that was not committed; effects in the order of their inputs; every
//! command is answered once, also when a step fails. Inputs that wait share a transaction, and with it the wait
//! for the disk ([`batch`]); one from which nothing follows stays open for the next; an input that gives
//! up the connection is the last of its own. A failed transaction is rolled back, the engine forgets what is not in the database, and the connection is made anew;
//! its commands are then taken one by one, so that a bad one takes no other with it, while its frames come
//! again. What is told about a connection other than the present one (by its epoch) is ignored. Absent on
//! purpose: sockets, files, threads; knowledge of what commands and frames mean, but for the account's server, which says where to
//! connect.

mod batch;
pub mod files;
mod patience;

use batch::Batch;
use parlor_engine::{Ctx, Effects, Engine, EngineError, FileNews, FileOrder, Happened, Input};
use parlor_store::Store;
use parlor_view::{Answer, Code, Command, Event, Failure, Retry};
use parlor_wire::FileId;
use parlor_wire::relay::{ClientFrame, ServerFrame};
use rand_chacha::ChaCha20Rng;
use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

pub use parlor_engine::{Prepared, Ticket};
pub use patience::{Patience, websocket_url};

/// After a step failed, due work waits so long, milliseconds.
const AFTER_FAILURE: u64 = 5_000;
/// A transaction from which nothing follows waits so long for more.
const LINGER: Duration = Duration::from_millis(50);
/// After a transaction failed, so many inputs get one each: the frames that come again reach the bad one, and
/// those before it are done with.
const CAREFUL: usize = 4 * batch::MOST;
/// Tickets from here on are the driver's own.
const OWN_TICKETS: Ticket = 1 << 63;

/// What leaves room for more when it is dropped.
pub type Permit = Box<dyn Any + Send>;
/// Called once, when something is over.
pub type Done = Box<dyn FnOnce() + Send>;

/// What a device tells.
#[derive(Debug)]
// Told once and kept by nobody: boxes would be allocations for nothing.
#[allow(clippy::large_enum_variant)]
pub enum Output {
    /// The answer to a command; every command gets one.
    Answer(Ticket, Result<Answer, Failure>),
    /// Something changed, and it is on disk.
    Event(Event),
}

/// What the driver wants of the connection.
pub enum Order {
    /// Connect to this server instead of whatever there is. `now` skips the wait after failures.
    Connect { epoch: u64, url: String, now: bool },
    /// Have no connection.
    Hang,
    /// Send this, if the connection is still the one of this epoch.
    Send { epoch: u64, frame: Box<ClientFrame> },
    /// Send what was ordered, say goodbye, end.
    Stop(Option<Done>),
}

/// Messages that wait.
pub trait Inbox {
    /// The next, if one is there.
    fn next(&mut self) -> Option<Message>;
    /// The next, waited for so long at most; not at all where nobody may wait.
    fn wait(&mut self, limit: Duration) -> Option<Message>;
}

/// Whatever is outside of database and engine.
pub trait Ports: Inbox {
    /// Unix milliseconds.
    fn now(&self) -> u64;
    /// Something for the connection, in order.
    fn order(&mut self, order: Order);
    /// Something about a file; its end is told as [`Message::File`] or [`Message::Answered`].
    fn file(&mut self, order: FileOrder, server: Option<&str>);
    /// What a command brings has to be got ready: [`Message::Prepared`] follows, or [`Message::Answered`].
    fn prepare(&mut self, ticket: Ticket, command: Command);
    /// It was got ready for nothing.
    fn unprepared(&mut self, prepared: &Prepared);
    /// The driver heard how a file's move ended.
    fn ended(&mut self, file: &FileId);
    /// Somebody has to hear this, in order.
    fn tell(&mut self, output: Output);
}

/// What reaches the driver.
pub enum Message {
    /// Somebody asks for something.
    Command(Ticket, Command),
    /// Somebody asks for something that brings files, which have to be got ready first.
    Prepare(Ticket, Command),
    /// They are ready, or cannot be had.
    Prepared(Ticket, Command, Box<Result<Prepared, Failure>>),
    /// Something happened to a file.
    File(FileNews),
    /// A command was carried out beside the driver.
    Answered(Ticket, Result<Answer, Failure>),
    /// A connection is tried.
    Connecting { epoch: u64 },
    /// The relay said something. The permit is dropped when it was dealt with.
    Frame { epoch: u64, frame: ServerFrame, permit: Permit },
    /// The connection is gone, or could not be made.
    Lost { epoch: u64 },
    /// Say when everything is answered and sent.
    Flush(Done),
    /// End, and say when the connection has ended.
    Stop(Option<Done>),
}

/// Somebody waits until everything is answered and sent.
struct Flush {
    /// The `sync` that stands for it while it is open.
    ticket: Option<Ticket>,
    synced: bool,
    done: Done,
}

/// What a committed transaction leaves to do.
struct Committed {
    /// Of each input that was handled.
    effects: Vec<Effects>,
    server: Option<String>,
    /// Nothing leaves.
    quiet: bool,
}

impl Default for Committed {
    fn default() -> Self {
        Self { effects: Vec::new(), server: None, quiet: true }
    }
}

/// One device.
pub struct Driver<P> {
    store: Store,
    engine: Engine,
    rng: ChaCha20Rng,
    /// Of the present connection or attempt; 0: none was ordered yet.
    epoch: u64,
    /// Whether anything came on the present connection.
    heard: bool,
    server: Option<String>,
    /// What was told about the connection last.
    told: Cow<'static, str>,
    wake_at: Option<u64>,
    /// Commands that the engine has and did not answer.
    open: BTreeSet<Ticket>,
    /// So many inputs still get a transaction each.
    careful: usize,
    last_own: Ticket,
    flush: Option<Flush>,
    /// A message that was looked at and not taken.
    behind: Option<Message>,
    stopped: bool,
    // Last, so that what they hold is given up after the database is closed.
    ports: P,
}

impl<P: Ports> Driver<P> {
    /// A device over whatever the database holds. Neither it nor the engine can change threads.
    pub fn new(store: Store, rng: ChaCha20Rng, ports: P) -> Self {
        Self {
            store,
            engine: Engine::new(),
            rng,
            epoch: 0,
            heard: false,
            server: None,
            told: "offline".into(),
            wake_at: None,
            open: BTreeSet::new(),
            careful: 0,
            last_own: OWN_TICKETS,
            flush: None,
            behind: None,
            stopped: false,
            ports,
        }
    }

    /// Begins: connects if there is an account.
    pub fn start(&mut self) {
        self.step(Input::Tick);
    }

    /// Takes the next message that waits; false if there is none.
    pub fn take_next(&mut self) -> bool {
        let message = self.behind.take().or_else(|| self.ports.next());
        let some = message.is_some();
        if let Some(message) = message {
            self.take(message);
        }
        some
    }

    /// How long nothing is due, and `None` without end. Call [`Self::tick`] then.
    pub fn nap(&self) -> Option<Duration> {
        let now = self.ports.now();
        self.wake_at.map(|at| Duration::from_millis(at.saturating_sub(now)))
    }

    /// Does what is due.
    pub fn tick(&mut self) {
        if self.wake_at.is_some_and(|at| at <= self.ports.now()) {
            self.wake_at = None;
            self.step(Input::Tick);
            self.flushed();
        }
    }

    /// Takes a message, and what waits and can share its transaction.
    pub fn take(&mut self, message: Message) {
        self.behind = self.take_one(message);
        self.flushed();
    }

    /// Whether there is an account; not as long as one is being made, linked or taken up again. A database that
    /// cannot be read has none.
    pub fn has_account(&mut self) -> bool {
        self.store.begin().is_ok_and(|tx| Engine::has_account(&tx).unwrap_or(false))
    }

    /// Whether it was told to stop; nothing may be taken after that.
    pub fn has_stopped(&self) -> bool {
        self.stopped
    }

    /// What is outside.
    pub fn ports(&mut self) -> &mut P {
        &mut self.ports
    }

    /// Returns the next message if that was looked at already.
    fn take_one(&mut self, message: Message) -> Option<Message> {
        match message {
            Message::Command(ticket, command) if server_named(&command).is_some() => {
                self.begin(ticket, command)
            }
            Message::Command(..) | Message::Frame { .. } => {
                let most = if self.careful > 0 { 1 } else { batch::MOST };
                let mut batch = Batch::gather(message, &mut self.ports, self.epoch, most);
                self.batch(&mut batch);
                self.sync_for_flush();
                return batch.behind();
            }
            Message::Connecting { epoch }
                if epoch == self.epoch && matches!(&*self.told, "offline" | "full") =>
            {
                self.tell(Event::Connection { state: "connecting".into() });
            }
            Message::Lost { epoch } if epoch == self.epoch => {
                self.connect(false);
                self.step(Input::Disconnected);
                if self.told == "connecting" {
                    self.tell(Event::Connection { state: "offline".into() });
                }
                self.sync_for_flush();
            }
            Message::Prepare(ticket, command) => {
                self.open.insert(ticket);
                self.ports.prepare(ticket, command);
            }
            Message::Prepared(ticket, command, prepared) => {
                self.prepared(ticket, command, *prepared);
            }
            Message::File(news) => {
                if !matches!(news.what, Happened::Progress { .. }) {
                    self.ports.ended(&news.file);
                }
                self.step(Input::File(news));
                self.sync_for_flush();
            }
            Message::Answered(ticket, answer) => self.answer(ticket, answer),
            Message::Stop(done) => {
                self.stopped = true;
                self.ports.order(Order::Stop(done));
            }
            Message::Connecting { .. } | Message::Lost { .. } => {}
            Message::Flush(done) => {
                self.flush = Some(Flush { ticket: None, synced: false, done });
                self.sync_for_flush();
            }
        }
        None
    }

    /// What a command brings is ready.
    fn prepared(&mut self, ticket: Ticket, command: Command, prepared: Result<Prepared, Failure>) {
        match prepared {
            // After a failed step it was answered already.
            Ok(prepared) if !self.open.contains(&ticket) => self.ports.unprepared(&prepared),
            Ok(prepared) => self.step(Input::Prepared(ticket, command, prepared)),
            Err(failure) => self.answer(ticket, Err(failure)),
        }
        if let Some(flush) = &mut self.flush {
            // There is more to send than when it was asked.
            flush.synced = false;
        }
        self.sync_for_flush();
    }

    /// A command that begins with a server: making an account, or being linked to one.
    fn begin(&mut self, ticket: Ticket, command: Command) {
        let other = |server: &str| server_named(&command).is_some_and(|wanted| server != wanted);
        if self.server.as_deref().is_some_and(other) {
            // What comes from another server would be taken for an answer of the new one.
            self.server = None;
            self.connect(false);
            self.step(Input::Disconnected);
        }
        let before = self.epoch;
        self.step(Input::Command(ticket, command));
        if self.open.contains(&ticket) && self.epoch == before && !self.heard {
            // Somebody waits: no patience after earlier failures.
            self.connect(true);
        }
    }

    fn step(&mut self, input: Input) {
        self.batch(&mut Batch::of(input));
    }

    /// Takes all inputs and carries out what follows.
    fn batch(&mut self, batch: &mut Batch) {
        while !batch.is_empty() {
            let epoch = self.epoch;
            let mut taken = 0;
            match self.transact(batch, &mut taken) {
                Ok(done) => {
                    batch.drop_first(taken);
                    self.careful = self.careful.saturating_sub(taken);
                    self.carry_out_all(done);
                }
                Err(error) => {
                    if taken <= 1 {
                        self.open.extend(batch.tickets(1));
                        batch.drop_first(1);
                    } else {
                        // Each will have its own try.
                        for ticket in batch.tickets(taken) {
                            self.open.remove(&ticket);
                        }
                    }
                    self.careful = CAREFUL;
                    self.failed(&error);
                }
            }
            if self.epoch != epoch {
                batch.drop_frames();
            }
        }
    }

    /// Handles inputs in one transaction: as many as may share one, up to the one that gives up the connection.
    /// `taken` counts those that the engine was given.
    fn transact(&mut self, batch: &mut Batch, taken: &mut usize) -> Result<Committed, EngineError> {
        let tx = self.store.begin()?;
        let mut done = Committed::default();
        loop {
            let Some(input) = batch.input(*taken) else { break };
            *taken += 1;
            match &input {
                Input::Command(ticket, _) | Input::Prepared(ticket, ..) => {
                    self.open.insert(*ticket);
                }
                Input::Frame(_) => self.heard = true,
                Input::File(_) | Input::Disconnected | Input::Tick => {}
            }
            let mut ctx = Ctx { now: self.ports.now(), rng: &mut self.rng };
            let effects = self.engine.handle(&tx, &mut ctx, input)?;
            done.quiet &= is_quiet(&effects);
            let (useless, wake_at) = (effects.disconnect, effects.wake_at);
            done.effects.push(effects);
            done.server = Engine::server(&tx)?;
            if useless || done.server != self.server || self.careful > 0 {
                break;
            }
            if done.quiet && *taken == batch.len() {
                let due = wake_at.map_or(LINGER, |at| {
                    Duration::from_millis(at.saturating_sub(self.ports.now()))
                });
                batch.linger(&mut self.ports, LINGER.min(due));
            }
        }
        tx.commit()?;
        Ok(done)
    }

    fn carry_out_all(&mut self, done: Committed) {
        let useless = done.effects.last().is_some_and(|effects| effects.disconnect);
        if done.effects.last().is_some_and(|effects| effects.emptied)
            && let Err(error) = self.store.compact()
        {
            // The rows are gone and overwritten; only the room is not given back.
            tracing::warn!(
                full = EngineError::from(error).is_full(),
                "the database was not compacted"
            );
        }
        for effects in done.effects {
            self.carry_out(effects);
        }
        if done.server != self.server {
            self.server = done.server;
            self.connect(true);
            if self.server.is_none() {
                // Removed from the account: nothing comes any more.
                self.step(Input::Disconnected);
            }
        } else if useless {
            // The engine learns that there is no connection; the next one is ordered already.
            self.connect(false);
            self.step(Input::Disconnected);
        }
    }

    fn carry_out(&mut self, effects: Effects) {
        self.wake_at = effects.wake_at;
        for frame in effects.frames {
            let frame = Box::new(frame);
            self.ports.order(Order::Send { epoch: self.epoch, frame });
        }
        for order in effects.files {
            self.ports.file(order, self.server.as_deref());
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
            full if full.is_full() => "the disk, which is full",
            EngineError::Store(_) => "the database",
            EngineError::Mls(_) => "the state of a group",
            EngineError::Damaged(_) => "what the database holds",
        };
        tracing::error!(kind, "a step failed and was undone");
        self.engine.reset();
        self.wake_at = Some(self.ports.now() + AFTER_FAILURE);
        self.connect(false);
        let state = if error.is_full() { "full" } else { "offline" };
        if self.told != state {
            self.tell(Event::Connection { state: state.into() });
        }
        let (code, problem) = match error.is_full() {
            true => (Code::NoRoom, "The disk is full. What was not done before was undone."),
            false => {
                (Code::Internal, "Something inside failed. What was not done before was undone.")
            }
        };
        for ticket in std::mem::take(&mut self.open) {
            self.answer_open(ticket, Err(Failure::new(code, problem)));
        }
    }

    /// Drops the present connection and orders the next, if there is a server.
    fn connect(&mut self, now: bool) {
        self.epoch += 1;
        self.heard = false;
        self.ports.order(match self.server.clone() {
            Some(url) => Order::Connect { epoch: self.epoch, url, now },
            None => Order::Hang,
        });
    }

    fn tell(&mut self, event: Event) {
        if let Event::Connection { state } = &event {
            self.told = state.clone();
        }
        self.ports.tell(Output::Event(event));
    }

    fn answer(&mut self, ticket: Ticket, answer: Result<Answer, Failure>) {
        if self.open.remove(&ticket) {
            self.answer_open(ticket, answer);
        }
    }

    fn answer_open(&mut self, ticket: Ticket, answer: Result<Answer, Failure>) {
        if ticket < OWN_TICKETS {
            self.ports.tell(Output::Answer(ticket, answer));
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
        self.step(Input::Command(self.last_own, Command::Sync));
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
            (flush.done)();
        }
    }
}

/// Whether nothing leaves.
fn is_quiet(effects: &Effects) -> bool {
    effects.frames.is_empty()
        && effects.events.is_empty()
        && effects.answers.is_empty()
        && effects.files.is_empty()
        && !effects.disconnect
}

#[cfg(test)]
mod tests;

/// The server that a command begins with.
pub fn server_named(command: &Command) -> Option<&str> {
    let server = match command {
        Command::AccountCreate(wish) => &wish.server,
        Command::LinkStart(wish) => &wish.server,
        _ => return None,
    };
    Some(server.trim_end_matches('/'))
}
