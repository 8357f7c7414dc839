//! What every command that runs a device shares: logs that tell nothing about people, the start, the warning.

use anyhow::Context;
use parlor_client::{Client, Outputs, ProfileError, StartError, UNENCRYPTED};
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use tracing::Level;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, filter};

/// Exit status when another process has the profile.
const LOCKED: u8 = 2;
/// Threads for the connection: one is enough, and memory counts where many bots run.
const THREADS: usize = 1;

/// Runs `work` with the device of a profile.
pub fn run<W>(profile: &Path, work: impl FnOnce(Client, Outputs) -> W) -> anyhow::Result<ExitCode>
where
    W: Future<Output = anyhow::Result<ExitCode>>,
{
    logs();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?;
    let done = runtime.block_on(async {
        let (client, outputs) = match Client::start(profile).await {
            Ok(started) => started,
            Err(StartError::Profile(ProfileError::Locked)) => {
                eprintln!("parlor: {}", ProfileError::Locked);
                return Ok(ExitCode::from(LOCKED));
            }
            Err(error) => return Err(error).context("the device cannot start"),
        };
        eprintln!("parlor: warning: {UNENCRYPTED}");
        work(client, outputs).await
    });
    runtime.shutdown_background();
    done
}

/// Logs go to stderr. Other people's crates may log what they are given, so they are heard from `warn` on only,
/// whatever `RUST_LOG` asks for.
fn logs() {
    let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let ours = filter::filter_fn(|metadata| {
        metadata.target().starts_with("parlor") || *metadata.level() <= Level::WARN
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry().with(wanted).with(ours).with(lines).init();
}
