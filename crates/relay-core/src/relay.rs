//! Frames in, replies and commands out.
//!
//! A frame is planned ([`Relay::plan`]): it is answered at once, or becomes one command for the store, whose
//! outcome is turned into the reply by [`Relay::finish`]. [`Relay::handle`] does both over a store that
//! answers at once. Frames of one connection are planned in the order they came in.

use crate::command::{BlobLimits, Command, Outcome, Refusal, StoreError};
use crate::plan;
use crate::rate::{Kind, Limiter, Limits};
use crate::read::Read;
use crate::seal::ServerKey;
use crate::session::{Authenticated, Pending, Session, Then, Window};
use crate::store::Store;
use parlor_wire::limits::MAX_POST_BYTES;
use parlor_wire::relay::{
    Challenge, ClientFrame, Code, Deliver, Done, Failure, GoodbyeReason, Live, Registration, Reply,
    ServerFrame, ServerInfo, reply, server_frame,
};
use parlor_wire::{BlobId, MailboxId, PROTOCOL_VERSION};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// When to ask again whether there is room for blobs, milliseconds.
const FULL_RETRY: u64 = 60_000;

/// What a relay is told once.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Shown to clients.
    pub name: String,
    /// Who may register.
    pub registration: Registration,
    /// How much of what.
    pub limits: Limits,
    /// How much of blobs.
    pub blobs: BlobLimits,
    /// Bytes that the backup of an account may have.
    pub backup_bytes: u64,
}

impl Default for Settings {
    /// Open registration without limits: for tests and the simulation.
    fn default() -> Self {
        Self {
            name: "Parlor".into(),
            registration: Registration::Open,
            limits: Limits::NONE,
            blobs: BlobLimits { daily: None, ..BlobLimits::default() },
            backup_bytes: DEFAULT_BACKUP_BYTES,
        }
    }
}

/// Bytes that the backup of an account may have unless the operator says otherwise.
pub const DEFAULT_BACKUP_BYTES: u64 = 256 * 1024 * 1024;

/// Time and randomness, handed in with every call.
pub struct Ctx<'a> {
    /// Unix milliseconds.
    pub now: u64,
    /// For nonces and sealing.
    pub rng: &'a mut dyn rand_core::CryptoRng,
}

/// What a frame led to.
#[derive(Debug, Default, PartialEq)]
pub struct Output {
    /// For the connection that the frame came in on.
    pub reply: Option<Reply>,
    /// Mailboxes that have something new: deliver to their sessions, if any are connected.
    pub wakes: Vec<MailboxId>,
    /// Ephemeral posts for whoever is connected.
    pub live: Vec<(MailboxId, Live)>,
    /// This connection is this mailbox's from now on: deliver to it, and end an older one with `Replaced`.
    pub attached: Option<MailboxId>,
    /// Mailboxes whose connections end with `Revoked`.
    pub revoked: Vec<MailboxId>,
    /// Mailboxes of an account whose device log has grown.
    pub log_grew: Vec<MailboxId>,
    /// Mailboxes that were full.
    pub overflowed: u32,
    /// The connection is to be closed after the reply.
    pub close: Option<GoodbyeReason>,
}

/// What a frame wants.
#[derive(Debug)]
pub enum Plan {
    /// Nothing to store.
    Answer(Output),
    /// Run the command, then call [`Relay::finish`] with its outcome.
    Execute(Command, Pending),
}

/// The brain of a relay. It keeps rate limits in memory and nothing else, so it can be made anew over the
/// same store at any time.
pub struct Relay {
    pub(crate) settings: Settings,
    pub(crate) key: ServerKey,
    limiter: Mutex<Limiter>,
    sessions: AtomicU64,
}

impl Relay {
    /// A relay under a server key; the store has to have the same.
    pub fn new(settings: Settings, key: ServerKey) -> Self {
        Self { settings, key, limiter: Mutex::default(), sessions: AtomicU64::new(0) }
    }

    /// What is allowed of blobs.
    pub fn blobs(&self) -> &BlobLimits {
        &self.settings.blobs
    }

    /// Whether a token authorises the upload of a blob.
    pub fn may_upload(&self, blob: &BlobId, token: &[u8]) -> bool {
        self.key.is_blob_token(blob, token)
    }

    /// Opens a connection. The frame is the challenge to send first. `remote` is a hash of the address.
    pub fn open(&self, ctx: &mut Ctx<'_>, remote: u64) -> (Session, ServerFrame) {
        let nonce = parlor_crypto::random(ctx.rng);
        let session = Session {
            nonce,
            remote,
            serial: self.sessions.fetch_add(1, Ordering::Relaxed),
            authenticated: None,
            guest: None,
            revoked: None,
            put_off: None,
            window: Window::default(),
        };
        let server = Some(self.server_info(ctx.now));
        let challenge = Challenge { nonce: nonce.to_vec(), server };
        (session, ServerFrame { body: Some(server_frame::Body::Challenge(challenge)) })
    }

    /// What clients may know about this relay.
    pub fn server_info(&self, now: u64) -> ServerInfo {
        ServerInfo {
            name: self.settings.name.clone(),
            registration: self.settings.registration.into(),
            protocol: PROTOCOL_VERSION,
            max_payload_bytes: MAX_POST_BYTES as u32,
            now,
        }
    }

    /// Decides what a frame wants.
    pub fn plan(
        &self,
        read: &impl Read,
        session: &mut Session,
        frame: ClientFrame,
        ctx: &mut Ctx<'_>,
    ) -> Plan {
        let id = frame.id;
        let request = match frame.request {
            Some(request) if id != 0 => request,
            _ => {
                let failure = plan::malformed("id or request");
                let close = Some(GoodbyeReason::Protocol);
                return Plan::Answer(Output { close, ..answer(id, failure.into_result()) });
            }
        };
        match plan::route(self, read, session, request, ctx) {
            Ok(plan::Step::Answer(result)) => Plan::Answer(answer(id, result)),
            Ok(plan::Step::Live(live)) => {
                Plan::Answer(Output { live, ..answer(id, reply::Result::Done(Done {})) })
            }
            Ok(plan::Step::Authenticated(who)) => Plan::Answer(authenticated(session, id, who)),
            Ok(plan::Step::Execute(command, then)) => Plan::Execute(*command, Pending { id, then }),
            Err(failure) => Plan::Answer(answer(id, failure.into_result())),
        }
    }

    /// Turns the outcome of a planned command into the reply.
    pub fn finish(
        &self,
        session: &mut Session,
        pending: Pending,
        outcome: Result<Outcome, StoreError>,
    ) -> Output {
        let id = pending.id;
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => return answer(id, plan::Failed::from(error).into_result()),
        };
        if let Outcome::Refused(refusal) = outcome {
            return answer(id, plan::Failed::from(refusal).into_result());
        }
        let mut output = match pending.then {
            Then::Authenticated(who) => authenticated(session, id, who),
            Then::Guest(mailbox) => {
                session.guest = Some(mailbox);
                session.window = Window::default();
                Output { attached: Some(mailbox), ..answer(id, reply::Result::Done(Done {})) }
            }
            Then::Acknowledged(up_to) => {
                session.window.acknowledged(up_to);
                answer(id, reply::Result::Done(Done {}))
            }
            Then::Granted(granted) => answer(id, reply::Result::BlobGranted(granted)),
            Then::Reply => answer(id, plan::result_of(&outcome)),
        };
        if let Outcome::Accepted { overflowed, .. } = outcome {
            output.overflowed = overflowed;
        }
        output.wakes = outcome.wakes().to_vec();
        output.revoked = outcome.revoked().to_vec();
        output.log_grew = outcome.log_grew().to_vec();
        output
    }

    /// [`Self::plan`], the command, and [`Self::finish`] in one.
    pub fn handle<S: Store>(
        &self,
        store: &S,
        session: &mut Session,
        frame: ClientFrame,
        ctx: &mut Ctx<'_>,
    ) -> Output {
        match self.plan(store, session, frame, ctx) {
            Plan::Answer(output) => output,
            Plan::Execute(command, pending) => {
                let outcome = store.execute_one(command, ctx.now);
                self.finish(session, pending, outcome)
            }
        }
    }

    /// The next items for a session, in order; `None` when there are none, too many are unacknowledged, or
    /// the session is not authenticated. Call it again until it gives `None`.
    pub fn deliver(
        &self,
        read: &impl Read,
        session: &mut Session,
        now: u64,
    ) -> Result<Option<Deliver>, StoreError> {
        let Some(id) = session.mailbox() else { return Ok(None) };
        let Some(room) = session.window.room() else { return Ok(None) };
        let Some(mailbox) = read.mailbox(&id)? else { return Ok(None) };
        let after = session.window.sent.unwrap_or(mailbox.acked).max(mailbox.acked);
        if after >= mailbox.tail {
            return Ok(None);
        }
        let items = read.items(&id, after, room, now)?;
        for item in &items {
            session.window.sent(item.sequence, item.payload.len() + 128);
        }
        Ok((!items.is_empty()).then_some(Deliver { items }))
    }

    pub(crate) fn limit(
        &self,
        kind: Kind,
        key: u64,
        amount: u64,
        now: u64,
    ) -> Result<(), plan::Failed> {
        let mut limiter = self.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = limiter.take(&self.settings.limits, kind, key, amount, now);
        taken.map_err(plan::Failed::rate_limited)
    }
}

fn authenticated(session: &mut Session, id: u64, who: Authenticated) -> Output {
    session.authenticated = Some(who);
    session.window = Window::default();
    Output { attached: Some(who.mailbox), ..answer(id, reply::Result::Done(Done {})) }
}

fn answer(id: u64, result: reply::Result) -> Output {
    Output { reply: Some(Reply { id, result: Some(result) }), ..Default::default() }
}

impl From<Refusal> for plan::Failed {
    fn from(refusal: Refusal) -> Self {
        let mut failure = Failure::default();
        let (code, detail) = match refusal {
            Refusal::NotFound(what) => (Code::NotFound, what),
            Refusal::Conflict(what) => (Code::Conflict, what),
            Refusal::Forbidden(what) => (Code::Forbidden, what),
            Refusal::Malformed(what) => (Code::Malformed, what),
            Refusal::Quota(what) => (Code::Quota, what),
            Refusal::NameTaken => (Code::NameTaken, "username"),
            Refusal::InvalidInvite => (Code::InvalidInvite, "invite"),
            Refusal::Full => {
                failure.retry_after = FULL_RETRY;
                (Code::Unavailable, "blobs")
            }
            Refusal::Voided => (Code::CommitVoided, "commit"),
            Refusal::Revoked => (Code::Revoked, "device_id"),
            Refusal::WrongEpoch(current) => {
                failure.current_epoch = current;
                (Code::WrongEpoch, "epoch")
            }
            Refusal::BackupConflict(count) => {
                failure.head_seq = count;
                (Code::LogConflict, "index")
            }
            Refusal::LogConflict(head) => {
                failure.head_seq = head;
                (Code::LogConflict, "entry")
            }
        };
        failure.code = code.into();
        failure.detail = detail.into();
        Self(Box::new(failure))
    }
}
