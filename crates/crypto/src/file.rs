//! Encryption of files in chunks, each of which can be opened by itself.
//!
//! STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over XChaCha20-Poly1305: the content, padded with zeros to
//! its Padmé size, is cut into chunks of 64 KiB. The nonce of a chunk is the file's random prefix, the chunk's
//! number and whether it is the last; the size of the content is bound to every chunk. So chunks cannot change
//! places, come from another file, be left out or be added, and chunk `n` is stored at `n * 65,552`.
//!
//! Invariants: a key is used for one file only; what opens is what was sealed. Absent on purpose: files, and who
//! may have the key. The ciphertext is pinned by its BLAKE3 ([`Digest`]), since more than one key may open it.

use crate::aead::CannotOpen;
use crate::{Secret, random};
use chacha20poly1305::{AeadInPlace, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use parlor_wire::{Hash, padding};

/// Bytes of content in a chunk.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes that each chunk grows by.
pub const TAG_BYTES: usize = 16;
/// Bytes of a whole chunk as it is stored.
pub const STORED_CHUNK_BYTES: usize = CHUNK_BYTES + TAG_BYTES;
/// Largest content, bytes.
pub const MAX_CONTENT_BYTES: u64 = 4 << 30;
/// Bytes of a nonce that are the file's own.
pub const PREFIX_BYTES: usize = 19;

/// Small files have one size.
const LEAST_PADDED: u64 = 4096;

/// Where the chunks of a file of some size are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    size: u64,
    padded: u64,
}

impl Layout {
    /// Of a content of so many bytes; `None` above [`MAX_CONTENT_BYTES`].
    pub fn new(size: u64) -> Option<Self> {
        let padded = padding::padme(size.max(LEAST_PADDED));
        (size <= MAX_CONTENT_BYTES).then_some(Self { size, padded })
    }

    /// Bytes of the content.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How many chunks there are, at least one.
    pub fn chunks(&self) -> u32 {
        u32::try_from(self.padded.div_ceil(CHUNK_BYTES as u64)).unwrap_or(u32::MAX)
    }

    /// Bytes of the whole as it is stored.
    pub fn stored(&self) -> u64 {
        self.padded + u64::from(self.chunks()) * TAG_BYTES as u64
    }

    /// Where a chunk begins as it is stored.
    pub fn stored_at(&self, chunk: u32) -> u64 {
        u64::from(chunk) * STORED_CHUNK_BYTES as u64
    }

    /// Bytes of a chunk as it is stored; 0 when there is none of that number.
    pub fn stored_len(&self, chunk: u32) -> usize {
        match part(self.padded, chunk) {
            0 => 0,
            length => length + TAG_BYTES,
        }
    }

    /// Bytes of content in a chunk; the rest of it is padding.
    pub fn content_len(&self, chunk: u32) -> usize {
        part(self.size, chunk)
    }

    /// The chunk that holds a byte of the content.
    pub fn chunk_of(&self, at: u64) -> u32 {
        u32::try_from(at / CHUNK_BYTES as u64).unwrap_or(u32::MAX)
    }

    fn is_last(&self, chunk: u32) -> bool {
        chunk.saturating_add(1) == self.chunks()
    }
}

/// How much of `total` bytes lies in a chunk.
fn part(total: u64, chunk: u32) -> usize {
    let begin = u64::from(chunk) * CHUNK_BYTES as u64;
    usize::try_from(total.saturating_sub(begin)).unwrap_or(usize::MAX).min(CHUNK_BYTES)
}

/// The key of one file.
#[derive(Clone)]
pub struct FileKey {
    /// Encrypts.
    pub key: Secret,
    /// Begins every nonce.
    pub prefix: [u8; PREFIX_BYTES],
}

impl FileKey {
    /// A fresh one.
    pub fn generate(rng: &mut dyn rand_core::CryptoRng) -> Self {
        Self { key: Secret::generate(&mut *rng), prefix: random(rng) }
    }
}

/// Seals and opens the chunks of one file.
pub struct FileCipher {
    cipher: XChaCha20Poly1305,
    prefix: [u8; PREFIX_BYTES],
    layout: Layout,
    aad: Vec<u8>,
}

impl FileCipher {
    /// For the file of a key and a size.
    pub fn new(key: &FileKey, layout: Layout) -> Self {
        let cipher = XChaCha20Poly1305::new(key.key.expose().into());
        let aad = [b"parlor-att-v1".as_slice(), &layout.size.to_be_bytes()].concat();
        Self { cipher, prefix: key.prefix, layout, aad }
    }

    /// Where its chunks are.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Seals the content of a chunk in place; `chunk` holds exactly [`Layout::content_len`] bytes.
    pub fn seal(&self, number: u32, chunk: &mut Vec<u8>) -> Result<(), CannotOpen> {
        if chunk.len() != self.layout.content_len(number) {
            return Err(CannotOpen);
        }
        let padded = self.layout.stored_len(number).checked_sub(TAG_BYTES).ok_or(CannotOpen)?;
        chunk.resize(padded, 0);
        let nonce = self.nonce(number);
        let tag = self.cipher.encrypt_in_place_detached(&nonce, &self.aad, chunk);
        chunk.extend_from_slice(&tag.map_err(|_| CannotOpen)?);
        Ok(())
    }

    /// Opens a whole stored chunk in place: what is left is content. When it fails, nothing is.
    pub fn open(&self, number: u32, chunk: &mut Vec<u8>) -> Result<(), CannotOpen> {
        let opened = self.opened(number, chunk);
        if opened.is_err() {
            chunk.clear();
        }
        opened
    }

    fn opened(&self, number: u32, chunk: &mut Vec<u8>) -> Result<(), CannotOpen> {
        if chunk.len() != self.layout.stored_len(number) {
            return Err(CannotOpen);
        }
        let at = chunk.len().checked_sub(TAG_BYTES).ok_or(CannotOpen)?;
        let tag = *Tag::from_slice(&chunk.split_off(at));
        let nonce = self.nonce(number);
        self.cipher
            .decrypt_in_place_detached(&nonce, &self.aad, chunk, &tag)
            .map_err(|_| CannotOpen)?;
        let padding = chunk.split_off(self.layout.content_len(number));
        if padding.iter().any(|byte| *byte != 0) { Err(CannotOpen) } else { Ok(()) }
    }

    fn nonce(&self, number: u32) -> XNonce {
        let mut nonce = XNonce::default();
        let (prefix, rest) = nonce.split_at_mut(PREFIX_BYTES);
        prefix.copy_from_slice(&self.prefix);
        let (counter, last) = rest.split_at_mut(4);
        counter.copy_from_slice(&number.to_be_bytes());
        last.fill(u8::from(self.layout.is_last(number)));
        nonce
    }
}

/// BLAKE3 of bytes that come in pieces.
#[derive(Clone, Default)]
pub struct Digest(blake3::Hasher);

impl Digest {
    /// Of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all that was taken.
    pub fn finish(&self) -> Hash {
        Hash(*self.0.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests;
