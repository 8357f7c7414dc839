//! An account is deleted: nothing of it is left at the relay and on its devices, and its groups go on without it.

use anyhow::{Context, Result, ensure};
use parlor_relay_core::dump;
use parlor_sim::{Faults, Story, create, restore};
use parlor_view::{Answer, Code, Command};

/// Everybody who is meant says something in every chat.
fn talk(story: &mut Story, devices: &[usize]) -> Result<()> {
    for device in devices {
        for chat in story.chats(*device)?.into_iter().filter(|chat| !chat.left) {
            story.say(*device, &chat, None)?;
        }
    }
    story.world.settle()
}

/// What is left of person 0, whose devices these are.
fn is_gone(story: &mut Story, devices: &[usize]) -> Result<()> {
    let user = *story.people.first().context("a person")?;
    let (stored, key) = story.world.relay_at_rest();
    ensure!(dump(&stored, &key, &user)?.is_none(), "the relay has the account");
    for device in devices {
        ensure!(story.world.device(*device)?.user()?.is_none(), "device {device} has an account");
        let bytes = story.world.device(*device)?.snapshot()?;
        for left in ["of 1", "Person 0", "All"] {
            let found = bytes.windows(left.len()).any(|window| window == left.as_bytes());
            ensure!(!found, "{left:?} is left in the database of {device}");
        }
    }
    Ok(())
}

/// How many members the group of a device has.
fn members(story: &mut Story, device: usize) -> Result<usize> {
    let chat_id = story.group(device)?.chat_id.text();
    match story.world.ask(device, Command::ChatInfo { chat_id })? {
        Ok(Answer::ChatInfo(info)) => Ok(info.members.len()),
        other => anyhow::bail!("no chat info: {other:?}"),
    }
}

#[test]
fn an_account_is_deleted_everywhere() -> Result<()> {
    let mut story = Story::begin(1, 3)?;
    let second = story.link(0)?;
    story.world.settle()?;
    talk(&mut story, &[0, 1, 2, second])?;
    let code = story.code(0)?;
    ensure!(story.world.ask(0, Command::AccountDelete)?.is_ok());
    story.world.settle()?;
    is_gone(&mut story, &[0, second])?;
    // The others go on without it.
    ensure!(members(&mut story, 1)? == 2 && members(&mut story, 2)? == 2, "somebody is left in");
    talk(&mut story, &[1, 2])?;
    // Nothing brings it back, and the profile is good for something new.
    let refused = story.world.ask(0, Command::ContactsList)?;
    ensure!(refused.is_err_and(|failure| failure.code == Code::Revoked));
    let new = story.world.add_device()?;
    let restored = story.world.ask(new, restore(&code))?;
    ensure!(restored.is_err_and(|failure| failure.code == Code::NotFound));
    ensure!(story.world.ask(0, create("Somebody new", None))?.is_ok());
    Ok(())
}

#[test]
fn devices_that_were_away_learn_of_it_and_go_on() -> Result<()> {
    let mut story = Story::begin(2, 3)?;
    let second = story.link(0)?;
    story.world.settle()?;
    talk(&mut story, &[0, 1, 2, second])?;
    for device in [second, 2] {
        story.world.go_offline(device, None)?;
    }
    // What is done meanwhile has to be judged by a log of an account that is no more.
    let third = story.link(0)?;
    ensure!(story.world.ask(0, Command::AccountDelete)?.is_ok());
    story.world.run_until(story.world.now() + 3_600_000)?;
    story.world.settle()?;
    is_gone(&mut story, &[0, second, third])?;
    talk(&mut story, &[1, 2])?;
    ensure!(members(&mut story, 1)? == 2 && members(&mut story, 2)? == 2, "somebody is left in");
    Ok(())
}

#[test]
fn what_was_begun_ends_whatever_breaks() -> Result<()> {
    for seed in 0..12 {
        let mut story = Story::begin(seed, 3)?;
        let second = story.link(0)?;
        story.world.settle()?;
        talk(&mut story, &[0, 1, 2, second])?;
        story.world.faults = Faults {
            breaks: 30,
            slow: 30,
            crash_before: 40,
            crash_after: 40,
            restart: 40,
            clock: 20,
            relay_crash: 10,
            ..Faults::default()
        };
        for _ in 0..20 {
            // A device that died has no answer for whoever asked it.
            if story.world.device(0)?.user()?.is_none() {
                break;
            }
            story.world.ask_in_vain(0, Command::AccountDelete)?;
        }
        story.world.settle()?;
        is_gone(&mut story, &[0, second])?;
        talk(&mut story, &[1, 2])?;
        ensure!(members(&mut story, 1)? == 2, "seed {seed}: somebody is left in");
    }
    Ok(())
}
