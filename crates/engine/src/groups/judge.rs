//! Judges leaves by their owners' device logs and commits by the rules.

use super::rules;
use parlor_identity::DeviceLog;
use parlor_mls::{Changes, GroupView, Judge, LeafClaim, Refusal};
use parlor_wire::UserId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Everything a verdict depends on, gathered beforehand.
pub struct DeviceJudge {
    /// Checked logs by person.
    pub logs: BTreeMap<UserId, Rc<DeviceLog>>,
}

impl DeviceJudge {
    fn revoked(&self, leaf: &LeafClaim) -> bool {
        let device = self.logs.get(&leaf.user).and_then(|log| log.device(&leaf.device));
        device.is_some_and(|device| device.revoked_seq.is_some())
    }
}

impl Judge for DeviceJudge {
    fn leaf(&self, leaf: &LeafClaim) -> Result<(), Refusal> {
        let log = self.logs.get(&leaf.user).ok_or(Refusal("no device log is known"))?;
        let device = log.device(&leaf.device).ok_or(Refusal("not a device of that log"))?;
        if device.key == leaf.key { Ok(()) } else { Err(Refusal("not the key of that device")) }
    }

    fn changes(&self, group: &GroupView, changes: &Changes) -> Result<(), Refusal> {
        rules::check(group, changes, &rules::Facts { revoked: &|leaf| self.revoked(leaf) })
    }
}
