//! `cargo xtask fuzz`: a target of `parlor-fuzz` under libFuzzer, guided by coverage.
//!
//! Works with the stable compiler: its flags put the counters into the code, and libFuzzer is built with the C++
//! compiler. What was found stays in `target/fuzz`: inputs that reach new code in `corpus/NAME`, those that fail in
//! `found/NAME`. Absent on purpose: the short run of every target, which is one of the tests.

use crate::shell;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Seconds for a target, unless somebody says otherwise.
const SECONDS: u64 = 60;
/// Longest input.
const LONGEST: u32 = 32 * 1024;
/// Counters at every edge, and what comparisons compare.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
];

pub fn fuzz(args: &[String]) -> Result<()> {
    let (name, seconds) = match args {
        [] => return shell::run(&mut plain(&["list"])?),
        [name] => (name, SECONDS),
        [name, seconds] => (name, seconds.parse().context("SECONDS is a number")?),
        _ => bail!("cargo xtask fuzz [NAME | all [SECONDS]]"),
    };
    let listed = shell::output(&mut plain(&["list"])?).context("the targets cannot be listed")?;
    let names: Vec<&str> =
        listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let chosen: Vec<&str> = match name.as_str() {
        "all" => names,
        name if names.contains(&name) => vec![name],
        name => bail!("there is no target {name:?}\n\n{listed}"),
    };
    let folder = shell::root().join("target/fuzz");
    let host = host()?;
    shell::run(&mut build(&folder, &host))?;
    let guided = folder.join(&host).join("release/guided");
    let mut failed = Vec::new();
    for name in chosen {
        println!("\n==> {name}, {seconds} s");
        if one(&folder, &guided, name, seconds).is_err() {
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        let found = folder.join("found");
        bail!("inputs that fail are in {}: {}", found.display(), failed.join(", "));
    }
    Ok(())
}

/// `parlor-fuzz` without guidance, built as for the tests, so that nothing is built twice.
fn plain(args: &[&str]) -> Result<Command> {
    shell::run(shell::cargo().args(["build", "--quiet", "--workspace", "--bin", "parlor-fuzz"]))?;
    let mut command = Command::new(shell::target_dir()?.join("debug/parlor-fuzz"));
    command.args(args);
    Ok(command)
}

/// With a target named, the flags are for the program and what it links, and not for what runs during the build.
fn build(folder: &Path, host: &str) -> Command {
    let mut command = shell::cargo();
    command.args(["build", "--release", "-p", "parlor-fuzz", "--bin", "guided"]);
    command.args(["--features", "guided", "--target", host, "--target-dir"]).arg(folder);
    command.env("RUSTFLAGS", FLAGS.join(" ")).env("CARGO_PROFILE_RELEASE_LTO", "off");
    command
}

fn one(folder: &Path, guided: &Path, name: &str, seconds: u64) -> Result<()> {
    let (corpus, found) = (folder.join("corpus").join(name), folder.join("found").join(name));
    std::fs::create_dir_all(&found)?;
    let corpus_name = corpus.to_str().context("the path is not UTF-8")?;
    shell::run(&mut plain(&["seeds", name, corpus_name])?)?;
    let mut command = Command::new(guided);
    command.arg(&corpus).env("PARLOR_FUZZ", name);
    command.arg(format!("-artifact_prefix={}/", found.display()));
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-max_len={LONGEST}"));
    command.args(["-timeout=30", "-rss_limit_mb=4096", "-print_final_stats=1"]);
    shell::run(&mut command)
}

/// The system that the compiler builds for by itself.
fn host() -> Result<String> {
    let version = shell::output(Command::new("rustc").arg("-vV")).context("rustc is missing")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say for what it builds")?.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn flags_are_for_the_target_only() {
        let command = build(Path::new("target/fuzz"), "some-host");
        assert!(command.get_args().any(|arg| arg == "--target"));
        assert!(!host().unwrap().is_empty());
        assert!(fuzz(&["a".into(), "b".into()]).is_err());
    }
}
