//! The web app: two WebAssembly modules and what goes with them, built into one folder that the server embeds.
//!
//! Invariants: nothing is downloaded but crates and, where it is missing, the standard library for the target;
//! every file but the entry carries the hash of its content in its name, so that it may be kept for ever; the
//! same sources give the same bytes.

mod bundle;
mod target;

use crate::shell;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGES: [&str; 2] = ["parlor-web-core", "parlor-web-page"];

/// How much the compiler tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// For people: small and quick.
    Full,
    /// For tests: the same code, built sooner.
    Test,
}

impl Effort {
    fn profile(self) -> &'static str {
        match self {
            Self::Full => "web",
            Self::Test => "web-test",
        }
    }
}

/// `cargo xtask web [--test]`.
pub fn command(args: &[String]) -> Result<()> {
    match args {
        [] => build(Effort::Full),
        [arg] if arg == "--test" => build(Effort::Test),
        _ => bail!("there is --test and nothing else"),
    }
}

/// Where the server's build looks for the web app.
pub fn folder() -> PathBuf {
    shell::root().join("target/web-app")
}

/// Lints what only browsers compile.
pub fn lint() -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["clippy", "--target", TARGET, "--profile", Effort::Test.profile()]);
    for package in PACKAGES.into_iter().chain(["parlor-ui"]) {
        cargo.args(["--package", package]);
    }
    shell::run(cargo.args(["--", "-D", "warnings"]))
}

/// Builds the web app into [`folder`].
pub fn build(effort: Effort) -> Result<()> {
    target::ensure()?;
    let mut cargo = shell::cargo();
    cargo.args(["build", "--target", TARGET, "--profile", effort.profile()]);
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    shell::run(&mut cargo)?;
    let built = shell::target_dir()?.join(TARGET).join(effort.profile());
    bundle::write(&built, effort, &folder()).context("the web app cannot be put together")
}
