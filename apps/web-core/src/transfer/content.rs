//! Content in the clear, for a page that asked for it: every chunk is checked before any of it is given.

use super::folder::read;
use super::{Folder, internal};
use crate::js;
use js_sys::{Array, Uint8Array};
use parlor_driver::files::{Parts, Range};
use parlor_engine::FileSpec;
use parlor_view::{Code, Failure};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::Blob;

/// Chunks are gathered to pieces of about so many bytes, which the browser may put on disk as it likes.
const PIECE: usize = 4 << 20;

/// Somebody who waits for content.
type Taker = Box<dyn FnOnce(Result<&Blob, &Failure>)>;

/// Who waits, by the number in the path; copies are the same.
#[derive(Clone, Default)]
pub struct Wanted(Rc<RefCell<BTreeMap<u64, Taker>>>);

/// The path that stands for somebody who waits.
pub fn path(number: u64) -> String {
    format!("wanted:{number}")
}

/// Why there is no content.
pub enum Problem {
    /// Nobody waits under this path.
    Nobody,
    /// The file is not in the folder, as it should be.
    Lost,
    /// A chunk is not what it should be.
    Damaged,
    /// The browser gives no memory.
    Memory,
}

impl Problem {
    /// The engine has to know that the file is not here.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Lost | Self::Damaged)
    }

    /// What a person has to know.
    pub fn failure(&self) -> Failure {
        let (code, problem) = match self {
            Self::Nobody => {
                (Code::NotSupported, "A browser has no paths to write to: open the attachment.")
            }
            Self::Lost => (Code::Unavailable, "The file is not here any more. Ask for it again."),
            Self::Damaged => (Code::VerificationFailed, "The file is damaged."),
            Self::Memory => return internal(),
        };
        Failure::new(code, problem)
    }
}

impl Wanted {
    /// Somebody waits.
    pub fn insert(&self, number: u64, taker: Taker) {
        self.0.borrow_mut().insert(number, taker);
    }

    /// The command that was to bring content has failed.
    pub fn fail(&self, number: u64, failure: &Failure) {
        let taker = self.0.borrow_mut().remove(&number);
        if let Some(taker) = taker {
            taker(Err(failure));
        }
    }

    /// Gives the content of a file that is here to whom the path stands for; how many bytes it has.
    pub async fn give(&self, folder: &Folder, file: &FileSpec, path: &str) -> Result<u64, Problem> {
        let number = path.strip_prefix("wanted:").and_then(|number| number.parse().ok());
        let number: u64 = number.ok_or(Problem::Nobody)?;
        if !self.0.borrow().contains_key(&number) {
            return Err(Problem::Nobody);
        }
        let content = content(folder, file).await?;
        let taker = self.0.borrow_mut().remove(&number);
        if let Some(taker) = taker {
            taker(Ok(&content));
        }
        Ok(file.layout.size())
    }
}

async fn content(folder: &Folder, file: &FileSpec) -> Result<Blob, Problem> {
    let source = folder.open(&Folder::whole(&file.id)).await.ok_or(Problem::Lost)?;
    let mut parts = Parts::new(file, Range { offset: 0, length: file.layout.size() });
    let mut at = parts.stored().0 as f64;
    let (pieces, mut piece) = (Array::new(), Vec::new());
    let memory = |_: JsValue| Problem::Memory;
    while let Some(length) = parts.next_len() {
        let mut chunk = read(&source, at, at + length as f64).await.map_err(|_| Problem::Lost)?;
        at += length as f64;
        piece.extend_from_slice(parts.open(&mut chunk).map_err(|_| Problem::Damaged)?);
        if piece.len() >= PIECE {
            pieces.push(&gathered(&mut piece).map_err(memory)?);
        }
    }
    pieces.push(&gathered(&mut piece).map_err(memory)?);
    Blob::new_with_blob_sequence(&pieces).map_err(memory)
}

fn gathered(piece: &mut Vec<u8>) -> Result<JsValue, JsValue> {
    let bytes = Uint8Array::from(piece.as_slice());
    piece.clear();
    Ok(Blob::new_with_u8_array_sequence(&Array::of1(&bytes))?.into())
}

/// An answer to a page that asked for content.
pub fn answer(id: f64, content: Result<&Blob, &Failure>) -> JsValue {
    match content {
        Ok(blob) => js::object(&[("id", id.into()), ("blob", blob.into())]),
        Err(failure) => crate::wire::refusal(id, failure),
    }
}
