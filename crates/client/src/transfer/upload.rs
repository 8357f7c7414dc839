//! A file on its way to the relay. The relay says how much it has; the rest is sent in one request.
//!
//! | answer to PUT      | means                                        | then                         |
//! |--------------------|----------------------------------------------|------------------------------|
//! | 200, 201           | it is whole there                            | uploaded                     |
//! | 202, 409           | it has less or more than was believed        | asks how much, goes on       |
//! | 401, 404           | there is no room for it any more             | gone                         |
//! | 503, 507           | it cannot write now                          | full                         |
//! | anything else      | the connection, or a fault                   | unreachable                  |

use super::http::{self, Body, Http, SILENCE_LIMIT};
use super::progress::Progress;
use super::{Blob, Folder, PIECE};
use bytes::Bytes;
use futures_util::{Stream, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH};
use parlor_engine::{FileProblem, FileSpec, Happened};
use parlor_wire::blob;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::{sleep, timeout};

/// Requests of one upload, before whoever ordered it may think it over.
const TRIES: u32 = 4;

pub async fn run(
    http: &Http,
    folder: &Folder,
    file: &FileSpec,
    at: &Blob,
    token: &[u8],
    progress: Progress,
) -> Result<Happened, FileProblem> {
    let token = blob::authorization(token);
    let progress = Arc::new(Mutex::new(progress));
    for _ in 0..TRIES {
        let offset = offset(http, at, &token).await?;
        if offset > file.stored() {
            return Err(FileProblem::Damaged);
        }
        let whole = folder.whole(&file.id);
        let source = tokio::task::spawn_blocking(move || {
            let mut source = File::open(whole)?;
            source.seek(SeekFrom::Start(offset))?;
            Ok::<_, io::Error>(source)
        });
        let source = source.await.map_err(|_| FileProblem::Local)?;
        let source = source.map_err(|_| FileProblem::Local)?;
        let sent = Arc::new(AtomicU64::new(offset));
        let request = http::request("PUT", at)
            .header(AUTHORIZATION, &token)
            .header(blob::OFFSET_HEADER, offset)
            .header(CONTENT_LENGTH, file.stored() - offset)
            .body(body(source, Arc::clone(&sent), Arc::clone(&progress)))
            .map_err(|_| FileProblem::Unreachable)?;
        let answer = tokio::select! {
            answer = http.send(request) => answer.map_err(|_| FileProblem::Unreachable)?,
            () = silence(&sent) => return Err(FileProblem::Unreachable),
        };
        match answer.status().as_u16() {
            200 | 201 => {
                progress.lock().unwrap_or_else(PoisonError::into_inner).ends();
                return Ok(Happened::Uploaded);
            }
            202 | 409 => {}
            status => return Err(problem(status)),
        }
    }
    Err(FileProblem::Unreachable)
}

/// How many bytes the relay has.
async fn offset(http: &Http, at: &Blob, token: &str) -> Result<u64, FileProblem> {
    let request = http::request("HEAD", at)
        .header(AUTHORIZATION, token)
        .body(http::empty())
        .map_err(|_| FileProblem::Unreachable)?;
    let answer = timeout(SILENCE_LIMIT, http.send(request)).await;
    let answer = answer.ok().and_then(Result::ok).ok_or(FileProblem::Unreachable)?;
    match answer.status().as_u16() {
        200 => http::number(&answer, blob::OFFSET_HEADER).ok_or(FileProblem::Unreachable),
        status => Err(problem(status)),
    }
}

fn problem(status: u16) -> FileProblem {
    match status {
        401 | 404 => FileProblem::Gone,
        503 | 507 => FileProblem::Full,
        _ => FileProblem::Unreachable,
    }
}

/// Returns when nothing was sent for too long.
async fn silence(sent: &AtomicU64) {
    let mut before = u64::MAX;
    loop {
        let now = sent.load(Ordering::Relaxed);
        if now == before {
            return;
        }
        before = now;
        sleep(SILENCE_LIMIT).await;
    }
}

/// The rest of a file, read as it is sent.
fn body(source: File, sent: Arc<AtomicU64>, progress: Arc<Mutex<Progress>>) -> Body {
    StreamBody::new(pieces(source, sent, progress)).boxed_unsync()
}

fn pieces(
    source: File,
    sent: Arc<AtomicU64>,
    progress: Arc<Mutex<Progress>>,
) -> impl Stream<Item = io::Result<Frame<Bytes>>> {
    stream::try_unfold((source, sent, progress), async |(mut source, sent, progress)| {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = read_full(&mut source, &mut piece)?;
            piece.truncate(length);
            Ok::<_, io::Error>((source, piece))
        });
        let (source, piece) = read.await.map_err(io::Error::other)??;
        if piece.is_empty() {
            return Ok(None);
        }
        let at = sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
        progress.lock().unwrap_or_else(PoisonError::into_inner).at(at);
        Ok(Some((Frame::data(Bytes::from(piece)), (source, sent, progress))))
    })
}

/// Fills a buffer as far as the file goes.
pub fn read_full(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
