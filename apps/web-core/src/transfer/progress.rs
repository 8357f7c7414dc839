//! Telling how far a file has come: about four times a second, and at the end.

use crate::js;
use crate::queue::Queue;
use parlor_driver::Message;
use parlor_engine::{FileNews, Happened};
use parlor_wire::FileId;

/// Milliseconds.
const EVERY: u64 = 250;

/// Of one file in one direction.
pub struct Progress {
    queue: Queue,
    file: FileId,
    /// Bytes of its content.
    total: u64,
    up: bool,
    told: u64,
}

impl Progress {
    /// Nothing is told yet.
    pub fn new(queue: Queue, file: FileId, total: u64, up: bool) -> Self {
        Self { queue, file, total, up, told: 0 }
    }

    /// So many bytes are there.
    pub fn at(&mut self, bytes: f64) {
        let now = js::now();
        if now.abs_diff(self.told) >= EVERY {
            self.told = now;
            self.tell((bytes as u64).min(self.total));
        }
    }

    /// All are there.
    pub fn ends(&mut self) {
        self.tell(self.total);
    }

    fn tell(&self, done: u64) {
        let what = Happened::Progress { done, total: self.total, up: self.up };
        self.queue.push(Message::File(FileNews { file: self.file, what }));
    }
}
