//! Lines of a stream, none of them longer than a limit: the rest of a longer one is skipped, not kept.

use std::io::{self, BufRead};

/// A line without its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// All of it.
    Whole(Vec<u8>),
    /// It was longer than the limit.
    TooLong,
}

/// The next line, or `None` at the end of the stream. A last line without an end counts.
pub fn next(reader: &mut impl BufRead, limit: usize) -> io::Result<Option<Line>> {
    let (mut kept, mut too_long, mut any) = (Vec::new(), false, false);
    loop {
        let chunk = match reader.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() && !any {
            return Ok(None);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = chunk.split_at(end.unwrap_or(chunk.len())).0;
        if kept.len() + part.len() > limit {
            too_long = true;
            kept = Vec::new();
        }
        if !too_long {
            kept.extend_from_slice(part);
        }
        let (taken, done) =
            (part.len() + usize::from(end.is_some()), end.is_some() || chunk.is_empty());
        reader.consume(taken);
        any = true;
        if done {
            return Ok(Some(if too_long { Line::TooLong } else { Line::Whole(kept) }));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::BufReader;

    #[test]
    fn lines_are_cut_at_their_ends_and_limited() {
        let text = |text: &str| Line::Whole(text.as_bytes().to_vec());
        for (input, expected) in [
            ("", vec![]),
            ("\n", vec![text("")]),
            ("one\ntwo", vec![text("one"), text("two")]),
            ("12345678\n123456789\nafter\n", vec![text("12345678"), Line::TooLong, text("after")]),
            ("123456789012345678901234567890", vec![Line::TooLong]),
        ] {
            for capacity in [1, 3, 64] {
                let mut reader = BufReader::with_capacity(capacity, input.as_bytes());
                let mut lines = Vec::new();
                while let Some(line) = next(&mut reader, 8).unwrap() {
                    lines.push(line);
                }
                assert_eq!(lines, expected, "{input:?} in pieces of {capacity}");
            }
        }
    }
}
