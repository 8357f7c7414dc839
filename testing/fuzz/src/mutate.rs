//! Changes bytes at random: what a damaged or clever input looks like that began as an honest one.

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

/// Longest input that is made.
const LONGEST: usize = 16 * 1024;
/// Numbers at which code decides.
const EDGES: [u64; 10] =
    [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

/// Inputs without end, from seeds that honest programs wrote.
pub struct Mutations<'a> {
    seeds: &'a [Vec<u8>],
    rng: ChaCha20Rng,
}

impl<'a> Mutations<'a> {
    /// The same number gives the same inputs.
    pub fn new(seeds: &'a [Vec<u8>], number: u64) -> Self {
        Self { seeds, rng: ChaCha20Rng::seed_from_u64(number) }
    }

    fn below(&mut self, end: usize) -> usize {
        (self.rng.next_u64() % end.max(1) as u64) as usize
    }

    fn seed(&mut self) -> Vec<u8> {
        let at = self.below(self.seeds.len());
        self.seeds.get(at).cloned().unwrap_or_default()
    }

    /// A stretch of some bytes.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        // Mostly short: long ones destroy what makes a seed worth having.
        let most = if self.below(4) == 0 { length - from } else { (length - from).min(8) };
        from..from + self.below(most + 1)
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        match self.below(9) {
            0 => {
                let bit = self.below(8);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
            }
            1 => {
                let new = self.rng.next_u32() as u8;
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = new);
            }
            2 => {
                let step = self.below(9) as u8;
                bytes
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|byte| *byte = byte.wrapping_add(step).wrapping_sub(4));
            }
            3 => drop(bytes.drain(self.stretch(bytes.len()))),
            4 => {
                let part: Vec<u8> =
                    bytes.get(self.stretch(bytes.len())).unwrap_or_default().to_vec();
                drop(bytes.splice(at..at, part));
            }
            5 => bytes.truncate(at),
            6 => {
                let edge = EDGES.get(self.below(EDGES.len())).copied().unwrap_or_default();
                let width = 1 << self.below(4);
                let little = self.below(2) == 0;
                let number = if little { edge.to_le_bytes() } else { edge.to_be_bytes() };
                let number = if little { number.get(..width) } else { number.get(8 - width..) };
                for (byte, new) in bytes.iter_mut().skip(at).zip(number.unwrap_or_default()) {
                    *byte = *new;
                }
            }
            7 => {
                let other = self.seed();
                let part = other.get(self.stretch(other.len())).unwrap_or_default().to_vec();
                let end = bytes.len().min(at + self.below(part.len() + 1));
                drop(bytes.splice(at..end, part));
            }
            _ => {
                let count = self.below(16);
                let new: Vec<u8> = (0..count).map(|_| self.rng.next_u32() as u8).collect();
                drop(bytes.splice(at..at, new));
            }
        }
    }
}

impl Iterator for Mutations<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut bytes = self.seed();
        // One change finds what checks a single field; many find what nobody thought of.
        let changes = 1 << self.below(5);
        for _ in 0..changes {
            self.change(&mut bytes);
        }
        bytes.truncate(LONGEST);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_gives_the_same_inputs_and_most_differ() {
        let seeds = [b"honest bytes".to_vec(), vec![], vec![7; 300]];
        let take = |number| Mutations::new(&seeds, number).take(500).collect::<Vec<_>>();
        let (first, mut distinct) = (take(1), take(1));
        assert_eq!(first, distinct);
        assert_ne!(first, take(2));
        distinct.sort();
        distinct.dedup();
        assert!(distinct.len() > 300, "{} distinct", distinct.len());
    }
}
