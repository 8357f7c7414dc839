//! The project's own commands: `cargo xtask run | test | web | tidy | bench | fuzz`.
//!
//! Each subject has its file; this one only routes. Absent on purpose: anything that the product does itself.

mod bench;
mod fuzz;
mod previous;
mod run;
mod setup;
mod shell;
mod test;
mod tidy;
mod tools;
mod web;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask <command>

  run [--listen HOST:PORT] [--data DIR]   build Parlor and start a server on this machine
  test [ARGS for cargo test]              everything that has to hold before a change goes in
  web [--test | --twice]                  build the web app into target/web-app, for the next build of the server;
                                          --twice: in two folders, and compare
  tidy                                    the house rules only
  bench [NAME [ARGS]]                     run a named measurement; without a name, list them
  fuzz [NAME | all [SECONDS]]             look for inputs that break a decoder; without a name, list them";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    let done = match command.as_deref() {
        Some("run") => run::run(&rest),
        Some("test") => return test::test(&rest),
        Some("web") => web::command(&rest),
        Some("tidy") => tidy::command(),
        Some("bench") => bench::bench(&rest),
        Some("fuzz") => fuzz::fuzz(&rest),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(anyhow::anyhow!("there is no command {other:?}\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
