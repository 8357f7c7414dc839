//! Bytes as letters: hexadecimal, base32 and base64 of RFC 4648.
//!
//! Invariant: a text is read only if writing gives it back, but for the case of base32: no padding, no white space,
//! no bits that nothing reads. Made for ids and small pictures, not for speed. A general library weighs more than the
//! page's engine can carry.

/// One way to write bytes.
#[derive(Debug)]
pub struct Letters {
    /// Of one letter.
    bits: u32,
    alphabet: &'static [u8],
    /// Upper case is read as lower case.
    folds: bool,
    /// Letters come in groups of so many, filled up by `=`; 1 where nothing is filled up.
    group: usize,
}

/// Lower-case hexadecimal.
pub const HEX: Letters = Letters { bits: 4, alphabet: b"0123456789abcdef", folds: false, group: 1 };

/// Lower-case base32 without padding.
pub const BASE32: Letters =
    Letters { bits: 5, alphabet: b"abcdefghijklmnopqrstuvwxyz234567", folds: true, group: 1 };

/// Base64 with padding. It is only written.
pub const BASE64: Letters = Letters {
    bits: 6,
    alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    folds: false,
    group: 4,
};

impl Letters {
    /// Writes bytes.
    pub fn encode(&self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len() * 2);
        let (mut held, mut count) = (0_u32, 0);
        let letter = |value: u32| {
            let place = value as usize & (self.alphabet.len() - 1);
            self.alphabet.get(place).map_or('?', |letter| char::from(*letter))
        };
        for byte in bytes {
            held = held << 8 | u32::from(*byte);
            count += 8;
            while count >= self.bits {
                count -= self.bits;
                text.push(letter(held >> count));
            }
            held &= (1 << count) - 1;
        }
        if count > 0 {
            text.push(letter(held << (self.bits - count)));
        }
        while !text.len().is_multiple_of(self.group) {
            text.push('=');
        }
        text
    }

    /// Reads what [`Self::encode`] wrote, where nothing is filled up.
    pub fn decode(&self, text: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(text.len() / 2 + 1);
        let (mut held, mut count) = (0_u32, 0);
        for letter in text.bytes() {
            let letter = if self.folds { letter.to_ascii_lowercase() } else { letter };
            let value = self.alphabet.iter().position(|known| *known == letter)?;
            held = held << self.bits | u32::try_from(value).ok()?;
            count += self.bits;
            if count >= 8 {
                count -= 8;
                bytes.push((held >> count) as u8);
                held &= (1 << count) - 1;
            }
        }
        // A whole letter too much, or bits that belong to no byte.
        (count < self.bits && held == 0).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// The examples of RFC 4648.
    #[test]
    fn examples() {
        let hex = ["", "66", "666f", "666f6f", "666f6f62", "666f6f6261", "666f6f626172"];
        let base32 = ["", "my", "mzxq", "mzxw6", "mzxw6yq", "mzxw6ytb", "mzxw6ytboi"];
        let base64 = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for length in 0..=6 {
            let bytes = b"foobar".get(..length).unwrap();
            assert_eq!(HEX.encode(bytes), hex[length]);
            assert_eq!(BASE32.encode(bytes), base32[length]);
            assert_eq!(BASE64.encode(bytes), base64[length]);
            assert_eq!(HEX.decode(hex[length]).unwrap(), bytes);
            assert_eq!(BASE32.decode(&base32[length].to_uppercase()).unwrap(), bytes);
        }
    }

    #[test]
    fn what_nobody_wrote_is_refused() {
        for text in ["6", "666", "6G", "6A", " 66", "66\n"] {
            assert_eq!(HEX.decode(text), None, "{text}");
        }
        for text in ["m", "mz", "my=", "my======", "mzx", "m1", "mzxw6yqaa"] {
            assert_eq!(BASE32.decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(HEX.decode(&HEX.encode(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(BASE32.decode(&BASE32.encode(&bytes)), Some(bytes));
        }

        #[test]
        fn what_is_read_is_written_so(text in "[0-9a-z]{0,20}") {
            for letters in [HEX, BASE32] {
                if let Some(bytes) = letters.decode(&text) {
                    prop_assert_eq!(letters.encode(&bytes), text.clone());
                }
            }
        }
    }
}
