//! Which chunks of a file hold a part of its content, and opening them one after the other.

use parlor_crypto::file::{CHUNK_BYTES, FileCipher};
use parlor_engine::FileSpec;

/// A part of the content.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// The first byte.
    pub offset: u64,
    /// How many bytes; fewer at the end.
    pub length: u64,
}

/// A chunk is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damaged;

/// The chunks that hold a part of the content.
pub struct Parts {
    cipher: FileCipher,
    next: u32,
    /// The first chunk behind it.
    end: u32,
    begin_byte: u64,
    end_byte: u64,
}

impl Parts {
    /// For a part of this file.
    pub fn new(file: &FileSpec, range: Range) -> Self {
        let layout = file.layout;
        let end_byte = range.offset.saturating_add(range.length).min(layout.size());
        let begin_byte = range.offset.min(end_byte);
        let next = layout.chunk_of(begin_byte);
        let end = match begin_byte < end_byte {
            true => layout.chunk_of(end_byte - 1) + 1,
            false => next,
        };
        Self { cipher: FileCipher::new(&file.key, layout), next, end, begin_byte, end_byte }
    }

    /// Where they are stored: the first byte, and the first behind them.
    pub fn stored(&self) -> (u64, u64) {
        let layout = self.cipher.layout();
        (layout.stored_at(self.next), layout.stored_at(self.end).min(layout.stored()))
    }

    /// Bytes of the next chunk as it is stored.
    pub fn next_len(&self) -> Option<usize> {
        (self.next < self.end).then(|| self.cipher.layout().stored_len(self.next))
    }

    /// Opens the next chunk; what is wanted of it.
    pub fn open<'a>(&mut self, chunk: &'a mut Vec<u8>) -> Result<&'a [u8], Damaged> {
        self.cipher.open(self.next, chunk).map_err(|_| Damaged)?;
        let first = u64::from(self.next) * CHUNK_BYTES as u64;
        self.next += 1;
        let inside = |byte: u64| usize::try_from(byte.saturating_sub(first)).unwrap_or(usize::MAX);
        let end = inside(self.end_byte).min(chunk.len());
        Ok(chunk.get(inside(self.begin_byte).min(end)..end).unwrap_or_default())
    }
}
