//! Devices that lost something come back by themselves.

use anyhow::{Context, Result, ensure};
use parlor_relay_core::{Limits, Rate};
use parlor_sim::Story;
use parlor_store::messages::Kind;
use parlor_view::{ChatTitle, Command};

/// Everybody says something in the group of all; afterwards everybody has read all of it.
fn everybody_talks(story: &mut Story, rounds: u32) -> Result<()> {
    for _ in 0..rounds {
        for device in 0..story.people.len() {
            let chat = story.group(device)?;
            story.say(device, &chat, None)?;
        }
        story.world.settle()?;
    }
    let said = story.said();
    let newest = said.iter().rev().take(story.people.len() * rounds as usize);
    for text in newest {
        for device in 0..story.people.len() {
            let row = story.world.device(device)?.read(|tx| Ok(tx.message(&text.message)?))?;
            let text = row.with_context(|| format!("device {device} lacks a text"))?.text;
            ensure!(!text.is_empty(), "device {device} cannot read a text");
        }
    }
    Ok(())
}

fn rename(story: &mut Story, device: usize, title: &str) -> Result<()> {
    let chat_id = story.group(device)?.chat_id.text();
    let wish = ChatTitle { chat_id, title: Some(title.into()), description: None };
    story.world.command(device, Command::SetTitle(wish))?;
    Ok(())
}

#[test]
fn a_lost_group_is_joined_again() -> Result<()> {
    for seed in 0..3 {
        let mut story = Story::begin(seed, 3)?;
        everybody_talks(&mut story, 1)?;
        let group = story.group(1)?.group.context("a group")?;
        story.world.lose_group(1, &group)?;
        rename(&mut story, 0, "After")?;
        story.world.settle()?;
        everybody_talks(&mut story, 2).with_context(|| format!("seed {seed}"))?;
        ensure!(story.group(1)?.title == "After", "seed {seed}: an old title");
        ensure!(story.world.rejoins == 1, "seed {seed}: {} rejoins", story.world.rejoins);
    }
    Ok(())
}

#[test]
fn an_old_backup_catches_up() -> Result<()> {
    for seed in 0..3 {
        let mut story = Story::begin(seed, 3)?;
        let backup = story.world.device(1)?.snapshot()?;
        everybody_talks(&mut story, 1)?;
        rename(&mut story, 0, "After")?;
        story.world.settle()?;
        story.world.restore(1, &backup)?;
        story.world.settle()?;
        everybody_talks(&mut story, 2).with_context(|| format!("seed {seed}"))?;
        ensure!(story.group(1)?.title == "After", "seed {seed}: an old title");
    }
    Ok(())
}

/// The info key changed while the state was lost, so that only a member can let the device in again.
#[test]
fn a_device_that_cannot_come_back_by_itself_is_added_again() -> Result<()> {
    for seed in 0..3 {
        let mut story = Story::begin(seed, 4)?;
        everybody_talks(&mut story, 1)?;
        let group = story.group(1)?.group.context("a group")?;
        story.world.go_offline(1, None)?;
        let chat_id = story.group(0)?.chat_id.text();
        let members = vec![story.people.get(3).context("a person")?.text()];
        let removed = story.world.ask(0, Command::RemoveMembers { chat_id, members })?;
        ensure!(removed.is_ok(), "{removed:?}");
        story.world.lose_group(1, &group)?;
        rename(&mut story, 0, "After")?;
        story.world.settle()?;
        ensure!(story.group(1)?.title == "After", "seed {seed}: not back");
        ensure!(story.world.rejoins == 0, "seed {seed}: it came in by itself");
        for device in [0, 1, 2] {
            let chat = story.group(device)?;
            story.say(device, &chat, None)?;
        }
        story.world.settle()?;
        let said = story.said();
        for text in said.iter().rev().take(3) {
            for device in [0, 1, 2] {
                let row = story.world.device(device)?.read(|tx| Ok(tx.message(&text.message)?))?;
                ensure!(
                    row.is_some_and(|row| !row.text.is_empty()),
                    "device {device} lacks a text"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn texts_keep_their_order_when_the_relay_asks_for_patience() -> Result<()> {
    for seed in 0..5 {
        let mut story = Story::begin(seed, 2)?;
        let post = Some(Rate { burst: 3, per_hour: 36_000 });
        story.world.limit(Limits { post, ..Limits::NONE });
        story.world.run_until(story.world.now() + 10_000)?;
        let chat = story.group(0)?;
        for _ in 0..60 {
            story.say(0, &chat, None)?;
            story.world.run_until(story.world.now() + 20)?;
        }
        story.world.settle()?;
        let rows = story.world.device(1)?.read(|tx| Ok(tx.history(&chat.chat_id, None, 100)?))?;
        let heard: Vec<_> =
            rows.iter().filter(|r| r.kind == Kind::Text).map(|r| r.message_id).collect();
        let said: Vec<_> = story.said().iter().map(|said| said.message).collect();
        ensure!(heard == said, "seed {seed}: texts changed places");
    }
    Ok(())
}
