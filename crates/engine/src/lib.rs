//! The client's logic, pure and synchronous: [`Engine::handle`] takes one input, changes the database inside
//! one transaction and returns what has to happen outside as data.
//!
//! Invariants: effects may be carried out only after the transaction was committed; when `handle` fails or the
//! transaction is lost, call [`Engine::reset`], which forgets everything that is not in the database. An engine
//! made anew over the same database goes on where it stopped.
//! Absent on purpose: async, sockets, clocks, screens.

mod account;
mod backup;
mod commands;
mod contacts;
mod content;
mod deleting;
mod devices;
mod groups;
mod history;
mod inbox;
mod invites;
mod linking;
mod media;
mod net;
mod notice;
mod outbox;
mod own;
mod project;
mod removed;
mod step;

pub use media::{FileNews, FileOrder, FileProblem, FileSpec, Happened, NewFile, Prepared};
use parlor_identity::DeviceLog;
use parlor_mls::{DeviceIdentity, Group};
use parlor_store::{StoreError, Tx};
use parlor_view::{Answer, Command, Event, Failure};
use parlor_wire::relay::{ClientFrame, ServerFrame};
use parlor_wire::{FileId, GroupId, UserId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use thiserror::Error;

/// What is not ambient: time and randomness.
pub struct Ctx<'a> {
    /// Unix milliseconds.
    pub now: u64,
    /// Randomness fit for keys.
    pub rng: parlor_crypto::Rng<'a>,
}

/// Names a command until it is answered.
pub type Ticket = u64;

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// Somebody asks for something.
    Command(Ticket, Command),
    /// Somebody asks for something, and this goes with it; see [`Prepared::is_needed`].
    Prepared(Ticket, Command, Prepared),
    /// Whoever carries out [`Effects::files`] has news.
    File(FileNews),
    /// The relay sent a frame on the present connection.
    Frame(ServerFrame),
    /// The connection to the relay is gone, or could not be made.
    Disconnected,
    /// Time went by; see [`Effects::wake_at`].
    Tick,
}

/// What has to happen now that the transaction is committed.
#[must_use]
#[derive(Debug, Default)]
pub struct Effects {
    /// Frames for the relay, in order.
    pub frames: Vec<ClientFrame>,
    /// What changed, in order.
    pub events: Vec<Event>,
    /// Answers to commands.
    pub answers: Vec<(Ticket, Result<Answer, Failure>)>,
    /// What is to be done with files, in order.
    pub files: Vec<FileOrder>,
    /// Call again with [`Input::Tick`] at this time at the latest, Unix milliseconds.
    pub wake_at: Option<u64>,
    /// The connection is of no use any more.
    pub disconnect: bool,
    /// Everything was deleted; what is left of it in free space has to go as well.
    pub emptied: bool,
}

/// Why a step failed. Roll back, reset, and connect anew.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The MLS library or its state says no.
    #[error("group state: {0}")]
    Mls(#[from] parlor_mls::MlsError),
    /// The database holds something that this version did not write.
    #[error("the profile is damaged: {0}")]
    Damaged(&'static str),
}

impl EngineError {
    /// Whether the disk has no room: nothing is wrong with what is stored, and the same step may work later.
    pub fn is_full(&self) -> bool {
        use parlor_mls::{KvError, MlsError};
        matches!(self, Self::Store(StoreError::Full) | Self::Mls(MlsError::Kv(KvError::Full)))
    }
}

impl From<parlor_wire::id::InvalidId> for EngineError {
    fn from(_: parlor_wire::id::InvalidId) -> Self {
        Self::Damaged("an id")
    }
}

/// Groups kept in memory.
const MOST_GROUPS: usize = 256;

type Result<T, E = EngineError> = std::result::Result<T, E>;

type CheckedLogs = BTreeMap<UserId, (Vec<Vec<u8>>, Rc<DeviceLog>)>;

/// One device.
#[derive(Default)]
pub struct Engine {
    /// The own keys, once read from the database.
    identity: Option<Rc<DeviceIdentity>>,
    /// Groups as the library has them in memory; always equal to the database between steps.
    groups: BTreeMap<GroupId, Group>,
    /// Device logs whose signatures were checked, with the entries that were.
    logs: RefCell<CheckedLogs>,
    /// What time it was at the step before, Unix milliseconds.
    newest: u64,
    net: net::Net,
    typing: content::TypingNow,
    media: media::MediaNow,
}

impl Engine {
    /// A device over whatever the database holds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything that is not in the database. Open commands are never answered after that.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Forgets copies of what is in the database; they are read again when they are needed. Nothing else changes.
    pub fn forget_copies(&mut self) {
        self.identity = None;
        self.groups.clear();
        self.logs.get_mut().clear();
    }

    /// Takes one input.
    pub fn handle(&mut self, tx: &Tx<'_>, ctx: &mut Ctx<'_>, input: Input) -> Result<Effects> {
        if self.groups.len() > MOST_GROUPS {
            self.forget_copies();
        }
        let back = self.newest.saturating_sub(ctx.now);
        self.newest = ctx.now;
        let mut step = step::Step::new(self, tx, ctx)?;
        if back > 0 {
            step.clock_went_back(back)?;
        }
        match input {
            Input::Command(ticket, command) => step.command(ticket, command)?,
            Input::Prepared(ticket, command, prepared) => {
                step.prepared_command(ticket, command, prepared)?;
            }
            Input::File(news) => step.file_news(news)?,
            Input::Frame(frame) => step.frame(frame)?,
            Input::Disconnected => step.disconnected(),
            Input::Tick => {}
        }
        step.finish()
    }

    /// Files that the profile knows; any other in its folder is a leftover.
    pub fn files(tx: &Tx<'_>) -> Result<Vec<FileId>> {
        Ok(tx.file_ids()?)
    }

    /// Whether there is an account; not as long as one is being made, linked or taken up again.
    pub fn has_account(tx: &Tx<'_>) -> Result<bool> {
        account::is_registered(tx)
    }

    /// The server of the account, known as soon as an account is being made.
    pub fn server(tx: &Tx<'_>) -> Result<Option<String>> {
        account::server(tx)
    }
}
