//! Texts as the search index sees them: folded words, and the pieces of words that are indexed.
//!
//! Case and accents do not count. A word is a run of letters and digits; a run of a script that writes without
//! spaces (Han, kana, Thai and their kin) is one as well, and is cut where the scripts meet.
//!
//! | word              | pieces that are indexed           | a term of 1 | of 2       | of 3 and more |
//! |-------------------|-----------------------------------|-------------|------------|---------------|
//! | with spaces       | each 3 letters; its first 1 and 2 | a beginning | a beginning| anywhere      |
//! | without spaces    | each letter, each 2 letters       | anywhere    | anywhere   | anywhere      |
//!
//! Invariant: whatever [`occurrences`] finds in a word, the pieces of the word include those that [`needed`]
//! asks for; so the index may offer too much, never too little. Absent on purpose: languages, and stems.

use super::fold::{fold, is_accent};
use std::collections::BTreeSet;

/// Stands before the first letters of a word: the index has no other way to tell a beginning.
const BEGINNING: char = '\u{b7}';

/// A run of folded letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded letters.
    pub letters: Vec<char>,
    /// For each letter the index of the character of the text that it comes from.
    pub places: Vec<u32>,
    /// Its script is written without spaces.
    spaceless: bool,
}

/// How a term lies in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Somewhere inside.
    Inside,
    /// At its beginning.
    Beginning,
    /// All of it.
    Whole,
}

/// The words of a text.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    for (place, character) in (0_u32..).zip(text.chars()) {
        if is_accent(character) {
            continue;
        }
        if !character.is_alphanumeric() {
            words.extend(word.take());
            continue;
        }
        let spaceless = is_spaceless(character);
        if word.as_ref().is_some_and(|word| word.spaceless != spaceless) {
            words.extend(word.take());
        }
        let word =
            word.get_or_insert_with(|| Word { letters: Vec::new(), places: Vec::new(), spaceless });
        fold(character, |letter| {
            word.letters.push(letter);
            word.places.push(place);
        });
    }
    words.extend(word);
    words
}

fn is_spaceless(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}')
}

/// The pieces of a text that are indexed, each once.
pub fn pieces(text: &str) -> BTreeSet<String> {
    let mut pieces = BTreeSet::new();
    for word in words(text) {
        if word.spaceless {
            for length in [1, 2] {
                pieces.extend(word.letters.windows(length).map(text_of));
            }
            continue;
        }
        pieces.extend(word.letters.windows(3).map(text_of));
        for length in [1, 2] {
            pieces.extend(word.letters.get(..length).map(beginning));
        }
    }
    pieces
}

/// The pieces that a text has to have for a term to be in it.
pub fn needed(term: &Word) -> BTreeSet<String> {
    let letters = &term.letters;
    match (term.spaceless, letters.len()) {
        (true, 1) => [text_of(letters)].into(),
        (true, _) => letters.windows(2).map(text_of).collect(),
        (false, 1 | 2) => [beginning(letters)].into(),
        (false, _) => letters.windows(3).map(text_of).collect(),
    }
}

/// Where a term lies in a word: the first letter of each place, and how it fits.
pub fn occurrences(term: &Word, word: &Word) -> Vec<(usize, Fit)> {
    let length = term.letters.len();
    if term.spaceless != word.spaceless || length == 0 {
        return Vec::new();
    }
    let beginning_only = !term.spaceless && length < 3;
    let starts = word.letters.windows(length).enumerate();
    let found = starts
        .filter(|(at, part)| (*at == 0 || !beginning_only) && *part == term.letters.as_slice());
    found
        .map(|(at, _)| match at {
            0 if length == word.letters.len() => (at, Fit::Whole),
            0 => (at, Fit::Beginning),
            _ => (at, Fit::Inside),
        })
        .collect()
}

fn text_of(letters: &[char]) -> String {
    letters.iter().collect()
}

fn beginning(letters: &[char]) -> String {
    std::iter::once(&BEGINNING).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).iter().map(|word| text_of(&word.letters)).collect()
    }

    #[test]
    fn words_are_folded() {
        for (text, expected) in [
            ("Hello, WORLD!", vec!["hello", "world"]),
            ("Crème BRÛLÉE", vec!["creme", "brulee"]),
            ("cre\u{300}me", vec!["creme"]),
            ("Größe ﬁn", vec!["große", "fin"]),
            ("ΌΣΟΣ όσος Афіна", vec!["οσοσ", "οσοσ", "афіна"]),
            ("3月の会議", vec!["3", "月の会議"]),
            ("がっこう", vec!["がっこう"]),
            ("مُحَمَّد", vec!["محمد"]),
            ("   \u{0} \"*' ", vec![]),
            ("a_b-c", vec!["a", "b", "c"]),
        ] {
            assert_eq!(folded(text), expected, "{text:?}");
        }
    }

    #[test]
    fn places_are_those_of_the_text() {
        let word = words("¡İx").pop().unwrap();
        assert_eq!(word.places.len(), word.letters.len());
        assert_eq!((word.places.first(), word.places.last()), (Some(&1), Some(&2)));
    }

    #[test]
    fn short_terms_are_beginnings_unless_the_script_has_no_spaces() {
        let fits = |term: &str, text: &str| {
            let (term, text) = (words(term), words(text));
            occurrences(&term[0], &text[0])
        };
        assert_eq!(fits("he", "hehe"), [(0, Fit::Beginning)]);
        assert_eq!(fits("he", "she"), []);
        assert_eq!(fits("hei", "theirs"), [(1, Fit::Inside)]);
        assert_eq!(fits("heirs", "heirs"), [(0, Fit::Whole)]);
        assert_eq!(fits("会議", "明日会議"), [(2, Fit::Inside)]);
        assert_eq!(fits("日", "明日"), [(1, Fit::Inside)]);
    }

    proptest! {
        #[test]
        fn the_index_offers_all_that_fits(
            text in "\\PC{0,40}", cut in 0..40_usize, length in 1..8_usize,
        ) {
            let pieces = pieces(&text);
            let part: String = text.chars().skip(cut).take(length).collect();
            for term in words(&part) {
                for word in words(&text) {
                    if !occurrences(&term, &word).is_empty() {
                        prop_assert!(needed(&term).is_subset(&pieces), "{:?} in {:?}", term, word);
                    }
                }
            }
        }

        #[test]
        fn pieces_are_letters_only(text in "\\PC*") {
            for piece in pieces(&text) {
                prop_assert!(piece.chars().all(|c| c == BEGINNING || c.is_alphanumeric()), "{piece:?}");
            }
        }
    }
}
