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

use crate::{Inbox, Message, Permit, Ticket, server_named};
use parlor_engine::Input;
use parlor_wire::Message as _;
use std::time::Duration;

/// Inputs of one batch, at most. What is done with the first waits for the last.
pub const MOST: usize = 64;
/// Bytes of its frames after which a batch is full.
const FULL_AT: usize = 256 * 1024;

/// Inputs in order.
pub struct Batch {
    inputs: Vec<Input>,
    permits: Vec<Permit>,
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
    pub fn gather(first: Message, inbox: &mut impl Inbox, epoch: u64, most: usize) -> Self {
        let (inputs, permits) = (Vec::new(), Vec::new());
        let mut batch = Self { inputs, permits, bytes: 0, epoch, most, behind: None };
        batch.take(first);
        batch.fill(inbox);
        batch
    }

    /// Waits for more; true if some came.
    pub fn linger(&mut self, inbox: &mut impl Inbox, limit: Duration) -> bool {
        let before = self.len();
        if !self.is_full()
            && let Some(message) = inbox.wait(limit)
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

    fn fill(&mut self, inbox: &mut impl Inbox) {
        while !self.is_full()
            && let Some(message) = inbox.next()
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
    use super::*;
    use parlor_view::Command;
    use parlor_wire::relay::{Challenge, ServerFrame, server_frame::Body};
    use std::collections::VecDeque;
    use std::sync::Arc;

    impl Inbox for VecDeque<Message> {
        fn next(&mut self) -> Option<Message> {
            self.pop_front()
        }

        fn wait(&mut self, _limit: Duration) -> Option<Message> {
            self.pop_front()
        }
    }

    fn command(ticket: Ticket) -> Message {
        Message::Command(ticket, Command::Sync)
    }

    fn frame(room: &Arc<()>, epoch: u64, bytes: usize) -> Message {
        let permit = Box::new(Arc::clone(room));
        let body =
            Some(Body::Challenge(Challenge { nonce: vec![0; bytes], ..Challenge::default() }));
        Message::Frame { epoch, frame: ServerFrame { body }, permit }
    }

    #[test]
    fn a_batch_takes_what_belongs_together_and_gives_permits_back() {
        let room = Arc::new(());
        let held = || Arc::strong_count(&room) - 1;
        let mut inbox =
            VecDeque::from([frame(&room, 7, 10), frame(&room, 6, 10), command(2), command(3)]);
        inbox.extend([Message::Lost { epoch: 7 }, command(4)]);
        let mut batch = Batch::gather(command(1), &mut inbox, 7, MOST);
        assert!(!batch.linger(&mut inbox, Duration::ZERO));
        assert!(matches!(batch.behind(), Some(Message::Lost { epoch: 7 })));
        assert_eq!(batch.len(), 4);
        assert_eq!(batch.tickets(3).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(held(), 1);
        batch.drop_first(1);
        batch.drop_frames();
        assert_eq!(batch.tickets(MOST).collect::<Vec<_>>(), [2, 3]);
        drop(batch);
        assert_eq!(held(), 0);

        let mut batch = Batch::gather(command(4), &mut VecDeque::new(), 7, MOST);
        assert_eq!((batch.len(), batch.behind().is_none()), (1, true));
        assert!(batch.linger(&mut VecDeque::from([command(5)]), Duration::MAX));
        assert!(!batch.linger(&mut VecDeque::new(), Duration::ZERO));
        assert_eq!(batch.tickets(MOST).collect::<Vec<_>>(), [4, 5]);
    }

    #[test]
    fn a_batch_is_limited_in_inputs_and_bytes() {
        let room = Arc::new(());
        let mut inbox: VecDeque<_> = (1..=5).map(command).collect();
        assert_eq!(Batch::gather(command(0), &mut inbox, 1, 3).len(), 3);
        assert_eq!(Batch::gather(frame(&room, 1, FULL_AT), &mut inbox, 1, MOST).len(), 1);
        assert_eq!(Batch::gather(command(9), &mut inbox, 1, 1).len(), 1);
    }
}
