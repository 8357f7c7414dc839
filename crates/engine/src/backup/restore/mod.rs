//! `account.restore`: an account whose devices are all lost goes on with a new device.
//!
//! | stage    | asks                             | ends                                                     |
//! |----------|----------------------------------|----------------------------------------------------------|
//! | found    | the device log, by the code      | it names the code's key: whose account it is             |
//! | reading  | segments, the newest first       | the first one is here                                    |
//! | joining  | the log again; an entry for it   | the log has the new device                               |
//! | done     |                                  | a device like any other, which removes the others and    |
//! |          |                                  | comes back into each group                               |
//!
//! Each segment names the hash of the one before it, so that the relay cannot leave any out, swap or replace them
//! unnoticed; it can keep the newest back, which is why the person is told how old the backup is. A rewrite that is
//! not complete is no backup: the newest segment says whether it is. One that takes the backup's place while this
//! one reads begins the reading anew. The state is one value in the database: after a crash the same keys go on where
//! they stopped, and no second device is made.

mod join;
mod records;

use super::mistyped;
use crate::net::{Link, Purpose, Waiting};
use crate::step::Step;
use crate::{EngineError, Result, Ticket};
use parlor_crypto::recovery::{RecoveryCode, RecoveryKeys};
use parlor_identity::DeviceLog;
use parlor_view::{AccountRestore, Answer, Code, Event, Failure};
use parlor_wire::limits::MAX_NAME_BYTES;
use parlor_wire::relay::{
    self, BackupRead, BackupSegments, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{Message, hash, statement};

const RESTORING: &str = "restoring";
/// Segments asked for at once.
const AT_ONCE: u32 = 4;
/// Backups that are begun to be read before one is read to its end.
const MOST_READINGS: u32 = 8;

/// How far a restore is.
#[derive(Clone, PartialEq, Message)]
pub struct Restoring {
    /// What the code's keys follow from.
    #[prost(bytes = "vec", tag = "1")]
    root: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    device_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    device_seed: Vec<u8>,
    #[prost(string, tag = "4")]
    name: String,
    /// Segments there are; 0 until the account was found.
    #[prost(uint32, tag = "5")]
    count: u32,
    /// Segments that are still to be read.
    #[prost(uint32, tag = "6")]
    left: u32,
    /// What the newest of these has to hash to; empty when nothing says so yet.
    #[prost(bytes = "vec", tag = "7")]
    expected: Vec<u8>,
    /// When the newest segment came, by the relay's clock.
    #[prost(uint64, tag = "8")]
    updated: u64,
    /// Hash of the newest segment.
    #[prost(bytes = "vec", tag = "9")]
    newest: Vec<u8>,
    /// Bytes of the segments read.
    #[prost(uint64, tag = "10")]
    bytes: u64,
    /// Chats that are no more.
    #[prost(bytes = "vec", repeated, tag = "11")]
    gone: Vec<Vec<u8>>,
    #[prost(string, tag = "12")]
    username: String,
    /// When the newest segment was made, by its device's clock.
    #[prost(uint64, tag = "13")]
    made_at: u64,
    /// The rewrite that the backup came of, as the relay says.
    #[prost(bytes = "vec", tag = "14")]
    rewrite: Vec<u8>,
    /// Backups whose reading ended before it was through: another took their place.
    #[prost(uint32, tag = "15")]
    replaced: u32,
}

impl Step<'_, '_> {
    fn restoring(&self) -> Result<Option<Restoring>> {
        let state = self.tx.meta(RESTORING)?.map(|bytes| Restoring::decode(bytes.as_slice()));
        state.transpose().map_err(|_| EngineError::Damaged("a restore"))
    }

    fn set_restoring(&mut self, state: &Restoring) -> Result<()> {
        Ok(self.tx.set_meta(RESTORING, &state.encode_to_vec())?)
    }

    /// Whether this profile has no account and takes one up again.
    pub fn restore_is_wanted(&self) -> Result<bool> {
        Ok(self.tx.meta(RESTORING)?.is_some())
    }

    pub fn start_restore(&mut self, ticket: Ticket, wish: AccountRestore) -> Result<()> {
        let code = match RecoveryCode::parse(wish.code.text()) {
            Ok(code) => code,
            Err(error) => {
                self.answer(ticket, Err(mistyped(error)));
                return Ok(());
            }
        };
        let root = code.root().expose().to_vec();
        let begun = self.restoring()?;
        let another = begun.as_ref().is_some_and(|state| state.count > 0 && state.root != root);
        let taken = self.has_account()? || self.tx.meta("genesis")?.is_some();
        if taken || another || self.link_is_wanted()? {
            self.fail(ticket, Code::Refused, "This profile is another account's already.");
            return Ok(());
        }
        let name = wish.device_name.as_deref().unwrap_or("Parlor").trim().to_string();
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            self.fail(ticket, Code::InvalidName, "A device needs a name, and not too long a one.");
            return Ok(());
        }
        if !wish.server.starts_with("http://") && !wish.server.starts_with("https://") {
            let text = "The server's address begins with http:// or https://.";
            self.fail(ticket, Code::NotFound, text);
            return Ok(());
        }
        if begun.is_none_or(|state| state.root != root) {
            let state = Restoring {
                root,
                device_id: self.random::<16>().to_vec(),
                device_seed: self.random::<32>().to_vec(),
                name,
                ..Restoring::default()
            };
            self.set_restoring(&state)?;
        }
        self.tx.set_meta("server", wish.server.trim_end_matches('/').as_bytes())?;
        let leaves = self.engine.net.link != Link::Offline;
        self.engine.net.waiting.push(Waiting::Restore { ticket, leaves });
        self.out.disconnect = true;
        Ok(())
    }

    /// On a new connection: goes on where it stopped.
    pub fn resume_restore(&mut self) -> Result<()> {
        let Some(state) = self.restoring()? else { return Ok(()) };
        self.engine.net.link = Link::Guest;
        self.out.events.push(Event::Connection { state: "online".into() });
        self.read_on(&state)
    }

    /// Asks for segments, or for the log when there are none left or nothing is known yet.
    fn read_on(&mut self, state: &Restoring) -> Result<()> {
        let keys = RecoveryKeys::of(&crate::linking::secret(&state.root)?);
        let from = state.left.saturating_sub(AT_ONCE);
        let signed = statement::backup_read(&keys.locator, &self.engine.net.nonce);
        let read = BackupRead {
            locator: keys.locator.to_vec(),
            from,
            max: state.left - from,
            signature: keys.reading.sign(&signed).to_vec(),
        };
        self.request(Request::BackupRead(read), Purpose::Restore { from });
        Ok(())
    }

    /// The relay's answer to what was asked.
    pub fn restore_came(
        &mut self,
        from: u32,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let Some(state) = self.restoring()? else { return Ok(()) };
        let came = match result {
            Ok(Outcome::BackupSegments(came)) => came,
            Ok(_) => return self.restore_fails(false, does_not_hold()),
            Err(failure)
                if failure.code() == relay::Code::NotFound
                    && (state.count == 0 || state.left > 0) =>
            {
                if state.count > 0 {
                    // The code was replaced while the backup was read: nothing leads on from here.
                    self.tx.forget_everything()?;
                    self.engine.forget_copies();
                }
                let text = "The server knows no backup of that code.";
                return self.restore_fails(true, Failure::new(Code::NotFound, text));
            }
            Err(failure) => {
                let failure = self.relay_failure(&failure);
                return self.restore_fails(false, failure);
            }
        };
        let keys = RecoveryKeys::of(&crate::linking::secret(&state.root)?);
        if state.left > 0 && came.rewrite != state.rewrite && state.replaced < MOST_READINGS {
            return self.begin_reading_anew(state);
        }
        if state.left > 0 {
            return self.segments_came(state, &keys, from, &came);
        }
        let Some(log) = checked_log(&keys, &came.log) else {
            return self.restore_fails(state.count == 0, does_not_hold());
        };
        if state.count == 0 {
            return self.account_found(state, &log, came);
        }
        self.join_account(&state, &keys, &log, &came.log)
    }

    /// Nothing of this try is kept when it led nowhere; else it can go on later.
    fn restore_fails(&mut self, forget: bool, failure: Failure) -> Result<()> {
        if forget {
            self.tx.delete_meta(RESTORING)?;
            self.tx.delete_meta("server")?;
        }
        self.restore_answered(&Err(failure));
        self.out.disconnect = true;
        Ok(())
    }

    fn restore_answered(&mut self, answer: &Result<Answer, Failure>) {
        self.answer_waiting(answer, |of| matches!(of, Waiting::Restore { .. }));
    }

    fn account_found(
        &mut self,
        mut state: Restoring,
        log: &DeviceLog,
        came: BackupSegments,
    ) -> Result<()> {
        if came.count == 0 {
            return self.restore_fails(true, does_not_hold());
        }
        self.tx.set_meta("user_id", log.user_id().as_bytes())?;
        self.tx.set_meta("device_id", &state.device_id)?;
        self.tx.set_meta("device_seed", &state.device_seed)?;
        for (seq, entry) in (0u32..).zip(&came.log) {
            self.tx.add_log_entry(&log.user_id(), seq, entry)?;
        }
        self.engine.identity = crate::account::identity(self.tx)?.map(std::rc::Rc::new);
        state.count = came.count;
        state.left = came.count;
        state.updated = came.updated;
        state.username = came.username;
        state.rewrite = came.rewrite;
        self.set_restoring(&state)?;
        self.read_on(&state)
    }

    /// The segments read so far are of a backup that is no more.
    fn begin_reading_anew(&mut self, state: Restoring) -> Result<()> {
        let server = self.tx.meta("server")?.unwrap_or_default();
        self.tx.forget_everything()?;
        self.engine.forget_copies();
        self.untouch();
        self.tx.set_meta("server", &server)?;
        let anew = Restoring {
            root: state.root,
            device_id: state.device_id,
            device_seed: state.device_seed,
            name: state.name,
            replaced: state.replaced + 1,
            ..Restoring::default()
        };
        self.set_restoring(&anew)?;
        self.read_on(&anew)
    }

    fn segments_came(
        &mut self,
        mut state: Restoring,
        keys: &RecoveryKeys,
        from: u32,
        came: &BackupSegments,
    ) -> Result<()> {
        if from.checked_add(came.segments.len() as u32) != Some(state.left) {
            return self.restore_fails(false, does_not_hold());
        }
        for sealed in came.segments.iter().rev() {
            let Some(body) = self.open_segment(&state, keys, sealed)? else {
                return self.restore_fails(false, does_not_hold());
            };
            if state.left == state.count {
                state.newest = hash(sealed).to_vec();
                state.made_at = body.time;
                self.newest_segment(&state, &body)?;
            }
            state.left -= 1;
            state.expected.clone_from(&body.previous);
            state.bytes += sealed.len() as u64;
            self.segment_comes(&mut state, body)?;
        }
        self.untouch();
        self.set_restoring(&state)?;
        let (done, total) = (u64::from(state.count - state.left), u64::from(state.count));
        self.out.events.push(Event::RestoreProgress { done, total, ended: false });
        self.read_on(&state)
    }
}

/// The account's log, if it names the code's key.
fn checked_log(keys: &RecoveryKeys, entries: &[Vec<u8>]) -> Option<DeviceLog> {
    let user = DeviceLog::found(entries.first()?).ok()?.user_id();
    let log = DeviceLog::verify(&user, entries).ok()?;
    (log.recovery_key() == keys.signing.public()).then_some(log)
}

fn does_not_hold() -> Failure {
    let text = "What the server has is not a backup of this code, or it was changed.";
    Failure::new(Code::VerificationFailed, text)
}
