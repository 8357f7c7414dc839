//! Writing the backup, a segment at a time: behind it, or into a rewrite that is to take its place ([`super::rewrite`]).
//!
//! | state    | on                                   | does                                              |
//! |----------|--------------------------------------|---------------------------------------------------|
//! | unknown  | connected                            | asks the relay how the backup stands              |
//! | in step  | changes, and a moment has passed     | makes and stores a segment, sends it              |
//! | sent     | Done                                 | forgets it; the next one if there is more         |
//! | sent     | another number of segments           | asks again; everything is written anew            |
//! | any      | no room, or the relay cannot write   | waits                                             |
//!
//! A segment that the relay has but did not say so is recognised by its hash. Where the relay has lost segments or got
//! some of another device, everything is written anew: into a rewrite if the relay knows what that is, else behind
//! what it has.

use super::rewrite::LIVE;
use super::segment::Unconfirmed;
use crate::net::Purpose;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_view::Event;
use parlor_wire::relay::{
    self, BackupAppend, BackupRewrite, BackupState, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{Hash, Message, hash};

/// Changes are collected for so long, milliseconds.
const COLLECT: u64 = 30_000;

/// The segment that the relay has not confirmed.
const SEGMENT: &str = "backup_segment";
/// What the relay is known to have.
const STATE: &str = "backup_state";

/// What is known of the backup on this connection.
#[derive(Default)]
pub struct BackupNow {
    /// The relay was asked how it stands.
    pub asked: bool,
    /// The relay has said how it stands.
    pub known: bool,
    /// The relay knows what a rewrite is.
    pub rewrites: bool,
    /// The segment that is stored was sent.
    pub(super) sent: bool,
    /// There is no room for more.
    pub full: bool,
    /// Not before this time is anything written.
    pub due: Option<u64>,
}

impl Step<'_, '_> {
    /// What the relay is known to have.
    pub(super) fn backup_state(&self) -> Result<BackupState> {
        let bytes = self.tx.meta(STATE)?.unwrap_or_default();
        BackupState::decode(bytes.as_slice())
            .map_err(|_| EngineError::Damaged("the backup's state"))
    }

    pub(super) fn set_backup_state(&mut self, state: &BackupState) -> Result<()> {
        Ok(self.tx.set_meta(STATE, &state.encode_to_vec())?)
    }

    /// Nothing is known of what the relay has.
    pub(super) fn forget_backup(&mut self) -> Result<()> {
        self.tx.delete_meta(STATE)?;
        self.tx.delete_meta(LIVE)?;
        self.forget_rewrite()?;
        self.forget_segment()
    }

    pub(super) fn segment(&self) -> Result<Option<Unconfirmed>> {
        let segment = self.tx.meta(SEGMENT)?.map(|bytes| Unconfirmed::decode(bytes.as_slice()));
        segment.transpose().map_err(|_| EngineError::Damaged("a segment of the backup"))
    }

    pub(super) fn keep_segment(&mut self, segment: &Unconfirmed) -> Result<()> {
        Ok(self.tx.set_meta(SEGMENT, &segment.encode_to_vec())?)
    }

    pub(super) fn forget_segment(&mut self) -> Result<()> {
        self.engine.net.backup.sent = false;
        Ok(self.tx.delete_meta(SEGMENT)?)
    }

    /// Compares what the relay has with what it should have.
    pub(super) fn backup_stands(&mut self, said: BackupState) -> Result<()> {
        let Some(keys) = self.backup_keys()? else { return Ok(()) };
        let (rewrites, unfinished) = (said.rewrites, said.rewrite.clone());
        self.engine.net.backup.rewrites = rewrites;
        let mine = said.locator == keys.locator;
        // Another code's, which this one's replaces.
        let replaces = !mine && said.count > 0;
        let state = match mine {
            true => BackupState { rewrites: false, rewrite: None, ..said },
            false => BackupState { limit: said.limit, ..BackupState::default() },
        };
        if !self.tx.writes_backup()? {
            return self.set_backup_state(&state);
        }
        // The answer to what is on its way says more.
        if self.engine.net.backup.sent {
            return Ok(());
        }
        if let Some(segment) = self.segment()?
            && segment.is_there(&state, unfinished.as_ref())
        {
            self.segment_is_there(&segment)?;
        }
        let known = self.backup_state()?;
        let same = (known.count, &known.last_hash) == (state.count, &state.last_hash);
        self.set_backup_state(&state)?;
        match self.rewriting()? {
            Some(own) if rewrites && goes_on(&own, unfinished.as_ref()) => Ok(()),
            Some(_) if rewrites => self.begin_rewrite(),
            None if same && !replaces => Ok(()),
            None if rewrites && (state.count > 0 || replaces) => self.begin_rewrite(),
            _ => self.write_everything_behind(),
        }
    }

    /// Everything is written again, behind what is there.
    pub(super) fn write_everything_behind(&mut self) -> Result<()> {
        self.forget_rewrite()?;
        self.forget_segment()?;
        Ok(self.tx.back_up_everything()?)
    }

    /// Goes on with the backup; called at the end of every step.
    pub fn write_backup(&mut self) -> Result<()> {
        self.note_erased()?;
        let now = &self.engine.net.backup;
        if !self.engine.net.online() || !now.known || now.sent || !self.tx.writes_backup()? {
            return Ok(());
        }
        self.rewrite_if_due()?;
        if self.engine.net.backup.full {
            return Ok(());
        }
        if let Some(segment) = self.segment()? {
            if self.engine.net.backup.due.is_none_or(|due| due <= self.now) {
                self.send_segment(segment)?;
            }
            return Ok(());
        }
        let rewriting = self.rewriting()?;
        if rewriting.is_none() && !self.tx.has_backup_changes()? {
            self.engine.net.backup.due = None;
            return Ok(());
        }
        let due = *self.engine.net.backup.due.get_or_insert(self.now + COLLECT);
        if due > self.now {
            return Ok(());
        }
        match self.make_segment(rewriting)? {
            Some(segment) => self.send_segment(segment),
            None => {
                self.engine.net.backup.due = None;
                Ok(())
            }
        }
    }

    /// When something is to be written without anything coming in.
    pub fn backup_wakes(&self) -> Result<Option<u64>> {
        let now = &self.engine.net.backup;
        if !self.engine.net.online() || !now.known {
            return Ok(None);
        }
        let times = [now.due, self.rewrite_is_due()?];
        Ok(times.into_iter().flatten().filter(|due| *due > self.now).min())
    }

    /// The clock was set back by so many milliseconds.
    pub fn backup_hastens(&mut self, by: u64) -> Result<()> {
        let due = &mut self.engine.net.backup.due;
        *due = due.map(|due| due.saturating_sub(by));
        self.rewrite_hastens(by)
    }

    fn send_segment(&mut self, segment: Unconfirmed) -> Result<()> {
        let keys = self.backup_keys()?.unwrap_or_default();
        self.engine.net.backup.sent = true;
        let hash = hash(&segment.sealed);
        let append = BackupAppend {
            locator: keys.locator,
            read_key: keys.read_key,
            index: segment.index,
            segment: segment.sealed.into(),
            rewrite: segment.rewrite,
            complete: segment.complete,
        };
        self.request(Request::BackupAppend(append), Purpose::Backup { hash });
        Ok(())
    }

    /// The relay has a segment, or says why not.
    pub fn backup_appended(
        &mut self,
        of: &Hash,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        // One that was dropped meanwhile is of no interest.
        let segment = self.segment()?.filter(|segment| hash(&segment.sealed) == *of);
        let Some(segment) = segment else { return Ok(()) };
        self.engine.net.backup.sent = false;
        let failure = match result {
            Ok(_) => {
                self.segment_is_there(&segment)?;
                let (more, state) = (self.tx.has_backup_changes()?, self.backup_state()?);
                let complete = !more && self.rewriting()?.is_none();
                // What is left goes at once, what comes is collected again.
                self.engine.net.backup.due = (!complete).then_some(self.now);
                let (segments, bytes) = (state.count, state.bytes);
                self.out.events.push(Event::BackupUpdated { segments, bytes, complete });
                return Ok(());
            }
            Err(failure) => failure,
        };
        match failure.code() {
            relay::Code::LogConflict | relay::Code::Conflict => {
                if !segment.rewrite.is_empty() {
                    self.begin_rewrite()?;
                }
                self.engine.net.backup.due = Some(self.now + COLLECT);
                self.engine.net.backup.known = false;
                self.ask_backup_state();
            }
            relay::Code::RateLimited | relay::Code::Unavailable => {
                let pause = failure.retry_after.max(1_000);
                self.engine.net.backup.due = Some(self.now + pause);
            }
            relay::Code::Quota => self.no_room_for(&segment)?,
            _ => self.engine.net.backup.full = true,
        }
        Ok(())
    }

    /// A segment is at the relay: the backup has grown, or the rewrite has, or that has taken the backup's place.
    fn segment_is_there(&mut self, segment: &Unconfirmed) -> Result<()> {
        let (bytes, last_hash) = (segment.sealed.len() as u64, hash(&segment.sealed).to_vec());
        let count = segment.index.saturating_add(1);
        self.forget_segment()?;
        let mut state = self.backup_state()?;
        match self.rewriting()? {
            None if segment.rewrite.is_empty() => state.bytes += bytes,
            Some(rewrite) if rewrite.name == segment.rewrite => {
                let bytes = rewrite.bytes + bytes;
                if !segment.complete {
                    let name = rewrite.name;
                    return self.keep_rewrite(&BackupRewrite { name, count, bytes, last_hash });
                }
                self.forget_rewrite()?;
                state.bytes = bytes;
            }
            _ => return Ok(()),
        }
        state.locator = self.backup_keys()?.unwrap_or_default().locator;
        (state.count, state.last_hash, state.updated) = (count, last_hash, self.now);
        // All of it is live when everything has just been written.
        let first = self.tx.number(LIVE)? == 0 && !self.tx.has_backup_changes()?;
        if segment.complete || first {
            self.tx.set_number(LIVE, state.bytes)?;
        }
        self.set_backup_state(&state)
    }
}

/// Whether an own rewrite can go on from what the relay has.
fn goes_on(own: &BackupRewrite, there: Option<&BackupRewrite>) -> bool {
    match there {
        Some(there) if there.name == own.name => {
            (there.count, &there.last_hash) == (own.count, &own.last_hash)
        }
        // Its first segment drops whatever there is.
        _ => own.count == 0,
    }
}
