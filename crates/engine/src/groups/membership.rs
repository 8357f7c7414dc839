//! After a merge: members, roles and title of a group become rows and notices.

use super::rules;
use crate::notice::Notice;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_mls::{Group, GroupView};
use parlor_store::groups::{GroupRow, MemberRow, Status};
use parlor_store::outbox::Kind;
use parlor_wire::UserId;
use parlor_wire::content::{ChatKind, MemberName, MemberNames, content::Body};
use std::collections::BTreeMap;

/// Who did it, and when in the chat's order.
pub struct Happened {
    pub by: UserId,
    pub position: u64,
}

fn devices(view: &GroupView) -> BTreeMap<UserId, u32> {
    let mut devices = BTreeMap::new();
    for member in &view.members {
        *devices.entry(member.leaf.user).or_insert(0) += 1;
    }
    devices
}

impl Step<'_, '_> {
    /// Brings the rows in step with a group that has just moved to a new epoch. `before` is its view before,
    /// or nothing when this device has just come in.
    pub fn group_moved(
        &mut self,
        row: &mut GroupRow,
        group: &Group,
        before: Option<&GroupView>,
        happened: &Happened,
    ) -> Result<()> {
        let view = group.view()?;
        row.epoch = view.epoch;
        row.status = Status::Active;
        row.refused = None;
        if row.wait_epoch <= row.epoch {
            row.wait_epoch = 0;
        }
        row.info_key.clone_from(&view.state.info_key);
        if view.state.founded_at > 0 {
            row.created_at = view.state.founded_at;
        }
        let now_in = devices(&view);
        let known = self.tx.members(&row.group_id)?;
        for (user, count) in &now_in {
            let old = known.iter().find(|member| member.user_id == *user);
            let member = MemberRow {
                user_id: *user,
                devices: *count,
                joined: old.map_or(happened.position, |old| old.joined),
                leaving: old.is_some_and(|old| old.leaving),
                delivered: old.map_or(happened.position, |old| old.delivered),
                read: old.map_or(happened.position, |old| old.read),
            };
            self.tx.set_member(&row.group_id, &member)?;
        }
        let gone: Vec<&MemberRow> =
            known.iter().filter(|member| !now_in.contains_key(&member.user_id)).collect();
        for member in &gone {
            self.tx.delete_member(&row.group_id, &member.user_id)?;
        }
        let new: Vec<UserId> = now_in
            .keys()
            .filter(|user| !known.iter().any(|member| member.user_id == **user))
            .copied()
            .collect();
        if !new.is_empty() {
            row.profile_sent = -1;
        }
        self.tx.set_group(row)?;
        self.chat_moved(row, &view)?;
        if view.state.kind() == ChatKind::Group {
            self.group_notices(row, &view, before, happened, &new, &gone)?;
        }
        if let Some(before) = before {
            self.device_notices(row, &view, before, happened)?;
        }
        if happened.by == self.me()? && before.is_some() && !new.is_empty() {
            self.tell_names(row, &view)?;
        }
        self.states_move(&row.chat_id)?;
        self.pump.insert(row.chat_id);
        self.advance = true;
        self.touch_chat(row.chat_id);
        Ok(())
    }

    /// A person who was in has a device more: their contacts are told.
    fn device_notices(
        &mut self,
        row: &GroupRow,
        view: &GroupView,
        before: &GroupView,
        happened: &Happened,
    ) -> Result<()> {
        let me = self.me()?;
        for member in &view.members {
            let user = member.leaf.user;
            let was_in = before.members.iter().any(|old| old.leaf.user == user);
            let known = before
                .members
                .iter()
                .any(|old| (old.leaf.user, old.leaf.device) == (user, member.leaf.device));
            if user == me || !was_in || known {
                continue;
            }
            let (user_id, device_id) = (user.text(), member.leaf.device.text());
            self.out.events.push(parlor_view::Event::DeviceLinked { user_id, device_id });
            let log = self.log(&user)?;
            let device = log.as_ref().and_then(|log| log.device(&member.leaf.device));
            let restored = device.is_some_and(|device| device.by_recovery);
            let code = if restored { "restored" } else { "device_added" };
            let notice = Notice::new(code, user, Some(user), "");
            self.add_notice(&row.chat_id, &row.group_id, view.epoch, happened.position, notice)?;
        }
        Ok(())
    }

    fn chat_moved(&mut self, row: &GroupRow, view: &GroupView) -> Result<()> {
        let mut chat =
            self.tx.chat(&row.chat_id)?.ok_or(EngineError::Damaged("a group without a chat"))?;
        chat.title.clone_from(&view.state.title);
        // Two people may have founded a group for each other at once: the newest carries the chat, at both.
        let newest = self
            .tx
            .groups_of_chat(&row.chat_id)?
            .into_iter()
            .filter(|group| group.status != Status::Gone)
            .max_by_key(|group| (group.created_at, group.group_id))
            .map(|group| group.group_id);
        chat.group = newest.or(Some(row.group_id));
        chat.left = false;
        self.tx.set_chat(&chat)?;
        Ok(())
    }

    fn group_notices(
        &mut self,
        row: &GroupRow,
        view: &GroupView,
        before: Option<&GroupView>,
        happened: &Happened,
        new: &[UserId],
        gone: &[&MemberRow],
    ) -> Result<()> {
        let me = self.me()?;
        let at = |code: &str, subject: Option<UserId>, text: &str| {
            Notice::new(code, happened.by, subject, text)
        };
        let mut notices = Vec::new();
        match before {
            None if view.epoch == 1 => notices.push(at("created", None, &view.state.title)),
            // Brought in by another device of this account: nobody came.
            None if happened.by == me => {}
            None => notices.push(at("added", Some(me), "")),
            Some(before) if before.epoch == 0 => {
                notices.push(at("created", None, &view.state.title))
            }
            Some(before) => {
                for user in new {
                    self.tx.drop_join_request(&row.group_id, user)?;
                }
                notices.extend(new.iter().map(|user| at("added", Some(*user), "")));
                notices.extend(gone.iter().map(|member| {
                    let left = rules::departs(before, &view.state, &member.user_id);
                    let code = if left { "left" } else { "removed" };
                    at(code, Some(member.user_id), "")
                }));
                if before.state.join_link != view.state.join_link {
                    self.links_moved(&row.group_id, &view.state)?;
                }
                if before.state.title != view.state.title {
                    notices.push(at("title", None, &view.state.title));
                }
                if before.state.description != view.state.description {
                    notices.push(at("description", None, &view.state.description));
                }
                if before.state.policy != view.state.policy {
                    notices.push(at("policy", None, ""));
                }
                for member in devices(view).keys() {
                    let (old, new) =
                        (rules::role(&before.state, member), rules::role(&view.state, member));
                    if old != new {
                        let name = crate::project::role_name(new);
                        notices.push(at("role", Some(*member), name));
                    }
                }
            }
        }
        for notice in notices {
            self.add_notice(&row.chat_id, &row.group_id, view.epoch, happened.position, notice)?;
        }
        Ok(())
    }

    /// Tells newcomers the names of those who may stay silent.
    fn tell_names(&mut self, row: &GroupRow, view: &GroupView) -> Result<()> {
        if view.state.kind() != ChatKind::Group {
            return Ok(());
        }
        let me = self.me()?;
        let mut members = Vec::new();
        for user in devices(view).into_keys().filter(|user| *user != me) {
            let person = self.tx.person(&user)?;
            if !person.name().is_empty() && members.len() < 200 {
                let display_name = person.name().to_string();
                members.push(MemberName { user_id: user.to_vec(), display_name });
            }
        }
        let names = Body::MemberNames(MemberNames { members });
        self.enqueue(&row.chat_id, Kind::Other, names)?;
        Ok(())
    }

    /// This device is not in the group any more.
    pub fn group_gone(
        &mut self,
        row: &mut GroupRow,
        by: UserId,
        position: u64,
        epoch: u64,
    ) -> Result<()> {
        let me = self.me()?;
        let leaving = self.tx.member(&row.group_id, &me)?.is_some_and(|member| member.leaving);
        row.status = Status::Gone;
        self.tx.set_group(row)?;
        self.tx.delete_bundle(&row.group_id)?;
        self.tx.delete_member(&row.group_id, &me)?;
        for intent in
            self.tx.intents()?.into_iter().filter(|intent| intent.group_id == row.group_id)
        {
            self.end_intent(intent.id, Some(Self::not_a_member()))?;
        }
        if let Some(mut chat) = self.tx.chat(&row.chat_id)?
            && chat.group == Some(row.group_id)
        {
            chat.left = true;
            self.tx.set_chat(&chat)?;
            self.fail_outbox(&row.chat_id)?;
            if !leaving && chat.kind == ChatKind::Group as i32 {
                let notice = Notice::new("removed", by, Some(me), "");
                self.add_notice(&row.chat_id, &row.group_id, epoch, position, notice)?;
            }
        }
        self.touch_chat(row.chat_id);
        Ok(())
    }
}
