//! Texts of the page in the language of the person. They are written in Fluent (`texts/LANGUAGE/SUBJECT.ftl`),
//! compiled into tables by `build.rs`, and said with [`t!`](crate::t). A key that there is not is a compile error; a
//! text that a language lacks is said in English.
//!
//! Fluent's subset here: variables, choices by a variable (a number chooses by its exact value, then by its plural
//! category), terms, references to other texts. What is put into a text is isolated where its direction differs from
//! the language's. Plural categories and digits are the browser's; absent on purpose: tables of them.

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

/// A piece of a text.
#[derive(Debug)]
pub enum Part {
    /// As it is.
    Text(&'static str),
    /// The argument of this name.
    Argument(&'static str),
    /// One of several texts.
    Choice {
        /// The argument that chooses.
        by: &'static str,
        /// The variant for everything else.
        default: usize,
        /// What the argument has to be, and the text then.
        variants: &'static [(&'static str, &'static [Part])],
    },
}

/// The texts of a language, in the order of the keys.
#[derive(Debug)]
pub struct Language {
    /// As in BCP 47.
    pub code: &'static str,
    /// Keys that this language has no text of yet.
    pub missing: &'static [&'static str],
    texts: &'static [&'static [Part]],
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The place of a key. Meant for constants, where a key that there is not ends the build.
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

impl Language {
    /// The best of [`LANGUAGES`] for what a person prefers (BCP 47), the most preferred first.
    pub fn best<'a>(wanted: impl IntoIterator<Item = &'a str>) -> &'static Language {
        let fallback = &LANGUAGES[0];
        let main = |code: &str| code.split('-').next().unwrap_or_default().to_lowercase();
        let find = |code: &str| LANGUAGES.iter().find(|language| language.code == main(code));
        wanted.into_iter().find_map(find).unwrap_or(fallback)
    }

    /// Whether it is written from right to left.
    pub fn is_rtl(&self) -> bool {
        matches!(self.code, "ar" | "fa" | "he" | "ur")
    }

    /// A text, whole. `place` comes from [`place`].
    pub fn say(
        &self,
        place: usize,
        arguments: &[(&str, Argument)],
        speaker: &impl Speaker,
    ) -> String {
        let mut said = String::new();
        if let Some(parts) = self.texts.get(place) {
            self.write(parts, arguments, speaker, &mut said);
        }
        said
    }

    fn write(
        &self,
        parts: &[Part],
        arguments: &[(&str, Argument)],
        speaker: &impl Speaker,
        said: &mut String,
    ) {
        let find = |name: &str| {
            arguments.iter().find(|(found, _)| *found == name).map(|(_, argument)| argument)
        };
        for part in parts {
            match part {
                Part::Text(text) => said.push_str(text),
                Part::Argument(name) => match find(name) {
                    Some(Argument::Text(text)) => self.isolate(text, said),
                    Some(Argument::Number(number)) => said.push_str(&speaker.number(*number)),
                    None => {}
                },
                Part::Choice { by, default, variants } => {
                    let chosen = find(by).and_then(|argument| choose(argument, variants, speaker));
                    let chosen = chosen.unwrap_or(*default);
                    if let Some((_, parts)) = variants.get(chosen) {
                        self.write(parts, arguments, speaker, said);
                    }
                }
            }
        }
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

fn choose(
    argument: &Argument,
    variants: &[(&str, &[Part])],
    speaker: &impl Speaker,
) -> Option<usize> {
    let find = |key: &str| variants.iter().position(|(found, _)| *found == key);
    match argument {
        Argument::Text(text) => find(text),
        Argument::Number(number) => {
            find(&number.to_string()).or_else(|| find(&speaker.plural(*number)))
        }
    }
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

    const CHOICE: &[Part] = &[
        Part::Choice {
            by: "count",
            default: 2,
            variants: &[
                ("0", &[Part::Text("none")]),
                ("one", &[Part::Text("a message")]),
                ("other", &[Part::Argument("count"), Part::Text(" messages")]),
            ],
        },
        Part::Text(" from "),
        Part::Argument("name"),
    ];

    fn said(count: usize, name: &str) -> String {
        let language = Language { code: "en", missing: &[], texts: &[CHOICE] };
        language.say(0, &[("count", count.into()), ("name", name.into())], &English)
    }

    #[test]
    fn choices_and_isolation() {
        assert_eq!(said(0, "Ada"), "none from Ada");
        assert_eq!(said(1, "Ada"), "a message from Ada");
        assert_eq!(said(7, "يوسف"), "7 messages from \u{2068}يوسف\u{2069}");
    }

    #[test]
    fn the_best_language() {
        assert_eq!(
            Language::best(["xx", "de-AT"]).code,
            if LANGUAGES.iter().any(|l| l.code == "de") { "de" } else { "en" }
        );
        assert_eq!(Language::best(["xx"]).code, "en");
        assert_eq!(Language::best([]).code, "en");
    }

    #[test]
    fn every_language_says_everything() {
        for language in LANGUAGES {
            assert_eq!(language.missing, [""; 0], "{}", language.code);
            assert_eq!(language.texts.len(), KEYS.len());
        }
    }
}
