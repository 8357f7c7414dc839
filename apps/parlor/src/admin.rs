//! `parlor admin`: looks after a server's data folder, whether the server runs or not.

use anyhow::bail;
use parlor_relay::admin::{Request, Response, ask};
use std::path::PathBuf;
use std::process::ExitCode;

/// Looks after a server.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The server's data folder.
    #[arg(long, env = "PARLOR_DATA")]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Prints an invite to register with.
    Invite {
        /// Registrations it is good for.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        uses: u32,
        /// Days it lasts.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
        days: u32,
    },
    /// Prints all that the server holds about one account, as JSON.
    Dump {
        /// Username or user id.
        address: String,
    },
}

/// Asks and prints.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let request = match args.command {
        Command::Invite { uses, days } => Request::Invite { uses, days },
        Command::Dump { address } => Request::Dump { address },
    };
    match ask(&args.data, &request)? {
        Response::Invite(text) => println!("{text}"),
        Response::Dump(account) => println!("{}", serde_json::to_string_pretty(&account)?),
        Response::NotFound => bail!("there is no such account"),
        Response::Failed(why) => bail!("the server could not do it: {why}"),
    }
    Ok(ExitCode::SUCCESS)
}
