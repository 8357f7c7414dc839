//! What has to be true when all is quiet.
//!
//! For every group: one epoch for the relay and all members; the same members, and the same texts in the same
//! order with the same edits and reactions, from the place on where the later of two members came in; every
//! text that was promised is there once; whoever was removed has nothing from after that. For every device:
//! nothing is left to be sent or to be made true, nothing failed, nothing is unreadable.

use crate::world::World;
use anyhow::{Context, Result, bail, ensure};
use parlor_relay_core::Read;
use parlor_store::files::{FileRow, Remote};
use parlor_store::groups::Status;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_store::votes::PollAct;
use parlor_view::{Code, Command, SaveAttachment};
use parlor_wire::content::{Attachment, ChatKind, Text as SaidText};
use parlor_wire::{GroupId, Message, MessageId, UserId};
use std::collections::BTreeMap;

/// A text whose sender got an answer.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// By which device.
    pub device: usize,
    /// Its id.
    pub message: MessageId,
}

/// What one device has of one group that carries a chat.
struct View {
    device: usize,
    user: UserId,
    status: Status,
    epoch: u64,
    direct: bool,
    members: BTreeMap<UserId, u64>,
    /// Devices of all members.
    leaves: usize,
    history: Vec<Shown>,
}

/// A message, and what others did to it.
struct Shown {
    row: MessageRow,
    reactions: Vec<(String, UserId)>,
    /// The last vote of everybody that counts, and where the poll ended.
    votes: (BTreeMap<UserId, Vec<u8>>, Option<u64>),
}

/// Every device that shows a file can have it, and it is what was sent. `files` has what was sent, by name.
pub fn check_files(world: &mut World, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    for device in 0..world.devices.len() {
        if world.device(device)?.user()?.is_none() || world.device(device)?.revoked()? {
            continue;
        }
        let shown = world.device(device)?.read(|tx| {
            let mut shown = Vec::new();
            for chat in tx.chats()? {
                for row in tx.history(&chat.chat_id, None, 100_000)? {
                    let sent = row.kind == Kind::Text && row.state != State::Failed;
                    let attachments = attachments(&row).into_iter().filter(|_| sent);
                    shown.extend(
                        (0u32..).zip(attachments).map(|(at, one)| (row.message_id, at, one)),
                    );
                }
            }
            Ok(shown)
        })?;
        for (message, index, one) in shown {
            let (message_id, path) = (message.text(), format!("{} {index}", message.text()));
            let wish = SaveAttachment { message_id, index, path: path.clone() };
            let mut answer = world.ask(device, Command::SaveAttachment(wish.clone()))?;
            if answer.as_ref().is_err_and(|failure| failure.code == Code::Expired) {
                // Whoever sent it has been asked.
                world.settle()?;
                answer = world.ask(device, Command::SaveAttachment(wish))?;
            }
            ensure!(answer.is_ok(), "device {device} cannot have {}: {answer:?}", one.name);
            let saved = world.saved.get(&(device, path));
            ensure!(saved == files.get(&one.name), "device {device} has another {}", one.name);
        }
    }
    Ok(())
}

fn attachments(row: &MessageRow) -> Vec<Attachment> {
    SaidText::decode(row.body.as_slice()).map(|text| text.attachments).unwrap_or_default()
}

/// Checks a settled world.
pub fn check(world: &mut World, said: &[Said]) -> Result<()> {
    let mut views: BTreeMap<GroupId, Vec<View>> = BTreeMap::new();
    for device in 0..world.devices.len() {
        if world.device(device)?.user()?.is_none() || world.device(device)?.revoked()? {
            continue;
        }
        idle(world, device)?;
        for (group, view) in look(world, device)? {
            views.entry(group).or_default().push(view);
        }
    }
    for (group, views) in &views {
        let epoch = world.relay_store.group(group)?.context("a group unknown to the relay")?.epoch;
        same_group(epoch, views).context("group")?;
        removed_know_nothing(views)?;
        promises(views, said)?;
    }
    Ok(())
}

fn idle(world: &mut World, device: usize) -> Result<()> {
    let now = world.now;
    world.device(device)?.read(|tx| {
        let outbox = tx.outbox_len()?;
        ensure!(outbox == 0, "device {device} has {outbox} entries left to send");
        let due: Vec<_> = tx.intents()?.into_iter().filter(|intent| intent.due_at <= now).collect();
        ensure!(due.is_empty(), "device {device} has intents left: {due:?}");
        ensure!(tx.parked()?.is_empty(), "device {device} has parked items");
        ensure!(tx.bundles()?.is_empty(), "device {device} has a commit under way");
        ensure!(tx.transfers()?.is_empty(), "device {device} has not given all of its history");
        let tended = tx.to_tend(1)?.is_empty();
        let moves = |file: &FileRow| !matches!(file.remote, Remote::Ready | Remote::Expired);
        let moving = tx.files_to_move()?.into_iter().filter(moves).count();
        ensure!(moving == 0, "device {device} has {moving} files left to move");
        ensure!(tx.unused_files()?.is_empty(), "device {device} keeps files of no message");
        ensure!(tended, "device {device} has a group whose leaves are not as they should be");
        Ok(())
    })
}

fn look(world: &mut World, device: usize) -> Result<Vec<(GroupId, View)>> {
    let user = world.device(device)?.user()?.context("an account")?;
    world.device(device)?.read(|tx| {
        let mut views = Vec::new();
        for chat in tx.chats()? {
            let Some(id) = chat.group else { continue };
            let row = tx.group(&id)?.context("a chat without a group")?;
            let mut history = Vec::new();
            for message in tx.history(&chat.chat_id, None, 100_000)? {
                let reactions = tx.reactions(&message.message_id)?;
                let mut reactions: Vec<_> =
                    reactions.into_iter().map(|r| (r.emoji, r.user)).collect();
                reactions.sort();
                let votes = votes(&tx.poll_acts(&message.message_id)?);
                history.push(Shown { row: message, reactions, votes });
            }
            let rows = tx.members(&id)?;
            let leaving = rows.iter().any(|member| member.leaving) && rows.len() > 1;
            ensure!(
                !leaving || row.status == Status::Gone,
                "device {device} is in a group with somebody who has left"
            );
            let leaves = rows.iter().map(|member| member.devices as usize).sum();
            let members = rows.into_iter().map(|m| (m.user_id, m.joined)).collect();
            let (status, epoch) = (row.status, row.epoch);
            let direct = chat.kind == ChatKind::Direct as i32;
            let view = View { device, user, status, epoch, direct, members, leaves, history };
            views.push((id, view));
        }
        Ok(views)
    })
}

/// Counts votes, as docs/protocol/content.md has it.
fn votes(acts: &[PollAct]) -> (BTreeMap<UserId, Vec<u8>>, Option<u64>) {
    let end = acts.iter().filter(|act| act.options.is_none()).map(|act| act.at).min();
    let mut last = BTreeMap::new();
    for act in acts.iter().filter(|act| end.is_none_or(|end| act.at <= end)) {
        last.extend(act.options.clone().map(|options| (act.user, options)));
    }
    last.retain(|_, options| !options.is_empty());
    (last, end)
}

impl View {
    /// Whether this device came in after others, perhaps for the second time.
    fn came_later(&self) -> bool {
        let first = self.members.values().min();
        self.members.get(&self.user).zip(first).is_some_and(|(own, first)| own > first)
    }

    /// Texts after a place, as everybody has to have them.
    fn texts(&self, after: u64) -> Vec<Text<'_>> {
        let shown = self.history.iter().filter(|Shown { row, .. }| {
            let sent = row.state != State::Failed;
            sent && matches!(row.kind, Kind::Text | Kind::Deleted) && row.position > after
        });
        shown
            .map(|Shown { row, reactions, votes }| Text {
                id: row.message_id,
                sender: row.sender,
                deleted: row.kind == Kind::Deleted,
                text: &row.text,
                edited: row.edited_at.is_some(),
                reply_to: row.reply_to,
                files: match row.kind {
                    Kind::Text => attachments(row).into_iter().map(|one| one.hash).collect(),
                    _ => Vec::new(),
                },
                reactions,
                votes,
            })
            .collect()
    }
}

#[derive(Debug, PartialEq)]
struct Text<'a> {
    id: MessageId,
    sender: UserId,
    deleted: bool,
    text: &'a str,
    edited: bool,
    reply_to: Option<MessageId>,
    files: Vec<Vec<u8>>,
    reactions: &'a [(String, UserId)],
    votes: &'a (BTreeMap<UserId, Vec<u8>>, Option<u64>),
}

fn same_group(epoch: u64, views: &[View]) -> Result<()> {
    let active: Vec<&View> = views.iter().filter(|view| view.status == Status::Active).collect();
    for view in views {
        let device = view.device;
        ensure!(
            matches!(view.status, Status::Active | Status::Gone),
            "device {device}: {:?}",
            view.status
        );
        for Shown { row, .. } in &view.history {
            ensure!(row.kind != Kind::Unreadable, "device {device} could not read something");
            ensure!(row.kind != Kind::Unknown, "device {device} does not know something");
            if view.status == Status::Active && row.mine && row.kind == Kind::Text {
                // What was not sent before a removal stays unsent.
                let back = row.state == State::Failed && view.came_later();
                let fine =
                    back || matches!(row.state, State::Sent | State::Delivered | State::Read);
                ensure!(fine, "device {device}: own message is {:?}", row.state);
            }
        }
    }
    let Some(first) = active.first() else { return Ok(()) };
    for view in &active {
        let device = view.device;
        ensure!(view.epoch == epoch, "device {device}: epoch {}, relay {epoch}", view.epoch);
        ensure!(
            view.members.keys().eq(first.members.keys()),
            "devices {} and {device}: different members",
            first.device
        );
        ensure!(view.members.contains_key(&view.user), "device {device} is not in its own group");
    }
    ensure!(active.len() == first.leaves, "members without the group");
    for (at, one) in active.iter().enumerate() {
        for other in active.iter().skip(at + 1) {
            same_texts(one, other)?;
        }
    }
    Ok(())
}

fn same_texts(one: &View, other: &View) -> Result<()> {
    // Each knows best when it came in itself; the other saw the same commit.
    let joined = [(one, one.user), (one, other.user), (other, one.user), (other, other.user)]
        .into_iter()
        .filter_map(|(view, user)| view.members.get(&user))
        .max()
        .copied()
        .unwrap_or(0);
    // A new device gets the whole history of its account.
    let after = if one.direct || one.user == other.user { 0 } else { joined };
    let (a, b) = (one.texts(after), other.texts(after));
    if a != b {
        let at = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        bail!(
            "devices {} and {} differ: {} and {} texts, first difference at {at}: {:?} / {:?}",
            one.device,
            other.device,
            a.len(),
            b.len(),
            a.get(at),
            b.get(at)
        );
    }
    Ok(())
}

/// A member's notice about the removal says where in the order it was; the removed device has no text of
/// others from behind it.
fn removed_know_nothing(views: &[View]) -> Result<()> {
    let Some(witness) = views.iter().find(|view| view.status == Status::Active) else {
        return Ok(());
    };
    for gone in views.iter().filter(|view| view.status == Status::Gone) {
        let last =
            gone.history.iter().filter(|Shown { row, .. }| !row.mine && row.kind == Kind::Text);
        let known: Vec<MessageId> = last.map(|Shown { row, .. }| row.message_id).collect();
        let removal = witness
            .history
            .iter()
            .filter(|Shown { row, .. }| {
                row.kind == Kind::Notice && names(row, "removed", "left", &gone.user)
            })
            .map(|Shown { row, .. }| row.position)
            .max();
        let Some(removal) = removal else { continue };
        let later = witness.history.iter().filter(|Shown { row, .. }| {
            row.kind == Kind::Text && row.position > removal && known.contains(&row.message_id)
        });
        let count = later.count();
        ensure!(count == 0, "device {} read {count} texts after its removal", gone.device);
    }
    Ok(())
}

/// Whether a notice of one of two codes is about a person. Notices carry the person's bytes as they are.
fn names(row: &MessageRow, code: &str, or: &str, user: &UserId) -> bool {
    let has = |bytes: &[u8]| row.body.windows(bytes.len()).any(|window| window == bytes);
    (has(code.as_bytes()) || has(or.as_bytes())) && has(user.as_bytes())
}

/// What members were promised is in the history of each of them.
fn promises(views: &[View], said: &[Said]) -> Result<()> {
    let active = || views.iter().filter(|view| view.status == Status::Active);
    for sender in active() {
        let own = said.iter().filter(|said| said.device == sender.device);
        for promise in own {
            let found =
                sender.history.iter().find(|Shown { row, .. }| row.message_id == promise.message);
            let Some(Shown { row, .. }) =
                found.filter(|Shown { row, .. }| row.state != State::Failed)
            else {
                continue;
            };
            for view in active() {
                let joined = |of: &View| of.members.get(&view.user).copied().unwrap_or(0);
                if !view.direct && row.position <= joined(view).max(joined(sender)) {
                    continue;
                }
                let times =
                    view.history.iter().filter(|one| one.row.message_id == promise.message).count();
                ensure!(
                    times == 1,
                    "device {} has a text of device {} {times} times",
                    view.device,
                    sender.device
                );
            }
        }
    }
    Ok(())
}
