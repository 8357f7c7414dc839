//! Bars of voice notes: how loud it was, over time. Heights are those of a message: 0 to 31.

use std::fmt::Write as _;

/// The highest bar.
pub const LOUDEST: u8 = 31;
/// Bars that are sent.
pub const SENT: usize = 64;
/// Bars that are drawn in a message.
pub const DRAWN: usize = 44;
/// Width of a bar with the gap behind it, and height of all, in units of the drawing.
pub const STEP: usize = 4;
/// See [`STEP`].
pub const HEIGHT: f64 = 30.0;

/// So many bars of what was measured: the loudest of each stretch. Fewer stay as few as they are.
pub fn bars(measured: &[u8], most: usize) -> Vec<u8> {
    let count = measured.len().min(most);
    let stretch = |at: usize| {
        let (from, to) = (at * measured.len() / count, (at + 1) * measured.len() / count);
        measured.get(from..to).unwrap_or_default().iter().copied().max().unwrap_or_default()
    };
    (0..count).map(stretch).collect()
}

/// Exactly so many bars, of more or of fewer; none of none.
pub fn drawn(bars: &[u8], count: usize) -> Vec<u8> {
    let few = self::bars(bars, count);
    (0..count).filter_map(|at| few.get(at * few.len() / count).copied()).collect()
}

/// How loud samples between -1 and 1 are, as a bar: the square root, since ears hear quiet things well.
pub fn loudness(samples: &[f32]) -> u8 {
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    (peak.clamp(0.0, 1.0).sqrt() * f32::from(LOUDEST)).round() as u8
}

/// Bars as one SVG path, beginning at a place.
pub fn path(bars: &[u8], from: usize) -> String {
    let mut path = String::new();
    for (at, bar) in bars.iter().enumerate() {
        let x = 2 + (from + at) * STEP;
        let height = 2.5 + f64::from((*bar).min(LOUDEST)) / f64::from(LOUDEST) * (HEIGHT - 5.0);
        // Writing to a text cannot fail.
        let _ = write!(path, "M{x} {:.1}v{height:.1}", (HEIGHT - height) / 2.0);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_become_few_and_few_stay() {
        assert_eq!(bars(&[], 4), Vec::<u8>::new());
        assert_eq!(bars(&[3, 1], 4), [3, 1]);
        assert_eq!(bars(&[1, 2, 9, 3, 0, 7], 3), [2, 9, 7]);
        assert_eq!(drawn(&[1, 2], 4), [1, 1, 2, 2]);
        assert_eq!(drawn(&[1, 9, 3, 2], 2), [9, 3]);
        assert_eq!(drawn(&[], 4), Vec::<u8>::new());
        let long: Vec<u8> = (0..1000).map(|at| (at % 32) as u8).collect();
        assert_eq!(bars(&long, SENT).len(), SENT);
    }

    #[test]
    fn silence_is_low_and_noise_is_high() {
        assert_eq!(loudness(&[]), 0);
        assert_eq!(loudness(&[0.0, -1.0]), LOUDEST);
        assert_eq!(loudness(&[2.0]), LOUDEST);
        assert!(loudness(&[0.25]) > LOUDEST / 3);
    }

    #[test]
    fn bars_are_drawn_in_the_middle() {
        assert_eq!(path(&[0, 31], 0), "M2 13.8v2.5M6 1.2v27.5");
        assert_eq!(path(&[31], 10), "M42 1.2v27.5");
    }
}
