//! Inputs that share a transaction: what waits in the inbox, in its order, up to a limit.
//!
//! | message                         | in a batch                                    |
//! |---------------------------------|-----------------------------------------------|
//! | command, but one with a server  | joins                                         |
//! | frame of the present connection | joins                                         |
//! | frame of an older connection    | is dropped                                    |
//! | anything else                   | ends the batch and is taken after it          |
//!
//! Invariants: order is kept; the permit of a frame is given back when the batch is done with. More is waited for
//! only while nothing has to leave ([`Batch::linger`]): then a transaction by itself would be a wait for the disk
//! that nobody asked for.

use crate::Ticket;
use crate::driver::{Message, server_named};
use parlor_engine::Input;
use parlor_wire::Message as _;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Inputs of one batch, at most. What is done with the first waits for the last.
pub const MOST: usize = 64;
/// Bytes of its frames after which a batch is full.
const FULL_AT: usize = 256 * 1024;

/// Inputs in order.
pub struct Batch {
    inputs: Vec<Input>,
    permits: Vec<OwnedSemaphorePermit>,
    bytes: usize,
    /// Frames of other connections do not belong here.
    epoch: u64,
    most: usize,
    behind: Option<Message>,
}

impl Batch {
    /// A single input.
    pub fn of(input: Input) -> Self {
        let (inputs, permits) = (vec![input], Vec::new());
        Self { inputs, permits, bytes: 0, epoch: 0, most: 1, behind: None }
    }

    /// `first` and what waits behind it, at most `most`.
    pub fn gather(first: Message, inbox: &Receiver<Message>, epoch: u64, most: usize) -> Self {
        let (inputs, permits) = (Vec::new(), Vec::new());
        let mut batch = Self { inputs, permits, bytes: 0, epoch, most, behind: None };
        batch.take(first);
        batch.fill(inbox);
        batch
    }

    /// Waits for more; true if some came.
    pub fn linger(&mut self, inbox: &Receiver<Message>, limit: Duration) -> bool {
        let before = self.len();
        if !self.is_full()
            && let Ok(message) = inbox.recv_timeout(limit)
        {
            self.take(message);
            self.fill(inbox);
        }
        self.len() > before
    }

    /// The message that did not belong to it, if one was found.
    pub fn behind(&mut self) -> Option<Message> {
        self.behind.take()
    }

    fn fill(&mut self, inbox: &Receiver<Message>) {
        while !self.is_full()
            && let Ok(message) = inbox.try_recv()
        {
            self.take(message);
        }
    }

    fn is_full(&self) -> bool {
        self.behind.is_some() || self.len() >= self.most || self.bytes >= FULL_AT
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Frame { epoch, .. } if epoch != self.epoch => {}
            Message::Frame { frame, permit, .. } => {
                self.bytes += frame.encoded_len();
                self.inputs.push(Input::Frame(frame));
                self.permits.push(permit);
            }
            Message::Command(ticket, command) if server_named(&command).is_none() => {
                self.inputs.push(Input::Command(ticket, command));
            }
            other => self.behind = Some(other),
        }
    }

    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// A copy of an input.
    pub fn input(&self, at: usize) -> Option<Input> {
        self.inputs.get(at).cloned()
    }

    /// Tickets of the commands among the first inputs.
    pub fn tickets(&self, count: usize) -> impl Iterator<Item = Ticket> {
        self.inputs.iter().take(count).filter_map(|input| match input {
            Input::Command(ticket, _) | Input::Prepared(ticket, ..) => Some(*ticket),
            _ => None,
        })
    }

    /// The first inputs are done with.
    pub fn drop_first(&mut self, count: usize) {
        self.inputs.drain(..count.min(self.inputs.len()));
    }

    /// The connection that frames came on is no more.
    pub fn drop_frames(&mut self) {
        self.inputs.retain(|input| !matches!(input, Input::Frame(_)));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use parlor_view::Command;
    use parlor_wire::relay::{Challenge, ServerFrame, server_frame::Body};
    use std::sync::Arc;
    use tokio::sync::Semaphore;

    fn command(ticket: Ticket) -> Message {
        Message::Command(ticket, Command::Sync)
    }

    fn frame(room: &Arc<Semaphore>, epoch: u64, bytes: usize) -> Message {
        let permit = Arc::clone(room).try_acquire_owned().unwrap();
        let body =
            Some(Body::Challenge(Challenge { nonce: vec![0; bytes], ..Challenge::default() }));
        Message::Frame { epoch, frame: ServerFrame { body }, permit }
    }

    #[test]
    fn a_batch_takes_what_belongs_together_and_gives_permits_back() {
        let room = Arc::new(Semaphore::new(8));
        let (sender, inbox) = std::sync::mpsc::channel();
        for message in [frame(&room, 7, 10), frame(&room, 6, 10), command(2), command(3)] {
            sender.send(message).unwrap();
        }
        sender.send(Message::Lost { epoch: 7 }).unwrap();
        sender.send(command(4)).unwrap();
        let mut batch = Batch::gather(command(1), &inbox, 7, MOST);
        assert!(!batch.linger(&inbox, Duration::ZERO));
        assert!(matches!(batch.behind(), Some(Message::Lost { epoch: 7 })));
        assert_eq!(batch.len(), 4);
        assert_eq!(batch.tickets(3).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(room.available_permits(), 7);
        batch.drop_first(1);
        batch.drop_frames();
        assert_eq!(batch.tickets(MOST).collect::<Vec<_>>(), [2, 3]);
        drop(batch);
        assert_eq!(room.available_permits(), 8);

        let mut batch = Batch::gather(inbox.recv().unwrap(), &inbox, 7, MOST);
        assert_eq!((batch.len(), batch.behind().is_none()), (1, true));
        sender.send(command(5)).unwrap();
        assert!(batch.linger(&inbox, Duration::MAX));
        assert!(!batch.linger(&inbox, Duration::ZERO));
        assert_eq!(batch.tickets(MOST).collect::<Vec<_>>(), [4, 5]);
    }

    #[test]
    fn a_batch_is_limited_in_inputs_and_bytes() {
        let room = Arc::new(Semaphore::new(8));
        let (sender, inbox) = std::sync::mpsc::channel();
        for ticket in 1..=5 {
            sender.send(command(ticket)).unwrap();
        }
        assert_eq!(Batch::gather(command(0), &inbox, 1, 3).len(), 3);
        assert_eq!(Batch::gather(frame(&room, 1, FULL_AT), &inbox, 1, MOST).len(), 1);
        assert_eq!(Batch::gather(inbox.recv().unwrap(), &inbox, 1, 1).len(), 1);
    }
}
