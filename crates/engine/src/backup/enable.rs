//! `backup.enable`: an account whose recovery key is a random seed on its first device gets a recovery code.
//!
//! The code is stored first, then the log entry goes to the relay, signed with the old key. When the own log names
//! the new key the old one is erased; after a crash in between the log says how far it came.

use super::{CODE, KEYS, public_keys};
use crate::net::{Purpose, Waiting};
use crate::step::Step;
use crate::{EngineError, Result, Ticket};
use parlor_crypto::recovery::{RecoveryCode, RecoveryKeys};
use parlor_crypto::sign::SigningKey;
use parlor_identity::rotate_recovery;
use parlor_view::{Answer, Code, Command, Failure};
use parlor_wire::Message;
use parlor_wire::relay::{self, LogAppend, client_frame::Request, reply::Result as Outcome};

/// The recovery key of an account from before there were codes.
const SEED: &str = "recovery_seed";
/// The code that is to take its place.
const NEXT: &str = "recovery_next";

impl Step<'_, '_> {
    pub fn enable_backup(&mut self, ticket: Ticket, command: &Command) -> Result<()> {
        if self.backup_keys()?.is_some() {
            self.answer(ticket, Ok(Answer::Empty {}));
            return Ok(());
        }
        if self.tx.meta(SEED)?.is_none() {
            let text = "Only the account's first device can make a recovery code.";
            self.fail(ticket, Code::Refused, text);
            return Ok(());
        }
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        if self.tx.meta(NEXT)?.is_none() {
            let code = RecoveryCode::generate(&mut *self.rng);
            self.tx.set_meta(NEXT, code.text().as_bytes())?;
        }
        self.engine.net.waiting.push(Waiting::BackupEnable { ticket });
        self.rotate()
    }

    fn next_keys(&self) -> Result<Option<(RecoveryCode, RecoveryKeys)>> {
        let Some(text) = crate::account::text(self.tx, NEXT)? else { return Ok(None) };
        let code = RecoveryCode::parse(&text).map_err(|_| EngineError::Damaged("a code"))?;
        let keys = RecoveryKeys::of(&code.root());
        Ok(Some((code, keys)))
    }

    fn rotate(&mut self) -> Result<()> {
        let (Some((_, keys)), Some(seed)) = (self.next_keys()?, self.tx.meta(SEED)?) else {
            return Ok(());
        };
        let log = self.log(&self.me()?)?.ok_or(EngineError::Damaged("own device log"))?;
        let present = SigningKey::from_seed(&crate::linking::secret(&seed)?);
        let entry = rotate_recovery(&log, &present, &keys.signing.public(), self.now);
        let append = LogAppend { entry: entry.encode_to_vec() };
        self.request(Request::LogAppend(append), Purpose::Rotate);
        Ok(())
    }

    /// The relay's word on the new key; what counts is the log, which is fetched whatever it says.
    pub fn rotated(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        if let Err(failure) = &result
            && failure.code() != relay::Code::LogConflict
        {
            let failure = self.relay_failure(failure);
            self.enable_answered(&Err(failure));
        }
        let me = self.me()?;
        self.fetch_log(&me)?;
        Ok(())
    }

    /// The own log came.
    pub fn rotation_settles(&mut self) -> Result<()> {
        let Some((code, keys)) = self.next_keys()? else { return Ok(()) };
        let log = self.log(&self.me()?)?.ok_or(EngineError::Damaged("own device log"))?;
        if log.recovery_key() != keys.signing.public() {
            // Something else was appended first.
            let asked = |purpose: &Purpose| matches!(purpose, Purpose::Rotate);
            return if self.engine.net.asked(asked) { Ok(()) } else { self.rotate() };
        }
        self.tx.set_meta(CODE, code.text().as_bytes())?;
        self.tx.set_meta(KEYS, &public_keys(&keys).encode_to_vec())?;
        self.tx.delete_meta(SEED)?;
        self.tx.delete_meta(NEXT)?;
        self.tell_backup_keys()?;
        self.enable_answered(&Ok(Answer::Empty {}));
        Ok(())
    }

    fn enable_answered(&mut self, answer: &Result<Answer, Failure>) {
        let waiting = std::mem::take(&mut self.engine.net.waiting);
        for entry in waiting {
            match entry {
                Waiting::BackupEnable { ticket } => self.answer(ticket, answer.clone()),
                other => self.engine.net.waiting.push(other),
            }
        }
    }
}
