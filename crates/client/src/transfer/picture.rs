//! Looking at pictures: their size, a thumbnail, a blurred preview. Files of strangers are never looked at, only
//! those that are sent from here; still, what is decoded is bounded in pixels and memory, and one that cannot be
//! decoded is simply sent without.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use parlor_driver::files::{AVATAR_SIDES, QUALITIES, THUMBNAIL_SIDES, blurhash};
use std::fs::File;
use std::io::BufReader;

/// Pixels of a side, at most, and bytes that decoding may take.
const MOST_SIDE: u32 = 16_384;
const MOST_BYTES: u64 = 256 << 20;
/// Pixels of a whole picture, at most.
const MOST_PIXELS: u64 = 64_000_000;
/// What can be told of a picture.
#[derive(Debug, Default)]
pub struct Looks {
    /// As it is shown.
    pub width: u32,
    /// As it is shown.
    pub height: u32,
    /// JPEG.
    pub thumbnail: Vec<u8>,
    /// BlurHash.
    pub preview: String,
}

/// Looks at a picture; `None` when it cannot be decoded.
pub fn look(file: File, thumbnail: usize) -> Option<Looks> {
    let picture = decode(file)?;
    let small = picture.thumbnail(32, 32).to_rgb8();
    Some(Looks {
        width: picture.width(),
        height: picture.height(),
        thumbnail: jpeg(&picture, &THUMBNAIL_SIDES, thumbnail).unwrap_or_default(),
        preview: blurhash(small.as_raw(), small.width(), 4, 3),
    })
}

/// A picture as a JPEG of at most so many bytes.
pub fn small(file: File, most: usize) -> Option<Vec<u8>> {
    jpeg(&decode(file)?, &THUMBNAIL_SIDES, most)
}

/// The middle of a picture as a small square of at most so many bytes.
pub fn avatar(file: File, most: usize) -> Option<Vec<u8>> {
    let picture = decode(file)?;
    let side = picture.width().min(picture.height());
    let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    jpeg(&picture.crop_imm(x, y, side, side), &AVATAR_SIDES, most)
}

/// Decodes a picture and turns it as its metadata says.
fn decode(file: File) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(BufReader::new(file)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || width == 0 || height == 0 {
        return None;
    }
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Some(picture)
}

/// The largest and best of some sizes and qualities that has at most so many bytes.
fn jpeg(picture: &DynamicImage, sides: &[u32], most: usize) -> Option<Vec<u8>> {
    for side in sides {
        let longest = picture.width().max(picture.height());
        let small = match longest > *side {
            true => picture.resize(*side, *side, FilterType::Triangle),
            false => picture.clone(),
        };
        let small = on_white(&small);
        for quality in QUALITIES {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&small).ok()?;
            if bytes.len() <= most {
                return Some(bytes);
            }
        }
    }
    None
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    let mut plain = RgbImage::new(picture.width(), picture.height());
    for (from, to) in picture.pixels().zip(plain.pixels_mut()) {
        let [r, g, b, alpha] = from.0;
        let mix = |part: u8| {
            let (part, alpha) = (u32::from(part), u32::from(alpha));
            u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        to.0 = [mix(r), mix(g), mix(b)];
    }
    plain
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use image::{ImageFormat, Rgb, Rgba, RgbaImage};
    use std::io::{Seek, Write};

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        file
    }

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut state = 1_u32;
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        RgbImage::from_fn(width, height, |_, _| Rgb([byte(), byte(), byte()])).into()
    }

    #[test]
    fn a_picture_has_a_size_a_thumbnail_and_a_preview() {
        for (width, height) in [(1000, 700), (3, 2), (1, 900)] {
            let looks = look(file(&png(&noise(width, height))), 12 * 1024).unwrap();
            assert_eq!((looks.width, looks.height), (width, height));
            assert!(!looks.thumbnail.is_empty() && looks.thumbnail.len() <= 12 * 1024);
            assert_eq!(looks.preview.len(), 28);
            let small = image::load_from_memory(&looks.thumbnail).unwrap();
            assert!(small.width() <= 320 && small.height() <= 320);
        }
        let square = avatar(file(&png(&noise(900, 300))), 8 * 1024).unwrap();
        let square = image::load_from_memory(&square).unwrap();
        assert_eq!(square.width(), square.height());
    }

    #[test]
    fn a_picture_is_turned_as_its_metadata_says() {
        let mut jpeg = std::io::Cursor::new(Vec::new());
        noise(80, 40).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        let jpeg = jpeg.into_inner();
        // APP1 with one entry: orientation 6, a quarter turn.
        let mut exif = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
        exif.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0");
        let turned = [&jpeg[..2], &exif, &jpeg[2..]].concat();
        let looks = look(file(&turned), 12 * 1024).unwrap();
        assert_eq!((looks.width, looks.height), (40, 80));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_left_alone() {
        let whole = png(&noise(50, 50));
        for bytes in [
            b"".as_slice(),
            b"\x89PNG\r\n\x1a\n",
            &whole[..whole.len() / 2],
            b"GIF89a\xff\xff\xff\xff",
        ] {
            assert!(look(file(bytes), 1000).is_none());
        }
        // Says that it is enormous.
        let mut huge = whole.clone();
        huge[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(look(file(&huge), 1000).is_none());
        for at in (8..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            let _ = look(file(&damaged), 1000);
        }
    }

    #[test]
    fn what_is_clear_becomes_white() {
        let clear: DynamicImage = RgbaImage::from_pixel(8, 8, Rgba([9, 9, 9, 0])).into();
        assert_eq!(on_white(&clear).get_pixel(0, 0).0, [255, 255, 255]);
    }
}
