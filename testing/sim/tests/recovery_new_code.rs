//! Another code in place of the present one; relays that know nothing of rewrites, and relays that lie about them.

use anyhow::{Context, Result, bail, ensure};
use parlor_crypto::recovery::{RecoveryCode, RecoveryKeys};
use parlor_relay_core::{Read, Table};
use parlor_sim::{Crash, Frame, Moment, Story, restore};
use parlor_view::{
    Answer, BackupView, Code, Command, Failure, NewCode, RecoveryCode as Typed, WrittenCode,
};
use parlor_wire::Message;
use parlor_wire::device::BackupKeys;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::{BackupRewrite, BackupState, reply, server_frame};
use std::sync::{Arc, Mutex, PoisonError};

const HOUR: u64 = 3_600_000;

fn new_code(code: Option<&str>) -> Command {
    Command::BackupNewCode(NewCode { code: code.map(|code| WrittenCode::new(code.to_owned())) })
}

fn confirm(code: &str) -> Command {
    Command::BackupConfirm(Typed { code: WrittenCode::new(code.to_owned()) })
}

fn made(answer: Result<Answer, Failure>) -> Result<String> {
    match answer {
        Ok(Answer::RecoveryCode { code }) => Ok(code.text().to_owned()),
        other => bail!("no code: {other:?}"),
    }
}

fn failed(story: &mut Story, device: usize, command: Command) -> Result<Code> {
    match story.world.ask(device, command)? {
        Err(failure) => Ok(failure.code),
        Ok(answer) => bail!("no failure: {answer:?}"),
    }
}

fn status(story: &mut Story, device: usize) -> Result<BackupView> {
    match story.world.ask(device, Command::BackupStatus)? {
        Ok(Answer::Backup(view)) => Ok(view),
        other => bail!("no status: {other:?}"),
    }
}

fn talk(story: &mut Story, devices: &[usize]) -> Result<()> {
    for device in devices {
        for chat in story.chats(*device)? {
            story.say(*device, &chat, None)?;
        }
    }
    story.world.settle()
}

/// Whoever tries has no account afterwards.
fn is_worth_nothing(story: &mut Story, code: &str) -> Result<()> {
    let thief = story.world.add_device()?;
    let answer = failed(story, thief, restore(code))?;
    ensure!(matches!(answer, Code::NotFound | Code::VerificationFailed), "{answer:?}");
    ensure!(story.world.device(thief)?.user()?.is_none());
    story.world.go_offline(thief, None)
}

/// The code opens the one backup there is, and the account goes on with it.
fn restores(story: &mut Story, lost: &[usize], code: &str) -> Result<()> {
    let first = *lost.first().context("a device")?;
    let before = story.texts(first)?;
    let new = story.restored(lost, code)?;
    story.world.settle()?;
    ensure!(story.texts(new)? == before, "the history is another");
    talk(story, &[1, new])?;
    ensure!(story.texts(1)?.is_subset(&story.texts(new)?));
    Ok(())
}

#[test]
fn a_new_code_takes_the_place_of_the_old_one() -> Result<()> {
    // Made on the device that writes, with the code that it still has; on another, with the code that was written
    // down; and each while the other device is away.
    for (seed, maker, away) in [(200, 0, false), (201, 0, true), (202, 2, false), (203, 2, true)] {
        let mut story = Story::begin(seed, 2)?;
        let old = story.code(0)?;
        let linked = story.link(0)?;
        talk(&mut story, &[0, 1, linked])?;
        ensure!(linked == 2);
        if away {
            story.world.go_offline(2 - maker, None)?;
        }
        let new = made(story.world.ask(maker, new_code((maker == 2).then_some(&*old)))?)?;
        ensure!(new != old);
        if away {
            story.world.run_until(story.world.now() + HOUR)?;
        }
        talk(&mut story, &[0, 1, linked])?;
        ensure!(story.code(maker)? == new && !status(&mut story, maker)?.confirmed);
        ensure!(failed(&mut story, 2 - maker, Command::BackupCode)? == Code::NotFound);
        ensure!(failed(&mut story, maker, confirm(&old))? == Code::Refused);
        ensure!(story.world.ask(maker, confirm(&new))?.is_ok());
        for device in [0, linked] {
            let kept = story.world.device(device)?.read(|tx| {
                Ok((
                    tx.meta("recovery_code")?,
                    tx.meta("recovery_seed")?,
                    tx.meta("recovery_next")?,
                ))
            })?;
            ensure!(kept == (None, None, None), "device {device} keeps a code");
        }
        let view = status(&mut story, 0)?;
        ensure!(view.writes && view.complete, "{view:?}");
        ensure!(story.world.backup(&old)?.is_none(), "the old backup is still there");
        ensure!(story.world.backup(&new)?.is_some());
        is_worth_nothing(&mut story, &old)?;
        restores(&mut story, &[0, linked], &new).with_context(|| format!("seed {seed}"))?;
    }
    Ok(())
}

#[test]
fn without_the_present_code_there_is_no_new_one() -> Result<()> {
    let mut story = Story::begin(204, 2)?;
    let (own, others) = (story.code(0)?, story.code(1)?);
    let linked = story.link(0)?;
    talk(&mut story, &[0, 1, linked])?;
    let unknown = RecoveryCode::generate(&mut seeded(5)).text();
    for (device, code, expected) in [
        (linked, None, Code::NotFound),
        (linked, Some("M4QT"), Code::InvalidCode),
        (linked, Some(others.as_str()), Code::Refused),
        (0, Some(unknown.as_str()), Code::Refused),
    ] {
        ensure!(failed(&mut story, device, new_code(code))? == expected, "{expected:?}");
    }
    ensure!(story.world.ask(0, confirm(&own))?.is_ok());
    ensure!(failed(&mut story, 0, new_code(None))? == Code::NotFound);
    let new = made(story.world.ask(0, new_code(Some(&own)))?)?;
    // The one before is none any more, not even for this.
    ensure!(failed(&mut story, linked, new_code(Some(&own)))? == Code::Refused);
    let newer = made(story.world.ask(linked, new_code(Some(&new)))?)?;
    talk(&mut story, &[0, 1, linked])?;
    is_worth_nothing(&mut story, &new)?;
    restores(&mut story, &[0, linked], &newer)
}

fn seeded(seed: u64) -> rand_chacha::ChaCha20Rng {
    rand_core::SeedableRng::seed_from_u64(seed)
}

#[test]
fn a_new_code_survives_a_death_at_any_step() -> Result<()> {
    let mut died = 0;
    for after in 0..24u32 {
        let mut story = Story::begin(210 + u64::from(after), 2)?;
        let old = story.code(0)?;
        talk(&mut story, &[0, 1])?;
        story.world.crash = Some(Crash { device: 0, after: after / 2, committed: after % 2 == 0 });
        story.world.ask_in_vain(0, new_code(None))?;
        story.world.run_until(story.world.now() + 60_000)?;
        died += u32::from(story.world.crash.take().is_none());
        story.world.settle()?;
        // It may have died before it knew of the wish; else the code is there to be seen.
        let shown = story.code(0)?;
        if shown != old {
            is_worth_nothing(&mut story, &old)?;
        }
        restores(&mut story, &[0], &shown).with_context(|| format!("step {after}"))?;
    }
    ensure!(died > 8, "only {died} deaths");
    Ok(())
}

/// A device that is about to be removed names an opening key of its own for the code of the account.
#[test]
fn keys_that_the_code_did_not_sign_are_not_taken() -> Result<()> {
    let mut story = Story::begin(205, 2)?;
    let old = story.code(0)?;
    let linked = story.link(0)?;
    talk(&mut story, &[0, 1, linked])?;
    let kept = |story: &mut Story, device: usize| -> Result<Option<Vec<u8>>> {
        story.world.device(device)?.read(|tx| Ok(tx.meta("backup_keys")?))
    };
    // The linked device is away when the code changes, and what it is told has another signature.
    let thief = RecoveryKeys::of(&RecoveryCode::generate(&mut seeded(6)).root());
    let forged = thief.opening.public();
    let before = kept(&mut story, linked)?;
    story.world.go_offline(linked, None)?;
    let new = made(story.world.ask(0, new_code(None))?)?;
    let told = kept(&mut story, 0)?.context("keys")?;
    let keys = BackupKeys { opening_key: forged, ..BackupKeys::decode(&*told)? };
    let forged = Kept { keys: vec![keys] }.encode_to_vec();
    story.world.device(linked)?.write(|tx| Ok(tx.set_meta("backup_keys_kept", &forged)?))?;
    story.world.intercept(Box::new(move |device, frame| match &frame {
        // The honest message does not come.
        Frame::Down(down) if device == linked => match &down.body {
            Some(server_frame::Body::Deliver(_)) => vec![],
            _ => vec![frame],
        },
        _ => vec![frame],
    }));
    story.world.go_online(linked)?;
    story.world.run_until(story.world.now() + 60_000)?;
    ensure!(kept(&mut story, linked)? == before, "forged keys were taken");
    story.world.be_honest();
    talk(&mut story, &[0, 1, linked])?;
    ensure!(kept(&mut story, linked)? == Some(told), "the right ones were not");
    is_worth_nothing(&mut story, &old)?;
    restores(&mut story, &[0, linked], &new)
}

/// Keys as they are kept until the log comes.
#[derive(Clone, PartialEq, Message)]
struct Kept {
    #[prost(message, repeated, tag = "1")]
    keys: Vec<BackupKeys>,
}

/// What the relay says of the backup, changed by `lie`; how many segments device 0 sent, and how many of a rewrite.
fn with_relay(
    story: &mut Story,
    lie: impl Fn(&mut BackupState) + 'static,
) -> Arc<Mutex<(u32, u32)>> {
    let counts = Arc::new(Mutex::new((0, 0)));
    let counted = counts.clone();
    story.world.watch(Box::new(move |moment| {
        if let Moment::Up(0, frame) = moment
            && let Some(Request::BackupAppend(append)) = &frame.request
        {
            let mut counts = counted.lock().unwrap_or_else(PoisonError::into_inner);
            counts.0 += 1;
            counts.1 += u32::from(!append.rewrite.is_empty());
        }
    }));
    story.world.intercept(Box::new(move |_, frame| {
        let Frame::Down(mut down) = frame else { return vec![frame] };
        if let Some(server_frame::Body::Reply(reply)) = &mut down.body
            && let Some(reply::Result::BackupState(state)) = &mut reply.result
        {
            lie(state);
        }
        vec![Frame::Down(down)]
    }));
    counts
}

#[test]
fn an_older_relay_gets_what_it_knows_and_nothing_over_and_over() -> Result<()> {
    let mut story = Story::begin(206, 2)?;
    let old = story.code(0)?;
    let counts = with_relay(&mut story, |state| {
        state.rewrites = false;
        state.rewrite = None;
    });
    talk(&mut story, &[0, 1])?;
    let chat = story.group(0)?.chat_id;
    let rows = story.world.device(0)?.read(|tx| Ok(tx.history(&chat, None, 100)?))?;
    let row = rows.into_iter().rfind(|row| row.mine && !row.text.is_empty()).context("a text")?;
    let command = Command::Delete { message_id: row.message_id.text(), for_everyone: true };
    ensure!(story.world.ask(0, command)?.is_ok());
    // Nothing is known of what the relay has: all of it is written behind.
    story.world.device(0)?.write(|tx| Ok(tx.delete_meta("backup_state")?))?;
    for _ in 0..4 {
        story.world.go_offline(0, None)?;
        story.world.run_until(story.world.now() + 24 * HOUR)?;
        story.world.settle()?;
    }
    let counted =
        |counts: &Arc<Mutex<(u32, u32)>>| *counts.lock().unwrap_or_else(PoisonError::into_inner);
    let (segments, rewrites) = counted(&counts);
    ensure!(rewrites == 0 && segments < 10, "{segments} segments, {rewrites} of rewrites");
    let new = made(story.world.ask(0, new_code(None))?)?;
    talk(&mut story, &[0, 1])?;
    let (segments, rewrites) = counted(&counts);
    ensure!(rewrites == 0 && segments < 20, "{segments} segments, {rewrites} of rewrites");
    ensure!(story.world.backup(&old)?.is_none() && status(&mut story, 0)?.complete);
    // And then there is a newer one, which is used.
    story.world.be_honest();
    story.world.settle()?;
    ensure!(story.world.backup(&new)?.context("a backup")?.iter().any(|body| body.complete));
    restores(&mut story, &[0], &new)
}

#[test]
fn a_relay_that_swaps_what_it_says_of_rewrite_and_backup_gets_an_honest_one_in_the_end()
-> Result<()> {
    let mut story = Story::begin(207, 2)?;
    let code = story.code(0)?;
    story.fill(0, 1_500)?;
    let counts = with_relay(&mut story, |state| {
        let (count, last_hash, bytes) = (state.count, state.last_hash.clone(), state.bytes);
        if let Some(rewrite) = &mut state.rewrite {
            (state.count, state.bytes) = (rewrite.count, rewrite.bytes);
            state.last_hash.clone_from(&rewrite.last_hash);
            *rewrite = BackupRewrite { name: rewrite.name.clone(), count, bytes, last_hash };
        }
    });
    talk(&mut story, &[0, 1])?;
    let now = story.world.now();
    story.world.device(0)?.write(|tx| Ok(tx.set_number("backup_erase_at", now)?))?;
    for _ in 0..20 {
        // In the middle of it, mostly.
        story.world.run_until(story.world.now() + 33_000)?;
        story.world.go_offline(0, Some(story.world.now() + 1_000))?;
    }
    let (segments, _) = *counts.lock().unwrap_or_else(PoisonError::into_inner);
    ensure!(segments < 200, "{segments} segments");
    story.world.be_honest();
    talk(&mut story, &[0, 1])?;
    ensure!(story.world.backup(&code)?.is_some() && status(&mut story, 0)?.complete);
    restores(&mut story, &[0], &code)
}

#[test]
fn a_rewrite_that_is_not_complete_is_no_backup() -> Result<()> {
    // Of the rewrite alone, and mixed with the backup.
    for mixed in [false, true] {
        let mut story = Story::begin(208, 2)?;
        let code = story.code(0)?;
        story.fill(0, 1_500)?;
        talk(&mut story, &[0, 1])?;
        let now = story.world.now();
        story.world.device(0)?.write(|tx| Ok(tx.set_number("backup_erase_at", now)?))?;
        story.world.intercept(Box::new(|_, frame| match &frame {
            Frame::Up(up) => match &up.request {
                Some(Request::BackupAppend(it)) if it.index > 1 && !it.rewrite.is_empty() => vec![],
                _ => vec![frame],
            },
            Frame::Down(_) => vec![frame],
        }));
        story.world.settle()?;
        ensure!(story.world.unfinished_rewrite(&story.people[0])? == Some(2));
        let (store, _) = story.world.relay_at_rest();
        let keys = RecoveryKeys::of(&RecoveryCode::parse(&code)?.root());
        let row = store.backup(&keys.locator)?.context("a backup")?;
        let backup = store.backup_segments(&keys.locator, &row, 0, usize::MAX)?;
        let at_rest = parlor_relay_core::Backend::scan(
            &store,
            Table::RewriteSegment,
            &[],
            &[u8::MAX; 69],
            usize::MAX,
        )?;
        let rewrite: Vec<Vec<u8>> = at_rest.into_iter().map(|(_, row)| row.to_vec()).collect();
        ensure!(rewrite.len() == 2 && backup.len() > 2);
        story.world.intercept(Box::new(move |_, frame| {
            let Frame::Down(mut down) = frame else { return vec![frame] };
            if let Some(server_frame::Body::Reply(reply)) = &mut down.body
                && let Some(reply::Result::BackupSegments(came)) = &mut reply.result
            {
                if !mixed {
                    came.count = 2;
                    came.segments = came.segments.iter().take(2).cloned().collect();
                }
                for (segment, other) in came.segments.iter_mut().zip(&rewrite) {
                    segment.clone_from(other);
                }
            }
            vec![Frame::Down(down)]
        }));
        story.world.go_offline(0, None)?;
        let new = story.world.add_device()?;
        let answer = failed(&mut story, new, restore(&code))?;
        ensure!(answer == Code::VerificationFailed, "mixed {mixed}: {answer:?}");
        story.world.be_honest();
        story.world.lose_device(new)?;
        restores(&mut story, &[0], &code).with_context(|| format!("mixed {mixed}"))?;
    }
    Ok(())
}
