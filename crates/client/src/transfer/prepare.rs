//! A person's files, encrypted into the folder before a message with them is queued: from then on nothing depends
//! on the originals.

use super::upload::read_full;
use super::{Folder, picture};
use crate::files;
use parlor_crypto::file::{CHUNK_BYTES, Digest, FileCipher, FileKey, Layout};
use parlor_driver::files::sniff;
use parlor_engine::{FileSpec, NewFile, Prepared};
use parlor_view::{Code, Command, Failure};
use parlor_wire::FileId;
use parlor_wire::limits::{
    MAX_ATTACHMENTS, MAX_AVATAR_BYTES, MAX_FILE_NAME_BYTES, MAX_THUMBNAIL_BYTES,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Read, Seek, Write};
use std::panic::catch_unwind;
use std::path::Path;
use zeroize::Zeroizing;

/// Everything that goes with a command. When it fails, nothing is left of it.
pub fn prepare(folder: &Folder, command: &Command) -> Result<Prepared, Failure> {
    let mut prepared = Prepared::default();
    let done = match command {
        Command::Send(wish) => {
            let page = wish.preview.as_ref().and_then(|page| page.thumbnail_path.as_deref());
            attachments(folder, wish.attachments.as_deref().unwrap_or_default(), &mut prepared)
                .and_then(|()| page.map(thumbnail).transpose())
                .map(|page| prepared.page = page)
        }
        Command::AccountUpdate(wish) => {
            avatar(wish.avatar_path.as_deref()).map(|avatar| prepared.avatar = avatar)
        }
        _ => Ok(()),
    };
    if let Err(failure) = done {
        for new in &prepared.files {
            folder.remove(&new.file.id);
        }
        return Err(failure);
    }
    Ok(prepared)
}

fn attachments(folder: &Folder, paths: &[String], prepared: &mut Prepared) -> Result<(), Failure> {
    if paths.len() > MAX_ATTACHMENTS {
        return Err(Failure::new(Code::TooLarge, "A message has 10 attachments at most."));
    }
    let mut rng = rng()?;
    for path in paths {
        let thumbnail = MAX_THUMBNAIL_BYTES / paths.len();
        prepared.files.push(encrypt(folder, Path::new(path), thumbnail, &mut rng)?);
    }
    Ok(())
}

fn rng() -> Result<ChaCha20Rng, Failure> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).map_err(|_| super::internal())?;
    Ok(ChaCha20Rng::from_seed(*seed))
}

fn open(path: &Path) -> Result<(File, u64), Failure> {
    let unreadable = |kind| {
        let problem = match kind {
            ErrorKind::NotFound => "There is no such file.",
            _ => "The file cannot be read.",
        };
        Failure::new(
            if kind == ErrorKind::NotFound { Code::NotFound } else { Code::Refused },
            problem,
        )
    };
    // A pipe or a device would be waited for; what it is, is asked before it is opened.
    let kind = std::fs::metadata(path).map_err(|error| unreadable(error.kind()))?;
    if !kind.is_file() {
        return Err(Failure::new(Code::Refused, "Only files can be sent."));
    }
    let file = File::open(path).map_err(|error| unreadable(error.kind()))?;
    let size = file.metadata().map_err(|error| unreadable(error.kind()))?.len();
    Ok((file, size))
}

/// Encrypts one file into the folder, and looks into it.
fn encrypt(
    folder: &Folder,
    path: &Path,
    thumbnail: usize,
    rng: &mut ChaCha20Rng,
) -> Result<NewFile, Failure> {
    let (mut source, size) = open(path)?;
    let Some(layout) = Layout::new(size) else {
        return Err(Failure::new(Code::TooLarge, "A file has 4 GiB at most."));
    };
    let id = FileId(parlor_crypto::random(rng));
    let key = FileKey::generate(rng);
    let cipher = FileCipher::new(&key, layout);
    let mut beginning = Vec::new();
    let written = write(folder, &id, &cipher, &mut source, &mut beginning);
    let (content_hash, hash) = written.inspect_err(|_| folder.remove(&id))?;
    let mime = sniff::mime(&beginning);
    let looked = match mime.starts_with("image/") && source.rewind().is_ok() {
        // Decoders of others meet files of anybody: whatever one does, the file itself can be sent.
        true => catch_unwind(|| picture::look(source, thumbnail)).ok().flatten(),
        false => None,
    };
    let looked = looked.unwrap_or_default();
    Ok(NewFile {
        file: FileSpec { id, key, layout, hash },
        content_hash,
        name: name(path),
        mime: mime.to_owned(),
        width: looked.width,
        height: looked.height,
        duration: sniff::duration(&beginning, size),
        thumbnail: looked.thumbnail,
        preview: looked.preview,
    })
}

/// Writes the ciphertext; the hashes of content and ciphertext.
fn write(
    folder: &Folder,
    id: &FileId,
    cipher: &FileCipher,
    source: &mut File,
    beginning: &mut Vec<u8>,
) -> Result<(parlor_wire::Hash, parlor_wire::Hash), Failure> {
    let layout = cipher.layout();
    let (mut content, mut stored) = (Digest::new(), Digest::new());
    let unfinished = folder.unfinished(id);
    let file = files::private(&unfinished).map_err(|error| local(error.kind()))?;
    let mut out = BufWriter::with_capacity(super::PIECE, file);
    let mut chunk = Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + 64));
    for number in 0..layout.chunks() {
        if folder.has_ended() {
            return Err(super::internal());
        }
        chunk.resize(layout.content_len(number), 0);
        let count = read_full(source, &mut chunk).map_err(|_| changed())?;
        if count != chunk.len() {
            return Err(changed());
        }
        if number == 0 {
            beginning.extend_from_slice(&chunk);
        }
        content.update(&chunk);
        cipher.seal(number, &mut chunk).map_err(|_| super::internal())?;
        stored.update(&chunk);
        out.write_all(&chunk).map_err(|error| local(error.kind()))?;
        chunk.clear();
    }
    if source.read(&mut [0]).map_err(|_| changed())? > 0 {
        return Err(changed());
    }
    let file = out.into_inner().map_err(|error| local(error.error().kind()))?;
    file.sync_all().map_err(|error| local(error.kind()))?;
    folder.finish(&unfinished, id).map_err(|error| local(error.kind()))?;
    Ok((content.finish(), stored.finish()))
}

fn changed() -> Failure {
    Failure::new(Code::Refused, "The file changed while it was read, or cannot be read.")
}

fn local(kind: ErrorKind) -> Failure {
    match kind {
        ErrorKind::StorageFull => Failure::new(Code::NoRoom, "The disk is full."),
        _ => Failure::new(Code::Unavailable, "The profile folder cannot be written to."),
    }
}

/// The name of a file without its path, and not too long.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut end = name.len().min(MAX_FILE_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or_default().to_owned()
}

/// A picture for the profile, sized down; an empty path takes it away.
fn avatar(path: Option<&str>) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = path else { return Ok(None) };
    if path.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let (source, _) = open(Path::new(path))?;
    looked_at(catch_unwind(|| picture::avatar(source, MAX_AVATAR_BYTES))).map(Some)
}

/// A picture of a page, sized down.
fn thumbnail(path: &str) -> Result<Vec<u8>, Failure> {
    let (source, _) = open(Path::new(path))?;
    looked_at(catch_unwind(|| picture::small(source, MAX_THUMBNAIL_BYTES)))
}

fn looked_at(jpeg: std::thread::Result<Option<Vec<u8>>>) -> Result<Vec<u8>, Failure> {
    let jpeg = jpeg.ok().flatten();
    jpeg.ok_or_else(|| Failure::new(Code::Refused, "That is no picture that can be shown."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_characters() {
        assert_eq!(name(Path::new("/a/b/photo.jpg")), "photo.jpg");
        assert_eq!(name(Path::new("/")), "");
        let long = "ä".repeat(200);
        assert_eq!(name(Path::new(&long)), "ä".repeat(127));
    }
}
