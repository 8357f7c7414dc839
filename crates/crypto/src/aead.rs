//! XChaCha20-Poly1305 with a random 24-byte nonce in front of the ciphertext.

use crate::{Secret, random};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use thiserror::Error;

/// Bytes added to the plaintext: nonce and tag.
pub const OVERHEAD: usize = 24 + 16;

/// The ciphertext was not made with this key for this purpose, or is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the ciphertext cannot be opened")]
pub struct CannotOpen;

/// Encrypts; `aad` is bound to the ciphertext without being in it.
pub fn seal(
    key: &Secret,
    aad: &[u8],
    plaintext: &[u8],
    rng: &mut dyn rand_core::CryptoRng,
) -> Vec<u8> {
    let nonce: [u8; 24] = random(rng);
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let mut out = nonce.to_vec();
    // Encryption fails only for plaintexts over 256 GB; an empty result would then be refused by `open`.
    let sealed = cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: plaintext, aad });
    out.extend_from_slice(&sealed.unwrap_or_default());
    out
}

/// Decrypts what [`seal`] made with the same key and `aad`.
pub fn open(key: &Secret, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
    let (nonce, ciphertext) = sealed.split_at_checked(24).ok_or(CannotOpen)?;
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: ciphertext, aad })
        .map_err(|_| CannotOpen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Counting;

    #[test]
    fn opens_only_what_it_sealed() {
        let key = Secret::new([1; 32]);
        let mut rng = Counting(0);
        let sealed = seal(&key, b"a", b"text", &mut rng);
        assert_eq!(sealed.len(), 4 + OVERHEAD);
        assert_eq!(open(&key, b"a", &sealed), Ok(b"text".to_vec()));
        assert_eq!(open(&key, b"b", &sealed), Err(CannotOpen));
        assert_eq!(open(&Secret::new([2; 32]), b"a", &sealed), Err(CannotOpen));
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 0x80;
            assert_eq!(open(&key, b"a", &damaged), Err(CannotOpen));
            assert_eq!(open(&key, b"a", &sealed[..at]), Err(CannotOpen));
        }
    }
}
