//! Running other programs, and knowing where the project lies.
//!
//! Invariant: every program started here runs in the root of the project.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the project: the folder above this package. Cargo tells it at run time; two clones that share a
/// build cache may share this program, so the folder it was built in is only the last resort.
pub fn root() -> PathBuf {
    let built_in = || PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(built_in, PathBuf::from);
    package.parent().map(Path::to_path_buf).unwrap_or(package)
}

/// Where cargo puts what it builds: this program lies in `<target>/<profile>/`.
pub fn target_dir() -> Result<PathBuf> {
    let own = std::env::current_exe().context("where this program lies is not known")?;
    let dir =
        own.parent().and_then(Path::parent).context("this program lies in no target folder")?;
    Ok(dir.to_path_buf())
}

/// The cargo that started this program, ready for arguments.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a program with its output shown; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{name} cannot be started"))?;
    if !status.success() {
        bail!("{name} ended with {status}");
    }
    Ok(())
}

/// What a program prints, or `None` when it cannot be started or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}
