//! Files on their way: how much of an attachment has moved.

use leptos::prelude::*;
use std::collections::BTreeMap;

/// How far files are, by message and index.
#[derive(Clone, Copy)]
pub struct Transfers {
    all: RwSignal<BTreeMap<(String, u32), (u64, u64)>>,
}

impl Transfers {
    /// None.
    pub fn new() -> Self {
        let transfers = Self { all: RwSignal::new(BTreeMap::new()) };
        provide_context(transfers);
        transfers
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Bytes that have moved, and all.
    pub fn of(self, message_id: &str, index: u32) -> Option<(u64, u64)> {
        self.all.with(|all| all.get(&(message_id.to_string(), index)).copied())
    }

    pub(super) fn moved(self, message_id: &str, index: u32, done: u64, total: u64) {
        self.all.update(|all| {
            let key = (message_id.to_string(), index);
            if done < total {
                all.insert(key, (done, total));
            } else {
                all.remove(&key);
            }
        });
    }
}
