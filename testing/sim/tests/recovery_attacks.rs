//! Restoring under misfortune: crashes at each step, an old backup, two at once, a relay that lies.

use anyhow::{Context, Result, bail, ensure};
use parlor_sim::{Crash, Frame, Story, check};
use parlor_view::{Answer, Code, Command, Failure};
use parlor_wire::relay::{reply, server_frame};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

fn talk(story: &mut Story, devices: &[usize]) -> Result<()> {
    for device in devices {
        for chat in story.chats(*device)? {
            story.say(*device, &chat, None)?;
        }
    }
    story.world.settle()
}

fn code(story: &mut Story, device: usize) -> Result<String> {
    match story.world.ask(device, Command::BackupCode)? {
        Ok(Answer::RecoveryCode { code }) => Ok(code.text().to_owned()),
        other => bail!("no code: {other:?}"),
    }
}

fn restore(code: &str) -> Result<Command> {
    let params = json!({"server": "http://relay.invalid", "code": code});
    Ok(Command::parse("account.restore", params)?)
}

fn lose(story: &mut Story, device: usize) -> Result<()> {
    story.world.go_offline(device, None)?;
    story.world.lose_device(device)
}

/// Nothing is said to one of two that the other does not have.
fn same(story: &mut Story, one: usize, other: usize) -> Result<()> {
    let (a, b) = (texts(story, one)?, texts(story, other)?);
    let lacks: Vec<_> = a.symmetric_difference(&b).collect();
    ensure!(lacks.is_empty(), "devices {one} and {other} differ: {lacks:?}");
    Ok(())
}

fn texts(story: &mut Story, device: usize) -> Result<BTreeSet<String>> {
    story.world.device(device)?.read(|tx| {
        let mut texts = BTreeSet::new();
        for chat in tx.chats()? {
            let rows = tx.history(&chat.chat_id, None, 100_000)?;
            texts.extend(rows.into_iter().map(|row| row.text));
        }
        Ok(texts)
    })
}

#[test]
fn a_restore_survives_a_death_at_any_step() -> Result<()> {
    let mut died = 0;
    for after in 0..40u32 {
        let committed = after % 2 == 0;
        let mut story = Story::begin(40 + u64::from(after), 2)?;
        talk(&mut story, &[0, 1])?;
        let code = code(&mut story, 0)?;
        let before = texts(&mut story, 0)?;
        lose(&mut story, 0)?;
        let new = story.world.add_device()?;
        story.world.crash = Some(Crash { device: new, after: after / 2 + 1, committed });
        let answer = story.world.ask_in_vain(new, restore(&code)?)?;
        died += u32::from(answer.is_none());
        story.world.settle()?;
        ensure!(before.is_subset(&texts(&mut story, new)?), "step {after}: history is missing");
        talk(&mut story, &[1, new])?;
        same(&mut story, new, 1).with_context(|| format!("step {after}"))?;
        let devices = match story.world.ask(new, Command::DevicesList)? {
            Ok(Answer::Devices { devices }) => devices.len(),
            other => bail!("no devices: {other:?}"),
        };
        ensure!(devices == 1, "step {after}: {devices} devices");
        let said = story.said();
        check(&mut story.world, &said).with_context(|| format!("step {after}"))?;
    }
    ensure!(died > 4, "only {died} deaths came before the answer");
    Ok(())
}

#[test]
fn the_second_restore_replaces_the_first() -> Result<()> {
    for seed in 8..16 {
        second_restore(seed).with_context(|| format!("seed {seed}"))?;
    }
    Ok(())
}

fn second_restore(seed: u64) -> Result<()> {
    let mut story = Story::begin(seed, 2)?;
    talk(&mut story, &[0, 1])?;
    let code = code(&mut story, 0)?;
    lose(&mut story, 0)?;
    let (first, second) = (story.world.add_device()?, story.world.add_device()?);
    let one = story.world.command(first, restore(&code)?)?;
    let two = story.world.command(second, restore(&code)?)?;
    ensure!(one != two);
    story.world.settle()?;
    let revoked = [story.world.device(first)?.revoked()?, story.world.device(second)?.revoked()?];
    ensure!(revoked[0] != revoked[1], "one of two stays: {revoked:?}");
    let (stays, goes) = if revoked[0] { (second, first) } else { (first, second) };
    talk(&mut story, &[1, stays])?;
    same(&mut story, stays, 1)?;
    ensure!(story.world.device(goes)?.user()?.is_none(), "it is not empty");
    let said = story.said();
    check(&mut story.world, &said)?;
    // The backup goes on, and is good for another restore.
    lose(&mut story, stays)?;
    let third = story.world.add_device()?;
    ensure!(story.world.ask(third, restore(&code)?)?.is_ok());
    story.world.settle()?;
    talk(&mut story, &[1, third])?;
    ensure!(texts(&mut story, 1)?.is_subset(&texts(&mut story, third)?));
    let said = story.said();
    check(&mut story.world, &said)
}

#[test]
fn an_old_device_that_turns_up_again_is_out() -> Result<()> {
    let mut story = Story::begin(9, 2)?;
    talk(&mut story, &[0, 1])?;
    let code = code(&mut story, 0)?;
    let linked = story.link(0)?;
    story.world.settle()?;
    story.world.go_offline(0, None)?;
    story.world.go_offline(linked, None)?;
    let new = story.world.add_device()?;
    ensure!(story.world.ask(new, restore(&code)?)?.is_ok());
    story.world.run_until(story.world.now() + 3_600_000)?;
    story.world.settle()?;
    for old in [0, linked] {
        ensure!(story.world.device(old)?.revoked()?, "device {old} is still in");
    }
    talk(&mut story, &[1, new])?;
    same(&mut story, new, 1)?;
    Ok(())
}

/// The group changed its keys after the last segment: somebody else has to let the new device in.
#[test]
fn an_old_backup_comes_back_as_far_as_it_can() -> Result<()> {
    let mut story = Story::begin(10, 3)?;
    talk(&mut story, &[0, 1, 2])?;
    let code = code(&mut story, 0)?;
    story.world.go_offline(0, None)?;
    // A removal: the group's info key is another from here on.
    let second = story.link(1)?;
    story.world.run_until(story.world.now() + 600_000)?;
    let device_id = match story.world.ask(second, Command::DevicesList)? {
        Ok(Answer::Devices { devices }) => {
            devices.into_iter().find(|one| one.current).context("itself")?.device_id
        }
        other => bail!("no devices: {other:?}"),
    };
    ensure!(story.world.ask(1, Command::DevicesRemove { device_id })?.is_ok());
    story.world.run_until(story.world.now() + 600_000)?;
    story.world.lose_device(0)?;
    let new = story.world.add_device()?;
    ensure!(story.world.ask(new, restore(&code)?)?.is_ok());
    story.world.settle()?;
    talk(&mut story, &[1, 2, new])?;
    talk(&mut story, &[1, 2, new])?;
    let group = story.group(new)?;
    let row = story
        .world
        .device(new)?
        .read(|tx| Ok(tx.group(&group.group.unwrap_or(parlor_wire::GroupId([0; 16])))?))?;
    let row = row.context("the group")?;
    ensure!(row.status == parlor_store::groups::Status::Active, "not in the group: {row:?}");
    Ok(())
}

type Lie = fn(&mut Vec<Vec<u8>>);

#[test]
fn a_relay_that_lies_is_noticed() -> Result<()> {
    let lies: [(&str, Lie); 5] = [
        ("swapped", |segments| segments.reverse()),
        ("cut", |segments| {
            segments.pop();
        }),
        ("damaged", |segments| {
            if let Some(byte) = segments.first_mut().and_then(|segment| segment.last_mut()) {
                *byte ^= 1;
            }
        }),
        ("doubled", |segments| {
            let last = segments.last().cloned().unwrap_or_default();
            segments.fill(last);
        }),
        ("emptied", Vec::clear),
    ];
    for (name, lie) in lies {
        let mut story = Story::begin(11, 2)?;
        for _ in 0..3 {
            talk(&mut story, &[0, 1])?;
        }
        let code = code(&mut story, 0)?;
        lose(&mut story, 0)?;
        let new = story.world.add_device()?;
        let told = Arc::new(Mutex::new(0));
        let count = told.clone();
        story.world.intercept(Box::new(move |device, frame| {
            if let (true, Frame::Down(down)) = (device == new, &frame) {
                let mut down = down.clone();
                if let Some(server_frame::Body::Reply(reply)) = &mut down.body
                    && let Some(reply::Result::BackupSegments(came)) = &mut reply.result
                    && !came.segments.is_empty()
                {
                    lie(&mut came.segments);
                    *count.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
                    return vec![Frame::Down(down)];
                }
            }
            vec![frame]
        }));
        match story.world.ask(new, restore(&code)?)? {
            Err(Failure { code: Code::VerificationFailed, .. }) => {}
            other => bail!("{name}: {other:?}"),
        }
        let told = *told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ensure!(told > 0, "{name}: no lie was told");
        story.world.intercept(Box::new(|_, frame| vec![frame]));
        ensure!(story.world.ask(new, restore(&code)?)?.is_ok(), "{name}: and then the truth");
    }
    Ok(())
}

#[test]
fn an_account_without_a_code_gets_one() -> Result<()> {
    let mut story = Story::begin(12, 2)?;
    talk(&mut story, &[0, 1])?;
    // As an account was before there were codes.
    let old = code(&mut story, 0)?;
    let seed = parlor_crypto::recovery::RecoveryKeys::of(
        &parlor_crypto::recovery::RecoveryCode::parse(&old)?.root(),
    )
    .signing
    .seed();
    story.world.device(0)?.write(|tx| {
        tx.delete_meta("recovery_code")?;
        tx.delete_meta("backup_keys")?;
        tx.set_writes_backup(false)?;
        Ok(tx.set_meta("recovery_seed", seed.expose())?)
    })?;
    let linked = story.link(0)?;
    story.world.settle()?;
    match story.world.ask(linked, Command::BackupEnable)? {
        Err(Failure { code: Code::Refused, .. }) => {}
        other => bail!("a linked device has no key to make a code with: {other:?}"),
    }
    ensure!(story.world.ask(0, Command::BackupEnable)?.is_ok());
    let new_code = code(&mut story, 0)?;
    ensure!(new_code != old);
    let seed = story.world.device(0)?.read(|tx| Ok(tx.meta("recovery_seed")?))?;
    ensure!(seed.is_none(), "the old key is kept");
    talk(&mut story, &[0, 1])?;
    lose(&mut story, 0)?;
    lose(&mut story, linked)?;
    let new = story.world.add_device()?;
    // The old code's key is in the log no more, and its backup was replaced.
    ensure!(story.world.ask(new, restore(&old)?)?.is_err());
    ensure!(story.world.ask(new, restore(&new_code)?)?.is_ok());
    story.world.settle()?;
    talk(&mut story, &[1, new])?;
    ensure!(texts(&mut story, 1)?.is_subset(&texts(&mut story, new)?));
    Ok(())
}
