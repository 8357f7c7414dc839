//! A database without room for more: what was to be written is refused whole, and taken when there is room.

#![allow(clippy::unwrap_used)]

use parlor_store::{Store, StoreError};

static BLOB: [u8; 20_000] = [7; 20_000];

#[test]
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let on_disk = Store::open(&folder.path().join("parlor.db"), Some(&[3; 32])).unwrap();
    for mut store in [Store::in_memory().unwrap(), on_disk] {
        let tx = store.begin().unwrap();
        tx.set_meta("kept", &BLOB).unwrap();
        tx.commit().unwrap();
        for pages in 0..4 {
            store.leave_room(Some(pages)).unwrap();
            let tx = store.begin().unwrap();
            tx.set_number("small", 1).unwrap();
            assert!(matches!(tx.set_meta("large", &BLOB), Err(StoreError::Full)));
            drop(tx);
            let tx = store.begin().unwrap();
            assert_eq!((tx.meta("large").unwrap(), tx.number("small").unwrap()), (None, 0));
            assert_eq!(tx.meta("kept").unwrap().unwrap(), BLOB);
            // What needs no room goes on.
            tx.set_meta("kept", &BLOB).unwrap();
            tx.commit().unwrap();
        }
        store.leave_room(None).unwrap();
        let tx = store.begin().unwrap();
        tx.set_meta("large", &BLOB).unwrap();
        tx.commit().unwrap();
    }
}
