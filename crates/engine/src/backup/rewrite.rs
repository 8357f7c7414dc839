//! Rewriting the backup: all that there is goes into segments of their own, which take its place once they are all at
//! the relay. Then what was superseded is gone, and what was deleted here is in no backup any more.
//!
//! | begins when                                                                | waits                            |
//! |----------------------------------------------------------------------------|----------------------------------|
//! | the relay has other segments than this device knows of, or another code's | -                                |
//! | more than twice the live bytes and a mebibyte were written                 | -                                |
//! | something that the backup may have is gone here                            | a day, or an hour a mebibyte     |
//! | there is no room behind the backup, and there may be in its place          | -                                |
//!
//! Invariants: the backup stays whole and readable until the rewrite is; what changes meanwhile goes into the rewrite.
//! How far it is stands in the database, and what the relay says of it must be the same, else another one begins.

use super::segment::Unconfirmed;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_wire::Message;
use parlor_wire::relay::BackupRewrite;

/// What the relay is known to have of the rewrite.
const REWRITE: &str = "backup_rewrite";
/// Bytes of the backup when all of it counted last: after a rewrite, or when everything was in it first.
pub(super) const LIVE: &str = "backup_live";
/// When the backup is rewritten for the sake of what is gone.
const ERASE_AT: &str = "backup_erase_at";

const HOUR: u64 = 3_600_000;
const MEBIBYTE: u64 = 1 << 20;
/// What is gone stays in the backup for so long at least, milliseconds: much is deleted at once.
const ERASE_AFTER: u64 = 24 * HOUR;

impl Step<'_, '_> {
    /// The rewrite under way: what the relay has of it.
    pub(super) fn rewriting(&self) -> Result<Option<BackupRewrite>> {
        let rewrite = self.tx.meta(REWRITE)?.map(|bytes| BackupRewrite::decode(bytes.as_slice()));
        rewrite.transpose().map_err(|_| EngineError::Damaged("a rewrite of the backup"))
    }

    pub(super) fn keep_rewrite(&mut self, rewrite: &BackupRewrite) -> Result<()> {
        Ok(self.tx.set_meta(REWRITE, &rewrite.encode_to_vec())?)
    }

    pub(super) fn forget_rewrite(&mut self) -> Result<()> {
        Ok(self.tx.delete_meta(REWRITE)?)
    }

    /// Everything goes into a row of its own, from the beginning.
    pub(super) fn begin_rewrite(&mut self) -> Result<()> {
        let name = self.random::<32>().to_vec();
        self.forget_segment()?;
        self.tx.back_up_everything()?;
        self.tx.delete_meta(ERASE_AT)?;
        self.engine.net.backup.full = false;
        self.engine.net.backup.due = None;
        self.keep_rewrite(&BackupRewrite { name, ..BackupRewrite::default() })
    }

    /// Whether something went since the step before.
    pub(super) fn note_erased(&mut self) -> Result<()> {
        if self.tx.take_backup_erased()? {
            self.erase_later()?;
        }
        Ok(())
    }

    /// The backup is rewritten in a while, if that is not going to happen anyway.
    pub(super) fn erase_later(&mut self) -> Result<()> {
        if self.tx.number(ERASE_AT)? == 0 {
            let wait = ERASE_AFTER.max(self.backup_state()?.bytes / MEBIBYTE * HOUR);
            self.tx.set_number(ERASE_AT, self.now.saturating_add(wait))?;
        }
        Ok(())
    }

    /// When a rewrite begins without anything coming in, if this device is in a position to make one.
    pub(super) fn rewrite_is_due(&self) -> Result<Option<u64>> {
        if !self.engine.net.backup.rewrites || !self.tx.writes_backup()? {
            return Ok(None);
        }
        Ok(Some(self.tx.number(ERASE_AT)?).filter(|at| *at > 0 && *at < u64::MAX))
    }

    pub(super) fn rewrite_hastens(&mut self, by: u64) -> Result<()> {
        let at = self.tx.number(ERASE_AT)?;
        if at > 0 {
            self.tx.set_number(ERASE_AT, at.saturating_sub(by).max(1))?;
        }
        Ok(())
    }

    /// Begins a rewrite if the backup has grown stale.
    pub(super) fn rewrite_if_due(&mut self) -> Result<()> {
        if !self.engine.net.backup.rewrites || self.rewriting()?.is_some() {
            return Ok(());
        }
        let (bytes, live) = (self.backup_state()?.bytes, self.tx.number(LIVE)?);
        let stale = live > 0 && bytes > live.saturating_mul(2).saturating_add(MEBIBYTE);
        let erases = self.rewrite_is_due()?.is_some_and(|at| at <= self.now);
        if bytes > 0 && (stale || erases) {
            self.begin_rewrite()?;
        }
        Ok(())
    }

    /// The relay has no room for a segment.
    pub(super) fn no_room_for(&mut self, segment: &Unconfirmed) -> Result<()> {
        let (bytes, live) = (self.backup_state()?.bytes, self.tx.number(LIVE)?);
        if segment.rewrite.is_empty() {
            // Not for little: all of it would be sent again for each change.
            if self.engine.net.backup.rewrites && bytes > live.saturating_add(live / 8) {
                return self.begin_rewrite();
            }
        } else {
            // All that there is does not fit: no rewrite helps before much of it is gone.
            self.tx.set_number(LIVE, bytes.max(1))?;
            self.write_everything_behind()?;
            self.erase_later()?;
        }
        self.engine.net.backup.full = true;
        Ok(())
    }
}
