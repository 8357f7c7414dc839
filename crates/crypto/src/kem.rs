//! Sealing to a public key: X-Wing (ML-KEM-768 with X25519, draft-connolly-cfrg-xwing-kem) gives a shared
//! secret, from which BLAKE3 derives the key of an XChaCha20-Poly1305 box. The KEM ciphertext (1,120 bytes)
//! stands in front of the box. Whoever seals is anonymous; sign what is inside where that matters.

use crate::aead::{self, CannotOpen};
use crate::{Rng, Secret};
use std::convert::Infallible;
use x_wing::kem::common::rand_core;
use x_wing::{
    CIPHERTEXT_SIZE, Ciphertext, Decapsulate, DecapsulationKey, Decapsulator, Encapsulate,
    EncapsulationKey, KeyExport,
};

/// Bytes of a public key.
pub const PUBLIC_KEY_BYTES: usize = x_wing::ENCAPSULATION_KEY_SIZE;

/// The half that opens, from a seed of 32 bytes. Zeroised when dropped.
pub struct OpeningKey(DecapsulationKey);

impl OpeningKey {
    /// The key of a seed.
    pub fn from_seed(seed: &Secret) -> Self {
        Self(DecapsulationKey::from(*seed.expose()))
    }

    /// The public half, [`PUBLIC_KEY_BYTES`] long.
    pub fn public(&self) -> Vec<u8> {
        self.0.encapsulation_key().to_bytes().to_vec()
    }

    /// Opens what [`seal_to`] made for this key with the same `aad`.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (kem, sealed) = sealed.split_at_checked(CIPHERTEXT_SIZE).ok_or(CannotOpen)?;
        let kem = Ciphertext::try_from(kem).map_err(|_| CannotOpen)?;
        let shared = Secret::new(self.0.decapsulate(&kem).into());
        aead::open(&shared.derive(CONTEXT), aad, sealed)
    }
}

const CONTEXT: &str = "parlor 2026 sealed to a public key";

/// Seals to a public key; `aad` is bound to it without being in it.
///
/// Errors when the bytes are no public key.
pub fn seal_to(
    public: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    rng: Rng<'_>,
) -> Result<Vec<u8>, CannotOpen> {
    let key = EncapsulationKey::try_from(public).map_err(|_| CannotOpen)?;
    let (kem, shared) = key.encapsulate_with_rng(&mut Bridge(&mut *rng));
    let shared = Secret::new(shared.into());
    let mut out = kem.to_vec();
    out.extend(aead::seal(&shared.derive(CONTEXT), aad, plaintext, rng));
    Ok(out)
}

/// Our source of randomness for a library that speaks a later version of the same traits.
struct Bridge<'a>(Rng<'a>);

impl rand_core::TryRng for Bridge<'_> {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Bridge<'_> {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::testing::Counting;

    #[test]
    fn opens_only_what_was_sealed_to_it() {
        let key = OpeningKey::from_seed(&Secret::new([3; 32]));
        let other = OpeningKey::from_seed(&Secret::new([4; 32]));
        assert_eq!(key.public().len(), PUBLIC_KEY_BYTES);
        let mut rng = Counting(0);
        let sealed = seal_to(&key.public(), b"a", b"text", &mut rng).unwrap();
        assert_eq!(key.open(b"a", &sealed), Ok(b"text".to_vec()));
        assert_eq!(key.open(b"b", &sealed), Err(CannotOpen));
        assert_eq!(other.open(b"a", &sealed), Err(CannotOpen));
        for at in (0..sealed.len()).step_by(37) {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(key.open(b"a", &damaged), Err(CannotOpen));
            assert_eq!(key.open(b"a", &sealed[..at]), Err(CannotOpen));
        }
        assert_eq!(seal_to(&[0; 12], b"", b"", &mut rng), Err(CannotOpen));
    }
}
