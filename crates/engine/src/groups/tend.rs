//! Looking after a group's leaves: own devices that are missing come in, devices that were revoked go out, a
//! queue that came with a last-resort key package is exchanged for one of the group's own.
//!
//! | noted when                                   | looked at when                | ends                  |
//! |----------------------------------------------|-------------------------------|-----------------------|
//! | the own log grew; a member's log grew;       | there is a connection and the | nothing is left to do,|
//! | this device came in                          | own log is fresh              | whoever did it        |
//!
//! Devices of one account take turns so that not all of them commit at once; the one that linked a device is
//! first. While a leaf that is known to be revoked is in, nothing is encrypted for the group.

use super::{CHANGE, Wish, prepare};
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_identity::DeviceLog;
use parlor_mls::GroupView;
use parlor_store::groups::GroupRow;
use parlor_wire::{DeviceId, GroupId, QueueId, UserId};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Groups that are tended at the same time.
const AT_ONCE: usize = 4;
/// Groups that are looked at in one step.
const LOOKED_AT: usize = 32;
/// How long a device waits for the one before it, milliseconds.
const TURN: u64 = 10_000;
/// How long to wait for a device that has left no key packages, milliseconds.
pub const LATER: u64 = 60_000;

/// What a look at the leaves says.
#[derive(Default)]
pub struct Care {
    /// Active devices of this account that are not in.
    pub missing: Vec<DeviceId>,
    /// Leaves, by index, of devices that are revoked.
    pub revoked: Vec<u32>,
    /// Active devices of others of whom only revoked leaves are in: they go on in these.
    pub returning: Vec<(UserId, DeviceId)>,
    /// A queue for the own leaf.
    pub new_queue: Option<QueueId>,
}

impl Care {
    pub fn is_nothing(&self) -> bool {
        self.missing.is_empty() && self.revoked.is_empty() && self.new_queue.is_none()
    }
}

impl Step<'_, '_> {
    /// The other active devices of this account.
    pub fn other_own_devices(&self) -> Result<Vec<DeviceId>> {
        let identity = self.identity()?;
        let log = self.log(&identity.user)?.ok_or(EngineError::Damaged("own device log"))?;
        let others = log.active().map(|device| device.id).filter(|id| *id != identity.device);
        Ok(others.collect())
    }

    /// Looks at the leaves of a group.
    pub fn care(&self, row: &GroupRow, view: &GroupView) -> Result<Care> {
        if !self.tx.is_to_tend(&row.group_id)? {
            return Ok(Care::default());
        }
        let me = self.me()?;
        let mut logs: BTreeMap<UserId, Option<Rc<DeviceLog>>> = BTreeMap::new();
        let mut care = Care::default();
        for member in &view.members {
            let user = member.leaf.user;
            if let std::collections::btree_map::Entry::Vacant(entry) = logs.entry(user) {
                entry.insert(self.log(&user)?);
            }
            let device = logs.get(&user).and_then(Option::as_ref);
            let device = device.and_then(|log| log.device(&member.leaf.device));
            if device.is_some_and(|device| device.revoked_seq.is_some()) {
                care.revoked.push(member.index);
            }
        }
        for (user, log) in logs.iter().filter(|(user, _)| **user != me) {
            let mut leaves = view.members.iter().filter(|member| member.leaf.user == *user);
            if let Some(log) = log
                && leaves.all(|member| care.revoked.contains(&member.index))
            {
                care.returning.extend(log.active().map(|device| (*user, device.id)));
            }
        }
        let not_ready = self.not_ready()?;
        for device in self.other_own_devices()?.into_iter().filter(|id| !not_ready.contains(id)) {
            let leaf = |leaf: &parlor_mls::LeafClaim| leaf.user == me && leaf.device == device;
            if !view.members.iter().any(|member| leaf(&member.leaf)) {
                care.missing.push(device);
            }
        }
        if self.tx.is_last_resort(&row.queue_id)? {
            let parts: [&[u8]; 3] = [b"parlor-own-queue-v1", &row.queue_id.0, &row.group_id.0];
            // The same again after a restart, unknown to everybody who does not know the info key.
            let seed = [parts.concat(), row.info_key.clone()].concat();
            care.new_queue = Some(QueueId(crate::contacts::short_hash(&[&seed]).0));
        }
        Ok(care)
    }

    /// Makes intents of what has to be looked at.
    pub fn tend_groups(&mut self) -> Result<()> {
        let me = self.me()?;
        let groups = self.tx.to_tend(LOOKED_AT)?;
        if groups.is_empty() || !self.engine.net.logs_fetched.contains(&me) {
            return Ok(());
        }
        let intents = self.tx.intents()?;
        let mut under_way = 0;
        for id in groups {
            let planned = intents.iter().find(|intent| {
                intent.group_id == id && prepare::wish(intent).is_ok_and(|wish| wish.tend)
            });
            if let Some(planned) = planned {
                // Those that wait for their time do not hold up the others.
                under_way += usize::from(planned.due_at <= self.now);
                continue;
            }
            if under_way >= AT_ONCE {
                break;
            }
            let Some(row) = self.tx.group(&id)? else { continue };
            let Some(group) = self.take_group(&id)? else { continue };
            let view = group.view()?;
            self.put_group(group);
            let care = self.care(&row, &view)?;
            if care.is_nothing() {
                self.tx.tended(&id)?;
                continue;
            }
            let due = self.now + self.turn(&view, &care)?;
            under_way += usize::from(due <= self.now);
            let wish = Wish { tend: true, ..Wish::default() };
            self.add_intent(row.chat_id, id, CHANGE, &wish, due)?;
        }
        Ok(())
    }

    /// How long this device leaves it to others, milliseconds.
    fn turn(&self, view: &GroupView, care: &Care) -> Result<u64> {
        let identity = self.identity()?;
        let linking = self.tx.transfers()?.into_iter().map(|(device, _)| device);
        if care.new_queue.is_some() || linking.into_iter().any(|id| care.missing.contains(&id)) {
            return Ok(0);
        }
        let mine: Vec<DeviceId> = view
            .members
            .iter()
            .filter(|m| m.leaf.user == identity.user && !care.revoked.contains(&m.index))
            .map(|m| m.leaf.device)
            .collect();
        let own_rank = mine.iter().filter(|device| **device < identity.device).count() as u64;
        let own_revoked = |m: &&parlor_mls::Member| {
            m.leaf.user == identity.user && care.revoked.contains(&m.index)
        };
        if !care.missing.is_empty() || view.members.iter().any(|m| own_revoked(&m)) {
            return Ok(own_rank * TURN);
        }
        // Somebody else's device: its own people first.
        let me = view.members.iter().position(|m| m.leaf.device == identity.device);
        Ok(TURN + me.unwrap_or(0) as u64 * TURN / 4)
    }

    /// Whether a leaf that is known to be revoked is still in.
    pub fn has_revoked_leaf(&mut self, id: &GroupId) -> Result<bool> {
        if !self.tx.is_to_tend(id)? {
            return Ok(false);
        }
        let Some(row) = self.tx.group(id)? else { return Ok(false) };
        let Some(group) = self.take_group(id)? else { return Ok(false) };
        let view = group.view()?;
        self.put_group(group);
        Ok(!self.care(&row, &view)?.revoked.is_empty())
    }
}
