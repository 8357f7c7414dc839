//! Padding of content frames, so that a short text, a reaction and a receipt have one size.
//!
//! A padded frame is the content's length (u32 big endian), the content, then zero bytes up to a bucket:
//! 128, 256, 384, 512, 768 or 1,024 bytes; above that the Padmé size (at most 12 % more, PETS 2019).

use thiserror::Error;

const BUCKETS: [usize; 6] = [128, 256, 384, 512, 768, 1024];
const HEADER: usize = 4;

/// The frame is not one that [`pad`] made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the padded frame is damaged")]
pub struct InvalidPadding;

/// Size of the padded frame for `len` bytes of content, in bytes.
pub fn padded_len(len: usize) -> usize {
    let len = len + HEADER;
    BUCKETS
        .iter()
        .copied()
        .find(|bucket| len <= *bucket)
        .unwrap_or_else(|| padme(len as u64) as usize)
}

/// Padmé: keeps only as many leading bits of a length, which is at least 2 and far below 2^63, as its exponent
/// needs.
pub fn padme(len: u64) -> u64 {
    let exponent = u64::BITS - 1 - len.max(2).leading_zeros();
    let mantissa = u32::BITS - exponent.leading_zeros();
    let mask = (1u64 << (exponent - mantissa.min(exponent))) - 1;
    len.saturating_add(mask) & !mask
}

/// Pads `content`.
pub fn pad(content: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(padded_len(content.len()));
    frame.extend_from_slice(&(content.len() as u32).to_be_bytes());
    frame.extend_from_slice(content);
    frame.resize(padded_len(content.len()), 0);
    frame
}

/// Takes the padding off. The frame must be exactly as long as [`pad`] makes it, and padded with zeros.
pub fn unpad(frame: &[u8]) -> Result<&[u8], InvalidPadding> {
    let (header, rest) = frame.split_first_chunk::<HEADER>().ok_or(InvalidPadding)?;
    let len = u32::from_be_bytes(*header) as usize;
    let content = rest.get(..len).ok_or(InvalidPadding)?;
    let zeros = rest.get(len..).ok_or(InvalidPadding)?;
    if frame.len() != padded_len(len) || zeros.iter().any(|byte| *byte != 0) {
        return Err(InvalidPadding);
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn round_trips(content in proptest::collection::vec(any::<u8>(), 0..5000)) {
            let frame = pad(&content);
            prop_assert_eq!(frame.len(), padded_len(content.len()));
            prop_assert_eq!(unpad(&frame), Ok(content.as_slice()));
        }

        #[test]
        fn damaged_frames_never_panic(frame in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let _ = unpad(&frame);
        }

        #[test]
        fn overhead_is_bounded(len in 1020usize..10_000_000) {
            let padded = padded_len(len);
            prop_assert!(padded >= len + HEADER);
            prop_assert!((padded as f64) < (len + HEADER) as f64 * 1.12);
        }
    }

    #[test]
    fn small_contents_share_a_size() {
        assert_eq!(padded_len(0), 128);
        assert_eq!(padded_len(124), 128);
        assert_eq!(padded_len(125), 256);
        assert_eq!(padded_len(1020), 1024);
    }
}
