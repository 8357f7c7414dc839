//! Content in the clear, where a person wants it: whole, or a part for playback. Every chunk is checked before
//! any of it is written.
//!
//! Invariants: nothing is overwritten; a file has its name when all of it is on disk.

use super::http::{self, Http, SILENCE_LIMIT};
use super::upload::read_full;
use super::{Blob, Folder};
use http_body_util::BodyExt;
use hyper::header::RANGE;
use parlor_driver::files::{Damaged, Parts, Range};
use parlor_engine::{FileProblem, FileSpec, Happened};
use parlor_view::{Code, Failure};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tokio::time::timeout;

/// What was written.
#[derive(Debug)]
pub struct Saved {
    /// Where.
    pub path: String,
    /// How many bytes.
    pub bytes: u64,
}

/// Why nothing was written.
#[derive(Debug)]
pub enum Unsaved {
    /// Something is there already.
    Exists,
    /// The path cannot be written to.
    Path(ErrorKind),
    /// The file is not in the folder, as it should be.
    Lost,
    /// A chunk is not what it should be.
    Damaged,
    /// The relay has it no more.
    Gone,
    /// The relay cannot be reached.
    Unreachable,
    /// The device ends, or a fault of ours.
    Internal,
}

impl From<Damaged> for Unsaved {
    fn from(_: Damaged) -> Self {
        Self::Damaged
    }
}

impl Unsaved {
    /// What the engine has to know.
    pub fn news(&self) -> Option<Happened> {
        match self {
            Self::Lost | Self::Damaged => Some(Happened::Lost),
            Self::Gone => Some(Happened::Failed(FileProblem::Gone)),
            _ => None,
        }
    }

    /// What a person has to know.
    pub fn failure(&self) -> Failure {
        let (code, problem) = match self {
            Self::Exists => (Code::Refused, "There is a file of that name already."),
            Self::Path(ErrorKind::NotFound) => (Code::Refused, "There is no such folder."),
            Self::Path(ErrorKind::StorageFull) => (Code::NoRoom, "The disk is full."),
            Self::Path(_) => (Code::Refused, "The file cannot be written there."),
            Self::Lost => (Code::Unavailable, "The file is not here any more. Ask for it again."),
            Self::Damaged => (Code::VerificationFailed, "The file is damaged."),
            Self::Gone => (Code::Expired, "The server keeps this file no more."),
            Self::Unreachable => (Code::Offline, "The server cannot be reached."),
            Self::Internal => (Code::Internal, "Something inside failed while a file was written."),
        };
        Failure::new(code, problem)
    }
}

/// Writes the whole content to a path.
pub fn save(folder: &Folder, file: &FileSpec, path: &Path) -> Result<Saved, Unsaved> {
    let range = Range { offset: 0, length: file.layout.size() };
    read_here(folder, file, range, path)
}

/// Writes a part of the content of a file that is here.
pub fn read_here(
    folder: &Folder,
    file: &FileSpec,
    range: Range,
    path: &Path,
) -> Result<Saved, Unsaved> {
    let mut out = Target::new(path)?;
    let mut parts = Parts::new(file, range);
    let mut source = File::open(folder.whole(&file.id)).map_err(|_| Unsaved::Lost)?;
    source.seek(SeekFrom::Start(parts.stored().0)).map_err(|_| Unsaved::Lost)?;
    let mut chunk = Vec::new();
    while let Some(length) = parts.next_len() {
        if folder.has_ended() {
            return Err(Unsaved::Internal);
        }
        chunk.resize(length, 0);
        let count = read_full(&mut source, &mut chunk).map_err(|_| Unsaved::Lost)?;
        chunk.truncate(count);
        out.write(parts.open(&mut chunk)?)?;
    }
    out.finish()
}

/// The same of a file that is at the relay.
pub async fn read_remote(
    http: &Http,
    blob: &Blob,
    file: &FileSpec,
    range: Range,
    path: &Path,
) -> Result<Saved, Unsaved> {
    let mut out = Target::new(path)?;
    let mut parts = Parts::new(file, range);
    let (first, end) = parts.stored();
    if first == end {
        return out.finish();
    }
    let request = http::request("GET", blob)
        .header(RANGE, format!("bytes={first}-{}", end - 1))
        .body(http::empty())
        .map_err(|_| Unsaved::Unreachable)?;
    let answer = timeout(SILENCE_LIMIT, http.send(request)).await;
    let mut answer = answer.ok().and_then(Result::ok).ok_or(Unsaved::Unreachable)?;
    match answer.status().as_u16() {
        206 => {}
        404 => return Err(Unsaved::Gone),
        416 => return Err(Unsaved::Damaged),
        _ => return Err(Unsaved::Unreachable),
    }
    let mut came: Vec<u8> = Vec::new();
    while let Some(length) = parts.next_len() {
        while came.len() < length {
            let frame = timeout(SILENCE_LIMIT, answer.body_mut().frame()).await;
            let Ok(Some(Ok(frame))) = frame else { return Err(Unsaved::Unreachable) };
            if let Ok(bytes) = frame.into_data() {
                came.extend_from_slice(&bytes);
            }
        }
        let rest = came.split_off(length);
        // A few chunks at most, on a disk that is written to anyway.
        out.write(parts.open(&mut came)?)?;
        came = rest;
    }
    out.finish()
}

/// A file that gets its name at the end, and is gone when it does not come to that.
struct Target {
    path: PathBuf,
    unfinished: PathBuf,
    file: File,
    bytes: u64,
}

impl Target {
    fn new(path: &Path) -> Result<Self, Unsaved> {
        if path.symlink_metadata().is_ok() {
            return Err(Unsaved::Exists);
        }
        let name = path.file_name().ok_or(Unsaved::Path(ErrorKind::InvalidInput))?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| Unsaved::Internal)?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}", parlor_wire::letters::HEX.encode(&random)));
        let unfinished = path.with_file_name(hidden);
        let file = OpenOptions::new().write(true).create_new(true).open(&unfinished);
        let file = file.map_err(|error| Unsaved::Path(error.kind()))?;
        Ok(Self { path: path.to_owned(), unfinished, file, bytes: 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Unsaved> {
        self.file.write_all(bytes).map_err(|error| Unsaved::Path(error.kind()))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn finish(self) -> Result<Saved, Unsaved> {
        self.file.sync_all().map_err(|error| Unsaved::Path(error.kind()))?;
        name(&self.unfinished, &self.path)?;
        Ok(Saved { path: self.path.to_string_lossy().into_owned(), bytes: self.bytes })
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // After a rename there is nothing of this name.
        let _ = std::fs::remove_file(&self.unfinished);
    }
}

/// Gives a file its name, unless something has it. Where the file system has no hard links, another program may
/// come in between.
fn name(from: &Path, to: &Path) -> Result<(), Unsaved> {
    match std::fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Unsaved::Exists),
        Err(_) if to.symlink_metadata().is_ok() => Err(Unsaved::Exists),
        Err(_) => std::fs::rename(from, to).map_err(|error: io::Error| Unsaved::Path(error.kind())),
    }
}
