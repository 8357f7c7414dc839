//! Formatted text: what a person types ([`written`]), what a message carries (entities, in Unicode scalar values of
//! the text) and what is drawn ([`drawn`]). No HTML anywhere: drawing makes elements and text nodes.

pub mod drawn;
pub mod links;
pub mod written;

use serde::{Deserialize, Serialize};

/// Formatting of a stretch of a text, as `docs/rpc.md` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// `bold`, `italic`, `strike`, `code`, `code_block`, `quote`, `spoiler`, `link` or `mention`.
    pub kind: String,
    /// The first character.
    pub start: u32,
    /// How many characters.
    pub length: u32,
    /// The language of a block of code, the address of a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Who is mentioned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

impl Entity {
    /// One without a value.
    pub fn new(kind: &str, start: usize, length: usize) -> Self {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            kind: kind.into(),
            start: number(start),
            length: number(length),
            value: None,
            user_id: None,
        }
    }
}

/// How many emoji a text is made of, if of nothing else: 1 to 3 of them are drawn large.
pub fn only_emoji(text: &str) -> Option<usize> {
    let mut count = 0;
    let mut joined = false;
    let mut flag = false;
    for c in text.chars() {
        match c {
            '\u{200d}' => joined = true,
            '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}'
                if count > 0 => {}
            '\u{1f1e6}'..='\u{1f1ff}' => {
                count += usize::from(!flag);
                flag = !flag;
            }
            c if is_pictograph(c) => {
                count += usize::from(!joined);
                joined = false;
            }
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    (count > 0 && !flag).then_some(count)
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{231a}'..='\u{23ff}'
        | '\u{2934}'..='\u{2935}' | '\u{25aa}'..='\u{25fe}' | '\u{1f004}' | '\u{1f0cf}' | '\u{1f170}'..='\u{1f251}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{2190}'..='\u{21aa}' | '\u{203c}' | '\u{2049}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_counted() {
        for (text, count) in [
            ("🍋", Some(1)),
            ("🍋🍋 🍋", Some(3)),
            ("👩‍👩‍👧", Some(1)),
            ("👍🏽", Some(1)),
            ("❤️", Some(1)),
            ("🇵🇹🇺🇦", Some(2)),
            ("ok 👍", None),
            ("12", None),
            ("", None),
        ] {
            assert_eq!(only_emoji(text), count, "{text}");
        }
    }
}
