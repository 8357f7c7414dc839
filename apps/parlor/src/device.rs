//! What every command that runs a device shares: logs that tell nothing about people, the start, the warning.

use anyhow::Context;
use parlor_client::{Client, Outputs, ProfileError, Protection, StartError};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing::Level;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, filter};

/// Exit status when another process has the profile, or its key is not given.
const REFUSED: u8 = 2;
/// Threads for the connection: one is enough, and memory counts where many bots run.
const THREADS: usize = 1;

/// Which device, and how to its key.
#[derive(Debug, clap::Args)]
pub struct ProfileArgs {
    /// Folder of the device; made if there is none.
    #[arg(long, env = "PARLOR_PROFILE")]
    profile: PathBuf,
    /// File with a passphrase that protects the device where there is no keychain.
    #[arg(long, value_name = "PATH", env = "PARLOR_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Runs `work` with the device of a profile.
pub fn run<W>(
    args: ProfileArgs,
    work: impl FnOnce(Client, Outputs) -> W,
) -> anyhow::Result<ExitCode>
where
    W: Future<Output = anyhow::Result<ExitCode>>,
{
    logs();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?;
    let done = runtime.block_on(async {
        let given = args.passphrase_file.is_some();
        let (client, outputs, protection) =
            match Client::start(&args.profile, args.passphrase_file).await {
                Ok(started) => started,
                Err(refused @ (StartError::Key(_) | StartError::Profile(ProfileError::Locked))) => {
                    eprintln!("parlor: {refused}");
                    return Ok(ExitCode::from(REFUSED));
                }
                Err(error) => return Err(error).context("the device cannot start"),
            };
        if let Some(warning) = protection.warning() {
            eprintln!("parlor: warning: {warning}");
        }
        if given && protection == Protection::Keychain {
            eprintln!("parlor: the key comes from the keychain; the passphrase is not used");
        }
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
