//! The encrypted backup at the relay: its keys, who writes it, what the person is told of it.
//!
//! Devices know the public halves of the recovery code's keys alone, so that none of them can read the backup or
//! sign for the account when it was taken out. The oldest active device writes ([`write`]); a new device without any
//! other restores ([`restore`]). An account from before there were codes gets one by [`enable`].
//!
//! Invariants: what is in a segment is stored before it leaves; MLS state, device keys and what is still to be sent
//! are in no segment, so that restoring reuses nothing. Absent on purpose: what the relay does with segments.

mod enable;
mod restore;
mod write;

use crate::net::{Purpose, Waiting};
use crate::own::one;
use crate::step::Step;
use crate::{EngineError, Result, Ticket};
use parlor_crypto::recovery::{InvalidCode, RecoveryCode, RecoveryKeys};
use parlor_view::{Answer, BackupView, Code, Failure, WrittenCode};
use parlor_wire::device::{BackupKeys, own_change::Change};
use parlor_wire::relay::{self, BackupState, client_frame::Request, reply::Result as Outcome};
use parlor_wire::{Hash, Message};
pub use write::BackupNow;

/// The code, until the person has written it down.
const CODE: &str = "recovery_code";
const KEYS: &str = "backup_keys";
/// What the relay is known to have.
const STATE: &str = "backup_state";

pub fn mistyped(error: InvalidCode) -> Failure {
    let text = match error {
        InvalidCode::Form => "A recovery code has eight groups of four letters and digits.",
        InvalidCode::Checksum => "There is a slip in the recovery code. Check each character.",
    };
    Failure::new(Code::InvalidCode, text)
}

/// What devices may know of a code's keys.
pub fn public_keys(keys: &RecoveryKeys) -> BackupKeys {
    BackupKeys {
        locator: keys.locator.to_vec(),
        read_key: keys.reading.public().0.to_vec(),
        opening_key: keys.opening.public(),
        recovery_key: keys.signing.public().0.to_vec(),
    }
}

impl Step<'_, '_> {
    /// Makes a recovery code for a new account; the device log names its key.
    pub fn make_recovery(&mut self) -> Result<parlor_crypto::sign::PublicKey> {
        let code = RecoveryCode::generate(&mut *self.rng);
        self.tx.set_meta(CODE, code.text().as_bytes())?;
        let keys = RecoveryKeys::of(&code.root());
        self.tx.set_meta(KEYS, &public_keys(&keys).encode_to_vec())?;
        Ok(keys.signing.public())
    }

    /// There is no account after all.
    pub fn forget_recovery(&mut self) -> Result<()> {
        self.tx.delete_meta(CODE)?;
        Ok(self.tx.delete_meta(KEYS)?)
    }

    /// The keys, if the account has a code.
    pub fn backup_keys(&self) -> Result<Option<BackupKeys>> {
        let keys = self.tx.meta(KEYS)?.map(|bytes| BackupKeys::decode(bytes.as_slice()));
        keys.transpose().map_err(|_| EngineError::Damaged("the backup's keys"))
    }

    /// The device that linked this one says what the keys are.
    pub fn set_backup_keys(&mut self, keys: Option<&BackupKeys>) -> Result<()> {
        match keys {
            Some(keys) => Ok(self.tx.set_meta(KEYS, &keys.encode_to_vec())?),
            None => Ok(()),
        }
    }

    /// Another device of the account says what the keys are.
    pub fn backup_keys_came(&mut self, keys: &BackupKeys) -> Result<()> {
        let log = self.log(&self.me()?)?.ok_or(EngineError::Damaged("own device log"))?;
        let fits = keys.recovery_key == log.recovery_key().0
            && keys.opening_key.len() == parlor_crypto::kem::PUBLIC_KEY_BYTES
            && Hash::try_from(&keys.locator).is_ok()
            && Hash::try_from(&keys.read_key).is_ok();
        if fits && self.backup_keys()?.is_none() {
            self.tx.set_meta(KEYS, &keys.encode_to_vec())?;
            self.choose_backup_writer()?;
        }
        Ok(())
    }

    /// Tells the other devices.
    fn tell_backup_keys(&mut self) -> Result<()> {
        let keys = self.backup_keys()?;
        self.keep_in_step(keys.map(|keys| one(Change::Backup(keys))).into_iter().collect())
    }

    /// The oldest active device writes. Called when the log or the keys may have changed.
    pub fn choose_backup_writer(&mut self) -> Result<()> {
        let identity = self.identity()?;
        let log = self.log(&identity.user)?.ok_or(EngineError::Damaged("own device log"))?;
        let oldest = log.active().min_by_key(|device| device.added_seq).map(|device| device.id);
        let writes = oldest == Some(identity.device) && self.backup_keys()?.is_some();
        if writes != self.tx.writes_backup()? {
            self.tx.set_writes_backup(writes)?;
            self.forget_segment()?;
            if writes {
                self.tx.back_up_everything()?;
            }
        }
        if writes && !self.engine.net.backup.asked {
            self.ask_backup_state();
        }
        Ok(())
    }

    fn ask_backup_state(&mut self) {
        self.engine.net.backup.asked = true;
        self.request(Request::BackupStat(relay::BackupStat {}), Purpose::BackupStat);
    }

    /// What the relay is known to have.
    fn backup_state(&self) -> Result<BackupState> {
        let bytes = self.tx.meta(STATE)?.unwrap_or_default();
        BackupState::decode(bytes.as_slice())
            .map_err(|_| EngineError::Damaged("the backup's state"))
    }

    fn set_backup_state(&mut self, state: &BackupState) -> Result<()> {
        Ok(self.tx.set_meta(STATE, &state.encode_to_vec())?)
    }

    /// `backup.status`: as the relay says if it can be asked.
    pub fn backup_status(&mut self, ticket: Ticket) -> Result<()> {
        if self.engine.net.online() && self.backup_keys()?.is_some() {
            self.engine.net.waiting.push(Waiting::BackupStatus { ticket });
            self.ask_backup_state();
            return Ok(());
        }
        let view = self.backup_view()?;
        self.answer(ticket, Ok(Answer::Backup(view)));
        Ok(())
    }

    fn backup_view(&self) -> Result<BackupView> {
        let state = self.backup_state()?;
        Ok(BackupView {
            enabled: self.backup_keys()?.is_some(),
            confirmed: self.backup_keys()?.is_some() && self.tx.meta(CODE)?.is_none(),
            writes: self.tx.writes_backup()?,
            complete: !self.tx.has_backup_changes()? && self.segment()?.is_none(),
            full: self.engine.net.backup.full,
            segments: state.count,
            bytes: state.bytes,
            limit: state.limit,
            updated_at: Some(state.updated).filter(|at| *at > 0),
        })
    }

    /// The relay says how the backup stands.
    pub fn backup_stat(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        if let Ok(Outcome::BackupState(state)) = result {
            self.engine.net.backup.known = true;
            self.backup_stands(state)?;
        }
        let view = self.backup_view()?;
        let waiting = std::mem::take(&mut self.engine.net.waiting);
        for entry in waiting {
            match entry {
                Waiting::BackupStatus { ticket } => {
                    self.answer(ticket, Ok(Answer::Backup(view.clone())));
                }
                other => self.engine.net.waiting.push(other),
            }
        }
        Ok(())
    }

    /// `backup.code`: what the person has to write down.
    pub fn show_code(&mut self, ticket: Ticket) -> Result<()> {
        match crate::account::text(self.tx, CODE)? {
            Some(code) => {
                self.answer(ticket, Ok(Answer::RecoveryCode { code: WrittenCode::new(code) }))
            }
            None => {
                let text =
                    "This device does not have the recovery code. It is where it was written down.";
                self.fail(ticket, Code::NotFound, text);
            }
        }
        Ok(())
    }

    /// `backup.confirm`: the person has the code, and this device forgets it.
    pub fn confirm_code(&mut self, ticket: Ticket, code: &str) -> Result<()> {
        let answer = match (RecoveryCode::parse(code), self.backup_keys()?) {
            (Err(error), _) => Err(mistyped(error)),
            (Ok(code), Some(known)) => {
                let keys = RecoveryKeys::of(&code.root());
                if known == public_keys(&keys) {
                    self.tx.delete_meta(CODE)?;
                    Ok(Answer::Empty {})
                } else {
                    let text = "That is a recovery code, but not the one of this account.";
                    Err(Failure::new(Code::Refused, text))
                }
            }
            (Ok(_), None) => {
                Err(Failure::new(Code::Refused, "This account has no recovery code yet."))
            }
        };
        self.answer(ticket, answer);
        Ok(())
    }
}
