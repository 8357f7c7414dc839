//! The relay's brain: accounts, device logs, key packages, queues, group epochs, mailboxes, quotas.
//!
//! [`Relay`] turns a frame and what was read into a reply or a [`Command`]; a [`Store`] runs commands, each
//! atomic and durable. Invariants: nothing here waits, reads a clock, draws randomness or opens a socket;
//! nothing that links a message to its sender or a group to its people is stored. Absent on purpose: MLS.

mod apply;
mod command;
pub mod conformance;
mod dump;
mod invite;
mod memory;
mod place;
mod plan;
mod rate;
mod read;
mod recent;
mod relay;
pub mod request;
pub mod rows;
mod seal;
mod session;
mod store;
mod table;

pub use apply::apply;
pub use command::*;
pub use dump::{AccountDump, dump, find_account};
pub use invite::Invite;
pub use memory::MemoryStore;
pub use rate::{Limits, Rate};
pub use read::{DAY, Read, day};
pub use relay::{Ctx, DEFAULT_BACKUP_BYTES, Output, Plan, Relay, Settings};
pub use seal::ServerKey;
pub use session::{Authenticated, Pending, Session};
pub use store::Store;
pub use table::{Backend, Delta, Rows, Table, Tx};
