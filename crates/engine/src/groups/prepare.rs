//! Looking at an intent: what is missing is asked for, then the commit is made.

use super::tend::Care;
use super::{Progress, Wish, rules};
use crate::net::Purpose;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_mls::{Change, Group, GroupView, Member};
use parlor_store::groups::{GroupRow, Status};
use parlor_store::intents::{IntentRow, Taken};
use parlor_view::{Code, Failure};
use parlor_wire::content::{ChatKind, Departure, GroupState, Policy, RoleKind};
use parlor_wire::limits::MAX_ADDS_PER_COMMIT;
use parlor_wire::relay::{
    self, KeyPackageTake, QueueOpen, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{DeviceId, Message, QueueId, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// Whose key packages an intent needs.
pub(super) struct Want {
    pub user: UserId,
    /// Of these devices; of all that are active, when none is named.
    pub devices: Vec<DeviceId>,
}

impl Want {
    fn all(user: UserId) -> Self {
        Self { user, devices: Vec::new() }
    }
}

fn users(ids: &[Vec<u8>]) -> Result<Vec<UserId>> {
    ids.iter().map(|id| UserId::try_from(id).map_err(EngineError::from)).collect()
}

impl Step<'_, '_> {
    pub(super) fn found(&mut self, intent: &IntentRow) -> Result<Progress> {
        let Some(row) = self.tx.group(&intent.group_id)? else {
            return Ok(Progress::Failed(Self::not_a_member()));
        };
        if row.status == Status::Active {
            return Ok(Progress::Done);
        }
        if self.bundle_under_way(&row.group_id)? {
            return Ok(Progress::Waits);
        }
        let wish = wish(intent)?;
        let me = self.me()?;
        let mut wants: Vec<Want> = users(&wish.add)?.into_iter().map(Want::all).collect();
        let devices = self.other_own_devices()?;
        if !devices.is_empty() {
            wants.push(Want { user: me, devices });
        }
        let queue_ready = self.queue_ready(&row.queue_id);
        if let Some(progress) = self.packages_ready(intent, &wants)? {
            return Ok(progress);
        }
        if !queue_ready {
            return Ok(Progress::Waits);
        }
        let mut state = GroupState {
            version: 1,
            kind: wish.kind,
            title: wish.title.clone().unwrap_or_default(),
            creator: me.to_vec(),
            policy: Some(Policy { add_members: 0, edit_info: 1, send_messages: 1 }),
            info_key: self.random::<32>().to_vec(),
            founded_at: self.now,
            ..GroupState::default()
        };
        if state.kind() == ChatKind::Group {
            rules::set_role(&mut state, &me, RoleKind::Owner);
        }
        let packages = self.tx.taken(intent.id)?;
        // What an earlier, unfinished try left behind would be in the way.
        if let Some(old) = self.take_group(&row.group_id)? {
            self.mls(|mls| old.delete(mls))??;
        }
        let group = self.mls(|mls| Group::create(mls, row.group_id, row.queue_id, &state))??;
        let change = Change { refresh: packages.is_empty(), ..Change::default() };
        self.commit(intent, row, group, change, &packages)?;
        Ok(Progress::Waits)
    }

    pub(super) fn change(&mut self, intent: &IntentRow) -> Result<Progress> {
        let row = match self.tx.group(&intent.group_id)? {
            Some(row) if row.status != Status::Gone => row,
            _ => return Ok(Progress::Failed(Self::not_a_member())),
        };
        if row.status != Status::Active
            || self.bundle_under_way(&row.group_id)?
            || row.wait_epoch > row.epoch
            || row.refused.is_some()
        {
            return Ok(Progress::Waits);
        }
        let Some(group) = self.take_group(&row.group_id)? else {
            self.group_is_stale(&row.group_id)?;
            return Ok(Progress::Waits);
        };
        let view = group.view()?;
        self.put_group(group);
        let wish = wish(intent)?;
        let present: BTreeSet<UserId> =
            view.members.iter().map(|member| member.leaf.user).collect();
        let adding: Vec<UserId> =
            users(&wish.add)?.into_iter().filter(|user| !present.contains(user)).collect();
        let removing: BTreeSet<UserId> = users(&wish.remove)?.into_iter().collect();
        let readding = match intent.attempts {
            0 => self.lost_leaves(&view, &wish)?,
            _ => Vec::new(),
        };
        // Whatever is changed, what a look at the leaves says is done along with it.
        let care = self.care(&row, &view)?;
        let remove: Vec<u32> = view
            .members
            .iter()
            .filter(|member| {
                removing.contains(&member.leaf.user)
                    || readding.iter().any(|lost| lost.index == member.index)
                    || care.revoked.contains(&member.index)
            })
            .map(|member| member.index)
            .collect();
        let mut state = wished_state(&view, &wish)?;
        let refresh = wish.refresh && intent.attempts == 0;
        let cares = wish.tend && !care.is_nothing();
        let wanted = !removing.is_disjoint(&present) || !readding.is_empty();
        if adding.is_empty() && !wanted && state == view.state && !refresh && !cares {
            return Ok(Progress::Done);
        }
        if !remove.is_empty() {
            state.departures = departures(&view, &wish);
        }
        if let Some(problem) = self.not_allowed(&view, &adding, &removing, &state)? {
            return Ok(Progress::Failed(problem));
        }
        let wants = self.wants(&wish, &adding, &readding, &care)?;
        if let Some(progress) = self.packages_ready(intent, &wants)? {
            return Ok(progress);
        }
        if !remove.is_empty() {
            for user in &removing {
                rules::set_role(&mut state, user, RoleKind::Member);
            }
            state.info_key = self.random::<32>().to_vec();
        }
        let packages = self.packages_for(intent, &view, &wants, &remove)?;
        let queue = if cares { care.new_queue } else { None };
        if let Some(queue) = queue
            && !self.queue_ready(&queue)
        {
            return Ok(Progress::Waits);
        }
        if packages.is_empty()
            && remove.is_empty()
            && state == view.state
            && !refresh
            && queue.is_none()
        {
            // Devices that have left no key packages are looked at again later.
            let later = self.now + super::tend::LATER;
            self.tx.touch_intent(intent.id, later, intent.attempts + 1)?;
            let me = self.me()?;
            self.engine.net.without_packages.remove(&(intent.id, me));
            return Ok(Progress::Waits);
        }
        let Some(group) = self.take_group(&row.group_id)? else { return Ok(Progress::Waits) };
        let state = (state != view.state).then_some(state);
        let change = Change { remove, state, refresh, queue, ..Change::default() };
        self.commit(intent, row, group, change, &packages)?;
        Ok(Progress::Waits)
    }

    /// Packages that are here for an intent and still of use: somebody else may have brought a device in.
    fn packages_for(
        &self,
        intent: &IntentRow,
        view: &GroupView,
        wants: &[Want],
        remove: &[u32],
    ) -> Result<Vec<Taken>> {
        let mut packages = self.tx.taken(intent.id)?;
        packages.retain(|taken| {
            let there = |m: &&Member| m.leaf.user == taken.user && m.leaf.device == taken.device;
            let old = view.members.iter().find(there);
            wants.iter().any(|want| want.user == taken.user)
                && old.is_none_or(|old| remove.contains(&old.index))
        });
        Ok(packages)
    }

    /// The leaves of devices that lost the group's state and asked to be added again.
    fn lost_leaves(&self, view: &GroupView, wish: &Wish) -> Result<Vec<Member>> {
        let people = users(&wish.readd)?;
        let named = |member: &&Member| {
            let device = member.leaf.device.to_vec();
            people.contains(&member.leaf.user)
                && (wish.readd_devices.is_empty() || wish.readd_devices.contains(&device))
        };
        Ok(view.members.iter().filter(named).cloned().collect())
    }

    fn wants(
        &self,
        wish: &Wish,
        adding: &[UserId],
        readding: &[Member],
        care: &Care,
    ) -> Result<Vec<Want>> {
        let mut wants: Vec<Want> = adding.iter().copied().map(Want::all).collect();
        let mut devices: BTreeMap<UserId, Vec<DeviceId>> = BTreeMap::new();
        for lost in readding {
            devices.entry(lost.leaf.user).or_default().push(lost.leaf.device);
        }
        for (user, device) in &care.returning {
            devices.entry(*user).or_default().push(*device);
        }
        if wish.tend && !care.missing.is_empty() {
            devices.entry(self.me()?).or_default().extend_from_slice(&care.missing);
        }
        wants.extend(devices.into_iter().map(|(user, devices)| Want { user, devices }));
        Ok(wants)
    }

    /// The same rules that all others will check, before anything leaves.
    fn not_allowed(
        &self,
        view: &GroupView,
        adding: &[UserId],
        removing: &BTreeSet<UserId>,
        state: &GroupState,
    ) -> Result<Option<Failure>> {
        let me = self.me()?;
        let mine = rules::role(&view.state, &me);
        let policy = view.state.policy.unwrap_or_default();
        let refused = |text: &str| Ok(Some(Failure::new(Code::Refused, text)));
        if !adding.is_empty() && !rules::allows(policy.add_members(), mine) {
            return refused("You may not add people to this group.");
        }
        for user in removing {
            let theirs = rules::role(&view.state, user);
            let fair = rules::departs(view, state, user)
                || mine != RoleKind::Member && mine as i32 > theirs as i32;
            if !fair {
                return refused("You may not remove this person.");
            }
        }
        // Departures belong to the removal, which was looked at above.
        let departures = view.state.departures.clone();
        let rest = GroupState { departures, ..state.clone() };
        if rest != view.state {
            let Some(own) = view.members.iter().find(|member| member.leaf.user == me) else {
                return Ok(Some(Self::not_a_member()));
            };
            let changes = parlor_mls::Changes {
                committer: parlor_mls::Committer::Member(own.clone()),
                added: Vec::new(),
                removed: Vec::new(),
                updated: Vec::new(),
                state: Some(rest),
                removes_me: false,
            };
            let facts = rules::Facts { revoked: &|_| false };
            if rules::check(view, &changes, &facts).is_err() {
                return refused("You may not change that in this group.");
            }
        }
        Ok(None)
    }

    /// Whether the own queue is known to the relay; asks it to open it otherwise.
    pub(super) fn queue_ready(&mut self, queue: &QueueId) -> bool {
        if self.engine.net.queues_open.contains(queue) {
            return true;
        }
        let asked = |p: &Purpose| matches!(p, Purpose::Queue { queue: of } if of == queue);
        if !self.engine.net.asked(asked) {
            let open = QueueOpen { queue_ids: vec![queue.to_vec()], post_key: Vec::new() };
            self.request(Request::QueueOpen(open), Purpose::Queue { queue: *queue });
        }
        false
    }

    /// `None`: a key package of every active device of these people is here. Otherwise it was asked for.
    fn packages_ready(&mut self, intent: &IntentRow, wants: &[Want]) -> Result<Option<Progress>> {
        let taken = self.tx.taken(intent.id)?;
        if taken.len() > MAX_ADDS_PER_COMMIT {
            let failure = Failure::new(Code::TooLarge, "That is too many devices at once.");
            return Ok(Some(Progress::Failed(failure)));
        }
        let mut ready = true;
        for Want { user, devices } in wants {
            if !self.engine.net.logs_fetched.contains(user) {
                self.fetch_log(user)?;
                ready = false;
            } else if !taken.iter().any(|taken| taken.user == *user)
                && !self.engine.net.without_packages.contains(&(intent.id, *user))
            {
                ready = false;
                let asked = |p: &Purpose| matches!(p, Purpose::Take { intent: of, user: whose } if *of == intent.id && whose == user);
                if !self.engine.net.asked(asked) {
                    let (number, times) = (intent.id.to_be_bytes(), intent.attempts.to_be_bytes());
                    let seed = [&intent.group_id.0[..], &number, &times, &user.0];
                    let request_id = crate::contacts::short_hash(&seed).to_vec();
                    let device_ids = devices.iter().map(|device| device.to_vec()).collect();
                    let request = KeyPackageTake { request_id, user_id: user.to_vec(), device_ids };
                    let purpose = Purpose::Take { intent: intent.id, user: *user };
                    self.request(Request::KeyPackageTake(request), purpose);
                }
            }
        }
        Ok((!ready).then_some(Progress::Waits))
    }

    pub fn taken(
        &mut self,
        intent: i64,
        user: &UserId,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let Some(row) = self.tx.intent(intent)? else { return Ok(()) };
        let failure = match result {
            Ok(Outcome::KeyPackagesTaken(packages)) => {
                self.keep_packages(intent, user, packages)?
            }
            Ok(_) => Some(Failure::new(Code::Internal, "The server answered something else.")),
            Err(failure) if failure.code() == relay::Code::RateLimited => {
                let due = self.now + failure.retry_after.max(500);
                self.tx.touch_intent(intent, due, row.attempts)?;
                return Ok(());
            }
            Err(failure) => Some(self.relay_failure(&failure)),
        };
        match failure {
            None => self.advance = true,
            Some(failure) => {
                if row.kind == super::FOUND {
                    self.tx.delete_chat(&row.chat_id)?;
                }
                self.end_intent(intent, Some(failure))?;
            }
        }
        Ok(())
    }

    /// Checks key packages against their owner's device log and keeps them.
    fn keep_packages(
        &mut self,
        intent: i64,
        user: &UserId,
        packages: relay::KeyPackagesTaken,
    ) -> Result<Option<Failure>> {
        let log = self.log(user)?.ok_or(EngineError::Damaged("a device log is missing"))?;
        let unknown = |package: &relay::DeviceKeyPackage| {
            DeviceId::try_from(&package.device_id).is_ok_and(|id| log.device(&id).is_none())
        };
        // A device newer than the log that is here: the log is fetched and the packages asked for once more.
        if packages.devices.iter().any(unknown)
            && self.engine.net.packages_again.insert((intent, *user))
        {
            self.engine.net.logs_fetched.remove(user);
            return Ok(None);
        }
        let mut found = 0;
        for package in packages.devices {
            let device = DeviceId::try_from(&package.device_id)?;
            let parsed = self.mls(|mls| mls.parse_key_package(&package.key_package))?;
            let genuine = parsed.is_ok_and(|claim| {
                let leaf = &claim.joiner.leaf;
                let known = log.active_device(&device);
                leaf.user == *user
                    && leaf.device == device
                    && claim.joiner.queue.0 == package.queue_id.as_slice()
                    && known.is_some_and(|known| known.key == leaf.key)
            });
            if !genuine {
                let text = "The server gave a key that is not this person's. Nothing was sent.";
                return Ok(Some(Failure::new(Code::VerificationFailed, text)));
            }
            let taken = Taken {
                user: *user,
                device,
                key_package: package.key_package,
                queue: QueueId::try_from(&package.queue_id)?,
            };
            self.tx.add_taken(intent, &taken)?;
            found += 1;
        }
        if found > 0 {
            return Ok(None);
        }
        if *user == self.me()? {
            // The own other devices follow later.
            self.engine.net.without_packages.insert((intent, *user));
            return Ok(None);
        }
        let none = Failure::new(Code::NotFound, "This person has no device that can be reached.");
        Ok(Some(none))
    }

    /// A device log that was asked for does not exist or does not hold.
    pub fn log_missing(&mut self, user: &UserId, failure: &Failure) -> Result<()> {
        self.joins_come_to_nothing(user)?;
        for intent in self.tx.intents()? {
            let wish = wish(&intent)?;
            if wish.add.iter().any(|id| id.as_slice() == user.as_bytes()) {
                if intent.kind == super::FOUND {
                    self.tx.delete_chat(&intent.chat_id)?;
                }
                self.end_intent(intent.id, Some(failure.clone()))?;
            }
        }
        Ok(())
    }

    /// A fresh group row for a chat that is being founded.
    pub fn founding_row(
        &mut self,
        chat: parlor_store::chats::ChatId,
        group: parlor_wire::GroupId,
    ) -> Result<()> {
        let row = GroupRow {
            group_id: group,
            chat_id: chat,
            queue_id: QueueId(self.random()),
            status: Status::Founding,
            epoch: 0,
            info_key: Vec::new(),
            created_at: 0,
            last_seq: 0,
            wait_epoch: 0,
            refused: None,
            profile_sent: -1,
            refreshed_at: self.now,
        };
        self.tx.set_group(&row)?;
        self.tx.set_queue(&row.queue_id, Some(&row.group_id))?;
        Ok(())
    }
}

/// What a wish shows of people who asked to be taken out, as far as it holds.
fn departures(view: &GroupView, wish: &Wish) -> Vec<Departure> {
    let shown = GroupState { departures: wish.departures.clone(), ..GroupState::default() };
    let mut departures = shown.departures.clone();
    departures.retain(|departure| {
        UserId::try_from(&departure.user_id).is_ok_and(|user| rules::departs(view, &shown, &user))
    });
    departures
}

pub(super) fn wish(intent: &IntentRow) -> Result<Wish> {
    Wish::decode(intent.body.as_slice()).map_err(|_| EngineError::Damaged("an intent"))
}

fn wished_state(view: &GroupView, wish: &Wish) -> Result<GroupState> {
    let mut state = view.state.clone();
    if let Some(title) = &wish.title {
        state.title.clone_from(title);
    }
    if let Some(description) = &wish.description {
        state.description.clone_from(description);
    }
    let mut policy = state.policy.unwrap_or_default();
    for (wanted, field) in [
        (wish.add_members, &mut policy.add_members),
        (wish.edit_info, &mut policy.edit_info),
        (wish.send_messages, &mut policy.send_messages),
    ] {
        *field = wanted.unwrap_or(*field);
    }
    state.policy = Some(policy);
    if let Some(link) = &wish.join_link {
        state.join_link = Some(link.clone()).filter(|link| !link.queue_id.is_empty());
    }
    // Who was removed has the link, and is not to come back by it unasked.
    if let Some(link) = state.join_link.as_mut().filter(|_| !wish.remove.is_empty()) {
        link.approve |= wish.departures.is_empty();
    }
    for role in &wish.roles {
        rules::set_role(&mut state, &UserId::try_from(&role.user_id)?, role.role());
    }
    Ok(state)
}
