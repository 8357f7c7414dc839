//! Reads QR codes in pictures of a camera: a worker of its own, loaded when somebody scans, so that neither the page nor
//! the engine waits for it.
//!
//! | page to worker            | worker to page                                            |
//! |---------------------------|-----------------------------------------------------------|
//! | -                         | `null`: it is ready                                       |
//! | `{width, height, pixels}` | the text of a code in the picture; `null`: there is none  |
//!
//! Pixels are bytes in the order red, green, blue, opacity, row by row. The picture goes nowhere else.

#[cfg(target_arch = "wasm32")]
mod worker;

use rqrr::PreparedImage;

/// Bytes of a pixel.
const PIXEL: usize = 4;

/// The text of a code in a picture of RGBA bytes; `None` if there is none that can be read, or the sizes do not fit.
pub fn read(pixels: &[u8], width: usize, height: usize) -> Option<String> {
    if width == 0 || height == 0 || pixels.len() != width.checked_mul(height)?.checked_mul(PIXEL)? {
        return None;
    }
    let grey = |x: usize, y: usize| {
        let pixel = pixels.get((y * width + x) * PIXEL..).and_then(|rest| rest.first_chunk::<3>());
        // Red, green and blue as bright as people see them (ITU-R BT.601), in 256ths.
        let [red, green, blue] = pixel.copied().unwrap_or_default().map(u32::from);
        ((red * 77 + green * 150 + blue * 29) >> 8) as u8
    };
    let mut picture = PreparedImage::prepare_from_greyscale(width, height, grey);
    picture.detect_grids().into_iter().find_map(|grid| Some(grid.decode().ok()?.1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use qrcodegen::{QrCode, QrCodeEcc};

    /// A picture of a code, turned by an angle and in grey light, as a camera would see it.
    fn picture(text: &str, side: usize, angle: f64) -> Vec<u8> {
        let code = QrCode::encode_text(text, QrCodeEcc::Low).unwrap();
        let modules = f64::from(code.size());
        let scale = modules * 1.6 / side as f64;
        let middle = side as f64 / 2.0;
        let mut pixels = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let (dx, dy) = (x as f64 - middle, y as f64 - middle);
                let (sin, cos) = angle.sin_cos();
                let at = |one: f64| (one * scale + modules / 2.0).floor() as i32;
                let dark = code.get_module(at(dx * cos + dy * sin), at(dy * cos - dx * sin));
                // The light falls from one side.
                let light = 150 + (x * 80 / side) as u8;
                let shade = if dark { light / 4 } else { light };
                pixels.extend([shade, shade, shade.saturating_sub(20), 255]);
            }
        }
        pixels
    }

    #[test]
    fn a_code_is_read_however_it_is_held() {
        let text = "https://parlor.example/#/open/parlor%3Alink%3Fq%3D0123456789abcdef0123456789";
        for angle in [0.0, 0.2, 1.0, 3.0] {
            assert_eq!(
                read(&picture(text, 480, angle), 480, 480).as_deref(),
                Some(text),
                "{angle}"
            );
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        assert_eq!(read(&[128; 64 * 64 * PIXEL], 64, 64), None);
        assert_eq!(read(&[], 0, 0), None);
        assert_eq!(read(&[0; 7], 64, 64), None);
        assert_eq!(read(&[0; 7], usize::MAX, 2), None);
        let mut cut = picture("half of a code", 200, 0.0);
        cut.iter_mut().skip(200 * 100 * PIXEL).for_each(|byte| *byte = 255);
        assert_eq!(read(&cut, 200, 200), None);
    }
}
