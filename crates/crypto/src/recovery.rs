//! The recovery code that a person writes down, and the keys that follow from it.
//!
//! A code is 19 random bytes and one byte that tells a mistyped code from a wrong one, written as eight groups of
//! four characters. So much randomness needs no slow hash. What follows from the code goes through one root secret:
//! a secret from elsewhere (a password by OPAQUE, for example) would give the same keys by [`RecoveryKeys::of`].

use crate::kem::OpeningKey;
use crate::sign::SigningKey;
use crate::{Secret, random};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Letters and digits without 0, 1, I and O.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const RANDOM: usize = 19;
const CHARACTERS: usize = 32;

/// A text that cannot be a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidCode {
    /// Not 32 characters of a code.
    #[error("a recovery code has 32 letters and digits")]
    Form,
    /// A character is wrong or two are swapped.
    #[error("the recovery code is mistyped")]
    Checksum,
}

/// A recovery code.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode([u8; RANDOM]);

impl RecoveryCode {
    /// A fresh code.
    pub fn generate(rng: &mut dyn rand_core::CryptoRng) -> Self {
        Self(random(rng))
    }

    /// The code as it is written down: eight groups of four.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(40));
        let bytes = self.0.iter().copied().chain([self.checksum()]);
        let (mut bits, mut held, mut count) = (0u32, 0, 0);
        for byte in bytes {
            bits = (bits << 8) | u32::from(byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                if count > 0 && count % 4 == 0 {
                    text.push(' ');
                }
                let at = (bits >> held) as usize & 31;
                text.push(char::from(ALPHABET.get(at).copied().unwrap_or_default()));
                count += 1;
            }
            bits &= (1 << held) - 1;
        }
        text
    }

    /// Reads what somebody typed. Case and whatever stands between the groups do not matter, and characters that
    /// are in no code count as the one they look like.
    pub fn parse(text: &str) -> Result<Self, InvalidCode> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(RANDOM + 1));
        let (mut bits, mut held, mut count) = (0u32, 0, 0);
        for character in text.chars().filter(|c| !c.is_whitespace() && !"-.·–".contains(*c)) {
            let character = match character.to_ascii_uppercase() {
                '0' | 'O' => 'Q',
                '1' | 'I' => 'L',
                other => other,
            };
            let value = ALPHABET.iter().position(|known| char::from(*known) == character);
            bits = (bits << 5) | value.ok_or(InvalidCode::Form)? as u32;
            held += 5;
            count += 1;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held) as u8);
                bits &= (1 << held) - 1;
            }
        }
        if count != CHARACTERS {
            return Err(InvalidCode::Form);
        }
        let (code, checksum) = bytes.split_first_chunk::<RANDOM>().ok_or(InvalidCode::Form)?;
        let code = Self(*code);
        if checksum == [code.checksum()] { Ok(code) } else { Err(InvalidCode::Checksum) }
    }

    /// The secret that all keys follow from.
    pub fn root(&self) -> Secret {
        Secret::new(blake3::derive_key("parlor 2026 recovery code", &self.0))
    }

    /// CRC-8 (polynomial 0x07, begun with 0xff), which notices every slip of a single character.
    fn checksum(&self) -> u8 {
        let shift = |crc: u8| if crc & 0x80 == 0 { crc << 1 } else { (crc << 1) ^ 0x07 };
        let byte = |crc: u8, byte: &u8| (0..8).fold(crc ^ byte, |crc, _| shift(crc));
        self.0.iter().fold(0xff, byte)
    }
}

/// What whoever has the code can do.
pub struct RecoveryKeys {
    /// Signs for the account in its device log.
    pub signing: SigningKey,
    /// Opens what was sealed for the code.
    pub opening: OpeningKey,
    /// Asks the relay for the backup.
    pub reading: SigningKey,
    /// Name of the backup at the relay.
    pub locator: [u8; 32],
}

impl RecoveryKeys {
    /// The keys of a root secret.
    pub fn of(root: &Secret) -> Self {
        Self {
            signing: SigningKey::from_seed(&root.derive("parlor 2026 recovery signing")),
            opening: OpeningKey::from_seed(&root.derive("parlor 2026 recovery opening")),
            reading: SigningKey::from_seed(&root.derive("parlor 2026 recovery reading")),
            locator: *root.derive("parlor 2026 recovery locator").expose(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::testing::Counting;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn codes_round_trip_however_they_are_typed(bytes: [u8; RANDOM]) {
            let code = RecoveryCode(bytes);
            let text = code.text();
            prop_assert_eq!(text.len(), 39);
            let typed = [
                text.to_string(), text.to_lowercase(), text.replace(' ', ""), text.replace(' ', "-\n"),
                text.replace('L', "1").replace('Q', "0"), text.replace('L', "i").replace('Q', "o"),
            ];
            for typed in typed {
                prop_assert_eq!(RecoveryCode::parse(&typed).map(|read| read.0), Ok(bytes));
            }
            prop_assert!(RecoveryCode::parse(&text[1..]).is_err());
            let longer = [text.as_str(), "A"].concat();
            prop_assert!(RecoveryCode::parse(&longer).is_err());
        }

        #[test]
        fn any_text_is_a_code_or_refused(text in ".*") {
            let _ = RecoveryCode::parse(&text);
        }
    }

    #[test]
    fn every_slip_of_one_character_is_noticed() {
        let text = RecoveryCode::generate(&mut Counting(4)).text();
        let characters: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
        let (mut tried, mut missed) = (0, 0);
        for at in 0..characters.len() {
            for known in ALPHABET.iter().map(|byte| char::from(*byte)) {
                let mut slip = characters.clone();
                slip[at] = known;
                if slip != characters {
                    tried += 1;
                    missed +=
                        u32::from(RecoveryCode::parse(&slip.iter().collect::<String>()).is_ok());
                }
            }
        }
        assert_eq!(missed, 0, "of {tried}");
        assert_eq!(RecoveryCode::parse("M4QT 7ZKD").err(), Some(InvalidCode::Form));
    }

    #[test]
    fn keys_are_of_the_code_and_differ() {
        let keys = |n| RecoveryKeys::of(&RecoveryCode([n; RANDOM]).root());
        let (a, again, b) = (keys(1), keys(1), keys(2));
        assert_eq!(a.locator, again.locator);
        assert_eq!(a.signing.public(), again.signing.public());
        assert_eq!(a.opening.public(), again.opening.public());
        assert!(a.locator != b.locator && a.signing.public() != b.signing.public());
        assert!(a.signing.public() != a.reading.public());
    }
}
