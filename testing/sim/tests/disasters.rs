//! What happens to devices: months without a network, clocks that jump, a database that runs twice.

use anyhow::{Context, Result, ensure};
use parlor_sim::{Story, check};
use parlor_store::messages::Kind;
use parlor_view::{ChatTitle, Command};

const DAY: i64 = 24 * 3600 * 1000;

fn say(story: &mut Story, device: usize) -> Result<()> {
    let chat = story.group(device)?;
    story.say(device, &chat, None)?;
    story.world.run_until(story.world.now() + 5_000)
}

fn rename(story: &mut Story, device: usize, title: &str) -> Result<()> {
    let chat_id = story.group(device)?.chat_id.text();
    let wish = ChatTitle { chat_id, title: Some(title.into()), description: None };
    story.world.command(device, Command::SetTitle(wish))?;
    story.world.run_until(story.world.now() + 5_000)
}

/// How many texts of the group of all a device can read, and how many things it could not.
fn read(story: &mut Story, device: usize) -> Result<(usize, usize)> {
    let chat = story.group(device)?.chat_id;
    let rows = story.world.device(device)?.read(|tx| Ok(tx.history(&chat, None, 10_000)?))?;
    let count = |kind: Kind| rows.iter().filter(|row| row.kind == kind).count();
    Ok((count(Kind::Text), count(Kind::Unreadable)))
}

#[test]
fn who_was_away_for_months_is_back_in_all_chats() -> Result<()> {
    for seed in 0..3 {
        let mut story = Story::begin(seed, 3)?;
        for device in 0..3 {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        story.world.go_offline(1, None)?;
        // More than the relay keeps: texts, changes of the group, and all of it forgotten.
        for month in 0..3 {
            for device in [0, 2] {
                say(&mut story, device)?;
            }
            rename(&mut story, 0, &format!("Month {month}"))?;
            story.world.pass_days(35)?;
        }
        story.world.settle()?;
        // It learns that it is behind when it speaks, or is spoken to.
        for device in [1, 0, 2] {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        ensure!(story.group(1)?.title == "Month 2", "seed {seed}: an old title");
        let (texts, unreadable) = read(&mut story, 1)?;
        ensure!(unreadable == 0, "seed {seed}: {unreadable} things are unreadable");
        // Three before, three after; what was said meanwhile comes back as far as its authors tell it again.
        ensure!(texts >= 6, "seed {seed}: {texts} texts");
        ensure!(read(&mut story, 0)? == (12, 0), "seed {seed}");
    }
    Ok(())
}

#[test]
fn a_clock_that_is_wrong_changes_nothing() -> Result<()> {
    for (seed, by) in [(0, 400 * DAY), (1, -400 * DAY), (2, 2 * DAY), (3, -2 * DAY)] {
        let mut story = Story::begin(seed, 3)?;
        say(&mut story, 0)?;
        story.world.set_clock_wrong(1, by)?;
        for device in [1, 0, 1, 2] {
            say(&mut story, device)?;
        }
        rename(&mut story, 0, "While wrong")?;
        story.world.set_clock_wrong(1, 0)?;
        for device in [1, 0] {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        let said = story.said();
        check(&mut story.world, &said).with_context(|| format!("off by {by}"))?;
        ensure!(read(&mut story, 2)? == (7, 0), "off by {by}");
    }
    Ok(())
}

#[test]
fn a_database_that_runs_twice_splits_no_chat() -> Result<()> {
    for seed in 0..3 {
        let mut story = Story::begin(seed, 3)?;
        for device in 0..3 {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        // Both use the connection in turn, as two machines with one profile would.
        let mut copy = story.world.device(1)?.snapshot()?;
        for _ in 0..3 {
            say(&mut story, 1)?;
            say(&mut story, 0)?;
            let other = story.world.device(1)?.snapshot()?;
            story.world.restore(1, &copy)?;
            copy = other;
            story.world.run_until(story.world.now() + 20_000)?;
        }
        rename(&mut story, 0, "After")?;
        story.world.settle()?;
        for device in [0, 1, 2] {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        // The honest ones have all that was said by each other, and go on in one group with the double.
        let epochs: Vec<u64> = (0..3)
            .map(|device| {
                let group = story.group(device)?.group.context("a group")?;
                let row = story.world.device(device)?.read(|tx| Ok(tx.group(&group)?))?;
                Ok(row.context("a group")?.epoch)
            })
            .collect::<Result<_>>()?;
        ensure!(
            epochs.iter().all(|epoch| Some(epoch) == epochs.first()),
            "seed {seed}: {epochs:?}"
        );
        let (texts, _) = read(&mut story, 2)?;
        ensure!(texts >= 10, "seed {seed}: {texts} texts");
        let newest = story.said().last().context("a text")?.message;
        for device in 0..3 {
            let row = story.world.device(device)?.read(|tx| Ok(tx.message(&newest)?))?;
            ensure!(row.is_some_and(|row| !row.text.is_empty()), "seed {seed}: device {device}");
        }
    }
    Ok(())
}

#[test]
fn a_full_disk_loses_nothing_that_was_answered() -> Result<()> {
    let mut full = 0;
    for seed in 0..6 {
        let mut story = Story::begin(seed, 3)?;
        story.world.faults.full = 900;
        for round in 0..12 {
            for device in 0..3 {
                say(&mut story, device)?;
            }
            rename(&mut story, round % 3, &format!("Round {round}"))?;
        }
        full += story.world.full;
        story.world.settle()?;
        let said = story.said();
        // Some were refused, most were not.
        ensure!(said.len() > 18, "seed {seed}: {} texts were taken", said.len());
        check(&mut story.world, &said).with_context(|| format!("seed {seed}"))?;
        ensure!(story.world.rejoins == 0, "seed {seed}: a group was lost");
    }
    ensure!(full > 40, "a disk was full {full} times only");
    Ok(())
}

/// The operator of the relay puts a copy from before back: what was said since is at those who had it, or waits
/// nowhere at all; what was changed since is known to no relay.
#[test]
fn a_relay_from_an_old_copy_loses_no_message_and_no_chat() -> Result<()> {
    for seed in 0..6 {
        let mut story = Story::begin(seed, 3)?;
        for device in 0..3 {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        let (copy, _) = story.world.relay_at_rest();
        // One of three hears nothing of what comes now.
        story.world.go_offline(2, None)?;
        for device in [0, 1, 0] {
            say(&mut story, device)?;
        }
        if seed % 2 == 1 {
            rename(&mut story, 0, "After the copy")?;
            say(&mut story, 1)?;
        }
        story.world.set_relay_back(copy);
        story.world.settle().with_context(|| format!("seed {seed}"))?;
        for device in [0, 1, 2] {
            say(&mut story, device)?;
            story.world.settle().with_context(|| format!("seed {seed}, device {device}"))?;
        }
        let expected = if seed % 2 == 1 { 10 } else { 9 };
        for device in 0..3 {
            let (texts, unreadable) = read(&mut story, device)?;
            ensure!(
                (texts, unreadable) == (expected, 0),
                "seed {seed}, device {device}: {texts} texts, {unreadable} unreadable"
            );
        }
        let titles: Vec<String> =
            (0..3).map(|device| Ok(story.group(device)?.title)).collect::<Result<_>>()?;
        ensure!(titles.iter().all(|title| *title == titles[0]), "seed {seed}: {titles:?}");
    }
    Ok(())
}
