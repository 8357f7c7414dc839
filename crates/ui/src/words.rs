//! Texts of the page in the language of the person. They are written in Fluent (`texts/LANGUAGE/SUBJECT.ftl`),
//! compiled into tables by `build.rs`, and said with [`t!`](crate::t). A key that there is not is a compile error; a
//! text that a language lacks is said in English. English is part of the page; every other language is a file beside
//! it, which a page loads before it draws.
//!
//! Fluent's subset here: variables, choices by a variable (a number chooses by its exact value, then by its plural
//! category), terms, references to other texts. What is put into a text is isolated where its direction differs from
//! the language's. Plural categories and digits are the browser's; absent on purpose: tables of them.

use std::borrow::Cow;

/// What is put into a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// Something written by people or made elsewhere.
    Text(String),
    /// A count.
    Number(f64),
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}
impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<usize> for Argument {
    fn from(count: usize) -> Self {
        Self::Number(count as f64)
    }
}
impl From<u64> for Argument {
    fn from(count: u64) -> Self {
        Self::Number(count as f64)
    }
}
impl From<u32> for Argument {
    fn from(count: u32) -> Self {
        Self::Number(count.into())
    }
}

/// The texts of a language as they are built: one behind the other in the order of the keys. Signs stand for what is
/// put in:
///
/// | signs | mean |
/// |---|---|
/// | 1 name 2 | the argument of this name |
/// | 3 name (4 key 2 text)* 5 | the text whose key is the argument's value or its plural category, else the last |
/// | 6 | the text ends |
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// As in BCP 47.
    pub code: &'static str,
    /// Keys that this language has no text of yet.
    pub missing: &'static [&'static str],
    /// All texts.
    pub texts: &'static str,
}

/// A language that can be spoken.
#[derive(Debug)]
pub struct Language {
    code: &'static str,
    texts: Cow<'static, str>,
    /// Where each text begins.
    begins: Vec<usize>,
}

const ARGUMENT: char = '\u{1}';
const NAMED: char = '\u{2}';
const CHOICE: char = '\u{3}';
const VARIANT: char = '\u{4}';
const END: char = '\u{5}';
const LAST: char = '\u{6}';

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The place of a key. Meant for constants, where a key that there is not ends the build.
#[allow(clippy::panic)]
pub const fn place(key: &str) -> usize {
    let mut index = 0;
    while index < KEYS.len() {
        if same(KEYS[index].as_bytes(), key.as_bytes()) {
            return index;
        }
        index += 1;
    }
    panic!("there is no text of this key in texts/en")
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// What a language needs from where it is spoken.
pub trait Speaker {
    /// The plural category of a number: `zero`, `one`, `two`, `few`, `many` or `other`.
    fn plural(&self, number: f64) -> String;
    /// A number in the digits of the language.
    fn number(&self, number: f64) -> String;
}

/// The best of [`CODES`] for what a person prefers (BCP 47), the most preferred first.
pub fn best<'a>(wanted: impl IntoIterator<Item = &'a str>) -> &'static str {
    let main = |code: &str| code.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let find = |wanted: &str| CODES.into_iter().find(|code| *code == main(wanted));
    wanted.into_iter().find_map(find).unwrap_or(ENGLISH.code)
}

impl Language {
    /// The one that is always there.
    pub fn english() -> Self {
        Self::begun(ENGLISH.code, Cow::Borrowed(ENGLISH.texts))
    }

    /// A language whose table was loaded; nothing if it is of another version of the page.
    pub fn loaded(code: &'static str, texts: String) -> Option<Self> {
        let language = Self::begun(code, Cow::Owned(texts));
        (language.begins.len() == KEYS.len() + 1).then_some(language)
    }

    fn begun(code: &'static str, texts: Cow<'static, str>) -> Self {
        let ends = texts.match_indices(LAST).map(|(at, last)| at + last.len());
        let begins = [0].into_iter().chain(ends).collect();
        Self { code, texts, begins }
    }

    /// As in BCP 47.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Whether it is written from right to left.
    pub fn is_rtl(&self) -> bool {
        matches!(self.code, "ar" | "fa" | "he" | "ur")
    }

    fn text(&self, place: usize) -> &str {
        let begin = |place: usize| self.begins.get(place).copied().unwrap_or_default();
        let text = self.texts.get(begin(place)..begin(place + 1)).unwrap_or_default();
        text.strip_suffix(LAST).unwrap_or(text)
    }

    /// A text, whole. `place` comes from [`place`].
    pub fn say(
        &self,
        place: usize,
        arguments: &[(&str, Argument)],
        speaker: &impl Speaker,
    ) -> String {
        let mut said = String::new();
        self.write(self.text(place), arguments, speaker, &mut said);
        said
    }

    fn write(
        &self,
        mut text: &str,
        arguments: &[(&str, Argument)],
        speaker: &impl Speaker,
        said: &mut String,
    ) {
        let find = |name: &str| {
            arguments.iter().find(|(found, _)| *found == name).map(|(_, argument)| argument)
        };
        while let Some(at) = text.find([ARGUMENT, CHOICE]) {
            let (plain, rest) = text.split_at(at);
            said.push_str(plain);
            let is_choice = rest.starts_with(CHOICE);
            let rest = rest.get(1..).unwrap_or_default();
            if is_choice {
                let end = closing(rest);
                let (choice, behind) = rest.split_at(end);
                let (name, _) = choice.split_once(VARIANT).unwrap_or((choice, ""));
                let chosen = choose(find(name), &variants(choice), speaker);
                self.write(chosen, arguments, speaker, said);
                text = behind.get(1..).unwrap_or_default();
            } else {
                let (name, behind) = rest.split_once(NAMED).unwrap_or((rest, ""));
                match find(name) {
                    Some(Argument::Text(put)) => self.isolate(put, said),
                    Some(Argument::Number(number)) => said.push_str(&speaker.number(*number)),
                    None => {}
                }
                text = behind;
            }
        }
        said.push_str(text);
    }

    fn isolate(&self, text: &str, said: &mut String) {
        let differs = direction(text).is_some_and(|rtl| rtl != self.is_rtl());
        if differs {
            said.push('\u{2068}');
        }
        said.push_str(text);
        if differs {
            said.push('\u{2069}');
        }
    }
}

/// Where a choice ends whose sign was read: choices may hold choices.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match (c, depth) {
            (CHOICE, _) => depth += 1,
            (END, 0) => return at,
            (END, _) => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The keys and texts of a choice.
fn variants(choice: &str) -> Vec<(&str, &str)> {
    let mut marks = Vec::new();
    let mut depth = 0_usize;
    for (at, c) in choice.char_indices() {
        match c {
            CHOICE => depth += 1,
            END => depth = depth.saturating_sub(1),
            VARIANT if depth == 0 => marks.push(at),
            _ => {}
        }
    }
    let ends = marks.iter().skip(1).copied().chain([choice.len()]);
    let one = |(from, to): (&usize, usize)| choice.get(from + 1..to)?.split_once(NAMED);
    marks.iter().zip(ends).filter_map(one).collect()
}

fn choose<'a>(
    argument: Option<&Argument>,
    variants: &[(&str, &'a str)],
    speaker: &impl Speaker,
) -> &'a str {
    let find = |key: &str| variants.iter().find(|(found, _)| *found == key).map(|(_, text)| *text);
    let found = match argument {
        Some(Argument::Text(text)) => find(text),
        Some(Argument::Number(number)) => {
            find(&(*number as i64).to_string()).or_else(|| find(&speaker.plural(*number)))
        }
        None => None,
    };
    found.or(variants.last().map(|(_, text)| *text)).unwrap_or_default()
}

/// Whether the first letter of a text is one of a script from right to left; nothing without letters.
pub fn direction(text: &str) -> Option<bool> {
    let rtl = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    text.chars().find(|c| c.is_alphabetic()).map(rtl)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct English;
    impl Speaker for English {
        fn plural(&self, number: f64) -> String {
            if number == 1.0 { "one" } else { "other" }.into()
        }
        fn number(&self, number: f64) -> String {
            number.to_string()
        }
    }

    const TEXTS: &str = "before\u{6}\u{3}count\u{4}0\u{2}none\u{4}one\u{2}a message\u{4}\u{2}\u{1}count\u{2} messages\u{5} from \u{1}name\u{2}\u{6}";

    fn said(count: usize, name: &str) -> String {
        let language = Language::begun("en", TEXTS.into());
        language.say(1, &[("count", count.into()), ("name", name.into())], &English)
    }

    #[test]
    fn choices_in_choices() {
        const TEXTS: &str =
            "\u{3}a\u{4}x\u{2}X\u{3}b\u{4}y\u{2}Y\u{4}\u{2}?\u{5}!\u{4}\u{2}none\u{5}.\u{6}";
        let language = Language::begun("en", TEXTS.into());
        let said =
            |a: &str, b: &str| language.say(0, &[("a", a.into()), ("b", b.into())], &English);
        assert_eq!(said("x", "y"), "XY!.");
        assert_eq!(said("x", "z"), "X?!.");
        assert_eq!(said("q", "y"), "none.");
    }

    #[test]
    fn choices_and_isolation() {
        assert_eq!(said(0, "Ada"), "none from Ada");
        assert_eq!(said(1, "Ada"), "a message from Ada");
        assert_eq!(said(7, "يوسف"), "7 messages from \u{2068}يوسف\u{2069}");
    }

    #[test]
    fn the_best_language() {
        assert_eq!(best(["xx", "de-AT"]), "de");
        assert_eq!(best(["xx"]), "en");
        assert_eq!(best([]), "en");
    }

    #[test]
    fn every_language_says_everything() {
        for table in TABLES {
            assert_eq!(table.missing, [""; 0], "{}", table.code);
            assert!(Language::loaded(table.code, table.texts.into()).is_some());
        }
        assert_eq!(TABLES.len(), CODES.len());
        assert!(Language::loaded("de", "of another version\u{6}".into()).is_none());
    }
}
