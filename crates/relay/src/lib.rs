//! The server: sockets, TLS, the store on disk, administration, metrics. Decisions are `parlor-relay-core`'s.

pub mod admin;
pub mod bench;

mod blobs;
mod connection;
mod data;
mod door;
mod http;
mod hub;
mod metrics;
mod options;
mod patient;
mod server;
mod space;
mod store;
mod tls;
mod web;

/// What reads bytes that clients wrote, for the fuzz targets; nothing else has a use for it.
#[doc(hidden)]
pub mod decoders {
    pub use crate::blobs::range;
}

pub use data::{Data, DataError};
pub use door::ConnectionLimits;
pub use options::{Checked, FileOptions, InvalidOptions, Options, RateOptions};
pub use server::{ServeError, Server};
pub use space::{Space, USUAL_RESERVE};
pub use store::{Answer, FjallStore, OpenError};
pub use web::{WebFile, WebFiles};
