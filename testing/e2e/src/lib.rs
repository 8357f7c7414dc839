//! Drives real `parlor` binaries: servers with [`Relay`], devices with [`Rpc`], people with [`Person`],
//! browsers with [`Browser`], what lies between them with [`Doorway`].
//!
//! Invariants: nothing sleeps a fixed time: every wait ends with an event, a line, an exit or a deadline;
//! ports are free ones; every process started here is killed when its handle is dropped; failures tell what the
//! process wrote to stderr. Absent on purpose: knowledge of the client's or the relay's insides.

mod binary;
mod browser;
mod doorway;
mod person;
mod process;
mod relay;
mod rpc;

pub use binary::{Ended, end_of, parlor, parlor_command, previous, run_to_end};
pub use browser::{Browser, Kind, Size, Theme, in_browsers};
pub use doorway::Doorway;
pub use person::{Person, World, text};
pub use process::Output;
pub use relay::Relay;
pub use rpc::{Request, Rpc, RpcError};

use std::time::Duration;

/// How long anything may take before a test gives up. Generous: it only matters when something is wrong, and for files
/// of gigabytes, for which `PARLOR_DEADLINE` says how many seconds when the tests are built.
pub const DEADLINE: Duration = Duration::from_secs(match option_env!("PARLOR_DEADLINE") {
    Some(seconds) => match u64::from_str_radix(seconds, 10) {
        Ok(seconds) => seconds,
        Err(_) => panic!("PARLOR_DEADLINE is not a number of seconds"),
    },
    None => 60,
});
