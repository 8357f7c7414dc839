//! The requests: `HEAD`, `PUT` and `GET` of `/v1/blobs/{id}` (`docs/protocol/blobs.md`).

use super::range::{self, Wanted};
use super::turns::Permit;
use crate::server::{Shared, now};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use parlor_relay_core::{Operation, Outcome, Read, day, rows};
use parlor_wire::{BlobId, blob};
use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::timeout;

/// Bytes that are read or written at once.
const PIECE: usize = 256 * 1024;

/// How a request ends when it does not end well.
struct Refused(StatusCode, Option<u64>);

impl From<StatusCode> for Refused {
    fn from(status: StatusCode) -> Self {
        Self(status, None)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        tracing::warn!(kind = ?error.kind(), "a blob's file cannot be used");
        let full =
            matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let status =
            if full { StatusCode::INSUFFICIENT_STORAGE } else { StatusCode::INTERNAL_SERVER_ERROR };
        status.into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self.1 {
            Some(offset) => (self.0, [(blob::OFFSET_HEADER, offset.to_string())]).into_response(),
            None => self.0.into_response(),
        }
    }
}

type Answered = Result<Response, Refused>;

/// How much of a blob there is: of a whole one for everybody, of another with its token.
pub async fn head(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answered = || -> Answered {
        let (id, row) = find(&shared, &id)?;
        let offset = match row.complete {
            true => row.size,
            false => {
                authorise(&shared, &id, &headers)?;
                shared.blobs.len(&id)?
            }
        };
        let length = if row.complete { row.size } else { 0 };
        Ok((
            [
                (header::CONTENT_LENGTH.as_str(), length.to_string()),
                (header::ACCEPT_RANGES.as_str(), "bytes".to_owned()),
                (blob::OFFSET_HEADER, offset.to_string()),
            ],
            Body::empty(),
        )
            .into_response())
    };
    answered().into_response()
}

/// The next bytes of a blob that is not whole yet.
pub async fn upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    uploaded(&shared, &id, &headers, body).await.into_response()
}

async fn uploaded(shared: &Arc<Shared>, id: &str, headers: &HeaderMap, body: Body) -> Answered {
    let (id, row) = find(shared, id)?;
    authorise(shared, &id, headers)?;
    let offset = number(headers, blob::OFFSET_HEADER).ok_or(StatusCode::BAD_REQUEST)?;
    if row.complete {
        return Ok(at(StatusCode::OK, row.size));
    }
    let mut permit = shared.blobs.turns.take(id).await;
    let have = shared.blobs.len(&id)?;
    if offset != have {
        return Err(Refused(StatusCode::CONFLICT, Some(have)));
    }
    let length = number(headers, header::CONTENT_LENGTH.as_str());
    if length.is_some_and(|length| have.saturating_add(length) > row.size) {
        return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, Some(have)));
    }
    let mut upload = Upload {
        shared,
        file: Arc::new(shared.blobs.append(&id)?),
        have,
        size: row.size,
        buffer: Vec::with_capacity(PIECE),
    };
    let received = upload.receive(body, &mut permit).await;
    let written = upload.flush().await;
    let Upload { file, have, .. } = upload;
    if shared.data.store.blob(&id).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?.is_none() {
        // It was over while it was written: its file may have been made anew after it was removed.
        let _ = shared.blobs.remove(&id);
        return Err(StatusCode::NOT_FOUND.into());
    }
    received.and(written).map_err(|status| Refused(status, Some(have)))?;
    if have < row.size {
        return Ok(at(StatusCode::ACCEPTED, have));
    }
    finish(shared, &id, file).await?;
    Ok(at(StatusCode::CREATED, have))
}

struct Upload<'a> {
    shared: &'a Arc<Shared>,
    file: Arc<File>,
    /// Bytes in the file.
    have: u64,
    size: u64,
    buffer: Vec<u8>,
}

impl Upload<'_> {
    /// Takes bytes until there are no more, or something ends it.
    async fn receive(&mut self, body: Body, permit: &mut Permit<'_>) -> Result<(), StatusCode> {
        let mut body = body.into_data_stream();
        let mut ending = self.shared.ending.clone();
        loop {
            let next = tokio::select! {
                next = timeout(self.shared.write_timeout, body.next()) => next,
                () = permit.outdone() => return Err(StatusCode::CONFLICT),
                () = ended(&mut ending) => return Err(StatusCode::SERVICE_UNAVAILABLE),
            };
            let bytes = match next {
                Ok(None) => return Ok(()),
                Ok(Some(Ok(bytes))) => bytes,
                Ok(Some(Err(_))) => return Err(StatusCode::BAD_REQUEST),
                Err(_) => return Err(StatusCode::REQUEST_TIMEOUT),
            };
            let after = self.have + self.buffer.len() as u64 + bytes.len() as u64;
            if after > self.size {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            self.buffer.extend_from_slice(&bytes);
            if self.buffer.len() >= PIECE {
                self.flush().await?;
            }
        }
    }

    /// Writes what came.
    async fn flush(&mut self) -> Result<(), StatusCode> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        if !self.shared.space.has_room(self.buffer.len()) {
            self.buffer.clear();
            return Err(StatusCode::INSUFFICIENT_STORAGE);
        }
        let (buffer, file) = (std::mem::take(&mut self.buffer), Arc::clone(&self.file));
        let written = tokio::task::spawn_blocking(move || {
            let written = (&*file).write_all(&buffer);
            (buffer, written)
        });
        let (mut buffer, written) = written.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        written.map_err(|error| Refused::from(error).0)?;
        self.have += buffer.len() as u64;
        self.shared.metrics.blob_bytes_received.add(buffer.len() as u64);
        buffer.clear();
        self.buffer = buffer;
        Ok(())
    }
}

/// Makes a whole file durable, then tells the store.
async fn finish(shared: &Arc<Shared>, id: &BlobId, file: Arc<File>) -> Result<(), Refused> {
    let (id, files) = (*id, Arc::clone(shared));
    let synced = tokio::task::spawn_blocking(move || files.blobs.sync(&id, &file));
    synced.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)??;
    let days = shared.relay.blobs().days;
    let (sender, outcome) = tokio::sync::oneshot::channel();
    let answer = move |outcome| {
        let _ = sender.send(outcome);
    };
    let command = Operation::CompleteBlob { blob: id, days }.into();
    shared.data.store.submit(command, now(), Box::new(answer));
    match outcome.await {
        Ok(Ok(Outcome::Done)) => {
            shared.metrics.blobs_uploaded.add(1);
            Ok(())
        }
        Ok(Ok(_)) => Err(StatusCode::NOT_FOUND.into()),
        _ => Err(StatusCode::SERVICE_UNAVAILABLE.into()),
    }
}

/// A whole blob, or a range of it.
pub async fn download(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answered = || -> Answered {
        let (id, row) = find(&shared, &id)?;
        if !row.complete {
            return Err(StatusCode::NOT_FOUND.into());
        }
        let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
        let (status, range) = match range::parse(asked, row.size) {
            Wanted::Whole => (StatusCode::OK, 0..row.size),
            Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
            Wanted::Nothing => {
                let range = [(header::CONTENT_RANGE, format!("bytes */{}", row.size))];
                return Ok((StatusCode::RANGE_NOT_SATISFIABLE, range).into_response());
            }
        };
        let file = shared.blobs.open(&id)?;
        let mut response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::ACCEPT_RANGES, "bytes")
            .header(header::CONTENT_LENGTH, range.end - range.start);
        if status == StatusCode::PARTIAL_CONTENT {
            let value = format!("bytes {}-{}/{}", range.start, range.end - 1, row.size);
            response = response.header(header::CONTENT_RANGE, value);
        }
        let body = Body::from_stream(pieces(Arc::clone(&shared), Arc::new(file), range));
        Ok(response.body(body).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?)
    };
    answered().into_response()
}

/// The bytes of a range, read as they are taken.
fn pieces(
    shared: Arc<Shared>,
    file: Arc<File>,
    range: Range<u64>,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold((shared, file, range), async |(shared, file, range)| {
        if range.is_empty() {
            return None;
        }
        let length = usize::try_from(range.end - range.start).unwrap_or(PIECE).min(PIECE);
        let ending = *shared.ending.borrow();
        let (from, at) = (Arc::clone(&file), range.start);
        let read = tokio::task::spawn_blocking(move || {
            if ending {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            let mut piece = vec![0; length];
            from.read_exact_at(&mut piece, at)?;
            Ok(Bytes::from(piece))
        });
        let piece = read.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        shared.metrics.blob_bytes_sent.add(length as u64);
        // After an error nothing more is asked for.
        let rest = if piece.is_ok() { at + length as u64..range.end } else { 0..0 };
        Some((piece, (shared, file, rest)))
    })
}

fn find(shared: &Shared, id: &str) -> Result<(BlobId, rows::Blob), Refused> {
    let id = blob::parse_id(id).ok_or(StatusCode::NOT_FOUND)?;
    let row = shared.data.store.blob(&id).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let alive = row.filter(|row| row.expiry_day >= day(now()));
    Ok((id, alive.ok_or(StatusCode::NOT_FOUND)?))
}

fn authorise(shared: &Shared, id: &BlobId, headers: &HeaderMap) -> Result<(), Refused> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(blob::parse_authorization).unwrap_or_default();
    if shared.relay.may_upload(id, &token) { Ok(()) } else { Err(StatusCode::UNAUTHORIZED.into()) }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn at(status: StatusCode, offset: u64) -> Response {
    (status, [(blob::OFFSET_HEADER, offset.to_string())]).into_response()
}

async fn ended(ending: &mut watch::Receiver<bool>) {
    // An error means that the server is gone, which is the same.
    let _ = ending.wait_for(|ending| *ending).await;
}
