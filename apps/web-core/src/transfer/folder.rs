//! Where ciphertext of files lies: a folder in the browser's private file system, or memory in a private window.
//!
//! Names are those that the engine gave; one with `.part` behind it is on its way from the relay, one with
//! `.new` is being written. Invariant: a file has its name when it is whole and flushed.

use crate::js;
use crate::storage;
use js_sys::{Array, Uint8Array};
use parlor_wire::FileId;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

const NAME: &str = "media";

/// The folder; copies are the same.
#[derive(Clone)]
pub enum Folder {
    /// A `FileSystemDirectoryHandle`.
    Disk(JsValue),
    /// Until the worker ends.
    Memory(Rc<RefCell<BTreeMap<String, Blob>>>),
}

/// A file that is being written, at its end.
pub enum Writer {
    /// A `FileSystemSyncAccessHandle` and how long the file is.
    Disk { handle: JsValue, length: f64 },
    /// Pieces.
    Memory { folder: Rc<RefCell<BTreeMap<String, Blob>>>, name: String, pieces: Array, length: f64 },
}

impl Folder {
    /// The folder on disk; made if there is none.
    pub async fn on_disk() -> Result<Self, JsValue> {
        let mut folder = js::private_files().await?;
        for name in [storage::root().as_str(), NAME] {
            folder = js::wait(&folder, "getDirectoryHandle", &[name.into(), create()]).await?;
        }
        Ok(Self::Disk(folder))
    }

    /// A folder in memory.
    pub fn in_memory() -> Self {
        Self::Memory(Rc::default())
    }

    /// The name of a whole file.
    pub fn whole(file: &FileId) -> String {
        file.text()
    }

    /// The name of one on its way here.
    pub fn part(file: &FileId) -> String {
        format!("{}.part", file.text())
    }

    /// The name of one that is being written.
    pub fn unfinished(file: &FileId) -> String {
        format!("{}.new", file.text())
    }

    /// A file, read as it is needed; `None` if there is none.
    pub async fn open(&self, name: &str) -> Option<Blob> {
        match self {
            Self::Disk(folder) => {
                let handle = js::wait(folder, "getFileHandle", &[name.into()]).await.ok()?;
                js::wait(&handle, "getFile", &[]).await.ok()?.dyn_into().ok()
            }
            Self::Memory(files) => files.borrow().get(name).cloned(),
        }
    }

    /// A file to be written to: what it holds is kept, or not.
    pub async fn write(&self, name: &str, keep: bool) -> Result<Writer, JsValue> {
        match self {
            Self::Disk(folder) => {
                let handle = js::wait(folder, "getFileHandle", &[name.into(), create()]).await?;
                let handle = js::wait(&handle, "createSyncAccessHandle", &[]).await?;
                if !keep {
                    js::call(&handle, "truncate", &[0.into()])?;
                }
                let length = js::call(&handle, "getSize", &[])?.as_f64().unwrap_or(0.0);
                Ok(Writer::Disk { handle, length })
            }
            Self::Memory(files) => {
                let (pieces, mut length) = (Array::new(), 0.0);
                if let Some(before) = files.borrow().get(name).filter(|_| keep) {
                    pieces.push(before);
                    length = before.size();
                }
                let folder = Rc::clone(files);
                Ok(Writer::Memory { folder, name: name.to_owned(), pieces, length })
            }
        }
    }

    /// Gives a file another name.
    pub async fn rename(&self, from: &str, to: &str) -> Result<(), JsValue> {
        match self {
            Self::Disk(folder) => {
                let handle = js::wait(folder, "getFileHandle", &[from.into()]).await?;
                js::wait(&handle, "move", &[to.into()]).await.map(|_| ())
            }
            Self::Memory(files) => {
                let file = files.borrow_mut().remove(from);
                files.borrow_mut().extend(file.map(|file| (to.to_owned(), file)));
                Ok(())
            }
        }
    }

    /// Removes what there is of a file. What cannot be removed now is a leftover at the next start.
    pub async fn remove(&self, file: &FileId) {
        for name in [Self::whole(file), Self::part(file), Self::unfinished(file)] {
            match self {
                Self::Disk(folder) => {
                    let _ = js::wait(folder, "removeEntry", &[name.into()]).await;
                }
                Self::Memory(files) => {
                    files.borrow_mut().remove(&name);
                }
            }
        }
    }

    /// Removes what the profile does not know, and what was being written when the worker died.
    pub async fn tidy(&self, known: &[FileId]) -> Result<(), JsValue> {
        let Self::Disk(folder) = self else { return Ok(()) };
        let known: BTreeSet<String> = known.iter().map(FileId::text).collect();
        let names = js::call(folder, "keys", &[])?;
        loop {
            let next = js::wait(&names, "next", &[]).await?;
            let Some(name) = js::text(&next, "value") else { return Ok(()) };
            if !known.contains(name.trim_end_matches(".part")) {
                let _ = js::wait(folder, "removeEntry", &[name.into()]).await;
            }
        }
    }
}

impl Writer {
    /// Bytes so far.
    pub fn len(&self) -> f64 {
        match self {
            Self::Disk { length, .. } | Self::Memory { length, .. } => *length,
        }
    }

    /// Appends.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        let piece = Uint8Array::from(bytes);
        let added = bytes.len() as f64;
        match self {
            Self::Disk { handle, length } => {
                let at = js::object(&[("at", (*length).into())]);
                let written = js::call(handle, "write", &[piece.into(), at])?;
                if written.as_f64() != Some(added) {
                    return Err("the disk is full".into());
                }
                *length += added;
            }
            Self::Memory { pieces, length, .. } => {
                pieces.push(&piece);
                *length += added;
            }
        }
        Ok(())
    }

    /// Everything is on disk after this.
    pub fn finish(&mut self) -> Result<(), JsValue> {
        match self {
            Self::Disk { handle, .. } => js::call(handle, "flush", &[]).map(|_| ()),
            Self::Memory { folder, name, pieces, .. } => {
                let blob = Blob::new_with_u8_array_sequence(pieces)?;
                folder.borrow_mut().insert(name.clone(), blob);
                Ok(())
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Self::Disk { handle, .. } = self {
            let _ = js::call(handle, "close", &[]);
        }
    }
}

fn create() -> JsValue {
    js::object(&[("create", JsValue::TRUE)])
}

/// The bytes of a part of a file, up to its end.
pub async fn read(file: &Blob, from: f64, to: f64) -> Result<Vec<u8>, JsValue> {
    let part = file.slice_with_f64_and_f64(from, to)?;
    Ok(Uint8Array::new(&js::wait(&part, "arrayBuffer", &[]).await?).to_vec())
}
