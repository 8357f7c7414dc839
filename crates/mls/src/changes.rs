//! What another's commit does, in plain data.
//!
//! Invariants: [`Changes`] is complete; a commit with a proposal that it cannot express breaks a
//! [`Rule`](crate::Rule) and never gets past `authorise`.

use crate::authorise::{Rule, unique};
use crate::group::{Group, state_of};
use crate::identity::{self, Joiner, Member};
use openmls::prelude::{Proposal, Sender};
use parlor_wire::GroupId;
use parlor_wire::content::GroupState;

/// Who made a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committer {
    /// A member, as it was before the commit.
    Member(Member),
    /// A device from outside, with the leaf it puts into the tree. When it rejoins, its former leaf is among
    /// those removed.
    External(Joiner),
}

/// A leaf that was renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// The leaf before.
    pub before: Member,
    /// The leaf after; its queue or log entry may differ.
    pub after: Joiner,
}

/// What a commit does.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// Who made it.
    pub committer: Committer,
    /// Devices added by the committer; an external committer itself is not among them.
    pub added: Vec<Joiner>,
    /// Members removed.
    pub removed: Vec<Member>,
    /// Leaves renewed: the committer's, if at all.
    pub updated: Vec<Updated>,
    /// The new shared state, when it is set.
    pub state: Option<GroupState>,
    /// Whether this device is among those removed.
    pub removes_me: bool,
}

/// A commit that was read and checked by the library, and not yet authorised.
pub struct StagedCommit {
    pub(crate) inner: Box<openmls::prelude::StagedCommit>,
    pub(crate) group: GroupId,
    pub(crate) base_epoch: u64,
    pub(crate) broken: Option<Rule>,
    changes: Changes,
}

impl StagedCommit {
    /// What it does.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// `None` when a leaf or the state in it is not one of ours: no member can accept it.
    pub(crate) fn read(
        group: &Group,
        sender: &Sender,
        inner: Box<openmls::prelude::StagedCommit>,
    ) -> Option<Self> {
        let mut broken = None;
        let path_leaf = match inner.update_path_leaf_node() {
            Some(node) => Some(identity::joiner(node)?),
            None => None,
        };
        let mut changes = Changes {
            committer: match sender {
                Sender::Member(index) => Committer::Member(group.member_at(index.u32())?),
                Sender::NewMemberCommit => Committer::External(path_leaf.clone()?),
                Sender::External(_) | Sender::NewMemberProposal => return None,
            },
            added: Vec::new(),
            removed: Vec::new(),
            updated: Vec::new(),
            state: None,
            removes_me: inner.self_removed(),
        };
        let external = matches!(changes.committer, Committer::External(_));
        for queued in inner.queued_proposals() {
            match queued.proposal() {
                Proposal::Add(add) => {
                    changes.added.push(identity::joiner(add.key_package().leaf_node())?);
                }
                Proposal::Remove(remove) => {
                    changes.removed.push(group.member_at(remove.removed().u32())?);
                }
                Proposal::GroupContextExtensions(extensions) => {
                    changes.state = Some(state_of(extensions.extensions())?);
                }
                Proposal::ExternalInit(_) if external => {}
                _ => broken = Some(Rule::Proposal),
            }
        }
        if let (Committer::Member(before), Some(after)) = (&changes.committer, path_leaf) {
            changes.updated.push(Updated { before: before.clone(), after });
        }
        let broken = broken.or_else(|| broken_rule(group, &changes));
        Some(Self { inner, group: group.id(), base_epoch: group.epoch(), broken, changes })
    }
}

fn broken_rule(group: &Group, changes: &Changes) -> Option<Rule> {
    for Updated { before, after } in &changes.updated {
        if !before.leaf.same_device(&after.leaf) || after.leaf.log_seq < before.leaf.log_seq {
            return Some(Rule::IdentityChanged);
        }
    }
    if let Committer::External(joiner) = &changes.committer {
        let own = |removed: &Member| removed.leaf.same_device(&joiner.leaf);
        if !changes.removed.iter().all(own) {
            return Some(Rule::ForeignRemoval);
        }
    }
    let mut after = Vec::new();
    for known in group.inner.members() {
        let member = group.member_at(known.index.u32())?;
        if changes.removed.iter().any(|removed| removed.index == member.index) {
            continue;
        }
        let updated = changes.updated.iter().find(|updated| updated.before.index == member.index);
        after.push(match updated {
            Some(updated) => updated.after.clone(),
            None => Joiner { leaf: member.leaf, queue: member.queue },
        });
    }
    after.extend(changes.added.iter().cloned());
    if let Committer::External(joiner) = &changes.committer {
        after.push(joiner.clone());
    }
    unique(after.iter()).err()
}
