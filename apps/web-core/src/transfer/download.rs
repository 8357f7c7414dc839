//! A file on its way here. What came before is kept and hashed again, the rest is asked for; the whole counts when
//! its hash is the one of the message.

use super::folder::{Writer, read};
use super::{Folder, PIECE, Progress, Stop, http};
use crate::js;
use js_sys::Uint8Array;
use parlor_crypto::file::Digest;
use parlor_engine::{FileProblem, FileSpec, Happened};
use wasm_bindgen::JsValue;
use web_sys::Blob;

pub async fn run(
    folder: &Folder,
    file: &FileSpec,
    at: &str,
    mut progress: Progress,
    stop: &Stop,
) -> Result<Happened, FileProblem> {
    if let Some(whole) = folder.open(&Folder::whole(&file.id)).await {
        // It came before, and only the news of that was lost.
        if hash(&whole, stop).await?.finish() == file.hash {
            progress.ends();
            return Ok(Happened::Downloaded);
        }
    }
    let mut keep = true;
    loop {
        let resumed = fetch(folder, file, at, &mut progress, (keep, stop)).await?;
        let Some((digest, resumed)) = resumed else { return Err(FileProblem::Unreachable) };
        if digest.finish() == file.hash {
            break;
        }
        if !resumed {
            return Err(FileProblem::Damaged);
        }
        // What was here may have suffered when the machine went down: all of it once more.
        keep = false;
    }
    let (part, whole) = (Folder::part(&file.id), Folder::whole(&file.id));
    folder.rename(&part, &whole).await.map_err(local)?;
    progress.ends();
    Ok(Happened::Downloaded)
}

fn local(_: JsValue) -> FileProblem {
    FileProblem::Local
}

async fn hash(file: &Blob, stop: &Stop) -> Result<Digest, FileProblem> {
    let (mut digest, mut at) = (Digest::new(), 0.0);
    while at < file.size() && !stop.is_set() {
        let piece = read(file, at, at + PIECE as f64).await.map_err(local)?;
        digest.update(&piece);
        at += piece.len() as f64;
    }
    Ok(digest)
}

/// Gets what is missing; the digest of all, and whether some of it was here before. `None`: it was stopped.
async fn fetch(
    folder: &Folder,
    file: &FileSpec,
    at: &str,
    progress: &mut Progress,
    (keep, stop): (bool, &Stop),
) -> Result<Option<(Digest, bool)>, FileProblem> {
    let (part, stored) = (Folder::part(&file.id), file.stored() as f64);
    let before = folder.open(&part).await.filter(|before| keep && before.size() <= stored);
    let mut digest = match &before {
        Some(before) => hash(before, stop).await?,
        None => Digest::new(),
    };
    let mut writer = folder.write(&part, before.is_some()).await.map_err(local)?;
    let first = writer.len();
    if first < stored {
        let range = format!("bytes={first}-");
        let asked = http::ask("GET", at, &[("range", &range)], stop.signal()).await;
        let (status, answer) = asked.map_err(|_| FileProblem::Unreachable)?;
        let expected = format!("bytes {first}-{}/{stored}", stored - 1.0);
        match status {
            206 if http::header(&answer, "content-range").as_ref() == Some(&expected) => {}
            // The relay's blob has another size: it is not this file.
            206 | 416 => return Err(FileProblem::Damaged),
            404 => return Err(FileProblem::Gone),
            _ => return Err(FileProblem::Unreachable),
        }
        let came = body(&answer, &mut writer, &mut digest, (progress, stop, stored)).await;
        // What came is kept for the next try.
        writer.finish().map_err(local)?;
        came?;
    }
    writer.finish().map_err(local)?;
    Ok((!stop.is_set()).then_some((digest, first > 0.0)))
}

/// Writes what an answer brings.
async fn body(
    answer: &JsValue,
    writer: &mut Writer,
    digest: &mut Digest,
    (progress, stop, stored): (&mut Progress, &Stop, f64),
) -> Result<(), FileProblem> {
    let unreachable = |_| FileProblem::Unreachable;
    let reader = js::call(&js::get(answer, "body"), "getReader", &[]).map_err(unreachable)?;
    while writer.len() < stored {
        let next = js::wait(&reader, "read", &[]).await.map_err(unreachable)?;
        if js::get(&next, "done").is_truthy() || stop.is_set() {
            let _ = js::call(&reader, "cancel", &[]);
            return Err(FileProblem::Unreachable);
        }
        let bytes = Uint8Array::new(&js::get(&next, "value")).to_vec();
        writer.append(&bytes).map_err(local)?;
        digest.update(&bytes);
        progress.at(writer.len());
    }
    Ok(())
}
