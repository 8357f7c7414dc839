//! Moving files: whatever the engine orders ([`FileOrder`]) is done here, beside the driver, and told to it.
//!
//! The folder `media` of the profile holds ciphertext only, under the names that the engine gave; a file with
//! `.part` behind its name is on its way from the relay, one with `.new` is being written. Invariants: a file has
//! its name when it is whole and on disk; an order for a file that moves already changes nothing; of a file of
//! any size a few hundred kB are in memory. Absent on purpose: when to try again, and what a message waits for.

mod download;
mod http;
pub mod picture;
mod prepare;
mod progress;
mod save;
#[cfg(test)]
mod tests;
mod upload;

use crate::files;
use http::Http;
use parlor_driver::{Message, Ticket};
use parlor_engine::{FileNews, FileOrder, FileProblem, Happened, Prepared};
use parlor_view::{Answer, Code, Command, Failure};
use parlor_wire::{BlobId, FileId};
use progress::Progress;
use rustls::ClientConfig;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tokio::task::AbortHandle;

/// Bytes that are read, written or sent at once.
const PIECE: usize = 256 * 1024;
/// Commands whose files are prepared or written at once.
const AT_ONCE: usize = 2;

/// The folder of files.
#[derive(Clone)]
struct Folder {
    path: PathBuf,
    /// The device ends: long work in it stops.
    ends: Arc<AtomicBool>,
}

impl Folder {
    fn whole(&self, file: &FileId) -> PathBuf {
        self.path.join(file.text())
    }

    fn part(&self, file: &FileId) -> PathBuf {
        self.path.join(format!("{}.part", file.text()))
    }

    fn unfinished(&self, file: &FileId) -> PathBuf {
        self.path.join(format!("{}.new", file.text()))
    }

    /// Gives a file its name; it was synced before.
    fn finish(&self, from: &Path, file: &FileId) -> io::Result<()> {
        std::fs::rename(from, self.whole(file))?;
        files::sync_folder(&self.path)
    }

    fn remove(&self, file: &FileId) {
        for path in [self.whole(file), self.part(file), self.unfinished(file)] {
            // What cannot be removed now is a leftover at the next start.
            let _ = files::remove(&path);
        }
    }

    fn has_ended(&self) -> bool {
        self.ends.load(Ordering::Relaxed)
    }
}

/// A file that moves.
struct Running {
    task: AbortHandle,
    /// A download ends by itself when it hears this.
    stop: Arc<Notify>,
}

/// See the module.
pub struct Transfers {
    runtime: Handle,
    driver: Sender<Message>,
    http: Http,
    folder: Folder,
    /// Files that move, until their end is told.
    running: BTreeMap<FileId, Running>,
    room: Arc<Semaphore>,
}

impl Transfers {
    /// For the folder of a profile, which is made if there is none. To be called in a tokio runtime.
    pub fn new(
        profile: &Path,
        driver: Sender<Message>,
        tls: Arc<ClientConfig>,
    ) -> io::Result<Self> {
        let path = profile.join("media");
        files::private_folder(&path)?;
        Ok(Self {
            runtime: Handle::current(),
            driver,
            http: Http::new(tls),
            folder: Folder { path, ends: Arc::default() },
            running: BTreeMap::new(),
            room: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// Removes what the profile does not know, and what was being written when the device died.
    pub fn tidy(&self, known: &[FileId]) -> io::Result<()> {
        let known: BTreeSet<String> = known.iter().map(FileId::text).collect();
        for entry in std::fs::read_dir(&self.folder.path)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !known.contains(name.trim_end_matches(".part")) {
                files::remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Gets ready what goes with a command; the driver gets it with the command.
    pub fn prepare(&self, ticket: Ticket, command: Command) {
        let (folder, driver) = (self.folder.clone(), self.driver.clone());
        let room = Arc::clone(&self.room);
        self.runtime.spawn(async move {
            let _room = room.acquire_owned().await;
            let work = tokio::task::spawn_blocking(move || {
                let prepared = prepare::prepare(&folder, &command);
                (command, prepared)
            });
            let message = match work.await {
                Ok((command, prepared)) => Message::Prepared(ticket, command, Box::new(prepared)),
                Err(_) => Message::Answered(ticket, Err(internal())),
            };
            let _ = driver.send(message);
        });
    }

    /// Forgets what was prepared for nothing.
    pub fn drop_prepared(&self, prepared: &Prepared) {
        for new in &prepared.files {
            self.folder.remove(&new.file.id);
        }
    }

    /// The end of a file's move was told.
    pub fn ended(&mut self, file: &FileId) {
        self.running.remove(file);
    }

    /// Does what was ordered.
    pub fn carry_out(&mut self, order: FileOrder, server: Option<&str>) {
        let server = server.unwrap_or_default().to_owned();
        match order {
            FileOrder::Upload { file, blob, token } => {
                let (http, folder) = (self.http.clone(), self.folder.clone());
                let progress = self.progress(file.id, file.layout, true);
                self.run(file.id, Arc::default(), async move {
                    let blob = Blob { server, id: blob };
                    upload::run(&http, &folder, &file, &blob, &token, progress).await
                });
            }
            FileOrder::Download { file, blob } => {
                let (http, folder) = (self.http.clone(), self.folder.clone());
                let progress = self.progress(file.id, file.layout, false);
                let stop = Arc::new(Notify::new());
                self.run(file.id, Arc::clone(&stop), async move {
                    let blob = Blob { server, id: blob };
                    download::run(&http, &folder, &file, &blob, progress, &stop).await
                });
            }
            FileOrder::Stop { file } => {
                if let Some(running) = self.running.get(&file) {
                    running.stop.notify_one();
                }
            }
            FileOrder::Remove { file } => {
                if let Some(running) = self.running.remove(&file) {
                    running.task.abort();
                }
                self.folder.remove(&file);
            }
            FileOrder::Save { ticket, file, path } => {
                let folder = self.folder.clone();
                self.answer(ticket, file.id, async move {
                    let work = tokio::task::spawn_blocking(move || {
                        save::save(&folder, &file, Path::new(&path))
                    });
                    work.await.unwrap_or(Err(save::Unsaved::Internal))
                });
            }
            FileOrder::Read { ticket, file, blob, offset, length, path } => {
                let (http, folder) = (self.http.clone(), self.folder.clone());
                let range = parlor_driver::files::Range { offset, length };
                self.answer(ticket, file.id, async move {
                    match blob {
                        Some(id) => {
                            let blob = Blob { server, id };
                            save::read_remote(&http, &blob, &file, range, Path::new(&path)).await
                        }
                        None => {
                            let work = tokio::task::spawn_blocking(move || {
                                save::read_here(&folder, &file, range, Path::new(&path))
                            });
                            work.await.unwrap_or(Err(save::Unsaved::Internal))
                        }
                    }
                });
            }
        }
    }

    fn progress(&self, file: FileId, layout: parlor_crypto::file::Layout, up: bool) -> Progress {
        Progress::new(self.driver.clone(), file, layout.size(), up)
    }

    /// Moves a file, and tells how that ended.
    fn run(
        &mut self,
        file: FileId,
        stop: Arc<Notify>,
        work: impl Future<Output = Result<Happened, FileProblem>> + Send + 'static,
    ) {
        if self.running.contains_key(&file) {
            return;
        }
        let driver = self.driver.clone();
        let task = self.runtime.spawn(work);
        self.running.insert(file, Running { task: task.abort_handle(), stop });
        self.runtime.spawn(async move {
            let what = match task.await {
                Ok(ended) => ended.unwrap_or_else(Happened::Failed),
                // The file is gone: nobody waits for it.
                Err(error) if error.is_cancelled() => return,
                Err(_) => Happened::Failed(FileProblem::Local),
            };
            let _ = driver.send(Message::File(FileNews { file, what }));
        });
    }

    /// Does something for a command, and answers it.
    fn answer(
        &self,
        ticket: Ticket,
        file: FileId,
        work: impl Future<Output = Result<save::Saved, save::Unsaved>> + Send + 'static,
    ) {
        let (driver, room) = (self.driver.clone(), Arc::clone(&self.room));
        let runtime = self.runtime.clone();
        self.runtime.spawn(async move {
            let _room = room.acquire_owned().await;
            // In a task of its own, so that a fault in it still leads to an answer.
            let worked = runtime.spawn(work).await.unwrap_or(Err(save::Unsaved::Internal));
            let answer = match worked {
                Ok(save::Saved { path, bytes }) => Ok(Answer::Saved { path, bytes }),
                Err(unsaved) => {
                    if let Some(what) = unsaved.news() {
                        let _ = driver.send(Message::File(FileNews { file, what }));
                    }
                    Err(unsaved.failure())
                }
            };
            let _ = driver.send(Message::Answered(ticket, answer));
        });
    }
}

impl Drop for Transfers {
    fn drop(&mut self) {
        self.folder.ends.store(true, Ordering::Relaxed);
        for running in self.running.values() {
            running.task.abort();
        }
    }
}

/// Where a blob is.
#[derive(Clone)]
struct Blob {
    server: String,
    id: BlobId,
}

fn internal() -> Failure {
    Failure::new(Code::Internal, "Something inside failed while a file was read.")
}
