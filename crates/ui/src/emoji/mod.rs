//! Emoji to pick from: the list (made by `build.rs` from the Unicode data of the crate `emojis`), search, skin tones.
//! Names are English: translating them would weigh more than the rest of the page. The list is a file beside the
//! page, loaded when it is first wanted.

#[cfg(target_family = "wasm")]
pub mod picker;

use crate::letters;

/// A line per group (`#`) and per emoji: itself, a tab, `+` if it has skin tones, its name and other words.
#[cfg(not(target_family = "wasm"))]
pub const LIST: &str = include_str!(concat!(env!("OUT_DIR"), "/emoji.txt"));

/// Skin tones; the first is none.
pub const TONES: [&str; 6] = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];

/// An emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emoji {
    /// Itself, without a skin tone.
    pub text: &'static str,
    /// Whether it has skin tones.
    pub toned: bool,
    /// Its name and other words for it, after commas.
    pub words: &'static str,
}

impl Emoji {
    /// What it is called.
    pub fn name(self) -> &'static str {
        self.words.split(',').next().unwrap_or_default()
    }

    /// With one of [`TONES`], if it has any.
    pub fn with(self, tone: usize) -> String {
        let tone = TONES.get(tone).filter(|tone| self.toned && !tone.is_empty());
        let mut chars = self.text.chars();
        match (tone, chars.next()) {
            (Some(tone), Some(first)) => {
                let rest = chars.as_str();
                format!("{first}{tone}{}", rest.strip_prefix('\u{fe0f}').unwrap_or(rest))
            }
            _ => self.text.to_string(),
        }
    }
}

/// All emoji of a list, in groups: smileys, people, nature, food, travel, activities, objects, symbols, flags.
pub fn groups(list: &'static str) -> Vec<Vec<Emoji>> {
    let mut groups: Vec<Vec<Emoji>> = Vec::new();
    for line in list.lines() {
        match (line.split_once('\t'), groups.last_mut()) {
            (Some((text, words)), Some(group)) => {
                let toned = words.starts_with('+');
                group.push(Emoji { text, toned, words: words.trim_start_matches('+') });
            }
            _ => groups.push(Vec::new()),
        }
    }
    groups
}

/// Emoji that have every word of a query at the beginning of one of theirs; whole names first.
pub fn search(list: &'static str, query: &str) -> Vec<Emoji> {
    let query = letters::small(query);
    let wanted: Vec<&str> = query.split_whitespace().collect();
    let fits = |emoji: &Emoji| {
        let words = letters::small(emoji.words);
        let has =
            |wanted: &&str| words.split([' ', ',', '-', ':']).any(|word| word.starts_with(wanted));
        wanted.iter().all(has)
    };
    let mut found: Vec<Emoji> = groups(list).into_iter().flatten().filter(fits).collect();
    found.sort_by_key(|emoji| (emoji.name() != query, !emoji.name().starts_with(&query)));
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let groups = groups(LIST);
        assert_eq!(groups.len(), 9);
        assert!(groups.iter().all(|group| group.len() > 30));
        let first = groups.first().unwrap().first().unwrap();
        assert_eq!((first.text, first.name(), first.toned), ("😀", "grinning face", false));
    }

    #[test]
    fn tones() {
        let find =
            |name: &str| search(LIST, name).into_iter().find(|emoji| emoji.name() == name).unwrap();
        assert_eq!(find("thumbs up").with(4), "👍🏾");
        assert_eq!(find("victory hand").with(1), "✌🏻");
        assert_eq!(find("lemon").with(4), "🍋");
        assert_eq!(find("thumbs up").with(0), "👍");
    }

    #[test]
    fn words() {
        assert_eq!(search(LIST, "lem").first().unwrap().text, "🍋");
        assert_eq!(search(LIST, "Heart suit").first().unwrap().name(), "heart suit");
        assert!(search(LIST, "qqqq").is_empty());
        assert!(search(LIST, "smil face").iter().any(|emoji| emoji.text == "😊"));
    }
}
