//! What the page asks of the engine, and what it is told. The page never sees keys, rows or MLS words: only view
//! models, over JSON-RPC (`docs/rpc.md`).
//!
//! Files do not go through JSON: the page hands over a `File` and gets a name for `attachments` or `avatar_path`, and
//! gets the content of an attachment as a `Blob`.

use futures_util::future::LocalBoxFuture;
use parlor_view::Event;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable: `data.code` of the answer, or `internal`.
    pub code: String,
    /// A sentence in English, for details only: what a person reads comes from the code.
    pub message: String,
    /// Milliseconds to wait, with `rate_limited`.
    pub retry_after: Option<u64>,
    /// The parameter that is wrong.
    pub param: Option<String>,
}

impl Problem {
    /// Of this code.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), retry_after: None, param: None }
    }
}

/// Where the engine keeps what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// For as long as the person wants.
    Persistent,
    /// Until the browser is closed.
    Session,
}

/// What the engine says about itself.
#[derive(Debug, Clone)]
pub enum Told {
    /// It is open and answers.
    Ready {
        /// Whether there is an account on this device.
        account: bool,
        /// Where it is kept.
        storage: Storage,
    },
    /// It cannot be opened: `locked`, `no_storage`, `full`, `damaged` or `other`.
    Broken {
        /// One of the words above.
        reason: String,
        /// For details.
        message: String,
    },
    /// Something changed: an event as `docs/rpc.md` has it.
    Event(Value),
}

/// What listens.
pub type Listener = Box<dyn Fn(Told)>;

/// Whether something is so, or was done.
pub type Verdict = LocalBoxFuture<'static, Result<bool, Problem>>;

/// The engine, seen from the page. Everything is local to the page's one thread.
pub trait Core {
    /// Carries out a method of `docs/rpc.md`.
    fn call(&self, method: &str, params: Value) -> LocalBoxFuture<'static, Result<Value, Problem>>;
    /// Hands over what is told, from now on. There is one listener.
    fn listen(&self, on: Listener);
    /// Hands over a file; answers a name for `attachments` or `avatar_path`.
    fn bring(&self, file: web_sys::File) -> LocalBoxFuture<'static, Result<String, Problem>>;
    /// What was told of the accounts of this browser with [`Core::describe`], by their numbers.
    fn accounts(&self) -> LocalBoxFuture<'static, Result<Vec<(u32, String)>, Problem>>;
    /// Keeps what is to be known of this account while another is open; an empty text forgets it.
    fn describe(&self, text: &str) -> LocalBoxFuture<'static, Result<(), Problem>>;
    /// Whether it takes a passphrase to open what this browser keeps.
    fn guarded(&self) -> Verdict;
    /// From now on it takes this passphrase, or none. `false`: it takes another than `present` now.
    fn guard(&self, present: Option<&str>, next: Option<&str>) -> Verdict;
    /// Opens what is locked. `false`: it takes another passphrase.
    fn unlock(&self, passphrase: &str) -> Verdict;
    /// Deletes what is locked, and begins anew.
    fn forget(&self) -> Verdict;
    /// Closes what is kept, in all tabs: it is [`Told::Broken`] as `locked` then.
    fn lock(&self);
    /// A worker that reads QR codes, as `apps/web-scan` says; nothing where there are no workers.
    fn scanner(&self) -> Option<web_sys::Worker>;
    /// The whole content of an attachment, which is downloaded first if it has to be.
    fn open(
        &self,
        message_id: &str,
        index: u32,
    ) -> LocalBoxFuture<'static, Result<web_sys::Blob, Problem>>;
}

/// Reads an event of the device and the account as `docs/rpc.md` has it; nothing for any other, which is left as it is.
/// By hand: the derived way holds every model twice.
pub fn event(params: &mut Value) -> Option<Event> {
    let (kind, mut take) = Fields::of(params)?;
    Some(match kind.as_str() {
        "connection" => Event::Connection { state: take.one("state")? },
        "device.linked" => {
            Event::DeviceLinked { user_id: take.one("user_id")?, device_id: take.one("device_id")? }
        }
        "device.removed" => Event::DeviceRemoved {
            user_id: take.one("user_id")?,
            device_id: take.one("device_id")?,
        },
        "account.deleted" => Event::AccountDeleted { user_id: take.one("user_id")? },
        "link.code" => Event::LinkCode { code: take.one("code")? },
        "link.failed" => Event::LinkFailed { reason: take.one("reason")? },
        "link.done" => {
            Event::LinkDone { user_id: take.one("user_id")?, device_id: take.one("device_id")? }
        }
        "link.progress" => Event::LinkProgress {
            done: take.one("done")?,
            total: take.one("total")?,
            ended: take.one("ended")?,
        },
        "backup.updated" => Event::BackupUpdated {
            segments: take.one("segments")?,
            bytes: take.one("bytes")?,
            complete: take.one("complete")?,
        },
        "restore.progress" => Event::RestoreProgress {
            done: take.one("done")?,
            total: take.one("total")?,
            ended: take.one("ended")?,
        },
        _ => return None,
    })
}

/// The fields of an event, taken out one by one.
pub struct Fields<'a>(&'a mut serde_json::Map<String, Value>);

impl<'a> Fields<'a> {
    /// Of this event, with its kind.
    pub fn of(event: &'a mut Value) -> Option<(String, Self)> {
        let kind = event.get("type")?.as_str()?.to_string();
        Some((kind, Self(event.as_object_mut()?)))
    }

    /// One of them; nothing if it is not there or is something else.
    pub fn one<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        parlor_view::json::read(self.0.remove(name)?).ok()
    }
}
