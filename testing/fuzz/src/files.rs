//! Files: where their chunks are, what is sealed, what they hold, and the header of a profile.

use crate::Target;
use anyhow::{Context, Result, ensure};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use parlor_client::decoders::header::Header;
use parlor_client::decoders::picture;
use parlor_crypto::file::{CHUNK_BYTES, FileCipher, FileKey, Layout, PREFIX_BYTES};
use parlor_crypto::kem::OpeningKey;
use parlor_crypto::{Secret, aead};
use parlor_driver::files::sniff;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::io::{Cursor, Seek, Write};

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

pub const LAYOUT: Target = Target {
    name: "layout",
    reads: "the size of a file and a place in it (two u64)",
    seeds: || {
        let sizes = [0, 1, 4096, 4097, 65_536, 65_537, 1 << 32, (1 << 32) + 1, u64::MAX];
        let pair = |size: u64| [size.to_be_bytes(), (size / 2).to_be_bytes()].concat();
        Ok(sizes.into_iter().map(pair).collect())
    },
    run: |bytes| {
        let Some(layout) = Layout::new(number(bytes)) else { return Ok(()) };
        let at = number(bytes.get(8..).unwrap_or_default());
        let chunk = layout.chunk_of(at);
        let last = layout.chunks() - 1;
        let end = layout.stored_at(last) + layout.stored_len(last) as u64;
        ensure!(end == layout.stored(), "chunks and the whole differ");
        ensure!(layout.content_len(chunk) <= CHUNK_BYTES, "a chunk of too much content");
        ensure!(at >= layout.size() || layout.content_len(chunk) > 0, "a byte in no chunk");
        ensure!(layout.stored_len(layout.chunks()) == 0, "a chunk behind the last");
        Ok(())
    },
    cases: 32000,
    memory: 0,
};

const KEY: [u8; 32] = [4; 32];

fn cipher() -> Result<FileCipher> {
    let key = FileKey { key: Secret::new(KEY), prefix: [6; PREFIX_BYTES] };
    Ok(FileCipher::new(&key, Layout::new(100).context("a layout")?))
}

pub const SEALED: Target = Target {
    name: "sealed",
    reads: "what was sealed under a key or to a public one, or a chunk of a file",
    seeds: || {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let opening = OpeningKey::from_seed(&Secret::new(KEY));
        let mut chunk = vec![1; 100];
        cipher()?.seal(0, &mut chunk)?;
        Ok(vec![
            aead::seal(&Secret::new(KEY), b"aad", b"content", &mut rng),
            parlor_crypto::kem::seal_to(&opening.public(), b"aad", b"content", &mut rng)?,
            chunk,
        ])
    },
    run: |bytes| {
        if let Ok(content) = aead::open(&Secret::new(KEY), b"aad", bytes) {
            ensure!(content.len() + aead::OVERHEAD == bytes.len(), "a content of another length");
        }
        let _ = OpeningKey::from_seed(&Secret::new(KEY)).open(b"aad", bytes);
        let mut chunk = bytes.to_vec();
        if cipher()?.open(0, &mut chunk).is_ok() {
            ensure!(chunk.len() <= CHUNK_BYTES, "a chunk of too much content");
        }
        Ok(())
    },
    cases: 1500,
    memory: 0,
};

pub const SNIFF: Target = Target {
    name: "sniff",
    reads: "the beginning of a file",
    seeds: || {
        let wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0";
        let text = "words, caf\u{e9}\n".as_bytes();
        let begin = [&wav[..], text, b"\0\0\0\x20ftypisom", b"\x89PNG\r\n\x1a\n", b"OggS\0\x02"];
        Ok(begin.into_iter().map(<[u8]>::to_vec).collect())
    },
    run: |bytes| {
        let mime = sniff::mime(bytes);
        ensure!(mime.contains('/') && mime.is_ascii(), "no MIME type");
        for size in [0, bytes.len() as u64, u64::MAX] {
            let _ = sniff::duration(bytes, size);
        }
        Ok(())
    },
    cases: 32000,
    memory: 0,
};

/// What decoding a picture may take; see `parlor-client`'s limit, which is of one buffer.
const PICTURE_MEMORY: usize = 600 << 20;

pub const PICTURE: Target = Target {
    name: "picture",
    reads: "a picture that is looked at before it is sent",
    seeds: || {
        let picture = RgbImage::from_fn(24, 16, |x, y| Rgb([(x * 10) as u8, (y * 15) as u8, 99]));
        let formats = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
        let written = |format| -> Result<Vec<u8>> {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::from(picture.clone()).write_to(&mut bytes, format)?;
            Ok(bytes.into_inner())
        };
        formats.into_iter().map(written).collect()
    },
    run: |bytes| {
        const MOST: usize = 4096;
        let file = || -> Result<std::fs::File> {
            let mut file = tempfile::tempfile()?;
            file.write_all(bytes)?;
            file.rewind()?;
            Ok(file)
        };
        if let Some(looks) = picture::look(file()?, MOST) {
            ensure!(looks.width > 0 && looks.height > 0, "a picture without a size");
            ensure!(looks.thumbnail.len() <= MOST, "a thumbnail of too many bytes");
        }
        let square = picture::avatar(file()?, MOST);
        ensure!(square.is_none_or(|square| square.len() <= MOST), "a square of too many bytes");
        Ok(())
    },
    cases: 1000,
    memory: PICTURE_MEMORY,
};

pub const PROFILE: Target = Target {
    name: "profile",
    reads: "protection.json of a profile",
    seeds: || {
        let check = "00".repeat(16);
        let with = |rest: &str| format!(r#"{{"version":1,"check":"{check}",{rest}}}"#).into_bytes();
        Ok(vec![
            with(r#""protection":"key_file""#),
            with(r#""protection":"keychain","entry":"ab""#),
            with(&format!(
                r#""protection":"passphrase","argon2id":{{"memory_kib":65536,"passes":3,"salt":"{check}"}}"#
            )),
        ])
    },
    run: |bytes| {
        let Some(header) = Header::parse(bytes) else { return Ok(()) };
        ensure!(header.checked(Secret::new(KEY)).is_none(), "any key is the right one");
        Ok(())
    },
    cases: 16000,
    memory: 0,
};
