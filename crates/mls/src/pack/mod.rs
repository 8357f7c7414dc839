//! MessagePack for the library's types: what [`codec`](crate::codec) stores behind the byte of the version.
//!
//! Written here since a general reader is made anew for each of the library's types, and that was an eighth of what
//! a browser has to load. Only what is needed: no floats, no extensions, no integers over 64 bits.
//!
//! | value | form |
//! |---|---|
//! | struct, map | map; fields by name |
//! | enum | its name, or a map of one: name to content |
//! | sequence of bytes and of nothing else | bytes; read as a sequence too |
//! | other sequence, tuple, unit struct | array |
//! | none, unit | nil |

mod read;
mod write;

pub(crate) use read::from_bytes;
pub(crate) use write::to_bytes;

use std::fmt::{self, Display};

/// A value cannot be written or read. What is wrong with it is not kept: values are secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Error;

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value does not fit")
    }
}

impl std::error::Error for Error {}

impl serde::ser::Error for Error {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

impl serde::de::Error for Error {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
    // The provided ones would write sentences that nobody reads.
    fn invalid_type(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }
    fn invalid_value(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn serde::de::Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests;
