//! Devices that lost something come back by themselves.

use anyhow::{Context, Result, ensure};
use parlor_sim::Story;
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
