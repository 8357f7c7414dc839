//! A way to a server on which answers can be held back, as a network does that stalls in the middle of something.

use crate::DEADLINE;
use crate::process::locked;
use anyhow::{Context, Result, ensure};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Listens on a free port of this machine and passes on what comes, both ways.
#[derive(Debug)]
pub struct Doorway {
    url: String,
    held: Arc<Held>,
}

/// What is held back now.
#[derive(Debug, Default)]
struct Held {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The beginning of a path, and how many bytes of each answer pass; `None`: all pass.
    rule: Option<(String, u64)>,
    /// How many answers have come to their end.
    ended: usize,
}

impl Held {
    /// Waits until everything may pass.
    fn rest(&self) {
        let mut state = locked(&self.state);
        state.ended += 1;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |state| state.rule.is_some()));
    }
}

impl Doorway {
    /// Before a server, for example `http://127.0.0.1:40123`.
    pub fn to(server: &str) -> Result<Self> {
        let behind =
            server.strip_prefix("http://").context("the server's URL is not http")?.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let held = Arc::new(Held::default());
        let of = Arc::clone(&held);
        // It ends with the process: nobody who came through is left behind.
        thread::spawn(move || {
            for front in listener.incoming().flatten() {
                // What cannot be passed on is closed, as without a server.
                let _ = pass_on(front, &behind, &of);
            }
        });
        Ok(Self { url, held })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on so many bytes pass of each answer to a GET of a path that begins like this (its head counts), and
    /// nothing after them on that connection.
    pub fn hold(&self, path: &str, bytes: u64) {
        *locked(&self.held.state) = State { rule: Some((path.to_owned(), bytes)), ended: 0 };
    }

    /// Waits until an answer is held back.
    pub fn wait(&self) -> Result<()> {
        let state = locked(&self.held.state);
        let none = |state: &mut State| state.ended == 0;
        let waited = self.held.changed.wait_timeout_while(state, DEADLINE, none);
        let timeout = waited.map_or_else(|broken| broken.into_inner().1, |(_, timeout)| timeout);
        ensure!(!timeout.timed_out(), "nothing was held back");
        Ok(())
    }

    /// Lets everything pass, and what was held go on.
    pub fn release(&self) {
        locked(&self.held.state).rule = None;
        self.held.changed.notify_all();
    }
}

fn pass_on(front: TcpStream, behind: &str, held: &Arc<Held>) -> Result<()> {
    let back = TcpStream::connect(behind)?;
    front.set_nodelay(true)?;
    back.set_nodelay(true)?;
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let (from, to) = (front.try_clone()?, back.try_clone()?);
    let (of, limit) = (Arc::clone(held), Arc::clone(&left));
    thread::spawn(move || requests(from, to, &of, &limit));
    let held = Arc::clone(held);
    thread::spawn(move || answers(back, front, &held, &left));
    Ok(())
}

/// From the browser to the server: a request begins with what is read.
fn requests(mut from: TcpStream, mut to: TcpStream, held: &Held, left: &AtomicU64) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..length];
        if let Some((path, most)) = &locked(&held.state).rule
            && bytes.strip_prefix(b"GET ").is_some_and(|rest| rest.starts_with(path.as_bytes()))
        {
            left.store(*most, Ordering::SeqCst);
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// From the server to the browser, with a rest while no more may pass.
fn answers(mut from: TcpStream, mut to: TcpStream, held: &Held, left: &AtomicU64) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let may = left.load(Ordering::SeqCst);
        let passes = usize::try_from(may).map_or(length, |may| may.min(length));
        let (now, later) = buffer[..length].split_at(passes);
        if to.write_all(now).is_err() {
            break;
        }
        if may != u64::MAX {
            left.store(may - passes as u64, Ordering::SeqCst);
        }
        if !later.is_empty() {
            held.rest();
            left.store(u64::MAX, Ordering::SeqCst);
            if to.write_all(later).is_err() {
                break;
            }
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
