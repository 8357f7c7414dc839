//! Files: whoever dies or loses the network, whatever the relay forgets, those who may have a file get it.

use anyhow::{Context, Result, bail, ensure};
use parlor_sim::{Crash, Faults, Story, check, check_files};
use parlor_store::chats::Chat;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_view::{Answer, Code, Command, SaveAttachment, StopAttachment};

/// The newest message with a file that a device has.
fn newest(story: &mut Story, device: usize, chat: &Chat) -> Result<MessageRow> {
    let id = chat.chat_id;
    let rows = story.world.device(device)?.read(|tx| Ok(tx.history(&id, None, 100)?))?;
    let is_file = |row: &MessageRow| row.kind == Kind::Text && row.text.is_empty();
    rows.into_iter().rfind(is_file).context("a message with a file")
}

fn group(story: &mut Story, device: usize) -> Result<Chat> {
    let chats = story.chats(device)?;
    chats.into_iter().find(|chat| chat.peer.is_none()).context("the group")
}

fn save(story: &mut Story, device: usize, row: &MessageRow) -> Result<Result<(), Code>> {
    let path = format!("{} {device}", row.message_id.text());
    let wish = SaveAttachment { message_id: row.message_id.text(), index: 0, path };
    Ok(match story.world.ask(device, Command::SaveAttachment(wish))? {
        Ok(Answer::Saved { .. }) => Ok(()),
        Ok(other) => bail!("{other:?}"),
        Err(failure) => Err(failure.code),
    })
}

fn check_all(story: &mut Story) -> Result<()> {
    let said = story.said();
    check(&mut story.world, &said)?;
    check_files(&mut story.world, &story.files)
}

#[test]
fn a_death_at_any_step_loses_no_file() -> Result<()> {
    for committed in [false, true] {
        for after in 0..14 {
            let mut story = Story::begin(after.into(), 2)?;
            let chat = group(&mut story, 0)?;
            story.world.crash = Some(Crash { device: 0, after, committed });
            story.say_with_files(0, &chat)?;
            story.say(0, &chat, None)?;
            story.world.settle()?;
            story.world.crash = Some(Crash { device: 1, after: after % 7, committed });
            let files = story.files.len();
            if let Ok(row) = newest(&mut story, 1, &chat) {
                let wish = SaveAttachment {
                    message_id: row.message_id.text(),
                    index: 0,
                    path: "x".into(),
                };
                story.world.command(1, Command::SaveAttachment(wish))?;
            }
            story.world.settle()?;
            story.world.crash = None;
            check_all(&mut story).with_context(|| format!("{after} {committed} {files}"))?;
        }
    }
    Ok(())
}

#[test]
fn what_the_relay_forgot_comes_again_from_the_senders_devices() -> Result<()> {
    let mut story = Story::begin(3, 3)?;
    let second = story.link(0)?;
    story.world.settle()?;
    let chat = group(&mut story, 0)?;
    story.say_with_files(0, &chat)?;
    story.world.settle()?;
    let row = newest(&mut story, 1, &chat)?;
    // The second device of the sender has it too, and is alone when it is asked.
    ensure!(save(&mut story, second, &row)? == Ok(()));
    story.world.pass_days(70)?;
    ensure!(story.world.blob_count() == 0);
    story.world.go_offline(0, None)?;
    ensure!(save(&mut story, 1, &row)? == Err(Code::Expired));
    story.world.run_until(story.world.now() + 120_000)?;
    ensure!(save(&mut story, 1, &row)? == Ok(()), "nobody brought it again");
    // Who did not ask has it as well from then on, also the devices of the sender.
    ensure!(save(&mut story, 2, &row)? == Ok(()));
    let uploads = story.world.blob_count();
    story.world.settle()?;
    ensure!(story.world.blob_count() == uploads, "two devices answered");
    check_all(&mut story)
}

#[test]
fn nobody_else_answers_and_a_file_that_nobody_has_stays_away() -> Result<()> {
    let mut story = Story::begin(4, 3)?;
    let chat = group(&mut story, 0)?;
    story.say_with_files(0, &chat)?;
    story.world.settle()?;
    let row = newest(&mut story, 1, &chat)?;
    ensure!(save(&mut story, 2, &row)? == Ok(()));
    story.world.pass_days(70)?;
    story.world.go_offline(0, None)?;
    // Somebody who has it is not asked: the sender alone says what its message had.
    ensure!(save(&mut story, 1, &row)? == Err(Code::Expired));
    story.world.run_until(story.world.now() + 600_000)?;
    ensure!(story.world.blob_count() == 0 && save(&mut story, 1, &row)? == Err(Code::Expired));
    story.world.settle()?;
    check_all(&mut story)
}

#[test]
fn a_new_device_can_have_the_files_of_the_history() -> Result<()> {
    let mut story = Story::begin(5, 2)?;
    let chat = group(&mut story, 0)?;
    for device in [0, 1, 0] {
        story.say_with_files(device, &chat)?;
        story.world.settle()?;
    }
    story.link(0)?;
    story.world.settle()?;
    story.link(1)?;
    story.world.settle()?;
    check_all(&mut story)
}

#[test]
fn what_is_stopped_comes_when_it_is_wanted_again() -> Result<()> {
    for after in [0, 150, 400, 800, 1_500] {
        let mut story = Story::begin(after, 2)?;
        let chat = group(&mut story, 0)?;
        let large = story.world.new_file(0, "large", &[3; 400_000])?;
        story.files.insert("large".into(), vec![3; 400_000]);
        story.send_files(0, &chat, vec![large])?;
        story.world.settle()?;
        let row = newest(&mut story, 1, &chat)?;
        let (message_id, path) = (row.message_id.text(), "never".to_string());
        let wish = SaveAttachment { message_id: message_id.clone(), index: 0, path };
        story.world.command(1, Command::SaveAttachment(wish))?;
        story.world.run_until(story.world.now() + after)?;
        for again in [false, true] {
            let stop = StopAttachment { message_id: message_id.clone(), index: 0 };
            let answer = story.world.ask(1, Command::StopAttachment(stop))?;
            ensure!(answer == Ok(Answer::Empty {}), "{answer:?}");
            let files = story.world.device(1)?.read(|tx| Ok(tx.files_of(&row.message_id)?))?;
            let wanted = files.iter().any(|(_, file)| file.wanted);
            ensure!(!wanted, "it is still wanted");
            if again {
                story.world.settle()?;
            }
            // At once, while the first one still ends, or later.
            ensure!(save(&mut story, 1, &row)? == Ok(()), "{after} {again}");
        }
        check_all(&mut story)?;
    }
    Ok(())
}

#[test]
fn deleted_while_it_waits_it_never_leaves() -> Result<()> {
    for for_everyone in [true, false] {
        let mut story = Story::begin(6, 2)?;
        let chat = group(&mut story, 0)?;
        story.world.go_offline(0, None)?;
        story.say_with_files(0, &chat)?;
        let row = newest(&mut story, 0, &chat)?;
        let message_id = row.message_id.text();
        let answer = story.world.ask(0, Command::Delete { message_id, for_everyone })?;
        ensure!(answer.is_ok(), "{answer:?}");
        story.world.settle()?;
        ensure!(story.world.blob_count() == 0, "it was uploaded");
        ensure!(newest(&mut story, 1, &chat).is_err(), "it was sent");
        let kept = story.world.device(0)?.read(|tx| Ok(tx.file_ids()?.len()))?;
        ensure!(kept == 0, "its key is kept");
        let said = story.said();
        check(&mut story.world, &said)?;
    }
    Ok(())
}

#[test]
fn edited_while_it_waits_only_the_new_text_leaves() -> Result<()> {
    let mut story = Story::begin(7, 2)?;
    let chat = group(&mut story, 0)?;
    story.world.go_offline(0, None)?;
    story.say_with_files(0, &chat)?;
    let row = newest(&mut story, 0, &chat)?;
    let edit = parlor_view::MessageEdit {
        message_id: row.message_id.text(),
        text: "A caption after all".into(),
        mentions: None,
        entities: None,
    };
    let answer = story.world.ask(0, Command::Edit(edit))?;
    ensure!(answer.is_ok(), "{answer:?}");
    story.world.settle()?;
    let there = story.world.device(1)?.read(|tx| Ok(tx.message(&row.message_id)?))?;
    let there = there.context("the message")?;
    ensure!(there.text == "A caption after all" && there.edited_at.is_none());
    check_all(&mut story)
}

#[test]
fn what_the_relay_does_not_take_fails_and_holds_nothing_up() -> Result<()> {
    let mut story = Story::begin(8, 2)?;
    let chat = group(&mut story, 0)?;
    story.world.limit_files(10_000);
    let large = story.world.new_file(0, "large", &[1; 20_000])?;
    let ticket = story.send_files(0, &chat, vec![large])?;
    let small = story.world.new_file(0, "small", &[2; 100])?;
    story.files.insert("small".into(), vec![2; 100]);
    story.send_files(0, &chat, vec![small])?;
    story.world.settle()?;
    let id = story.said().iter().find(|said| said.device == 0).context("a message")?.message;
    let row = story.world.device(0)?.read(|tx| Ok(tx.message(&id)?))?.context("the message")?;
    ensure!(row.state == State::Failed, "{ticket}: {:?}", row.state);
    ensure!(newest(&mut story, 1, &chat)?.message_id != id);
    check_files(&mut story.world, &story.files)
}

#[test]
fn a_bad_network_brings_files_in_the_end() -> Result<()> {
    for seed in 0..6 {
        let mut story = Story::begin(seed, 3)?;
        let chat = group(&mut story, 0)?;
        story.world.faults = Faults { breaks: 60, slow: 30, restart: 60, ..Faults::default() };
        for device in [0, 1, 2, 1] {
            story.say_with_files(device, &chat)?;
            story.world.run_until(story.world.now() + 20_000)?;
        }
        story.world.settle()?;
        check_all(&mut story).with_context(|| format!("seed {seed}"))?;
    }
    Ok(())
}
