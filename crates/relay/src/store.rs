//! The store on disk: fjall behind one commit thread.
//!
//! The thread drains what waits, runs it over an overlay so that commands of a batch see each other, writes
//! one atomic batch, syncs it, and only then answers. Invariants: nothing else writes; what was answered `Ok`
//! is on disk; after a failed write or sync the process ends, because what is on disk is unknown then.

use crate::space::Space;
use bytes::Bytes;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use parlor_relay_core::{
    Backend, Command, Delta, Operation, Outcome, Rows, ServerKey, Store, StoreError, Table, apply,
};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// Commands of one batch, at most.
const MAX_BATCH_COMMANDS: usize = 8192;
/// Bytes of one batch, at most (one larger command goes alone).
const MAX_BATCH_BYTES: usize = 8 * 1024 * 1024;
/// Exit status after a failed write or sync (EX_IOERR).
const FAILED_WRITE: i32 = 74;

/// Gets the outcome of a command, on the commit thread: must not block.
pub type Answer = Box<dyn FnOnce(Result<Outcome, StoreError>) + Send>;

struct Job {
    command: Command,
    now: u64,
    answer: Answer,
}

#[derive(Clone)]
struct Tables {
    database: Database,
    /// Small rows that are read by key.
    rows: Keyspace,
    /// Items and payloads: written once, read in order, deleted.
    items: Keyspace,
}

/// See the module.
pub struct FjallStore {
    tables: Tables,
    space: Space,
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// By the database itself.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] fjall::Error),
    /// The commit thread could not be started.
    #[error("the commit thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl FjallStore {
    /// Opens or creates the database in a folder.
    pub fn open(folder: &Path, key: ServerKey, space: Space) -> Result<Self, OpenError> {
        let database = Database::builder(folder)
            .cache_size(16 * 1024 * 1024)
            .manual_journal_persist(true)
            .journal_compression(fjall::CompressionType::None)
            .worker_threads(2)
            .open()?;
        let options = || KeyspaceCreateOptions::default().manual_journal_persist(true);
        let rows = database.keyspace("rows", options)?;
        let items = database.keyspace("items", options)?;
        let tables = Tables { database, rows, items };
        let (jobs, waiting) = channel();
        let writer = Writer { tables: tables.clone(), key, space: space.clone() };
        let thread = std::thread::Builder::new()
            .name("commit".into())
            .spawn(move || writer.run(&waiting))?;
        Ok(Self { tables, space, jobs: Some(jobs), thread: Some(thread) })
    }

    /// Puts a command in the queue; the answer comes when it is durable. Commands submitted one after the
    /// other run in that order.
    pub fn submit(&self, command: Command, now: u64, answer: Answer) {
        let job = Job { command, now, answer };
        let refused = match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|error| error.0),
            None => Some(job),
        };
        if let Some(job) = refused {
            (job.answer)(Err(StoreError::Unavailable));
        }
    }

    /// Whether there is room to write: otherwise only what makes room is done.
    pub fn has_room(&self) -> bool {
        self.space.has_room(0)
    }

    /// Bytes on disk.
    pub fn disk_bytes(&self) -> u64 {
        self.tables.database.disk_space().unwrap_or_default()
    }
}

impl Drop for FjallStore {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Tables {
    fn keyspace(&self, table: Table) -> &Keyspace {
        match table {
            Table::Item | Table::Payload | Table::BackupSegment | Table::RewriteSegment => {
                &self.items
            }
            _ => &self.rows,
        }
    }
}

fn stored_key(table: Table, key: &[u8]) -> Vec<u8> {
    [&[table as u8], key].concat()
}

fn unreadable(error: fjall::Error) -> StoreError {
    tracing::error!(%error, "reading the database failed");
    StoreError::Unreadable
}

impl Backend for Tables {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let row = self.keyspace(table).get(stored_key(table, key)).map_err(unreadable)?;
        Ok(row.map(|row| Bytes::copy_from_slice(&row)))
    }

    fn scan(&self, table: Table, from: &[u8], to: &[u8], limit: usize) -> Result<Rows, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let range = stored_key(table, from)..stored_key(table, to);
        let row = |guard: fjall::Guard| {
            let (key, row) = guard.into_inner().map_err(unreadable)?;
            Ok((key.get(1..).unwrap_or_default().to_vec(), Bytes::copy_from_slice(&row)))
        };
        self.keyspace(table).range(range).take(limit).map(row).collect()
    }
}

impl Backend for FjallStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.tables.get(table, key)
    }

    fn scan(&self, table: Table, from: &[u8], to: &[u8], limit: usize) -> Result<Rows, StoreError> {
        self.tables.scan(table, from, to, limit)
    }
}

impl Store for FjallStore {
    fn execute(&self, commands: Vec<Command>, now: u64) -> Vec<Result<Outcome, StoreError>> {
        let waiting: Vec<_> = commands
            .into_iter()
            .map(|command| {
                let (sender, outcome) = channel();
                let answer = move |outcome| {
                    let _ = sender.send(outcome);
                };
                self.submit(command, now, Box::new(answer));
                outcome
            })
            .collect();
        let outcome = |waiting: Receiver<_>| waiting.recv().unwrap_or(Err(StoreError::Unavailable));
        waiting.into_iter().map(outcome).collect()
    }
}

struct Writer {
    tables: Tables,
    key: ServerKey,
    space: Space,
}

impl Writer {
    fn run(&self, waiting: &Receiver<Job>) {
        while let Ok(first) = waiting.recv() {
            let mut bytes = first.command.operation.weight();
            let mut jobs = vec![first];
            while jobs.len() < MAX_BATCH_COMMANDS
                && bytes < MAX_BATCH_BYTES
                && let Ok(job) = waiting.try_recv()
            {
                bytes += job.command.operation.weight();
                jobs.push(job);
            }
            self.commit(jobs, bytes);
        }
    }

    fn commit(&self, jobs: Vec<Job>, bytes: usize) {
        let full = !self.space.has_room(bytes);
        let mut delta = Delta::new();
        let mut answers = Vec::with_capacity(jobs.len());
        for Job { command, now, answer } in jobs {
            let outcome = if full && !frees(&command.operation) {
                Err(StoreError::Unavailable)
            } else {
                apply(&self.tables, &mut delta, &self.key, command, now)
            };
            answers.push((answer, outcome));
        }
        if !delta.is_empty()
            && let Err(error) = self.write(delta)
        {
            tracing::error!(%error, "writing the database failed: ending, what is on disk is unknown");
            std::process::exit(FAILED_WRITE);
        }
        for (answer, outcome) in answers {
            answer(outcome);
        }
    }

    fn write(&self, delta: Delta) -> Result<(), fjall::Error> {
        let mut batch =
            fjall::OwnedWriteBatch::with_capacity(self.tables.database.clone(), delta.len())
                .durability(Some(PersistMode::SyncData));
        for ((table, key), row) in delta {
            let keyspace = self.tables.keyspace(table);
            let key = stored_key(table, &key);
            match row {
                Some(row) => batch.insert(keyspace, key, row.as_ref()),
                None => batch.remove(keyspace, key),
            }
        }
        batch.commit()
    }
}

fn frees(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Acknowledge { .. }
            | Operation::Sweep { .. }
            | Operation::DeleteAccount { .. }
            | Operation::CompleteBlob { .. }
            | Operation::ForgetBlobs { .. }
    )
}
