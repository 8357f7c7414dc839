//! What the rules forbid does not happen, whatever a member's client sends.

use anyhow::{Context, Result, bail, ensure};
use parlor_sim::{Story, check};
use parlor_view::{Answer, ChatInfo, Command};
use parlor_wire::UserId;
use parlor_wire::content::{GroupState, Role, RoleKind};

const FORGER: usize = 1;

/// A change that a plain member may not make.
#[derive(Debug, Clone, Copy)]
enum Forbidden {
    BecomeOwner,
    RemoveOwner,
}

const ALL: [Forbidden; 2] = [Forbidden::BecomeOwner, Forbidden::RemoveOwner];

fn info(story: &mut Story, device: usize) -> Result<ChatInfo> {
    let chat_id = story.group(device)?.chat_id.text();
    match story.world.ask(device, Command::ChatInfo { chat_id })? {
        Ok(Answer::ChatInfo(info)) => Ok(info),
        other => bail!("no chat info: {other:?}"),
    }
}

/// Where a device saw that a commit was refused.
fn notices(story: &mut Story, device: usize) -> Result<usize> {
    let chat = story.group(device)?.chat_id;
    let rows = story.world.device(device)?.read(|tx| Ok(tx.history(&chat, None, 10_000)?))?;
    Ok(rows.iter().filter(|row| row.body.windows(7).any(|bytes| bytes == b"refused")).count())
}

fn forge(story: &mut Story, what: Forbidden, believes: bool) -> Result<()> {
    let group = story.group(FORGER)?.group.context("a group")?;
    let owner = *story.people.first().context("an owner")?;
    let me = *story.people.get(FORGER).context("a forger")?;
    match what {
        Forbidden::BecomeOwner => {
            story.world.forge(FORGER, &group, &[], |state| own(state, &me), believes)
        }
        Forbidden::RemoveOwner => {
            let change = |state: &mut GroupState| {
                own(state, &me);
                state.info_key = vec![9; 32];
            };
            story.world.forge(FORGER, &group, &[owner], change, believes)
        }
    }
}

fn own(state: &mut GroupState, user: &UserId) {
    let owner = RoleKind::Owner as i32;
    state.title = "Mine".into();
    state.roles = vec![Role { user_id: user.to_vec(), role: owner }];
}

/// These say something; afterwards each of the readers has it.
fn talk(story: &mut Story, devices: &[usize]) -> Result<()> {
    let before = story.said().len();
    for device in devices {
        let chat = story.group(*device)?;
        story.say(*device, &chat, None)?;
    }
    story.world.run_until(story.world.now() + 60_000)?;
    let said = story.said();
    ensure!(said.len() == before + devices.len(), "a text was not taken");
    for text in said.iter().skip(before) {
        for device in devices {
            let chat = story.group(*device)?.chat_id;
            let look = story.world.device(*device)?;
            let rows = look.read(|tx| Ok(tx.history(&chat, None, 10_000)?))?;
            let times = rows
                .iter()
                .filter(|row| row.message_id == text.message && !row.text.is_empty())
                .count();
            ensure!(times == 1, "device {device} has a text {times} times");
        }
    }
    Ok(())
}

/// The same but for the epoch, which moves when the forger comes back.
fn same(mut before: ChatInfo, after: ChatInfo) -> Result<()> {
    before.epoch = after.epoch;
    ensure!(before == after, "{before:?} became {after:?}");
    Ok(())
}

/// The forger vanishes when the relay has its commit: for the others it is as if nothing had been.
fn refused(seed: u64, people: usize, what: Forbidden, believes: bool) -> Result<()> {
    let mut story = Story::begin(seed, people)?;
    let others: Vec<usize> = (0..people).filter(|device| *device != FORGER).collect();
    let all: Vec<usize> = (0..people).collect();
    talk(&mut story, &all)?;
    let group = story.group(0)?.group.context("a group")?;
    let mut before = Vec::new();
    for device in &others {
        before.push(info(&mut story, *device)?);
    }
    let epoch = story.world.epoch(&group)?;
    forge(&mut story, what, believes)?;
    ensure!(story.world.epoch(&group)? == epoch + 1, "the commit is not the newest");
    story.world.go_offline(FORGER, None)?;
    story.world.run_until(story.world.now() + 10_000)?;
    ensure!(story.world.epoch(&group)? == epoch, "the relay did not go back");
    for (device, before) in others.iter().zip(&before) {
        let after = info(&mut story, *device)?;
        ensure!(after == *before, "device {device}: {before:?} became {after:?}");
        let count = notices(&mut story, *device)?;
        ensure!(count == 1, "device {device} has {count} notices");
    }
    talk(&mut story, &others)?;
    match what {
        Forbidden::BecomeOwner => {
            story.world.settle()?;
            back(&mut story, &all, before)
        }
        // Who merges its own forged removal has the info key of a state that is void: it is out until the
        // others bring it back, and that is its own affair.
        Forbidden::RemoveOwner => Ok(()),
    }
}

/// Everybody is in step again and agrees on what the group was before.
fn back(story: &mut Story, all: &[usize], before: Vec<ChatInfo>) -> Result<()> {
    talk(story, all)?;
    story.world.settle()?;
    let others = all.iter().filter(|device| **device != FORGER);
    for (device, before) in others.zip(before) {
        same(before, info(story, *device)?).with_context(|| format!("device {device}"))?;
    }
    let said = story.said();
    check(&mut story.world, &said)
}

/// A forger who goes on before anybody could say no gains nothing by it.
#[test]
fn forged_commits_on_top_of_each_other_are_all_undone() -> Result<()> {
    for people in [3, 4] {
        let mut story = Story::begin(people as u64, people)?;
        let others: Vec<usize> = (0..people).filter(|device| *device != FORGER).collect();
        let all: Vec<usize> = (0..people).collect();
        talk(&mut story, &all)?;
        let group = story.group(0)?.group.context("a group")?;
        let mut before = Vec::new();
        for device in &others {
            before.push(info(&mut story, *device)?);
        }
        let epoch = story.world.epoch(&group)?;
        for device in &others {
            story.world.go_offline(*device, None)?;
        }
        for number in 1..=3 {
            forge(&mut story, Forbidden::BecomeOwner, true)?;
            story.world.run_until(story.world.now() + 10_000)?;
            ensure!(story.world.epoch(&group)? == epoch + number, "forgery {number} was not taken");
        }
        for device in &others {
            story.world.go_online(*device)?;
        }
        story.world.run_until(story.world.now() + 60_000)?;
        for (device, before) in others.iter().zip(&before) {
            same(before.clone(), info(&mut story, *device)?)
                .with_context(|| format!("device {device}"))?;
        }
        talk(&mut story, &others)?;
        story.world.settle()?;
        back(&mut story, &all, before).with_context(|| format!("{people} people"))?;
    }
    Ok(())
}

#[test]
fn what_a_member_may_not_do_is_refused_and_undone() -> Result<()> {
    for people in [3, 4] {
        for what in ALL {
            for believes in [true, false] {
                refused(people as u64, people, what, believes)
                    .with_context(|| format!("{people} people, {what:?}, believes: {believes}"))?;
            }
        }
    }
    Ok(())
}
