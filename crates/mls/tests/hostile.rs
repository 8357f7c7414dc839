//! Bytes from outside, damaged in any way, are outcomes: never a panic, never a change of what is stored.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use parlor_mls::*;
use proptest::prelude::*;
use std::cell::RefCell;
use support::*;

/// Messages of every kind, and devices that could take them.
struct World {
    member: Device,
    outside: Device,
    messages: Vec<Vec<u8>>,
}

fn world() -> World {
    let (mut a, mut b, mut c) = three(Suite::Classic);
    let mut d = Device::new(4, Suite::Classic);
    let package = d.key_package();
    let application = a.encrypt(b"text");
    let outgoing = a.commit(Change { add: vec![package.clone()], ..Change::default() });
    let queue = c.queue();
    let (_, external) = {
        let mut fresh = c.kv.clone();
        std::mem::swap(&mut fresh, &mut c.kv);
        let info = b.commit(Change { refresh: true, ..Change::default() }).group_info;
        b.work(|mls| Group::load(mls, &GROUP).unwrap().unwrap().clear_pending(mls).map(drop))
            .unwrap();
        c.work(|mls| rejoin(mls, &info, &GROUP, queue, &Everyone)).unwrap()
    };
    let messages = vec![
        application,
        outgoing.commit,
        outgoing.welcome.unwrap(),
        outgoing.group_info,
        external.commit,
        package,
    ];
    World { member: b, outside: d, messages }
}

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(world());
}

/// Gives bytes to every entrance; what is stored may change only when something was taken.
fn offer(world: &mut World, bytes: &[u8]) {
    let stored = world.member.kv.clone();
    let received = world.member.receive(bytes);
    if !matches!(received, Received::Application { .. }) {
        assert_eq!(*stored.0.borrow(), *world.member.kv.0.borrow());
    }
    world.member.kv = stored;

    let stored = world.outside.kv.clone();
    let queue = parlor_wire::QueueId([77; 16]);
    let joined = world.outside.work(|mls| {
        let _ = mls.parse_key_package(bytes);
        join(mls, bytes, &GROUP, &Everyone).is_ok()
    });
    if !joined {
        assert_eq!(*stored.0.borrow(), *world.outside.kv.0.borrow());
    }
    world.outside.kv = stored.clone();
    world.outside.work(|mls| drop(rejoin(mls, bytes, &GROUP, queue, &Everyone)));
    world.outside.kv = stored;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_messages_are_outcomes(
        kind in 0usize..6,
        at in any::<prop::sample::Index>(),
        flip in 0u8..=255,
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
        tail in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        WORLD.with_borrow_mut(|world| {
            let mut bytes = world.messages[kind].clone();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes.extend_from_slice(&tail);
            offer(world, &bytes);
        });
    }

    #[test]
    fn any_bytes_are_outcomes(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0u8..7) {
        WORLD.with_borrow_mut(|world| {
            offer(world, &bytes);
            let framed: Vec<u8> = [&[0, 1, 0, kind][..], &bytes].concat();
            offer(world, &framed);
        });
    }
}
