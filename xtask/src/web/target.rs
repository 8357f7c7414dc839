//! The standard library for the web, where it is not there yet: from rustup, or built from the source that
//! Debian packages for exactly this compiler.
//!
//! Invariants: what works is left alone; what is put into the toolchain is said, was tried before it got its
//! place, and carries a mark by which a later compiler's is told from it.

use super::TARGET;
use crate::shell;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MARK: &str = "built-for-parlor.txt";
/// Names a package of the standard library's source that is already at hand.
const SOURCE: &str = "RUST_SRC_DEB";
/// Where Debian may have it, besides the suite of this machine.
const SUITES: [&str; 5] = ["trixie-backports", "forky-backports", "forky", "sid", "trixie"];

/// What there is to know of the compiler.
struct Rustc {
    release: String,
    commit: String,
    sysroot: PathBuf,
}

/// Where the sources of the standard library may lie on this machine, and how the compiler calls that place where they do
/// not.
pub fn sources() -> Result<(PathBuf, String)> {
    let rustc = Rustc::here()?;
    Ok((rustc.sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{}", rustc.commit)))
}

/// Makes the target work.
pub fn ensure() -> Result<()> {
    if works()? {
        return Ok(());
    }
    println!("  the standard library for {TARGET} is not there");
    if by_rustup() && works()? {
        println!("  installed by rustup");
        return Ok(());
    }
    let rustc = Rustc::here()?;
    let place = rustc.sysroot.join("lib/rustlib").join(TARGET);
    if place.join(MARK).exists() {
        fs::remove_dir_all(&place).context("that of an older compiler cannot be removed")?;
    } else if place.join("lib").exists() {
        bail!("{} is there and does not work; remove it", place.display());
    }
    let work = tempfile::tempdir()?;
    let package = match std::env::var_os(SOURCE) {
        Some(path) => PathBuf::from(path),
        None => download(&rustc, work.path())?,
    };
    let library = unpack(&package, &rustc, work.path())?;
    println!("  building it (about a minute)");
    let built = build(&library, &rustc, work.path())?;
    install(&built, &place, &rustc)?;
    if !works()? {
        let _ = fs::remove_dir_all(&place);
        bail!("the standard library that was built does not work; it was taken out again");
    }
    println!("  installed {TARGET} for rustc {}", rustc.release);
    Ok(())
}

impl Rustc {
    fn here() -> Result<Self> {
        let about = shell::output(rustc().arg("-vV")).context("rustc does not run")?;
        let field = |name: &str| {
            about.lines().find_map(|line| line.strip_prefix(name)).map(str::trim).map(String::from)
        };
        let sysroot = shell::output(rustc().args(["--print", "sysroot"])).context("no sysroot")?;
        let release = field("release:").context("rustc does not tell its version")?;
        let commit = field("commit-hash:").unwrap_or_default();
        Ok(Self { release, commit, sysroot: sysroot.into() })
    }
}

fn rustc() -> Command {
    let mut command = Command::new("rustc");
    // The file that names the toolchain must not make rustup download here.
    command.env("RUSTUP_AUTO_INSTALL", "0").current_dir(shell::root());
    command
}

/// Whether a program for the target can be compiled and linked.
fn works() -> Result<bool> {
    let work = tempfile::tempdir()?;
    let source = work.path().join("probe.rs");
    let text =
        "#[unsafe(no_mangle)] pub extern \"C\" fn probe(n: usize) -> usize { vec![n; n].len() }";
    fs::write(&source, text)?;
    let status = rustc()
        .args(["--edition", "2024", "--crate-type", "cdylib", "--target", TARGET, "-o"])
        .arg(work.path().join("probe.wasm"))
        .arg(&source)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    Ok(status.success())
}

fn by_rustup() -> bool {
    println!("  trying rustup target add {TARGET}");
    let mut command = Command::new("timeout");
    command.args(["60", "rustup", "target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "1");
    command.current_dir(shell::root()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The source package of Debian for exactly this compiler. The machine's own list of packages is only read.
fn download(rustc: &Rustc, work: &Path) -> Result<PathBuf> {
    let apt = Apt::new(work)?;
    let own = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let own = own.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    let own = own.map(|name| format!("{name}-backports"));
    for suite in own.as_deref().into_iter().chain(SUITES) {
        println!("  looking for rust-src {} in Debian {suite}", rustc.release);
        if let Some(version) = apt.version_in(suite, &rustc.release)? {
            return apt.download(&version);
        }
    }
    bail!(
        "neither rustup nor Debian has the standard library of Rust {} for {TARGET}: run `rustup target add \
         {TARGET}` where that can download, or set {SOURCE} to a copy of Debian's rust-src package",
        rustc.release
    )
}

/// Apt with lists of its own.
struct Apt {
    work: PathBuf,
    mirror: String,
}

impl Apt {
    fn new(work: &Path) -> Result<Self> {
        let format = "$(REPO_URI)";
        let args = ["indextargets", "--format", format, "Created-By: Packages", "Origin: Debian"];
        let all = shell::output(Command::new("apt-get").args(args)).unwrap_or_default();
        let mirror = all.lines().find(|line| line.trim_end_matches('/').ends_with("/debian"));
        let mirror = mirror.context("no Debian mirror is known to apt")?.to_owned();
        Ok(Self { work: work.to_owned(), mirror })
    }

    fn run(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        let dir = self.work.display();
        for option in [
            format!("Dir::Etc::sourcelist={dir}/sources.list"),
            "Dir::Etc::sourceparts=/dev/null".into(),
            "Dir::Etc::preferencesparts=/dev/null".into(),
            format!("Dir::State::Lists={dir}/lists"),
            format!("Dir::Cache={dir}/cache"),
            "Acquire::Languages=none".into(),
            "APT::Sandbox::User=root".into(),
        ] {
            command.arg("-o").arg(option);
        }
        command.arg("-q").args(args).current_dir(&self.work);
        command
    }

    /// The version of the package in a suite that fits the compiler.
    fn version_in(&self, suite: &str, release: &str) -> Result<Option<String>> {
        for folder in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(self.work.join(folder))?;
        }
        let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
        let signed = if Path::new(keyring).exists() {
            format!("[signed-by={keyring}] ")
        } else {
            String::new()
        };
        let source = format!("deb {signed}{} {suite} main\n", self.mirror);
        fs::write(self.work.join("sources.list"), source)?;
        let mut update = self.run("apt-get", &["update"]);
        let updated = update.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if !updated.success() {
            return Ok(None);
        }
        let listed = shell::output(&mut self.run("apt-cache", &["madison", "rust-src"]));
        Ok(listed.unwrap_or_default().lines().find_map(|line| {
            let version = line.split('|').nth(1)?.trim();
            fits(version, release).then(|| version.to_owned())
        }))
    }

    fn download(&self, version: &str) -> Result<PathBuf> {
        println!("  downloading rust-src {version}");
        shell::run(&mut self.run("apt-get", &["download", &format!("rust-src={version}")]))?;
        let files = fs::read_dir(&self.work)?.filter_map(|entry| Some(entry.ok()?.path()));
        files
            .into_iter()
            .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
            .context("apt downloaded nothing")
    }
}

/// Whether a version of a package is of this release: `1:1.95.0+dfsg1-2~bpo13+1` is of 1.95.0.
fn fits(version: &str, release: &str) -> bool {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    version.strip_prefix(release).is_some_and(|rest| rest.starts_with(['+', '~', '-']))
}

fn unpack(package: &Path, rustc: &Rustc, work: &Path) -> Result<PathBuf> {
    let tree = work.join("tree");
    shell::run(Command::new("dpkg-deb").arg("-x").arg(package).arg(&tree))?;
    let library = tree.join("usr/src").join(format!("rustc-{}", rustc.release)).join("library");
    if !library.join("sysroot/Cargo.toml").exists() {
        bail!("the package holds no standard library of Rust {}", rustc.release);
    }
    Ok(library)
}

/// Builds the standard library; where its parts are.
fn build(library: &Path, rustc: &Rustc, work: &Path) -> Result<PathBuf> {
    let flags = format!(
        "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes -Cdebuginfo=0 --remap-path-prefix={}=/rustc/{}/library",
        library.display(),
        rustc.commit
    );
    let target = work.join("target");
    let cargo = |locked: bool| {
        let mut command = Command::new("cargo");
        command.args(["build", "--release", "--target", TARGET, "--target-dir"]).arg(&target);
        if locked {
            command.arg("--locked");
        }
        for name in ["CARGO_TARGET_DIR", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER"] {
            command.env_remove(name);
        }
        // Cargo tells what it starts about its own compiler and package.
        command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", &flags);
        command.env("__CARGO_DEFAULT_LIB_METADATA", "parlor");
        command.current_dir(library.join("sysroot"));
        command
    };
    // Debian leaves packages out that the lock names.
    if shell::output(&mut cargo(true)).is_none() {
        shell::run(&mut cargo(false)).context("the standard library cannot be built")?;
    }
    Ok(target.join(TARGET).join("release/deps"))
}

fn install(built: &Path, place: &Path, rustc: &Rustc) -> Result<()> {
    let parent = place.parent().context("the toolchain has no such folder")?;
    let new = tempfile::Builder::new()
        .prefix(".parlor-")
        .tempdir_in(parent)
        .context("the toolchain cannot be written to: install the target another way")?;
    let lib = new.path().join("lib");
    fs::create_dir(&lib)?;
    for entry in fs::read_dir(built)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libsysroot-") {
            fs::copy(&path, lib.join(name))?;
        }
    }
    fs::write(new.path().join(MARK), format!("rustc {} {}\n", rustc.release, rustc.commit))?;
    fs::rename(new.keep(), place)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn versions() {
        assert!(fits("1:1.95.0+dfsg1-2~bpo13+1", "1.95.0") && fits("1.95.0-1", "1.95.0"));
        assert!(!fits("1.95.01-1", "1.95.0") && !fits("1.94.0+dfsg1-2", "1.95.0"));
    }
}
