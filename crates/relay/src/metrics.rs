//! Counters for Prometheus. No label ever carries an id, an address or a name.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// A number that goes up, or up and down.
#[derive(Default)]
pub struct Number(AtomicU64);

impl Number {
    /// Adds.
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    /// Takes away.
    pub fn subtract(&self, amount: u64) {
        self.0.fetch_sub(amount, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All of them.
#[derive(Default)]
pub struct Metrics {
    /// WebSocket connections open.
    pub connections: Number,
    /// WebSocket connections ever opened.
    pub connections_opened: Number,
    /// Connections of any kind that found no room.
    pub sockets_refused: Number,
    /// Connections ended because their reader was too slow.
    pub slow_readers: Number,
    /// Requests read.
    pub requests: Number,
    /// Requests answered with a failure.
    pub failures: Number,
    /// Posts and commits accepted.
    pub accepted: Number,
    /// Items sent to devices.
    pub delivered: Number,
    /// Items that found a mailbox full.
    pub overflowed: Number,
    /// Blobs that became whole.
    pub blobs_uploaded: Number,
    /// Files of blobs removed.
    pub blobs_removed: Number,
    /// Bytes of blobs received.
    pub blob_bytes_received: Number,
    /// Bytes of blobs sent.
    pub blob_bytes_sent: Number,
    /// Rows removed by the sweep.
    pub swept: Number,
}

impl Metrics {
    /// The text that Prometheus reads; `disk` and `blobs` are bytes of the database and of all blobs, `sockets` the
    /// connections of any kind.
    pub fn text(&self, disk: u64, blobs: u64, sockets: u64) -> String {
        let rows = [
            ("connections", "gauge", self.connections.get()),
            ("connections_opened_total", "counter", self.connections_opened.get()),
            ("sockets", "gauge", sockets),
            ("sockets_refused_total", "counter", self.sockets_refused.get()),
            ("slow_readers_total", "counter", self.slow_readers.get()),
            ("requests_total", "counter", self.requests.get()),
            ("failures_total", "counter", self.failures.get()),
            ("accepted_total", "counter", self.accepted.get()),
            ("delivered_items_total", "counter", self.delivered.get()),
            ("overflowed_items_total", "counter", self.overflowed.get()),
            ("blobs_uploaded_total", "counter", self.blobs_uploaded.get()),
            ("blobs_removed_total", "counter", self.blobs_removed.get()),
            ("blob_bytes_received_total", "counter", self.blob_bytes_received.get()),
            ("blob_bytes_sent_total", "counter", self.blob_bytes_sent.get()),
            ("swept_rows_total", "counter", self.swept.get()),
            ("database_bytes", "gauge", disk),
            ("blob_bytes", "gauge", blobs),
        ];
        let mut text = String::new();
        for (name, kind, value) in rows {
            let _ = writeln!(text, "# TYPE parlor_{name} {kind}\nparlor_{name} {value}");
        }
        text
    }
}
