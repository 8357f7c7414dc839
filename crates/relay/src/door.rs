//! How many connections there may be, from one address and in all, whatever they are for.
//!
//! Invariants: a connection counts from when it was accepted until its socket is closed, an upgrade to WebSocket
//! included; addresses are hashes under a key of this process, and one without connections is not remembered.
//! Whoever is refused is told why over HTTP (TLS included), if not too many are being told already.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many are told at a time that they are refused; others find the connection closed.
const TOLD_AT_ONCE: usize = 64;
/// How long telling it may take.
pub const TELLING: Duration = Duration::from_secs(5);

/// Connections at once; `None` for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConnectionLimits {
    /// In all.
    pub all: Option<usize>,
    /// From one address, or one network of IPv6.
    pub address: Option<usize>,
}

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// That of the server.
    Server,
    /// That of the address.
    Address,
}

/// What becomes of a new connection.
pub enum Entry {
    /// It is served.
    Served(Place),
    /// It is told that there is no room.
    Told(Full, Place),
    /// It is closed.
    Closed,
}

#[derive(Default)]
struct Counts {
    all: usize,
    told: usize,
    by_address: HashMap<u64, usize>,
}

/// The count of connections.
pub struct Door {
    limits: ConnectionLimits,
    counts: Mutex<Counts>,
}

/// A place of a connection, given back when dropped.
pub struct Place {
    door: Arc<Door>,
    /// Whose it is; none for one that is only told.
    address: Option<u64>,
}

impl Door {
    /// Nobody is in.
    pub fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self { limits, counts: Mutex::default() })
    }

    /// Connections that are served.
    pub fn open(&self) -> usize {
        self.counts().all
    }

    /// A new connection from an address.
    pub fn enter(self: &Arc<Self>, address: u64) -> Entry {
        let reached =
            |count: usize, limit: Option<usize>| limit.is_some_and(|limit| count >= limit);
        let mut counts = self.counts();
        let own = counts.by_address.get(&address).copied().unwrap_or(0);
        let full = if reached(counts.all, self.limits.all) {
            Full::Server
        } else if reached(own, self.limits.address) {
            Full::Address
        } else {
            counts.all += 1;
            counts.by_address.insert(address, own + 1);
            return Entry::Served(self.place(Some(address)));
        };
        if counts.told >= TOLD_AT_ONCE {
            return Entry::Closed;
        }
        counts.told += 1;
        Entry::Told(full, self.place(None))
    }

    fn place(self: &Arc<Self>, address: Option<u64>) -> Place {
        Place { door: Arc::clone(self), address }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.door.counts();
        let Some(address) = self.address else {
            counts.told = counts.told.saturating_sub(1);
            return;
        };
        counts.all = counts.all.saturating_sub(1);
        let left = counts.by_address.get(&address).map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            counts.by_address.remove(&address);
        } else {
            counts.by_address.insert(address, left);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    fn served(entry: Entry) -> Place {
        match entry {
            Entry::Served(place) => place,
            Entry::Told(full, _) => panic!("{full:?}"),
            Entry::Closed => panic!("closed"),
        }
    }

    fn refused(entry: &Entry) -> Option<Full> {
        match entry {
            Entry::Told(full, _) => Some(*full),
            _ => None,
        }
    }

    #[test]
    fn each_address_and_all_together_have_a_limit_and_nobody_is_remembered() {
        let door = Door::new(ConnectionLimits { all: Some(3), address: Some(2) });
        let first = served(door.enter(1));
        let _second = served(door.enter(1));
        assert_eq!(refused(&door.enter(1)), Some(Full::Address));
        let third = served(door.enter(2));
        assert_eq!(refused(&door.enter(3)), Some(Full::Server));
        assert_eq!(door.open(), 3);
        drop((first, third));
        assert_eq!((door.open(), door.counts().by_address.len()), (1, 1));
        let _again = served(door.enter(1));
        assert_eq!(refused(&door.enter(1)), Some(Full::Address));
    }

    #[test]
    fn too_many_who_are_told_are_closed_instead() {
        let door = Door::new(ConnectionLimits { all: Some(0), address: None });
        let told: Vec<Entry> =
            (0..TOLD_AT_ONCE as u64).map(|address| door.enter(address)).collect();
        assert!(told.iter().all(|entry| refused(entry) == Some(Full::Server)));
        assert!(matches!(door.enter(1), Entry::Closed));
        drop(told);
        assert_eq!(refused(&door.enter(1)), Some(Full::Server));
    }

    #[test]
    fn without_limits_everybody_is_served() {
        let door = Door::new(ConnectionLimits::default());
        let all: Vec<Place> = (0..1000).map(|_| served(door.enter(1))).collect();
        assert_eq!(door.open(), all.len());
    }
}
