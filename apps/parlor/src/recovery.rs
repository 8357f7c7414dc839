//! `parlor code` and `parlor restore`: the way back into an account whose devices are lost.
//!
//! Invariant: a code is never an argument, where other programs of the machine could read it; it comes on
//! standard input. Absent on purpose: keeping it anywhere.

use crate::device::ProfileArgs;
use crate::send::{Device, odd, with_device};
use parlor_view::{
    AccountRestore, Answer, BackupView, Command, Event, NewCode, RecoveryCode, WrittenCode,
};
use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

/// How long reading a whole backup may take.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Prints the recovery code, checks that it was written down, or makes another.
#[derive(Debug, clap::Args)]
pub struct CodeArgs {
    #[command(flatten)]
    profile: ProfileArgs,
    /// Reads the code that you wrote down from standard input. If it is right, this device forgets it.
    #[arg(long)]
    confirm: bool,
    /// Makes a new code; the present one is good for nothing from then on. Reads the present one from standard input
    /// if this device has forgotten it.
    #[arg(long, conflicts_with = "confirm")]
    new: bool,
}

/// Takes up an account again whose devices are lost. Reads the recovery code from standard input.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    #[command(flatten)]
    profile: ProfileArgs,
    /// Address of the server: http://HOST:PORT or https://HOST.
    #[arg(long)]
    server: String,
}

/// `parlor code`.
pub fn code(args: CodeArgs) -> anyhow::Result<ExitCode> {
    with_device(args.profile, async |device| {
        if args.confirm {
            let code = written()?;
            device.ask(Command::BackupConfirm(RecoveryCode { code })).await?;
            println!("That is the code. This device does not know it any more.");
            return Ok(());
        }
        let Answer::Backup(BackupView { confirmed, .. }) =
            device.ask(Command::BackupStatus).await?
        else {
            return Err(odd());
        };
        if args.new {
            // One that was never confirmed is known here.
            let code = confirmed.then(written).transpose()?;
            show(device.ask(Command::BackupNewCode(NewCode { code })).await?)?;
            eprintln!("The backup is under it once a device of yours has run for a minute.");
            return Ok(());
        }
        if confirmed {
            println!("The code was written down and is not kept here.");
            return Ok(());
        }
        show(device.ask(Command::BackupCode).await?)
    })
}

/// Prints a code that has to be written down.
fn show(answer: Answer) -> anyhow::Result<()> {
    let Answer::RecoveryCode { code } = answer else { return Err(odd()) };
    println!("{}", code.text());
    eprintln!(
        "If you lose every device, this code is the only way back to your chats; nobody can reset it.\n\
         Write it down, then: parlor code --confirm"
    );
    Ok(())
}

/// `parlor restore`.
pub fn restore(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    with_device(args.profile, async |device: &mut Device| {
        let wish = AccountRestore { server: args.server, code: written()?, device_name: None };
        let Answer::Created { address, .. } =
            device.ask_within(Command::AccountRestore(wish), PATIENCE).await?
        else {
            return Err(odd());
        };
        // Back in the chats, as far as that needs nobody else.
        device.ask(Command::Sync).await?;
        let parts =
            device.events.iter().filter(|event| matches!(event, Event::RestoreProgress { .. }));
        println!("{address} is back ({} parts of the backup)", parts.count());
        Ok(())
    })
}

/// The code on standard input.
fn written() -> anyhow::Result<WrittenCode> {
    if std::io::stdin().is_terminal() {
        eprint!("Recovery code: ");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(WrittenCode::new(line.trim().to_owned()))
}
