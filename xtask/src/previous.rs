//! The binary of the version before this one, for the upgrade tests: built from the history of the clone.
//!
//! The version before is that of the newest commit with other code than there is now. Its sources are unpacked below
//! the target folder and built into the same build folder, so that what both versions depend on is built once: it costs
//! the project's own crates, and nothing when it is there already. They get another version number, by which cargo
//! tells them from those of this version. Invariant: nothing of the clone is touched, and nothing that this version
//! builds. Without a history there is no binary, and it is said.

use crate::shell;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the binary is made of.
const CODE: [&str; 4] = ["crates", "apps", "Cargo.toml", "Cargo.lock"];

/// Builds it if it is not there; `None` without a history.
pub fn build() -> Result<Option<PathBuf>> {
    let Some(commit) = commit() else {
        println!("    no commit with other code is in this clone: only this version is tested");
        return Ok(None);
    };
    let target = shell::target_dir()?;
    let folder = target.join("previous");
    let binary = folder.join(format!("parlor-{commit}"));
    if binary.exists() {
        return Ok(Some(binary));
    }
    // Those of other commits are of no use any more.
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("the former version cannot be removed")?;
    }
    let sources = folder.join("sources");
    std::fs::create_dir_all(&sources)?;
    unpack(&commit, &sources)?;
    let manifest = sources.join("Cargo.toml");
    let named =
        rename(&std::fs::read_to_string(&manifest)?).context("no version of the workspace")?;
    std::fs::write(&manifest, named)?;
    let made = folder.join("made");
    shell::run(&mut cargo_build(&sources, &made, &target))?;
    std::fs::rename(made.join("debug/parlor"), &binary).context("the build made no binary")?;
    Ok(Some(binary))
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.current_dir(shell::root());
    command
}

/// The newest commit whose code is not that of the work tree.
fn commit() -> Option<String> {
    let log = git_log()?;
    let changed = shell::output(git().args(["status", "--porcelain", "--"]).args(CODE))?;
    pick(&log, !changed.is_empty())
}

fn git_log() -> Option<String> {
    let log = ["log", "--first-parent", "--format=%H", "-n", "2", "--"];
    shell::output(git().args(log).args(CODE))
}

fn pick(log: &str, changed: bool) -> Option<String> {
    log.lines().nth(usize::from(!changed)).map(str::to_owned)
}

/// All files of a commit, as new as they are here: cargo goes by their time.
fn unpack(commit: &str, to: &Path) -> Result<()> {
    let archive = to.with_extension("tar");
    shell::run(git().arg("archive").arg("-o").arg(&archive).arg(commit))?;
    shell::run(Command::new("tar").arg("-xmf").arg(&archive).arg("-C").arg(to))?;
    Ok(std::fs::remove_file(&archive)?)
}

/// The manifest of the workspace with another version.
fn rename(manifest: &str) -> Option<String> {
    let (before, behind) = manifest.split_once("[workspace.package]\nversion = \"")?;
    let (version, rest) = behind.split_once('"')?;
    Some(format!("{before}[workspace.package]\nversion = \"{version}-before\"{rest}"))
}

/// The same packages are selected as for the tests, or their dependencies would be built with other features.
fn cargo_build(sources: &Path, made: &Path, target: &Path) -> Command {
    let mut command = shell::cargo();
    command.current_dir(sources).args(["build", "--quiet", "--workspace", "--bin", "parlor"]);
    command.env("CARGO_TARGET_DIR", made).env("CARGO_BUILD_BUILD_DIR", target);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_before_is_another() {
        assert_eq!(pick("new\nold", false).as_deref(), Some("old"));
        assert_eq!(pick("new\nold", true).as_deref(), Some("new"));
        assert_eq!(pick("new", false), None);
        assert_eq!(pick("", true), None);
    }

    #[test]
    fn its_crates_have_another_version() {
        let manifest = std::fs::read_to_string(shell::root().join("Cargo.toml"));
        let named = manifest.ok().as_deref().and_then(rename);
        let expected = format!("version = \"{}-before\"", env!("CARGO_PKG_VERSION"));
        assert!(named.is_some_and(|named| named.contains(&expected)));
    }
}
