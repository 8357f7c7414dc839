//! Files that go with messages: what has to be at the relay, what has to come here, and what a message waits for.
//!
//! A file is encrypted once, under a key of its own, and is the same ciphertext everywhere: in the profile's
//! folder, at the relay, on every device that has it. How it stands at the relay, as far as this device knows:
//!
//! | state     | on                    | does                                              | next      |
//! |-----------|-----------------------|---------------------------------------------------|-----------|
//! | Wanted    | online                | asks for room                                     | Wanted    |
//! | Wanted    | room is granted       | orders the upload                                 | Uploading |
//! | Wanted    | too large, quota      | messages that wait for it have failed             | Failed    |
//! | Uploading | uploaded              | lets messages go that wait for nothing else       | Ready     |
//! | Uploading | the room is gone      | asks anew                                         | Wanted    |
//! | Ready     | goes with one more    | asks that it be kept                              | Renewing  |
//! | Renewing  | it is kept            | as after an upload                                | Ready     |
//! | Renewing  | it is gone            | uploads again if it is here                       | Wanted    |
//! | Ready     | gone at a download    | asks the sender's devices for it                  | Expired   |
//! | Expired   | the sender has it up  | goes on with the download if it is wanted         | Ready     |
//!
//! Invariants: a message leaves when all its files are whole at the relay; a file is shown as here when its
//! ciphertext was compared with the hash in the message; a file that no message has is removed, with its key.
//! What moves is begun again after anything, from where it stopped: the relay and the folder know where that is.
//! A download that a person stops is wanted no more; it counts as moving until whoever moves it says that it ended, so
//! that the next one begins behind it.
//! Absent on purpose: files, sockets, pictures; whoever drives the engine has them.

mod again;
mod incoming;
mod outgoing;
mod types;
mod view;

pub use incoming::{attachments_fit, stopped};
pub use outgoing::attachment;
pub use types::{FileNews, FileOrder, FileProblem, FileSpec, Happened, NewFile, Prepared};

use crate::net::Purpose;
use crate::step::{Step, Touch};
use crate::{Result, Ticket};
use parlor_store::files::{FileRow, Problem, Remote};
use parlor_view::{Command, Event};
use parlor_wire::relay::{BlobGrant, BlobRenew, client_frame::Request};
use parlor_wire::{FileId, MessageId, RequestId};
use std::collections::{BTreeMap, BTreeSet};

/// Files that move at once.
const AT_ONCE: usize = 3;
/// After the first failure it is tried again after so long, milliseconds; then after twice as long, up to a limit.
const FIRST_RETRY: u64 = 1_000;
const LONGEST_RETRY: u64 = 5 * 60 * 1000;

/// What is known until the device ends.
#[derive(Default)]
pub struct MediaNow {
    /// All that can be begun was begun.
    settled: bool,
    /// Files that move now.
    running: BTreeSet<FileId>,
    /// How often each failed, and when it is tried again.
    retries: BTreeMap<FileId, (u32, u64)>,
    /// Not before this time is the relay asked for room.
    patience_until: u64,
    /// When to look again.
    due: Option<u64>,
    /// Commands that wait for a file to be here.
    saves: Vec<Save>,
    /// What belongs to commands that are not carried out yet.
    prepared: BTreeMap<Ticket, Prepared>,
}

/// Somebody wants a file under a name.
struct Save {
    ticket: Ticket,
    file: FileId,
    path: String,
}

impl MediaNow {
    /// Something may be begun.
    pub fn unsettle(&mut self) {
        self.settled = false;
    }

    /// A new connection: what failed is tried at once.
    pub fn connected(&mut self) {
        self.retries.clear();
        self.patience_until = 0;
        self.settled = false;
    }

    /// When something has to be looked at again.
    pub fn deadline(&self) -> Option<u64> {
        self.due
    }

    fn ended(&mut self, file: &FileId) {
        self.running.remove(file);
        self.settled = false;
    }

    fn failed(&mut self, file: FileId, now: u64) {
        let (times, at) = self.retries.entry(file).or_default();
        let wait = FIRST_RETRY.saturating_mul(1 << (*times).min(20)).min(LONGEST_RETRY);
        *times += 1;
        *at = now + wait;
    }
}

impl Step<'_, '_> {
    /// A command that brings something.
    pub fn prepared_command(
        &mut self,
        ticket: Ticket,
        command: Command,
        prepared: Prepared,
    ) -> Result<()> {
        self.engine.media.prepared.insert(ticket, prepared);
        self.command(ticket, command)
    }

    /// What a command brought, for whoever carries it out.
    pub fn take_prepared(&mut self, ticket: Ticket) -> Option<Prepared> {
        self.engine.media.prepared.remove(&ticket)
    }

    /// Begins whatever can be begun.
    pub fn move_files(&mut self) -> Result<()> {
        let due = self.engine.media.due.is_some_and(|due| due <= self.now);
        if !self.engine.net.online() || (self.engine.media.settled && !due) {
            return Ok(());
        }
        self.engine.media.settled = true;
        self.engine.media.due = None;
        self.pay_owed()?;
        for row in self.tx.files_to_move()? {
            self.move_file(row)?;
        }
        Ok(())
    }

    fn move_file(&mut self, row: FileRow) -> Result<()> {
        let file = row.file_id;
        let goes_up = matches!(row.remote, Remote::Wanted | Remote::Uploading);
        if goes_up && !self.is_needed(&file)? {
            // Its messages have failed for another reason meanwhile.
            let remote = if row.blob_id.is_some() { Remote::Expired } else { Remote::Failed };
            self.tx.set_file(&FileRow { remote, request_id: None, token: Vec::new(), ..row })?;
            return Ok(());
        }
        let retry = self.engine.media.retries.get(&file).map(|(_, at)| *at).unwrap_or(0);
        let asks = matches!(row.remote, Remote::Wanted | Remote::Renewing);
        let not_before = if asks { retry.max(self.engine.media.patience_until) } else { retry };
        if not_before > self.now {
            self.look_at(not_before);
            return Ok(());
        }
        if self.engine.media.running.contains(&file) {
            return Ok(());
        }
        let asked = self.engine.net.asked(
            |purpose| matches!(purpose, Purpose::Grant { file: of } | Purpose::Renew { file: of } if *of == file),
        );
        match (row.remote, row.blob_id) {
            _ if asked => {}
            (Remote::Wanted, _) if row.here => self.ask_for_room(row)?,
            (Remote::Renewing, Some(blob)) => {
                let renew = BlobRenew { blob_id: blob.to_vec() };
                self.request(Request::BlobRenew(renew), Purpose::Renew { file });
            }
            (Remote::Uploading, Some(blob)) if row.here => {
                let order = FileOrder::Upload { file: spec(&row)?, blob, token: row.token };
                self.begin(file, order);
            }
            (Remote::Ready, Some(blob)) if row.wanted => {
                let order = FileOrder::Download { file: spec(&row)?, blob };
                self.begin(file, order);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a message or somebody who asked waits for a file to be at the relay.
    fn is_needed(&self, file: &FileId) -> Result<bool> {
        let uses = self.tx.uses(file)?;
        let owed = self.tx.owed()?;
        let is_owed = |(message, number): &(MessageId, u32)| {
            owed.iter().any(|owed| owed.message_id == *message && owed.number == *number)
        };
        if uses.iter().any(is_owed) {
            return Ok(true);
        }
        for (message, _) in &uses {
            if self.tx.held_outbox(message)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn begin(&mut self, file: FileId, order: FileOrder) {
        // When one ends, all are looked at again.
        if self.engine.media.running.len() < AT_ONCE {
            self.engine.media.running.insert(file);
            self.out.files.push(order);
        }
    }

    fn look_at(&mut self, time: u64) {
        let due = &mut self.engine.media.due;
        *due = Some(due.map_or(time, |due| due.min(time)));
    }

    fn ask_for_room(&mut self, mut row: FileRow) -> Result<()> {
        let request_id = match row.request_id {
            Some(id) => id,
            None => {
                let id = RequestId(self.random());
                row.request_id = Some(id);
                self.tx.set_file(&row)?;
                id
            }
        };
        let size = spec(&row)?.stored();
        let grant = BlobGrant { request_id: request_id.to_vec(), size };
        self.request(Request::BlobGrant(grant), Purpose::Grant { file: row.file_id });
        Ok(())
    }

    /// Whoever moves files has news of one.
    pub fn file_news(&mut self, news: FileNews) -> Result<()> {
        let Some(row) = self.tx.file(&news.file)? else { return Ok(()) };
        match news.what {
            Happened::Progress { done, total, up } => {
                if !up && !row.wanted {
                    // It was stopped, and that was told.
                    return Ok(());
                }
                let direction = if up { "up" } else { "down" };
                for (message, index) in self.tx.uses(&news.file)? {
                    let message_id = message.text();
                    self.out.events.push(Event::TransferProgress {
                        message_id,
                        index,
                        direction: direction.into(),
                        done,
                        total,
                    });
                }
                return Ok(());
            }
            Happened::Uploaded => {
                self.engine.media.retries.remove(&news.file);
                if row.remote == Remote::Uploading {
                    self.file_is_up(row)?;
                }
            }
            Happened::Downloaded => {
                self.engine.media.retries.remove(&news.file);
                self.file_is_here(row)?;
            }
            Happened::Lost => {
                let row = FileRow { here: false, ..row };
                match row.remote {
                    Remote::Wanted | Remote::Uploading => {
                        self.file_is_refused(row, Problem::Lost)?
                    }
                    _ => {
                        self.tx.set_file(&row)?;
                        self.touch_uses(&news.file)?;
                    }
                }
            }
            Happened::Stopped => {}
            Happened::Failed(problem) if row.remote == Remote::Uploading => {
                self.upload_failed(row, problem)?;
            }
            Happened::Failed(problem) => self.download_failed(row, problem)?,
        }
        self.engine.media.ended(&news.file);
        Ok(())
    }

    /// Tells of every message that a file goes with.
    fn touch_uses(&mut self, file: &FileId) -> Result<()> {
        for (message, _) in self.tx.uses(file)? {
            self.touch_message(message, Touch::Updated);
        }
        Ok(())
    }

    /// A message has no attachments any more; if it still waited for them, it never leaves.
    pub fn forget_files(&mut self, message: &MessageId) -> Result<bool> {
        let held = self.tx.held_outbox(message)?;
        if let Some(entry) = &held {
            self.tx.delete_outbox(entry.id)?;
        }
        self.tx.forget_uses(message)?;
        self.drop_unused_files()?;
        Ok(held.is_some())
    }

    /// Files that no message has go, with their keys.
    pub fn drop_unused_files(&mut self) -> Result<()> {
        for file in self.tx.unused_files()? {
            self.tx.delete_file(&file)?;
            self.engine.media.ended(&file);
            self.out.files.push(FileOrder::Remove { file });
        }
        Ok(())
    }

    /// What was prepared for commands that are answered and did not take it goes.
    pub fn drop_prepared(&mut self) {
        if self.engine.media.prepared.is_empty() {
            return;
        }
        for (ticket, _) in &self.out.answers {
            let Some(prepared) = self.engine.media.prepared.remove(ticket) else { continue };
            let files = prepared.files.into_iter();
            self.out.files.extend(files.map(|new| FileOrder::Remove { file: new.file.id }));
        }
    }
}

/// A file as whoever moves it has to know it.
fn spec(row: &FileRow) -> Result<FileSpec> {
    types::FileSpec::of(row).ok_or(crate::EngineError::Damaged("a file"))
}
