//! Uploads of one blob take turns: the newest request goes on, an older one is told to end. So a client whose
//! connection broke need not wait until the server has noticed.

use parlor_wire::BlobId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedMutexGuard, watch};

struct Turn {
    busy: Arc<tokio::sync::Mutex<()>>,
    newest: watch::Sender<()>,
}

/// Blobs that are being uploaded.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<BlobId, Arc<Turn>>>);

/// The right to write a blob; given back when dropped.
pub struct Permit<'a> {
    turns: &'a Turns,
    id: BlobId,
    turn: Arc<Turn>,
    newest: watch::Receiver<()>,
    _busy: OwnedMutexGuard<()>,
}

impl Turns {
    /// Ends what writes the blob now, and waits until it has.
    pub async fn take(&self, id: BlobId) -> Permit<'_> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Turn { busy: Arc::default(), newest: watch::channel(()).0 };
            Arc::clone(turns.entry(id).or_insert_with(|| Arc::new(fresh())))
        };
        turn.newest.send_replace(());
        let newest = turn.newest.subscribe();
        let busy = Arc::clone(&turn.busy).lock_owned().await;
        Permit { turns: self, id, turn, newest, _busy: busy }
    }
}

impl Permit<'_> {
    /// Returns when another request wants to write.
    pub async fn outdone(&mut self) {
        // The sender lives as long as this permit.
        let _ = self.newest.changed().await;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut turns = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Held by the map and by this permit only: nobody waits.
        if Arc::strong_count(&self.turn) <= 2 {
            turns.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn the_newest_goes_on_and_nothing_is_left() {
        let turns = Turns::default();
        let (one, other) = (BlobId([1; 16]), BlobId([2; 16]));
        let mut first = turns.take(one).await;
        let _apart = turns.take(other).await;
        let second = async {
            let permit = turns.take(one).await;
            drop(permit);
        };
        let ends = async {
            first.outdone().await;
            drop(first);
        };
        tokio::join!(second, ends);
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
