//! Polls: whoever looks sees the same votes, when things come late, to a new device and out of the backup.

use anyhow::{Context, Result, bail, ensure};
use parlor_sim::{Story, check};
use parlor_view::{Answer, Command, MessageView, PollView};
use serde_json::{Value, json};

fn ask(story: &mut Story, device: usize, method: &str, params: Value) -> Result<Answer> {
    match story.world.ask(device, Command::parse(method, params)?)? {
        Ok(answer) => Ok(answer),
        Err(failure) => bail!("{method}: {failure:?}"),
    }
}

/// A poll in the group of all; its id.
fn poll(story: &mut Story, device: usize, multiple: bool) -> Result<String> {
    let chat_id = story.group(device)?.chat_id.text();
    let options = ["Heron", "Crane", "Stork"];
    let poll = json!({"question": "Which bird?", "options": options, "multiple": multiple});
    let sent = ask(story, device, "messages.send", json!({"chat_id": chat_id, "poll": poll}))?;
    let Answer::Message { message_id } = sent else { bail!("nothing was sent") };
    Ok(message_id)
}

fn vote(story: &mut Story, device: usize, id: &str, options: &[u32]) -> Result<()> {
    ask(story, device, "messages.vote", json!({"message_id": id, "options": options})).map(drop)
}

fn close(story: &mut Story, device: usize, id: &str) -> Result<()> {
    ask(story, device, "messages.close_poll", json!({"message_id": id})).map(drop)
}

fn message(story: &mut Story, device: usize, id: &str) -> Result<MessageView> {
    let chat_id = story.group(device)?.chat_id.text();
    match ask(story, device, "messages.history", json!({"chat_id": chat_id, "limit": 200}))? {
        Answer::Messages { messages } => {
            messages.into_iter().find(|one| one.message_id == id).context("no such message")
        }
        other => bail!("no messages: {other:?}"),
    }
}

/// Whom each answer is of, as a device shows it, by the numbers of their devices.
fn votes(story: &mut Story, device: usize, id: &str) -> Result<Vec<Vec<usize>>> {
    let poll = shown(story, device, id)?;
    let number = |user: &String| {
        story.people.iter().position(|person| person.text() == *user).unwrap_or(usize::MAX)
    };
    let numbers = poll.options.iter().map(|option| {
        let mut numbers: Vec<usize> = option.voters.iter().map(number).collect();
        numbers.sort_unstable();
        numbers
    });
    Ok(numbers.collect())
}

fn shown(story: &mut Story, device: usize, id: &str) -> Result<PollView> {
    message(story, device, id)?.poll.context("no poll")
}

/// Those who are connected hear of everything.
fn a_moment(story: &mut Story) -> Result<()> {
    let end = story.world.now() + 60_000;
    story.world.run_until(end)
}

#[test]
fn the_last_vote_counts_until_the_end() -> Result<()> {
    let mut story = Story::begin(21, 3)?;
    let id = poll(&mut story, 0, false)?;
    story.world.settle()?;
    vote(&mut story, 1, &id, &[0])?;
    vote(&mut story, 2, &id, &[0])?;
    story.world.settle()?;
    vote(&mut story, 1, &id, &[2])?;
    vote(&mut story, 2, &id, &[])?;
    story.world.settle()?;
    for device in 0..3 {
        ensure!(votes(&mut story, device, &id)? == [vec![], vec![], vec![1]], "{device}");
    }
    for (device, options) in [(1, vec![3]), (1, vec![0, 1]), (1, vec![1, 1])] {
        let command =
            Command::parse("messages.vote", json!({"message_id": id, "options": options}))?;
        ensure!(story.world.ask(device, command)?.is_err(), "{options:?} were taken");
    }
    let command = Command::parse("messages.close_poll", json!({"message_id": id}))?;
    ensure!(story.world.ask(1, command)?.is_err(), "somebody else closed it");

    // 0 ends it without a network; what the others do before that arrives counts, what they do later does not.
    story.world.go_offline(0, None)?;
    close(&mut story, 0, &id)?;
    ensure!(shown(&mut story, 0, &id)?.closed);
    vote(&mut story, 2, &id, &[1])?;
    a_moment(&mut story)?;
    story.world.go_offline(1, None)?;
    vote(&mut story, 1, &id, &[0])?;
    ensure!(votes(&mut story, 1, &id)? == [vec![1], vec![2], vec![]]);
    story.world.go_online(0)?;
    a_moment(&mut story)?;
    ensure!(votes(&mut story, 0, &id)? == [vec![], vec![2], vec![1]]);
    story.world.go_online(1)?;
    story.world.settle()?;
    for device in 0..3 {
        let poll = shown(&mut story, device, &id)?;
        ensure!(poll.closed && poll.voters == 2, "{device}: {poll:?}");
        ensure!(votes(&mut story, device, &id)? == [vec![], vec![2], vec![1]], "{device}");
        let command = Command::parse("messages.vote", json!({"message_id": id, "options": [0]}))?;
        ensure!(story.world.ask(device, command)?.is_err(), "{device} voted after the end");
    }
    ensure!(shown(&mut story, 1, &id)?.mine == [2]);
    ensure!(message(&mut story, 1, &id)?.edited_at.is_none());
    let said = story.said();
    check(&mut story.world, &said)
}

#[test]
fn votes_come_with_the_history_and_out_of_the_backup() -> Result<()> {
    let mut story = Story::begin(22, 3)?;
    let (open, over) = (poll(&mut story, 1, true)?, poll(&mut story, 0, false)?);
    story.world.settle()?;
    vote(&mut story, 0, &open, &[2, 0])?;
    vote(&mut story, 1, &open, &[1])?;
    vote(&mut story, 2, &over, &[1])?;
    story.world.settle()?;
    close(&mut story, 0, &over)?;
    story.world.settle()?;
    // The vote and the device are on their way at the same time.
    story.world.go_offline(0, None)?;
    vote(&mut story, 2, &open, &[0])?;
    a_moment(&mut story)?;
    story.world.go_online(0)?;
    let linked = story.link(0)?;
    story.world.settle()?;
    vote(&mut story, linked, &open, &[1])?;
    story.world.settle()?;
    let expected = [vec![2], vec![0, 1], vec![]];
    for device in [0, 1, 2, linked] {
        ensure!(votes(&mut story, device, &open)? == expected, "{device}");
        ensure!(votes(&mut story, device, &over)? == [vec![], vec![2], vec![]], "{device}");
        ensure!(shown(&mut story, device, &over)?.closed, "{device}");
    }
    let Answer::RecoveryCode { code } = ask(&mut story, 2, "backup.code", json!({}))? else {
        bail!("no code");
    };
    story.world.go_offline(2, None)?;
    story.world.lose_device(2)?;
    let new = story.world.add_device()?;
    let params = json!({"server": "http://relay.invalid", "code": code.text()});
    ask(&mut story, new, "account.restore", params)?;
    story.world.settle()?;
    for device in [0, 1, new, linked] {
        ensure!(votes(&mut story, device, &open)? == expected, "{device}");
        ensure!(shown(&mut story, device, &over)?.closed, "{device}");
    }
    ensure!(shown(&mut story, new, &open)?.mine == [0]);
    vote(&mut story, new, &open, &[2])?;
    story.world.settle()?;
    ensure!(votes(&mut story, 1, &open)? == [vec![], vec![0, 1], vec![2]]);
    let said = story.said();
    check(&mut story.world, &said)
}
