//! What there is to know of files, wherever they lie: what one is by its first bytes, how it looks from far away,
//! and where a part of its content is in the ciphertext.

mod blurhash;
mod parts;
pub mod sniff;

pub use blurhash::blurhash;
pub use parts::{Damaged, Parts, Range};
