//! The optional unique name of an account: 3 to 32 of `a-z 0-9 _ . -`, beginning with a letter.

use thiserror::Error;

/// Why a username is refused; the text is for the person who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidUsername {
    /// Not 3 to 32 characters.
    #[error("a username has 3 to 32 characters")]
    Length,
    /// A character outside the set, or no letter at the beginning.
    #[error("a username has only a-z, 0-9, '_', '.' and '-', and begins with a letter")]
    Characters,
}

/// Longest username; an address longer than that is a user id.
pub const MAX_USERNAME_BYTES: usize = 32;

/// Checks a username and returns its one spelling (lower case).
pub fn normalise(name: &str) -> Result<String, InvalidUsername> {
    let name = name.trim().to_ascii_lowercase();
    if !(3..=MAX_USERNAME_BYTES).contains(&name.len()) {
        return Err(InvalidUsername::Length);
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c);
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(fits) {
        return Err(InvalidUsername::Characters);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(normalise(" Alice "), Ok("alice".into()));
        assert_eq!(normalise("a.b-c_9"), Ok("a.b-c_9".into()));
        for (name, error) in [
            ("ab", InvalidUsername::Length),
            (&"a".repeat(33), InvalidUsername::Length),
            ("9lives", InvalidUsername::Characters),
            ("zoë", InvalidUsername::Characters),
            ("a b c", InvalidUsername::Characters),
        ] {
            assert_eq!(normalise(name), Err(error), "{name}");
        }
    }
}
