//! `parlor serve`: a server in the foreground. One line on standard output when it is ready; logs go to
//! standard error.

use anyhow::Context;
use parlor_relay::{DataError, Options, ServeError, Server, WebFiles};
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// The web app, as it was when this program was built.
const WEB_FILES: WebFiles = include!(concat!(env!("OUT_DIR"), "/web_files.rs"));
/// Exit status when another server has the data folder.
const LOCKED: u8 = 2;

/// Runs a server.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Options file (TOML); flags and environment win over it.
    #[arg(long, env = "PARLOR_CONFIG")]
    config: Option<PathBuf>,
    /// Address and port [default: 127.0.0.1:8650].
    #[arg(long, env = "PARLOR_LISTEN")]
    listen: Option<SocketAddr>,
    /// Data folder [default: parlor-data].
    #[arg(long, env = "PARLOR_DATA")]
    data: Option<PathBuf>,
    /// Who may register: open, invite or closed [default: open on a loopback address, else invite].
    #[arg(long, env = "PARLOR_REGISTRATION")]
    registration: Option<String>,
    /// Name shown to clients [default: Parlor].
    #[arg(long, env = "PARLOR_NAME")]
    name: Option<String>,
    /// Certificate chain (PEM).
    #[arg(long, env = "PARLOR_TLS_CERT")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM).
    #[arg(long, env = "PARLOR_TLS_KEY")]
    tls_key: Option<PathBuf>,
    /// Plain HTTP on other than loopback addresses, for use behind a proxy that does TLS.
    #[arg(long, env = "PARLOR_INSECURE_HTTP")]
    insecure_http: bool,
    /// No rate limits.
    #[arg(long, env = "PARLOR_NO_LIMITS")]
    no_limits: bool,
    /// Log filter [default: info].
    #[arg(long, env = "PARLOR_LOG")]
    log: Option<String>,
}

impl Args {
    fn options(self) -> anyhow::Result<Options> {
        let file = self.config.as_deref().map(Options::from_file).transpose()?;
        let limits = self
            .no_limits
            .then(|| parlor_relay::RateOptions { enabled: Some(false), ..Default::default() });
        let here = Options {
            listen: self.listen,
            data: self.data,
            registration: self.registration,
            name: self.name,
            tls_cert: self.tls_cert,
            tls_key: self.tls_key,
            insecure_http: self.insecure_http.then_some(true),
            log: self.log,
            limits,
            files: None,
        };
        Ok(here.or(file.unwrap_or_default()))
    }
}

/// Serves until SIGTERM or SIGINT.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let options = args.options()?;
    let filter = options.log.clone().unwrap_or_else(|| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter).context("the log filter is not valid")?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let checked = options.check()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let server = match Server::bind(checked).await {
            Ok(server) => server.with_web(WEB_FILES),
            Err(error @ ServeError::Data(DataError::Locked(_))) => {
                eprintln!("parlor: {error}");
                return Ok(ExitCode::from(LOCKED));
            }
            Err(error) => return Err(error.into()),
        };
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let url = server.url()?;
        let mut out = std::io::stdout();
        writeln!(out, "listening on {url}")?;
        out.flush()?;
        let ended = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("ending");
        };
        server.serve(ended).await;
        Ok(ExitCode::SUCCESS)
    })
}
