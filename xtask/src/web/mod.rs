//! The web app: three WebAssembly modules, the page's in parts and the core's in two files, and what goes with them,
//! built into one folder that the server embeds.
//!
//! Invariants: nothing is downloaded but crates and, where it is missing, the standard library for the target;
//! every file but the entry carries the hash of its content in its name, so that it may be kept for ever; no
//! path of the machine is in what is built, so that the same sources should give the same bytes ([`twice`] compares).

mod bundle;
mod later;
mod split;
mod target;
mod twice;

use crate::shell;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGES: [&str; 3] = ["parlor-web-core", "parlor-web-page", "parlor-web-scan"];

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

/// `cargo xtask web [--test | --twice]`.
pub fn command(args: &[String]) -> Result<()> {
    match args {
        [] => build(Effort::Full),
        [arg] if arg == "--test" => build(Effort::Test),
        [arg] if arg == "--twice" => twice::compare(),
        _ => bail!("there are --test, --twice and nothing else"),
    }
}

/// Where the server's build looks for the web app.
pub fn folder() -> PathBuf {
    shell::root().join("target/web-app")
}

/// Lints what only browsers compile.
pub fn lint() -> Result<()> {
    let mut cargo = cargo("clippy", Effort::Test)?;
    for package in PACKAGES.into_iter().chain(["parlor-ui"]) {
        cargo.args(["--package", package]);
    }
    shell::run(cargo.args(["--", "-D", "warnings"]))
}

/// Cargo, about to do something for browsers. Where things lie on this machine is not to be in what it makes: the
/// compiler names our own sources from the root of the project; those of others, of the standard library where they are
/// installed, and what is generated, it names by their whole paths. The root itself is not among the flags, so that
/// another clone can use what was built.
fn cargo(what: &str, effort: Effort) -> Result<Command> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let target = shell::target_dir()?;
    let (sources, theirs) = target::sources()?;
    let places = [(home, "cargo"), (Some(target), "target"), (Some(sources), &theirs)];
    let shorten = |(place, name): (Option<PathBuf>, &str)| {
        place.map(|place| format!("--remap-path-prefix={}={name}", place.display()))
    };
    let flags: Vec<_> = places.into_iter().filter_map(shorten).collect();
    let mut cargo = shell::cargo();
    cargo.args([what, "--target", TARGET, "--profile", effort.profile()]);
    cargo
        .arg("--config")
        .arg(format!("target.{TARGET}.rustflags={}", serde_json::to_string(&flags)?));
    Ok(cargo)
}

/// Builds the web app into [`folder`].
pub fn build(effort: Effort) -> Result<()> {
    target::ensure()?;
    let mut cargo = cargo("build", effort)?;
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    shell::run(&mut cargo)?;
    let built = shell::target_dir()?.join(TARGET).join(effort.profile());
    bundle::write(&built, effort, &folder()).context("the web app cannot be put together")
}
