//! `cargo xtask run`: from a fresh machine to a running server.
//!
//! Invariant: in the end this process *is* the server (on Unix), so Ctrl-C and SIGTERM reach it and it stops
//! cleanly. Absent on purpose: settings of the server other than where it listens and keeps its data.

use crate::web::{self, Effort};
use crate::{setup, shell};
use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

const DEFAULT_PORT: u16 = 7700;
const DEFAULT_DATA: &str = ".parlor-data/server";

/// What to do once the server runs. `{parlor}` and `{server}` are filled in.
const NEXT_STEPS: &str = "\
Or two people in two more terminals:

  # Alice
  {parlor} account --profile .parlor-data/alice --server {server} --name Alice
  # Bob
  {parlor} account --profile .parlor-data/bob --server {server} --name Bob

Each command prints an address. Alice writes to Bob's, and Bob looks:

  {parlor} send --profile .parlor-data/alice --to BOBS_ADDRESS 'Hello Bob'
  {parlor} inbox --profile .parlor-data/bob --accept
  {parlor} status --profile .parlor-data/alice

Programs drive a device with `{parlor} rpc --profile DIR`: docs/rpc.md, examples/.
Ctrl-C stops the server; nothing is lost.";

/// Where the server listens and keeps its data.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    listen: Option<String>,
    data: PathBuf,
}

pub fn run(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    println!("Tools");
    setup::check()?;

    println!("Web app (the first build takes a few minutes)");
    web::build(Effort::Full)?;

    println!("Server (so does this one)");
    shell::run(shell::cargo().args(["build", "--release", "-p", "parlor", "--bin", "parlor"]))?;

    let binary = shell::target_dir()?
        .join("release")
        .join(format!("parlor{}", std::env::consts::EXE_SUFFIX));
    let data = shell::root().join(&options.data);
    let listen = match options.listen {
        Some(listen) => listen,
        None => format!("127.0.0.1:{}", free_port(DEFAULT_PORT)?),
    };
    std::fs::create_dir_all(&data).with_context(|| format!("{} cannot be made", data.display()))?;

    println!(
        "\nOpen http://{listen} in a browser; in two, and they can talk. Data: {}\n",
        shown(&data)
    );
    println!("{}\n", next_steps(&shown(&binary), &format!("http://{listen}")));
    become_server(
        Command::new(&binary).arg("serve").args(["--listen", &listen]).arg("--data").arg(&data),
    )
}

fn parse(args: &[String]) -> Result<Options> {
    let mut options = Options { listen: None, data: DEFAULT_DATA.into() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, value.to_string()),
            None => {
                (arg.as_str(), args.next().with_context(|| format!("{arg} needs a value"))?.clone())
            }
        };
        match name {
            "--listen" => options.listen = Some(value),
            "--data" => options.data = value.into(),
            _ => bail!("{name} is not known; there are --listen HOST:PORT and --data DIR"),
        }
    }
    Ok(options)
}

/// The wanted port, or any free one when something else has it.
fn free_port(wanted: u16) -> Result<u16> {
    let bound = TcpListener::bind(("127.0.0.1", wanted));
    let listener = match bound {
        Ok(listener) => listener,
        Err(_) => {
            println!("Port {wanted} is taken: another one is used");
            TcpListener::bind(("127.0.0.1", 0)).context("no port is free on 127.0.0.1")?
        }
    };
    Ok(listener.local_addr()?.port())
}

/// A path as a person types it in the root of the project.
fn shown(path: &Path) -> String {
    path.strip_prefix(shell::root()).unwrap_or(path).display().to_string()
}

fn next_steps(parlor: &str, server: &str) -> String {
    NEXT_STEPS.replace("{parlor}", parlor).replace("{server}", server)
}

#[cfg(unix)]
fn become_server(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("the server cannot be started")
}

#[cfg(not(unix))]
fn become_server(command: &mut Command) -> Result<()> {
    shell::run(command)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn args(text: &str) -> Vec<String> {
        text.split_whitespace().map(String::from).collect()
    }

    #[test]
    fn arguments() {
        let plain = Options { listen: None, data: DEFAULT_DATA.into() };
        assert_eq!(parse(&[]).unwrap(), plain);
        let both = Options { listen: Some("0.0.0.0:80".into()), data: "/srv/parlor".into() };
        assert_eq!(parse(&args("--listen 0.0.0.0:80 --data=/srv/parlor")).unwrap(), both);
        for wrong in ["--listen", "--port 80", "serve"] {
            assert!(parse(&args(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_taken_port_is_left_alone() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(free_port(port).unwrap(), port);
    }

    #[test]
    fn next_steps_are_filled_in() {
        let text = next_steps("target/release/parlor", "http://127.0.0.1:7700");
        assert!(!text.contains('{') && text.contains("target/release/parlor send --profile"));
    }
}
