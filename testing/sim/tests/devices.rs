//! Several devices of one person: linked, equal, removed.

use anyhow::{Context, Result, bail, ensure};
use parlor_sim::{Faults, Frame, Story, check, create};
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_view::{Answer, ChatFlags, Code, Command, DeviceView, Event};
use parlor_wire::MessageId;
use parlor_wire::relay::client_frame::Request;

/// All that a device shows of its chats, in one order.
fn shown(story: &mut Story, device: usize) -> Result<Vec<MessageRow>> {
    story.world.device(device)?.read(|tx| {
        let mut rows = Vec::new();
        for chat in tx.chats()? {
            rows.extend(tx.history(&chat.chat_id, None, 100_000)?);
        }
        rows.retain(|row| matches!(row.kind, Kind::Text | Kind::Deleted | Kind::Notice));
        rows.retain(|row| row.state != State::Failed);
        rows.sort_by_key(|row| (row.position, row.message_id));
        Ok(rows)
    })
}

fn same_history(story: &mut Story, one: usize, other: usize) -> Result<()> {
    let (a, b) = (shown(story, one)?, shown(story, other)?);
    let texts = |rows: &[MessageRow]| -> Vec<(MessageId, String, Kind, Option<u64>)> {
        let text = |row: &MessageRow| (row.message_id, row.text.clone(), row.kind, row.edited_at);
        rows.iter().filter(|row| row.kind != Kind::Notice).map(text).collect()
    };
    let (a, b) = (texts(&a), texts(&b));
    if a != b {
        let lacks = |x: &[(MessageId, String, Kind, Option<u64>)],
                     y: &[(MessageId, String, Kind, Option<u64>)]| {
            x.iter().filter(|row| !y.contains(row)).cloned().collect::<Vec<_>>()
        };
        bail!("devices {one} and {other} differ: {:?} / {:?}", lacks(&a, &b), lacks(&b, &a));
    }
    Ok(())
}

fn everybody_talks(story: &mut Story, devices: &[usize]) -> Result<()> {
    for device in devices {
        for chat in story.chats(*device)? {
            story.say(*device, &chat, None)?;
        }
    }
    story.world.settle()
}

fn devices(story: &mut Story, device: usize) -> Result<Vec<DeviceView>> {
    match story.world.ask(device, Command::DevicesList)? {
        Ok(Answer::Devices { devices }) => Ok(devices),
        other => bail!("no devices: {other:?}"),
    }
}

#[test]
fn a_linked_device_has_everything_and_is_equal() -> Result<()> {
    let mut story = Story::begin(1, 3)?;
    everybody_talks(&mut story, &[0, 1, 2])?;
    let second = story.link(0)?;
    story.world.settle()?;
    same_history(&mut story, 0, second)?;
    ensure!(shown(&mut story, second)?.len() > 6, "there is nothing to compare");
    everybody_talks(&mut story, &[0, 1, 2, second])?;
    // A device that was linked links another.
    let third = story.link(second)?;
    story.world.settle()?;
    everybody_talks(&mut story, &[0, 1, 2, second, third])?;
    same_history(&mut story, 0, third)?;
    let names: Vec<String> =
        devices(&mut story, 0)?.into_iter().map(|device| device.name).collect();
    ensure!(names.contains(&"Device 3".to_string()) && names.contains(&"Device 4".to_string()));
    let seen = devices(&mut story, third)?.into_iter().all(|d| d.last_seen_day.is_some());
    ensure!(seen, "when devices were seen is not told");
    // Contacts are told.
    let told =
        |event: &(usize, Event)| event.0 == 1 && matches!(event.1, Event::DeviceLinked { .. });
    ensure!(story.world.told.iter().any(told), "a contact was not told");
    let said = story.said();
    check(&mut story.world, &said)
}

#[test]
fn what_a_person_does_on_one_device_shows_on_the_others() -> Result<()> {
    let mut story = Story::begin(2, 2)?;
    everybody_talks(&mut story, &[0, 1])?;
    let pin = |story: &mut Story, device, pinned| -> Result<()> {
        let chat_id = story.group(device)?.chat_id.text();
        let flags = ChatFlags {
            chat_id,
            pinned: Some(pinned),
            archived: None,
            muted_until: Some(9_000_000_000_000),
            unread: Some(pinned),
        };
        story.world.command(device, Command::SetFlags(flags))?;
        Ok(())
    };
    let star = |story: &mut Story, device, message_id: MessageId, starred| -> Result<()> {
        let message_id = message_id.text();
        story.world.command(device, Command::Star { message_id, starred })?;
        Ok(())
    };
    let starred = |story: &mut Story, device, id: MessageId| -> Result<bool> {
        let row = story.world.device(device)?.read(|tx| Ok(tx.message(&id)?))?;
        Ok(row.context("the message")?.starred)
    };
    let texts = shown(&mut story, 0)?.into_iter().filter(|row| row.kind == Kind::Text);
    let [one, other] = texts.map(|row| row.message_id).take(2).collect::<Vec<_>>()[..] else {
        bail!("two texts")
    };
    star(&mut story, 0, one, true)?;
    pin(&mut story, 0, true)?;
    let second = story.link(0)?;
    story.world.settle()?;
    ensure!(starred(&mut story, second, one)?, "the star did not come along");
    ensure!(!starred(&mut story, second, other)?, "there is a star too many");
    star(&mut story, second, one, false)?;
    star(&mut story, second, other, true)?;
    story.world.settle()?;
    ensure!(!starred(&mut story, 0, one)?, "the star did not go");
    ensure!(starred(&mut story, 0, other)?, "the star did not come back");
    // At once on both: they agree.
    star(&mut story, 0, one, true)?;
    star(&mut story, 0, one, false)?;
    star(&mut story, second, one, true)?;
    story.world.settle()?;
    ensure!(starred(&mut story, 0, one)? == starred(&mut story, second, one)?);
    let group = story.group(second)?;
    ensure!(group.pinned && group.muted_until == 9_000_000_000_000, "marks did not come along");
    ensure!(group.marked_unread, "the mark of what is unread did not come along");
    pin(&mut story, second, false)?;
    let chat_id = story.group(second)?.chat_id.text();
    story
        .world
        .command(second, Command::SetDraft { chat_id: chat_id.clone(), text: "later".into() })?;
    let newest = shown(&mut story, second)?
        .into_iter()
        .rev()
        .find(|row| row.chat_id == group.chat_id && !row.mine);
    let newest = newest.context("a message")?;
    let up_to = newest.message_id.text();
    story.world.command(second, Command::MarkRead { chat_id, up_to })?;
    story.world.settle()?;
    let there = story.group(0)?;
    ensure!(!there.pinned && there.draft == "later", "marks did not come back: {there:?}");
    ensure!(there.read_position >= newest.position, "reading did not come back");
    ensure!(!there.marked_unread, "what was read is still marked as unread");
    // At once on both: the later one in the order of the own devices counts on both.
    pin(&mut story, 0, true)?;
    pin(&mut story, second, false)?;
    story.world.settle()?;
    ensure!(story.group(0)?.pinned == story.group(second)?.pinned, "devices disagree");
    Ok(())
}

/// Whether the bytes of a device's database have a text anywhere.
fn holds(story: &mut Story, device: usize, text: &str) -> Result<bool> {
    let bytes = story.world.device(device)?.snapshot()?;
    Ok(bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[test]
fn a_removed_device_reads_nothing_sent_later() -> Result<()> {
    // By another device, either way round, and by itself.
    for (seed, remover, removes_itself) in [(3, 0, false), (4, 3, false), (5, 3, true)] {
        let mut story = Story::begin(seed, 3)?;
        let second = story.link(0)?;
        story.world.settle()?;
        everybody_talks(&mut story, &[0, 1, 2, second])?;
        let removed = if remover == 0 || removes_itself { second } else { 0 };
        let id = devices(&mut story, removed)?.into_iter().find(|device| device.current);
        let device_id = id.context("the current device")?.device_id;
        ensure!(holds(&mut story, removed, "of 1")?, "a text cannot be found that is there");
        story
            .world
            .ask(remover, Command::DevicesRemove { device_id })?
            .map_err(|f| anyhow::anyhow!("{f:?}"))?;
        story.world.settle()?;
        let kept: Vec<usize> = [0, 1, 2, second].into_iter().filter(|d| *d != removed).collect();
        everybody_talks(&mut story, &kept)?;
        ensure!(story.world.device(removed)?.revoked()?, "the device does not know");
        // Neither messages nor keys are left, and their bytes are overwritten.
        ensure!(shown(&mut story, removed)?.is_empty(), "it has messages");
        ensure!(story.world.device(removed)?.user()?.is_none(), "it has an account");
        for left in ["of 1", "of 2", "Person 0", "All"] {
            ensure!(!holds(&mut story, removed, left)?, "{left:?} is left in the database");
        }
        let answer = story.world.ask(removed, Command::ContactsList)?;
        ensure!(answer.is_err_and(|failure| failure.code == Code::Revoked));
        // The profile is good for something new.
        let created = story.world.ask(removed, create("Somebody new", None))?;
        ensure!(created.is_ok(), "{created:?}");
        for device in &kept {
            let chat_id = story.group(*device)?.chat_id.text();
            let Ok(Answer::ChatInfo(info)) =
                story.world.ask(*device, Command::ChatInfo { chat_id })?
            else {
                bail!("no chat info")
            };
            ensure!(
                info.members.iter().all(|member| member.devices == 1),
                "a leaf is left: {info:?}"
            );
        }
        let said = story.said();
        check(&mut story.world, &said)?;
    }
    Ok(())
}

#[test]
fn linking_survives_crashes_and_a_bad_network() -> Result<()> {
    for seed in 0..12 {
        let mut story = Story::begin(seed, 2)?;
        everybody_talks(&mut story, &[0, 1])?;
        let second = story.link(0)?;
        // From the confirmation on, anything may happen.
        story.world.faults = Faults {
            breaks: 20,
            slow: 20,
            crash_before: 25,
            crash_after: 25,
            restart: 50,
            reload: 200,
            clock: 10,
            relay_crash: 5,
            ..Faults::default()
        };
        for round in 0..10 {
            story.world.run_until(story.world.now() + 2000)?;
            for device in [0, 1] {
                let chat = story.group(device)?;
                if round % 3 == device {
                    story.say(device, &chat, None)?;
                }
            }
        }
        story.world.settle()?;
        ensure!(story.world.device(second)?.user()?.is_some(), "seed {seed}: never linked");
        same_history(&mut story, 0, second).with_context(|| format!("seed {seed}"))?;
        let said = story.said();
        check(&mut story.world, &said).with_context(|| format!("seed {seed}"))?;
    }
    Ok(())
}

#[test]
fn a_history_from_before_a_removal_brings_no_chat_back() -> Result<()> {
    let mut story = Story::begin(9, 2)?;
    everybody_talks(&mut story, &[0, 1])?;
    let second = story.link(1)?;
    while story.world.device(second)?.user()?.is_none() {
        ensure!(story.world.go_on()?, "the new device has no account");
    }
    // The history is on its way until it is out of date.
    story.world.intercept(Box::new(|device, frame| match &frame {
        Frame::Up(up) if device == 1 && matches!(up.request, Some(Request::DirectPost(_))) => {
            Vec::new()
        }
        _ => vec![frame],
    }));
    story.world.run_until(story.world.now() + 60_000)?;
    let chat_id = story.group(0)?.chat_id;
    let members = vec!["person1".into()];
    let remove = Command::RemoveMembers { chat_id: chat_id.text(), members };
    let removed = story.world.ask(0, remove)?;
    ensure!(removed.is_ok(), "{removed:?}");
    story.world.run_until(story.world.now() + 60_000)?;
    story.world.be_honest();
    story.world.settle()?;
    for device in [1, second] {
        let chat = story.world.device(device)?.read(|tx| Ok(tx.chat(&chat_id)?))?;
        ensure!(chat.is_some_and(|chat| chat.left), "device {device} takes itself for a member");
    }
    let said = story.said();
    check(&mut story.world, &said)
}
