//! The `parlor` command: routes to one module per subcommand.

mod admin;
mod serve;

use clap::Parser;
use std::process::ExitCode;

/// Private messaging: the server and its tools.
#[derive(Debug, Parser)]
#[command(name = "parlor", version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Runs a server.
    Serve(serve::Args),
    /// Looks after a server.
    Admin(admin::Args),
}

fn main() -> ExitCode {
    let outcome = match Args::parse().command {
        Command::Serve(args) => serve::run(args),
        Command::Admin(args) => admin::run(args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("parlor: {error:#}");
        ExitCode::FAILURE
    })
}
