//! `cargo xtask test`: all that has to hold before a change goes in, and one line with the sum at the end.
//!
//! Invariants: a step that fails does not hide the others (only a failed build ends the run); the last line of
//! stdout is `N passed, N failed`; the exit status is zero only if every step succeeded. One cargo profile (dev)
//! and one selection of packages throughout, so that nothing is built twice.

use crate::web::{self, Effort};
use crate::{previous, setup, shell, tidy, tools};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

/// Tests counted over all test programs of a run.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sum {
    passed: u64,
    failed: u64,
}

pub fn test(extra: &[String]) -> ExitCode {
    let started = Instant::now();
    let mut failed_steps = Vec::new();
    let mut sum = Sum::default();

    let mut step = |name: &'static str, work: &mut dyn FnMut() -> Result<()>| {
        println!("\n==> {name}");
        let begun = Instant::now();
        let result = work();
        let seconds = begun.elapsed().as_secs_f64();
        match &result {
            Ok(()) => println!("    ok: {name}, {seconds:.1} s"),
            Err(error) => {
                println!("    FAILED: {name}, {seconds:.1} s: {error:#}");
                failed_steps.push(name);
            }
        }
        result.is_ok()
    };

    step("tools", &mut || {
        setup::check()?;
        setup::check_browser()?;
        tools::ensure()
    });
    step("format", &mut || shell::run(shell::cargo().args(["fmt", "--all", "--check"])));
    step("tidy", &mut tidy::command);
    step("clippy", &mut || {
        let args = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        shell::run(shell::cargo().args(args))
    });
    let web = step("web app", &mut || web::build(Effort::Test));
    if web {
        step("clippy, web app", &mut web::lint);
    }
    // First, so that what is built for the tests is the last that was built.
    let mut before = None;
    step("the version before", &mut || {
        before = previous::build()?;
        Ok(())
    });
    // The same packages and kinds of target as `cargo test` below, and the binaries that the tests start.
    let built = step("build", &mut || {
        shell::run(shell::cargo().args(["build", "--workspace", "--bins", "--examples", "--tests"]))
    });
    if built {
        step("tests", &mut || cargo_test(extra, before.as_deref(), &mut sum));
    }

    println!("\n{:.0} s in all", started.elapsed().as_secs_f64());
    if !failed_steps.is_empty() {
        println!("failed: {}", failed_steps.join(", "));
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if failed_steps.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs all tests, shows what they print as it comes, and counts.
fn cargo_test(extra: &[String], before: Option<&Path>, sum: &mut Sum) -> Result<()> {
    let mut command = shell::cargo();
    command.envs(before.map(|binary| ("PARLOR_PREVIOUS_BIN", binary)));
    command.args(["test", "--workspace", "--no-fail-fast"]).args(extra).stdout(Stdio::piped());
    let mut child = command.spawn().context("cargo cannot be started")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let copied = copy_and_count(BufReader::new(output), std::io::stdout().lock(), sum);
    let status = child.wait()?;
    copied?;
    if !status.success() {
        bail!("cargo test ended with {status}");
    }
    if sum.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

fn copy_and_count(mut from: impl BufRead, mut to: impl Write, sum: &mut Sum) -> Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        if let Some(result) = parse(&String::from_utf8_lossy(&line)) {
            sum.passed += result.passed;
            sum.failed += result.failed;
        }
        line.clear();
    }
    Ok(())
}

/// Reads the line with which each test program ends: `test result: ok. 3 passed; 0 failed; ...`.
fn parse(line: &str) -> Option<Sum> {
    let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word: &str| {
        let part = counts.split(';').find(|part| part.trim().ends_with(word))?;
        part.trim().strip_suffix(word)?.trim().parse().ok()
    };
    Some(Sum { passed: count("passed")?, failed: count("failed")? })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn result_lines() {
        let cases = [
            (
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; finished in 0.00s",
                Some((3, 0)),
            ),
            (
                "test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
                Some((12, 2)),
            ),
            ("test result::tests::ok ... ok", None),
            ("running 3 tests", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(
                parse(line),
                expected.map(|(passed, failed)| Sum { passed, failed }),
                "{line}"
            );
        }
    }

    #[test]
    fn output_is_copied_whole_and_counted() {
        let text = b"running\ntest result: ok. 2 passed; 0 failed; x\n\xff\ntest result: FAILED. 1 passed; 4 failed; x";
        let (mut sum, mut copy) = (Sum::default(), Vec::new());
        copy_and_count(&text[..], &mut copy, &mut sum).unwrap();
        assert_eq!(copy, text);
        assert_eq!(sum, Sum { passed: 3, failed: 4 });
    }
}
