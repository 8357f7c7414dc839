//! A deterministic world: several people, each with the real client engine and database, one real relay, a
//! network that loses connections, virtual time, and one seed for everything that happens.
//!
//! [`run`] plays one seed: accounts, chats, random commands under faults, then quiet, then the checks.
//! Invariants: nothing here reads a clock, ambient randomness or a socket.
//! Absent on purpose: reordering and duplication within a connection, which a WebSocket does not do;
//! duplication comes from sending again on the next connection.

mod backups;
mod check;
mod device;
mod network;
mod script;
mod shrink;
mod world;

pub use backups::restore;
pub use check::{check, check_files};
pub use device::Device;
pub use network::Faults;
pub use script::{Plan, Story, create, run};
pub use shrink::shrink;
pub use world::{Crash, Frame, Intercept, Moment, Watch, World};
