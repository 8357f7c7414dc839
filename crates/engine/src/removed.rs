//! This device was removed from its account, or the account was deleted: it forgets everything.
//!
//! | on                                   | does                                                              |
//! |--------------------------------------|-------------------------------------------------------------------|
//! | the relay says that it is revoked    | asks for the own device log, which the relay gives on this word   |
//! | the own log says so, rightly signed  | forgets everything, and is the [`MARK`] and nothing else           |
//! | the log does not say so              | disconnects, and comes again later                                |
//! | the account was deleted from here    | the same, as another [`MARK`]                                     |
//!
//! Invariant: the relay's word alone deletes nothing. Absent on purpose: files, which the driver removes.

use crate::net::{Purpose, Waiting};
use crate::step::Step;
use crate::{FileOrder, Result};
use parlor_view::{Answer, Code, Command, Event, Failure};
use parlor_wire::relay::{self, LogFetch, client_frame::Request, reply::Result as Outcome};

/// Set in a profile that was emptied, until something new begins in it.
const MARK: &str = "removed";

/// Why a profile is emptied; what [`MARK`] is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Removed = 1,
    Deleted = 2,
}

impl Why {
    fn failure(self) -> Failure {
        let text = match self {
            Self::Removed => {
                "This device was removed from its account, and its messages were deleted."
            }
            Self::Deleted => "The account of this profile was deleted.",
        };
        Failure::new(Code::Revoked, text)
    }
}

impl Step<'_, '_> {
    /// Whether a command can be carried out in a profile that was emptied. What begins anew can.
    pub fn refused_as_removed(&mut self, command: &Command) -> Result<Option<Failure>> {
        let why = match self.tx.number(MARK)? {
            0 => return Ok(None),
            2 => Why::Deleted,
            _ => Why::Removed,
        };
        match command {
            Command::Version => Ok(None),
            Command::AccountCreate(_) | Command::LinkStart(_) | Command::AccountRestore(_) => {
                self.tx.delete_meta(MARK)?;
                Ok(None)
            }
            _ => Ok(Some(why.failure())),
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

    /// The own log says that this device is revoked, or the account is no more: nothing of it is left here, in memory
    /// or on disk.
    pub fn forget_everything(&mut self, why: Why) -> Result<()> {
        let identity = self.identity()?;
        let (user_id, device_id) = (identity.user.text(), identity.device.text());
        let was_online = self.engine.net.online();
        // Whoever wanted that is told so.
        self.answer_waiting(
            &Ok(Answer::Empty {}),
            |of| matches!(of, Waiting::Removal { device, .. } if *device == identity.device),
        );
        self.answer_waiting(&Err(why.failure()), |_| true);
        let files = self.tx.file_ids()?;
        self.out.files.extend(files.into_iter().map(|file| FileOrder::Remove { file }));
        self.saves_end();
        self.untouch();
        self.tx.forget_everything()?;
        self.tx.set_number(MARK, why as u64)?;
        self.engine.reset();
        self.out.events.push(match why {
            Why::Removed => Event::DeviceRemoved { user_id, device_id },
            Why::Deleted => Event::AccountDeleted { user_id },
        });
        if was_online {
            self.out.events.push(Event::Connection { state: "offline".into() });
        }
        self.out.emptied = true;
        self.out.disconnect = true;
        Ok(())
    }
}
