//! Moving files in a browser: whatever the engine orders ([`FileOrder`]) is done here and told to the driver.
//!
//! Files that a page brings are named `brought:N` in commands; where the engine is to write content, the path
//! `wanted:N` stands for a page that waits for it. Invariants: ciphertext only is kept ([`folder`]); an order for
//! a file that moves already changes nothing; a few pieces of a file are in memory, but for content that a page
//! asked to have. Absent on purpose: when to try again, and what a message waits for.

mod content;
mod download;
mod folder;
mod http;
mod picture;
mod prepare;
mod progress;
mod upload;

use crate::js;
use crate::queue::Queue;
use crate::wire;
pub use content::{Wanted, answer, path};
pub use folder::Folder;
use js_sys::{Array, Function, Reflect};
use parlor_driver::{Message, Prepared, Ticket};
use parlor_engine::{FileNews, FileOrder, FileProblem, Happened};
use parlor_view::{Answer, Code, Command, Failure};
use parlor_wire::{BlobId, FileId};
use progress::Progress;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

/// Bytes that are read, written or sent at once.
const PIECE: usize = 256 * 1024;

/// Says that work is to stop; copies are the same.
#[derive(Clone)]
pub struct Stop {
    is_set: Rc<Cell<bool>>,
    /// An `AbortController`: what is asked of the relay with its signal is broken off.
    abort: JsValue,
}

impl Stop {
    fn new() -> Self {
        let class: Result<Function, _> = js::get(&js_sys::global(), "AbortController").dyn_into();
        let abort = class.and_then(|class| Reflect::construct(&class, &Array::new()));
        // Without one, work stops with the next bytes that come.
        Self { is_set: Rc::default(), abort: abort.unwrap_or(JsValue::UNDEFINED) }
    }

    fn set(&self) {
        self.is_set.set(true);
        let _ = js::call(&self.abort, "abort", &[]);
    }

    fn is_set(&self) -> bool {
        self.is_set.get()
    }

    /// For a request that shall not outlive the work.
    fn signal(&self) -> JsValue {
        js::get(&self.abort, "signal")
    }
}

/// See the module; copies are the same.
#[derive(Clone)]
pub struct Transfers {
    queue: Queue,
    folder: Folder,
    /// Files that move, until their end is told.
    running: Rc<RefCell<BTreeMap<FileId, Stop>>>,
    brought: Rc<RefCell<BTreeMap<u64, File>>>,
    last: Rc<Cell<u64>>,
    wanted: Wanted,
}

impl Transfers {
    /// Over a folder; content goes to whom `wanted` knows.
    pub fn new(queue: Queue, folder: Folder, wanted: Wanted) -> Self {
        let (running, brought, last) = Default::default();
        Self { queue, folder, running, brought, last, wanted }
    }

    /// Keeps a file that a command will name; its name, as the answer to this question.
    pub fn bring(&self, id: f64, file: File) -> JsValue {
        self.last.set(self.last.get() + 1);
        self.brought.borrow_mut().insert(self.last.get(), file);
        wire::named(id, &format!("brought:{}", self.last.get()))
    }

    /// Gets ready what goes with a command; the driver gets it with the command.
    pub fn prepare(&self, ticket: Ticket, command: Command) {
        let this = self.clone();
        spawn_local(async move {
            let prepared = prepare::prepare(&this.folder, &this.brought, &command).await;
            this.queue.push(Message::Prepared(ticket, command, Box::new(prepared)));
        });
    }

    /// Forgets what was prepared for nothing.
    pub fn unprepared(&self, prepared: &Prepared) {
        for new in &prepared.files {
            self.remove(new.file.id);
        }
    }

    /// The end of a file's move was told.
    pub fn ended(&self, file: &FileId) {
        self.running.borrow_mut().remove(file);
    }

    /// Does what was ordered.
    pub fn carry_out(&self, order: FileOrder, server: Option<&str>) {
        let at = |blob: BlobId| http::place(server.unwrap_or_default(), &blob);
        let folder = self.folder.clone();
        match order {
            FileOrder::Upload { file, blob, token } => {
                let (at, stop) = (at(blob), Stop::new());
                let progress = Progress::new(self.queue.clone(), file.id, file.layout.size(), true);
                self.run(file.id, stop.clone(), async move {
                    upload::run(&folder, &file, &at, &token, progress, &stop).await
                });
            }
            FileOrder::Download { file, blob } => {
                let (at, stop) = (at(blob), Stop::new());
                let progress =
                    Progress::new(self.queue.clone(), file.id, file.layout.size(), false);
                self.run(file.id, stop.clone(), async move {
                    download::run(&folder, &file, &at, progress, &stop).await
                });
            }
            FileOrder::Stop { file } => {
                if let Some(stop) = self.running.borrow().get(&file) {
                    stop.set();
                }
            }
            FileOrder::Remove { file } => self.remove(file),
            FileOrder::Save { ticket, file, path } => {
                let (wanted, queue) = (self.wanted.clone(), self.queue.clone());
                spawn_local(async move {
                    let answer = match wanted.give(&folder, &file, &path).await {
                        Ok(bytes) => Ok(Answer::Saved { path, bytes }),
                        Err(problem) => {
                            if problem.is_lost() {
                                let news = FileNews { file: file.id, what: Happened::Lost };
                                queue.push(Message::File(news));
                            }
                            Err(problem.failure())
                        }
                    };
                    queue.push(Message::Answered(ticket, answer));
                });
            }
            FileOrder::Read { ticket, .. } => {
                let problem = "A browser has no paths to write to.";
                let failure = Failure::new(Code::NotSupported, problem);
                self.queue.push(Message::Answered(ticket, Err(failure)));
            }
        }
    }

    fn remove(&self, file: FileId) {
        if let Some(running) = self.running.borrow_mut().remove(&file) {
            running.set();
        }
        let folder = self.folder.clone();
        spawn_local(async move { folder.remove(&file).await });
    }

    /// Moves a file, and tells how that ended.
    fn run(
        &self,
        file: FileId,
        stop: Stop,
        work: impl Future<Output = Result<Happened, FileProblem>> + 'static,
    ) {
        if self.running.borrow().contains_key(&file) {
            return;
        }
        self.running.borrow_mut().insert(file, stop.clone());
        let queue = self.queue.clone();
        spawn_local(async move {
            let what = match work.await {
                Ok(what) => what,
                Err(_) if stop.is_set() => Happened::Stopped,
                Err(problem) => Happened::Failed(problem),
            };
            queue.push(Message::File(FileNews { file, what }));
        });
    }
}

fn internal() -> Failure {
    Failure::new(Code::Internal, "Something inside failed while a file was read.")
}
