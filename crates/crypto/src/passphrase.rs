//! A key from a passphrase: Argon2id (RFC 9106), version 0x13.
//!
//! Absent on purpose: what the key is for, and where salt and cost are kept.

use crate::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroize;

/// Most memory a stored cost may ask for, KiB: a damaged file shall not take the machine down.
const MOST_MEMORY: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;

/// How dear a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// For new profiles: a few tenths of a second on one core.
    pub const NOW: Self = Self { memory_kib: 64 * 1024, passes: 3 };
}

/// The key; `None` when the cost is none that this version would have written.
pub fn key(passphrase: &[u8], salt: &[u8; 16], cost: Cost) -> Option<Secret> {
    if cost.memory_kib > MOST_MEMORY || cost.passes > MOST_PASSES {
        return None;
    }
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).ok()?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut bytes = [0; 32];
    argon.hash_password_into(passphrase, salt, &mut bytes).ok()?;
    let key = Secret::new(bytes);
    bytes.zeroize();
    Some(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_input_counts_and_impossible_costs_are_refused() {
        let cost = Cost { memory_kib: 64, passes: 1 };
        let of =
            |passphrase: &[u8], salt, cost| *key(passphrase, &[salt; 16], cost).unwrap().expose();
        let first = of(b"open sesame", 1, cost);
        assert_eq!(first, of(b"open sesame", 1, cost));
        assert_ne!(first, of(b"open sesame ", 1, cost));
        assert_ne!(first, of(b"open sesame", 2, cost));
        assert_ne!(first, of(b"open sesame", 1, Cost { passes: 2, ..cost }));
        for (memory_kib, passes) in [(1, 1), (64, 0), (u32::MAX, 1), (64, u32::MAX)] {
            assert!(key(b"x", &[0; 16], Cost { memory_kib, passes }).is_none());
        }
    }
}
