//! MLS (RFC 9420) as Parlor uses it. The only crate that names the MLS library.
//!
//! Owns: key packages, groups, commits, messages, joining and rejoining, the stored form of all that.
//! Invariants: everything is synchronous and happens inside the caller's transaction, buffered until
//! [`Mls::flush`]; another's commit is merged only after [`Group::authorise`]; every leaf of a group is judged
//! before the group is stored; past epochs are not kept; the commit of ours that waits for the relay is stored.
//! Absent on purpose: the order of the protocol, device logs, roles, padding, clocks.

mod authorise;
mod changes;
mod codec;
mod commit;
mod context;
mod crypto;
mod error;
mod group;
mod identity;
mod join;
mod kv;
mod pack;
mod receive;
mod storage;

pub use authorise::{Authorised, Judge, NotAuthorised, Refusal, Rule};
pub use changes::{Changes, Committer, StagedCommit, Updated};
pub use codec::CodecError;
pub use commit::{Change, Outgoing};
pub use context::{KeyPackageClaim, Mls, Suite};
pub use error::MlsError;
pub use group::{Group, GroupView};
pub use identity::{
    DeviceIdentity, GROUP_STATE_EXTENSION, Joiner, LeafClaim, Member, QUEUE_EXTENSION,
};
pub use join::{JoinError, Joined, join, rejoin};
pub use kv::{KeyValue, KvError};
pub use receive::{Reason, Received, group_of};
