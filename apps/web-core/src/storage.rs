//! The database in the browser: in its origin private file system, encrypted; in memory where there is none.

use crate::{js, key};
use parlor_store::{Store, StoreError};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{OpfsSAHPoolCfgBuilder, install};
use std::path::Path;

/// The folder of the pool of files that SQLite uses.
const FOLDER: &str = ".parlor/database";
const FILE: &str = "parlor.db";
/// Database, its log, and room.
const FILES: usize = 6;
/// A worker that died may hold its files for a moment longer than its lock: tries, and milliseconds between them.
const TRIES: usize = 40;
const PAUSE: i32 = 50;

/// What is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// On disk.
    Persistent,
    /// In memory, until the last tab is closed.
    Session,
}

/// Why there is no database.
#[derive(Debug)]
pub enum Broken {
    /// It is damaged, its key is gone, or it is of a later version.
    Damaged(StoreError),
    /// The browser refuses.
    Refused(String),
}

/// Opens the database.
pub async fn open() -> Result<(Store, Kept), Broken> {
    // A private window may have no such file system, or no place for the key.
    let Ok(key) = key::obtain().await else {
        return Ok((Store::in_memory().map_err(Broken::Damaged)?, Kept::Session));
    };
    let options = OpfsSAHPoolCfgBuilder::new().directory(FOLDER).initial_capacity(FILES).build();
    let mut tries = 0;
    loop {
        match install::<WasmOsCallback>(&options, true).await {
            Ok(_) => break,
            Err(_) if tries < TRIES => {
                tries += 1;
                js::sleep(PAUSE).await;
            }
            Err(error) => return Err(Broken::Refused(error.to_string())),
        }
    }
    let store = Store::open(Path::new(FILE), Some(key.expose())).map_err(Broken::Damaged)?;
    Ok((store, Kept::Persistent))
}
