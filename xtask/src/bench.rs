//! `cargo xtask bench`: the table of measurements. Each is an example program of the package that it measures.
//!
//! Absent on purpose: judging the figures; they go beside others of the same run on the same machine.

use crate::web::{self, Effort};
use crate::{setup, shell};
use anyhow::{Result, bail};

struct Bench {
    name: &'static str,
    package: &'static str,
    example: &'static str,
    measures: &'static str,
}

const BENCHES: [Bench; 8] = [
    Bench {
        name: "relay-store",
        package: "parlor-relay",
        example: "appends",
        measures: "durable appends of the relay's store at 1, 8 and 64 senders and to 256 mailboxes, beside the disk's own rate",
    },
    Bench {
        name: "mls",
        package: "parlor-mls",
        example: "mls_cost",
        measures: "time and bytes of create, add, update, encrypt and decrypt by group size",
    },
    Bench {
        name: "engine",
        package: "parlor-sim",
        example: "engine_cost",
        measures: "messages per second that one core sends and receives, and catching up with many",
    },
    Bench {
        name: "history",
        package: "parlor-sim",
        example: "history_cost",
        measures: "handing a history of 100,000 messages to a new device",
    },
    Bench {
        name: "search",
        package: "parlor-store",
        example: "search_cost",
        measures: "search in 100,000 and 1,000,000 messages of an encrypted database",
    },
    Bench {
        name: "files",
        package: "parlor-e2e",
        example: "files_cost",
        measures: "a file of 1 GiB from device to device: time, bytes and memory, beside plain HTTP",
    },
    Bench {
        name: "talk",
        package: "parlor-e2e",
        example: "talk_cost",
        measures: "two real devices over a real server: send to shown, and messages per second",
    },
    Bench {
        name: "web",
        package: "parlor-e2e",
        example: "web_cost",
        measures: "the web app in Chromium with 100,000 messages: linking, start, keys, talk, search, scrolling, memory",
    },
];

pub fn bench(args: &[String]) -> Result<()> {
    let Some((name, rest)) = args.split_first() else {
        println!("{}", list());
        return Ok(());
    };
    let Some(bench) = BENCHES.iter().find(|bench| bench.name == name) else {
        bail!("there is no measurement {name:?}\n\n{}", list());
    };
    if bench.name == "web" {
        setup::check_browser()?;
        web::build(Effort::Full)?;
    }
    if bench.package == "parlor-e2e" {
        shell::run(shell::cargo().args(["build", "--release", "-p", "parlor", "--bin", "parlor"]))?;
    }
    let run = ["run", "--release", "-p", bench.package, "--example", bench.example, "--"];
    shell::run(shell::cargo().args(run).args(rest))
}

fn list() -> String {
    let lines = BENCHES.iter().map(|bench| format!("  {:12} {}", bench.name, bench.measures));
    format!("cargo xtask bench NAME [ARGS]\n\n{}", lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_listed() {
        for (index, bench) in BENCHES.iter().enumerate() {
            assert!(BENCHES.iter().skip(index + 1).all(|other| other.name != bench.name));
            assert!(list().contains(bench.name));
        }
        assert!(bench(&["nothing".into()]).is_err());
    }
}
