//! Who may do what: checked by every client on every staged commit, and before making one.

use parlor_mls::{Changes, Committer, GroupView, Refusal};
use parlor_wire::content::{ChatKind, Departure, GroupState, RoleKind, Who};
use parlor_wire::{UserId, statement};
use std::collections::BTreeSet;

/// The role of a person.
pub fn role(state: &GroupState, user: &UserId) -> RoleKind {
    let entry = state.roles.iter().find(|role| role.user_id == user.0);
    entry.map_or(RoleKind::Member, parlor_wire::content::Role::role)
}

/// Sets a role, keeping the list sorted and free of plain members.
pub fn set_role(state: &mut GroupState, user: &UserId, role: RoleKind) {
    state.roles.retain(|entry| entry.user_id != user.0);
    if role != RoleKind::Member {
        let entry = parlor_wire::content::Role { user_id: user.to_vec(), role: role as i32 };
        state.roles.push(entry);
        state.roles.sort_by(|a, b| a.user_id.cmp(&b.user_id));
    }
}

/// Whether a rule of the policy lets a role pass.
pub fn allows(who: Who, role: RoleKind) -> bool {
    who == Who::Everyone || role != RoleKind::Member
}

/// What else the rules have to know.
pub struct Facts<'a> {
    /// Whether a device is in its owner's log and not revoked.
    pub revoked: &'a dyn Fn(&parlor_mls::LeafClaim) -> bool,
}

/// Whether a state shows that a member of the group before it asked to be taken out.
pub fn departs(group: &GroupView, after: &GroupState, user: &UserId) -> bool {
    after.departures.iter().filter(|departure| departure.user_id == user.0).any(|departure| {
        let by = |leaf: &parlor_mls::LeafClaim| {
            leaf.user == *user && leaf.device.0.as_slice() == departure.device_id
        };
        group.members.iter().filter(|member| by(&member.leaf)).any(|member| {
            let statement = statement::leave(&group.id, &member.queue);
            member.leaf.key.verify(&statement, &departure.signature).is_ok()
        })
    })
}

/// Checks a commit against the state before it.
pub fn check(group: &GroupView, changes: &Changes, facts: &Facts<'_>) -> Result<(), Refusal> {
    let people: BTreeSet<UserId> = group.members.iter().map(|member| member.leaf.user).collect();
    let committer = match &changes.committer {
        Committer::External(joiner) => {
            let own_leaf_only = changes.removed.len() == 1
                && changes.removed.iter().all(|old| old.leaf.same_device(&joiner.leaf));
            // A device that was never in comes by itself when its person is, as after a restore. Whether it was
            // revoked meanwhile does not count, as nowhere: members would disagree. It is taken out again.
            let device_more = changes.removed.is_empty() && people.contains(&joiner.leaf.user);
            let quiet = changes.added.is_empty() && changes.state.is_none();
            return if (own_leaf_only || device_more) && quiet {
                Ok(())
            } else {
                Err(Refusal("a rejoin may only bring a device of a member"))
            };
        }
        Committer::Member(member) => member.leaf.user,
    };
    let mine = role(&group.state, &committer);
    let newcomers: BTreeSet<UserId> = changes
        .added
        .iter()
        .map(|joiner| joiner.leaf.user)
        .filter(|user| !people.contains(user))
        .collect();
    if !newcomers.is_empty() {
        let policy = group.state.policy.unwrap_or_default();
        // The founding commit brings the first people in.
        let founding = group.epoch == 0;
        let allowed = match group.state.kind() {
            ChatKind::Group => founding || allows(policy.add_members(), mine),
            ChatKind::Direct => founding && newcomers.len() == 1 && people.len() == 1,
            _ => false,
        };
        if !allowed {
            return Err(Refusal("may not add people"));
        }
    }
    let rekeyed: BTreeSet<_> = changes.added.iter().map(|joiner| joiner.leaf.user).collect();
    for removed in &changes.removed {
        let user = removed.leaf.user;
        let theirs = role(&group.state, &user);
        let by_right = group.state.kind() == ChatKind::Group
            && mine != RoleKind::Member
            && (mine as i32 > theirs as i32);
        // A leaf that is replaced in the same commit stays with its person.
        let replaced = rekeyed.contains(&user);
        let fair = user == committer
            || changes.state.as_ref().is_some_and(|after| departs(group, after, &user))
            || (facts.revoked)(&removed.leaf)
            || replaced
            || by_right;
        if !fair {
            return Err(Refusal("may not remove people"));
        }
    }
    match &changes.state {
        Some(after) => check_state(group, changes, committer, mine, after),
        None if !changes.removed.is_empty() => Err(Refusal("a removal has to change the info key")),
        None => Ok(()),
    }
}

fn check_state(
    group: &GroupView,
    changes: &Changes,
    committer: UserId,
    mine: RoleKind,
    after: &GroupState,
) -> Result<(), Refusal> {
    let before = &group.state;
    if after.version != before.version
        || after.kind != before.kind
        || after.creator != before.creator
    {
        return Err(Refusal("may not change what a chat is"));
    }
    let removal = !changes.removed.is_empty();
    if removal == (after.info_key == before.info_key) || after.info_key.len() != 32 {
        return Err(Refusal("the info key changes with removals and only then"));
    }
    let policy = before.policy.unwrap_or_default();
    let same_info = after.title == before.title && after.description == before.description;
    let may_edit = before.kind() == ChatKind::Group && allows(policy.edit_info(), mine);
    if !same_info && !may_edit {
        return Err(Refusal("may not change the title"));
    }
    if after.join_link != before.join_link
        && !(before.kind() == ChatKind::Group && allows(policy.add_members(), mine))
    {
        return Err(Refusal("may not change the invite link"));
    }
    if after.policy != before.policy
        && !(before.kind() == ChatKind::Group && mine != RoleKind::Member)
    {
        return Err(Refusal("may not change the policy"));
    }
    let gone: BTreeSet<UserId> = changes.removed.iter().map(|member| member.leaf.user).collect();
    let shown = |departure: &Departure| {
        UserId::try_from(&departure.user_id)
            .is_ok_and(|user| gone.contains(&user) && departs(group, after, &user))
    };
    let unchanged = !removal && after.departures == before.departures;
    if !unchanged && !after.departures.iter().all(shown) {
        return Err(Refusal("somebody is said to have left who did not"));
    }
    let named = before.roles.iter().chain(&after.roles);
    for user in named.filter_map(|role| UserId::try_from(&role.user_id).ok()) {
        let (old, new) = (role(before, &user), role(after, &user));
        let forgotten = new == RoleKind::Member && gone.contains(&user);
        let fair = match (old, new) {
            _ if old == new || forgotten => true,
            (RoleKind::Owner, _) | (_, RoleKind::Owner) => mine == RoleKind::Owner,
            // Anybody may step down.
            (RoleKind::Admin, RoleKind::Member) if user == committer => true,
            _ => mine != RoleKind::Member,
        };
        if !fair || before.kind() != ChatKind::Group && old != new {
            return Err(Refusal("may not change roles"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use parlor_crypto::Secret;
    use parlor_crypto::sign::SigningKey;
    use parlor_mls::{Joiner, LeafClaim, Member};
    use parlor_wire::content::{JoinLink, Policy};
    use parlor_wire::{DeviceId, GroupId, QueueId};

    fn leaf(n: u8) -> LeafClaim {
        LeafClaim {
            user: UserId([n; 32]),
            device: DeviceId([n; 16]),
            log_seq: 0,
            key: key(n).public(),
        }
    }

    fn member(n: u8) -> Member {
        Member { index: u32::from(n), leaf: leaf(n), queue: QueueId([n; 16]) }
    }

    fn group() -> GroupView {
        let mut state = GroupState {
            version: 1,
            kind: ChatKind::Group as i32,
            title: "t".into(),
            creator: vec![1; 32],
            policy: Some(Policy { add_members: 0, edit_info: 1, send_messages: 1 }),
            info_key: vec![0; 32],
            ..Default::default()
        };
        set_role(&mut state, &UserId([1; 32]), RoleKind::Owner);
        set_role(&mut state, &UserId([2; 32]), RoleKind::Admin);
        GroupView { id: GroupId([0; 16]), epoch: 3, state, members: (1..=4).map(member).collect() }
    }

    fn changes(by: u8) -> Changes {
        Changes {
            committer: Committer::Member(member(by)),
            added: vec![],
            removed: vec![],
            updated: vec![],
            state: None,
            removes_me: false,
        }
    }

    fn verdict(changes: &Changes) -> bool {
        check(&group(), changes, &Facts { revoked: &|_| false }).is_ok()
    }

    fn key(n: u8) -> SigningKey {
        SigningKey::from_seed(&Secret::new([n; 32]))
    }

    fn departure(n: u8, queue: u8) -> Departure {
        let signed = statement::leave(&GroupId([0; 16]), &QueueId([queue; 16]));
        Departure {
            user_id: vec![n; 32],
            device_id: vec![n; 16],
            signature: key(n).sign(&signed).to_vec(),
        }
    }

    fn with_state(by: u8, removed: &[u8], change: impl FnOnce(&mut GroupState)) -> Changes {
        let mut state = group().state;
        if !removed.is_empty() {
            state.info_key = vec![9; 32];
        }
        change(&mut state);
        Changes {
            state: Some(state),
            removed: removed.iter().map(|n| member(*n)).collect(),
            ..changes(by)
        }
    }

    #[test]
    fn rights() {
        let add = |by| Changes {
            added: vec![Joiner { leaf: leaf(9), queue: QueueId([9; 16]) }],
            ..changes(by)
        };
        assert!(verdict(&add(1)) && verdict(&add(2)) && !verdict(&add(3)));
        let remove = |by, who: u8| with_state(by, &[who], |_| {});
        assert!(verdict(&remove(1, 2)), "the owner removes an admin");
        assert!(verdict(&remove(2, 3)), "an admin removes a member");
        assert!(!verdict(&remove(2, 1)), "an admin does not remove the owner");
        assert!(!verdict(&remove(3, 4)), "a member removes nobody");
        let left = |by, who: u8, departures: Vec<Departure>| {
            with_state(by, &[who], |state| state.departures = departures)
        };
        assert!(verdict(&left(3, 4, vec![departure(4, 4)])), "but who leaves");
        assert!(!verdict(&left(3, 4, vec![departure(4, 9)])), "not by what was signed long ago");
        assert!(!verdict(&left(3, 4, vec![departure(3, 3)])), "nor by another's word");
        assert!(!verdict(&left(1, 4, vec![departure(3, 3)])), "nor is anybody said to have left");
        let keep_key = Changes { removed: vec![member(3)], ..changes(1) };
        assert!(!verdict(&keep_key), "a removal changes the info key");
        let title = |by| with_state(by, &[], |state| state.title = "new".into());
        assert!(verdict(&title(3)));
        let role =
            |by, who: u8, to| with_state(by, &[], |state| set_role(state, &UserId([who; 32]), to));
        assert!(verdict(&role(2, 3, RoleKind::Admin)) && !verdict(&role(3, 3, RoleKind::Admin)));
        assert!(!verdict(&role(2, 2, RoleKind::Owner)) && verdict(&role(1, 2, RoleKind::Owner)));
        let policy = |by| with_state(by, &[], |state| state.policy = Some(Policy::default()));
        assert!(verdict(&policy(2)) && !verdict(&policy(3)));
        let link = |by| with_state(by, &[], |state| state.join_link = Some(JoinLink::default()));
        assert!(verdict(&link(2)) && !verdict(&link(3)), "who may add people has the link");
        let kind = with_state(1, &[], |state| state.kind = ChatKind::Direct as i32);
        assert!(!verdict(&kind));
    }

    #[test]
    fn a_rejoin_brings_only_a_device_of_a_member() {
        let joiner = || Committer::External(Joiner { leaf: leaf(3), queue: QueueId([8; 16]) });
        let rejoin = |removed: Vec<Member>| Changes { committer: joiner(), removed, ..changes(1) };
        assert!(verdict(&rejoin(vec![member(3)])));
        let external = |user: u8, device: u8| Changes {
            committer: Committer::External(Joiner {
                leaf: LeafClaim { device: DeviceId([device; 16]), ..leaf(user) },
                queue: QueueId([8; 16]),
            }),
            ..changes(1)
        };
        assert!(verdict(&external(3, 7)), "another device of a member");
        assert!(!verdict(&external(9, 7)), "not one of a stranger");
        assert!(!verdict(&rejoin(vec![member(4)])));
        assert!(!verdict(&rejoin(vec![member(3), member(4)])));
    }
}
