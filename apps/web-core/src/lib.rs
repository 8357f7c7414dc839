//! The core of the web app: engine, database and connection in a dedicated worker of a browser.
//!
//! The page sends texts of JSON-RPC (`docs/rpc.md`) and a few objects for files ([`wire`]); everything that can
//! be shown comes back the same way. One worker of all tabs leads and owns database and connection ([`tabs`]),
//! the others pass on. Invariants: what is answered is on disk; what reaches the disk of the browser is encrypted
//! ([`key`], [`storage`]). Absent on purpose: protocol decisions, screens.
#![cfg(target_arch = "wasm32")]

mod accounts;
mod connection;
mod device;
mod js;
mod key;
mod lock;
mod ports;
mod queue;
mod storage;
mod tabs;
mod transfer;
mod wire;

use wasm_bindgen::prelude::wasm_bindgen;

/// Begins: the worker has been loaded.
#[wasm_bindgen(start)]
fn start() {
    tabs::run();
}
