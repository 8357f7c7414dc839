//! Being brought into a group.

use super::Done;
use crate::groups::{Happened, RecordingJudge, rules};
use crate::net::Purpose;
use crate::step::Step;
use crate::{Result, contacts};
use parlor_mls::{GroupView, JoinError, Joined};
use parlor_store::chats::Chat;
use parlor_store::groups::{GroupRow, Status};
use parlor_wire::content::{ChatKind, RoleKind};
use parlor_wire::relay::{MailboxItem, MailboxStat, QueueClose, client_frame::Request};
use parlor_wire::{GroupId, MessageId, QueueId, UserId};
use std::cell::RefCell;
use std::collections::BTreeSet;

impl Step<'_, '_> {
    pub(super) fn welcome(&mut self, queue: &QueueId, item: &MailboxItem) -> Result<Done> {
        let Ok(announced) = GroupId::try_from(&item.group_id) else { return Ok(Done::Processed) };
        // What still waits of the same group, through another queue, came before: perhaps our removal.
        if let Some(row) = self.tx.group(&announced)?
            && self.tx.is_parked(&row.queue_id)?
            && row.queue_id != *queue
        {
            return Ok(Done::Needs(BTreeSet::new()));
        }
        // A key package was used up: see whether the relay needs more.
        if !self.engine.net.asked(|purpose| matches!(purpose, Purpose::Stat))
            && self.engine.net.online()
        {
            self.request(Request::MailboxStat(MailboxStat {}), Purpose::Stat);
        }
        // Who adds this device again after it lost its state replaces what is left of it.
        if let Some(old) = self.tx.group(&announced)?.filter(|old| old.status == Status::Stale)
            && let Some(state) = self.take_group(&old.group_id)?
        {
            self.mls(|mls| state.delete(mls))??;
        }
        let judge =
            RecordingJudge { inner: self.judge_for_everybody()?, unknown: RefCell::default() };
        let joined = self.mls(|mls| parlor_mls::join(mls, &item.payload, &announced, &judge))?;
        match joined {
            Ok(joined) => {
                self.joined(queue, item, joined)?;
                Ok(Done::Processed)
            }
            Err(JoinError::Refused(_)) => {
                let mut unknown = judge.unknown.take();
                let net = &self.engine.net;
                unknown.retain(|user| !net.log_is_fresh_for(item.sequence, user));
                if unknown.is_empty() { Ok(Done::Processed) } else { Ok(Done::Needs(unknown)) }
            }
            Err(_) => Ok(Done::Processed),
        }
    }

    fn judge_for_everybody(&self) -> Result<crate::groups::DeviceJudge> {
        let people: Vec<UserId> =
            self.tx.people()?.into_iter().map(|person| person.user_id).collect();
        let with_logs = self.tx.log_owners()?;
        self.judge(people.into_iter().chain(with_logs))
    }

    fn joined(&mut self, queue: &QueueId, item: &MailboxItem, joined: Joined) -> Result<()> {
        let Joined { group, inviter } = joined;
        let view = group.view()?;
        let inviter = inviter.leaf.user;
        let Some(chat_id) = self.chat_for(&view, &inviter)? else {
            // Blocked, or not what it says it is: the queue is closed, and nothing of it is shown.
            self.mls(|mls| group.delete(mls))??;
            let close = QueueClose { queue_ids: vec![queue.to_vec()] };
            self.request(Request::QueueClose(close), Purpose::Nothing);
            return Ok(());
        };
        let mut row = GroupRow {
            group_id: view.id,
            chat_id,
            queue_id: *queue,
            status: Status::Active,
            epoch: view.epoch,
            info_key: view.state.info_key.clone(),
            created_at: item.time,
            last_seq: item.group_seq,
            wait_epoch: 0,
            refused: None,
            profile_sent: -1,
            refreshed_at: 0,
        };
        let back = self.tx.group(&view.id)?.is_some_and(|old| old.status == Status::Stale);
        self.follow_anew(&view.id, back)?;
        self.tx.set_queue(queue, Some(&view.id))?;
        self.tx.set_group(&row)?;
        let happened = Happened { by: inviter, position: item.time };
        let before = back.then_some(&view);
        self.group_moved(&mut row, &group, before, &happened)?;
        self.put_group(group);
        self.tx.tend(&row.group_id)?;
        self.ask_again(&row)
    }

    /// The chat that a group is for, made if it is new. `None`: not wanted.
    fn chat_for(&mut self, view: &GroupView, inviter: &UserId) -> Result<Option<MessageId>> {
        let me = self.me()?;
        let person = self.tx.person(inviter)?;
        if person.blocked {
            return Ok(None);
        }
        let mut people: Vec<UserId> = view.members.iter().map(|member| member.leaf.user).collect();
        people.sort();
        people.dedup();
        let (chat_id, peer) = match view.state.kind() {
            ChatKind::Direct => {
                let [a, b] = people.as_slice() else { return Ok(None) };
                let peer = if *a == me { *b } else { *a };
                (contacts::direct_chat_id(a, b), Some(peer))
            }
            ChatKind::Group => {
                let creator = UserId::try_from(&view.state.creator).ok();
                let owned =
                    people.iter().any(|user| rules::role(&view.state, user) == RoleKind::Owner);
                if creator.is_none() || !owned && people.len() > 1 && view.epoch == 1 {
                    return Ok(None);
                }
                (contacts::group_chat_id(&view.id), None)
            }
            ChatKind::Self_ if people == [me] => (contacts::self_chat_id(&me), None),
            _ => return Ok(None),
        };
        if self.tx.chat(&chat_id)?.is_none() {
            let mut chat = Chat::new(chat_id, view.state.kind, self.now);
            chat.peer = peer;
            chat.group = Some(view.id);
            // Who asked to be let in is in.
            let queue = view.state.join_link.as_ref().map(|link| QueueId::try_from(&link.queue_id));
            let asked = match queue {
                Some(Ok(queue)) => self.tx.take_own_join(&queue)?,
                _ => false,
            };
            chat.requested = !person.accepted && !asked;
            self.tx.set_chat(&chat)?;
            if chat.requested {
                self.touch_request(chat_id);
            }
        }
        Ok(Some(chat_id))
    }
}
