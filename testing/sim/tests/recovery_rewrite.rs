//! The backup is rewritten: what was deleted leaves it, and whatever happens meanwhile it stays whole.

use anyhow::{Context, Result, bail, ensure};
use parlor_sim::{Crash, Faults, Frame, Story, restore};
use parlor_view::{Answer, BackupView, Command, MessagesSend};
use parlor_wire::device::BackupBody;
use parlor_wire::relay::client_frame::Request;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

const HOUR: u64 = 3_600_000;
/// Enough for several segments.
const MANY: u64 = 1_500;

fn say(story: &mut Story, device: usize, text: &str) -> Result<String> {
    let wish = MessagesSend {
        chat_id: story.group(device)?.chat_id.text(),
        text: Some(text.into()),
        ..MessagesSend::default()
    };
    match story.world.ask(device, Command::Send(Box::new(wish)))? {
        Ok(Answer::Message { message_id }) => Ok(message_id),
        other => bail!("not said: {other:?}"),
    }
}

fn done(story: &mut Story, device: usize, command: Command) -> Result<()> {
    match story.world.ask(device, command)? {
        Ok(_) => Ok(()),
        Err(failure) => bail!("refused: {failure:?}"),
    }
}

fn status(story: &mut Story, device: usize) -> Result<BackupView> {
    match story.world.ask(device, Command::BackupStatus)? {
        Ok(Answer::Backup(view)) => Ok(view),
        other => bail!("no status: {other:?}"),
    }
}

fn later(story: &mut Story, milliseconds: u64) -> Result<()> {
    story.world.run_until(story.world.now() + milliseconds)?;
    story.world.settle()
}

/// All texts in the segments, of whatever version.
fn texts(bodies: &[BackupBody]) -> BTreeSet<String> {
    let messages = bodies.iter().flat_map(|body| &body.messages);
    let all = messages.flat_map(|message| {
        message.versions.iter().map(|version| &version.text).chain([&message.text])
    });
    all.filter(|text| !text.is_empty()).cloned().collect()
}

fn backup(story: &Story, code: &str) -> Result<Vec<BackupBody>> {
    story.world.backup(code)?.context("a backup")
}

/// A story whose backup has several segments, with something in it that was just deleted.
fn with_something_to_erase(seed: u64) -> Result<(Story, String)> {
    let mut story = Story::begin(seed, 2)?;
    let code = story.code(0)?;
    story.fill(0, MANY)?;
    let message_id = say(&mut story, 0, "a secret")?;
    story.world.settle()?;
    ensure!(texts(&backup(&story, &code)?).contains("a secret"));
    ensure!(backup(&story, &code)?.len() > 3, "too few segments to tell anything");
    done(&mut story, 0, Command::Delete { message_id, for_everyone: true })?;
    Ok((story, code))
}

/// The backup is a rewrite that is complete, and what was deleted is in it no more.
fn is_rewritten(story: &mut Story, code: &str) -> Result<()> {
    let bodies = backup(story, code)?;
    let first = bodies.iter().position(|body| body.complete).context("no rewrite")?;
    let (of_rewrite, behind) = bodies.split_at(first + 1);
    let name = &of_rewrite.first().context("a segment")?.rewrite;
    ensure!(name.len() == 32 && of_rewrite.iter().all(|body| body.rewrite == *name));
    ensure!(behind.iter().all(|body| body.rewrite.is_empty() && !body.complete));
    let there = texts(&bodies);
    ensure!(!there.contains("a secret"), "the secret is still there");
    ensure!(there.len() >= MANY as usize, "only {} texts are there", there.len());
    ensure!(story.world.unfinished_rewrite(&story.people[0])?.is_none(), "something is unfinished");
    Ok(())
}

#[test]
fn what_was_deleted_leaves_the_backup_after_a_day() -> Result<()> {
    let mut story = Story::begin(60, 2)?;
    let code = story.code(0)?;
    say(&mut story, 0, "stays")?;
    let own = say(&mut story, 0, "deleted for everyone")?;
    say(&mut story, 1, "deleted by another")?;
    let edited = say(&mut story, 0, "before the edit")?;
    say(&mut story, 1, "deleted here")?;
    story.world.settle()?;
    let id_of = |story: &mut Story, device: usize, text: &str| -> Result<String> {
        let chat = story.group(device)?.chat_id;
        let rows = story.world.device(device)?.read(|tx| Ok(tx.history(&chat, None, 100)?))?;
        let row = rows.into_iter().find(|row| row.text == text).context("a message")?;
        Ok(row.message_id.text())
    };
    let (here, theirs) =
        (id_of(&mut story, 0, "deleted here")?, id_of(&mut story, 1, "deleted by another")?);
    done(&mut story, 0, Command::Delete { message_id: own, for_everyone: true })?;
    done(&mut story, 1, Command::Delete { message_id: theirs, for_everyone: true })?;
    done(&mut story, 0, Command::Delete { message_id: here, for_everyone: false })?;
    let edit = parlor_view::MessageEdit {
        message_id: edited,
        text: "after the edit".into(),
        mentions: None,
        entities: None,
    };
    done(&mut story, 0, Command::Edit(edit))?;
    story.world.settle()?;
    let gone = ["deleted for everyone", "deleted by another", "deleted here"];
    let before = texts(&backup(&story, &code)?);
    ensure!(gone.iter().all(|text| before.contains(*text)), "it was never there: {before:?}");
    let shown = story.texts(0)?;
    later(&mut story, 25 * HOUR)?;
    let after = texts(&backup(&story, &code)?);
    ensure!(!gone.iter().any(|text| after.contains(*text)), "it is still there: {after:?}");
    // A former text is shown with its message, and so it stays with it.
    for text in ["stays", "before the edit", "after the edit"] {
        ensure!(after.contains(text), "{text} is missing");
    }
    ensure!(status(&mut story, 0)?.complete);
    let count = backup(&story, &code)?.len();
    later(&mut story, 72 * HOUR)?;
    ensure!(backup(&story, &code)?.len() == count, "it is written again for nothing");
    let new = story.restored(&[0], &code)?;
    story.world.settle()?;
    ensure!(story.texts(new)? == shown, "the history is another");
    Ok(())
}

#[test]
fn a_stale_backup_is_rewritten_for_its_size() -> Result<()> {
    let mut story = Story::begin(61, 2)?;
    let code = story.code(0)?;
    story.fill(0, MANY)?;
    say(&mut story, 0, "it begins")?;
    story.world.settle()?;
    let live = status(&mut story, 0)?.bytes;
    let (mut most, mut rewritten) = (0, 0);
    for round in 0..12 {
        let before = status(&mut story, 0)?.bytes;
        story.fill(0, MANY)?;
        say(&mut story, 0, &format!("round {round}"))?;
        story.world.settle()?;
        let now = status(&mut story, 0)?.bytes;
        (most, rewritten) = (now.max(most), rewritten + u32::from(now < before));
    }
    ensure!(rewritten > 0, "never rewritten: {most} bytes");
    ensure!(most <= 3 * live + (1 << 20), "{most} bytes for {live}");
    is_rewritten(&mut story, &code)
}

#[test]
fn a_rewrite_makes_room() -> Result<()> {
    let mut story = Story::begin(62, 2)?;
    let code = story.code(0)?;
    say(&mut story, 0, "it begins")?;
    story.world.settle()?;
    let bytes = status(&mut story, 0)?.bytes;
    story.world.limit_backups(bytes + 20_000);
    for round in 0..20 {
        say(&mut story, 0, &format!("round {round}"))?;
        story.world.settle()?;
        let view = status(&mut story, 0)?;
        ensure!(view.complete && !view.full, "round {round}: {view:?}");
    }
    let there = texts(&backup(&story, &code)?);
    ensure!((0..20).all(|round| there.contains(&format!("round {round}"))));
    // When all that there is does not fit, it is not tried over and over.
    story.world.limit_backups(10_000);
    let sent = count_segments(&mut story, |_| true);
    story.fill(0, 200)?;
    say(&mut story, 0, "too much")?;
    story.world.settle()?;
    ensure!(status(&mut story, 0)?.full);
    later(&mut story, HOUR)?;
    let sent = *sent.lock().unwrap_or_else(PoisonError::into_inner);
    ensure!(sent < 12, "{sent} segments for nothing");
    story.world.limit_backups(1 << 20);
    say(&mut story, 0, "fits")?;
    story.world.settle()?;
    ensure!(texts(&backup(&story, &code)?).contains("fits"));
    ensure!(status(&mut story, 0)?.complete);
    Ok(())
}

#[test]
fn a_rewrite_survives_a_death_at_any_step() -> Result<()> {
    let mut died = 0;
    for after in 0..14u32 {
        let (mut story, code) = with_something_to_erase(100 + u64::from(after))?;
        let before = story.texts(0)?;
        story.world.settle()?;
        ensure!(texts(&backup(&story, &code)?).contains("a secret"), "too early");
        story.world.crash = Some(Crash { device: 0, after: after / 2, committed: after % 2 == 0 });
        story.world.run_until(story.world.now() + 25 * HOUR)?;
        died += u32::from(story.world.crash.take().is_none());
        story.world.settle()?;
        is_rewritten(&mut story, &code).with_context(|| format!("step {after}"))?;
        let new = story.restored(&[0], &code)?;
        story.world.settle()?;
        ensure!(story.texts(new)? == before, "step {after}: the history is another");
    }
    ensure!(died > 8, "only {died} deaths");
    Ok(())
}

#[test]
fn a_rewrite_survives_lost_connections() -> Result<()> {
    for seed in 0..6 {
        let (mut story, code) = with_something_to_erase(130 + seed)?;
        story.world.faults =
            Faults { breaks: 200, relay_crash: 50, crash_after: 50, ..Faults::default() };
        story.world.run_until(story.world.now() + 30 * HOUR)?;
        later(&mut story, 30 * HOUR)?;
        is_rewritten(&mut story, &code).with_context(|| format!("seed {seed}"))?;
    }
    Ok(())
}

/// Counts segments that devices send.
fn count_segments(
    story: &mut Story,
    like: impl Fn(&parlor_wire::relay::BackupAppend) -> bool + 'static,
) -> Arc<Mutex<u32>> {
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    story.world.watch(Box::new(move |moment| {
        if let parlor_sim::Moment::Up(_, frame) = moment
            && let Some(Request::BackupAppend(append)) = &frame.request
        {
            *counted.lock().unwrap_or_else(PoisonError::into_inner) += u32::from(like(append));
        }
    }));
    count
}

/// Of a rewrite, no more than its first segment reaches the relay.
fn stop_rewrites(story: &mut Story) {
    story.world.intercept(Box::new(|_, frame| match &frame {
        Frame::Up(up) => match &up.request {
            Some(Request::BackupAppend(it)) if !it.rewrite.is_empty() && it.index > 0 => vec![],
            _ => vec![frame],
        },
        Frame::Down(_) => vec![frame],
    }));
}

#[test]
fn a_restore_in_the_middle_of_a_rewrite_gets_the_old_backup_whole() -> Result<()> {
    let (mut story, code) = with_something_to_erase(63)?;
    let before = story.texts(0)?;
    story.world.settle()?;
    stop_rewrites(&mut story);
    later(&mut story, 25 * HOUR)?;
    ensure!(story.world.unfinished_rewrite(&story.people[0])? == Some(1));
    let new = story.restored(&[0], &code)?;
    story.world.be_honest();
    story.world.settle()?;
    ensure!(story.texts(new)? == before, "the history is another");
    // What the lost device was about to do, this one does.
    later(&mut story, 25 * HOUR)?;
    is_rewritten(&mut story, &code)
}

#[test]
fn a_backup_that_is_replaced_while_it_is_read_is_read_anew() -> Result<()> {
    let (mut story, code) = with_something_to_erase(64)?;
    story.fill(0, 3 * MANY)?;
    say(&mut story, 0, "and more")?;
    let before = story.texts(0)?;
    story.world.settle()?;
    let new = story.world.add_device()?;
    story.world.command(new, restore(&code))?;
    while !story.world.told.iter().any(|(device, _)| *device == new) {
        ensure!(story.world.go_on()?, "nothing is read");
    }
    story.world.go_offline(new, None)?;
    ensure!(story.world.device(new)?.user()?.is_none(), "it was faster");
    // The other one is there still, and goes on.
    story.world.run_until(story.world.now() + 25 * HOUR)?;
    is_rewritten(&mut story, &code)?;
    story.world.settle()?;
    ensure!(story.world.device(new)?.user()? == Some(story.people[0]), "not restored");
    ensure!(story.texts(new)? == before, "the history is another");
    ensure!(story.world.device(0)?.revoked()?);
    Ok(())
}

#[test]
fn the_next_writer_goes_on_when_one_is_removed_in_the_middle() -> Result<()> {
    let (mut story, code) = with_something_to_erase(65)?;
    let linked = story.link(0)?;
    story.world.settle()?;
    let before = story.texts(0)?;
    ensure!(story.texts(linked)? == before, "they differ");
    stop_rewrites(&mut story);
    later(&mut story, 25 * HOUR)?;
    ensure!(story.world.unfinished_rewrite(&story.people[0])? == Some(1));
    story.world.go_offline(0, None)?;
    story.world.be_honest();
    story.world.run_until(story.world.now() + 60_000)?;
    let devices = match story.world.ask(linked, Command::DevicesList)? {
        Ok(Answer::Devices { devices }) => devices,
        other => bail!("no devices: {other:?}"),
    };
    let old = devices.into_iter().find(|one| !one.current).context("another")?;
    done(&mut story, linked, Command::DevicesRemove { device_id: old.device_id })?;
    story.world.settle()?;
    ensure!(status(&mut story, linked)?.writes);
    is_rewritten(&mut story, &code)?;
    let new = story.restored(&[0, linked], &code)?;
    story.world.settle()?;
    ensure!(story.texts(new)? == before, "the history is another");
    Ok(())
}
