//! Invite links of groups, on the side that lets people in. Whoever has a link can put a sealed request into the
//! queue that it names; the device that made the link hears it there. `docs/protocol/groups.md` has the messages.
//!
//! | a request            | on                                   | becomes                                   |
//! |----------------------|--------------------------------------|-------------------------------------------|
//! | unchecked            | the device log of who asks is here,  | asked, and told to the group; or, where    |
//! |                      | and the signature holds              | nobody has to agree, an intent to add      |
//! | unchecked            | it does not hold, or nobody is there | nothing                                   |
//! | asked                | somebody agrees: they are added      | nothing                                   |
//! | asked                | somebody declines: told to the group | nothing                                   |
//!
//! The group state names the link, so that a link which was taken back leads nowhere, whoever still has it.

use crate::content::Said;
use crate::groups::{CHANGE, Wish, rules};
use crate::linking::{Unsent, secret};
use crate::net::Purpose;
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_crypto::{Secret, aead};
use parlor_store::chats::Chat;
use parlor_store::groups::Status;
use parlor_store::invites::{JoinQueue, JoinRequest as Asked};
use parlor_store::outbox::Kind;
use parlor_view::{Answer, Code, JoinRequestView};
use parlor_wire::content::{GroupState, JoinAsked, JoinLink, content::Body};
use parlor_wire::device::{JoinRequest, JoinRequestBody};
use parlor_wire::limits::MAX_NAME_BYTES;
use parlor_wire::link::GroupLink;
use parlor_wire::relay::{self, QueueClose, client_frame::Request, reply::Result as Outcome};
use parlor_wire::{DeviceId, GroupId, Hash, Message, QueueId, UserId, padding, statement};

/// Requests that wait in one group at most; what comes beyond is dropped.
const MOST_WAITING: u64 = 500;

fn post_seed(key: &[u8]) -> Result<Secret> {
    Ok(secret(key)?.derive("parlor group link post v1"))
}

fn seal_key(key: &[u8]) -> Result<Secret> {
    Ok(secret(key)?.derive("parlor group link request v1"))
}

/// Whether people come in through a link without being asked about.
pub fn is_open(state: &GroupState) -> bool {
    state.join_link.as_ref().is_some_and(|link| !link.approve)
}

impl Step<'_, '_> {
    /// Opens a link's queue; done again on every connection.
    pub fn open_join_queue(&mut self, link: &JoinQueue) -> Result<()> {
        self.open_direct(&link.queue_id.0, &post_seed(&link.key)?, Purpose::Nothing);
        Ok(())
    }

    fn close_join_queue(&mut self, queue: &QueueId) -> Result<()> {
        let close = QueueClose { queue_ids: vec![queue.to_vec()] };
        self.request(Request::QueueClose(close), Purpose::Nothing);
        Ok(self.tx.drop_join_queue(queue)?)
    }

    /// On a new connection: queues are open, and what was not checked is.
    pub fn resume_invites(&mut self) -> Result<()> {
        let busy: Vec<GroupId> =
            self.tx.intents()?.into_iter().map(|intent| intent.group_id).collect();
        for link in self.tx.join_queues()? {
            // A link on its way into the group's state is not in it yet.
            if busy.contains(&link.group_id) || self.is_named(&link)? {
                self.open_join_queue(&link)?;
            } else {
                self.close_join_queue(&link.queue_id)?;
            }
        }
        self.check_joins(None)
    }

    /// A group's state names another link, or none: those of this device that it does not name are closed.
    pub fn links_moved(&mut self, group: &GroupId, state: &GroupState) -> Result<()> {
        let named = state.join_link.as_ref().map(|link| link.queue_id.as_slice());
        for link in self.tx.join_queues()? {
            if link.group_id == *group && named != Some(link.queue_id.0.as_slice()) {
                self.close_join_queue(&link.queue_id)?;
            }
        }
        Ok(())
    }

    /// Whether a group's state still names a link of this device.
    fn is_named(&mut self, link: &JoinQueue) -> Result<bool> {
        let state = self.group_state(&link.group_id)?;
        let named = state.and_then(|state| state.join_link);
        Ok(named.is_some_and(|named| named.queue_id == link.queue_id.0))
    }

    /// What a group that this account is in agreed on.
    pub fn group_state(&mut self, group: &GroupId) -> Result<Option<GroupState>> {
        let row = self.tx.group(group)?.filter(|row| row.status != Status::Gone);
        let Some(row) = row else { return Ok(None) };
        let Some(group) = self.take_group(&row.group_id)? else { return Ok(None) };
        let state = group.state()?;
        self.put_group(group);
        Ok(Some(state))
    }

    /// Whether this account may bring people into a group of such a state.
    pub fn may_add(&self, state: &GroupState) -> Result<bool> {
        let policy = state.policy.unwrap_or_default();
        Ok(rules::allows(policy.add_members(), rules::role(state, &self.me()?)))
    }

    /// The link of a group as text.
    pub fn join_link_text(&self, title: &str, link: &JoinLink) -> Result<Option<String>> {
        let server = crate::account::text(self.tx, "server")?.unwrap_or_default();
        let (Ok(queue), Ok(key)) = (QueueId::try_from(&link.queue_id), Hash::try_from(&link.key))
        else {
            return Ok(None);
        };
        Ok(Some(GroupLink { server, queue, key, title: title.to_string() }.uri()))
    }

    /// Asks to be let in. Answered when the request is at the relay.
    pub fn ask_to_join(&mut self, ticket: Ticket, link: &GroupLink) -> Result<()> {
        let identity = self.identity()?;
        let body = JoinRequestBody {
            user_id: identity.user.to_vec(),
            device_id: identity.device.to_vec(),
            display_name: self.own_profile()?.display_name,
        }
        .encode_to_vec();
        let signature = identity.sign(&statement::join(&link.queue, &link.key, &body)).to_vec();
        let frame = padding::pad(&JoinRequest { body, signature }.encode_to_vec());
        let key = seal_key(&link.key.0)?;
        let payload = aead::seal(&key, &link.queue.0, &frame, &mut *self.rng);
        let seed = post_seed(&link.key.0)?.expose().to_vec();
        let unsent = Unsent { queue: link.queue.to_vec(), seed, payload };
        // Before it leaves: the welcome may be here before the relay's word on the request.
        self.tx.add_own_join(&link.queue, self.now)?;
        self.send_direct(&unsent, Purpose::Join { ticket, queue: link.queue })
    }

    /// The relay has the own request to join, or says why not.
    pub fn join_posted(
        &mut self,
        ticket: Ticket,
        queue: &QueueId,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        if result.is_err() {
            self.tx.take_own_join(queue)?;
        }
        match result {
            Ok(_) => self.answer(ticket, Ok(Answer::Empty {})),
            Err(failure) if failure.code() == relay::Code::NotFound => {
                self.fail(ticket, Code::Expired, "This invite link leads nowhere any more.");
            }
            Err(failure) => {
                let failure = self.relay_failure(&failure);
                self.answer(ticket, Err(failure));
            }
        }
        Ok(())
    }

    /// A request came through the queue of a link of this device. False: the queue is none.
    pub fn join_request_came(&mut self, queue: &QueueId, payload: &[u8]) -> Result<bool> {
        let Some(link) = self.tx.join_queue(queue)? else { return Ok(false) };
        let opened = aead::open(&seal_key(&link.key)?, &queue.0, payload).ok();
        let frame = opened.as_deref().and_then(|frame| padding::unpad(frame).ok());
        let Some(request) = frame.and_then(|frame| JoinRequest::decode(frame).ok()) else {
            return Ok(true);
        };
        let Ok(body) = JoinRequestBody::decode(request.body.as_slice()) else { return Ok(true) };
        let Ok(user) = UserId::try_from(&body.user_id) else { return Ok(true) };
        let full = self.tx.count_join_requests(&link.group_id)? >= MOST_WAITING;
        let asked_already =
            self.tx.join_request(&link.group_id, &user)?.is_some_and(|row| row.unchecked.is_none());
        if full || asked_already || body.display_name.len() > MAX_NAME_BYTES {
            return Ok(true);
        }
        self.tx.set_join_request(&Asked {
            group_id: link.group_id,
            user_id: user,
            asked_at: self.now,
            unchecked: Some(
                JoinHeard { queue: queue.to_vec(), request: Some(request) }.encode_to_vec(),
            ),
        })?;
        self.check_joins(Some(&user))?;
        Ok(true)
    }

    /// Checks requests, of one person or of all.
    pub fn check_joins(&mut self, of: Option<&UserId>) -> Result<()> {
        for asked in self.tx.unchecked_joins()? {
            if of.is_none_or(|user| *user == asked.user_id) && !self.check_join(&asked)? {
                self.tx.drop_join_request(&asked.group_id, &asked.user_id)?;
            }
        }
        Ok(())
    }

    /// Nobody of this id is known to the relay, or their device log does not hold.
    pub fn joins_come_to_nothing(&mut self, user: &UserId) -> Result<()> {
        for asked in self.tx.unchecked_joins()? {
            if asked.user_id == *user {
                self.tx.drop_join_request(&asked.group_id, user)?;
            }
        }
        Ok(())
    }

    /// Checks one request. False: nothing is kept of it.
    fn check_join(&mut self, asked: &Asked) -> Result<bool> {
        let user = &asked.user_id;
        let heard = asked.unchecked.as_deref().and_then(|bytes| JoinHeard::decode(bytes).ok());
        let Some(JoinHeard { queue, request: Some(request) }) = heard else { return Ok(false) };
        let Ok(queue) = QueueId::try_from(&queue) else { return Ok(false) };
        let Some(link) = self.tx.join_queue(&queue)? else { return Ok(false) };
        let Ok(body) = JoinRequestBody::decode(request.body.as_slice()) else { return Ok(false) };
        let Ok(device) = DeviceId::try_from(&body.device_id) else { return Ok(false) };
        let log = self.log(user)?;
        let Some(device) = log.as_ref().and_then(|log| log.device(&device)) else {
            // The log of who asks comes first; one that is as new as this connection has no such device.
            let fresh = self.engine.net.logs_fetched.contains(user);
            if !fresh {
                self.fetch_log(user)?;
            }
            return Ok(!fresh);
        };
        let key = Hash::try_from(link.key.as_slice())?;
        let signed = statement::join(&queue, &key, &request.body);
        let holds =
            device.revoked_seq.is_none() && device.key.verify(&signed, &request.signature).is_ok();
        if !holds || self.tx.person(user)?.blocked {
            return Ok(false);
        }
        if !self.is_named(&link)? {
            self.close_join_queue(&queue)?;
            return Ok(false);
        }
        let row = self.tx.group(&link.group_id)?;
        let (Some(row), Some(state)) = (row, self.group_state(&link.group_id)?) else {
            return Ok(false);
        };
        if self.tx.member(&link.group_id, user)?.is_some() || !self.may_add(&state)? {
            return Ok(false);
        }
        self.hint_name(user, &body.display_name)?;
        if is_open(&state) {
            let wish = Wish { add: vec![user.to_vec()], ..Wish::default() };
            self.add_intent(row.chat_id, link.group_id, CHANGE, &wish, 0)?;
            return Ok(false);
        }
        self.tx.set_join_request(&Asked { unchecked: None, ..asked.clone() })?;
        let told =
            JoinAsked { user_id: user.to_vec(), display_name: body.display_name, declined: false };
        self.enqueue(&row.chat_id, Kind::Other, Body::JoinAsked(told))?;
        self.touch_chat(row.chat_id);
        Ok(true)
    }

    /// Somebody tells the group of a request, or that it was declined.
    pub fn join_asked(&mut self, asked: &JoinAsked, said: &Said) -> Result<()> {
        let Ok(user) = UserId::try_from(&asked.user_id) else { return Ok(()) };
        let Some(state) = self.group_state(&said.group)? else { return Ok(()) };
        let policy = state.policy.unwrap_or_default();
        let fair = rules::allows(policy.add_members(), rules::role(&state, &said.sender));
        if !fair || !self.may_add(&state)? || asked.display_name.len() > MAX_NAME_BYTES {
            return Ok(());
        }
        if asked.declined {
            self.tx.drop_join_request(&said.group, &user)?;
        } else if self.tx.member(&said.group, &user)?.is_none()
            && self.tx.count_join_requests(&said.group)? < MOST_WAITING
        {
            self.hint_name(&user, &asked.display_name)?;
            self.tx.set_join_request(&Asked {
                group_id: said.group,
                user_id: user,
                asked_at: said.position.min(self.now),
                unchecked: None,
            })?;
        }
        self.touch_chat(said.chat);
        Ok(())
    }

    /// Who waits to be let into a chat.
    pub fn join_requests(&self, chat: &Chat) -> Result<Vec<JoinRequestView>> {
        let Some(group) = chat.group.filter(|_| !chat.left) else { return Ok(Vec::new()) };
        let mut views = Vec::new();
        for asked in self.tx.join_requests(&group)? {
            let person = self.tx.person(&asked.user_id)?;
            views.push(JoinRequestView {
                user_id: asked.user_id.text(),
                address: person.address(),
                display_name: person.name().to_string(),
                asked_at: asked.asked_at,
            });
        }
        Ok(views)
    }
}

/// A request as it was heard, until it is checked.
#[derive(Clone, PartialEq, Message)]
struct JoinHeard {
    #[prost(bytes = "vec", tag = "1")]
    queue: Vec<u8>,
    #[prost(message, optional, tag = "2")]
    request: Option<JoinRequest>,
}
