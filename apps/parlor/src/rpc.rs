//! `parlor rpc`: a device that a program drives over stdin and stdout (`docs/rpc.md`).
//!
//! Invariants: one JSON object per line and nothing else on stdout; requests are carried out in their order;
//! answers and events come in the order in which they became true. Absent on purpose: anything that the
//! client does not do for every other program too.

use crate::device;
use crate::lines::{self, Line};
use parlor_client::{Client, Output, Outputs, Ticket};
use parlor_view::rpc;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write};
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

/// Longest line that is read, bytes.
const MAX_LINE: usize = 8 * 1024 * 1024;
/// Requests without an answer, at most: reading waits beyond that.
const MAX_OPEN: usize = 4096;
/// Lines read ahead.
const READ_AHEAD: usize = 16;
/// How long what is queued may take at the end.
const FLUSH: Duration = Duration::from_secs(10);
/// After this time the process ends even if nobody reads its stdout.
const LAST: Duration = Duration::from_secs(13);

/// Runs a device without a screen, driven by a program: JSON-RPC on stdin and stdout.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    profile: device::ProfileArgs,
}

/// Runs until stdin or the process ends.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    device::run(args.profile, serve)
}

async fn serve(client: Client, mut outputs: Outputs) -> anyhow::Result<ExitCode> {
    let mut signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut lines = read_stdin()?;
    let mut pipe = Pipe::default();
    loop {
        tokio::select! {
            () = asked_to_end(&mut signals) => break,
            output = outputs.recv() => match output {
                Some(output) => pipe.write(output, &mut outputs)?,
                None => anyhow::bail!("the device stopped by itself"),
            },
            line = lines.recv(), if pipe.open.len() < MAX_OPEN => match line {
                Some(line) => pipe.request(line, &client)?,
                None => break,
            },
        }
    }
    tokio::spawn(async {
        tokio::time::sleep(LAST).await;
        std::process::exit(0);
    });
    let ended = client.flush_and_stop(FLUSH);
    let written = async {
        while let Some(output) = outputs.recv().await {
            pipe.write(output, &mut outputs)?;
        }
        anyhow::Ok(())
    };
    let ((), written) = tokio::join!(ended, written);
    written?;
    Ok(ExitCode::SUCCESS)
}

async fn asked_to_end((terminate, interrupt): &mut (Signal, Signal)) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Reads stdin on a thread of its own, which ends with the process.
fn read_stdin() -> std::io::Result<mpsc::Receiver<Line>> {
    let (sender, receiver) = mpsc::channel(READ_AHEAD);
    std::thread::Builder::new().name("parlor-stdin".into()).spawn(move || {
        let mut stdin = std::io::stdin().lock();
        // A stdin that cannot be read any more has ended.
        while let Ok(Some(line)) = lines::next(&mut stdin, MAX_LINE) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    })?;
    Ok(receiver)
}

/// The requests that are open, and stdout.
struct Pipe {
    open: BTreeMap<Ticket, Value>,
    ids: BTreeSet<String>,
    stdout: BufWriter<std::io::Stdout>,
}

impl Default for Pipe {
    fn default() -> Self {
        let stdout = BufWriter::new(std::io::stdout());
        Self { open: BTreeMap::new(), ids: BTreeSet::new(), stdout }
    }
}

impl Pipe {
    fn request(&mut self, line: Line, client: &Client) -> anyhow::Result<()> {
        let parsed = match &line {
            Line::Whole(line) => rpc::parse(line),
            Line::TooLong => Err(rpc::Refusal::too_long()),
        };
        let refusal = match parsed {
            Ok(None) => return Ok(()),
            Ok(Some((id, command))) => {
                if self.ids.insert(id.to_string()) {
                    self.open.insert(client.command(command), id);
                    return Ok(());
                }
                rpc::Refusal::repeated()
            }
            Err(refusal) => refusal,
        };
        self.line(&refusal.line())?;
        Ok(self.stdout.flush()?)
    }

    /// Writes an output and all that wait behind it.
    fn write(&mut self, first: Output, outputs: &mut Outputs) -> anyhow::Result<()> {
        let mut next = Some(first);
        while let Some(output) = next {
            match output {
                Output::Event(event) => self.line(&rpc::event(&event)?)?,
                Output::Answer(ticket, answer) => {
                    if let Some(id) = self.open.remove(&ticket) {
                        self.ids.remove(&id.to_string());
                        self.line(&rpc::answer(&id, &answer)?)?;
                    }
                }
            }
            next = outputs.try_recv().ok();
        }
        Ok(self.stdout.flush()?)
    }

    fn line(&mut self, line: &str) -> std::io::Result<()> {
        self.stdout.write_all(line.as_bytes())?;
        self.stdout.write_all(b"\n")
    }
}
