//! The store in memory has the properties of a store.

use parlor_crypto::Secret;
use parlor_relay_core::conformance::{Open, all};
use parlor_relay_core::{MemoryStore, ServerKey};

#[test]
fn conformance() {
    let key = ServerKey::new(&Secret::new([1; 32]));
    all(&key, &|| -> Open {
        let store = MemoryStore::new(key.clone());
        Box::new(move || Box::new(store.clone()))
    });
}
