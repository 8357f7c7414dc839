//! Ed25519 signatures (RFC 8032), checked strictly: no malleable or small-order forms.

use crate::Secret;
use ed25519_dalek::{Signer, SigningKey as Ed25519};
use thiserror::Error;

/// A key that signs. Its seed is zeroised when dropped.
#[derive(Clone)]
pub struct SigningKey(Ed25519);

impl SigningKey {
    /// The key of a seed.
    pub fn from_seed(seed: &Secret) -> Self {
        Self(Ed25519::from_bytes(seed.expose()))
    }

    /// The seed, for storing it.
    pub fn seed(&self) -> Secret {
        Secret::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// A key that verifies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PublicKey(pub [u8; 32]);

/// The signature does not hold, or the key or signature is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature does not hold")]
pub struct InvalidSignature;

impl PublicKey {
    /// Reads a key; whether it is a valid point shows when it is used.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, InvalidSignature> {
        bytes.try_into().map(Self).map_err(|_| InvalidSignature)
    }

    /// Checks a signature.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| InvalidSignature)?;
        let signature =
            ed25519_dalek::Signature::from_slice(signature).map_err(|_| InvalidSignature)?;
        key.verify_strict(message, &signature).map_err(|_| InvalidSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_refuses() {
        let key = SigningKey::from_seed(&Secret::new([7; 32]));
        let signature = key.sign(b"hello");
        assert_eq!(key.public().verify(b"hello", &signature), Ok(()));
        assert_eq!(key.public().verify(b"hullo", &signature), Err(InvalidSignature));
        assert_eq!(key.public().verify(b"hello", &signature[..63]), Err(InvalidSignature));
        let mut damaged = signature;
        damaged[40] ^= 1;
        assert_eq!(key.public().verify(b"hello", &damaged), Err(InvalidSignature));
        assert_eq!(PublicKey([0; 32]).verify(b"hello", &signature), Err(InvalidSignature));
    }
}
