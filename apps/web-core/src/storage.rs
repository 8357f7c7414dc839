//! The database in the browser: in its origin private file system, encrypted; in memory where there is none.

use crate::accounts;
use crate::js;
use crate::key::{self, NoKey};
use parlor_crypto::Secret;
use parlor_store::{Store, StoreError};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{OpfsSAHPoolCfgBuilder, install};
use std::path::Path;
use wasm_bindgen::JsValue;

/// The folder of everything of the first account; in it is that of the pool of files that SQLite uses.
const ROOT: &str = ".parlor";
const FOLDER: &str = "database";
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
    /// It takes a passphrase, and this is not the one.
    Locked,
    /// The browser refuses.
    Refused(String),
}

/// What opens it.
pub enum Opening {
    /// The key that is kept, if it takes no passphrase.
    Kept,
    /// The key that is kept, with a passphrase.
    Passphrase(String),
    /// The key itself, which another worker had.
    Key(Secret),
}

/// A database that is open.
pub struct Opened {
    pub store: Store,
    pub kept: Kept,
    /// Its key; in memory there is none.
    pub key: Option<Secret>,
}

/// The folder of everything of this account.
pub fn root() -> String {
    accounts::named(ROOT, accounts::number())
}

/// Opens the database. Nothing that was kept before is passed over: only where the browser has no place for files,
/// or none for a key and no files of ours, does the device live in memory.
pub async fn open(with: Opening) -> Result<Opened, Broken> {
    let in_memory = || {
        let store = Store::in_memory().map_err(Broken::Damaged)?;
        Ok(Opened { store, kept: Kept::Session, key: None })
    };
    let Ok(files) = js::private_files().await else { return in_memory() };
    let obtained = match with {
        Opening::Kept => key::obtain(None).await,
        Opening::Passphrase(passphrase) => key::obtain(Some(&passphrase)).await,
        Opening::Key(key) => Ok(key),
    };
    let key = match obtained {
        Ok(key) => key,
        Err(NoKey::NoPlace) if !has_files(&files).await => return in_memory(),
        Err(NoKey::Locked) => return Err(Broken::Locked),
        Err(_) => return Err(Broken::Damaged(StoreError::Unreadable)),
    };
    let options = OpfsSAHPoolCfgBuilder::new()
        .directory(&format!("{}/{FOLDER}", root()))
        .initial_capacity(FILES)
        .build();
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
    Ok(Opened { store, kept: Kept::Persistent, key: Some(key) })
}

/// Deletes all that is kept of this account, which must not be open.
pub async fn forget() -> Result<(), JsValue> {
    let files = js::private_files().await?;
    if has_files(&files).await {
        let all = js::object(&[("recursive", JsValue::TRUE)]);
        js::wait(&files, "removeEntry", &[root().into(), all]).await?;
    }
    key::forget().await
}

/// Whether anything of ours was kept here before.
async fn has_files(files: &JsValue) -> bool {
    js::wait(files, "getDirectoryHandle", &[root().into()]).await.is_ok()
}
