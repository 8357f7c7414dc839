//! BlurHash (blurha.sh): a likeness of a picture in about 30 characters, drawn until the picture is there.

const DIGITS: &str =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/// The pixels of a likeness, four bytes each (red, green, blue, opaque). Nothing for what is no BlurHash.
pub fn decode(hash: &str, width: u32, height: u32) -> Option<Vec<u8>> {
    let digits: Option<Vec<usize>> = hash.chars().map(|c| DIGITS.find(c)).collect();
    let digits = digits?;
    let size = number(digits.get(..1)?);
    let (across, down) = (size % 9 + 1, size / 9 + 1);
    if digits.len() != 4 + 2 * across * down {
        return None;
    }
    let most = (number(digits.get(1..2)?) + 1) as f32 / 166.0;
    let mut colours = vec![average(number(digits.get(2..6)?))];
    for pair in digits.get(6..)?.chunks(2) {
        colours.push(detail(number(pair), most));
    }
    let mut pixels = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let mut colour = [0.0; 3];
            for (index, part) in colours.iter().enumerate() {
                let wave = |place: u32, side: u32, times: usize| {
                    (std::f32::consts::PI * place as f32 * times as f32 / side as f32).cos()
                };
                let weight = wave(x, width, index % across) * wave(y, height, index / across);
                for (sum, value) in colour.iter_mut().zip(part) {
                    *sum += value * weight;
                }
            }
            pixels.extend(colour.map(to_srgb));
            pixels.push(255);
        }
    }
    Some(pixels)
}

fn number(digits: &[usize]) -> usize {
    digits.iter().fold(0, |number, digit| number * 83 + digit)
}

fn average(number: usize) -> [f32; 3] {
    [number >> 16, number >> 8, number].map(|value| to_linear((value & 255) as u8))
}

fn detail(number: usize, most: f32) -> [f32; 3] {
    [number / 361, number / 19 % 19, number % 19].map(|value| {
        let value = (value as f32 - 9.0) / 9.0;
        value * value.abs() * most
    })
}

fn to_linear(value: u8) -> f32 {
    let value = f32::from(value) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn to_srgb(value: f32) -> u8 {
    let value = value.clamp(0.0, 1.0);
    let value =
        if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_single_colour() {
        // One component: the average colour alone, here 0x12c4ff.
        let number = 0x12_c4_ff_usize;
        let digit = |at: u32| DIGITS.chars().nth(number / 83_usize.pow(at) % 83).unwrap();
        let hash: String = ['0', '0', digit(3), digit(2), digit(1), digit(0)].into_iter().collect();
        let pixels = decode(&hash, 2, 2).unwrap();
        assert_eq!(pixels.get(..4).unwrap(), [0x12, 0xc4, 0xff, 255]);
        assert_eq!(pixels.len(), 16);
    }

    #[test]
    fn what_is_none() {
        for hash in ["", "0", "00000", "LEHV6nWB2yk8pyo0adR*.7kCMdn", "\u{e9}00000"] {
            assert_eq!(decode(hash, 4, 4), None, "{hash}");
        }
        assert!(decode("LEHV6nWB2yk8pyo0adR*.7kCMdnj", 32, 32).is_some());
    }
}
