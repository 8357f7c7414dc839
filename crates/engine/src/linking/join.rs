//! The new device's side.

use super::{JOINING, Unsent, frame_key, post_seed, secret};
use crate::history::{Channel, Incoming};
use crate::net::{Link, Purpose, Waiting};
use crate::step::Step;
use crate::{EngineError, Result, Ticket};
use parlor_crypto::sign::{PublicKey, SigningKey};
use parlor_crypto::{Secret, kem, safety};
use parlor_identity::DeviceLog;
use parlor_view::{Answer, Code, Event, Failure, LinkStart};
use parlor_wire::content::{LogBody, log_body::Operation};
use parlor_wire::device::{
    Countersignature, Grant, GrantContent, Hello, Offer, Proposal, Refusal, Reveal,
    link_frame::Body,
};
use parlor_wire::limits::MAX_NAME_BYTES;
use parlor_wire::link::DeviceLink;
use parlor_wire::relay::{self, QueueClose, client_frame::Request, reply::Result as Outcome};
use parlor_wire::{DeviceId, Hash, Message, QueueId, UserId, statement};

/// What a device that waits to be linked keeps.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Joining {
    #[prost(bytes = "vec", tag = "1")]
    pub guest_seed: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    device_seed: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    kem_seed: Vec<u8>,
    #[prost(message, required, tag = "4")]
    offer: Offer,
    #[prost(bytes = "vec", tag = "5")]
    pub queue: Vec<u8>,
    /// What the link says of the keys.
    #[prost(bytes = "vec", tag = "6")]
    pub key: Vec<u8>,
    #[prost(message, optional, tag = "7")]
    hello: Option<Hello>,
    #[prost(message, optional, tag = "8")]
    reveal: Option<Reveal>,
    #[prost(message, repeated, tag = "9")]
    pub unsent: Vec<Unsent>,
    /// Hellos that were answered.
    #[prost(uint32, tag = "10")]
    hellos: u32,
    /// The log body that was signed last: the account may have this device already.
    #[prost(bytes = "vec", tag = "11")]
    signed: Vec<u8>,
}

/// Each hello that is answered is one guess at the code for whoever sits in between.
const MAX_HELLOS: u32 = 3;
/// A Grant that does not come is asked for again after so long, milliseconds.
const GRANT_PATIENCE: u64 = 30_000;

impl Step<'_, '_> {
    pub(super) fn joining(&self) -> Result<Option<Joining>> {
        let state = self.tx.meta(JOINING)?.map(|bytes| Joining::decode(bytes.as_slice()));
        state.transpose().map_err(|_| EngineError::Damaged("a link"))
    }

    pub(super) fn set_joining(&mut self, state: &Joining) -> Result<()> {
        Ok(self.tx.set_meta(JOINING, &state.encode_to_vec())?)
    }

    /// `link.start`: answered with the link as soon as it leads here.
    pub fn start_link(&mut self, ticket: Ticket, wish: LinkStart) -> Result<()> {
        let taken = self.has_account()? || self.tx.meta("genesis")?.is_some();
        if taken || self.restore_is_wanted()? {
            self.fail(ticket, Code::Refused, "This profile has an account already.");
            return Ok(());
        }
        let name = wish.device_name.trim();
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            self.fail(ticket, Code::InvalidName, "A device needs a name, and not too long a one.");
            return Ok(());
        }
        if !wish.server.starts_with("http://") && !wish.server.starts_with("https://") {
            let text = "The server's address begins with http:// or https://.";
            self.fail(ticket, Code::NotFound, text);
            return Ok(());
        }
        let (device_seed, kem_seed) =
            (Secret::generate(&mut *self.rng), Secret::generate(&mut *self.rng));
        let offer = Offer {
            device_id: self.random::<16>().to_vec(),
            device_key: SigningKey::from_seed(&device_seed).public().0.to_vec(),
            kem_key: kem::OpeningKey::from_seed(&kem_seed).public(),
            nonce: self.random::<32>().to_vec(),
            name: name.to_string(),
        };
        let state = Joining {
            guest_seed: self.random::<32>().to_vec(),
            device_seed: device_seed.expose().to_vec(),
            kem_seed: kem_seed.expose().to_vec(),
            key: statement::link_keys(&offer).to_vec(),
            queue: self.random::<16>().to_vec(),
            offer,
            ..Joining::default()
        };
        self.set_joining(&state)?;
        self.tx.set_meta("server", wish.server.trim_end_matches('/').as_bytes())?;
        // The mailbox of the new guest is empty.
        self.tx.set_number("guest_sequence", 0)?;
        let leaves = self.engine.net.link != Link::Offline;
        self.engine.net.waiting.push(Waiting::LinkStart { ticket, leaves });
        self.out.disconnect = true;
        Ok(())
    }

    /// The relay knows the guest: the queue is opened, and what was not sent yet goes out.
    pub fn guest_came_in(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        let Some(state) = self.joining()? else { return Ok(()) };
        if let Err(failure) = result {
            let failure = self.relay_failure(&failure);
            self.link_started(&Err(failure));
            self.out.disconnect = true;
            return Ok(());
        }
        self.engine.net.link = Link::Guest;
        self.out.events.push(Event::Connection { state: "online".into() });
        let queue = QueueId::try_from(&state.queue)?;
        self.open_direct(&state.queue, &post_seed(&state.key)?, Purpose::Queue { queue });
        for unsent in &state.unsent {
            self.send_link(unsent)?;
        }
        if state.signed.is_empty() { Ok(()) } else { self.countersign(state) }
    }

    /// Asks for a Grant that should have come, by what it is the answer to.
    pub fn grant_is_due(&mut self) -> Result<()> {
        let net = &self.engine.net;
        if net.link != Link::Guest || net.grant_patience == 0 || net.grant_patience > self.now {
            return Ok(());
        }
        match self.joining()? {
            Some(state) if !state.signed.is_empty() => self.countersign(state),
            _ => Ok(()),
        }
    }

    /// The queue of the link is open.
    pub fn link_queue_opened(&mut self, queue: &QueueId) -> Result<()> {
        let Some(state) = self.joining()?.filter(|state| state.queue == queue.0) else {
            return Ok(());
        };
        let server = crate::account::text(self.tx, "server")?.unwrap_or_default();
        let key = Hash::try_from(&state.key)?;
        let uri = DeviceLink { server, queue: *queue, key }.uri();
        self.link_started(&Ok(Answer::Uri { uri }));
        Ok(())
    }

    fn link_started(&mut self, answer: &Result<Answer, Failure>) {
        self.answer_waiting(answer, |of| matches!(of, Waiting::LinkStart { .. }));
    }

    pub(super) fn joining_frame(&mut self, state: Joining, body: Body) -> Result<()> {
        match body {
            Body::Hello(hello) => self.hello_came(state, hello),
            Body::Reveal(reveal) => self.reveal_came(state, reveal),
            Body::Proposal(proposal) => self.proposal_came(state, &proposal),
            Body::Grant(sealed) => self.grant_came(state, &sealed),
            Body::Refusal(Refusal {}) => {
                self.out.events.push(Event::LinkFailed { reason: "refused".into() });
                // Another device may still approve.
                let (unsent, signed) = (Vec::new(), Vec::new());
                self.set_joining(&Joining { hello: None, reveal: None, unsent, signed, ..state })
            }
            Body::Offer(_) | Body::Countersignature(_) => Ok(()),
        }
    }

    /// Sends a frame to the approving device's queue.
    fn reply(&mut self, state: &mut Joining, body: Body) -> Result<()> {
        let hello = state.hello.clone().unwrap_or_default();
        let seed = secret(&hello.reply_seed)?;
        let unsent = self.link_frame(&state.key.clone(), &hello.reply_queue, seed, body)?;
        self.send_link(&unsent)?;
        state.unsent.push(unsent);
        self.set_joining(state)
    }

    /// A device of the account says hello. The newest one counts until the code is shown.
    fn hello_came(&mut self, mut state: Joining, hello: Hello) -> Result<()> {
        let fits = hello.commitment.len() == 32
            && QueueId::try_from(&hello.reply_queue).is_ok()
            && secret(&hello.reply_seed).is_ok();
        if state.reveal.is_some() || !fits || state.hellos >= MAX_HELLOS {
            return Ok(());
        }
        state.hellos += 1;
        state.hello = Some(hello);
        // A nonce serves one hello: who sees it may not answer with another commitment.
        state.offer.nonce = self.random::<32>().to_vec();
        state.unsent.clear();
        let offer = state.offer.clone();
        self.reply(&mut state, Body::Offer(offer))
    }

    fn reveal_came(&mut self, mut state: Joining, reveal: Reveal) -> Result<()> {
        let committed = state.hello.as_ref().is_some_and(|hello| {
            hello.commitment == statement::link_commitment(&reveal).0.as_slice()
        });
        let fits = reveal.nonce.len() == 32
            && UserId::try_from(&reveal.user_id).is_ok()
            && PublicKey::from_slice(&reveal.device_key).is_ok();
        if state.reveal.is_some() || !committed || !fits {
            return Ok(());
        }
        let code = safety::link_code(&statement::link_transcript(&state.offer, &reveal));
        state.reveal = Some(reveal);
        self.set_joining(&state)?;
        self.out.events.push(Event::LinkCode { code });
        Ok(())
    }

    /// Signs the entry that adds this device, if that is all it does.
    fn proposal_came(&mut self, mut state: Joining, proposal: &Proposal) -> Result<()> {
        let Some(reveal) = &state.reveal else { return Ok(()) };
        let adds_us = LogBody::decode(proposal.body.as_slice()).is_ok_and(|body| {
            body.user_id == reveal.user_id
                && matches!(&body.operation, Some(Operation::AddDevice(add))
                    if add.device_id == state.offer.device_id
                        && add.device_key == state.offer.device_key)
        });
        if !adds_us {
            return Ok(());
        }
        state.signed.clone_from(&proposal.body);
        self.countersign(state)
    }

    /// Sends the signature; what was said before it is known by now.
    fn countersign(&mut self, mut state: Joining) -> Result<()> {
        let key = SigningKey::from_seed(&secret(&state.device_seed)?);
        let signature = key.sign(&statement::log_signature(&state.signed)).to_vec();
        let body = Countersignature { body: state.signed.clone(), signature };
        state.unsent.clear();
        self.engine.net.grant_patience = self.now + GRANT_PATIENCE;
        self.reply(&mut state, Body::Countersignature(body))
    }

    fn grant_came(&mut self, state: Joining, sealed: &[u8]) -> Result<()> {
        let Some((content, log)) = self.open_grant(&state, sealed)? else { return Ok(()) };
        let (user, device) = (log.user_id(), DeviceId::try_from(&state.offer.device_id)?);
        let added = log.device(&device).map_or(0, |device| device.added_seq);
        self.tx.set_meta("user_id", user.as_bytes())?;
        self.tx.set_meta("device_id", device.as_bytes())?;
        self.tx.set_meta("device_seed", &state.device_seed)?;
        self.tx.set_number("device_log_seq", u64::from(added))?;
        self.tx.set_number("own_log_seq", u64::from(log.head_seq()))?;
        for (seq, entry) in (0u32..).zip(&content.log) {
            self.tx.add_log_entry(&user, seq, entry)?;
        }
        self.tx.set_meta("device_name", state.offer.name.as_bytes())?;
        self.tx.set_meta("account_key", &content.account_key)?;
        self.set_device_names(&content.names)?;
        self.set_backup_keys(content.backup.as_ref())?;
        if !content.username.is_empty() {
            self.tx.set_meta("username", content.username.as_bytes())?;
        }
        self.tx.set_meta("display_name", content.display_name.as_bytes())?;
        self.tx.set_number("profile_version", content.profile_version)?;
        self.tx.set_number("registered", 1)?;
        let mut person = self.tx.person(&user)?;
        person.username = Some(content.username).filter(|name| !name.is_empty());
        person.display_name = Some(content.display_name);
        person.about = Some(content.about).filter(|about| !about.is_empty());
        person.avatar = Some(content.avatar).filter(|avatar| !avatar.is_empty());
        person.profile_version = content.profile_version;
        person.accepted = true;
        self.tx.set_person(&person)?;
        let hello = state.hello.clone().unwrap_or_default();
        let channel = Channel {
            queue: content.history_queue,
            seed: content.history_seed,
            key: content.history_key,
            reply_queue: hello.reply_queue,
            reply_seed: hello.reply_seed,
        };
        self.begin_history(&Incoming { channel, ..Incoming::default() })?;
        let close = QueueClose { queue_ids: vec![state.queue.clone()] };
        self.request(Request::QueueClose(close), Purpose::Nothing);
        self.tx.delete_meta(JOINING)?;
        let identity = crate::account::identity(self.tx)?;
        self.engine.identity = identity.map(std::rc::Rc::new);
        let (user_id, device_id) = (user.text(), device.text());
        self.out.events.push(Event::LinkDone { user_id, device_id });
        // From here on this is a device like any other.
        self.out.disconnect = true;
        Ok(())
    }

    /// Checks that the grant is of the very device that the code was compared with.
    fn open_grant(
        &self,
        state: &Joining,
        sealed: &[u8],
    ) -> Result<Option<(GrantContent, DeviceLog)>> {
        let Some(reveal) = &state.reveal else { return Ok(None) };
        let transcript = statement::link_transcript(&state.offer, reveal);
        let opening = kem::OpeningKey::from_seed(&secret(&state.kem_seed)?);
        let checked = || -> Option<(GrantContent, DeviceLog)> {
            let grant = opening.open(&transcript.0, sealed).ok()?;
            let grant = Grant::decode(grant.as_slice()).ok()?;
            let key = PublicKey::from_slice(&reveal.device_key).ok()?;
            let signed = statement::link_grant(&transcript, &grant.content);
            key.verify(&signed, &grant.signature).ok()?;
            let content = GrantContent::decode(grant.content.as_slice()).ok()?;
            let user = UserId::try_from(&reveal.user_id).ok()?;
            let log = DeviceLog::verify(&user, &content.log).ok()?;
            let approver = DeviceId::try_from(&reveal.device_id).ok()?;
            let own = DeviceId::try_from(&state.offer.device_id).ok()?;
            let own_key = PublicKey::from_slice(&state.offer.device_key).ok()?;
            let genuine = log.active_device(&approver)?.key == key
                && log.active_device(&own)?.key == own_key
                && QueueId::try_from(&content.history_queue).is_ok()
                && frame_key(&content.history_key).is_ok()
                && secret(&content.history_seed).is_ok()
                && secret(&content.account_key).is_ok();
            genuine.then_some((content, log))
        };
        Ok(checked())
    }
}
