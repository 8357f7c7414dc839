//! `cargo xtask tidy`: the house rules that a program can check.
//!
//! | rule      | says                                                                            | file         |
//! |-----------|---------------------------------------------------------------------------------|--------------|
//! | layers    | dependencies follow `xtask/layers.toml`; every package takes the workspace lints | `layers.rs`  |
//! | purity    | pure crates mention no clock, socket, file, thread or ambient randomness         | `purity.rs`  |
//! | shape     | files, functions, module headers, `unsafe`                                       | `shape.rs`   |
//! | words     | no path of a machine that built the project                                      | `words.rs`   |
//!
//! Invariants: every problem is found in one run, each with its file and line. Rules read text handed to them,
//! so that each is tested with small fixtures. Absent on purpose: what rustfmt and Clippy already hold.

mod blank;
mod layers;
mod purity;
mod shape;
mod tree;
mod words;

use crate::shell;
use anyhow::{Result, bail};
use std::fmt;

/// A broken rule, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    /// Relative to the root of the project.
    path: String,
    /// From 1; 0 speaks of the whole file.
    line: usize,
    message: String,
}

impl Problem {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.into(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// What a run found: problems fail it, notes do not.
#[derive(Debug, Default)]
struct Found {
    problems: Vec<Problem>,
    notes: Vec<Problem>,
}

pub fn command() -> Result<()> {
    let root = shell::root();
    let layers = layers::read(&root.join("xtask/layers.toml"))?;
    let files = tree::text_files(&root)?;
    let found = check(&layers, &files);

    for note in &found.notes {
        println!("note: {note}");
    }
    for problem in &found.problems {
        println!("{problem}");
    }
    match found.problems.len() {
        0 => {
            println!("tidy: {} files, no problem", files.len());
            Ok(())
        }
        count => bail!("tidy found {count} problems"),
    }
}

/// Applies every rule to the files of the project.
fn check(layers: &layers::Layers, files: &[tree::File]) -> Found {
    let mut found = Found { problems: layers::check(layers, files), ..Found::default() };
    found.problems.extend(purity::check(layers, files));
    for file in files {
        found.problems.extend(words::check(file));
        if file.path.ends_with(".rs") {
            shape::check(file, &mut found);
        }
    }
    found.problems.sort();
    found.notes.sort();
    found
}
