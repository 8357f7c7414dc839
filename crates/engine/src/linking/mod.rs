//! A device is linked: two devices speak through direct posts until the new one is in the account's log and
//! has what it needs. `docs/protocol/devices.md` has the messages.
//!
//! | new device              | on              | approving device         | on                          |
//! |-------------------------|-----------------|--------------------------|-----------------------------|
//! | Listening               | Hello: Offer    | Greeted (Hello sent)     | Offer: Reveal; code shown   |
//! | Offered                 | Reveal: code    | Revealed                 | `link.confirm`: Proposal    |
//! | Revealed                | Proposal:       | Proposed                 | Countersignature: LogAppend |
//! |                         | Countersignature|                          |                             |
//! | Revealed                | Grant: done     | Appending                | in the log: Grant, done     |
//!
//! The approving device commits itself to its nonce before it knows the other's, so that nobody in between can
//! choose the code. Each side's state is one value in the database together with what it has not sent yet:
//! after a crash or on a new connection the same bytes go again. What does not fit is ignored.

mod approve;
mod join;

use crate::net::Purpose;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_crypto::sign::SigningKey;
use parlor_crypto::{Secret, aead};
use parlor_wire::device::{LinkFrame, link_frame};
use parlor_wire::relay::{
    self, AuthenticateGuest, DirectPost, QueueOpen, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{Hash, Message, QueueId, statement};

const JOINING: &str = "link_joining";
const APPROVING: &str = "link_approving";

/// A direct post that the relay has not confirmed.
#[derive(Clone, PartialEq, Message)]
pub struct Unsent {
    #[prost(bytes = "vec", tag = "1")]
    pub queue: Vec<u8>,
    /// Seed of the queue's post key.
    #[prost(bytes = "vec", tag = "2")]
    pub seed: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    pub payload: Vec<u8>,
}

pub fn secret(bytes: &[u8]) -> Result<Secret> {
    Secret::try_from(bytes).map_err(|_| EngineError::Damaged("a secret"))
}

/// The key under which link frames travel, from what the new device's screen shows.
fn frame_key(key: &[u8]) -> Result<Secret> {
    Ok(secret(key)?.derive("parlor link frames v1"))
}

/// Seed of the post key of the new device's first queue.
fn post_seed(key: &[u8]) -> Result<Secret> {
    Ok(secret(key)?.derive("parlor link post v1"))
}

impl Step<'_, '_> {
    /// Whether this profile has no account and waits to be linked to one.
    pub fn link_is_wanted(&self) -> Result<bool> {
        Ok(self.tx.meta(JOINING)?.is_some())
    }

    pub fn authenticate_guest(&mut self) -> Result<()> {
        let Some(state) = self.joining()? else { return Ok(()) };
        let key = SigningKey::from_seed(&secret(&state.guest_seed)?);
        let signed = statement::authenticate_guest(&self.engine.net.nonce);
        let request = AuthenticateGuest {
            key: key.public().0.to_vec(),
            signature: key.sign(&signed).to_vec(),
        };
        self.request(Request::AuthenticateGuest(request), Purpose::Guest);
        Ok(())
    }

    /// Opens a queue for direct posts at the own mailbox.
    pub fn open_direct(&mut self, queue: &[u8], seed: &Secret, purpose: Purpose) {
        let post_key = SigningKey::from_seed(seed).public().0.to_vec();
        let open = QueueOpen { queue_ids: vec![queue.to_vec()], post_key };
        self.request(Request::QueueOpen(open), purpose);
    }

    /// Sends a direct post; the reply is for `purpose`.
    pub fn send_direct(&mut self, unsent: &Unsent, purpose: Purpose) -> Result<()> {
        let queue = QueueId::try_from(&unsent.queue)?;
        let key = SigningKey::from_seed(&secret(&unsent.seed)?);
        let signature = key.sign(&statement::direct_post(&queue, &unsent.payload)).to_vec();
        let post = DirectPost {
            queue_id: unsent.queue.clone(),
            payload: unsent.payload.clone().into(),
            signature,
        };
        self.request(Request::DirectPost(post), purpose);
        Ok(())
    }

    /// Seals a link frame for a queue.
    fn link_frame(
        &mut self,
        key: &[u8],
        queue: &[u8],
        seed: Secret,
        body: link_frame::Body,
    ) -> Result<Unsent> {
        let frame = LinkFrame { body: Some(body) }.encode_to_vec();
        let payload = aead::seal(&frame_key(key)?, queue, &frame, &mut *self.rng);
        Ok(Unsent { queue: queue.to_vec(), seed: seed.expose().to_vec(), payload })
    }

    fn send_link(&mut self, unsent: &Unsent) -> Result<()> {
        let hash = parlor_wire::hash(&unsent.payload);
        self.send_direct(unsent, Purpose::Direct { hash })
    }

    /// On a new connection: goes on where it stopped.
    pub fn resume_links(&mut self) -> Result<()> {
        if let Some(state) = self.approving()? {
            self.open_direct(&state.reply_queue, &secret(&state.reply_seed)?, Purpose::Nothing);
            for unsent in &state.unsent {
                self.send_link(unsent)?;
            }
            self.append_entry(&state)?;
        }
        self.resume_history()
    }

    /// The relay has a direct post, or says why not.
    pub fn direct_posted(
        &mut self,
        hash: &Hash,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let failed = match result {
            // The same again on the next connection.
            Err(failure)
                if matches!(
                    failure.code(),
                    relay::Code::RateLimited | relay::Code::Unavailable
                ) =>
            {
                return Ok(());
            }
            result => result.is_err(),
        };
        let is = |unsent: &Unsent| parlor_wire::hash(&unsent.payload) == *hash;
        if let Some(mut state) = self.joining()? {
            state.unsent.retain(|unsent| !is(unsent));
            self.set_joining(&state)?;
        }
        match self.approving()? {
            Some(mut state) if state.unsent.iter().any(is) => {
                state.unsent.retain(|unsent| !is(unsent));
                self.told_new(state, failed)
            }
            _ => Ok(()),
        }
    }

    /// A direct post came through one of our queues.
    pub fn direct_came(&mut self, queue: &QueueId, payload: &[u8]) -> Result<()> {
        if let Some(state) = self.joining()?
            && state.queue == queue.0
        {
            return match open(&state.key, queue, payload)? {
                Some(body) => self.joining_frame(state, body),
                None => Ok(()),
            };
        }
        if let Some(state) = self.approving()?
            && state.reply_queue == queue.0
            && let Some(body) = open(&state.key, queue, payload)?
        {
            return self.approving_frame(state, body);
        }
        if self.join_request_came(queue, payload)? {
            return Ok(());
        }
        self.history_came(queue, payload)
    }
}

fn open(key: &[u8], queue: &QueueId, payload: &[u8]) -> Result<Option<link_frame::Body>> {
    let opened = aead::open(&frame_key(key)?, &queue.0, payload).ok();
    Ok(opened.and_then(|frame| LinkFrame::decode(frame.as_slice()).ok()?.body))
}
