//! Telling how far a file has come: about four times a second, and at the end.

use parlor_driver::Message;
use parlor_engine::{FileNews, Happened};
use parlor_wire::FileId;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_millis(250);

/// Of one file in one direction.
pub struct Progress {
    driver: Sender<Message>,
    file: FileId,
    /// Bytes of its content.
    total: u64,
    up: bool,
    told: Instant,
}

impl Progress {
    pub fn new(driver: Sender<Message>, file: FileId, total: u64, up: bool) -> Self {
        Self { driver, file, total, up, told: Instant::now() }
    }

    /// So many bytes of the ciphertext are where they should be.
    pub fn at(&mut self, stored: u64) {
        if self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            self.tell(stored);
        }
    }

    /// All are.
    pub fn ends(&self) {
        self.tell(u64::MAX);
    }

    fn tell(&self, stored: u64) {
        // Tags are left out, and padding comes last.
        let chunk = parlor_crypto::file::STORED_CHUNK_BYTES as u64;
        let done = stored - (stored / chunk) * parlor_crypto::file::TAG_BYTES as u64;
        let what =
            Happened::Progress { done: done.min(self.total), total: self.total, up: self.up };
        let _ = self.driver.send(Message::File(FileNews { file: self.file, what }));
    }
}
