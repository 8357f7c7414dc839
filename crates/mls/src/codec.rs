//! How values are stored: one byte of format version, then MessagePack with field names.
//!
//! Invariants: the format describes itself (the library's types need that when they are read back); byte
//! strings take one byte per byte; an unknown version is an error, never a guess.

use crate::pack;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use zeroize::Zeroizing;

/// The format this build writes.
const VERSION: u8 = 1;

/// A stored value cannot be written or read. Never retry: it is a bug or a damaged database.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CodecError {
    /// A value could not be encoded.
    #[error("a value could not be encoded")]
    Encode,
    /// A stored value could not be decoded.
    #[error("a stored value could not be decoded")]
    Decode,
    /// A stored value has a format version that this build does not know.
    #[error("a stored value has an unknown format version")]
    Version,
}

pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Zeroizing<Vec<u8>>, CodecError> {
    let mut bytes = Zeroizing::new(vec![VERSION]);
    pack::to_bytes(value, &mut bytes).map_err(|_| CodecError::Encode)?;
    Ok(bytes)
}

pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    match bytes.split_first() {
        Some((&VERSION, value)) => pack::from_bytes(value).map_err(|_| CodecError::Decode),
        Some(_) => Err(CodecError::Version),
        None => Err(CodecError::Decode),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn bytes_are_compact_and_versions_are_checked() {
        let value = vec![200u8; 1000];
        let encoded = encode(&value).unwrap();
        assert!(encoded.len() < 1010);
        assert_eq!(decode::<Vec<u8>>(&encoded).unwrap(), value);
        assert_eq!(
            decode::<Vec<u8>>(&encode(&Vec::<u8>::new()).unwrap()).unwrap(),
            Vec::<u8>::new()
        );
        let mut newer = encoded.to_vec();
        newer[0] = 2;
        assert_eq!(decode::<Vec<u8>>(&newer), Err(CodecError::Version));
        assert_eq!(decode::<Vec<u8>>(&[]), Err(CodecError::Decode));
    }
}
