//! What search costs: `cargo run --release -p parlor-store --example search_cost -- [MESSAGES...]`.
//!
//! An encrypted database in a file with 100,000 and with 1,000,000 messages in 100 chats. Words are made up and
//! as unequal as real ones (the n-th has a share of 1/n); a message has 2 to 20 of them. Each kind of query is
//! asked with many words, drawn by their shares; the file was just written, so most of it is in memory.

use anyhow::{Context, Result};
use parlor_store::Store;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_store::search::Query;
use parlor_wire::{MessageId, UserId};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use std::time::{Duration, Instant};

const WORDS: usize = 30_000;
const CHATS: u64 = 100;
const QUERIES: usize = 200;
const START: u64 = 1_600_000_000_000;
const EVERY: u64 = 60_000;
const TOGETHER: u64 = 1_000;

/// Words, and how to draw one.
struct Language {
    words: Vec<String>,
    shares: Vec<f64>,
    rng: ChaCha20Rng,
}

impl Language {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let syllables: Vec<String> = "bcdfghklmnprstvz"
            .chars()
            .flat_map(|first| "aeiou".chars().map(move |second| format!("{first}{second}")))
            .collect();
        let mut words = Vec::with_capacity(WORDS);
        for number in 0..WORDS {
            let count = 1 + (number as f64).ln_1p() as usize / 3 + rng.next_u32() as usize % 2;
            let picked = (0..count).map(|_| rng.next_u32() as usize % syllables.len());
            words.push(picked.filter_map(|at| syllables.get(at)).map(String::as_str).collect());
        }
        let mut sum = 0.0;
        let shares = (1..=WORDS).map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        });
        Self { words, shares: shares.collect(), rng }
    }

    fn word(&mut self) -> String {
        let whole = self.shares.last().copied().unwrap_or(1.0);
        let drawn = f64::from(self.rng.next_u32()) / f64::from(u32::MAX) * whole;
        let at = self.shares.partition_point(|share| *share < drawn);
        self.words.get(at.min(WORDS - 1)).cloned().unwrap_or_default()
    }

    fn text(&mut self) -> String {
        let count = 2 + self.rng.next_u32() % 19;
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

fn id(number: u64) -> MessageId {
    MessageId(
        (u128::from(number) + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            .to_be_bytes(),
    )
}

fn fill(store: &mut Store, language: &mut Language, messages: u64) -> Result<Duration> {
    let texts: Vec<String> = (0..10_000).map(|_| language.text()).collect();
    let begun = Instant::now();
    let mut number = 0;
    while number < messages {
        let tx = store.begin()?;
        for number in number..(number + TOGETHER).min(messages) {
            let pick = language.rng.next_u32() as usize % texts.len();
            let mut text = texts.get(pick).context("a text")?.clone();
            text.push(' ');
            text.push_str(&language.word());
            tx.set_message(&MessageRow {
                message_id: id(number),
                chat_id: MessageId([(number % CHATS) as u8; 16]),
                position: START + number * EVERY,
                sender: UserId([(number % 7) as u8; 32]),
                mine: number % 7 == 0,
                kind: Kind::Text,
                sent_at: START + number * EVERY,
                received_at: None,
                text,
                body: Vec::new(),
                reply_to: None,
                edited_at: None,
                state: State::Received,
                hidden: false,
                starred: false,
            })?;
        }
        tx.commit()?;
        number += TOGETHER;
    }
    Ok(begun.elapsed())
}

fn measure(store: &mut Store, name: &str, mut query: impl FnMut() -> Query) -> Result<Duration> {
    let (mut times, mut hits) = (Vec::new(), 0);
    for _ in 0..QUERIES {
        let query = query();
        let begun = Instant::now();
        let tx = store.begin()?;
        hits += tx.search(&query)?.len();
        times.push(begun.elapsed());
    }
    times.sort();
    let at = |percent: usize| times.get(QUERIES * percent / 100).copied().unwrap_or_default();
    let (half, most) = (at(50), at(99));
    println!(
        "  {name:<22} p50 {:>6.2} ms  p99 {:>6.2} ms  {:>3} found",
        half.as_secs_f64() * 1000.0,
        most.as_secs_f64() * 1000.0,
        hits / QUERIES
    );
    Ok(most)
}

fn run(messages: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("search.db");
    let mut store = Store::open(&path, Some(&[7; 32]))?;
    let mut language = Language::new();
    let took = fill(&mut store, &mut language, messages)?;
    drop(store);
    let size = std::fs::metadata(&path)?.len();
    println!(
        "{messages} messages: {:.0} stored per second, {:.0} bytes of database each",
        messages as f64 / took.as_secs_f64(),
        size as f64 / messages as f64
    );
    let mut store = Store::open(&path, Some(&[7; 32]))?;
    let base = Query { now: START + messages * EVERY, limit: 50, ..Query::default() };
    let of = |text: String| Query { text, ..base.clone() };
    let mut worst = Duration::ZERO;
    worst = worst.max(measure(&mut store, "one word", || of(language.word()))?);
    worst = worst.max(measure(&mut store, "two words", || {
        of(format!("{} {}", language.word(), language.word()))
    })?);
    worst = worst.max(measure(&mut store, "a beginning of 2", || {
        of(language.word().chars().take(2).collect())
    })?);
    worst = worst.max(measure(&mut store, "a part of 4", || {
        of(format!("{}{}", language.word(), language.word()).chars().take(4).collect())
    })?);
    worst = worst.max(measure(&mut store, "a word in one chat", || Query {
        chat: Some(MessageId([3; 16])),
        ..of(language.word())
    })?);
    worst = worst.max(measure(&mut store, "a word, long ago", || Query {
        before: Some(START + messages * EVERY / 10),
        ..of(language.word())
    })?);
    println!("  worst p99 {:.2} ms", worst.as_secs_f64() * 1000.0);
    Ok(())
}

fn main() -> Result<()> {
    let counts = std::env::args().skip(1).map(|count| count.parse());
    let mut counts = counts.collect::<Result<Vec<u64>, _>>().context("not a number")?;
    if counts.is_empty() {
        counts = vec![100_000, 1_000_000];
    }
    counts.into_iter().try_for_each(run)
}
