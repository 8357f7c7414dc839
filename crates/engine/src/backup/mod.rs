//! The encrypted backup at the relay: its keys, who writes it, what the person is told of it.
//!
//! Devices know the public halves of the recovery code's keys alone, so that none of them can read the backup or
//! sign for the account when it was taken out. The oldest active device writes ([`write`]); a new device without any
//! other restores ([`restore`]). A code takes the place of another, or of none, by [`rotate`].
//!
//! Invariants: what is in a segment is stored before it leaves; MLS state, device keys and what is still to be sent
//! are in no segment, so that restoring reuses nothing. Absent on purpose: what the relay does with segments.

mod keys;
mod restore;
mod rewrite;
mod rotate;
mod segment;
mod write;

use crate::net::{Purpose, Waiting};
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_crypto::recovery::{InvalidCode, RecoveryCode, RecoveryKeys};
use parlor_view::{Answer, BackupView, Code, Failure, WrittenCode};
use parlor_wire::device::BackupKeys;
use parlor_wire::relay::{self, client_frame::Request, reply::Result as Outcome};
use parlor_wire::{Message, statement};
pub use write::BackupNow;

/// The code, until the person has written it down.
const CODE: &str = "recovery_code";
const KEYS: &str = "backup_keys";

pub fn mistyped(error: InvalidCode) -> Failure {
    let text = match error {
        InvalidCode::Form => "A recovery code has eight groups of four letters and digits.",
        InvalidCode::Checksum => "There is a slip in the recovery code. Check each character.",
    };
    Failure::new(Code::InvalidCode, text)
}

/// What devices may know of a code's keys.
pub fn public_keys(keys: &RecoveryKeys) -> BackupKeys {
    let (locator, read_key) = (keys.locator.to_vec(), keys.reading.public().0.to_vec());
    let opening_key = keys.opening.public();
    let signed = statement::backup_keys(&locator, &read_key, &opening_key);
    let signature = keys.signing.sign(&signed).to_vec();
    let recovery_key = keys.signing.public().0.to_vec();
    BackupKeys { locator, read_key, opening_key, recovery_key, signature }
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

    fn ask_backup_state(&mut self) {
        self.engine.net.backup.asked = true;
        self.request(Request::BackupStat(relay::BackupStat {}), Purpose::BackupStat);
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
            complete: !self.tx.has_backup_changes()?
                && self.segment()?.is_none()
                && self.rewriting()?.is_none(),
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
        let answer = Ok(Answer::Backup(view));
        self.answer_waiting(&answer, |of| matches!(of, Waiting::BackupStatus { .. }));
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
        let keys = match RecoveryCode::parse(code) {
            Ok(code) => RecoveryKeys::of(&code.root()),
            Err(error) => {
                self.answer(ticket, Err(mistyped(error)));
                return Ok(());
            }
        };
        if self.own_log_names(&keys.signing.public())? {
            self.code_confirmed(&keys)?;
            self.answer(ticket, Ok(Answer::Empty {}));
            return Ok(());
        }
        let text = match self.backup_keys()? {
            Some(_) => "That is a recovery code, but not the one of this account.",
            None => "This account has no recovery code yet.",
        };
        self.fail(ticket, Code::Refused, text);
        Ok(())
    }
}
