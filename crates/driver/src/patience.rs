//! Where a relay is, and how long to stay away from it between attempts.

use parlor_wire::relay::{ServerFrame, server_frame::Body};
use std::time::Duration;

const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// A relay may ask for more patience than that; it does not get it.
const LONGEST_ASKED: Duration = Duration::from_secs(120);
/// A connection that got so many frames was of use: the challenge alone is not.
const USEFUL: u32 = 2;
/// A connection that the driver gave up counts as so many failures.
const USELESS: u32 = 3;

/// What the attempts so far have taught.
#[derive(Debug, Default)]
pub struct Patience {
    failures: u32,
    /// The relay asked for this at its last goodbye.
    asked: Duration,
    /// Of the present connection.
    frames: u32,
}

impl Patience {
    /// One more attempt, which has failed until something useful comes.
    pub fn attempt(&mut self) {
        self.failures = self.failures.saturating_add(1);
        self.frames = 0;
    }

    /// The relay said something.
    pub fn heard(&mut self, frame: &ServerFrame) {
        self.frames = self.frames.saturating_add(1);
        if let Some(Body::Goodbye(goodbye)) = &frame.body {
            self.asked = Duration::from_millis(goodbye.reconnect_after);
        } else if self.frames == USEFUL {
            self.failures = 0;
        }
    }

    /// The driver found the connection of no use, whatever the relay said on it.
    pub fn useless(&mut self) {
        self.failures = self.failures.max(USELESS);
    }

    /// How long to wait before the next attempt. `random` spreads many devices that lost the same relay: half as
    /// long again at most.
    pub fn wait(&mut self, random: u16) -> Duration {
        let asked = std::mem::take(&mut self.asked);
        let doubled = FIRST_WAIT.saturating_mul(1 << self.failures.min(16));
        let wait = if self.failures == 0 { FIRST_WAIT } else { doubled.min(LONGEST_WAIT) };
        let spread = f64::from(random) / f64::from(u16::MAX) / 2.0;
        wait.mul_f64(1.0 + spread).max(asked.min(LONGEST_ASKED))
    }
}

/// Where a server speaks WebSocket; an address of another kind fails when it is connected to.
pub fn websocket_url(server: &str) -> String {
    let server = server.trim_end_matches('/');
    let rest = |scheme: &str| server.strip_prefix(scheme);
    match (rest("https://"), rest("http://")) {
        (Some(host), _) => format!("wss://{host}/v1/ws"),
        (None, Some(host)) => format!("ws://{host}/v1/ws"),
        (None, None) => server.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_wire::relay::{Challenge, Goodbye};

    fn frame(body: Body) -> ServerFrame {
        ServerFrame { body: Some(body) }
    }

    #[test]
    fn failures_make_patient_and_use_forgives_them() {
        let mut patience = Patience::default();
        let mut waits = Vec::new();
        for _ in 0..8 {
            patience.attempt();
            // A challenge alone is of no use.
            patience.heard(&frame(Body::Challenge(Challenge::default())));
            waits.push(patience.wait(0));
        }
        assert!(waits.windows(2).all(|two| two[0] <= two[1]) && waits[0] < waits[3]);
        assert_eq!(waits.last(), Some(&LONGEST_WAIT));
        assert!(patience.wait(u16::MAX) <= LONGEST_WAIT.mul_f64(1.5));
        patience.attempt();
        for _ in 0..2 {
            patience.heard(&frame(Body::Challenge(Challenge::default())));
        }
        assert_eq!(patience.wait(0), FIRST_WAIT);
        patience.useless();
        assert!(patience.wait(0) > FIRST_WAIT);
    }

    #[test]
    fn what_a_relay_asks_for_is_granted_once_and_within_limits() {
        let mut patience = Patience::default();
        for (asked, granted) in [(10_000, Duration::from_secs(10)), (u64::MAX, LONGEST_ASKED)] {
            patience.heard(&frame(Body::Goodbye(Goodbye {
                reconnect_after: asked,
                ..Goodbye::default()
            })));
            assert_eq!(patience.wait(0), granted);
            assert_eq!(patience.wait(0), FIRST_WAIT);
        }
    }

    #[test]
    fn addresses() {
        for (server, expected) in [
            ("http://127.0.0.1:7700", "ws://127.0.0.1:7700/v1/ws"),
            ("https://parlor.example/", "wss://parlor.example/v1/ws"),
            ("ftp://parlor.example", "ftp://parlor.example"),
        ] {
            assert_eq!(websocket_url(server), expected);
        }
    }
}
