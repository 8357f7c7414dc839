//! Connections as data: delays that keep the order of each direction, and how often what breaks.

use parlor_engine::FileSpec;
use parlor_relay_core::Session;
use parlor_wire::BlobId;
use parlor_wire::relay::{ClientFrame, ServerFrame};
use rand_core::RngCore;

/// How often what goes wrong, in thousandths of the occasions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// A frame is lost, and the connection with it.
    pub breaks: u32,
    /// A frame takes long.
    pub slow: u32,
    /// A device dies before its transaction is committed.
    pub crash_before: u32,
    /// A device dies after its transaction is committed, before anything of it is done.
    pub crash_after: u32,
    /// A device is started anew after a step, with nothing but its database.
    pub restart: u32,
    /// A device forgets after a step what it has in memory besides the state of its connection.
    pub reload: u32,
    /// A device's clock is set wrong, by up to a day, before a step.
    pub clock: u32,
    /// A device's disk has hardly any room for more during a step.
    pub full: u32,
    /// The relay is started anew after a frame.
    pub relay_crash: u32,
}

/// What is going to happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// A frame reaches the relay.
    ToRelay(u64, Box<ClientFrame>),
    /// A frame reaches the device.
    ToDevice(u64, ServerFrame),
    /// The device learns that its connection is gone.
    Broken(usize, u64),
    /// The device tries to connect.
    Connect(usize),
    /// The device asked to be woken.
    Wake(usize),
    /// The device may use the network again.
    Online(usize),
    /// A file of a device moves on, unless the device died meanwhile (its number of lives).
    Moves(usize, u64, Moving),
}

/// A file between a device's folder and the relay.
#[derive(Debug, Clone)]
pub(crate) struct Moving {
    pub file: FileSpec,
    pub blob: BlobId,
    pub up: bool,
}

/// One connection, as both ends see it.
pub(crate) struct Connection {
    pub device: usize,
    pub session: Session,
    up: u64,
    down: u64,
}

impl Connection {
    pub fn new(device: usize, session: Session) -> Self {
        Self { device, session, up: 0, down: 0 }
    }

    /// When a frame sent now arrives; never before one that was sent earlier.
    pub fn arrival(&mut self, up: bool, now: u64, delay: u64) -> u64 {
        let last = if up { &mut self.up } else { &mut self.down };
        *last = (*last).max(now + delay);
        *last
    }
}

/// Whether something that happens so many times in a thousand happens now.
pub(crate) fn chance(rng: &mut impl RngCore, thousandths: u32) -> bool {
    rng.next_u32() % 1000 < thousandths
}

/// A number below `end`; 0 when there is none.
pub(crate) fn below(rng: &mut impl RngCore, end: usize) -> usize {
    (rng.next_u64() % end.max(1) as u64) as usize
}
