//! A real device: one `parlor rpc` process, its answers and its events.
//!
//! Invariants: requests may be pipelined; an event stays in the log until a wait takes it, so that none is
//! missed by waiting late, and none is taken twice.

use crate::DEADLINE;
use crate::binary::{command_of, parlor};
use crate::process::{Output, Owned, locked};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, thread};

/// What a call can end with instead of a result.
#[derive(Debug, Clone, PartialEq)]
pub enum RpcError {
    /// The device answered with an error object.
    Refused {
        /// JSON-RPC's own code; -32000 for errors of the application.
        code: i64,
        /// `data.code`, empty when there is none.
        reason: String,
        /// `data.retry`, empty when there is none.
        retry: String,
        message: String,
    },
    /// The process ended, or did so before it answered.
    Gone,
    /// The process wrote this line, which the contract does not know.
    Broken(String),
    /// No answer before the deadline.
    TimedOut,
}

impl RpcError {
    /// `data.code` of an error of the application; empty otherwise.
    pub fn reason(&self) -> &str {
        match self {
            Self::Refused { reason, .. } => reason,
            Self::Gone | Self::Broken(_) | Self::TimedOut => "",
        }
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code, reason, message, .. } => {
                write!(f, "refused: {code} {reason:?}: {message}")
            }
            Self::Gone => f.write_str("the process is gone"),
            Self::Broken(line) => write!(f, "a line that the contract does not know: {line:?}"),
            Self::TimedOut => f.write_str("no answer before the deadline"),
        }
    }
}

impl std::error::Error for RpcError {}

/// A request that was written and may be answered later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request(u64);

/// What came from the process and was not taken yet.
#[derive(Debug, Default)]
struct Inbox {
    answers: BTreeMap<u64, Value>,
    /// Answers with the id null: to lines that are no request.
    unnamed: Vec<Value>,
    events: Vec<Value>,
    closed: bool,
    broken: Option<String>,
}

type Shared = Arc<(Mutex<Inbox>, Condvar)>;

/// A device of a person: a running (or killed) `parlor rpc`.
#[derive(Debug)]
pub struct Rpc {
    binary: PathBuf,
    profile: PathBuf,
    process: Owned,
    stdin: Option<ChildStdin>,
    inbox: Shared,
    stderr: Output,
    next_id: u64,
    log: Option<&'static str>,
    options: Vec<String>,
}

impl Rpc {
    /// Starts a device with its profile in this folder.
    pub fn start(profile: &Path) -> Result<Self> {
        Self::start_logging(profile, None)
    }

    /// The same with this much in its log (`RUST_LOG`).
    pub fn start_logging(profile: &Path, log: Option<&'static str>) -> Result<Self> {
        Self::build(parlor()?, profile, log, Vec::new())
    }

    /// The same with a binary of another version.
    pub fn start_of(binary: PathBuf, profile: &Path, log: Option<&'static str>) -> Result<Self> {
        Self::build(binary, profile, log, Vec::new())
    }

    /// From the next start on it is of another version.
    pub fn replace(&mut self, binary: PathBuf) {
        self.binary = binary;
    }

    /// The same with these options of `parlor rpc`.
    pub fn start_with(profile: &Path, options: &[&str]) -> Result<Self> {
        Self::build(
            parlor()?,
            profile,
            None,
            options.iter().map(|option| option.to_string()).collect(),
        )
    }

    fn build(
        binary: PathBuf,
        profile: &Path,
        log: Option<&'static str>,
        options: Vec<String>,
    ) -> Result<Self> {
        let stderr = Output::default();
        let (process, stdin, inbox) = spawn(&binary, profile, log, &options, &stderr)?;
        Ok(Self {
            binary,
            profile: profile.to_path_buf(),
            process,
            stdin: Some(stdin),
            inbox,
            stderr,
            next_id: 1,
            log,
            options,
        })
    }

    /// Where its profile is.
    pub fn profile(&self) -> &Path {
        &self.profile
    }

    /// Calls a method and waits for its answer.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value, RpcError> {
        let request = self.send(method, params)?;
        self.answer(request)
    }

    /// Writes a request without waiting.
    pub fn send(&mut self, method: &str, params: Value) -> Result<Request, RpcError> {
        let id = self.next_id;
        self.next_id += 1;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write_line(request.to_string().as_bytes())?;
        Ok(Request(id))
    }

    /// Waits for the answer to a request.
    pub fn answer(&mut self, request: Request) -> Result<Value, RpcError> {
        let answer = self.wait(DEADLINE, |inbox| inbox.answers.remove(&request.0))?;
        let Some(error) = answer.get("error") else {
            return Ok(answer.get("result").cloned().unwrap_or(Value::Null));
        };
        let text =
            |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_string();
        let data = error.get("data");
        Err(RpcError::Refused {
            code: error.get("code").and_then(Value::as_i64).unwrap_or_default(),
            reason: text(data.and_then(|data| data.get("code"))),
            retry: text(data.and_then(|data| data.get("retry"))),
            message: text(error.get("message")),
        })
    }

    /// Writes a line as it is and returns the answer that has no id, as lines that are no request get it.
    pub fn raw(&mut self, line: &[u8]) -> Result<Value, RpcError> {
        self.write_line(line)?;
        self.wait(DEADLINE, |inbox| (!inbox.unnamed.is_empty()).then(|| inbox.unnamed.remove(0)))
    }

    /// Waits for an event of this type for which the predicate holds on its `params`, and takes it.
    pub fn wait_event(
        &mut self,
        kind: &str,
        timeout: Duration,
        mut wanted: impl FnMut(&Value) -> bool,
    ) -> Result<Value> {
        let is_wanted =
            |event: &Value| event.get("type").is_some_and(|name| name == kind) && wanted(event);
        let mut is_wanted = is_wanted;
        let found = self.wait(timeout, |inbox| {
            let at = inbox.events.iter().position(&mut is_wanted)?;
            Some(inbox.events.remove(at))
        });
        found.with_context(|| {
            format!("waiting for the event {kind:?}; stderr:\n{}", self.stderr.so_far())
        })
    }

    /// Asks again after everything that comes from the device until the answer is `Some`.
    pub fn until<T>(
        &mut self,
        what: &str,
        mut ask: impl FnMut(&mut Self) -> Result<Option<T>>,
    ) -> Result<T> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            // Only events count: the answers to what `ask` calls would keep this loop spinning.
            let before = locked(&self.inbox.0).events.len();
            if let Some(found) = ask(self)? {
                return Ok(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let grown = self.wait(left, |inbox| (inbox.events.len() > before).then_some(()));
            if grown.is_err() {
                return ask(self)?.with_context(|| {
                    format!("never came true: {what}; stderr:\n{}", self.stderr.so_far())
                });
            }
        }
    }

    /// The whole history of a chat, oldest first.
    pub fn history(&mut self, chat_id: &str) -> Result<Vec<Value>> {
        let mut pages: Vec<Vec<Value>> = Vec::new();
        let mut known = HashSet::new();
        loop {
            let mut params = json!({"chat_id": chat_id, "limit": 100});
            let first = pages.last().and_then(|page| page.first()?.get("message_id"));
            if let (Some(params), Some(first)) = (params.as_object_mut(), first) {
                params.insert("before".into(), first.clone());
            }
            let page = self.call("messages.history", params)?;
            let page = page.get("messages").and_then(Value::as_array);
            let page = page.context("no messages in the answer")?.clone();
            if page.is_empty() {
                return Ok(pages.into_iter().rev().flatten().collect());
            }
            for message in &page {
                let id = message.get("message_id").and_then(Value::as_str).unwrap_or_default();
                ensure!(known.insert(id.to_string()), "a page of the history repeats a message");
            }
            pages.push(page);
        }
    }

    /// The events that nobody waited for yet.
    pub fn events(&self) -> Vec<Value> {
        locked(&self.inbox.0).events.clone()
    }

    /// What the device wrote to stderr, over all restarts.
    pub fn stderr(&self) -> &Output {
        &self.stderr
    }

    /// The most memory that it ever had at once, in bytes; where the system tells.
    pub fn peak_memory(&self) -> Result<u64> {
        self.process.peak_memory()
    }

    /// Ends it at once, as a power cut would.
    pub fn kill9(&mut self) -> Result<()> {
        self.stdin = None;
        self.process.kill9()
    }

    /// Closes its stdin and waits for its end.
    pub fn close(&mut self) -> Result<ExitStatus> {
        self.stdin = None;
        self.process.wait_until(Instant::now() + DEADLINE)
    }

    /// The same, and it has to end with status 0.
    pub fn stop(&mut self) -> Result<()> {
        let status = self.close()?;
        ensure!(status.success(), "a device ended with {status}:\n{}", self.stderr.so_far());
        Ok(())
    }

    /// Starts it again on the same profile. Events that nobody took are forgotten.
    pub fn restart(&mut self) -> Result<()> {
        let (process, stdin, inbox) =
            spawn(&self.binary, &self.profile, self.log, &self.options, &self.stderr)?;
        self.process = process;
        self.stdin = Some(stdin);
        self.inbox = inbox;
        Ok(())
    }

    fn write_line(&mut self, line: &[u8]) -> Result<(), RpcError> {
        let stdin = self.stdin.as_mut().ok_or(RpcError::Gone)?;
        let written = stdin
            .write_all(line)
            .and_then(|()| stdin.write_all(b"\n"))
            .and_then(|()| stdin.flush());
        written.map_err(|_| RpcError::Gone)
    }

    /// Waits until something can be taken from the inbox.
    fn wait<T>(
        &self,
        timeout: Duration,
        mut take: impl FnMut(&mut Inbox) -> Option<T>,
    ) -> Result<T, RpcError> {
        let deadline = Instant::now() + timeout;
        let (mutex, changed) = &*self.inbox;
        let mut inbox = locked(mutex);
        loop {
            if let Some(taken) = take(&mut inbox) {
                return Ok(taken);
            }
            if let Some(line) = &inbox.broken {
                return Err(RpcError::Broken(line.clone()));
            }
            if inbox.closed {
                return Err(RpcError::Gone);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(RpcError::TimedOut);
            }
            inbox = changed.wait_timeout(inbox, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn spawn(
    binary: &Path,
    profile: &Path,
    log: Option<&str>,
    options: &[String],
    stderr: &Output,
) -> Result<(Owned, ChildStdin, Shared)> {
    let mut command = command_of(binary);
    command.args(["rpc", "--profile"]).arg(profile).args(options);
    command.envs(log.map(|log| ("RUST_LOG", log)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = Owned::spawn(&mut command)?;
    let (stdin, stdout) = (process.take_stdin()?, process.take_stdout()?);
    stderr.also(process.take_stderr()?);
    let inbox = Shared::default();
    let filled = Arc::clone(&inbox);
    thread::spawn(move || fill(stdout, &filled));
    Ok((process, stdin, inbox))
}

/// Reads the process's stdout to its end.
fn fill(stdout: impl Read, shared: &Shared) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        let mut inbox = locked(&shared.0);
        if file(&line, &mut inbox).is_err() {
            inbox.broken.get_or_insert(line);
        }
        drop(inbox);
        shared.1.notify_all();
    }
    locked(&shared.0).closed = true;
    shared.1.notify_all();
}

fn file(line: &str, inbox: &mut Inbox) -> Result<()> {
    let message: Value = serde_json::from_str(line)?;
    ensure!(message.get("jsonrpc").is_some_and(|version| version == "2.0"), "not JSON-RPC 2.0");
    match (message.get("method"), message.get("id")) {
        (Some(method), None) if method == "event" => {
            inbox.events.push(message.get("params").context("an event without params")?.clone());
        }
        (None, Some(Value::Null)) => inbox.unnamed.push(message),
        (None, Some(id)) => {
            inbox.answers.insert(id.as_u64().context("an id that nobody sent")?, message);
        }
        _ => bail!("neither an answer nor an event"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_filed() -> Result<()> {
        let mut inbox = Inbox::default();
        file(r#"{"jsonrpc":"2.0","id":7,"result":{}}"#, &mut inbox)?;
        file(r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}"#, &mut inbox)?;
        file(r#"{"jsonrpc":"2.0","method":"event","params":{"type":"typing"}}"#, &mut inbox)?;
        assert_eq!((inbox.answers.len(), inbox.unnamed.len(), inbox.events.len()), (1, 1, 1));
        for wrong in ["", "log line", r#"{"id":1}"#, r#"{"jsonrpc":"2.0","method":"other"}"#] {
            assert!(file(wrong, &mut inbox).is_err(), "{wrong}");
        }
        Ok(())
    }
}
