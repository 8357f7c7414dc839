//! What a backup of 10,000 texts costs: bytes at the relay, time of the engine to write it and to restore it.

use anyhow::{Result, bail};
use parlor_sim::{Story, restore};
use parlor_view::{Answer, BackupView, Command};
use std::time::Instant;

const TEXTS: u64 = 10_000;

fn main() -> Result<()> {
    let mut story = Story::begin(1, 2)?;
    story.world.settle()?;
    let group = story.group(0)?;
    story.fill(0, TEXTS)?;
    let begun = Instant::now();
    story.say(0, &group, None)?;
    story.world.settle()?;
    let written = begun.elapsed();
    let view = status(&mut story)?;
    let code = story.code(0)?;
    // All of it once more, as a day after something was deleted.
    let begun = Instant::now();
    let now = story.world.now();
    story.world.device(0)?.write(|tx| Ok(tx.set_number("backup_erase_at", now)?))?;
    story.world.settle()?;
    let (rewritten, again) = (begun.elapsed(), status(&mut story)?);
    story.world.go_offline(0, None)?;
    let new = story.world.add_device()?;
    let begun = Instant::now();
    if let Err(failure) = story.world.ask(new, restore(&code))? {
        bail!("not restored: {}", failure.message);
    }
    println!(
        "{TEXTS} texts: {} bytes in {} segments, written in {written:?}, restored in {:?}",
        view.bytes,
        view.segments,
        begun.elapsed()
    );
    println!("rewritten: {} bytes in {} segments, in {rewritten:?}", again.bytes, again.segments);
    Ok(())
}

fn status(story: &mut Story) -> Result<BackupView> {
    match story.world.ask(0, Command::BackupStatus)? {
        Ok(Answer::Backup(view)) => Ok(view),
        other => bail!("no status: {other:?}"),
    }
}
