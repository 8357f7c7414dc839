//! Commits, in the place that the relay gave them.

use super::Done;
use crate::Result;
use crate::content::Said;
use crate::groups::{CHANGE, Wish, open_rejoin, rules};
use crate::net::Purpose;
use crate::notice::Notice;
use crate::step::Step;
use parlor_mls::{Committer, Group, LeafClaim, Received, StagedCommit};
use parlor_store::groups::{GroupRow, Status};
use parlor_wire::content::{Departure, GroupState, Leave};
use parlor_wire::relay::{ItemKind, MailboxItem, Nack, client_frame::Request};
use parlor_wire::{Hash, UserId, statement};
use std::collections::BTreeSet;

/// So that not everybody removes a person who leaves at once, each waits for its turn, milliseconds.
const TURN: u64 = 2000;

impl Step<'_, '_> {
    pub(super) fn commit_came(&mut self, mut row: GroupRow, item: &MailboxItem) -> Result<Done> {
        let hash = parlor_wire::hash(&item.payload);
        let own = self.tx.bundle(&row.group_id)?.filter(|bundle| bundle.commit_hash == hash);
        if let Some(bundle) = own {
            self.count(&mut row, item)?;
            self.own_commit(row, item, bundle.intent_id)?;
            return Ok(Done::Processed);
        }
        if row.status == Status::Stale {
            // A rejoin made from an older group info has lost: it begins again.
            if self.tx.bundle(&row.group_id)?.is_some() {
                self.drop_bundle(&row.group_id)?;
                self.advance = true;
            }
            self.count(&mut row, item)?;
            return Ok(Done::Processed);
        }
        if item.epoch < row.epoch || row.status == Status::Founding {
            return Ok(Done::Processed);
        }
        let Some(mut group) = self.take_group(&row.group_id)? else {
            self.count(&mut row, item)?;
            self.group_is_stale(&row.group_id)?;
            return Ok(Done::Processed);
        };
        let rejoin = (item.kind() == ItemKind::Rejoin)
            .then(|| open_rejoin(&row.info_key, &row.group_id, &item.payload));
        let commit = rejoin.map_or(Some(item.payload.to_vec()), |opened| opened);
        let received = commit.map(|commit| self.mls(|mls| group.receive(mls, &commit)));
        let Some(Ok(Received::Commit(staged))) = received.transpose()? else {
            self.put_group(group);
            self.count(&mut row, item)?;
            self.group_is_stale(&row.group_id)?;
            return Ok(Done::Processed);
        };
        let mut missing = self.logs_missing(item.sequence, leaves(&staged))?;
        missing.extend(self.revocations_missing(item.sequence, &staged)?);
        if !missing.is_empty() {
            self.put_group(group);
            return Ok(Done::Needs(missing));
        }
        self.count(&mut row, item)?;
        self.others_commit(row, group, *staged, item, hash)?;
        Ok(Done::Processed)
    }

    /// A removal may be right because a device was revoked just now: then its log has to be fresh.
    fn revocations_missing(
        &self,
        sequence: u64,
        staged: &StagedCommit,
    ) -> Result<BTreeSet<UserId>> {
        let mut missing = BTreeSet::new();
        for removed in &staged.changes().removed {
            let (user, device) = (removed.leaf.user, removed.leaf.device);
            let active = self.log(&user)?.is_none_or(|log| log.active_device(&device).is_some());
            if active && !self.engine.net.log_is_fresh_for(sequence, &user) {
                missing.insert(user);
            }
        }
        Ok(missing)
    }

    fn own_commit(&mut self, mut row: GroupRow, item: &MailboxItem, intent: i64) -> Result<()> {
        self.tx.delete_bundle(&row.group_id)?;
        self.engine.net.bundles_sent.remove(&row.group_id);
        let Some(mut group) = self.take_group(&row.group_id)? else {
            return self.group_is_stale(&row.group_id);
        };
        let rejoined = group.is_rejoin_pending();
        let before = if rejoined { None } else { Some(group.view()?) };
        if self.mls(|mls| group.merge_pending(mls))?.is_err() {
            return self.group_is_stale(&row.group_id);
        }
        let me = self.me()?;
        if row.status == Status::Founding {
            row.created_at = item.time;
            self.tx.tend(&row.group_id)?;
        }
        row.refreshed_at = self.now;
        row.queue_id = group.me()?.queue;
        let view = group.view()?;
        let happened = crate::groups::Happened { by: me, position: item.time };
        // After a rejoin there is nothing to announce.
        let before = before.as_ref().or(rejoined.then_some(&view));
        self.group_moved(&mut row, &group, before, &happened)?;
        self.put_group(group);
        if let Some(intent) = self.tx.intent(intent)? {
            self.tx.touch_intent(intent.id, 0, intent.attempts + 1)?;
        }
        self.ask_again(&row)
    }

    fn others_commit(
        &mut self,
        mut row: GroupRow,
        mut group: Group,
        staged: StagedCommit,
        item: &MailboxItem,
        hash: Hash,
    ) -> Result<()> {
        let changes = staged.changes().clone();
        let by = match &changes.committer {
            Committer::Member(member) => member.leaf.user,
            Committer::External(joiner) => joiner.leaf.user,
        };
        let before = group.view()?;
        let users =
            leaves(&staged).map(|leaf| leaf.user).chain(before.members.iter().map(|m| m.leaf.user));
        let users: Vec<UserId> = users.collect();
        let judge = self.judge(users)?;
        let authorised = match group.authorise(staged, &judge) {
            Ok(authorised) => authorised,
            Err(_) => return self.refuse(row, group, item, hash, by),
        };
        if self.tx.bundle(&row.group_id)?.is_some() {
            self.tx.delete_bundle(&row.group_id)?;
            self.engine.net.bundles_sent.remove(&row.group_id);
        }
        if self.mls(|mls| group.merge(mls, authorised))?.is_err() {
            return self.group_is_stale(&row.group_id);
        }
        if changes.removes_me {
            self.mls(|mls| group.delete(mls))??;
            return self.group_gone(&mut row, by, item.time, item.epoch + 1);
        }
        let happened = crate::groups::Happened { by, position: item.time };
        self.group_moved(&mut row, &group, Some(&before), &happened)?;
        self.put_group(group);
        Ok(())
    }

    /// A commit that the rules do not allow changes nothing here, and the relay is told.
    fn refuse(
        &mut self,
        mut row: GroupRow,
        group: Group,
        item: &MailboxItem,
        hash: Hash,
        by: UserId,
    ) -> Result<()> {
        self.put_group(group);
        row.refused = Some(hash);
        self.tx.set_group(&row)?;
        self.nack(&row, &hash)?;
        let notice = Notice::new("refused", by, None, "");
        self.add_notice(&row.chat_id, &row.group_id, item.epoch + 1, item.time, notice)
    }

    /// Tells the relay that a commit was refused.
    fn nack(&mut self, row: &GroupRow, hash: &Hash) -> Result<()> {
        let Some(group) = self.take_group(&row.group_id)? else { return Ok(()) };
        let key = group.send_key()?;
        self.put_group(group);
        let nack = Nack {
            group_id: row.group_id.to_vec(),
            commit_hash: hash.to_vec(),
            queue_id: row.queue_id.to_vec(),
            signature: key.sign(&statement::nack(&row.group_id, hash, &row.queue_id)).to_vec(),
        };
        self.request(Request::Nack(nack), Purpose::Nothing);
        Ok(())
    }

    /// On a new connection: whether the relay knows of a refusal is not known.
    pub fn refuse_again(&mut self) -> Result<()> {
        for row in self.tx.groups()? {
            if let (Status::Active, Some(hash)) = (row.status, row.refused) {
                self.nack(&row, &hash)?;
            }
        }
        Ok(())
    }

    /// The group refused a commit: whoever merged it has to come back, all others go on.
    pub(super) fn voided(&mut self, mut row: GroupRow, item: &MailboxItem) -> Result<Done> {
        let refused = row.refused.is_some_and(|hash| hash.0 == item.payload.as_ref());
        if refused {
            row.refused = None;
            row.wait_epoch = 0;
            self.tx.set_group(&row)?;
            for entry in self.tx.outbox(&row.chat_id, 1000)? {
                self.tx.clear_payload(entry.id)?;
                self.engine.net.posts_sent.remove(&entry.id);
            }
            self.pump.insert(row.chat_id);
            self.advance = true;
        } else if row.epoch > item.epoch {
            self.group_is_stale(&row.group_id)?;
        }
        Ok(Done::Processed)
    }

    /// Somebody leaves: each of the others is ready to remove them, one after the other.
    pub fn somebody_leaves(&mut self, leave: &Leave, said: &Said) -> Result<()> {
        let Some(row) = self.tx.group(&said.group)? else { return Ok(()) };
        let user = &said.sender;
        let departure = Departure {
            user_id: user.to_vec(),
            device_id: said.device.to_vec(),
            signature: leave.signature.clone(),
        };
        let state = GroupState { departures: vec![departure], ..GroupState::default() };
        let Some(group) = self.take_group(&row.group_id)? else { return Ok(()) };
        let view = group.view()?;
        self.put_group(group);
        // Said before the person was brought in anew, and sent after.
        if !rules::departs(&view, &state, user) {
            return Ok(());
        }
        if let Some(mut member) = self.tx.member(&row.group_id, user)? {
            member.leaving = true;
            self.tx.set_member(&row.group_id, &member)?;
        }
        let me = self.me()?;
        if *user == me {
            // Said on another device of this account.
            if let Some(mut chat) = self.tx.chat(&row.chat_id)? {
                chat.left = true;
                self.tx.set_chat(&chat)?;
                self.touch_chat(row.chat_id);
            }
            return Ok(());
        }
        let members = self.tx.members(&row.group_id)?;
        let staying = members.iter().filter(|member| !member.leaving);
        let rank = staying.take_while(|member| member.user_id != me).count() as u64;
        let departures = state.departures;
        let wish = Wish { remove: vec![user.to_vec()], departures, ..Wish::default() };
        self.add_intent(row.chat_id, row.group_id, CHANGE, &wish, self.now + rank * TURN)?;
        Ok(())
    }
}

fn leaves(staged: &StagedCommit) -> impl Iterator<Item = &LeafClaim> {
    let changes = staged.changes();
    let external = match &changes.committer {
        Committer::External(joiner) => Some(&joiner.leaf),
        Committer::Member(_) => None,
    };
    let added = changes.added.iter().map(|joiner| &joiner.leaf);
    added.chain(changes.updated.iter().map(|updated| &updated.after.leaf)).chain(external)
}
