//! How much room the disk has. The store keeps a reserve of it: below that it refuses what would grow it, and
//! still does what makes room, so that the database never meets a full disk in the middle of a write.

use std::path::Path;
use std::sync::Arc;

/// Reserve of a server that is not told otherwise: a journal and a compaction fit into it.
pub const USUAL_RESERVE: u64 = 256 * 1024 * 1024;

/// See the module.
#[derive(Clone)]
pub struct Space {
    reserve: u64,
    free: Arc<dyn Fn() -> Option<u64> + Send + Sync>,
}

impl Space {
    /// Of the file system that a folder is on; `reserve` in bytes.
    pub fn of_disk(folder: &Path, reserve: u64) -> Self {
        let folder = folder.to_owned();
        let free = move || {
            let disk = rustix::fs::statvfs(&folder).ok()?;
            Some(disk.f_bavail.saturating_mul(disk.f_frsize))
        };
        Self::measured(reserve, free)
    }

    /// With another way to find out how many bytes are free; `None` when it cannot be found out.
    pub fn measured(reserve: u64, free: impl Fn() -> Option<u64> + Send + Sync + 'static) -> Self {
        Self { reserve, free: Arc::new(free) }
    }

    /// Whether so many bytes more leave the reserve untouched. What cannot be measured is not full.
    pub fn has_room(&self, bytes: usize) -> bool {
        // A batch is written to the journal, later to a table, and copied when tables are merged.
        let wanted = self.reserve.saturating_add((bytes as u64).saturating_mul(4));
        (self.free)().is_none_or(|free| free > wanted)
    }
}
