//! Safety numbers: what two people compare to know that nobody sits between them. They depend on the two
//! accounts only, so that a new device does not change them.

use parlor_wire::{Hash, UserId};

/// Sixty digits in groups of five, the same for both sides.
pub fn number(a: &UserId, b: &UserId) -> String {
    let digest = digest(a, b);
    let groups: Vec<String> = digest
        .chunks_exact(5)
        .take(12)
        .map(|chunk| {
            let value = chunk.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
            format!("{:05}", value % 100_000)
        })
        .collect();
    groups.join(" ")
}

/// The same 60 bytes as a QR payload: prefix and base32 of the full digest of both ids.
pub fn qr(a: &UserId, b: &UserId) -> String {
    let bytes = digest(a, b);
    let half: [u8; 32] = std::array::from_fn(|at| bytes[at]);
    format!("parlor:verify?{}", UserId(half).text())
}

/// The six digits that two screens show while a device is linked, from what was said up to then.
pub fn link_code(transcript: &Hash) -> String {
    let digest = blake3::derive_key("parlor link code v1", &transcript.0);
    let value = digest.iter().take(8).fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    format!("{:06}", value % 1_000_000)
}

fn digest(a: &UserId, b: &UserId) -> [u8; 64] {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    let mut hasher = blake3::Hasher::new_derive_key("parlor-verify-v1");
    hasher.update(&first.0);
    hasher.update(&second.0);
    let mut out = [0; 64];
    hasher.finalize_xof().fill(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_see_the_same() {
        let (a, b, c) = (UserId([1; 32]), UserId([2; 32]), UserId([3; 32]));
        assert_eq!(number(&a, &b), number(&b, &a));
        assert_ne!(number(&a, &b), number(&a, &c));
        assert_eq!(number(&a, &b).len(), 12 * 5 + 11);
        assert_eq!(qr(&a, &b), qr(&b, &a));
    }
}
