//! The side of a device that has the account.

use super::{APPROVING, Unsent, post_seed, secret};
use crate::history::Channel;
use crate::net::{Purpose, Waiting};
use crate::own::one;
use crate::step::Step;
use crate::{EngineError, Result, Ticket};
use parlor_crypto::sign::PublicKey;
use parlor_crypto::{kem, safety};
use parlor_view::{Answer, Code, Command, Event, Failure};
use parlor_wire::content::{LogEntry, LogSignature};
use parlor_wire::device::{
    Countersignature, Grant, GrantContent, Hello, Offer, Proposal, Refusal, Reveal,
    link_frame::Body, own_change::Change,
};
use parlor_wire::limits::MAX_NAME_BYTES;
use parlor_wire::link::DeviceLink;
use parlor_wire::relay::{self, LogAppend, client_frame::Request, reply::Result as Outcome};
use parlor_wire::{DeviceId, Message, statement};

/// What a device that approves another keeps.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Approving {
    /// The new device's queue.
    #[prost(bytes = "vec", tag = "1")]
    queue: Vec<u8>,
    /// What the link says of its keys.
    #[prost(bytes = "vec", tag = "2")]
    pub key: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    pub reply_queue: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    pub reply_seed: Vec<u8>,
    /// Ours, committed to in the hello.
    #[prost(message, required, tag = "5")]
    reveal: Reveal,
    #[prost(message, optional, tag = "6")]
    offer: Option<Offer>,
    /// The person said yes.
    #[prost(bool, tag = "7")]
    confirmed: bool,
    /// The log body that was proposed.
    #[prost(bytes = "vec", tag = "8")]
    proposed: Vec<u8>,
    /// The entry, signed by both, that is being appended.
    #[prost(bytes = "vec", tag = "9")]
    entry: Vec<u8>,
    /// The new device is in the log; the grant is sent until the device asks for the history.
    #[prost(bool, tag = "10")]
    pub granted: bool,
    #[prost(message, repeated, tag = "11")]
    pub unsent: Vec<Unsent>,
    /// Sealed.
    #[prost(bytes = "vec", tag = "12")]
    grant: Vec<u8>,
}

impl Step<'_, '_> {
    pub(super) fn approving(&self) -> Result<Option<Approving>> {
        let state = self.tx.meta(APPROVING)?.map(|bytes| Approving::decode(bytes.as_slice()));
        state.transpose().map_err(|_| EngineError::Damaged("a link"))
    }

    pub(super) fn set_approving(&mut self, state: &Approving) -> Result<()> {
        Ok(self.tx.set_meta(APPROVING, &state.encode_to_vec())?)
    }

    /// `link.approve`: answered with the code when the new device has answered.
    pub fn approve_link(&mut self, ticket: Ticket, uri: &str, command: &Command) -> Result<()> {
        let Ok(link) = DeviceLink::parse(uri) else {
            self.fail(ticket, Code::NotFound, "That is not a Parlor device link.");
            return Ok(());
        };
        let server = crate::account::text(self.tx, "server")?.unwrap_or_default();
        if link.server.trim_end_matches('/') != server {
            self.fail(ticket, Code::NotSupported, "That device is on another server.");
            return Ok(());
        }
        if self.approving()?.is_some_and(|old| !old.entry.is_empty() && !old.granted) {
            self.fail(ticket, Code::Unavailable, "Another device is just being linked.");
            return Ok(());
        }
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        self.link_answered(&Err(given_up()));
        let identity = self.identity()?;
        let reveal = Reveal {
            nonce: self.random::<32>().to_vec(),
            user_id: identity.user.to_vec(),
            device_id: identity.device.to_vec(),
            device_key: identity.claim().key.0.to_vec(),
        };
        let mut state = Approving {
            queue: link.queue.to_vec(),
            key: link.key.to_vec(),
            reply_queue: self.random::<16>().to_vec(),
            reply_seed: self.random::<32>().to_vec(),
            reveal,
            ..Approving::default()
        };
        self.open_direct(&state.reply_queue, &secret(&state.reply_seed)?, Purpose::Nothing);
        let hello = Hello {
            commitment: statement::link_commitment(&state.reveal).to_vec(),
            reply_queue: state.reply_queue.clone(),
            reply_seed: state.reply_seed.clone(),
        };
        self.engine.net.waiting.push(Waiting::LinkCode { ticket });
        self.tell_new(&mut state, Body::Hello(hello))
    }

    /// `link.confirm`: the codes are the same; answered when the device is in the log.
    pub fn confirm_link(&mut self, ticket: Ticket, command: &Command) -> Result<()> {
        let waits = |state: &Approving| state.offer.is_some() && !state.granted;
        let Some(mut state) = self.approving()?.filter(waits) else {
            self.fail(ticket, Code::NotFound, "No device waits to be linked.");
            return Ok(());
        };
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        self.engine.net.waiting.push(Waiting::LinkConfirm { ticket });
        state.confirmed = true;
        self.propose(state)
    }

    fn tell_new(&mut self, state: &mut Approving, body: Body) -> Result<()> {
        let seed = post_seed(&state.key)?;
        let unsent = self.link_frame(&state.key.clone(), &state.queue.clone(), seed, body)?;
        self.send_link(&unsent)?;
        state.unsent.push(unsent);
        self.set_approving(state)
    }

    /// A frame is with the new device, or nobody listens there any more.
    pub(super) fn told_new(&mut self, state: Approving, failed: bool) -> Result<()> {
        let appended = !state.entry.is_empty();
        if failed && !appended {
            self.tx.delete_meta(APPROVING)?;
            let text = "That device does not wait any more. Start again on it.";
            let failure = Failure::new(Code::Expired, text);
            self.link_answered(&Err(failure.clone()));
            self.link_confirmed(&Err(failure));
            return Ok(());
        }
        self.set_approving(&state)
    }

    /// A device has its grant, or is out again.
    pub fn grant_is_done(&mut self, device: &DeviceId) -> Result<()> {
        let of = |offer: &Offer| offer.device_id == device.0;
        match self.approving()? {
            Some(state) if state.granted && state.offer.as_ref().is_some_and(of) => {
                Ok(self.tx.delete_meta(APPROVING)?)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn approving_frame(&mut self, state: Approving, body: Body) -> Result<()> {
        match body {
            Body::Offer(offer) => self.offer_came(state, offer),
            Body::Countersignature(signed) => self.countersigned(state, &signed),
            _ => Ok(()),
        }
    }

    fn offer_came(&mut self, mut state: Approving, offer: Offer) -> Result<()> {
        let fits = statement::link_keys(&offer).0.as_slice() == state.key
            && DeviceId::try_from(&offer.device_id).is_ok()
            && PublicKey::from_slice(&offer.device_key).is_ok()
            && offer.kem_key.len() == kem::PUBLIC_KEY_BYTES
            && offer.nonce.len() == 32
            && offer.name.len() <= MAX_NAME_BYTES;
        if state.offer.is_some() || !fits {
            return Ok(());
        }
        let code = safety::link_code(&statement::link_transcript(&offer, &state.reveal));
        state.offer = Some(offer);
        let reveal = state.reveal.clone();
        self.tell_new(&mut state, Body::Reveal(reveal))?;
        self.link_answered(&Ok(Answer::Code { code }));
        Ok(())
    }

    /// Answers `link.approve`.
    fn link_answered(&mut self, answer: &Result<Answer, Failure>) {
        self.answer_waiting(answer, |of| matches!(of, Waiting::LinkCode { .. }));
    }

    /// Proposes the entry that follows the log's head as it is known here.
    fn propose(&mut self, mut state: Approving) -> Result<()> {
        let Some(offer) = &state.offer else { return Ok(()) };
        let me = self.me()?;
        let log = self.log(&me)?.ok_or(EngineError::Damaged("own device log"))?;
        let key =
            PublicKey::from_slice(&offer.device_key).map_err(|_| EngineError::Damaged("a link"))?;
        let new = (DeviceId::try_from(&offer.device_id)?, key);
        let name = offer.name.clone();
        let sealed_name = self.seal_device_name(&new.0, &name)?;
        state.proposed = parlor_identity::add_device_body(&log, new, sealed_name, self.now);
        let proposal = Proposal { body: state.proposed.clone() };
        self.tell_new(&mut state, Body::Proposal(proposal))
    }

    fn countersigned(&mut self, mut state: Approving, signed: &Countersignature) -> Result<()> {
        if !state.confirmed || signed.body != state.proposed {
            return Ok(());
        }
        if state.granted {
            // It asks again: what was sent did not come, or not as it was.
            state.unsent.clear();
            let grant = state.grant.clone();
            return self.tell_new(&mut state, Body::Grant(grant));
        }
        if !state.entry.is_empty() {
            return Ok(());
        }
        let offer = state.offer.clone().unwrap_or_default();
        let statement = statement::log_signature(&state.proposed);
        let identity = self.identity()?;
        let entry = LogEntry {
            body: state.proposed.clone(),
            signatures: vec![
                LogSignature {
                    device_id: identity.device.to_vec(),
                    signature: identity.sign(&statement).to_vec(),
                },
                LogSignature { device_id: offer.device_id, signature: signed.signature.clone() },
            ],
        };
        state.entry = entry.encode_to_vec();
        self.set_approving(&state)?;
        self.append_entry(&state)
    }

    /// Sends the entry that adds the new device, until it is known to be in the log.
    pub(super) fn append_entry(&mut self, state: &Approving) -> Result<()> {
        if !state.entry.is_empty() && !state.granted {
            let request = LogAppend { entry: state.entry.clone() };
            self.request(Request::LogAppend(request), Purpose::LogAppend);
        }
        Ok(())
    }

    pub fn log_appended(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        if let Some(state) = self.approving()?.filter(|s| !s.entry.is_empty() && !s.granted) {
            return self.device_appended(state, result);
        }
        self.removal_appended(result)
    }

    fn device_appended(
        &mut self,
        mut state: Approving,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let me = self.me()?;
        match result {
            Ok(_) => self.grant(state),
            Err(failure) => match failure.code() {
                // Another device changed the log: proposed anew once what it added is here.
                relay::Code::LogConflict => {
                    state.entry.clear();
                    state.proposed.clear();
                    self.set_approving(&state)?;
                    self.fetch_log(&me)?;
                    Ok(())
                }
                relay::Code::RateLimited | relay::Code::Unavailable => Ok(()),
                _ => {
                    let failure = self.relay_failure(&failure);
                    self.tell_new(&mut state, Body::Refusal(Refusal {}))?;
                    self.tx.delete_meta(APPROVING)?;
                    self.link_confirmed(&Err(failure));
                    Ok(())
                }
            },
        }
    }

    /// The own log came: a proposal that it had overtaken is made again.
    pub fn propose_again(&mut self) -> Result<()> {
        match self.approving()? {
            Some(state)
                if state.confirmed && state.proposed.is_empty() && state.entry.is_empty() =>
            {
                self.propose(state)
            }
            _ => Ok(()),
        }
    }

    /// The new device is in the log: it gets what it needs, and this account's chats are opened to it.
    fn grant(&mut self, mut state: Approving) -> Result<()> {
        let me = self.me()?;
        let offer = state.offer.clone().unwrap_or_default();
        let device = DeviceId::try_from(&offer.device_id)?;
        let mut all = self.tx.log_entries(&me)?;
        // After a crash the fetched log may have it already, and more behind it.
        let fetched = all.contains(&state.entry);
        if !fetched {
            all.push(state.entry.clone());
        }
        let Ok(log) = parlor_identity::DeviceLog::verify(&me, &all) else {
            // Appended behind something that is not here yet.
            self.fetch_log(&me)?;
            return Ok(());
        };
        if !fetched {
            self.tx.add_log_entry(&me, log.head_seq(), &state.entry)?;
        }
        self.tx.set_number("own_log_seq", u64::from(log.head_seq()))?;
        let person = self.tx.person(&me)?;
        let channel = Channel {
            queue: self.random::<16>().to_vec(),
            seed: self.random::<32>().to_vec(),
            key: self.random::<32>().to_vec(),
            reply_queue: state.reply_queue.clone(),
            reply_seed: state.reply_seed.clone(),
        };
        let content = GrantContent {
            log: all,
            username: person.username.clone().unwrap_or_default(),
            display_name: person.display_name.clone().unwrap_or_default(),
            about: person.about.clone().unwrap_or_default(),
            avatar: person.avatar.clone().unwrap_or_default(),
            profile_version: self.tx.number("profile_version")?,
            history_queue: channel.queue.clone(),
            history_seed: channel.seed.clone(),
            history_key: channel.key.clone(),
            account_key: self.account_key()?.expose().to_vec(),
            names: self.device_names_to_tell()?,
            backup: self.backup_keys()?,
        }
        .encode_to_vec();
        let transcript = statement::link_transcript(&offer, &state.reveal);
        let signature =
            self.identity()?.sign(&statement::link_grant(&transcript, &content)).to_vec();
        let grant = Grant { content, signature }.encode_to_vec();
        let sealed = kem::seal_to(&offer.kem_key, &transcript.0, &grant, &mut *self.rng)
            .map_err(|_| EngineError::Damaged("a link"))?;
        self.offer_history(&device, channel)?;
        state.granted = true;
        state.grant.clone_from(&sealed);
        self.tell_new(&mut state, Body::Grant(sealed))?;
        self.found_self_chat()?;
        self.tx.tend_all()?;
        self.advance = true;
        self.keep_in_step(vec![one(Change::LogSeq(log.head_seq()))])?;
        let (user_id, device_id) = (me.text(), device.text());
        self.out.events.push(Event::DeviceLinked { user_id, device_id: device_id.clone() });
        self.link_confirmed(&Ok(Answer::Device { device_id }));
        Ok(())
    }

    fn link_confirmed(&mut self, answer: &Result<Answer, Failure>) {
        self.answer_waiting(answer, |of| matches!(of, Waiting::LinkConfirm { .. }));
    }
}

fn given_up() -> Failure {
    Failure::new(Code::Refused, "Another link was opened meanwhile.")
}
