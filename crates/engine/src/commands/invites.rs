//! Invite links of groups: making one, taking it back, asking to be let in, answering who asks.

use crate::groups::Wish;
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_store::invites::JoinQueue;
use parlor_store::outbox::Kind;
use parlor_view::{Answer, Code, Command};
use parlor_wire::content::{ChatKind, JoinAsked, JoinLink, content::Body};
use parlor_wire::link::GroupLink;
use parlor_wire::{QueueId, UserId};
use zeroize::Zeroizing;

impl Step<'_, '_> {
    /// A new link in place of the one there was.
    pub(super) fn create_link(
        &mut self,
        ticket: Ticket,
        chat_id: &str,
        approve: bool,
        command: &Command,
    ) -> Result<()> {
        let Some(chat) = self.group_chat(ticket, chat_id)? else { return Ok(()) };
        let Some(group_id) = chat.group else {
            self.answer(ticket, Err(Self::not_a_member()));
            return Ok(());
        };
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        let key = Zeroizing::new(self.random::<32>().to_vec());
        let link = JoinQueue { queue_id: QueueId(self.random()), group_id, key };
        self.tx.set_join_queue(&link)?;
        self.open_join_queue(&link)?;
        let (queue_id, key) = (link.queue_id.to_vec(), link.key.to_vec());
        let link = JoinLink { queue_id, key, approve };
        let uri = self.join_link_text(&chat.title, &link)?.unwrap_or_default();
        let wish = Wish { join_link: Some(link), ..Wish::default() };
        self.wish_for(ticket, &chat, &wish, Answer::Uri { uri })
    }

    /// Whether somebody has to agree to those who come with the link.
    pub(super) fn set_link(&mut self, ticket: Ticket, chat_id: &str, approve: bool) -> Result<()> {
        let Some(chat) = self.group_chat(ticket, chat_id)? else { return Ok(()) };
        let state = chat.group.map(|group| self.group_state(&group)).transpose()?.flatten();
        let Some(link) = state.and_then(|state| state.join_link) else {
            self.fail(ticket, Code::NotFound, "This group has no invite link.");
            return Ok(());
        };
        let wish = Wish { join_link: Some(JoinLink { approve, ..link }), ..Wish::default() };
        self.wish_for(ticket, &chat, &wish, Answer::Empty {})
    }

    /// No link any more.
    pub(super) fn revoke_link(&mut self, ticket: Ticket, chat_id: &str) -> Result<()> {
        let Some(chat) = self.group_chat(ticket, chat_id)? else { return Ok(()) };
        let wish = Wish { join_link: Some(JoinLink::default()), ..Wish::default() };
        self.wish_for(ticket, &chat, &wish, Answer::Empty {})
    }

    pub(super) fn join_group(
        &mut self,
        ticket: Ticket,
        uri: &str,
        command: &Command,
    ) -> Result<()> {
        let Ok(link) = GroupLink::parse(uri) else {
            self.fail(ticket, Code::NotFound, "That is not an invite link of a Parlor group.");
            return Ok(());
        };
        let server = crate::account::text(self.tx, "server")?.unwrap_or_default();
        if link.server.trim_end_matches('/') != server {
            self.fail(ticket, Code::NotSupported, "This group is on another server.");
            return Ok(());
        }
        for chat in self.tx.chats()? {
            if chat.kind != ChatKind::Group as i32 || chat.left {
                continue;
            }
            let state = chat.group.map(|group| self.group_state(&group)).transpose()?.flatten();
            let own = state.and_then(|state| state.join_link);
            if own.is_some_and(|own| own.queue_id == link.queue.0) {
                self.answer(ticket, Ok(Answer::Chat { chat_id: chat.chat_id.text() }));
                return Ok(());
            }
        }
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        self.ask_to_join(ticket, &link)
    }

    pub(super) fn answer_join(
        &mut self,
        ticket: Ticket,
        (chat_id, user, accept): (&str, &str, bool),
        command: &Command,
    ) -> Result<()> {
        let Some(chat) = self.group_chat(ticket, chat_id)? else { return Ok(()) };
        let asked = match (chat.group, UserId::parse(user)) {
            (Some(group), Ok(user)) => self.tx.join_request(&group, &user)?,
            _ => None,
        };
        let Some(asked) = asked.filter(|asked| asked.unchecked.is_none()) else {
            self.fail(ticket, Code::NotFound, "This person did not ask to join.");
            return Ok(());
        };
        if accept {
            // Forgotten when they are in.
            return self.change_members(ticket, chat_id, &[user.to_string()], true, command);
        }
        self.tx.drop_join_request(&asked.group_id, &asked.user_id)?;
        let declined = JoinAsked {
            user_id: asked.user_id.to_vec(),
            display_name: String::new(),
            declined: true,
        };
        self.enqueue(&chat.chat_id, Kind::Other, Body::JoinAsked(declined))?;
        self.touch_chat(chat.chat_id);
        self.answer(ticket, Ok(Answer::Empty {}));
        Ok(())
    }
}
