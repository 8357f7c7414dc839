//! The life of a group among devices that reload everything from their key-value areas at each step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use parlor_mls::*;
use parlor_wire::GroupId;
use support::*;

#[test]
fn members_talk_and_agree() {
    for suite in [Suite::XWing, Suite::Classic] {
        let (mut a, mut b, mut c) = three(suite);
        let from_a = a.encrypt(b"from a");
        assert_eq!(b.read(&from_a), b"from a");
        assert_eq!(c.read(&from_a), b"from a");
        assert_eq!(name(&a.receive(&from_a)), "own message");
        let from_b = b.encrypt(b"from b");
        assert_eq!(a.read(&from_b), b"from b");
        assert_eq!(c.read(&from_b), b"from b");

        assert_eq!((a.epoch(), b.epoch(), c.epoch()), (1, 1, 1));
        assert_eq!(a.tag(), b.tag());
        assert_eq!(b.tag(), c.tag());
        let seen =
            a.with(|group, _| (group.members().unwrap(), group.send_key().unwrap().public()));
        assert_eq!(
            seen,
            c.with(|group, _| (group.members().unwrap(), group.send_key().unwrap().public()))
        );
        assert_eq!(seen.0[1].leaf, b.identity.claim());
        assert_eq!(b.with(|group, _| group.state()).unwrap(), state("start"));
    }
}

#[test]
fn an_outgoing_commit_names_the_epoch_it_makes() {
    let (mut a, mut b, _) = three(Suite::Classic);
    let outgoing = a.commit(Change { refresh: true, ..Change::default() });
    let next = a.with(|group, _| group.next_send_key().unwrap().public());
    a.merge_pending();
    b.apply(&outgoing.commit);
    assert_eq!((outgoing.base_epoch, outgoing.epoch_tag), (1, b.tag()));
    assert_eq!(outgoing.send_key, next);
    assert_eq!(next, b.with(|group, _| group.send_key().unwrap().public()));
}

#[test]
fn a_removed_device_reads_nothing_more() {
    let (mut a, mut b, mut c) = three(Suite::XWing);
    let outgoing = a.commit(Change { remove: vec![2], ..Change::default() });
    a.merge_pending();
    let changes = b.apply(&outgoing.commit);
    assert_eq!(changes.removed.len(), 1);
    assert_eq!(changes.removed[0].leaf, c.identity.claim());
    assert!(!changes.removes_me);
    let secret = a.encrypt(b"without c");
    assert_eq!(name(&c.receive(&secret)), "epoch 2");
    assert!(c.apply(&outgoing.commit).removes_me);
    assert!(!c.with(|group, _| group.is_active()));
    assert_eq!(name(&c.receive(&secret)), "Removed");
    assert_eq!(c.with(|group, mls| group.encrypt(mls, b"x")).err(), Some(MlsError::Removed));
    assert_eq!(b.read(&secret), b"without c");

    // Adding it again replaces the state that ended.
    add(&mut a, &mut [&mut b], &mut [&mut c]);
    let again = b.encrypt(b"welcome back");
    assert_eq!(c.read(&again), b"welcome back");
}

#[test]
fn state_queues_and_log_entries_change() {
    let (mut a, mut b, mut c) = three(Suite::Classic);
    let queue = b.queue();
    b.identity.log_seq = 4;
    let change = Change { state: Some(state("new")), queue: Some(queue), ..Change::default() };
    let outgoing = b.commit(change);
    b.merge_pending();
    let changes = a.apply(&outgoing.commit);
    c.apply(&outgoing.commit);
    assert_eq!(changes.state, Some(state("new")));
    assert_eq!(changes.updated.len(), 1);
    assert_eq!(changes.updated[0].after.leaf.log_seq, 4);
    assert_eq!(c.with(|group, _| group.state()).unwrap(), state("new"));
    assert_eq!(c.with(|group, _| group.member(1)).unwrap().queue, queue);
    // A later commit keeps what it does not change.
    let outgoing = b.commit(Change { refresh: true, ..Change::default() });
    b.merge_pending();
    a.apply(&outgoing.commit);
    assert_eq!(a.with(|group, _| group.member(1)).unwrap().queue, queue);
    assert_eq!(a.with(|group, _| group.state()).unwrap(), state("new"));
}

#[test]
fn the_loser_of_a_race_takes_the_winner_and_tries_again() {
    let (mut a, mut b, mut c) = three(Suite::Classic);
    let mut d = Device::new(4, Suite::Classic);
    let package = d.key_package();
    let winner = a.commit(Change { state: Some(state("a")), ..Change::default() });
    let _loser = b.commit(Change { add: vec![package.clone()], ..Change::default() });
    assert_eq!(
        b.with(|group, mls| group.commit(mls, Change::default())).err(),
        Some(MlsError::CommitPending)
    );
    let meanwhile = b.encrypt(b"still the old epoch");
    assert_eq!(c.read(&meanwhile), b"still the old epoch");
    a.merge_pending();
    c.apply(&winner.commit);
    b.work(|mls| {
        let group = Group::load(mls, &GROUP).unwrap().unwrap();
        assert!(group.clear_pending(mls).unwrap().is_some());
    });
    b.apply(&winner.commit);
    let again = b.commit(Change { add: vec![package], ..Change::default() });
    b.merge_pending();
    a.apply(&again.commit);
    c.apply(&again.commit);
    d.join(again.welcome.as_ref().unwrap());
    assert_eq!(a.tag(), d.tag());
}

#[test]
fn merging_the_winner_drops_the_own_pending_commit() {
    let (mut a, mut b, _) = three(Suite::Classic);
    let winner = a.commit(Change { refresh: true, ..Change::default() });
    b.commit(Change { refresh: true, ..Change::default() });
    b.apply(&winner.commit);
    assert!(!b.with(|group, _| group.has_pending()));
}

#[test]
fn an_own_commit_that_comes_back_is_known() {
    let (mut a, mut b, _) = three(Suite::XWing);
    let outgoing = a.commit(Change { refresh: true, ..Change::default() });
    assert_eq!(name(&a.receive(&outgoing.commit)), "own commit, pending: true");
    a.work(|mls| {
        Group::load(mls, &GROUP).unwrap().unwrap().clear_pending(mls).map(drop).unwrap();
    });
    // Forgotten, yet the relay had accepted it: only a rejoin helps.
    b.apply(&outgoing.commit);
    assert_eq!(name(&a.receive(&outgoing.commit)), "own commit, pending: false");
    rejoins(&mut a, &mut b, &outgoing.group_info, 0);
}

/// `a` comes back by the group info, `b` follows; both talk afterwards.
fn rejoins(a: &mut Device, b: &mut Device, info: &[u8], index: u32) {
    let queue = a.queue();
    let members = b.with(|group, _| group.members()).unwrap().len();
    let outgoing = a
        .work(|mls| rejoin(mls, info, &GROUP, queue, &Everyone).map(|(_, outgoing)| outgoing))
        .unwrap();
    assert!(a.with(|group, _| group.is_rejoin_pending()));
    assert_eq!(a.with(|group, mls| group.encrypt(mls, b"x")).err(), Some(MlsError::RejoinPending));
    let changes = b.apply(&outgoing.commit);
    assert!(matches!(&changes.committer, Committer::External(joiner) if joiner.queue == queue));
    assert_eq!(changes.removed.len(), 1);
    assert_eq!(changes.removed[0].index, index);
    assert_eq!(name(&a.receive(&outgoing.commit)), "own commit, pending: true");
    a.merge_pending();
    assert_eq!(a.tag(), b.tag());
    assert_eq!(b.tag(), outgoing.epoch_tag);
    assert_eq!(b.with(|group, _| group.members()).unwrap().len(), members);
    let message = a.encrypt(b"back");
    assert_eq!(b.read(&message), b"back");
    let message = b.encrypt(b"hello");
    assert_eq!(a.read(&message), b"hello");
}

#[test]
fn a_device_that_lost_its_state_comes_back() {
    for suite in [Suite::XWing, Suite::Classic] {
        let (mut a, mut b, _) = three(suite);
        let outgoing = b.commit(Change { refresh: true, ..Change::default() });
        b.merge_pending();
        a.kv = Memory::default();
        rejoins(&mut a, &mut b, &outgoing.group_info, 0);
    }
}

#[test]
fn a_rejoin_that_lost_leaves_no_group() {
    let (mut a, mut b, _) = three(Suite::Classic);
    let outgoing = b.commit(Change { refresh: true, ..Change::default() });
    b.merge_pending();
    let queue = a.queue();
    a.work(|mls| {
        let (group, _) = rejoin(mls, &outgoing.group_info, &GROUP, queue, &Everyone).unwrap();
        assert!(group.clear_pending(mls).unwrap().is_none());
    });
    assert!(a.work(|mls| Group::load(mls, &GROUP).unwrap().is_none()));
    assert!(a.kv.0.borrow().is_empty());
    rejoins(&mut a, &mut b, &outgoing.group_info, 0);
}

#[test]
fn a_refused_rejoin_keeps_the_old_state() {
    let (mut a, mut b, _) = three(Suite::Classic);
    let outgoing = b.commit(Change { refresh: true, ..Change::default() });
    b.merge_pending();
    let before = a.kv.0.borrow().clone();
    let queue = a.queue();
    let refused = a.work(|mls| rejoin(mls, &outgoing.group_info, &GROUP, queue, &Nobody).err());
    assert!(matches!(refused, Some(JoinError::Refused(_))));
    let other = GroupId([1; 16]);
    let wrong = a.work(|mls| rejoin(mls, &outgoing.group_info, &other, queue, &Everyone).err());
    assert_eq!(wrong, Some(JoinError::WrongGroup));
    assert_eq!(before, *a.kv.0.borrow());
}

#[test]
fn a_refused_commit_changes_nothing() {
    let (mut a, mut b, _) = three(Suite::Classic);
    let outgoing = a.commit(Change { refresh: true, ..Change::default() });
    a.merge_pending();
    let before = b.kv.0.borrow().clone();
    b.with(|group, mls| {
        for _ in 0..2 {
            let Received::Commit(staged) = group.receive(mls, &outgoing.commit).unwrap() else {
                panic!("not a commit");
            };
            let refused = group.authorise(*staged, &Nobody).err();
            assert!(matches!(refused, Some(NotAuthorised::Refused(_))));
        }
    });
    assert_eq!(before, *b.kv.0.borrow());
    b.apply(&outgoing.commit);
    assert_eq!(a.tag(), b.tag());
}

#[test]
fn welcomes_are_checked_before_anything_is_stored() {
    let (mut a, _, _) = three(Suite::Classic);
    let mut d = Device::new(4, Suite::Classic);
    let package = d.key_package();
    let outgoing = a.commit(Change { add: vec![package.clone()], ..Change::default() });
    let welcome = outgoing.welcome.unwrap();
    let before = d.kv.0.borrow().clone();
    let wrong = d.work(|mls| join(mls, &welcome, &GroupId([1; 16]), &Everyone).err());
    assert_eq!(wrong, Some(JoinError::WrongGroup));
    let refused = d.work(|mls| join(mls, &welcome, &GROUP, &Nobody).err());
    assert!(matches!(refused, Some(JoinError::Refused(_))));
    assert_eq!(before, *d.kv.0.borrow());
    assert_eq!(d.join(&welcome).leaf, a.identity.claim());
    let again = d.work(|mls| join(mls, &welcome, &GROUP, &Everyone).err());
    assert_eq!(again, Some(JoinError::AlreadyHeld));
    d.work(|mls| Group::load(mls, &GROUP).unwrap().unwrap().delete(mls)).unwrap();
    // The key package was used up, nothing of the group is left.
    let used = d.work(|mls| join(mls, &welcome, &GROUP, &Everyone).err());
    assert_eq!(used, Some(JoinError::NotForUs));
    assert!(d.kv.0.borrow().is_empty());
}

#[test]
fn a_last_resort_serves_more_than_once() {
    let mut d = Device::new(4, Suite::Classic);
    let queue = d.queue();
    let package = d.work(|mls| mls.key_package(true, queue)).unwrap();
    let claim = d.work(|mls| mls.parse_key_package(&package)).unwrap();
    assert!(claim.last_resort);
    assert_eq!(claim.joiner, Joiner { leaf: d.identity.claim(), queue });
    for _ in 0..2 {
        let mut a = Device::new(1, Suite::Classic);
        a.create();
        let outgoing = a.commit(Change { add: vec![package.clone()], ..Change::default() });
        d.join(&outgoing.welcome.unwrap());
        d.work(|mls| Group::load(mls, &GROUP).unwrap().unwrap().delete(mls)).unwrap();
    }
}

#[test]
fn many_are_added_without_a_path() {
    let mut a = Device::new(1, Suite::Classic);
    a.create();
    let mut new: Vec<Device> = (2..14).map(|n| Device::new(n, Suite::Classic)).collect();
    add(&mut a, &mut [], &mut new.iter_mut().collect::<Vec<_>>());
    let message = new[5].encrypt(b"hi");
    assert_eq!(a.read(&message), b"hi");
    assert_eq!(new[11].read(&message), b"hi");
    assert!(new[5].with(|group, _| group.members()).unwrap().len() == 13);
}

#[test]
fn nobody_is_there_twice() {
    let (mut a, mut b, _) = three(Suite::Classic);
    let twin = b.key_package();
    let change = Change { add: vec![twin], ..Change::default() };
    let refused = a.with(|group, mls| group.commit(mls, change)).err();
    assert_eq!(refused, Some(MlsError::Change(Rule::Duplicate)));
    let mut d = Device::new(4, Suite::Classic);
    let queue = b.with(|group, _| group.me()).unwrap().queue;
    let thief = d.work(|mls| mls.key_package(false, queue)).unwrap();
    let change = Change { add: vec![thief], ..Change::default() };
    let refused = a.with(|group, mls| group.commit(mls, change)).err();
    assert_eq!(refused, Some(MlsError::Change(Rule::Duplicate)));
}

#[test]
fn repeated_late_and_foreign_messages_are_outcomes() {
    let (mut a, mut b, mut c) = three(Suite::Classic);
    let first = a.encrypt(b"1");
    let second = a.encrypt(b"2");
    let old = a.encrypt(b"3");
    assert_eq!(b.read(&second), b"2");
    assert_eq!(b.read(&first), b"1");
    assert_eq!(name(&b.receive(&first)), "duplicate");
    assert_eq!(name(&b.receive(&second)), "duplicate");
    let outgoing = c.commit(Change { refresh: true, ..Change::default() });
    c.merge_pending();
    b.apply(&outgoing.commit);
    assert_eq!(name(&b.receive(&old)), "epoch 1");
    assert_eq!(name(&b.receive(&outgoing.commit)), "epoch 1");
    let package = a.key_package();
    assert_eq!(name(&b.receive(&package)), "Malformed");
    assert_eq!(name(&b.receive(b"")), "Malformed");
}

#[test]
fn the_keys_of_a_message_are_gone_once_it_is_read() {
    let (mut a, mut b, _) = three(Suite::XWing);
    let message = a.encrypt(b"secret");
    let stolen = b.kv.clone();
    assert_eq!(b.read(&message), b"secret");
    // The state from before reads it, the state from after does not, and no value of it holds the old secrets.
    let after = std::mem::replace(&mut b.kv, stolen.clone());
    assert_eq!(b.read(&message), b"secret");
    b.kv = after;
    assert_eq!(name(&b.receive(&message)), "duplicate");

    let outgoing = b.commit(Change { refresh: true, ..Change::default() });
    b.merge_pending();
    a.apply(&outgoing.commit);
    let label = |memory: &Memory, label: u8| -> Vec<Vec<u8>> {
        let values = memory.0.borrow();
        values.iter().filter(|(key, _)| key[0] == label).map(|(_, value)| value.clone()).collect()
    };
    // Message secrets (6) and epoch secrets (9) of the old epoch: any 32 bytes of them in the
    // new values would be a secret that stayed.
    let new: Vec<u8> = b.kv.0.borrow().values().flatten().copied().collect();
    let mut looked_at = 0;
    for kind in [6, 9] {
        for value in label(&stolen, kind) {
            for secret in secrets(&value) {
                looked_at += 1;
                assert!(!new.windows(32).any(|window| window == secret), "label {kind}");
            }
        }
    }
    assert!(looked_at > 5, "{looked_at}");
}

/// The 32-byte strings in a MessagePack value that look like secrets: `bin 8` of length 32, not constant.
fn secrets(value: &[u8]) -> Vec<Vec<u8>> {
    let found = value.windows(34).filter(|window| window[..2] == [0xc4, 32]);
    found.map(|window| window[2..].to_vec()).collect()
}
