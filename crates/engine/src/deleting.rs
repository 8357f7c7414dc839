//! The account is deleted: its groups are left, its other devices removed, and the relay deletes all it has of it.
//!
//! | on                                               | does                                                   |
//! |--------------------------------------------------|--------------------------------------------------------|
//! | `account.delete`                                 | notes it ([`MARK`]), leaves the groups                  |
//! | the own log has other devices                    | removes them                                           |
//! | they are out, and what leaves groups has left    | asks the relay, signed by this device                  |
//! | the relay did it, or knows the account no more   | forgets everything, as a removed device does           |
//!
//! Invariants: once noted it goes on with each connection until it is done; nothing here goes before the relay has
//! nothing left. The other devices are removed first because the log is what makes them forget what they have; the relay
//! keeps it as long as anything is left to be judged by it, and shows it to those who come back.

use crate::net::{Purpose, Waiting};
use crate::removed::Why;
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_identity::DeviceLog;
use parlor_view::{Answer, Command};
use parlor_wire::content::ChatKind;
use parlor_wire::relay::{self, AccountDelete, client_frame::Request, reply::Result as Outcome};
use parlor_wire::{DeviceId, statement};

/// Set from the command on.
const MARK: &str = "deleting";
/// When the relay has no time for it, it is asked again after so long, milliseconds.
const AGAIN: u64 = 2_000;

impl Step<'_, '_> {
    /// `account.delete`: answered when the relay has nothing of the account any more.
    pub fn delete_account(&mut self, ticket: Ticket, command: &Command) -> Result<()> {
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        self.engine.net.waiting.push(Waiting::Deletion { ticket, leaves: true });
        if self.engine.net.deleting.is_some() {
            return Ok(());
        }
        self.tx.set_number(MARK, 1)?;
        for chat in self.tx.chats()? {
            if chat.kind == ChatKind::Group as i32 && !chat.left {
                // A group that it is not in any more cannot be left, and need not be.
                let _ = self.leave(chat)?;
            }
        }
        self.engine.net.deleting = Some(self.now);
        let log = self.own_log()?;
        self.remove_for_deletion(&log)?;
        self.revoke_next()
    }

    /// A connection goes on with what was begun on an earlier one.
    pub fn resume_deletion(&mut self) -> Result<()> {
        if self.is_deleting()? {
            self.engine.net.deleting = Some(self.now);
        }
        Ok(())
    }

    /// Whether the account is to be deleted.
    pub fn is_deleting(&self) -> Result<bool> {
        Ok(self.tx.number(MARK)? == 1)
    }

    /// Whoever else is in the own log has to go first.
    pub fn remove_for_deletion(&mut self, log: &DeviceLog) -> Result<()> {
        if self.engine.net.deleting.is_none() {
            return Ok(());
        }
        let own = self.identity()?.device;
        let others: Vec<DeviceId> =
            log.active().map(|device| device.id).filter(|id| *id != own).collect();
        if !others.is_empty() {
            self.want_removed(others)?;
        }
        Ok(())
    }

    /// Asks the relay, once nothing else has to come before.
    pub fn deletion_goes_on(&mut self) -> Result<()> {
        let Some(from) = self.engine.net.deleting else { return Ok(()) };
        let asked = self.engine.net.asked(|purpose| matches!(purpose, Purpose::Deletion));
        if from > self.now || asked || self.own_log()?.active().count() > 1 {
            return Ok(());
        }
        for chat in self.tx.chats()?.iter().filter(|chat| chat.left) {
            if !self.tx.outbox(&chat.chat_id, 1)?.is_empty() {
                return Ok(());
            }
        }
        let identity = self.identity()?;
        let signed = statement::delete_account(&self.engine.net.nonce, &identity.user);
        let request = AccountDelete { signature: identity.sign(&signed).to_vec() };
        self.request(Request::AccountDelete(request), Purpose::Deletion);
        Ok(())
    }

    /// What the relay says to it.
    pub fn deletion_came(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        match result {
            Ok(_) => self.account_is_gone(),
            Err(failure) => match failure.code() {
                relay::Code::NotFound => self.account_is_gone(),
                relay::Code::RateLimited | relay::Code::Unavailable => {
                    self.engine.net.deleting = Some(self.now + AGAIN.max(failure.retry_after));
                    Ok(())
                }
                _ => {
                    self.tx.delete_meta(MARK)?;
                    self.engine.net.deleting = None;
                    let failure = self.relay_failure(&failure);
                    self.answer_waiting(&Err(failure), |of| matches!(of, Waiting::Deletion { .. }));
                    Ok(())
                }
            },
        }
    }

    /// The relay has nothing of the account any more.
    pub fn account_is_gone(&mut self) -> Result<()> {
        self.answer_waiting(&Ok(Answer::Empty {}), |of| matches!(of, Waiting::Deletion { .. }));
        self.forget_everything(Why::Deleted)
    }
}
