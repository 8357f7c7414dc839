//! What a file is, by its first bytes; its name says nothing.

/// Kinds with fixed bytes at a fixed place.
const SIGNS: [(usize, &[u8], &str); 28] = [
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (28, b"\x01video", "video/ogg"),
    (28, b"\x80theora", "video/ogg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"{\\rtf", "application/rtf"),
];

/// The MIME type of a file that begins so.
pub fn mime(beginning: &[u8]) -> &'static str {
    let is_it = |(at, sign, _): &&(usize, &[u8], &str)| {
        beginning.get(*at..).is_some_and(|rest| rest.starts_with(sign))
    };
    if let Some((_, _, mime)) = SIGNS.iter().find(is_it) {
        return match *mime {
            "video/webm" if tracks(beginning, is_webm_track) == Some(Track::Sound) => "audio/webm",
            "video/mp4" if tracks(beginning, is_mp4_track) == Some(Track::Sound) => "audio/mp4",
            mime => mime,
        };
    }
    if is_text(beginning) { "text/plain" } else { "application/octet-stream" }
}

/// What is in a track of a film or a recording.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Track {
    Sound,
    Picture,
}

/// What the tracks are that the first bytes tell of: sound when there is nothing else.
fn tracks(beginning: &[u8], at: impl Fn(&[u8]) -> Option<Track>) -> Option<Track> {
    let mut found = None;
    for start in 0..beginning.len() {
        match beginning.get(start..).and_then(&at) {
            Some(Track::Picture) => return Some(Track::Picture),
            Some(Track::Sound) => found = Some(Track::Sound),
            None => {}
        }
    }
    found
}

/// Matroska: the element with the id of a codec begins here, its length, and a name as "A_OPUS" or "V_VP9".
fn is_webm_track(bytes: &[u8]) -> Option<Track> {
    match bytes {
        [0x86, 0x83..=0xa0, b'A', b'_', b'A'..=b'Z', ..] => Some(Track::Sound),
        [0x86, 0x83..=0xa0, b'V', b'_', b'A'..=b'Z', ..] => Some(Track::Picture),
        _ => None,
    }
}

/// MP4: a handler begins here, eight bytes before its kind.
fn is_mp4_track(bytes: &[u8]) -> Option<Track> {
    match bytes.strip_prefix(b"hdlr")?.get(8..12)? {
        b"soun" => Some(Track::Sound),
        b"vide" => Some(Track::Picture),
        _ => None,
    }
}

/// UTF-8 without control characters, as far as it was looked at.
fn is_text(beginning: &[u8]) -> bool {
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        // A character may be cut at the end.
        Err(error) if error.error_len().is_none() => {
            let valid = beginning.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|char| char.is_control() && !char.is_whitespace())
}

/// How long a sound lasts, milliseconds; 0 when its first bytes do not say. `size` is of the whole file.
pub fn duration(beginning: &[u8], size: u64) -> u32 {
    if mime(beginning) != "audio/wav" {
        return 0;
    }
    // RIFF header, then chunks; "fmt " comes first wherever it was met, and has bytes per second at 28.
    let rate = beginning.get(28..32).and_then(|bytes| bytes.first_chunk::<4>());
    let rate = u64::from(rate.map_or(0, |bytes| u32::from_le_bytes(*bytes)));
    let data = size.saturating_sub(44).saturating_mul(1000);
    u32::try_from(data.checked_div(rate).unwrap_or(0)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_they_begin_with() {
        for (beginning, expected) in [
            (b"\xff\xd8\xff\xe0".as_slice(), "image/jpeg"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x20ftypisom", "video/mp4"),
            (b"plain words\n", "text/plain"),
            ("caf\u{e9}".as_bytes(), "text/plain"),
            (&"caf\u{e9}".as_bytes()[..4], "text/plain"),
            (b"", "application/octet-stream"),
            (b"\0\x01\x02", "application/octet-stream"),
            (b"MZ\x90\0", "application/octet-stream"),
        ] {
            assert_eq!(mime(beginning), expected, "{beginning:?}");
        }
    }

    #[test]
    fn recordings_are_sounds_or_films() {
        let webm =
            |codecs: &[&[u8]]| [b"\x1a\x45\xdf\xa3\x42webm", codecs.concat().as_slice()].concat();
        let (opus, vp9) = (b"\x86\x86A_OPUS".as_slice(), b"\x86\x85V_VP9".as_slice());
        let mp4 = |kinds: &[&[u8]]| {
            let handlers = kinds.iter().map(|kind| [b"hdlr\0\0\0\0\0\0\0\0", *kind].concat());
            [b"\0\0\0\x20ftypiso5".to_vec(), handlers.collect::<Vec<_>>().concat()].concat()
        };
        for (beginning, expected) in [
            (webm(&[opus]), "audio/webm"),
            (webm(&[opus, vp9]), "video/webm"),
            (webm(&[vp9, opus]), "video/webm"),
            (webm(&[]), "video/webm"),
            (mp4(&[b"soun"]), "audio/mp4"),
            (mp4(&[b"soun", b"vide"]), "video/mp4"),
            (mp4(&[b"so"]), "video/mp4"),
        ] {
            assert_eq!(mime(&beginning), expected, "{beginning:?}");
        }
    }

    #[test]
    fn a_sound_says_how_long_it_is() {
        let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        wav.extend(8000u32.to_le_bytes());
        wav.extend(16_000u32.to_le_bytes());
        assert_eq!(duration(&wav, 44 + 24_000), 1500);
        assert_eq!(duration(&wav[..20], 9), 0);
        assert_eq!(duration(b"\xff\xd8\xff", 1_000_000), 0);
    }
}
