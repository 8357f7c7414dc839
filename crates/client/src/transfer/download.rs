//! A file on its way here. What came before is kept and hashed again, the rest is asked for; the whole counts when
//! its hash is the one of the message. Stopped, it keeps what came: only waiting for the network is broken off, never
//! writing.

use super::http::{self, Http, SILENCE_LIMIT};
use super::progress::Progress;
use super::upload::read_full;
use super::{Blob, Folder, PIECE};
use crate::files;
use http_body_util::BodyExt;
use hyper::header::{CONTENT_RANGE, RANGE};
use hyper::{Response, body::Incoming};
use parlor_crypto::file::Digest;
use parlor_engine::{FileProblem, FileSpec, Happened};
use std::fs::File;
use std::io::{self, Write};
use tokio::sync::Notify;
use tokio::time::timeout;

/// What is here of a file.
struct Part {
    file: File,
    digest: Digest,
    length: u64,
}

pub async fn run(
    http: &Http,
    folder: &Folder,
    file: &FileSpec,
    at: &Blob,
    mut progress: Progress,
    stop: &Notify,
) -> Result<Happened, FileProblem> {
    if is_here(folder, file).await? {
        progress.ends();
        return Ok(Happened::Downloaded);
    }
    let mut part = open(folder, file, true).await?;
    loop {
        let resumed = part.length > 0;
        let fetched = fetch(http, folder, file, at, part, (&mut progress, stop)).await?;
        let Some(whole) = fetched else { return Ok(Happened::Stopped) };
        part = whole;
        if part.digest.finish() == file.hash {
            break;
        }
        if !resumed {
            let _ = files::remove(&folder.part(&file.id));
            return Err(FileProblem::Damaged);
        }
        // What was here may have suffered when the machine went down: all of it once more.
        part = open(folder, file, false).await?;
    }
    let (folder, id) = (folder.clone(), file.id);
    let finished = tokio::task::spawn_blocking(move || {
        part.file.sync_all()?;
        folder.finish(&folder.part(&id), &id)
    });
    finished.await.map_err(|_| FileProblem::Local)?.map_err(|_| FileProblem::Local)?;
    progress.ends();
    Ok(Happened::Downloaded)
}

/// Whether it came before, and only the news of that was lost.
async fn is_here(folder: &Folder, file: &FileSpec) -> Result<bool, FileProblem> {
    let (folder, file) = (folder.clone(), file.clone());
    let looked = tokio::task::spawn_blocking(move || {
        let mut whole = match File::open(folder.whole(&file.id)) {
            Ok(whole) => whole,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        Ok(read(&folder, &mut whole)?.0.finish() == file.hash)
    });
    looked.await.map_err(|_| FileProblem::Local)?.map_err(|_| FileProblem::Local)
}

/// Hashes a file; the digest and how many bytes it has.
fn read(folder: &Folder, file: &mut File) -> io::Result<(Digest, u64)> {
    let (mut digest, mut length) = (Digest::new(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let count = read_full(file, &mut piece)?;
        if count == 0 || folder.has_ended() {
            return Ok((digest, length));
        }
        digest.update(piece.get(..count).unwrap_or_default());
        length += count as u64;
    }
}

/// Opens what is here, or begins anew.
async fn open(folder: &Folder, file: &FileSpec, keep: bool) -> Result<Part, FileProblem> {
    let (folder, id, most) = (folder.clone(), file.id, file.stored());
    let opened = tokio::task::spawn_blocking(move || {
        let mut file = files::private(&folder.part(&id))?;
        if !keep || file.metadata()?.len() > most {
            file.set_len(0)?;
        }
        let (digest, length) = read(&folder, &mut file)?;
        Ok::<_, io::Error>(Part { file, digest, length })
    });
    opened.await.map_err(|_| FileProblem::Local)?.map_err(|_| FileProblem::Local)
}

/// Waits for something of the network. `None`: the download was stopped meanwhile.
async fn unless<T>(stop: &Notify, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = stop.notified() => None,
        done = work => Some(done),
    }
}

/// Gets what is missing. `None`: it was stopped.
async fn fetch(
    http: &Http,
    folder: &Folder,
    file: &FileSpec,
    at: &Blob,
    mut part: Part,
    (progress, stop): (&mut Progress, &Notify),
) -> Result<Option<Part>, FileProblem> {
    if part.length == file.stored() {
        return Ok(Some(part));
    }
    let request = http::request("GET", at)
        .header(RANGE, format!("bytes={}-", part.length))
        .body(http::empty())
        .map_err(|_| FileProblem::Unreachable)?;
    let answer = unless(stop, timeout(SILENCE_LIMIT, http.send(request))).await;
    let Some(answer) = answer else { return Ok(None) };
    let mut answer = answer.ok().and_then(Result::ok).ok_or(FileProblem::Unreachable)?;
    match answer.status().as_u16() {
        206 if is_rest(&answer, part.length, file.stored()) => {}
        // The relay's blob has another size: it is not this file.
        206 | 416 => return Err(FileProblem::Damaged),
        404 => return Err(FileProblem::Gone),
        _ => return Err(FileProblem::Unreachable),
    }
    let mut buffer = Vec::with_capacity(2 * PIECE);
    while part.length < file.stored() {
        let next = unless(stop, timeout(SILENCE_LIMIT, answer.body_mut().frame())).await;
        let frame = match next {
            Some(Ok(Some(Ok(frame)))) => frame,
            // What came is kept for the next try.
            _ => {
                write(&mut part, &mut buffer).await?;
                return if next.is_none() { Ok(None) } else { Err(FileProblem::Unreachable) };
            }
        };
        if let Ok(bytes) = frame.into_data() {
            buffer.extend_from_slice(&bytes);
        }
        let enough = part.length + buffer.len() as u64 >= file.stored();
        if buffer.len() >= PIECE || enough {
            write(&mut part, &mut buffer).await?;
            progress.at(part.length);
        }
        if folder.has_ended() {
            return Err(FileProblem::Unreachable);
        }
    }
    Ok(Some(part))
}

/// Whether an answer is all from `first` on, of a blob of the right size.
fn is_rest(answer: &Response<Incoming>, first: u64, size: u64) -> bool {
    let range = answer.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range == Some(format!("bytes {first}-{}/{size}", size.saturating_sub(1)).as_str())
}

async fn write(part: &mut Part, buffer: &mut Vec<u8>) -> Result<(), FileProblem> {
    let bytes = std::mem::take(buffer);
    let mut file = part.file.try_clone().map_err(|_| FileProblem::Local)?;
    let mut digest = std::mem::take(&mut part.digest);
    let written = tokio::task::spawn_blocking(move || {
        file.write_all(&bytes)?;
        digest.update(&bytes);
        Ok::<_, io::Error>((bytes, digest))
    });
    let written = written.await.map_err(|_| FileProblem::Local)?;
    let (mut bytes, digest) = written.map_err(|_| FileProblem::Local)?;
    part.length += bytes.len() as u64;
    part.digest = digest;
    bytes.clear();
    *buffer = bytes;
    Ok(())
}
