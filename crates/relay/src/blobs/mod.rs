//! Blobs: files under the data folder, uploaded and read over plain HTTP.
//!
//! The store knows which blobs there are, their size and their time; here are their bytes. Invariants: a file's
//! name is the hexadecimal text of an id that was parsed, never anything a client wrote; an upload only ever
//! grows a file, by one request at a time, and never beyond the size that was granted; all bytes are synced
//! before the store says that the blob is whole, and only whole blobs are read. A client that is slow or goes
//! away costs one buffer and no more than a timeout. Absent on purpose: what is in the bytes, and whose they are.
//!
//! After a power cut an unfinished file may be shorter than it was: the next request tells its length.

mod http;
pub mod range;
mod turns;

pub use http::{download, head, upload};

use parlor_relay_core::{Operation, Read};
use parlor_wire::{BlobId, blob};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use turns::Turns;

use crate::server::{Shared, now};

/// Files removed between two looks at the store.
const SWEEP_FILES: usize = 256;

/// The folder of blobs.
pub struct BlobFiles {
    folder: PathBuf,
    turns: Turns,
}

impl BlobFiles {
    /// Inside a data folder.
    pub fn in_data(data: &Path) -> Self {
        Self { folder: data.join("blobs"), turns: Turns::default() }
    }

    fn path(&self, id: &BlobId) -> PathBuf {
        let name = blob::name(id);
        let shelf = name.get(..2).unwrap_or_default();
        self.folder.join(shelf).join(&name)
    }

    /// Bytes of a file; 0 when there is none.
    fn len(&self, id: &BlobId) -> io::Result<u64> {
        match fs::metadata(self.path(id)) {
            Ok(file) => Ok(file.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn open(&self, id: &BlobId) -> io::Result<File> {
        File::open(self.path(id))
    }

    /// Opens a file to go on at its end; it is made if there is none.
    fn append(&self, id: &BlobId) -> io::Result<File> {
        let path = self.path(id);
        if let Some(shelf) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(shelf)?;
        }
        OpenOptions::new().create(true).append(true).mode(0o600).open(path)
    }

    /// Makes a whole file durable, with its name.
    fn sync(&self, id: &BlobId, file: &File) -> io::Result<()> {
        file.sync_all()?;
        let shelf = self.path(id);
        for folder in shelf.ancestors().skip(1).take(3) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn remove(&self, id: &BlobId) -> io::Result<()> {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Removes the files of blobs that are over.
pub async fn sweep(shared: Arc<Shared>) {
    loop {
        let Ok(gone) = shared.data.store.gone_blobs(SWEEP_FILES) else { return };
        let files = Arc::clone(&shared);
        let removed = tokio::task::spawn_blocking(move || {
            let removed = gone.iter().copied().filter(|id| match files.blobs.remove(id) {
                Ok(()) => true,
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "a blob's file cannot be removed");
                    false
                }
            });
            removed.collect::<Vec<_>>()
        });
        let Ok(blobs) = removed.await else { return };
        if blobs.is_empty() {
            return;
        }
        shared.metrics.blobs_removed.add(blobs.len() as u64);
        let (sender, forgotten) = tokio::sync::oneshot::channel();
        let answer = move |outcome| {
            let _ = sender.send(outcome);
        };
        let command = Operation::ForgetBlobs { blobs }.into();
        shared.data.store.submit(command, now(), Box::new(answer));
        if !matches!(forgotten.await, Ok(Ok(_))) {
            return;
        }
    }
}
