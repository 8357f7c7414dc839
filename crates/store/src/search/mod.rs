//! Search in the texts of messages.
//!
//! SQLite's FTS5 keeps, for each piece of a word ([`words`]), chat and sender, the numbers of the messages that
//! have it; not where in the text, and not the text. A query names the pieces that a message has to have; the
//! newest such messages are then read, looked at closely, and ranked.
//!
//! Invariants: the index is changed with the message, in its transaction, by triggers; no query is an error;
//! a query reads the texts of [`MOST_LOOKED_AT`] messages at most, the newest that its filters let through. Absent
//! on purpose: the weight of rare words (every word of a query has to be there), operators, quotes, wildcards.

mod fold;
pub mod words;

use crate::chats::ChatId;
use crate::messages::MessageRow;
use crate::{Result, Tx};
use parlor_wire::UserId;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, Row};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use words::{Fit, Word};

/// Messages that are read for one query.
const MOST_LOOKED_AT: usize = 20_000;
/// Messages that are ranked for one query.
const MOST_RANKED: usize = 1_000;
/// What is read of a query.
const MOST_CHARACTERS: usize = 256;
const MOST_TERMS: usize = 16;
/// Pieces that the index is asked for.
const MOST_PIECES: usize = 64;

/// Tells a chat from a word.
const CHAT: char = '\u{a2}';
/// Tells a sender from a word.
const SENDER: char = '\u{a7}';

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Words or parts of words; a message has to have all of them.
    pub text: String,
    /// In this chat only.
    pub chat: Option<ChatId>,
    /// By this person only.
    pub sender: Option<UserId>,
    /// Holding any of these only, as bits of [`crate::holds::Held`].
    pub holds: Option<u32>,
    /// Sent at this time or later, Unix milliseconds.
    pub after: Option<u64>,
    /// Sent before this time, Unix milliseconds.
    pub before: Option<u64>,
    /// Messages lose weight with their age at this time, Unix milliseconds.
    pub now: u64,
    /// So many at most.
    pub limit: u32,
}

/// A message that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The message.
    pub message: MessageRow,
    /// What of its text was looked for: first character and number of characters (Unicode scalar values), in
    /// order and apart from each other.
    pub highlights: Vec<(u32, u32)>,
}

/// A message among those that are ranked.
struct Candidate {
    number: i64,
    sent_at: u64,
    score: f64,
    highlights: Vec<(u32, u32)>,
}

/// Makes the function that the triggers call.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("search_pieces", 3, flags, |context: &Context<'_>| {
        let text = context.get_raw(0).as_str()?;
        let mut pieces = String::with_capacity(text.len() * 4 + 80);
        for piece in words::pieces(text) {
            pieces.push_str(&piece);
            pieces.push(' ');
        }
        let (chat, sender) = (context.get_raw(1).as_blob()?, context.get_raw(2).as_blob()?);
        pieces.push_str(&mark(CHAT, chat));
        pieces.push(' ');
        pieces.push_str(&mark(SENDER, sender));
        Ok(pieces)
    })
}

fn mark(of: char, id: &[u8]) -> String {
    let mut mark = String::from(of);
    for byte in id {
        // Writing to a text cannot fail.
        let _ = write!(mark, "{byte:02x}");
    }
    mark
}

impl Query {
    fn terms(&self) -> Vec<Word> {
        let text: String = self.text.chars().take(MOST_CHARACTERS).collect();
        let mut terms = words::words(&text);
        terms.truncate(MOST_TERMS);
        terms
    }

    /// In the language of FTS5: all of these pieces.
    fn expression(&self, terms: &[Word]) -> String {
        let pieces: BTreeSet<String> = terms.iter().flat_map(words::needed).collect();
        let mut pieces: Vec<String> = pieces.into_iter().take(MOST_PIECES).collect();
        pieces.extend(self.chat.as_ref().map(|chat| mark(CHAT, chat.as_bytes())));
        pieces.extend(self.sender.as_ref().map(|sender| mark(SENDER, sender.as_bytes())));
        let quoted: Vec<String> = pieces.iter().map(|piece| format!("\"{piece}\"")).collect();
        quoted.join(" AND ")
    }

    /// From which time on, and before which, as the database has times.
    fn times(&self) -> (u64, u64) {
        let time = |time: u64| time.min(i64::MAX as u64);
        (time(self.after.unwrap_or(0)), time(self.before.unwrap_or(u64::MAX)))
    }
}

impl Tx<'_> {
    /// The messages that a query is for, the best first.
    pub fn search(&self, query: &Query) -> Result<Vec<Found>> {
        let terms = query.terms();
        if terms.is_empty() {
            let shared = query.holds.map(|holds| self.shared(query, holds));
            return shared.unwrap_or_else(|| Ok(Vec::new()));
        }
        let mut candidates = self.candidates(query, &terms)?;
        candidates.sort_by(|one, other| {
            other.score.total_cmp(&one.score).then(other.sent_at.cmp(&one.sent_at))
        });
        candidates.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        let mut found = Vec::with_capacity(candidates.len());
        for Candidate { number, highlights, .. } in candidates {
            let message = self.one(
                "SELECT * FROM messages WHERE number = ?1",
                [number],
                crate::messages::read,
            )?;
            found.extend(message.map(|message| Found { message, highlights }));
        }
        Ok(found)
    }

    /// What one chat or all of them hold, the newest first. With the last come all that were sent at the same time, up
    /// to as many again, so that whoever goes on before that time misses nothing.
    fn shared(&self, query: &Query, holds: u32) -> Result<Vec<Found>> {
        const OF_CHAT: &str = "SELECT * FROM messages WHERE chat_id = ?1 AND holds != 0
           AND hidden = 0 AND sent_at >= ?2 AND sent_at < ?3 AND holds & ?4 != 0
           AND (?5 IS NULL OR sender = ?5) ORDER BY sent_at DESC, number DESC LIMIT ?6";
        const OF_ALL: &str = "SELECT * FROM messages WHERE number IN
             (SELECT number FROM messages INDEXED BY messages_holding WHERE holds != 0
              AND hidden = 0 AND sent_at >= ?2 AND sent_at < ?3 AND holds & ?4 != 0)
           AND (?5 IS NULL OR sender = ?5) AND ?1 IS NULL
           ORDER BY sent_at DESC, number DESC LIMIT ?6";
        let (after, before) = query.times();
        let mut messages = self.all(
            if query.chat.is_some() { OF_CHAT } else { OF_ALL },
            (
                query.chat.as_ref().map(|chat| chat.as_bytes()),
                after,
                before,
                holds,
                query.sender.as_ref().map(|sender| sender.as_bytes()),
                2 * u64::from(query.limit),
            ),
            crate::messages::read,
        )?;
        let last = usize::try_from(query.limit).unwrap_or(usize::MAX).saturating_sub(1);
        if let Some(last) = messages.get(last).map(|row| row.sent_at) {
            messages.retain(|row| row.sent_at >= last);
        }
        let found = messages.into_iter();
        Ok(found.map(|message| Found { message, highlights: Vec::new() }).collect())
    }

    fn candidates(&self, query: &Query, terms: &[Word]) -> Result<Vec<Candidate>> {
        let mut statement = self.inner.prepare_cached(
            "SELECT number, sent_at, text FROM search CROSS JOIN messages ON number = search.rowid
             WHERE search MATCH ?1 AND search.rowid BETWEEN ?2 AND ?3
             AND sent_at >= ?4 AND sent_at < ?5 AND (?6 IS NULL OR holds & ?6 != 0)
             ORDER BY search.rowid DESC LIMIT ?7",
        )?;
        let (first, last) = self.numbers(query)?;
        let (after, before) = query.times();
        let expression = query.expression(terms);
        let asked = (expression, first, last, after, before, query.holds, MOST_LOOKED_AT);
        let mut rows = statement.query(asked)?;
        let mut candidates = Vec::new();
        while let Some(row) = rows.next()? {
            candidates.extend(look_at(row, query, terms)?);
            if candidates.len() == MOST_RANKED {
                break;
            }
        }
        Ok(candidates)
    }

    /// Between which numbers all messages of a query's time are.
    fn numbers(&self, query: &Query) -> Result<(i64, i64)> {
        if query.after.is_none() && query.before.is_none() {
            return Ok((0, i64::MAX));
        }
        const OF_TIME: &str = "SELECT coalesce(min(number), 0), coalesce(max(number), -1)
           FROM messages WHERE sent_at >= ?1 AND sent_at < ?2";
        let numbers = self.one(OF_TIME, query.times(), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(numbers.unwrap_or((0, -1)))
    }
}

fn look_at(row: &Row<'_>, query: &Query, terms: &[Word]) -> rusqlite::Result<Option<Candidate>> {
    let words = words::words(row.get_ref(2)?.as_str()?);
    let Some((relevance, places)) = relevance(terms, &words) else { return Ok(None) };
    let sent_at = row.get(1)?;
    let score = relevance * freshness(query.now.saturating_sub(sent_at));
    Ok(Some(Candidate { number: row.get(0)?, sent_at, score, highlights: ranges(places) }))
}

/// How well words answer terms, as BM25 has it but for the weight of rare words, and which characters do;
/// `None` when a term is missing.
fn relevance(terms: &[Word], words: &[Word]) -> Option<(f64, BTreeSet<u32>)> {
    const SATURATION: f64 = 1.2;
    const LENGTH_COUNTS: f64 = 0.75;
    const USUAL_LENGTH: f64 = 12.0;
    /// Terms that stand together as they were asked for.
    const TOGETHER: f64 = 1.5;
    let mut places = BTreeSet::new();
    let mut sum = 0.0;
    let length = 1.0 - LENGTH_COUNTS + LENGTH_COUNTS * words.len() as f64 / USUAL_LENGTH;
    for term in terms {
        let mut weight = 0.0;
        for word in words {
            for (at, fit) in words::occurrences(term, word) {
                weight += match fit {
                    Fit::Whole => 1.0,
                    Fit::Beginning => 0.6,
                    Fit::Inside => 0.3,
                };
                places.extend(word.places.iter().skip(at).take(term.letters.len()));
            }
        }
        if weight == 0.0 {
            return None;
        }
        sum += weight * (SATURATION + 1.0) / (weight + SATURATION * length);
    }
    let together = words.windows(terms.len()).any(|words| {
        words.iter().zip(terms).all(|(word, term)| !words::occurrences(term, word).is_empty())
    });
    Some((if together { sum * TOGETHER } else { sum }, places))
}

/// The weight of a message by its age: halfway down to its lowest, a half, after a month.
fn freshness(age: u64) -> f64 {
    const MONTH: f64 = 30.0 * 24.0 * 3600.0 * 1000.0;
    0.5 + 0.5 / (1.0 + age as f64 / MONTH)
}

/// Neighbouring places as ranges.
fn ranges(places: BTreeSet<u32>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for place in places {
        match ranges.last_mut() {
            Some((start, length)) if *start + *length == place => *length += 1,
            _ => ranges.push((place, 1)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests;
