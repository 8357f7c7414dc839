//! One WebSocket connection: one task that reads, plans, writes.
//!
//! Requests enter the commit queue in the order they came in; reading goes on while they wait for the disk,
//! until too many are in flight. Writing happens between reads: a client that does not read is not read from,
//! and is disconnected when a write takes too long, so its memory here is bounded.

use crate::hub::{Slot, Waiting};
use crate::metrics::Metrics;
use crate::server::{Shared, now, rng};
use axum::extract::ws::{Message as WsMessage, WebSocket};
use futures_util::{SinkExt, StreamExt};
use parlor_relay_core::{Output, Plan, Session};
use parlor_wire::frame::decode_client;
use parlor_wire::relay::{
    Goodbye, GoodbyeReason, LogGrew, Reply, ServerFrame, reply, server_frame,
};
use parlor_wire::{MailboxId, Message};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// Requests in flight, at most.
const MAX_IN_FLIGHT: usize = 512;
/// Bytes of them, at most.
const MAX_IN_FLIGHT_BYTES: usize = 8 * 1024 * 1024;
/// After so long without anything read, a ping is sent; after three times that, the connection ends.
const IDLE: Duration = Duration::from_secs(45);
/// How long requests in flight may take when the server ends.
const LAST_REPLIES: Duration = Duration::from_secs(5);
/// Clients come back within this time after a restart, milliseconds.
const RECONNECT_SPREAD: u64 = 8_000;

/// Why a connection ends; none is worth more than a counter.
enum End {
    /// The other side went away, or was too slow.
    Gone,
    /// With a goodbye.
    Goodbye(GoodbyeReason),
}

struct Connection {
    socket: WebSocket,
    shared: Arc<Shared>,
    session: Session,
    slot: Arc<Slot>,
    mailbox: Option<MailboxId>,
    /// Bytes of each request in flight are not told apart: the sum is reset when none is.
    in_flight: (usize, usize),
    last_read: Instant,
    pinged: bool,
}

/// Serves a connection until it ends.
pub async fn run(socket: WebSocket, shared: Arc<Shared>, remote: u64) {
    shared.metrics.connections.add(1);
    shared.metrics.connections_opened.add(1);
    let (session, challenge) = shared.open(remote);
    let mut connection = Connection {
        socket,
        session,
        slot: Arc::default(),
        mailbox: None,
        in_flight: (0, 0),
        last_read: Instant::now(),
        pinged: false,
        shared,
    };
    let end = match connection.send(&challenge).await {
        Ok(()) => connection.serve().await,
        Err(end) => end,
    };
    if let Some(mailbox) = connection.mailbox {
        connection.shared.hub.leave(mailbox, &connection.slot);
    }
    connection.shared.metrics.connections.subtract(1);
    if let End::Goodbye(reason) = end {
        connection.goodbye(reason).await;
    }
}

impl Connection {
    async fn serve(&mut self) -> End {
        let mut ending = self.shared.ending.clone();
        loop {
            if let Err(end) = self.catch_up().await {
                return end;
            }
            let open = self.in_flight.0 < MAX_IN_FLIGHT && self.in_flight.1 < MAX_IN_FLIGHT_BYTES;
            let patience = if self.pinged { 3 * IDLE } else { IDLE };
            let slot = Arc::clone(&self.slot);
            let stepped = tokio::select! {
                message = self.socket.next(), if open => self.read(message).await,
                () = slot.notified() => Ok(()),
                () = tokio::time::sleep_until(self.last_read + patience) => self.idle().await,
                () = ended(&mut ending) => return self.last_replies().await,
            };
            if let Err(end) = stepped {
                return end;
            }
        }
    }

    async fn idle(&mut self) -> Result<(), End> {
        if self.pinged {
            return Err(End::Gone);
        }
        self.pinged = true;
        self.write(WsMessage::Ping(bytes::Bytes::new())).await?;
        self.flush().await
    }

    async fn last_replies(&mut self) -> End {
        let until = Instant::now() + LAST_REPLIES;
        while self.in_flight.0 > 0 {
            let slot = Arc::clone(&self.slot);
            if tokio::time::timeout_at(until, slot.notified()).await.is_err() {
                break;
            }
            if let Err(end) = self.catch_up().await {
                return end;
            }
        }
        End::Goodbye(GoodbyeReason::Shutdown)
    }

    async fn read(&mut self, message: Option<Result<WsMessage, axum::Error>>) -> Result<(), End> {
        self.last_read = Instant::now();
        self.pinged = false;
        match message {
            Some(Ok(WsMessage::Binary(bytes))) => self.request(bytes).await,
            Some(Ok(WsMessage::Ping(_) | WsMessage::Pong(_))) => Ok(()),
            Some(Ok(WsMessage::Text(_))) => Err(End::Goodbye(GoodbyeReason::Protocol)),
            Some(Ok(WsMessage::Close(_))) | None => Err(End::Gone),
            // A frame over the limit or a broken one: say so if that is still possible.
            Some(Err(_)) => Err(End::Goodbye(GoodbyeReason::Protocol)),
        }
    }

    async fn request(&mut self, bytes: bytes::Bytes) -> Result<(), End> {
        self.shared.metrics.requests.add(1);
        let weight = bytes.len();
        let Ok(frame) = decode_client(bytes) else {
            return Err(End::Goodbye(GoodbyeReason::Protocol));
        };
        match self.shared.plan(&mut self.session, frame) {
            Plan::Answer(output) => {
                self.output(output).await?;
                self.flush().await
            }
            Plan::Execute(command, pending) => {
                self.in_flight = (self.in_flight.0 + 1, self.in_flight.1 + weight);
                let (slot, hub) = (Arc::clone(&self.slot), Arc::clone(&self.shared.hub));
                let answer = move |outcome: Result<_, _>| {
                    if let Ok(outcome) = &outcome {
                        hub.outcome(outcome);
                    }
                    slot.tell(|waiting| waiting.outcomes.push((pending, outcome)));
                };
                self.shared.data.store.submit(command, now(), Box::new(answer));
                Ok(())
            }
        }
    }

    /// Does all that waits for this connection.
    async fn catch_up(&mut self) -> Result<(), End> {
        let Waiting { outcomes, live, mut wake, log_grew, goodbye } = self.slot.take();
        let written = !outcomes.is_empty() || !live.is_empty() || log_grew;
        for (pending, outcome) in outcomes {
            self.in_flight.0 = self.in_flight.0.saturating_sub(1);
            if self.in_flight.0 == 0 {
                self.in_flight.1 = 0;
            }
            let output = self.shared.relay.finish(&mut self.session, pending, outcome);
            // An acknowledgement makes room; anything else costs one look at the counters.
            wake = true;
            self.output(output).await?;
        }
        for live in live {
            self.feed(&ServerFrame { body: Some(server_frame::Body::Live(live)) }).await?;
        }
        if log_grew {
            let body = Some(server_frame::Body::LogGrew(LogGrew {}));
            self.feed(&ServerFrame { body }).await?;
        }
        if written {
            self.flush().await?;
        }
        if wake {
            self.deliver().await?;
        }
        goodbye.map_or(Ok(()), |reason| Err(End::Goodbye(reason)))
    }

    async fn output(&mut self, mut output: Output) -> Result<(), End> {
        count(&self.shared.metrics, &output);
        self.shared.hub.live(&mut output);
        if let Some(reply) = output.reply {
            self.feed(&ServerFrame { body: Some(server_frame::Body::Reply(reply)) }).await?;
        }
        if let Some(mailbox) = output.attached {
            self.mailbox = Some(mailbox);
            self.shared.hub.enter(mailbox, &self.slot);
            // Revoked between the check and here: nobody would have told this connection.
            let mailbox = parlor_relay_core::Read::mailbox(&self.shared.data.store, &mailbox);
            if matches!(mailbox, Ok(None)) {
                return Err(End::Goodbye(GoodbyeReason::Revoked));
            }
            self.slot.tell(|waiting| waiting.wake = true);
        }
        output.close.map_or(Ok(()), |reason| Err(End::Goodbye(reason)))
    }

    async fn deliver(&mut self) -> Result<(), End> {
        loop {
            let store = &self.shared.data.store;
            let next = self.shared.relay.deliver(store, &mut self.session, now());
            let Ok(next) = next else { return Err(End::Gone) };
            let Some(deliver) = next else { return Ok(()) };
            self.shared.metrics.delivered.add(deliver.items.len() as u64);
            self.send(&ServerFrame { body: Some(server_frame::Body::Deliver(deliver)) }).await?;
        }
    }

    async fn goodbye(&mut self, reason: GoodbyeReason) {
        let reconnect_after = match reason {
            GoodbyeReason::Shutdown => rand_core::RngCore::next_u64(&mut rng()) % RECONNECT_SPREAD,
            _ => 0,
        };
        let goodbye = Goodbye { reason: reason.into(), reconnect_after };
        let body = Some(server_frame::Body::Goodbye(goodbye));
        if self.send(&ServerFrame { body }).await.is_ok() {
            let _ = timeout(Duration::from_secs(2), self.socket.close()).await;
        }
    }

    async fn send(&mut self, frame: &ServerFrame) -> Result<(), End> {
        self.feed(frame).await?;
        self.flush().await
    }

    async fn feed(&mut self, frame: &ServerFrame) -> Result<(), End> {
        self.write(WsMessage::Binary(frame.encode_to_vec().into())).await
    }

    async fn write(&mut self, message: WsMessage) -> Result<(), End> {
        let done = timeout(self.shared.write_timeout, self.socket.feed(message)).await;
        self.written(done)
    }

    async fn flush(&mut self) -> Result<(), End> {
        let done = timeout(self.shared.write_timeout, self.socket.flush()).await;
        self.written(done)
    }

    fn written<E>(
        &self,
        done: Result<Result<(), E>, tokio::time::error::Elapsed>,
    ) -> Result<(), End> {
        if done.is_err() {
            self.shared.metrics.slow_readers.add(1);
        }
        if matches!(done, Ok(Ok(()))) { Ok(()) } else { Err(End::Gone) }
    }
}

async fn ended(ending: &mut watch::Receiver<bool>) {
    // An error means that the server is gone, which is the same.
    let _ = ending.wait_for(|ending| *ending).await;
}

/// Counts what an output says.
pub fn count(metrics: &Metrics, output: &Output) {
    match &output.reply {
        Some(Reply { result: Some(reply::Result::Failure(_)), .. }) => metrics.failures.add(1),
        Some(Reply { result: Some(reply::Result::Accepted(_)), .. }) => metrics.accepted.add(1),
        _ => {}
    }
    metrics.overflowed.add(u64::from(output.overflowed));
}
