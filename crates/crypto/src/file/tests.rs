//! What was sealed opens, in any order and by parts; anything else does not.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::testing::Counting;
use proptest::prelude::*;

fn key(n: u8) -> FileKey {
    FileKey { key: Secret::new([n; 32]), prefix: [n; PREFIX_BYTES] }
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 7 + at / 251) as u8).collect()
}

fn sealed(cipher: &FileCipher, content: &[u8]) -> Vec<u8> {
    let layout = cipher.layout();
    let mut stored = Vec::new();
    for number in 0..layout.chunks() {
        let begin = (number as usize * CHUNK_BYTES).min(content.len());
        let mut chunk = content[begin..begin + layout.content_len(number)].to_vec();
        cipher.seal(number, &mut chunk).unwrap();
        assert_eq!(stored.len() as u64, layout.stored_at(number));
        stored.extend(chunk);
    }
    assert_eq!(stored.len() as u64, layout.stored());
    stored
}

/// Opens everything as a reader would that trusts nothing but key and size.
fn opened(cipher: &FileCipher, stored: &[u8]) -> Result<Vec<u8>, CannotOpen> {
    let layout = cipher.layout();
    if stored.len() as u64 != layout.stored() {
        return Err(CannotOpen);
    }
    let mut content = Vec::new();
    for number in 0..layout.chunks() {
        let begin = layout.stored_at(number) as usize;
        let mut chunk = stored[begin..begin + layout.stored_len(number)].to_vec();
        cipher.open(number, &mut chunk)?;
        content.extend(chunk);
    }
    Ok(content)
}

#[test]
fn sizes_at_the_edges_round_trip() {
    for size in [0, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let cipher = FileCipher::new(&key(1), Layout::new(size as u64).unwrap());
        let content = content(size);
        let stored = sealed(&cipher, &content);
        assert_eq!(opened(&cipher, &stored), Ok(content), "{size}");
    }
}

#[test]
fn sizes_are_hidden_and_bounded() {
    let stored = |size| Layout::new(size).unwrap().stored();
    assert_eq!(stored(0), 4096 + 16);
    assert_eq!(stored(4096), stored(17));
    assert_eq!(stored(1_000_000), stored(1_000_001));
    assert!(stored(MAX_CONTENT_BYTES) < MAX_CONTENT_BYTES + (2 << 20));
    assert_eq!(Layout::new(MAX_CONTENT_BYTES + 1), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_changed_is_noticed(size in 0usize..300_000, at: prop::sample::Index, bit in 0u8..8) {
        let cipher = FileCipher::new(&key(1), Layout::new(size as u64).unwrap());
        let stored = sealed(&cipher, &content(size));
        let layout = cipher.layout();
        // A flipped bit anywhere.
        let mut damaged = stored.clone();
        damaged[at.index(stored.len())] ^= 1 << bit;
        prop_assert!(opened(&cipher, &damaged).is_err());
        // Cut or extended, also by what looks like a chunk.
        prop_assert!(opened(&cipher, &stored[..at.index(stored.len())]).is_err());
        let end = layout.stored_at(layout.chunks() - 1) as usize;
        prop_assert!(opened(&cipher, &[&stored[..], &stored[end..]].concat()).is_err());
        // Without its last chunk: the one before was not sealed as the last.
        let shorter = Layout::new((layout.chunks() as u64 - 1) * CHUNK_BYTES as u64).unwrap();
        if layout.chunks() > 1 && shorter.stored() as usize == end {
            prop_assert!(opened(&FileCipher::new(&key(1), shorter), &stored[..end]).is_err());
        }
        // Another key, another prefix, another size of the same layout.
        prop_assert!(opened(&FileCipher::new(&key(2), layout), &stored).is_err());
        let prefix = FileKey { prefix: [9; PREFIX_BYTES], ..key(1) };
        prop_assert!(opened(&FileCipher::new(&prefix, layout), &stored).is_err());
        if let Some(other) = Layout::new(size as u64 + 1).filter(|other| other.padded == layout.padded) {
            prop_assert!(opened(&FileCipher::new(&key(1), other), &stored).is_err());
        }
    }

    #[test]
    fn chunks_keep_their_places(chunks in 2u32..5, one: prop::sample::Index, other: prop::sample::Index) {
        let size = chunks as usize * CHUNK_BYTES;
        let cipher = FileCipher::new(&key(1), Layout::new(size as u64).unwrap());
        let stored = sealed(&cipher, &content(size));
        let (one, other) = (one.index(chunks as usize) as u32, other.index(chunks as usize) as u32);
        let layout = cipher.layout();
        let begin = layout.stored_at(one) as usize;
        let mut chunk = stored[begin..begin + layout.stored_len(one)].to_vec();
        prop_assert_eq!(cipher.open(other, &mut chunk).is_ok(), one == other);
    }

    #[test]
    fn a_range_is_what_the_whole_has_there(size in 1usize..300_000, from: prop::sample::Index, length in 1usize..150_000) {
        let cipher = FileCipher::new(&key(1), Layout::new(size as u64).unwrap());
        let whole = content(size);
        let stored = sealed(&cipher, &whole);
        let layout = cipher.layout();
        let from = from.index(size);
        let end = (from + length).min(size);
        let mut range: Vec<u8> = Vec::new();
        for number in layout.chunk_of(from as u64)..=layout.chunk_of(end as u64 - 1) {
            let begin = layout.stored_at(number) as usize;
            let mut chunk = stored[begin..begin + layout.stored_len(number)].to_vec();
            cipher.open(number, &mut chunk).unwrap();
            let first = number as usize * CHUNK_BYTES;
            range.extend(&chunk[from.saturating_sub(first)..(end - first).min(chunk.len())]);
        }
        prop_assert_eq!(range, &whole[from..end]);
    }
}

#[test]
fn padding_that_is_not_empty_and_chunks_that_are_none() {
    let cipher = FileCipher::new(&key(1), Layout::new(10).unwrap());
    // Sealed by somebody who hides something behind the content.
    let mut chunk = vec![1; 4096];
    let tag = cipher.cipher.encrypt_in_place_detached(&cipher.nonce(0), &cipher.aad, &mut chunk);
    chunk.extend_from_slice(&tag.unwrap());
    assert_eq!(cipher.open(0, &mut chunk), Err(CannotOpen));
    assert!(chunk.is_empty());
    assert_eq!(cipher.open(1, &mut Vec::new()), Err(CannotOpen));
    assert_eq!(cipher.seal(1, &mut Vec::new()), Err(CannotOpen));
    assert_eq!(cipher.seal(0, &mut vec![0; 11]), Err(CannotOpen));
    let (one, two) = (FileKey::generate(&mut Counting(0)), FileKey::generate(&mut Counting(5)));
    assert_ne!(one.key.expose(), two.key.expose());
    assert_ne!(one.prefix, two.prefix);
}

#[test]
fn a_digest_does_not_depend_on_the_pieces() {
    let (mut one, mut other) = (Digest::new(), Digest::new());
    one.update(b"abc");
    other.update(b"a");
    other.update(b"bc");
    assert_eq!(one.finish(), other.finish());
    assert_eq!(one.finish(), parlor_wire::hash(b"abc"));
}
