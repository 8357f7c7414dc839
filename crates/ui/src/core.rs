//! What the page asks of the engine, and what it is told. The page never sees keys, rows or MLS words: only view
//! models, over JSON-RPC (`docs/rpc.md`).
//!
//! Files do not go through JSON: the page hands over a `File` and gets a name for `attachments` or `avatar_path`, and
//! gets the content of an attachment as a `Blob`.

use futures_util::future::LocalBoxFuture;
use parlor_view::Event;
use serde::Deserialize;
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
    /// It cannot be opened: `no_storage`, `damaged` or `other`.
    Broken {
        /// One of the words above.
        reason: String,
        /// For details.
        message: String,
    },
    /// Something changed.
    Event(Box<Event>),
}

/// What listens.
pub type Listener = Box<dyn Fn(Told)>;

/// The engine, seen from the page. Everything is local to the page's one thread.
pub trait Core {
    /// Carries out a method of `docs/rpc.md`.
    fn call(&self, method: &str, params: Value) -> LocalBoxFuture<'static, Result<Value, Problem>>;
    /// Hands over what is told, from now on. There is one listener.
    fn listen(&self, on: Listener);
    /// Hands over a file; answers a name for `attachments` or `avatar_path`.
    fn bring(&self, file: web_sys::File) -> LocalBoxFuture<'static, Result<String, Problem>>;
    /// The whole content of an attachment, which is downloaded first if it has to be.
    fn open(
        &self,
        message_id: &str,
        index: u32,
    ) -> LocalBoxFuture<'static, Result<web_sys::Blob, Problem>>;
}
