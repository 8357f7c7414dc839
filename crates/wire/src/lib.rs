//! Every byte that leaves a process: ids, the protobuf schema and its generated types, frames, signed
//! statements, contact and device links, padding, limits.
//!
//! Invariants: decoding never panics and never allocates more than the input's length suggests; an id type
//! exists only with the right length. Absent on purpose: policy, MLS and database types, clocks, randomness.

pub mod blob;
pub mod frame;
pub mod id;
pub mod letters;
pub mod limits;
pub mod link;
pub mod padding;
pub mod statement;
pub mod username;

/// Frames between client and relay, generated from `proto/relay.proto`.
#[allow(clippy::all, missing_docs)]
pub mod relay {
    include!(concat!(env!("OUT_DIR"), "/parlor.relay.v1.rs"));
}

/// End-to-end content and identity, generated from `proto/content.proto`.
#[allow(clippy::all, missing_docs)]
pub mod content {
    include!(concat!(env!("OUT_DIR"), "/parlor.content.v1.rs"));
}

/// Between the devices of one account, generated from `proto/device.proto`.
#[allow(clippy::all, missing_docs)]
pub mod device {
    include!(concat!(env!("OUT_DIR"), "/parlor.device.v1.rs"));
}

pub use id::{
    BlobId, DeviceId, FileId, GroupId, Hash, MailboxId, MessageId, QueueId, RequestId, UserId,
};
pub use prost::Message;

/// Version of the protocol between client and relay that this build speaks.
pub const PROTOCOL_VERSION: u32 = 1;

/// BLAKE3 of some bytes: names commits, posts and log entries.
pub fn hash(bytes: &[u8]) -> Hash {
    Hash(*blake3::hash(bytes).as_bytes())
}
