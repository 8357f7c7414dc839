//! The boundary to storage and the write buffer above it.
//!
//! Invariants: nothing reaches the [`KeyValue`] before `flush`; reads see buffered writes; a layer that is
//! rolled back leaves no trace; buffered values are zeroised when dropped. Absent on purpose: what is stored.

use std::cell::RefCell;
use std::collections::BTreeMap;
use thiserror::Error;
use zeroize::Zeroizing;

/// A key-value area inside the caller's open database transaction. Keys begin with a byte of this crate's
/// choice; an area is one device's and is shared with nobody else.
pub trait KeyValue {
    /// The value of a key, if there is one.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError>;
    /// Sets a key.
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), KvError>;
    /// Deletes a key; `Ok` when it is not there. The bytes must not survive on disk.
    fn delete(&self, key: &[u8]) -> Result<(), KvError>;
}

/// The database failed. The transaction has to be rolled back; trying again may help.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KvError {
    /// There is no room.
    #[error("the key-value area has no room for more")]
    Full,
    /// Anything else, in its own words.
    #[error("the key-value area failed: {0}")]
    Failed(String),
}

/// `None` is a deletion.
type Layer = BTreeMap<Vec<u8>, Option<Zeroizing<Vec<u8>>>>;

/// Writes kept back until they are flushed, in layers that can be rolled back.
pub(crate) struct Buffer<'a> {
    kv: &'a dyn KeyValue,
    layers: RefCell<Vec<Layer>>,
}

impl<'a> Buffer<'a> {
    pub(crate) fn new(kv: &'a dyn KeyValue) -> Self {
        Self { kv, layers: RefCell::new(vec![Layer::new()]) }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, KvError> {
        let layers = self.layers.borrow();
        match layers.iter().rev().find_map(|layer| layer.get(key)) {
            Some(value) => Ok(value.clone()),
            None => Ok(self.kv.get(key)?.map(Zeroizing::new)),
        }
    }

    pub(crate) fn put(&self, key: Vec<u8>, value: Zeroizing<Vec<u8>>) {
        self.set(key, Some(value));
    }

    pub(crate) fn delete(&self, key: Vec<u8>) {
        self.set(key, None);
    }

    fn set(&self, key: Vec<u8>, value: Option<Zeroizing<Vec<u8>>>) {
        if let Some(layer) = self.layers.borrow_mut().last_mut() {
            layer.insert(key, value);
        }
    }

    /// Opens a layer: what is written from here on is kept only if [`Self::keep`] closes it.
    pub(crate) fn open(&self) {
        self.layers.borrow_mut().push(Layer::new());
    }

    /// Closes the newest layer and keeps what it holds.
    pub(crate) fn keep(&self) {
        let mut layers = self.layers.borrow_mut();
        if layers.len() > 1
            && let Some(top) = layers.pop()
            && let Some(below) = layers.last_mut()
        {
            below.extend(top);
        }
    }

    /// Closes the newest layer and forgets what it holds.
    pub(crate) fn forget(&self) {
        let mut layers = self.layers.borrow_mut();
        if layers.len() > 1 {
            layers.pop();
        }
    }

    pub(crate) fn flush(&self) -> Result<(), KvError> {
        for layer in self.layers.borrow_mut().iter_mut() {
            for (key, value) in layer.iter() {
                match value {
                    Some(value) => self.kv.put(key, value)?,
                    None => self.kv.delete(key)?,
                }
            }
            layer.clear();
        }
        Ok(())
    }
}
