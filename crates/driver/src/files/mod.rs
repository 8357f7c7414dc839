//! What there is to know of files, wherever they lie: what one is by its first bytes, how it looks from far away,
//! and where a part of its content is in the ciphertext.

mod blurhash;
mod parts;
pub mod sniff;

pub use blurhash::blurhash;
pub use parts::{Damaged, Parts, Range};

/// Pixels of the longer side of a thumbnail; smaller ones are tried when it has too many bytes.
pub const THUMBNAIL_SIDES: [u32; 4] = [320, 240, 160, 96];
/// The same of a picture for the profile, which is square.
pub const AVATAR_SIDES: [u32; 3] = [256, 192, 128];
/// Of JPEG, percent, tried in this order for each size.
pub const QUALITIES: [u8; 3] = [75, 55, 35];
