//! A person's files, encrypted into the folder before a message with them is queued: from then on nothing depends
//! on the originals.

use super::folder::read;
use super::{Folder, internal, picture};
use crate::js;
use parlor_crypto::file::{Digest, FileCipher, FileKey, Layout};
use parlor_driver::Prepared;
use parlor_driver::files::sniff;
use parlor_engine::{FileSpec, NewFile};
use parlor_view::{Code, Command, Failure};
use parlor_wire::limits::{
    MAX_ATTACHMENTS, MAX_AVATAR_BYTES, MAX_FILE_NAME_BYTES, MAX_THUMBNAIL_BYTES,
};
use parlor_wire::{FileId, Hash};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::cell::RefCell;
use std::collections::BTreeMap;
use web_sys::File;
use zeroize::Zeroizing;

type Brought = RefCell<BTreeMap<u64, File>>;

/// Everything that goes with a command. When it fails, nothing is left of it.
pub async fn prepare(
    folder: &Folder,
    brought: &Brought,
    command: &Command,
) -> Result<Prepared, Failure> {
    let mut prepared = Prepared::default();
    let done = match command {
        Command::Send(wish) => {
            let names = wish.attachments.as_deref().unwrap_or_default();
            let page = wish.preview.as_ref().and_then(|page| page.thumbnail_path.as_deref());
            match (attachments(folder, brought, names, &mut prepared).await, page) {
                (Ok(()), Some(page)) => {
                    thumbnail(brought, page).await.map(|page| prepared.page = Some(page))
                }
                (done, _) => done,
            }
        }
        Command::AccountUpdate(wish) => {
            avatar(brought, wish.avatar_path.as_deref()).await.map(|one| prepared.avatar = one)
        }
        _ => Ok(()),
    };
    if let Err(failure) = done {
        for new in &prepared.files {
            folder.remove(&new.file.id).await;
        }
        return Err(failure);
    }
    Ok(prepared)
}

fn take(brought: &Brought, name: &str) -> Result<File, Failure> {
    let number = name.strip_prefix("brought:").and_then(|number| number.parse::<u64>().ok());
    let file = number.and_then(|number| brought.borrow_mut().remove(&number));
    file.ok_or_else(|| Failure::new(Code::NotFound, "There is no such file."))
}

async fn attachments(
    folder: &Folder,
    brought: &Brought,
    names: &[String],
    prepared: &mut Prepared,
) -> Result<(), Failure> {
    if names.len() > MAX_ATTACHMENTS {
        return Err(Failure::new(Code::TooLarge, "A message has 10 attachments at most."));
    }
    let seed = Zeroizing::new(js::random().map_err(|_| internal())?);
    let mut rng = ChaCha20Rng::from_seed(*seed);
    for name in names {
        let file = take(brought, name)?;
        let thumbnail = MAX_THUMBNAIL_BYTES / names.len();
        prepared.files.push(encrypt(folder, &file, thumbnail, &mut rng).await?);
    }
    Ok(())
}

/// Encrypts one file into the folder, and looks into it.
async fn encrypt(
    folder: &Folder,
    source: &File,
    thumbnail: usize,
    rng: &mut ChaCha20Rng,
) -> Result<NewFile, Failure> {
    let size = source.size() as u64;
    let Some(layout) = Layout::new(size) else {
        return Err(Failure::new(Code::TooLarge, "A file has 4 GiB at most."));
    };
    let id = FileId(parlor_crypto::random(rng));
    let key = FileKey::generate(rng);
    let cipher = FileCipher::new(&key, layout);
    let mut beginning = Vec::new();
    let written = write(folder, &id, &cipher, source, &mut beginning).await;
    let (content_hash, hash) = match written {
        Ok(hashes) => hashes,
        Err(failure) => {
            folder.remove(&id).await;
            return Err(failure);
        }
    };
    let mime = sniff::mime(&beginning);
    let looks = match mime.starts_with("image/") {
        true => picture::look(source, thumbnail).await.unwrap_or_default(),
        false => picture::Looks::default(),
    };
    Ok(NewFile {
        file: FileSpec { id, key, layout, hash },
        content_hash,
        name: short(&source.name()),
        mime: mime.to_owned(),
        width: looks.width,
        height: looks.height,
        duration: sniff::duration(&beginning, size),
        thumbnail: looks.thumbnail,
        preview: looks.preview,
    })
}

/// Writes the ciphertext; the hashes of content and ciphertext.
async fn write(
    folder: &Folder,
    id: &FileId,
    cipher: &FileCipher,
    source: &File,
    beginning: &mut Vec<u8>,
) -> Result<(Hash, Hash), Failure> {
    let layout = cipher.layout();
    let (mut content, mut stored) = (Digest::new(), Digest::new());
    let unfinished = Folder::unfinished(id);
    let mut out = folder.write(&unfinished, false).await.map_err(|_| local())?;
    let mut at = 0.0;
    for number in 0..layout.chunks() {
        let length = layout.content_len(number) as f64;
        let chunk = read(source, at, at + length).await.map_err(|_| changed())?;
        let mut chunk = Zeroizing::new(chunk);
        if chunk.len() != layout.content_len(number) {
            return Err(changed());
        }
        at += length;
        if number == 0 {
            beginning.extend_from_slice(&chunk);
        }
        content.update(&chunk);
        cipher.seal(number, &mut chunk).map_err(|_| internal())?;
        stored.update(&chunk);
        out.append(&chunk).map_err(|_| local())?;
    }
    out.finish().map_err(|_| local())?;
    // Closed, else it cannot be renamed.
    drop(out);
    folder.rename(&unfinished, &Folder::whole(id)).await.map_err(|_| local())?;
    Ok((content.finish(), stored.finish()))
}

fn changed() -> Failure {
    Failure::new(Code::Refused, "The file changed while it was read, or cannot be read.")
}

fn local() -> Failure {
    Failure::new(Code::NoRoom, "The browser has no room for the file.")
}

/// A name that is not too long.
fn short(name: &str) -> String {
    let mut end = name.len().min(MAX_FILE_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or_default().to_owned()
}

/// A picture for the profile, sized down; an empty name takes it away.
async fn avatar(brought: &Brought, name: Option<&str>) -> Result<Option<Vec<u8>>, Failure> {
    let Some(name) = name else { return Ok(None) };
    if name.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let file = take(brought, name)?;
    let jpeg = picture::avatar(&file, MAX_AVATAR_BYTES).await;
    jpeg.map(Some).ok_or_else(no_picture)
}

/// A picture of a page, sized down.
async fn thumbnail(brought: &Brought, name: &str) -> Result<Vec<u8>, Failure> {
    let file = take(brought, name)?;
    picture::small(&file, MAX_THUMBNAIL_BYTES).await.ok_or_else(no_picture)
}

fn no_picture() -> Failure {
    Failure::new(Code::Refused, "That is no picture that can be shown.")
}
