//! The state of one connection.
//!
//! | state          | after                       | may                                            |
//! |----------------|-----------------------------|------------------------------------------------|
//! | anonymous      | the challenge was sent      | register, post, commit, look at a group info   |
//! | guest          | `AuthenticateGuest`         | open and close direct queues, acknowledge; its |
//! |                |                             | mailbox is delivered                           |
//! | revoked        | a valid `Authenticate` of a | as anonymous, and fetch the own device log     |
//! |                | device that is revoked      |                                                |
//! | authenticated  | a valid `Authenticate`      | everything; its mailbox is delivered           |
//!
//! Invariant: items are sent in order, and no more than a window of them is unacknowledged.

use parlor_wire::relay::BlobGranted;
use parlor_wire::{DeviceId, GroupId, Hash, MailboxId, UserId};
use std::collections::VecDeque;

/// Items sent and not acknowledged, at most.
pub(crate) const WINDOW_ITEMS: usize = 256;
/// Bytes of them, at most (one larger item goes alone).
pub(crate) const WINDOW_BYTES: usize = 1024 * 1024;

/// The device that a connection proved to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authenticated {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub device: DeviceId,
    /// Where its items are.
    pub mailbox: MailboxId,
}

/// One connection as the brain sees it. Made by [`crate::Relay::open`]; gone with the connection.
#[derive(Debug)]
pub struct Session {
    pub(crate) nonce: [u8; 32],
    /// Hash of the remote address, for rate limits.
    pub(crate) remote: u64,
    /// Unique in this process, for rate limits.
    pub(crate) serial: u64,
    pub(crate) authenticated: Option<Authenticated>,
    /// The mailbox of a guest, who is no device.
    pub(crate) guest: Option<MailboxId>,
    /// Whose device it was: revoked, and it proved to have its key.
    pub(crate) revoked: Option<UserId>,
    pub(crate) window: Window,
    /// The first post that came too fast and has not come again.
    pub(crate) put_off: Option<PutOff>,
}

/// A post that those behind it have to wait for.
#[derive(Debug)]
pub(crate) struct PutOff {
    pub group: GroupId,
    pub epoch: u64,
    pub payload: Hash,
    /// It is given up then, Unix milliseconds.
    pub until: u64,
}

impl Session {
    /// Who it is, once proved.
    pub fn authenticated(&self) -> Option<Authenticated> {
        self.authenticated
    }

    /// The mailbox that is delivered on this connection.
    pub fn mailbox(&self) -> Option<MailboxId> {
        self.authenticated.map(|who| who.mailbox).or(self.guest)
    }
}

/// What was sent and not acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Window {
    /// Newest sequence number sent; `None` before the first delivery.
    pub sent: Option<u64>,
    in_flight: VecDeque<(u64, usize)>,
    bytes: usize,
}

impl Window {
    /// How many items and bytes may be sent now; `None` when the window is full.
    pub fn room(&self) -> Option<(usize, usize)> {
        let items = WINDOW_ITEMS.saturating_sub(self.in_flight.len());
        let bytes = WINDOW_BYTES.saturating_sub(self.bytes);
        (items > 0 && (bytes > 0 || self.in_flight.is_empty())).then_some((items, bytes))
    }

    pub fn sent(&mut self, sequence: u64, bytes: usize) {
        self.sent = Some(sequence);
        self.bytes += bytes;
        self.in_flight.push_back((sequence, bytes));
    }

    pub fn acknowledged(&mut self, up_to: u64) {
        while let Some((_, bytes)) = self.in_flight.pop_front_if(|(sequence, _)| *sequence <= up_to)
        {
            self.bytes -= bytes;
        }
        self.sent = self.sent.map(|sent| sent.max(up_to));
    }
}

/// What a request still has to do when its command has an outcome. Opaque; hand it to
/// [`crate::Relay::finish`].
#[derive(Debug)]
pub struct Pending {
    pub(crate) id: u64,
    pub(crate) then: Then,
}

#[derive(Debug)]
pub(crate) enum Then {
    /// Only the reply.
    Reply,
    /// The connection is this device from now on.
    Authenticated(Authenticated),
    /// The connection is the guest with this mailbox from now on.
    Guest(MailboxId),
    /// Room in the window.
    Acknowledged(u64),
    /// This, once there is room for the blob.
    Granted(BlobGranted),
}
