//! The server: sockets, TLS, the store on disk, administration, metrics. Decisions are `parlor-relay-core`'s.

pub mod admin;
pub mod bench;

mod blobs;
mod connection;
mod data;
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

pub use data::{Data, DataError};
pub use options::{Checked, FileOptions, InvalidOptions, Options, RateOptions};
pub use server::{ServeError, Server};
pub use space::{Space, USUAL_RESERVE};
pub use store::{Answer, FjallStore, OpenError};
pub use web::{WebFile, WebFiles};
