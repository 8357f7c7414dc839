//! The backup is written, and an account whose devices are lost is taken up again.

use anyhow::{Context, Result, bail, ensure};
use parlor_sim::{Story, check};
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_view::{Answer, BackupView, Code, Command, Failure};
use parlor_wire::MessageId;
use serde_json::json;

type Shown = (MessageId, String, Kind, Option<u64>);

/// All that a device shows of its chats but notices, in one order.
fn shown(story: &mut Story, device: usize) -> Result<Vec<Shown>> {
    let mut rows: Vec<MessageRow> = story.world.device(device)?.read(|tx| {
        let mut rows = Vec::new();
        for chat in tx.chats()? {
            rows.extend(tx.history(&chat.chat_id, None, 100_000)?);
        }
        Ok(rows)
    })?;
    rows.retain(|row| matches!(row.kind, Kind::Text | Kind::Deleted));
    rows.retain(|row| row.state != State::Failed);
    rows.sort_by_key(|row| (row.position, row.message_id));
    Ok(rows.into_iter().map(|row| (row.message_id, row.text, row.kind, row.edited_at)).collect())
}

fn notices(story: &mut Story, device: usize, code: &str) -> Result<usize> {
    let wanted = code.as_bytes().to_vec();
    story.world.device(device)?.read(|tx| {
        let mut found = 0;
        for chat in tx.chats()? {
            let rows = tx.history(&chat.chat_id, None, 100_000)?;
            let is = |row: &&MessageRow| {
                row.kind == Kind::Notice
                    && row
                        .body
                        .windows(wanted.len() + 1)
                        .any(|at| at[0] as usize == wanted.len() && at[1..] == wanted[..])
            };
            found += rows.iter().filter(is).count();
        }
        Ok(found)
    })
}

fn everybody_talks(story: &mut Story, devices: &[usize]) -> Result<()> {
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

fn status(story: &mut Story, device: usize) -> Result<BackupView> {
    match story.world.ask(device, Command::BackupStatus)? {
        Ok(Answer::Backup(view)) => Ok(view),
        other => bail!("no status: {other:?}"),
    }
}

fn restore(code: &str) -> Result<Command> {
    let params = json!({"server": "http://relay.invalid", "code": code, "device_name": "New"});
    Ok(Command::parse("account.restore", params)?)
}

/// A device is gone for good, and another takes its account up.
fn restored(story: &mut Story, lost: &[usize], code: &str) -> Result<usize> {
    for device in lost {
        story.world.go_offline(*device, None)?;
        story.world.lose_device(*device)?;
    }
    let new = story.world.add_device()?;
    match story.world.ask(new, restore(code)?)? {
        Ok(Answer::Created { .. }) => Ok(new),
        other => bail!("not restored: {other:?}"),
    }
}

fn failure(answer: Result<Answer, Failure>) -> Result<Code> {
    match answer {
        Err(failure) => Ok(failure.code),
        Ok(answer) => bail!("no failure: {answer:?}"),
    }
}

#[test]
fn an_account_is_restored_when_its_device_is_lost() -> Result<()> {
    let mut story = Story::begin(1, 3)?;
    everybody_talks(&mut story, &[0, 1, 2])?;
    let view = status(&mut story, 0)?;
    ensure!(view.enabled && view.writes && view.complete && !view.confirmed, "{view:?}");
    ensure!(view.segments > 0 && view.bytes > 0 && view.updated_at.is_some(), "{view:?}");
    let code = code(&mut story, 0)?;
    let before = shown(&mut story, 0)?;
    ensure!(before.len() > 6, "there is nothing to restore");
    let user = story.world.device(0)?.user()?;
    let new = restored(&mut story, &[0], &code)?;
    story.world.settle()?;
    ensure!(story.world.device(new)?.user()? == user, "somebody else");
    ensure!(shown(&mut story, new)? == before, "the history is another");
    ensure!(
        notices(&mut story, new, "restored_here")? > 0,
        "nothing is said of what may be missing"
    );
    for contact in [1, 2] {
        ensure!(notices(&mut story, contact, "restored")? > 0, "contact {contact} was not told");
    }
    everybody_talks(&mut story, &[1, 2, new])?;
    let after = shown(&mut story, new)?;
    ensure!(after.len() > before.len() + 6, "{} {}", after.len(), before.len());
    for contact in [1, 2] {
        let theirs = shown(&mut story, contact)?;
        let lacks = theirs.iter().filter(|row| !after.contains(row)).count();
        // What the two others say to each other.
        ensure!(lacks <= 6, "{lacks} are missing");
    }
    let view = status(&mut story, new)?;
    ensure!(view.writes && view.complete && view.confirmed, "{view:?}");
    let said = story.said();
    check(&mut story.world, &said)
}

#[test]
fn codes_that_are_wrong_or_mistyped_are_told_apart() -> Result<()> {
    let mut story = Story::begin(3, 2)?;
    everybody_talks(&mut story, &[0, 1])?;
    let (own, others) = (code(&mut story, 0)?, code(&mut story, 1)?);
    let confirm = |code: &str| Command::parse("backup.confirm", json!({"code": code}));
    let mut slip: Vec<char> = own.chars().collect();
    let last = slip.last_mut().context("a character")?;
    *last = if *last == 'A' { 'B' } else { 'A' };
    let slip: String = slip.into_iter().collect();
    for (text, expected) in [
        (slip.as_str(), Code::InvalidCode),
        ("M4QT", Code::InvalidCode),
        (others.as_str(), Code::Refused),
    ] {
        let answer = story.world.ask(0, confirm(text)?)?;
        ensure!(failure(answer)? == expected, "{expected:?}");
    }
    ensure!(!status(&mut story, 0)?.confirmed);
    let typed = own.to_lowercase().replace(' ', "-");
    ensure!(story.world.ask(0, confirm(&typed)?)?.is_ok());
    ensure!(status(&mut story, 0)?.confirmed);
    ensure!(failure(story.world.ask(0, Command::BackupCode)?)? == Code::NotFound);
    // What the device keeps opens nothing and signs nothing.
    let kept = story.world.device(0)?.read(|tx| {
        Ok((tx.meta("recovery_code")?, tx.meta("recovery_seed")?, tx.meta("recovery_next")?))
    })?;
    ensure!(kept == (None, None, None), "the device keeps the code");

    let new = story.world.add_device()?;
    let answer = story.world.ask(new, restore(&slip)?)?;
    ensure!(failure(answer)? == Code::InvalidCode);
    let unknown = "2222 2222 2222 2222 2222 2222 2222 2222";
    ensure!(failure(story.world.ask(new, restore(unknown)?)?)? == Code::InvalidCode);
    let unknown = parlor_crypto::recovery::RecoveryCode::generate(&mut seeded(5)).text();
    ensure!(failure(story.world.ask(new, restore(&unknown)?)?)? == Code::NotFound);
    // And then the right one.
    story.world.go_offline(0, None)?;
    ensure!(story.world.ask(new, restore(&own)?)?.is_ok());
    Ok(())
}

fn seeded(seed: u64) -> rand_chacha::ChaCha20Rng {
    rand_core::SeedableRng::seed_from_u64(seed)
}

/// Between the loss and the restore people go on talking to somebody who has no device.
#[test]
fn what_was_said_without_any_device_comes_in_the_end() -> Result<()> {
    for seed in [21, 22] {
        let mut story = Story::begin(seed, 3)?;
        everybody_talks(&mut story, &[0, 1, 2])?;
        let code = code(&mut story, 0)?;
        story.world.go_offline(0, None)?;
        story.world.lose_device(0)?;
        for _ in 0..3 {
            everybody_talks(&mut story, &[1, 2])?;
        }
        let new = story.world.add_device()?;
        ensure!(story.world.ask(new, restore(&code)?)?.is_ok());
        everybody_talks(&mut story, &[1, 2])?;
        story.world.settle()?;
        everybody_talks(&mut story, &[new, 1, 2])?;
        let group = |story: &mut Story, device: usize| -> Result<Vec<MessageId>> {
            let chat = story.group(device)?.chat_id;
            let rows =
                story.world.device(device)?.read(|tx| Ok(tx.history(&chat, None, 10_000)?))?;
            let texts = rows.iter().filter(|row| row.kind == Kind::Text);
            Ok(texts.map(|row| row.message_id).collect())
        };
        let theirs = group(&mut story, 1)?;
        ensure!(theirs.len() == 14, "seed {seed}: {} texts", theirs.len());
        ensure!(group(&mut story, new)? == theirs, "seed {seed}: something is missing");
        let said = story.said();
        check(&mut story.world, &said)?;
    }
    Ok(())
}
