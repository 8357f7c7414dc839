//! A relay that lies: what it keeps back, repeats, swaps, invents and denies. Clients notice, refuse, say so, and
//! are whole again once it is honest.

use anyhow::{Context, Result, bail, ensure};
use parlor_sim::{Frame, Story, check};
use parlor_store::messages::Kind;
use parlor_view::{ChatTitle, Command};
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::{
    Accepted, ClientFrame, Code, Failure, Goodbye, GoodbyeReason, ItemKind, MailboxItem, Reply,
    ServerFrame, reply, server_frame::Body,
};
use parlor_wire::{GroupId, MessageId, UserId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

const VICTIM: usize = 1;

fn say(story: &mut Story, device: usize) -> Result<()> {
    let chat = story.group(device)?;
    story.say(device, &chat, None)?;
    story.world.run_until(story.world.now() + 5_000)
}

/// Ids of the texts that a device has in the group of all, in their order.
fn texts(story: &mut Story, device: usize) -> Result<Vec<MessageId>> {
    let chat = story.group(device)?.chat_id;
    let rows = story.world.device(device)?.read(|tx| Ok(tx.history(&chat, None, 10_000)?))?;
    Ok(rows.iter().filter(|row| row.kind == Kind::Text).map(|row| row.message_id).collect())
}

fn notices(story: &mut Story, device: usize, code: &str) -> Result<usize> {
    let chat = story.group(device)?.chat_id;
    let rows = story.world.device(device)?.read(|tx| Ok(tx.history(&chat, None, 10_000)?))?;
    let has = |body: &[u8]| body.windows(code.len()).any(|bytes| bytes == code.as_bytes());
    Ok(rows.iter().filter(|row| row.kind == Kind::Notice && has(&row.body)).count())
}

/// Everybody has everything that was said in the group, once and in one order.
fn whole(story: &mut Story, said: usize) -> Result<()> {
    let first = texts(story, 0)?;
    ensure!(first.len() == said, "{} of {said} texts", first.len());
    for device in 1..story.people.len() {
        let other = texts(story, device)?;
        ensure!(
            other == first,
            "device {device} has {} of {said} texts, or another order",
            other.len()
        );
    }
    let said = story.said();
    check(&mut story.world, &said)
}

/// Changes the items that are delivered to one device.
fn items(
    story: &mut Story,
    device: usize,
    mut change: impl FnMut(&mut Vec<MailboxItem>) + 'static,
) {
    story.world.intercept(Box::new(move |to, mut frame| {
        if let Frame::Down(down) = &mut frame
            && to == device
            && let Some(Body::Deliver(deliver)) = &mut down.body
        {
            change(&mut deliver.items);
        }
        vec![frame]
    }));
}

/// Changes what one device is answered.
fn answers(story: &mut Story, device: usize, mut change: impl FnMut(&mut reply::Result) + 'static) {
    story.world.intercept(Box::new(move |to, mut frame| {
        if let Frame::Down(down) = &mut frame
            && to == device
            && let Some(Body::Reply(reply)) = &mut down.body
            && let Some(result) = &mut reply.result
        {
            change(result);
        }
        vec![frame]
    }));
}

#[test]
fn posts_kept_back_are_noticed_and_come_in_the_end() -> Result<()> {
    // One, and several in a row; counted on as if nothing had been.
    for kept in [1, 3] {
        let mut story = Story::begin(kept, 3)?;
        say(&mut story, 0)?;
        let left = Rc::new(RefCell::new(kept));
        let (state, mut sent) = (left.clone(), BTreeSet::new());
        let mut missing = BTreeMap::<Vec<u8>, u64>::new();
        story.world.intercept(Box::new(move |device, mut frame| {
            match &mut frame {
                Frame::Up(ClientFrame { request: Some(Request::Post(post)), .. })
                    if device == 0 =>
                {
                    sent.insert(post.payload.clone());
                }
                Frame::Down(ServerFrame { body: Some(Body::Deliver(deliver)) })
                    if device == VICTIM =>
                {
                    deliver.items.retain_mut(|item| {
                        let count = missing.entry(item.queue_id.clone()).or_default();
                        if *state.borrow() > 0 && sent.contains(&item.payload) {
                            *state.borrow_mut() -= 1;
                            *count += 1;
                            return false;
                        }
                        item.group_seq -= *count;
                        true
                    });
                }
                _ => {}
            }
            vec![frame]
        }));
        for _ in 0..kept {
            say(&mut story, 0)?;
        }
        ensure!(*left.borrow() == 0, "nothing was kept back");
        ensure!(texts(&mut story, VICTIM)?.len() == 1, "it came after all");
        // The next thing that the sender says gives it away.
        say(&mut story, 0)?;
        story.world.settle()?;
        whole(&mut story, kept as usize + 2).with_context(|| format!("{kept} kept back"))?;
    }
    Ok(())
}

#[test]
fn a_post_taken_and_thrown_away_is_noticed() -> Result<()> {
    let mut story = Story::begin(4, 3)?;
    say(&mut story, 0)?;
    let mut left = 1;
    let time = story.world.now();
    story.world.intercept(Box::new(move |from, frame| match frame {
        Frame::Up(ClientFrame { id, request: Some(Request::Post(post)) })
            if from == 0 && left > 0 && !post.ephemeral =>
        {
            left -= 1;
            let accepted = Accepted { group_seq: 0, time: time + 10, epoch: post.epoch };
            let result = Some(reply::Result::Accepted(accepted));
            vec![Frame::Down(ServerFrame { body: Some(Body::Reply(Reply { id, result })) })]
        }
        other => vec![other],
    }));
    say(&mut story, 0)?;
    story.world.be_honest();
    story.world.settle()?;
    ensure!(texts(&mut story, 1)?.len() == 1, "it came after all");
    say(&mut story, 0)?;
    story.world.settle()?;
    for device in 0..3 {
        ensure!(texts(&mut story, device)?.len() == 3, "device {device} lacks a text");
    }
    Ok(())
}

#[test]
fn what_comes_again_counts_once() -> Result<()> {
    let mut story = Story::begin(5, 3)?;
    let seen = Rc::new(RefCell::new(Vec::<MailboxItem>::new()));
    let state = seen.clone();
    // Everything that ever came comes again with everything that comes, under new numbers.
    let mut next = 1_000_000;
    items(&mut story, VICTIM, move |items| {
        let mut seen = state.borrow_mut();
        let fresh = std::mem::take(items);
        for item in seen.iter().chain(&fresh) {
            next += 1;
            items.push(MailboxItem { sequence: next, ..item.clone() });
        }
        seen.extend(fresh);
    });
    for device in [0, 2, 0] {
        say(&mut story, device)?;
    }
    ensure!(seen.borrow().len() > 3, "nothing came again");
    ensure!(texts(&mut story, VICTIM)?.len() == 3, "not what was said");
    Ok(())
}

#[test]
fn posts_in_another_order_are_all_read() -> Result<()> {
    let mut story = Story::begin(6, 3)?;
    let mut kept: Option<MailboxItem> = None;
    items(&mut story, VICTIM, move |items| {
        let mut out = Vec::new();
        for item in items.drain(..) {
            if item.kind() != ItemKind::Post {
                out.push(item);
                continue;
            }
            match kept.take() {
                None => kept = Some(item),
                Some(first) => {
                    let later = MailboxItem { sequence: first.sequence, ..item.clone() };
                    out.extend([later, MailboxItem { sequence: item.sequence, ..first }]);
                }
            }
        }
        *items = out;
    });
    for _ in 0..4 {
        say(&mut story, 0)?;
    }
    story.world.be_honest();
    say(&mut story, 0)?;
    story.world.settle()?;
    whole(&mut story, 5)
}

#[test]
fn a_group_shown_two_histories_comes_together_again() -> Result<()> {
    for seed in 7..10 {
        let mut story = Story::begin(seed, 3)?;
        for device in 0..3 {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        story.world.fork([2]);
        story.world.run_until(story.world.now() + 10_000)?;
        // Both sides go on, each with a commit of its own in the same epoch.
        for (device, title) in [(0, "Here"), (2, "There")] {
            let chat_id = story.group(device)?.chat_id.text();
            let wish = ChatTitle { chat_id, title: Some(title.into()), description: None };
            story.world.command(device, Command::SetTitle(wish))?;
        }
        story.world.run_until(story.world.now() + 10_000)?;
        say(&mut story, 0)?;
        say(&mut story, 2)?;
        ensure!(texts(&mut story, 2)? != texts(&mut story, 0)?, "they were not apart");
        story.world.be_honest();
        story.world.run_until(story.world.now() + 20_000)?;
        for device in [0, 2] {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        for device in [0, 2, 1] {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        for device in 0..3 {
            let count = texts(&mut story, device)?.len();
            ensure!(count == 10, "seed {seed}: device {device} has {count} of 10 texts");
        }
        ensure!(notices(&mut story, 2, "parted")? == 1, "seed {seed}: nobody was told");
    }
    Ok(())
}

/// The title of the group as a device has it.
fn title(story: &mut Story, device: usize) -> Result<String> {
    Ok(story.group(device)?.title)
}

#[test]
fn a_swapped_key_package_adds_nobody() -> Result<()> {
    let mut story = Story::begin(11, 4)?;
    // Whoever asks for the packages of person 3 gets those of person 2.
    let packages = Rc::new(RefCell::new(None));
    let theirs = packages.clone();
    let victim = *story.people.get(3).context("a person")?;
    let chat_id = story.group(0)?.chat_id.text();
    let remove = Command::RemoveMembers { chat_id: chat_id.clone(), members: vec![victim.text()] };
    story.world.ask(0, remove)?.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    story.world.settle()?;
    let mut asked = BTreeMap::new();
    let other = *story.people.get(2).context("a person")?;
    story.world.intercept(Box::new(move |device, frame| match frame {
        Frame::Up(ClientFrame { id, request: Some(Request::KeyPackageTake(mut take)) })
            if device == 0 && take.user_id == victim.to_vec() =>
        {
            take.user_id = other.to_vec();
            take.device_ids.clear();
            asked.insert(id, ());
            *theirs.borrow_mut() = Some(());
            vec![Frame::Up(ClientFrame { id, request: Some(Request::KeyPackageTake(take)) })]
        }
        other => vec![other],
    }));
    let add = Command::AddMembers { chat_id, members: vec![victim.text()] };
    let answer = story.world.ask_in_vain(0, add)?;
    ensure!(packages.borrow().is_some(), "no packages were asked for");
    ensure!(!matches!(answer, Some(Ok(_))), "somebody was added: {answer:?}");
    let group = story.group(0)?.group.context("a group")?;
    let members = story.world.device(0)?.read(|tx| Ok(tx.members(&group)?))?;
    ensure!(members.len() == 3 && members.iter().all(|member| member.devices == 1), "{members:?}");
    Ok(())
}

#[test]
fn forged_device_logs_are_refused() -> Result<()> {
    #[derive(Debug, Clone, Copy)]
    enum Lie {
        Altered,
        Foreign,
        Unsigned,
    }
    for lie in [Lie::Altered, Lie::Foreign, Lie::Unsigned] {
        let mut story = Story::begin(12, 3)?;
        let mine = log(&mut story, 2)?;
        answers(&mut story, 0, move |result| {
            if let reply::Result::LogEntries(entries) = result
                && !entries.entries.is_empty()
            {
                match lie {
                    Lie::Altered => {
                        for entry in &mut entries.entries {
                            if let Some(byte) = entry.last_mut() {
                                *byte ^= 1;
                            }
                        }
                    }
                    Lie::Foreign => entries.entries = mine.clone(),
                    Lie::Unsigned => {
                        for entry in &mut entries.entries {
                            entry.truncate(entry.len() - 66);
                        }
                    }
                }
            }
        });
        // Person 1 links a device while the relay lies to device 0 about it.
        let second = story.link(1)?;
        story.world.run_until(story.world.now() + 60_000)?;
        say(&mut story, second)?;
        let known = known_devices(&mut story, 0, 1)?;
        ensure!(known == 1, "{lie:?}: device 0 believes in {known} devices");
        story.world.be_honest();
        story.world.settle()?;
        say(&mut story, second)?;
        story.world.settle()?;
        let known = known_devices(&mut story, 0, 1)?;
        ensure!(known == 2, "{lie:?}: device 0 knows {known} devices in the end");
        ensure!(texts(&mut story, 0)?.len() == 2, "{lie:?}: texts are missing");
        let said = story.said();
        check(&mut story.world, &said).with_context(|| format!("{lie:?}"))?;
    }
    Ok(())
}

fn log(story: &mut Story, device: usize) -> Result<Vec<Vec<u8>>> {
    let user = *story.people.get(device).context("a person")?;
    story.world.device(device)?.read(|tx| Ok(tx.log_entries(&user)?))
}

fn known_devices(story: &mut Story, device: usize, person: usize) -> Result<usize> {
    let user: UserId = *story.people.get(person).context("a person")?;
    story.world.device(device)?.read(|tx| Ok(tx.log_entries(&user)?.len()))
}

#[test]
fn an_epoch_that_never_was_stops_nothing_for_good() -> Result<()> {
    let mut story = Story::begin(13, 3)?;
    let mut left = 3;
    answers(&mut story, 0, move |result| {
        if matches!(result, reply::Result::Accepted(_)) && left > 0 {
            left -= 1;
            let code = Code::WrongEpoch.into();
            *result =
                reply::Result::Failure(Failure { code, current_epoch: 999, ..Failure::default() });
        }
    });
    say(&mut story, 0)?;
    story.world.run_until(story.world.now() + 60_000)?;
    story.world.be_honest();
    story.world.settle()?;
    say(&mut story, 0)?;
    story.world.settle()?;
    let one = texts(&mut story, 1)?;
    ensure!(one.len() == 2, "{} of 2 texts", one.len());
    Ok(())
}

#[test]
fn commits_kept_back_are_made_up_for() -> Result<()> {
    let mut story = Story::begin(14, 3)?;
    say(&mut story, 0)?;
    story.world.settle()?;
    items(&mut story, VICTIM, |items| items.retain(|item| item.kind() != ItemKind::Commit));
    let chat_id = story.group(0)?.chat_id.text();
    let wish = ChatTitle { chat_id, title: Some("After".into()), description: None };
    story.world.command(0, Command::SetTitle(wish))?;
    story.world.run_until(story.world.now() + 5_000)?;
    ensure!(title(&mut story, VICTIM)? == "All", "the commit came");
    say(&mut story, 0)?;
    story.world.be_honest();
    story.world.settle()?;
    say(&mut story, 0)?;
    story.world.settle()?;
    ensure!(title(&mut story, VICTIM)? == "After", "an old title");
    whole(&mut story, 3)
}

#[test]
fn a_group_of_another_name_is_not_joined() -> Result<()> {
    let mut story = Story::begin(15, 3)?;
    // The relay announces every welcome as one to a group that the device is in already.
    let known: GroupId = story.group(VICTIM)?.group.context("a group")?;
    items(&mut story, VICTIM, move |items| {
        for item in items.iter_mut().filter(|item| item.kind() == ItemKind::Welcome) {
            item.group_id = known.to_vec();
        }
    });
    let before = story.chats(VICTIM)?.len();
    let members = vec!["person1".to_owned(), "person2".to_owned()];
    let wish = Command::CreateGroup { title: "Another".into(), members };
    if let Err(failure) = story.world.ask(0, wish)? {
        bail!("{failure:?}");
    }
    story.world.run_until(story.world.now() + 10_000)?;
    ensure!(story.chats(VICTIM)?.len() == before, "it joined under another name");
    ensure!(title(&mut story, VICTIM)? == "All", "the group it was in has changed");
    Ok(())
}

#[test]
fn a_relay_that_calls_a_device_revoked_deletes_nothing() -> Result<()> {
    for seed in 0..3 {
        let mut story = Story::begin(seed, 3)?;
        for device in 0..3 {
            say(&mut story, device)?;
        }
        story.world.settle()?;
        // It says so at the end of a connection and whenever the device comes back, and shows the log as it is, none
        // at all, or somebody else's.
        let (asked, kind) = (Rc::new(RefCell::new(0_u32)), seed);
        let count = Rc::clone(&asked);
        story.world.intercept(Box::new(move |device, frame| match frame {
            Frame::Down(ServerFrame { body: Some(Body::Reply(reply)) }) if device == VICTIM => {
                let result = match reply.result {
                    Some(reply::Result::Done(_)) if reply.id > 0 => {
                        *count.borrow_mut() += 1;
                        let code = Code::Revoked.into();
                        Some(reply::Result::Failure(Failure { code, ..Failure::default() }))
                    }
                    Some(reply::Result::LogEntries(mut log)) => {
                        match kind {
                            0 => {}
                            1 => log.entries.clear(),
                            _ => log.entries = vec![vec![1, 2, 3]],
                        }
                        Some(reply::Result::LogEntries(log))
                    }
                    other => other,
                };
                vec![Frame::Down(ServerFrame {
                    body: Some(Body::Reply(Reply { result, ..reply })),
                })]
            }
            other => vec![other],
        }));
        let goodbye = Goodbye { reason: GoodbyeReason::Revoked.into(), reconnect_after: 0 };
        story.world.tell_device(VICTIM, Body::Goodbye(goodbye))?;
        story.world.run_until(story.world.now() + 120_000)?;
        ensure!(*asked.borrow() > 1, "seed {seed}: the device did not come back");
        ensure!(!story.world.device(VICTIM)?.revoked()?, "seed {seed}: it believed");
        ensure!(texts(&mut story, VICTIM)?.len() == 3, "seed {seed}: messages are gone");
        story.world.be_honest();
        say(&mut story, VICTIM)?;
        story.world.settle()?;
        whole(&mut story, 4)?;
    }
    Ok(())
}
