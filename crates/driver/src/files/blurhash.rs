//! Blurred previews of pictures.

use std::f32::consts::PI;
use std::slice::ChunksExact;

struct Picture<'a> {
    rows: ChunksExact<'a, u8>,
}

/// BlurHash (blurha.sh) of so many components: a few cosine terms of the picture, in base 83. The picture is
/// sRGB, three bytes a pixel, row by row.
pub fn blurhash(picture: &[u8], width: u32, across: u32, down: u32) -> String {
    let picture = Picture { rows: picture.chunks_exact(3 * width.max(1) as usize) };
    let mut factors = Vec::new();
    for j in 0..down {
        for i in 0..across {
            factors.push(factor(&picture, i, j));
        }
    }
    let mut text = String::new();
    base83(&mut text, (across - 1) + (down - 1) * 9, 1);
    let (first, rest) = factors.split_first().map_or(([0.0; 3], &[][..]), |(f, rest)| (*f, rest));
    let strongest = rest.iter().flatten().fold(0.0_f32, |most, part| most.max(part.abs()));
    let scale = (strongest * 166.0 - 0.5).floor().clamp(0.0, 82.0);
    base83(&mut text, scale as u32, 1);
    let [r, g, b] = first.map(to_srgb);
    base83(&mut text, (r << 16) + (g << 8) + b, 4);
    let most = (scale + 1.0) / 166.0;
    for factor in rest {
        let [r, g, b] = factor.map(|part| {
            let root = (part / most).abs().sqrt().copysign(part);
            (root * 9.0 + 9.5).floor().clamp(0.0, 18.0) as u32
        });
        base83(&mut text, r * 19 * 19 + g * 19 + b, 2);
    }
    text
}

/// How much of one cosine term a picture has, in linear light.
fn factor(picture: &Picture<'_>, i: u32, j: u32) -> [f32; 3] {
    let height = picture.rows.len() as f32;
    let width = picture.rows.clone().next().map_or(0, |row| row.len() / 3) as f32;
    let mut sum = [0.0; 3];
    for (y, row) in picture.rows.clone().enumerate() {
        for (x, pixel) in row.chunks_exact(3).enumerate() {
            let basis = (PI * i as f32 * x as f32 / width).cos()
                * (PI * j as f32 * y as f32 / height).cos();
            for (sum, part) in sum.iter_mut().zip(pixel) {
                *sum += basis * to_linear(*part);
            }
        }
    }
    let norm = if i == 0 && j == 0 { 1.0 } else { 2.0 };
    sum.map(|sum| sum * norm / (width * height))
}

fn to_linear(part: u8) -> f32 {
    let part = f32::from(part) / 255.0;
    if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn to_srgb(part: f32) -> u32 {
    let part = part.clamp(0.0, 1.0);
    let part =
        if part <= 0.003_130_8 { part * 12.92 } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
    (part * 255.0 + 0.5) as u32
}

fn base83(text: &mut String, number: u32, digits: u32) {
    const DIGITS: &str =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    for digit in (0..digits).rev() {
        let value = number / 83_u32.pow(digit) % 83;
        text.extend(DIGITS.chars().nth(value as usize));
    }
}

#[cfg(test)]
mod tests {
    use super::blurhash;

    #[test]
    fn a_preview_of_one_colour() {
        let red = [255, 0, 0].repeat(64);
        // 4 x 3 components, nothing but the first of any strength, and that one pure red.
        assert!(blurhash(&red, 8, 4, 3).starts_with('L'));
        assert_eq!(blurhash(&red, 8, 1, 1), "00TI:j");
        assert_eq!(blurhash(&[], 0, 4, 3).len(), 28);
    }
}
