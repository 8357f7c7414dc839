//! From a request to an answer or a command: one file per subject, this one only routes.

mod account;
mod backup;
mod blob;
mod direct;
mod group;
mod key_package;
mod mailbox;

use crate::command::{Command, Outcome, Refusal, StoreError};
use crate::read::Read;
use crate::relay::{Ctx, Relay};
use crate::session::{Authenticated, Session, Then};
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::{Code, Done, Failure, Live, reply};
use parlor_wire::{Hash, MailboxId};

/// What a request wants.
pub(crate) enum Step {
    /// This answer.
    Answer(reply::Result),
    /// An ephemeral post for these.
    Live(Vec<(MailboxId, Live)>),
    /// The connection is this device.
    Authenticated(Authenticated),
    /// This command.
    Execute(Box<Command>, Then),
}

impl Step {
    fn execute(command: impl Into<Command>) -> Self {
        Self::Execute(Box::new(command.into()), Then::Reply)
    }

    fn done() -> Self {
        Self::Answer(reply::Result::Done(Done {}))
    }
}

/// A failure to answer with.
#[derive(Debug)]
pub(crate) struct Failed(pub Box<Failure>);

impl Failed {
    fn new(code: Code, detail: &str) -> Self {
        Self(Box::new(Failure { code: code.into(), detail: detail.into(), ..Default::default() }))
    }

    /// Asked too much; to be asked again after so many milliseconds.
    pub(crate) fn rate_limited(retry_after: u64) -> Self {
        let mut failed = Self::new(Code::RateLimited, "");
        failed.0.retry_after = retry_after;
        failed
    }

    pub(crate) fn into_result(self) -> reply::Result {
        reply::Result::Failure(*self.0)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        let mut failed = Self::new(Code::Unavailable, &error.to_string());
        failed.0.retry_after = 5_000;
        failed
    }
}

type Planned = Result<Step, Failed>;

/// A field is not what the schema says.
pub(crate) fn malformed(field: &str) -> Failed {
    Failed::new(Code::Malformed, field)
}

pub(crate) fn route(
    relay: &Relay,
    read: &impl Read,
    session: &mut Session,
    request: Request,
    ctx: &mut Ctx<'_>,
) -> Planned {
    match request {
        Request::Authenticate(it) => account::authenticate(relay, read, session, &it, ctx),
        Request::Register(it) => account::register(relay, session, it, ctx),
        Request::GetServerInfo(_) => {
            Ok(Step::Answer(reply::Result::ServerInfo(relay.server_info(ctx.now))))
        }
        Request::LogAppend(it) => account::log_append(relay, read, session, it, ctx),
        Request::LogFetch(it) => account::log_fetch(relay, read, session, &it, ctx),
        Request::Resolve(it) => account::resolve(relay, read, session, &it, ctx),
        Request::GetAccountRecord(_) => account::record(relay, read, session, ctx),
        Request::AccountDelete(it) => account::delete(relay, read, session, &it),
        Request::KeyPackageUpload(it) => key_package::upload(relay, session, it, ctx),
        Request::KeyPackageTake(it) => key_package::take(relay, read, session, &it, ctx),
        Request::QueueOpen(it) => mailbox::queue_open(relay, session, &it, ctx),
        Request::QueueClose(it) => mailbox::queue_close(relay, session, &it, ctx),
        Request::Ack(it) => mailbox::acknowledge(session, &it),
        Request::MailboxStat(_) => mailbox::stat(read, session),
        Request::Post(it) => group::post(relay, read, session, it, ctx),
        Request::Bundle(it) => group::bundle(relay, read, session, it, ctx),
        Request::GroupInfoFetch(it) => group::info(relay, read, session, &it, ctx),
        Request::Nack(it) => group::nack(relay, read, session, &it, ctx),
        Request::AuthenticateGuest(it) => direct::authenticate_guest(relay, session, &it, ctx),
        Request::DirectPost(it) => direct::post(relay, read, session, it, ctx),
        Request::BlobGrant(it) => blob::grant(relay, session, &it, ctx),
        Request::BlobRenew(it) => blob::renew(relay, session, &it, ctx),
        Request::BackupAppend(it) => backup::append(relay, session, it, ctx),
        Request::BackupStat(_) => backup::stat(relay, read, session, ctx),
        Request::BackupRead(it) => backup::read(relay, read, session, &it, ctx),
        Request::Ping(_) => Ok(Step::done()),
    }
}

/// The reply that an outcome stands for, when nothing else follows from it.
pub(crate) fn result_of(outcome: &Outcome) -> reply::Result {
    match outcome {
        Outcome::Accepted { accepted, .. } => reply::Result::Accepted(*accepted),
        Outcome::Kept(count) => reply::Result::KeyPackageCount(*count),
        Outcome::Taken(taken) => reply::Result::KeyPackagesTaken(taken.clone()),
        Outcome::Refused(refusal) => Failed::from(refusal.clone()).into_result(),
        Outcome::Done
        | Outcome::Nacked { .. }
        | Outcome::Revoked(_)
        | Outcome::LogGrew { .. }
        | Outcome::Swept { .. } => reply::Result::Done(Done {}),
    }
}

/// The answer that a request got before.
fn remembered(
    relay: &Relay,
    read: &impl Read,
    request: &Hash,
    now: u64,
) -> Result<Option<Step>, Failed> {
    let Some(answer) = read.answer(request, now)? else { return Ok(None) };
    let outcome = crate::apply::remembered(&relay.key, request, answer)?;
    Ok(Some(Step::Answer(result_of(&outcome))))
}

fn device(session: &Session) -> Result<Authenticated, Failed> {
    session.authenticated.ok_or_else(|| Failed::new(Code::Unauthenticated, "authenticate first"))
}

/// The mailbox of the connection, a device's or a guest's.
fn mailbox_of(session: &Session) -> Result<MailboxId, Failed> {
    session.mailbox().ok_or_else(|| Failed::new(Code::Unauthenticated, "authenticate first"))
}

fn refused(refusal: Refusal) -> Failed {
    refusal.into()
}

/// Reads a field of fixed length.
fn field<'a, T: TryFrom<&'a [u8]>>(bytes: &'a [u8], name: &str) -> Result<T, Failed> {
    T::try_from(bytes).map_err(|_| malformed(name))
}

/// A bucket key from an id.
fn bucket(id: &[u8]) -> u64 {
    id.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
