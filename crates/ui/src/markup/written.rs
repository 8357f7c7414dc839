//! What a person types: `*bold*`, `_italic_`, `~struck~`, `` `code` ``, `||hidden||`, three back quotes for blocks of
//! code, `> ` for words of others. Signs that mark nothing stay as they are.

use super::Entity;

/// The text without its signs, and the formatting they meant.
pub fn parse(typed: &str) -> (String, Vec<Entity>) {
    let chars: Vec<char> = typed.chars().collect();
    let mut out = Out::default();
    let mut at = 0;
    while at < chars.len() {
        at = fence(&chars, at, &mut out).or_else(|| quote(&chars, at, &mut out)).unwrap_or_else(
            || {
                let end = line_end(&chars, at);
                inline(chars.get(at..end).unwrap_or_default(), &mut out);
                out.push(chars.get(end).copied());
                end + 1
            },
        );
    }
    (out.text, out.entities)
}

#[derive(Default)]
struct Out {
    text: String,
    length: usize,
    entities: Vec<Entity>,
}

impl Out {
    fn push(&mut self, chars: impl IntoIterator<Item = char>) {
        for c in chars {
            self.text.push(c);
            self.length += 1;
        }
    }

    fn mark(&mut self, kind: &str, start: usize) {
        if self.length > start {
            self.entities.push(Entity::new(kind, start, self.length - start));
        }
    }
}

fn line_end(chars: &[char], from: usize) -> usize {
    chars.iter().skip(from).position(|c| *c == '\n').map_or(chars.len(), |length| from + length)
}

fn starts(chars: &[char], at: usize, sign: &str) -> bool {
    let rest = chars.get(at..).unwrap_or_default();
    rest.len() >= sign.chars().count() && sign.chars().zip(rest).all(|(wanted, c)| wanted == *c)
}

/// A block of code that begins here; where it ends.
fn fence(chars: &[char], at: usize, out: &mut Out) -> Option<usize> {
    if !starts(chars, at, "```") {
        return None;
    }
    let open = line_end(chars, at);
    let close = (at + 3..chars.len()).find(|place| starts(chars, *place, "```"))?;
    let language: String = chars.get(at + 3..open.min(close))?.iter().collect();
    let is_language =
        open < close && language.chars().all(|c| c.is_alphanumeric() || "+-#.".contains(c));
    let from = if is_language { open + 1 } else { at + 3 };
    let mut body = chars.get(from..close)?;
    while let [rest @ .., '\n'] = body {
        body = rest;
    }
    let start = out.length;
    out.push(body.iter().copied());
    if out.length == start {
        return None;
    }
    out.mark("code_block", start);
    if let Some(entity) = out.entities.last_mut().filter(|_| is_language && !language.is_empty()) {
        entity.value = Some(language);
    }
    let end = close + 3;
    if chars.get(end) == Some(&'\n') {
        out.push(['\n']);
        return Some(end + 1);
    }
    Some(end)
}

/// Lines that begin with `> `; where they end.
fn quote(chars: &[char], mut at: usize, out: &mut Out) -> Option<usize> {
    let begins = at == 0 || chars.get(at - 1) == Some(&'\n');
    if !begins || !starts(chars, at, "> ") {
        return None;
    }
    let start = out.length;
    loop {
        let end = line_end(chars, at);
        inline(chars.get(at + 2..end).unwrap_or_default(), out);
        if !starts(chars, end + 1, "> ") {
            out.mark("quote", start);
            out.push(chars.get(end).copied());
            return Some(end + 1);
        }
        out.push(['\n']);
        at = end + 1;
    }
}

const SIGNS: [(&str, &str); 5] =
    [("||", "spoiler"), ("`", "code"), ("*", "bold"), ("_", "italic"), ("~", "strike")];

fn inline(chars: &[char], out: &mut Out) {
    let mut at = 0;
    while at < chars.len() {
        let opened = SIGNS.iter().find_map(|(sign, kind)| {
            let length = sign.chars().count();
            closing(chars, at, sign).map(|close| (at + length, close, close + length, *kind))
        });
        let Some((from, to, next, kind)) = opened else {
            // An address may hold signs that mark nothing.
            let word = address(chars, at).max(1);
            out.push(chars.get(at..at + word).unwrap_or_default().iter().copied());
            at += word;
            continue;
        };
        let start = out.length;
        let inner = chars.get(from..to).unwrap_or_default();
        if kind == "code" {
            out.push(inner.iter().copied());
        } else {
            inline(inner, out);
        }
        out.mark(kind, start);
        at = next;
    }
}

fn address(chars: &[char], at: usize) -> usize {
    if !starts(chars, at, "http://") && !starts(chars, at, "https://") {
        return 0;
    }
    chars.iter().skip(at).take_while(|c| !c.is_whitespace()).count()
}

/// Where a sign that opens here closes: signs stand at the edges of words, with something between them.
fn closing(chars: &[char], at: usize, sign: &str) -> Option<usize> {
    let length = sign.chars().count();
    let word = |place: Option<usize>| {
        place.and_then(|place| chars.get(place)).is_some_and(|c| c.is_alphanumeric())
    };
    let space = |place: usize| chars.get(place).is_none_or(|c| c.is_whitespace());
    if !starts(chars, at, sign)
        || word(at.checked_sub(1))
        || space(at + length)
        || starts(chars, at + length, sign)
    {
        return None;
    }
    let from = at + length + 1;
    (from..chars.len())
        .find(|place| {
            starts(chars, *place, sign) && !space(place - 1) && !word(Some(place + length))
        })
        .filter(|close| *close > at + length)
}

/// What one would type for a formatted text: the inverse of [`parse`], where there is one.
pub fn retyped(text: &str, entities: &[Entity]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut signs: Vec<(usize, bool, usize, String)> = Vec::new();
    for entity in entities {
        let start = entity.start as usize;
        let end = start.saturating_add(entity.length as usize).min(chars.len());
        if start >= end {
            continue;
        }
        match entity.kind.as_str() {
            "quote" => {
                let breaks =
                    (start..end).filter(|at| *at == start || chars.get(*at - 1) == Some(&'\n'));
                signs.extend(breaks.map(|at| (at, false, usize::MAX, "> ".to_string())));
            }
            "code_block" => {
                let language = entity.value.as_deref().unwrap_or_default();
                signs.push((start, false, end - start, format!("```{language}\n")));
                signs.push((end, true, end - start, "\n```".into()));
            }
            kind => {
                if let Some((sign, _)) = SIGNS.iter().find(|(_, known)| *known == kind) {
                    signs.push((start, false, end - start, (*sign).into()));
                    signs.push((end, true, end - start, (*sign).into()));
                }
            }
        }
    }
    // What closes stands before what opens; the inner closes first and opens last.
    signs.sort_by_key(|(at, closes, length, _)| {
        (*at, !*closes, if *closes { *length } else { usize::MAX - length })
    });
    let mut typed = String::new();
    let mut signs = signs.into_iter().peekable();
    for at in 0..=chars.len() {
        while let Some((.., sign)) = signs.next_if(|(place, ..)| *place == at) {
            typed += &sign;
        }
        typed.extend(chars.get(at));
    }
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(typed: &str) -> (String, Vec<String>) {
        let (text, entities) = parse(typed);
        let chars: Vec<char> = text.chars().collect();
        let show = |entity: &Entity| {
            let start = entity.start as usize;
            let inner: String = chars[start..start + entity.length as usize].iter().collect();
            format!(
                "{}:{}{}",
                entity.kind,
                inner,
                entity.value.as_deref().map_or(String::new(), |value| format!("/{value}"))
            )
        };
        (text.clone(), entities.iter().map(show).collect())
    }

    #[test]
    fn signs() {
        for (typed, text, entities) in [
            ("a *b* c", "a b c", vec!["bold:b"]),
            ("*b _i_*", "b i", vec!["italic:i", "bold:b i"]),
            ("`*x*` ~y~ ||z||", "*x* y z", vec!["code:*x*", "strike:y", "spoiler:z"]),
            ("2*3*4 snake_case_name a * b *", "2*3*4 snake_case_name a * b *", vec![]),
            ("> one\n> *two*\nthree", "one\ntwo\nthree", vec!["bold:two", "quote:one\ntwo"]),
            ("```rs\nfn x\n```\nok", "fn x\nok", vec!["code_block:fn x/rs"]),
            ("```x```", "x", vec!["code_block:x"]),
            ("```", "```", vec![]),
            ("** `` ||||", "** `` ||||", vec![]),
            ("https://a.example/_x_", "https://a.example/_x_", vec![]),
            ("*žluť* 🍋 _é_", "žluť 🍋 é", vec!["bold:žluť", "italic:é"]),
        ] {
            let entities: Vec<String> = entities.into_iter().map(String::from).collect();
            assert_eq!(written(typed), (text.to_string(), entities), "{typed}");
        }
    }

    #[test]
    fn typed_again() {
        for typed in [
            "a *b* c",
            "*b _i_* x",
            "`*x*` ~y~ ||z||",
            "> one\n> *two*\nthree",
            "```rs\nfn x\n```\nok",
            "*žluť* 🍋 _é_",
        ] {
            let (text, entities) = parse(typed);
            assert_eq!(retyped(&text, &entities), typed);
        }
    }
}
