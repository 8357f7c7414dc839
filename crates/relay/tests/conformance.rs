//! The store on disk has the properties of a store.

#![allow(clippy::unwrap_used)]

use parlor_crypto::Secret;
use parlor_relay::{FjallStore, Space};
use parlor_relay_core::ServerKey;
use parlor_relay_core::conformance::{Open, all};

#[test]
fn conformance() {
    let key = ServerKey::new(&Secret::new([1; 32]));
    all(&key, &|| -> Open {
        let folder = tempfile::tempdir().unwrap();
        let key = key.clone();
        let space = Space::of_disk(folder.path(), 0);
        Box::new(move || {
            Box::new(FjallStore::open(folder.path(), key.clone(), space.clone()).unwrap())
        })
    });
}
