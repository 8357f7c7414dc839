//! The `parlor` command: routes to one module per subcommand.

mod admin;
mod device;
mod lines;
mod recovery;
mod rpc;
mod send;
mod serve;
mod show;

use clap::Parser;
use std::process::ExitCode;

/// Private messaging: the server, its tools, and devices without a screen.
#[derive(Debug, Parser)]
#[command(name = "parlor", version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Serve(serve::Args),
    Admin(admin::Args),
    Rpc(rpc::Args),
    Account(send::AccountArgs),
    Send(send::SendArgs),
    Inbox(send::InboxArgs),
    Status(send::StatusArgs),
    Code(recovery::CodeArgs),
    Restore(recovery::RestoreArgs),
}

fn main() -> ExitCode {
    let outcome = match Args::parse().command {
        Command::Serve(args) => serve::run(args),
        Command::Admin(args) => admin::run(args),
        Command::Rpc(args) => rpc::run(args),
        Command::Account(args) => send::account(args),
        Command::Send(args) => send::send(args),
        Command::Inbox(args) => send::inbox(args),
        Command::Status(args) => send::status(args),
        Command::Code(args) => recovery::code(args),
        Command::Restore(args) => recovery::restore(args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("parlor: {error:#}");
        ExitCode::FAILURE
    })
}
