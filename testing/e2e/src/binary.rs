//! Finding the `parlor` binary, and running it to its end.

use crate::{DEADLINE, process};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

static FOUND: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();

/// The binary: `PARLOR_BIN`, or the one that was built beside this test. Built once if it is not there.
pub fn parlor() -> Result<PathBuf> {
    let found = FOUND.get_or_init(|| find().map_err(|error| format!("{error:#}")));
    found.clone().map_err(anyhow::Error::msg)
}

fn find() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("PARLOR_BIN") {
        return Ok(path.into());
    }
    // <target>/<profile>/deps/<test> or <target>/<profile>/examples/<example>
    let own = std::env::current_exe()?;
    let profile =
        own.parent().and_then(Path::parent).context("this test lies in no target folder")?;
    let binary = profile.join(format!("parlor{}", std::env::consts::EXE_SUFFIX));
    if !binary.exists() {
        build(profile)?;
    }
    ensure!(binary.exists(), "the parlor binary is not in {}", profile.display());
    Ok(binary)
}

fn build(profile: &Path) -> Result<()> {
    let target = profile.parent().context("this test lies in no target folder")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "-p", "parlor", "--bin", "parlor", "--target-dir"]).arg(target);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    ensure!(cargo.status()?.success(), "the parlor binary does not build");
    Ok(())
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    /// `None` if a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// `parlor`, ready for arguments, and out of reach of the keychain of whoever runs the tests.
pub fn parlor_command() -> Result<Command> {
    Ok(command_of(&parlor()?))
}

/// The same for a binary of another version.
pub(crate) fn command_of(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    command
}

/// The binary of the version before this one: `PARLOR_PREVIOUS_BIN`, which `cargo xtask test` builds where there is
/// a history. `None` without.
pub fn previous() -> Option<PathBuf> {
    std::env::var_os("PARLOR_PREVIOUS_BIN").map(PathBuf::from)
}

/// Runs `parlor` with these arguments and an empty stdin until it ends by itself.
pub fn run_to_end(args: &[&str]) -> Result<Ended> {
    let mut command = parlor_command()?;
    command.args(args);
    end_of(command)
}

/// The same with a command of one's own.
pub fn end_of(mut command: Command) -> Result<Ended> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = process::Owned::spawn(&mut command)?;
    let stdout = process::Output::collect(child.take_stdout()?);
    let stderr = process::Output::collect(child.take_stderr()?);
    let status = child.wait_until(Instant::now() + DEADLINE)?;
    Ok(Ended { status: status.code(), stdout: stdout.whole(), stderr: stderr.whole() })
}
