//! A recovery key in place of another: `backup.enable` for an account whose key is a random seed on its first device,
//! `backup.new_code` for one whose code is to be good for nothing any more.
//!
//! | state     | on                                        | does                                            |
//! |-----------|-------------------------------------------|-------------------------------------------------|
//! | none      | asked, and the present key is here        | stores it and a fresh code; entry to the relay  |
//! | rotating  | the own log names the fresh key           | the present key goes, the code is shown         |
//! | rotating  | the own log names the present one still   | another entry                                   |
//! | rotating  | the own log names a third                 | gives up: another device was first              |
//! | rotating  | the relay will not have it                | gives up; an account without a code keeps its key |
//!
//! What counts is the log: after a crash in between it says how far it came. The present key is on this device only
//! while it rotates, and the fresh code is never given up as long as the log may come to name it.

use super::{CODE, mistyped, public_keys};
use crate::net::{Purpose, Waiting};
use crate::step::Step;
use crate::{EngineError, Result, Ticket};
use parlor_crypto::recovery::{RecoveryCode, RecoveryKeys};
use parlor_crypto::sign::SigningKey;
use parlor_identity::rotate_recovery;
use parlor_view::{Answer, Code, Command, Failure, WrittenCode};
use parlor_wire::Message;
use parlor_wire::relay::{self, LogAppend, client_frame::Request, reply::Result as Outcome};

/// Seed of the key that the log names: of an account from before there were codes, or while another takes its place.
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
        self.begin_rotation(ticket, false)
    }

    /// `backup.new_code`: the present code signs for the next one.
    pub fn new_code(
        &mut self,
        ticket: Ticket,
        written: Option<&str>,
        command: &Command,
    ) -> Result<()> {
        let seed = match self.present_seed(written)? {
            Ok(seed) => seed,
            Err(failure) => {
                self.answer(ticket, Err(failure));
                return Ok(());
            }
        };
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        self.tx.set_meta(SEED, seed.expose())?;
        self.begin_rotation(ticket, true)
    }

    /// What signs for the account, out of the present code.
    fn present_seed(
        &self,
        written: Option<&str>,
    ) -> Result<Result<parlor_crypto::Secret, Failure>> {
        let refused = |text: &str| Ok(Err(Failure::new(Code::Refused, text)));
        if self.backup_keys()?.is_none() {
            return refused("This account has no recovery code yet.");
        }
        let kept = crate::account::text(self.tx, CODE)?;
        let Some(text) = written.or(kept.as_deref()) else {
            let text = "This device does not have the recovery code. The present one is needed.";
            return Ok(Err(Failure::new(Code::NotFound, text)));
        };
        let signing = match RecoveryCode::parse(text) {
            Ok(code) => RecoveryKeys::of(&code.root()).signing,
            Err(error) => return Ok(Err(mistyped(error))),
        };
        match self.own_log_names(&signing.public())? {
            true => Ok(Ok(signing.seed())),
            false => refused("That is a recovery code, but not the one of this account."),
        }
    }

    /// Joins the rotation under way, if there is one.
    fn begin_rotation(&mut self, ticket: Ticket, shows: bool) -> Result<()> {
        if self.tx.meta(NEXT)?.is_none() {
            let code = RecoveryCode::generate(&mut *self.rng);
            self.tx.set_meta(NEXT, code.text().as_bytes())?;
        }
        self.engine.net.waiting.push(Waiting::Rotation { ticket, shows });
        self.rotate()
    }

    fn next_keys(&self) -> Result<Option<(RecoveryCode, RecoveryKeys)>> {
        let Some(text) = crate::account::text(self.tx, NEXT)? else { return Ok(None) };
        let code = RecoveryCode::parse(&text).map_err(|_| EngineError::Damaged("a code"))?;
        let keys = RecoveryKeys::of(&code.root());
        Ok(Some((code, keys)))
    }

    fn present_key(&self) -> Result<Option<SigningKey>> {
        let Some(seed) = self.tx.meta(SEED)? else { return Ok(None) };
        Ok(Some(SigningKey::from_seed(&crate::linking::secret(&seed)?)))
    }

    /// Sends the entry, unless one is on its way.
    fn rotate(&mut self) -> Result<()> {
        if self.engine.net.asked(|purpose| matches!(purpose, Purpose::Rotate)) {
            return Ok(());
        }
        let (Some((_, keys)), Some(present)) = (self.next_keys()?, self.present_key()?) else {
            return Ok(());
        };
        let log = self.log(&self.me()?)?.ok_or(EngineError::Damaged("own device log"))?;
        let entry = rotate_recovery(&log, &present, &keys.signing.public(), self.now);
        let append = LogAppend { entry: entry.encode_to_vec() };
        self.request(Request::LogAppend(append), Purpose::Rotate);
        Ok(())
    }

    /// The relay's word on the new key; what counts is the log.
    pub fn rotated(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        let refused = match &result {
            Err(failure) if failure.code() != relay::Code::LogConflict => failure,
            _ => {
                let me = self.me()?;
                self.fetch_log(&me)?;
                return Ok(());
            }
        };
        // Patience is no refusal: it goes on with the next connection, or when somebody asks again.
        let patience =
            matches!(refused.code(), relay::Code::RateLimited | relay::Code::Unavailable);
        if !patience && self.backup_keys()?.is_some() {
            self.give_up_rotation()?;
        }
        let failure = self.relay_failure(refused);
        self.answer_waiting(&Err(failure), |of| matches!(of, Waiting::Rotation { .. }));
        Ok(())
    }

    fn give_up_rotation(&mut self) -> Result<()> {
        self.tx.delete_meta(SEED)?;
        Ok(self.tx.delete_meta(NEXT)?)
    }

    /// The own log came.
    pub fn rotation_settles(&mut self) -> Result<()> {
        let Some((code, keys)) = self.next_keys()? else { return Ok(()) };
        if !self.own_log_names(&keys.signing.public())? {
            let present = self.present_key()?.map(|key| key.public());
            if present.map(|key| self.own_log_names(&key)).transpose()? == Some(true) {
                return self.rotate();
            }
            self.give_up_rotation()?;
            let text = "Another device has made a recovery code meanwhile. That one counts.";
            let failure = Failure::new(Code::Refused, text);
            self.answer_waiting(&Err(failure), |of| matches!(of, Waiting::Rotation { .. }));
            return Ok(());
        }
        self.give_up_rotation()?;
        self.take_backup_keys(&public_keys(&keys))?;
        self.tx.set_meta(CODE, code.text().as_bytes())?;
        self.tell_backup_keys()?;
        let shown = Answer::RecoveryCode { code: WrittenCode::new(code.text().to_string()) };
        self.answer_waiting(&Ok(shown), |of| matches!(of, Waiting::Rotation { shows: true, .. }));
        let done = Ok(Answer::Empty {});
        self.answer_waiting(&done, |of| matches!(of, Waiting::Rotation { .. }));
        Ok(())
    }
}
