//! What is drawn of a message's text: blocks of runs, each run with all its marks.

use super::{Entity, links};

/// A part of a message below another.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Text that flows.
    Plain(Vec<Run>),
    /// Somebody's words.
    Quote(Vec<Run>),
    /// Code, as typed.
    Code(String),
}

/// Text with the same marks throughout.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// As it is.
    pub text: String,
    /// How it looks.
    pub marks: Marks,
}

/// How a run looks.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(missing_docs)]
pub struct Marks {
    pub bold: bool,
    pub italic: bool,
    pub strike: bool,
    pub code: bool,
    pub spoiler: bool,
    /// It was looked for.
    pub found: bool,
    /// Where it leads.
    pub link: Option<String>,
    /// Whom it names.
    pub mention: Option<String>,
}

/// The blocks of a text. `found` are stretches to mark, in characters.
pub fn blocks(text: &str, entities: &[Entity], found: &[(usize, usize)]) -> Vec<Block> {
    let chars: Vec<char> = text.chars().collect();
    let range = |entity: &Entity| {
        let start = (entity.start as usize).min(chars.len());
        (start, start.saturating_add(entity.length as usize).min(chars.len()))
    };
    let mut outer: Vec<(usize, usize, &Entity)> = entities
        .iter()
        .filter(|entity| matches!(entity.kind.as_str(), "code_block" | "quote"))
        .map(|entity| (range(entity).0, range(entity).1, entity))
        .collect();
    outer.sort_by_key(|(start, ..)| *start);
    let mut blocks = Vec::new();
    let mut at = 0;
    let plain = |from: usize, to: usize, blocks: &mut Vec<Block>| {
        let (from, to) = trim(&chars, from, to);
        if from < to {
            blocks.push(Block::Plain(runs(&chars, from, to, entities, found)));
        }
    };
    for (start, end, entity) in outer {
        if start < at || start == end {
            continue;
        }
        plain(at, start, &mut blocks);
        let inner = trim(&chars, start, end);
        blocks.push(if entity.kind == "quote" {
            Block::Quote(runs(&chars, inner.0, inner.1, entities, found))
        } else {
            Block::Code(chars.get(inner.0..inner.1).unwrap_or_default().iter().collect())
        });
        at = end;
    }
    plain(at, chars.len(), &mut blocks);
    blocks
}

/// Without the line breaks at both ends: a block begins its own line.
fn trim(chars: &[char], mut from: usize, mut to: usize) -> (usize, usize) {
    while from < to && chars.get(from) == Some(&'\n') {
        from += 1;
    }
    while from < to && chars.get(to - 1) == Some(&'\n') {
        to -= 1;
    }
    (from, to)
}

fn runs(
    chars: &[char],
    from: usize,
    to: usize,
    entities: &[Entity],
    found: &[(usize, usize)],
) -> Vec<Run> {
    let text: String = chars.get(from..to).unwrap_or_default().iter().collect();
    let links: Vec<(usize, usize, String)> = links::find(&text)
        .into_iter()
        .map(|(start, end, to)| (start + from, end + from, to))
        .collect();
    let spans = entities.iter().map(|entity| {
        let start = entity.start as usize;
        (start, start.saturating_add(entity.length as usize))
    });
    let mut cuts: Vec<usize> = spans
        .chain(found.iter().copied())
        .chain(links.iter().map(|(start, end, _)| (*start, *end)))
        .flat_map(|(start, end)| [start, end])
        .filter(|cut| *cut > from && *cut < to)
        .chain([from, to])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let pairs = cuts.iter().zip(cuts.iter().skip(1));
    pairs
        .map(|(start, end)| Run {
            text: chars.get(*start..*end).unwrap_or_default().iter().collect(),
            marks: marks(*start, entities, &links, found),
        })
        .collect()
}

fn marks(
    at: usize,
    entities: &[Entity],
    links: &[(usize, usize, String)],
    found: &[(usize, usize)],
) -> Marks {
    let holds = |start: usize, end: usize| start <= at && at < end;
    let mut marks =
        Marks { found: found.iter().any(|(start, end)| holds(*start, *end)), ..Marks::default() };
    for entity in entities {
        let start = entity.start as usize;
        if !holds(start, start.saturating_add(entity.length as usize)) {
            continue;
        }
        match entity.kind.as_str() {
            "bold" => marks.bold = true,
            "italic" => marks.italic = true,
            "strike" => marks.strike = true,
            "code" => marks.code = true,
            "spoiler" => marks.spoiler = true,
            "mention" => marks.mention = Some(entity.user_id.clone().unwrap_or_default()),
            "link" => marks.link = entity.value.clone().filter(|target| is_web(target)),
            _ => {}
        }
    }
    if marks.link.is_none() && !marks.code {
        let link = links.iter().find(|(start, end, _)| holds(*start, *end));
        marks.link = link.map(|(_, _, target)| target.clone());
    }
    marks
}

/// Links lead to the web and to mailboxes only: what others send is not run.
fn is_web(target: &str) -> bool {
    let lower = target.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(blocks: &[Block]) -> String {
        let runs = |runs: &[Run]| {
            let one = |run: &Run| {
                let marks = &run.marks;
                let mut shape = run.text.clone();
                for (on, sign) in
                    [(marks.bold, "*"), (marks.italic, "_"), (marks.code, "`"), (marks.found, "?")]
                {
                    if on {
                        shape = format!("{sign}{shape}{sign}");
                    }
                }
                marks.link.as_ref().map_or(shape.clone(), |link| format!("[{shape}]({link})"))
            };
            runs.iter().map(one).collect::<String>()
        };
        let block = |block: &Block| match block {
            Block::Plain(inner) => runs(inner),
            Block::Quote(inner) => format!("> {}", runs(inner)),
            Block::Code(code) => format!("```{code}```"),
        };
        blocks.iter().map(block).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn marks_nest_and_cross() {
        let entities = [Entity::new("bold", 0, 3), Entity::new("italic", 2, 3)];
        assert_eq!(shape(&blocks("abcdef", &entities, &[(5, 6)])), "*ab*_*c*__de_?f?");
    }

    #[test]
    fn blocks_stand_alone() {
        let entities = [
            Entity::new("quote", 3, 5),
            Entity::new("code_block", 9, 3),
            Entity::new("bold", 3, 2),
        ];
        assert_eq!(
            shape(&blocks("hi\nthere\nfn\nend", &entities, &[])),
            "hi|> *th*ere|```fn```|end"
        );
    }

    #[test]
    fn lengths_from_outside_do_no_harm() {
        let far = Entity::new("bold", 2, usize::MAX);
        let past = Entity::new("code_block", 900, 4);
        assert_eq!(shape(&blocks("abc", &[far, past], &[(1, 900)])), "a?b??*c*?");
    }

    #[test]
    fn only_the_web_is_linked() {
        let link = |value: &str| Entity { value: Some(value.into()), ..Entity::new("link", 0, 1) };
        assert_eq!(
            shape(&blocks("a", &[link("https://a.example")], &[])),
            "[a](https://a.example)"
        );
        assert_eq!(shape(&blocks("a", &[link("javascript:alert(1)")], &[])), "a");
        assert_eq!(
            shape(&blocks("at https://b.example", &[], &[])),
            "at [https://b.example](https://b.example)"
        );
    }
}
