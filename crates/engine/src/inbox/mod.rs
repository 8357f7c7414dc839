//! What comes through the mailbox, in order, each item once.
//!
//! | item    | group here      | does                                                                |
//! |---------|-----------------|---------------------------------------------------------------------|
//! | Post    | in step         | reads it; unreadable ones get a placeholder and are asked for again |
//! | Post    | behind, stale   | placeholder; the group is joined anew                               |
//! | Commit  | in step         | own: merges it; another's: judges, merges, drops an own one         |
//! | Commit  | refused by rules| is not merged; a nack tells the relay; the group waits              |
//! | Welcome | none, stale     | judges every leaf, joins                                            |
//! | Voided  | refused it      | goes on as if it had never been                                     |
//! | Direct  | -               | another device of this account, or one that is to be; see `linking` |
//!
//! An item whose judgement needs a device log that is not here is parked, and everything of its group behind it.

mod commit;
pub mod missing;
mod post;
mod welcome;

use crate::net::{Link, Purpose};
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_store::groups::{GroupRow, Status};
use parlor_wire::relay::{Ack, ItemKind, MailboxItem, client_frame::Request};
use parlor_wire::{GroupId, Message, QueueId, UserId};
use std::collections::BTreeSet;

/// What became of an item.
enum Done {
    Processed,
    /// These people's device logs are needed first.
    Needs(BTreeSet<UserId>),
}

impl Step<'_, '_> {
    pub fn delivered(&mut self, items: Vec<MailboxItem>) -> Result<()> {
        // A guest's mailbox is another one than the device's later.
        let guest = self.engine.net.link == Link::Guest;
        let cursor = if guest { "guest_sequence" } else { "mailbox_sequence" };
        let mut reached = self.tx.number(cursor)?;
        for item in items {
            if item.sequence <= reached {
                continue;
            }
            reached = item.sequence;
            let Ok(queue) = QueueId::try_from(&item.queue_id) else { continue };
            if self.tx.is_parked(&queue)? {
                self.tx.park(item.sequence, &queue, &item.encode_to_vec())?;
                continue;
            }
            if let Done::Needs(users) = self.item(&queue, &item)? {
                self.tx.park(item.sequence, &queue, &item.encode_to_vec())?;
                self.fetch_logs_for(item.sequence, users)?;
            }
        }
        self.tx.set_number(cursor, reached)?;
        self.request(Request::Ack(Ack { sequence: reached }), Purpose::Nothing);
        if guest {
            return Ok(());
        }
        let behind = self.tx.groups()?.iter().any(|group| {
            group.status == Status::Active
                && group.wait_epoch != 0
                && group.wait_epoch != group.epoch
        });
        if behind && !self.engine.net.asked(|purpose| matches!(purpose, Purpose::Stat)) {
            self.request(Request::MailboxStat(Default::default()), Purpose::Stat);
        }
        Ok(())
    }

    /// Tries parked items again, as far as each queue's order allows.
    pub fn retry_parked(&mut self) -> Result<()> {
        if !self.advance {
            return Ok(());
        }
        let mut blocked = BTreeSet::new();
        for (sequence, queue, bytes) in self.tx.parked()? {
            if blocked.contains(&queue) {
                continue;
            }
            let item = MailboxItem::decode(bytes.as_slice())
                .map_err(|_| EngineError::Damaged("a parked item"))?;
            match self.item(&queue, &item)? {
                Done::Processed => self.tx.unpark(sequence)?,
                Done::Needs(users) => {
                    blocked.insert(queue);
                    self.fetch_logs_for(sequence, users)?;
                }
            }
        }
        Ok(())
    }

    /// Asks for logs that an item needs. One that is on its way already may be older than the item.
    fn fetch_logs_for(&mut self, sequence: u64, users: BTreeSet<UserId>) -> Result<()> {
        for user in users {
            if self.fetch_log(&user)? {
                self.engine.net.logs_fetched_for.insert((sequence, user), false);
            }
        }
        Ok(())
    }

    /// After a connection is made: asks again for what parked items need.
    pub fn request_missing_logs(&mut self) -> Result<()> {
        self.advance = true;
        self.retry_parked()
    }

    fn item(&mut self, queue: &QueueId, item: &MailboxItem) -> Result<Done> {
        if item.kind() == ItemKind::Direct {
            self.direct_came(queue, &item.payload)?;
            return Ok(Done::Processed);
        }
        let Some(owner) = self.tx.queue(queue)? else { return Ok(Done::Processed) };
        if item.kind() == ItemKind::Welcome {
            return self.welcome(queue, item);
        }
        let owner = self.group_behind(queue, owner, item)?;
        let Some(row) = owner.map(|group| self.tx.group(&group)).transpose()?.flatten() else {
            return Ok(Done::Processed);
        };
        if row.status == Status::Gone {
            return Ok(Done::Processed);
        }
        match item.kind() {
            ItemKind::Post => self.post(row, item),
            ItemKind::Commit | ItemKind::Rejoin => self.commit_came(row, item),
            ItemKind::Voided => self.voided(row, item),
            ItemKind::Welcome | ItemKind::Direct => Ok(Done::Processed),
        }
    }

    /// The group that an item is of. A queue that came with a last-resort key package may be several groups'
    /// until each of them has moved to a queue of its own.
    fn group_behind(
        &self,
        queue: &QueueId,
        owner: Option<GroupId>,
        item: &MailboxItem,
    ) -> Result<Option<GroupId>> {
        let sharing = self.tx.groups_of_queue(queue)?;
        if sharing.len() < 2 {
            return Ok(owner);
        }
        let named = match item.kind() {
            ItemKind::Voided => {
                let refused = |group: &GroupId| -> Result<bool> {
                    let row = self.tx.group(group)?;
                    let hash = row.and_then(|row| row.refused);
                    Ok(hash.is_some_and(|hash| hash.0 == item.payload.as_ref()))
                };
                let mut found = None;
                for group in &sharing {
                    if refused(group)? {
                        found = Some(*group);
                    }
                }
                found
            }
            ItemKind::Rejoin => {
                let mut found = None;
                for group in &sharing {
                    let row = self.tx.group(group)?;
                    let opens = |row: GroupRow| {
                        crate::groups::open_rejoin(&row.info_key, group, &item.payload)
                    };
                    if row.and_then(opens).is_some() {
                        found = Some(*group);
                    }
                }
                found
            }
            _ => parlor_mls::group_of(&item.payload),
        };
        Ok(named.filter(|group| sharing.contains(group)))
    }

    /// Notes the number of an item, and the numbers that are missing before it.
    fn count(&mut self, row: &mut GroupRow, item: &MailboxItem) -> Result<()> {
        if item.group_seq <= row.last_seq {
            return self.tx.close_gap(&row.group_id, item.group_seq).map_err(Into::into);
        }
        if row.last_seq > 0 {
            const MOST: u64 = 1000;
            for missing in (row.last_seq + 1..item.group_seq).take(MOST as usize) {
                self.tx.add_gap(&row.group_id, missing, item.time)?;
            }
        }
        row.last_seq = item.group_seq;
        Ok(self.tx.set_last_seq(&row.group_id, row.last_seq)?)
    }
}
