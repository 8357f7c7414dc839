//! Looking for chats, people and messages: the pane of the list ([`pane`]) and the switcher ([`palette`]).

#[cfg(target_family = "wasm")]
pub mod palette;
#[cfg(target_family = "wasm")]
pub mod pane;

use crate::letters;

/// A stretch of a text, and whether it was looked for.
pub type Piece = (String, bool);

/// Characters that are shown before the first hit.
const BEFORE: usize = 18;
/// Characters that are shown at most.
const MOST: usize = 160;

/// The line of a hit: from a little before the first of the stretches that were looked for (in characters), which are
/// marked. Line breaks are spaces.
pub fn snippet(text: &str, found: &[(usize, usize)]) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let first = found.iter().map(|(start, _)| *start).min().unwrap_or_default().min(chars.len());
    let mut from = first.saturating_sub(BEFORE);
    // A word is not cut.
    while from > 0 && from < first && chars.get(from - 1).is_some_and(|c| *c != ' ') {
        from += 1;
    }
    let to = (from + MOST).min(chars.len());
    let is_hit = |at: usize| {
        found.iter().any(|(start, length)| *start <= at && at < start.saturating_add(*length))
    };
    let mut pieces: Vec<Piece> = Vec::new();
    if from > 0 {
        pieces.push(("…".into(), false));
    }
    for at in from..to {
        let (Some(c), hit) = (chars.get(at), is_hit(at)) else { break };
        match pieces.last_mut().filter(|(_, last)| *last == hit) {
            Some((piece, _)) => piece.push(*c),
            None => pieces.push((c.to_string(), hit)),
        }
    }
    pieces
}

/// A name with the beginning of each word that was looked for marked; nothing if a word of the query is not in it.
pub fn matching(name: &str, query: &str) -> Option<Vec<Piece>> {
    let chars = letters::small_each(name);
    let mut found = Vec::new();
    for word in query.split_whitespace() {
        let word = letters::small_each(word);
        let begins = |at: &usize| {
            let apart = *at == 0 || chars.get(at - 1).is_some_and(|c| !c.is_alphanumeric());
            apart && chars.get(*at..).is_some_and(|rest| rest.starts_with(&word))
        };
        // In scripts without spaces, and inside long words, any place is good, the beginning of a word better.
        let inside = |at: &usize| chars.get(*at..).is_some_and(|rest| rest.starts_with(&word));
        let place = (0..chars.len()).find(begins).or_else(|| (0..chars.len()).find(inside))?;
        found.push((place, word.len()));
    }
    let mut pieces = snippet(name, &found);
    if pieces.first().is_some_and(|(piece, _)| piece == "…") {
        pieces = vec![(name.to_string(), false)];
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|(piece, hit)| if *hit { format!("[{piece}]") } else { piece.clone() })
            .collect()
    }

    #[test]
    fn snippets() {
        assert_eq!(show(&snippet("two lemons\nwill do", &[(4, 5)])), "two [lemon]s will do");
        let long = "I need bread, dill and those good lemons";
        assert_eq!(show(&snippet(long, &[(34, 5)])), "…and those good [lemon]s");
        assert_eq!(show(&snippet("abc", &[(7, 900)])), "abc");
        assert_eq!(show(&snippet("žluť žluť", &[(0, 2), (5, 2)])), "[žl]uť [žl]uť");
    }

    #[test]
    fn names() {
        let matched = |name, query| matching(name, query).map(|pieces| show(&pieces));
        assert_eq!(matched("Sunday Table", "su"), Some("[Su]nday Table".into()));
        assert_eq!(matched("Sunday Table", "ta su"), Some("[Su]nday [Ta]ble".into()));
        assert_eq!(matched("Sunday Table", "x"), None);
        assert_eq!(matched("Sunday", ""), Some("Sunday".into()));
        assert_eq!(matched("Đặng Thùy Linh", "thù"), Some("Đặng [Thù]y Linh".into()));
        assert_eq!(matched("田中健司", "健"), Some("田中[健]司".into()));
    }
}
