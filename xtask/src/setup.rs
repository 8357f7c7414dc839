//! What a fresh machine needs before Parlor can be built: cargo and a C compiler (SQLite is C).
//!
//! Invariants: what is there is left alone; what is installed is said first. Absent on purpose: installing
//! Rust, and any system but Debian and its kin.

use crate::shell;
use anyhow::{Result, bail};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const PACKAGES: [&str; 2] = ["gcc", "libc6-dev"];

/// Checks the tools and installs the C compiler where that is possible.
pub fn check() -> Result<()> {
    match shell::output(shell::cargo().arg("--version")) {
        Some(version) => println!("  {version}"),
        None => bail!("cargo is missing; https://rustup.rs tells how to install Rust"),
    }
    if let Some(name) = c_compiler() {
        println!("  C compiler: {name}");
        return Ok(());
    }
    let debian = Path::new("/etc/debian_version").exists();
    let superuser = shell::output(Command::new("id").arg("-u")).as_deref() == Some("0");
    if !(debian && superuser) {
        bail!(
            "no C compiler was found, and SQLite needs one. Install gcc or clang, for example with\n  \
             sudo apt-get install -y {}",
            PACKAGES.join(" ")
        );
    }
    install()?;
    if c_compiler().is_none() {
        bail!("a C compiler was installed, but it does not work");
    }
    Ok(())
}

fn install() -> Result<()> {
    println!("  no C compiler: installing {} with apt-get", PACKAGES.join(" and "));
    let install = || {
        let mut command = Command::new("apt-get");
        command.args(["install", "-y", "--no-install-recommends"]).args(PACKAGES);
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
