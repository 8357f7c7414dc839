//! Invites: random text that lets somebody register; the store has only its hash.

use crate::command::{Command, Operation};
use parlor_wire::letters::BASE32;
use parlor_wire::{Hash, hash};

/// A fresh invite.
pub struct Invite {
    /// What the person types: 24 characters of lower-case base32.
    pub text: String,
    /// Makes it known to the store.
    pub command: Command,
}

impl Invite {
    /// Makes an invite for so many registrations until a time (Unix milliseconds).
    pub fn generate(rng: &mut dyn rand_core::CryptoRng, uses: u32, expires: u64) -> Self {
        let bytes: [u8; 15] = parlor_crypto::random(rng);
        let text = BASE32.encode(&bytes);
        let invite = hash(text.as_bytes());
        Self { text, command: Operation::CreateInvite { invite, uses, expires }.into() }
    }

    /// The hash of a text that may be an invite; spaces, dashes and case do not matter.
    pub fn hash_of(text: &str) -> Option<Hash> {
        let plain: String =
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        (plain.len() == 24).then(|| hash(plain.as_bytes()))
    }
}
