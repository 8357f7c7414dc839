//! Rust source with comments and the contents of literals blanked out, so that the rules look at code alone.
//!
//! Invariant: lines stay lines and columns stay columns (one character for one). Absent on purpose: a parser.

/// The source with comments, strings and character literals replaced by spaces.
pub fn blank(source: &str) -> String {
    let mut scanner = Scanner {
        chars: source.chars().collect(),
        at: 0,
        out: String::with_capacity(source.len()),
    };
    scanner.run();
    scanner.out
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    out: String,
}

impl Scanner {
    fn run(&mut self) {
        while let Some(char) = self.peek(0) {
            match (char, self.peek(1)) {
                ('/', Some('/')) => self.line_comment(),
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.string(),
                ('\'', _) => self.quote(),
                _ if is_word(char) => self.word(),
                _ => self.keep(1),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn keep(&mut self, count: usize) {
        self.out.extend(self.chars.iter().skip(self.at).take(count));
        self.at += count;
    }

    fn hide(&mut self, count: usize) {
        for char in self.chars.iter().skip(self.at).take(count) {
            self.out.push(if *char == '\n' { '\n' } else { ' ' });
        }
        self.at += count;
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|char| char != '\n') {
            self.hide(1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (Some(_), _) => {
                    self.hide(1);
                    continue;
                }
                (None, _) => return,
            }
            self.hide(2);
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.hide(1);
        while let Some(char) = self.peek(0) {
            match char {
                '\\' => self.hide(2),
                '"' => return self.hide(1),
                _ => self.hide(1),
            }
        }
    }

    /// A character literal, or the mark of a lifetime.
    fn quote(&mut self) {
        match (self.peek(1), self.peek(2)) {
            (Some('\\'), _) => {
                self.hide(3);
                while self.peek(0).is_some_and(|char| char != '\'') {
                    self.hide(1);
                }
                self.hide(1);
            }
            (Some(_), Some('\'')) => self.hide(3),
            _ => self.keep(1),
        }
    }

    /// A word, which may be the prefix of a raw string.
    fn word(&mut self) {
        let mut length = 0;
        while self.peek(length).is_some_and(is_word) {
            length += 1;
        }
        let word: String = self.chars.iter().skip(self.at).take(length).collect();
        self.keep(length);
        if !matches!(word.as_str(), "r" | "br" | "cr") {
            return;
        }
        let mut hashes = 0;
        while self.peek(hashes) == Some('#') {
            hashes += 1;
        }
        if self.peek(hashes) == Some('"') {
            self.raw_string(hashes);
        }
    }

    fn raw_string(&mut self, hashes: usize) {
        self.hide(hashes + 1);
        while let Some(char) = self.peek(0) {
            let ends = char == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#'));
            if ends {
                return self.hide(hashes + 1);
            }
            self.hide(1);
        }
    }
}

fn is_word(char: char) -> bool {
    char == '_' || char.is_alphanumeric()
}

/// Whether a word stands in the text on its own, not as a part of a longer one.
pub fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_go() {
        let cases = [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("x{\"y") + 1"#, r#"f(       ) + 1"#),
            ("f('{', '\\'', '\\u{7b}')", "f(   ,     ,         )"),
            ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
            ("r#type + r#\"a\"b\"# + c", "r#type + r        + c"),
            ("br\"x\\\" + d", "br     + d"),
            ("bar\"x\"", "bar   "),
            ("\"a\nb\"", "  \n  "),
            ("\"open", "     "),
        ];
        for (source, expected) in cases {
            assert_eq!(blank(source), expected, "{source}");
        }
    }

    #[test]
    fn words_stand_alone() {
        assert!(has_word("let x = unsafe { y };", "unsafe"));
        assert!(!has_word("unsafe_code = 1; not_unsafe", "unsafe"));
        assert!(has_word("use std::fs;", "std::fs"));
        assert!(!has_word("use std::fst;", "std::fs"));
    }
}
