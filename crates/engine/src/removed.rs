//! This device was removed from its account: it forgets everything.
//!
//! | on                                   | does                                                              |
//! |--------------------------------------|-------------------------------------------------------------------|
//! | the relay says that it is revoked    | asks for the own device log, which the relay gives on this word   |
//! | the own log says so, rightly signed  | forgets everything, and is the [`MARK`] and nothing else           |
//! | the log does not say so              | disconnects, and comes again later                                |
//!
//! Invariant: the relay's word alone deletes nothing. Absent on purpose: files, which the driver removes.

use crate::net::{Purpose, Waiting};
use crate::step::Step;
use crate::{FileOrder, Result};
use parlor_view::{Answer, Code, Command, Event, Failure};
use parlor_wire::relay::{self, LogFetch, client_frame::Request, reply::Result as Outcome};

/// Set in a profile that was emptied, until something new begins in it.
const MARK: &str = "removed";

fn failure() -> Failure {
    Failure::new(
        Code::Revoked,
        "This device was removed from its account, and its messages were deleted.",
    )
}

impl Step<'_, '_> {
    /// Whether a command can be carried out in a profile that was emptied. What begins anew can.
    pub fn refused_as_removed(&mut self, command: &Command) -> Result<Option<Failure>> {
        if self.tx.number(MARK)? == 0 {
            return Ok(None);
        }
        match command {
            Command::Version => Ok(None),
            Command::AccountCreate(_) | Command::LinkStart(_) | Command::AccountRestore(_) => {
                self.tx.delete_meta(MARK)?;
                Ok(None)
            }
            _ => Ok(Some(failure())),
        }
    }

    /// The relay says that this device is revoked, and has to show it.
    pub fn ask_for_proof(&mut self) -> Result<()> {
        let me = self.me()?;
        let from_seq = u32::try_from(self.tx.log_entries(&me)?.len()).unwrap_or(u32::MAX);
        let fetch = LogFetch { user_id: me.to_vec(), from_seq };
        self.request(Request::LogFetch(fetch), Purpose::Proof);
        Ok(())
    }

    pub fn proof_came(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        let me = self.me()?;
        self.log_came(&me, result)?;
        // Whatever it said: this connection is of no use.
        self.out.disconnect = true;
        Ok(())
    }

    /// The own log says that this device is revoked: nothing of the account is left here, in memory or on disk.
    pub fn forget_everything(&mut self) -> Result<()> {
        let identity = self.identity()?;
        let (user_id, device_id) = (identity.user.text(), identity.device.text());
        let was_online = self.engine.net.online();
        // Whoever wanted that is told so.
        self.answer_waiting(
            &Ok(Answer::Empty {}),
            |of| matches!(of, Waiting::Removal { device, .. } if *device == identity.device),
        );
        self.answer_waiting(&Err(failure()), |_| true);
        let files = self.tx.file_ids()?;
        self.out.files.extend(files.into_iter().map(|file| FileOrder::Remove { file }));
        self.saves_end();
        self.untouch();
        self.tx.forget_everything()?;
        self.tx.set_number(MARK, 1)?;
        self.engine.reset();
        self.out.events.push(Event::DeviceRemoved { user_id, device_id });
        if was_online {
            self.out.events.push(Event::Connection { state: "offline".into() });
        }
        self.out.emptied = true;
        self.out.disconnect = true;
        Ok(())
    }
}
