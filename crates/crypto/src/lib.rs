//! The only place that names cipher libraries (MLS apart, which brings its own): device signatures,
//! authenticated encryption with a key at hand or to somebody's public key, encryption of files, key derivation,
//! safety numbers.
//!
//! Invariants: secrets are zeroised when dropped and have no `Debug`; randomness is always handed in.
//! Absent on purpose: the order of the protocol, storage.

pub mod aead;
pub mod file;
pub mod kem;
pub mod passphrase;
pub mod recovery;
pub mod safety;
pub mod sign;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A source of randomness fit for keys.
pub type Rng<'a> = &'a mut (dyn rand_core::CryptoRng + 'a);

/// Random bytes.
pub fn random<const N: usize>(rng: &mut dyn rand_core::CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// A 32-byte secret.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A fresh secret.
    pub fn generate(rng: &mut dyn rand_core::CryptoRng) -> Self {
        Self(random(rng))
    }

    /// The bytes, for storing them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A secret for one purpose (BLAKE3 `derive_key`); `context` is a constant of the program.
    pub fn derive(&self, context: &'static str) -> Secret {
        Secret(blake3::derive_key(context, &self.0))
    }
}

impl TryFrom<&[u8]> for Secret {
    type Error = std::array::TryFromSliceError;
    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

#[cfg(test)]
mod testing {
    /// Each call gives other bytes, the same in every run.
    pub struct Counting(pub u8);

    impl rand_core::RngCore for Counting {
        fn next_u32(&mut self) -> u32 {
            0
        }
        fn next_u64(&mut self) -> u64 {
            0
        }
        fn fill_bytes(&mut self, bytes: &mut [u8]) {
            self.0 += 1;
            bytes.fill(self.0);
        }
    }

    impl rand_core::CryptoRng for Counting {}
}
