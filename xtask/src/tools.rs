//! What the browser tests use and Debian does not package: axe-core, which tells what is not accessible, and
//! geckodriver, which drives Firefox. Each in one version, in `tools/` of the build folder.
//!
//! Invariant: nothing is run whose hash, of itself or of its sources in the lock file, is another than when this was
//! written.

use crate::shell;
use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const AXE: &str = "axe-core@4.14.1";
/// Of the one file that is taken from the package.
const AXE_SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";
const GECKODRIVER: &str = "0.37.1";

/// Where they are.
fn folder() -> Result<PathBuf> {
    Ok(shell::target_dir()?.join("tools"))
}

/// Makes both be there.
pub fn ensure() -> Result<()> {
    fs::create_dir_all(folder()?)?;
    axe()?;
    geckodriver()
}

fn axe() -> Result<()> {
    let place = folder()?.join("axe.min.js");
    let is_there = || fs::read(&place).is_ok_and(|bytes| is_axe(&bytes));
    if !is_there() {
        println!("  downloading {AXE} with npm");
        let work = tempfile::tempdir()?;
        let source = unpack(work.path()).context("axe-core cannot be had")?;
        if !is_axe(&source) {
            bail!("what npm brought is not {AXE}");
        }
        fs::write(&place, source)?;
    }
    println!("  {AXE} is there");
    Ok(())
}

fn is_axe(bytes: &[u8]) -> bool {
    HEXLOWER.encode(&Sha256::digest(bytes)) == AXE_SHA256
}

fn unpack(work: &Path) -> Result<Vec<u8>> {
    let mut pack = Command::new("npm");
    shell::run(pack.args(["pack", "--silent", AXE]).current_dir(work))?;
    let name = format!("{}.tgz", AXE.replace('@', "-"));
    shell::run(Command::new("tar").args(["-xzf", &name]).current_dir(work))?;
    Ok(fs::read(work.join("package/axe.min.js"))?)
}

fn geckodriver() -> Result<()> {
    let place = folder()?;
    let version = || shell::output(Command::new(place.join("bin/geckodriver")).arg("--version"));
    let is_there = || version().is_some_and(|text| text.contains(GECKODRIVER));
    if !is_there() {
        println!("  building geckodriver {GECKODRIVER} (a few minutes)");
        let mut install = shell::cargo();
        install.args([
            "install",
            "geckodriver",
            "--version",
            GECKODRIVER,
            "--locked",
            "--debug",
            "--root",
        ]);
        shell::run(install.arg(&place))?;
    }
    if !is_there() {
        bail!("geckodriver was installed and does not run");
    }
    println!("  geckodriver {GECKODRIVER} is there");
    Ok(())
}
