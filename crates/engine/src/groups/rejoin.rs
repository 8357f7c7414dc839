//! Coming back into a group whose state was lost: by external commit from the encrypted group info, else by
//! asking a member to add this device again.

use super::build::{open_group_info, rejoin_key, seal_rejoin};
use super::{DeviceJudge, Progress, Wish};
use crate::net::Purpose;
use crate::step::Step;
use crate::{Result, contacts};
use parlor_mls::JoinError;
use parlor_store::groups::{GroupRow, Status};
use parlor_store::intents::IntentRow;
use parlor_store::outbox::Kind;
use parlor_wire::content::{ReaddRequest, content::Body};
use parlor_wire::relay::{
    self, BundleKind, GroupInfoFetch, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{GroupId, QueueId, UserId, statement};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// How long to wait before asking to be added again once more, milliseconds.
const READD_PATIENCE: u64 = 10 * 60 * 1000;

impl Step<'_, '_> {
    pub(super) fn rejoin(&mut self, intent: &IntentRow) -> Result<Progress> {
        let row = match self.tx.group(&intent.group_id)? {
            Some(row) if row.status == Status::Stale => row,
            _ => return Ok(Progress::Done),
        };
        if self.bundle_under_way(&row.group_id)? {
            return Ok(Progress::Waits);
        }
        let Some(info) = self.engine.net.group_infos.remove(&intent.id) else {
            self.ask_for_group_info(intent, &row)?;
            return Ok(Progress::Waits);
        };
        let Some(plain) = open_group_info(&row.info_key, &row.group_id, &info.group_info) else {
            return self.ask_to_be_added(intent, &row);
        };
        let queue = QueueId(self.random());
        let judge = RecordingJudge {
            inner: self.judge_for_members(&row.group_id)?,
            unknown: RefCell::default(),
        };
        let joined =
            self.mls(|mls| parlor_mls::rejoin(mls, &plain, &row.group_id, queue, &judge))?;
        match joined {
            Ok((group, outgoing)) => {
                self.engine.groups.remove(&row.group_id);
                let old_queue = row.queue_id;
                let mut bundle = self.bundle(&row.group_id, &outgoing, &row.info_key)?;
                bundle.kind = BundleKind::Rejoin as i32;
                let commit = &outgoing.commit;
                bundle.commit =
                    seal_rejoin(&row.info_key, &row.group_id, commit, &mut *self.rng)?.into();
                bundle.queues_add = vec![queue.to_vec()];
                // A restored device was never in: there is no leaf of it, and no queue.
                if row.epoch > 0 {
                    bundle.queues_remove = vec![old_queue.to_vec()];
                }
                self.put_group(group);
                self.tx.set_queue(&queue, Some(&row.group_id))?;
                self.request(
                    Request::QueueOpen(relay::QueueOpen {
                        queue_ids: vec![queue.to_vec()],
                        post_key: Vec::new(),
                    }),
                    Purpose::Queue { queue },
                );
                self.store_bundle(intent.id, &row.group_id, bundle, &rejoin_key(&row.info_key)?)?;
                Ok(Progress::Waits)
            }
            Err(JoinError::Refused(_))
                if self.fetch_for_rejoin(intent, judge.unknown.take())? =>
            {
                Ok(Progress::Waits)
            }
            Err(_) => self.ask_to_be_added(intent, &row),
        }
    }

    /// Asks for logs that a rejoin needs, once per connection. False: they are as new as they can be.
    fn fetch_for_rejoin(&mut self, intent: &IntentRow, users: BTreeSet<UserId>) -> Result<bool> {
        const NOT_AN_ITEM: u64 = 1 << 63;
        let mut waits = false;
        for user in users {
            let key = (NOT_AN_ITEM | intent.id.unsigned_abs(), user);
            if !self.engine.net.log_is_fresh_for(key.0, &user) {
                waits = true;
                if self.fetch_log(&user)? {
                    self.engine.net.logs_fetched_for.insert(key, false);
                }
            }
        }
        Ok(waits)
    }

    fn ask_for_group_info(&mut self, intent: &IntentRow, row: &GroupRow) -> Result<()> {
        let asked =
            |p: &Purpose| matches!(p, Purpose::GroupInfo { intent: of, .. } if *of == intent.id);
        if self.engine.net.asked(asked) {
            return Ok(());
        }
        let statement = statement::group_info(&row.group_id, &self.engine.net.nonce);
        let signature = rejoin_key(&row.info_key)?.sign(&statement).to_vec();
        let request = GroupInfoFetch { group_id: row.group_id.to_vec(), signature };
        let purpose = Purpose::GroupInfo { intent: intent.id, group: row.group_id };
        self.request(Request::GroupInfoFetch(request), purpose);
        Ok(())
    }

    pub fn group_info_came(
        &mut self,
        intent: i64,
        group: &GroupId,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let (Some(intent), Some(row)) = (self.tx.intent(intent)?, self.tx.group(group)?) else {
            return Ok(());
        };
        match result {
            Ok(Outcome::GroupInfo(info)) => {
                self.engine.net.group_infos.insert(intent.id, info);
            }
            Err(failure)
                if matches!(
                    failure.code(),
                    relay::Code::RateLimited | relay::Code::Unavailable
                ) =>
            {
                let due = self.now + failure.retry_after.max(1_000);
                self.tx.touch_intent(intent.id, due, intent.attempts)?;
            }
            // The key moved on while we were away: only a member can let us in again.
            Ok(_) | Err(_) => {
                self.ask_to_be_added(&intent, &row)?;
            }
        }
        self.advance = true;
        Ok(())
    }

    /// Asks the members through their direct chats, those who may add people first.
    fn ask_to_be_added(&mut self, intent: &IntentRow, row: &GroupRow) -> Result<Progress> {
        let me = self.me()?;
        if row.epoch == 0 && self.found_again(row)? {
            return Ok(Progress::Waits);
        }
        let device_id = self.identity()?.device.to_vec();
        let request =
            Body::ReaddRequest(ReaddRequest { group_id: row.group_id.to_vec(), device_id });
        let mut asked = 0;
        // The own other devices first, if there are any.
        let own = contacts::self_chat_id(&me);
        let shared = self.tx.chat(&own)?.is_some() && !self.other_own_devices()?.is_empty();
        if shared && row.chat_id != own {
            self.enqueue(&own, Kind::Other, request.clone())?;
        }
        for member in self.tx.members(&row.group_id)? {
            let chat = contacts::direct_chat_id(&me, &member.user_id);
            let carried = self.tx.chat(&chat)?.filter(|chat| !chat.left && !chat.requested);
            // The chat with the person may be the very one that was lost.
            let known = carried.is_some_and(|chat| chat.group != Some(row.group_id));
            if member.user_id != me && known && asked < 3 {
                self.enqueue(&chat, Kind::Other, request.clone())?;
                asked += 1;
            }
        }
        self.tx.touch_intent(intent.id, self.now + READD_PATIENCE, intent.attempts + 1)?;
        Ok(Progress::Waits)
    }

    /// Somebody of a group asks to be added again.
    pub fn readd_requested(&mut self, from: &UserId, request: &ReaddRequest) -> Result<()> {
        let Ok(group) = &GroupId::try_from(&request.group_id) else { return Ok(()) };
        let Some(row) = self.tx.group(group)?.filter(|row| row.status == Status::Active) else {
            return Ok(());
        };
        let wanted = from.to_vec();
        let pending = self.tx.intents()?.iter().any(|intent| {
            intent.group_id == *group && {
                super::prepare::wish(intent).is_ok_and(|wish| {
                    wish.readd.contains(&wanted)
                        && (wish.readd_devices.is_empty()
                            || wish.readd_devices.contains(&request.device_id))
                })
            }
        });
        if self.tx.member(group, from)?.is_some() && !pending {
            let devices = Some(request.device_id.clone()).filter(|device| !device.is_empty());
            let readd_devices = devices.into_iter().collect();
            let wish = Wish { readd: vec![wanted], readd_devices, ..Wish::default() };
            self.add_intent(row.chat_id, *group, super::CHANGE, &wish, 0)?;
        }
        Ok(())
    }

    /// A judge that knows the logs of a group's people as far as they are here.
    pub fn judge_for_members(&self, group: &GroupId) -> Result<DeviceJudge> {
        let users: Vec<UserId> =
            self.tx.members(group)?.into_iter().map(|member| member.user_id).collect();
        self.judge(users)
    }

    pub fn judge(&self, users: impl IntoIterator<Item = UserId>) -> Result<DeviceJudge> {
        let mut judge = DeviceJudge { logs: Default::default() };
        for user in users {
            if let Some(log) = self.log(&user)? {
                judge.logs.insert(user, log);
            }
        }
        Ok(judge)
    }
}

/// Notes whose logs were missing, so that they can be fetched.
pub struct RecordingJudge {
    pub inner: DeviceJudge,
    pub unknown: RefCell<BTreeSet<UserId>>,
}

impl parlor_mls::Judge for RecordingJudge {
    fn leaf(&self, leaf: &parlor_mls::LeafClaim) -> Result<(), parlor_mls::Refusal> {
        let log = self.inner.logs.get(&leaf.user);
        if log.is_none_or(|log| log.device(&leaf.device).is_none()) {
            self.unknown.borrow_mut().insert(leaf.user);
        }
        self.inner.leaf(leaf)
    }

    fn changes(
        &self,
        group: &parlor_mls::GroupView,
        changes: &parlor_mls::Changes,
    ) -> Result<(), parlor_mls::Refusal> {
        self.inner.changes(group, changes)
    }
}
