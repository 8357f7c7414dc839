//! A real server on a free port.

use crate::DEADLINE;
use crate::binary::{Ended, parlor, run_to_end};
use crate::process::{Output, Owned};
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Instant;

/// A running (or killed) `parlor serve`.
#[derive(Debug)]
pub struct Relay {
    binary: PathBuf,
    data: PathBuf,
    options: Vec<String>,
    process: Owned,
    stderr: Output,
    url: String,
    log: Option<&'static str>,
}

impl Relay {
    /// Starts a server with its data in this folder, on a free port of this machine.
    pub fn start(data: &Path) -> Result<Self> {
        Self::start_with(data, &[], None)
    }

    /// The same with more options of `parlor serve`, and this much in its log (`RUST_LOG`).
    pub fn start_with(data: &Path, options: &[&str], log: Option<&'static str>) -> Result<Self> {
        Self::start_of(parlor()?, data, options, log)
    }

    /// The same with a binary of another version.
    pub fn start_of(
        binary: PathBuf,
        data: &Path,
        options: &[&str],
        log: Option<&'static str>,
    ) -> Result<Self> {
        let options: Vec<String> = options.iter().map(|option| option.to_string()).collect();
        let stderr = Output::default();
        let (process, url) = spawn(&binary, data, "127.0.0.1:0", &options, log, &stderr)?;
        Ok(Self { binary, data: data.to_path_buf(), options, process, stderr, url, log })
    }

    /// From the next start on it is of another version.
    pub fn replace(&mut self, binary: PathBuf) {
        self.binary = binary;
    }

    /// Where it is, for example `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The most memory that it ever had at once, in bytes; where the system tells.
    pub fn peak_memory(&self) -> Result<u64> {
        self.process.peak_memory()
    }

    /// Ends it at once, as a power cut would.
    pub fn kill9(&mut self) -> Result<()> {
        self.process.kill9()
    }

    /// Holds it still, as a network does over which nothing comes, until [`Self::resume`].
    pub fn pause(&mut self) -> Result<()> {
        self.process.signal("STOP")
    }

    /// Lets it go on.
    pub fn resume(&mut self) -> Result<()> {
        self.process.signal("CONT")
    }

    /// Starts it again on the same data and the same port.
    pub fn restart(&mut self) -> Result<()> {
        let listen =
            self.url.strip_prefix("http://").context("the server's URL is not http")?.to_string();
        let (process, url) =
            spawn(&self.binary, &self.data, &listen, &self.options, self.log, &self.stderr)?;
        ensure!(url == self.url, "the server came back elsewhere");
        self.process = process;
        Ok(())
    }

    /// Stops it cleanly (SIGTERM); its exit status has to be 0.
    pub fn stop(&mut self) -> Result<()> {
        let status = self.process.terminate(Instant::now() + DEADLINE)?;
        ensure!(status.success(), "the server ended with {status}:\n{}", self.stderr.so_far());
        Ok(())
    }

    /// Runs `parlor admin --data DIR ...` beside the server.
    pub fn admin(&self, args: &[&str]) -> Result<Ended> {
        let data = self.data.to_str().context("the path is not UTF-8")?;
        run_to_end(&[&["admin", "--data", data], args].concat())
    }

    /// What it wrote to stderr, over all restarts.
    pub fn stderr(&self) -> &Output {
        &self.stderr
    }
}

fn spawn(
    binary: &Path,
    data: &Path,
    listen: &str,
    options: &[String],
    log: Option<&str>,
    stderr: &Output,
) -> Result<(Owned, String)> {
    let mut command = Command::new(binary);
    command
        .args(["serve", "--listen", listen, "--data"])
        .arg(data)
        .args(options)
        .envs(log.map(|log| ("RUST_LOG", log)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = Owned::spawn(&mut command)?;
    stderr.also(process.take_stderr()?);
    let line = first_line(process.take_stdout()?)
        .with_context(|| format!("the server did not get ready; it wrote:\n{}", stderr.so_far()))?;
    let url = line
        .strip_prefix("listening on ")
        .with_context(|| format!("an unexpected first line: {line:?}"))?;
    Ok((process, url.to_string()))
}

/// The first line of a stream, waited for until the deadline. The rest is read and dropped, so that nobody blocks.
fn first_line(stream: impl std::io::Read + Send + 'static) -> Result<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // The receiver is gone after the first line.
            let _ = sender.send(line);
        }
    });
    Ok(receiver.recv_timeout(DEADLINE)?)
}
