//! What a fresh machine needs before Parlor can be built: cargo, a C compiler (SQLite is C), perl and make (its
//! ciphers are built with them), and clang, which compiles SQLite for browsers; and for the tests a browser.
//!
//! Invariants: what is there is left alone; what is installed is said first. Absent on purpose: installing
//! Rust, and any system but Debian and its kin.

use crate::shell;
use anyhow::{Result, bail};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const PACKAGES: [&str; 5] = ["gcc", "libc6-dev", "perl", "make", "clang"];
const BROWSERS: [&str; 4] =
    ["chromium", "chromium-driver", "firefox-esr", "fonts-noto-color-emoji"];
// Apart: where it came with Node.js, Debian's own would be in its way.
const NPM: [&str; 1] = ["npm"];

/// What is wanted on the machine.
struct Wanted {
    /// What does not work yet, in words.
    missing: fn() -> Vec<&'static str>,
    packages: &'static [&'static str],
    /// What it is for.
    why: &'static str,
}

/// Checks the tools that a build needs, and installs what is missing where that is possible.
pub fn check() -> Result<()> {
    match shell::output(shell::cargo().arg("--version")) {
        Some(version) => println!("  {version}"),
        None => bail!("cargo is missing; https://rustup.rs tells how to install Rust"),
    }
    provide(&Wanted {
        missing,
        packages: &PACKAGES,
        why: "the encrypted database and the web app are built with them",
    })?;
    println!("  C compiler, perl, make and clang are there");
    Ok(())
}

/// The same for the browsers that the tests drive, and for npm, which brings what is run in them.
pub fn check_browser() -> Result<()> {
    provide(&Wanted {
        missing: missing_browser,
        packages: &BROWSERS,
        why: "the tests of the web app drive them",
    })?;
    let npm = || missing_of(&["npm"]);
    provide(&Wanted {
        missing: npm,
        packages: &NPM,
        why: "it brings what the tests run in a page",
    })?;
    println!("  Chromium with its driver, Firefox and npm are there");
    Ok(())
}

fn provide(wanted: &Wanted) -> Result<()> {
    let missing = (wanted.missing)();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = wanted.packages.join(" ");
    let debian = Path::new("/etc/debian_version").exists();
    let superuser = shell::output(Command::new("id").arg("-u")).as_deref() == Some("0");
    if !(debian && superuser) {
        bail!(
            "not found: {} ({}). Install them, for example with\n  sudo apt-get install -y {packages}",
            missing.join(", "),
            wanted.why
        );
    }
    println!("  not there: {}; installing {packages} with apt-get", missing.join(", "));
    install(wanted.packages)?;
    let missing = (wanted.missing)();
    if !missing.is_empty() {
        bail!("installed, but still not working: {}", missing.join(", "));
    }
    Ok(())
}

/// What does not work on this machine.
fn missing() -> Vec<&'static str> {
    // Debian's smallest perl comes without the modules that building OpenSSL takes.
    let perl = ["-MFindBin", "-MIPC::Cmd", "-MData::Dumper", "-e", "1"];
    let tools = [
        ("a C compiler", c_compiler().is_some()),
        ("perl", shell::output(Command::new("perl").args(perl)).is_some()),
        ("make", shell::output(Command::new("make").arg("--version")).is_some()),
        ("clang", shell::output(Command::new("clang").arg("--version")).is_some()),
    ];
    tools.into_iter().filter(|(_, works)| !works).map(|(name, _)| name).collect()
}

fn missing_browser() -> Vec<&'static str> {
    missing_of(&["chromium", "chromedriver", "firefox-esr"])
}

/// Those of some programs that do not run.
fn missing_of(programs: &[&'static str]) -> Vec<&'static str> {
    let runs = |name: &str| shell::output(Command::new(name).arg("--version")).is_some();
    programs.iter().copied().filter(|name| !runs(name)).collect()
}

fn install(packages: &[&str]) -> Result<()> {
    let install = || {
        let mut command = Command::new("apt-get");
        command.args(["install", "-y", "--no-install-recommends"]).args(packages);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    if shell::run(&mut install()).is_err() {
        println!("  the package lists may be old: apt-get update, then once more");
        shell::run(Command::new("apt-get").arg("update"))?;
        shell::run(&mut install())?;
    }
    Ok(())
}

/// The first C compiler that can compile a program with a header of the C library.
fn c_compiler() -> Option<&'static str> {
    ["cc", "clang", "gcc"].into_iter().find(|name| compiles(name))
}

fn compiles(compiler: &str) -> bool {
    let child = Command::new(compiler)
        .args(["-x", "c", "-fsyntax-only", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    let written = child.stdin.take().is_some_and(|mut stdin| {
        stdin.write_all(b"#include <stdio.h>\nint main(void) { return 0; }\n").is_ok()
    });
    let compiled = child.wait().is_ok_and(|status| status.success());
    written && compiled
}
