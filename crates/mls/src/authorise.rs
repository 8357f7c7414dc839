//! The only way to a commit that can be merged.
//!
//! Invariants: [`Authorised`] is made here alone, after the crate's own rules, each new or renewed leaf and the
//! change as a whole were accepted. Refusing changes nothing.

use crate::MlsError;
use crate::changes::{Changes, Committer, StagedCommit};
use crate::group::{Group, GroupView};
use crate::identity::{Joiner, LeafClaim};
use std::collections::BTreeSet;
use thiserror::Error;

/// A reason that may be logged; it holds no content and no ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("refused: {0}")]
pub struct Refusal(pub &'static str);

/// Device logs and the rules of groups, which this crate does not know.
pub trait Judge {
    /// Whether the user's device log has this device with this key. A device that was revoked meanwhile is for
    /// the caller to remove: refusing its leaf would depend on when the log was read.
    fn leaf(&self, leaf: &LeafClaim) -> Result<(), Refusal>;
    /// Whether the committer may make these changes.
    fn changes(&self, group: &GroupView, changes: &Changes) -> Result<(), Refusal>;
}

/// A rule of this crate, the same for every member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rule {
    /// A proposal of a kind that is not used: PSK, ReInit, SelfRemove, an update by reference, unknown ones.
    #[error("a kind of proposal that is not used")]
    Proposal,
    /// A leaf became another user, device or key, or its log entry went back.
    #[error("a leaf changed its identity")]
    IdentityChanged,
    /// A device from outside removed a leaf other than its own former one.
    #[error("an external commit removes another device")]
    ForeignRemoval,
    /// A device or a queue would be in the tree twice.
    #[error("a device or queue would be there twice")]
    Duplicate,
}

/// Why a commit is not merged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAuthorised {
    /// The judge refused; whether that can change later is the judge's to know.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A rule is broken; no honest member merges it.
    #[error(transparent)]
    Rule(#[from] Rule),
    /// The commit was read in another epoch or group.
    #[error("the commit belongs to another state of the group")]
    OutOfDate,
    /// The group could not be read.
    #[error(transparent)]
    Mls(#[from] MlsError),
}

/// Something that was authorised; made by [`Group::authorise`] alone.
pub struct Authorised<T>(T);

impl<T> Authorised<T> {
    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl Authorised<StagedCommit> {
    /// What the commit does.
    pub fn changes(&self) -> &Changes {
        self.0.changes()
    }
}

impl Group {
    /// Checks another's commit. A refusal leaves the group as it is: the same commit can be received again.
    pub fn authorise(
        &self,
        staged: StagedCommit,
        judge: &dyn Judge,
    ) -> Result<Authorised<StagedCommit>, NotAuthorised> {
        if staged.group != self.id() || staged.base_epoch != self.epoch() {
            return Err(NotAuthorised::OutOfDate);
        }
        if let Some(rule) = staged.broken {
            return Err(rule.into());
        }
        let changes = staged.changes();
        if let Committer::External(joiner) = &changes.committer {
            judge.leaf(&joiner.leaf)?;
        }
        for joiner in &changes.added {
            judge.leaf(&joiner.leaf)?;
        }
        for updated in &changes.updated {
            judge.leaf(&updated.after.leaf)?;
        }
        judge.changes(&self.view()?, changes)?;
        Ok(Authorised(staged))
    }
}

/// No device and no queue may be in a tree twice: a queue is named when its device is removed.
pub(crate) fn unique<'j>(leaves: impl Iterator<Item = &'j Joiner>) -> Result<(), Rule> {
    let (mut devices, mut queues) = (BTreeSet::new(), BTreeSet::new());
    for Joiner { leaf, queue } in leaves {
        if !devices.insert((leaf.user, leaf.device)) || !queues.insert(*queue) {
            return Err(Rule::Duplicate);
        }
    }
    Ok(())
}
