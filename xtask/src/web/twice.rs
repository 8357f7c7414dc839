//! Whether the same sources give the same bytes: the web app is built once more, from a copy in another folder with
//! a build cache of its own, and the lists of files are compared.

use super::{Effort, build, folder};
use crate::shell::{self, root};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

const LIST: &str = "files.json";

/// `cargo xtask web --twice`.
pub fn compare() -> Result<()> {
    build(Effort::Full)?;
    let here = fs::read_to_string(folder().join(LIST))?;
    let work = tempfile::tempdir()?;
    let copy = work.path().join("another-folder");
    copy_sources(&copy)?;
    println!("Once more, in {}", copy.display());
    let mut again = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    again.args(["xtask", "web"]).current_dir(&copy);
    again.env("CARGO_TARGET_DIR", work.path().join("built")).env_remove("CARGO_MANIFEST_DIR");
    shell::run(&mut again)?;
    let there = fs::read_to_string(copy.join("target/web-app").join(LIST))?;
    if here != there {
        bail!("the two differ; here:\n{here}\nthere:\n{there}");
    }
    println!("Both are the same, byte for byte");
    Ok(())
}

/// Copies what git knows or would take in.
fn copy_sources(to: &Path) -> Result<()> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let names = shell::output(Command::new("git").args(list).current_dir(root()));
    let names = names.context("git does not list the sources")?;
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (root().join(name), to.join(name));
        // What was deleted and not committed.
        if !from.exists() {
            continue;
        }
        fs::create_dir_all(to.parent().context("a file without a folder")?)?;
        fs::copy(&from, &to).with_context(|| format!("{name} cannot be copied"))?;
    }
    Ok(())
}
