//! The store in memory: the model for tests and the simulation. Clones share their data, so that a relay can
//! be rebuilt over what a former one left.

use crate::apply::apply;
use crate::command::{Command, Outcome, StoreError};
use crate::seal::ServerKey;
use crate::store::Store;
use crate::table::{Backend, Delta, Rows, Table};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Default, Clone)]
struct Map(BTreeMap<(Table, Vec<u8>), Bytes>);

/// See the module.
#[derive(Clone)]
pub struct MemoryStore {
    map: Arc<Mutex<Map>>,
    key: ServerKey,
}

impl MemoryStore {
    /// An empty store under a server key.
    pub fn new(key: ServerKey) -> Self {
        Self { map: Arc::default(), key }
    }

    /// A store with the same rows that shares nothing with this one.
    pub fn copy(&self) -> Self {
        Self { map: Arc::new(Mutex::new(self.locked().clone())), key: self.key.clone() }
    }

    /// Whether both have the same rows, for tests.
    pub fn same_as(&self, other: &Self) -> bool {
        let theirs = other.locked().0.clone();
        self.locked().0 == theirs
    }

    /// Number of rows of a table, for tests.
    pub fn count(&self, table: Table) -> usize {
        self.locked().0.keys().filter(|(of, _)| *of == table).count()
    }

    fn locked(&self) -> MutexGuard<'_, Map> {
        // A panic elsewhere cannot leave the map half changed: deltas are applied whole.
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for Map {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        Ok(self.0.get(&(table, key.to_vec())).cloned())
    }

    fn scan(&self, table: Table, from: &[u8], to: &[u8], limit: usize) -> Result<Rows, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let range = self.0.range((table, from.to_vec())..(table, to.to_vec()));
        Ok(range.take(limit).map(|((_, key), row)| (key.clone(), row.clone())).collect())
    }
}

impl Backend for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.locked().get(table, key)
    }

    fn scan(&self, table: Table, from: &[u8], to: &[u8], limit: usize) -> Result<Rows, StoreError> {
        self.locked().scan(table, from, to, limit)
    }
}

impl Store for MemoryStore {
    fn execute(&self, commands: Vec<Command>, now: u64) -> Vec<Result<Outcome, StoreError>> {
        let mut map = self.locked();
        let mut run = |command| {
            let mut delta = Delta::new();
            let outcome = apply(&*map, &mut delta, &self.key, command, now);
            for (at, row) in delta {
                match row {
                    Some(row) => map.0.insert(at, row),
                    None => map.0.remove(&at),
                };
            }
            outcome
        };
        commands.into_iter().map(&mut run).collect()
    }
}
