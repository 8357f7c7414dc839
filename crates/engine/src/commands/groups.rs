//! Changing groups: members, title, roles, policy, leaving.

use super::refused;
use crate::groups::{CHANGE, Wish};
use crate::project::{role_of_name, who_of_name};
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_store::chats::{Chat, ChatId};
use parlor_store::outbox::Kind;
use parlor_view::{Answer, ChatPolicy, ChatRole, ChatTitle, Code, Command, Failure};
use parlor_wire::content::{ChatKind, Leave, Role, content::Body};
use parlor_wire::limits::{MAX_ABOUT_BYTES, MAX_NAME_BYTES};
use parlor_wire::{UserId, statement};

impl Step<'_, '_> {
    /// A group that this account is in; otherwise the command is answered.
    pub(super) fn group_chat(&mut self, ticket: Ticket, chat_id: &str) -> Result<Option<Chat>> {
        let chat = match ChatId::parse(chat_id) {
            Ok(id) => self.tx.chat(&id)?,
            Err(_) => None,
        };
        let problem = match &chat {
            None => (Code::NotFound, "There is no such chat."),
            Some(chat) if chat.kind != ChatKind::Group as i32 => {
                (Code::Refused, "This chat is not a group.")
            }
            Some(chat) if chat.left => (Code::NotAMember, "You are not in this chat any more."),
            Some(_) => return Ok(chat),
        };
        self.fail(ticket, problem.0, problem.1);
        Ok(None)
    }

    fn wish(&mut self, ticket: Ticket, chat: &Chat, wish: &Wish) -> Result<()> {
        self.wish_for(ticket, chat, wish, Answer::Empty {})
    }

    /// Has a wish carried out; then the command is answered.
    pub(super) fn wish_for(
        &mut self,
        ticket: Ticket,
        chat: &Chat,
        wish: &Wish,
        answer: Answer,
    ) -> Result<()> {
        let Some(group) = chat.group else {
            self.fail(ticket, Code::NotAMember, "You are not in this chat any more.");
            return Ok(());
        };
        let intent = self.add_intent(chat.chat_id, group, CHANGE, wish, 0)?;
        self.answer_with_intent(ticket, intent, answer);
        Ok(())
    }

    pub(super) fn change_members(
        &mut self,
        ticket: Ticket,
        chat_id: &str,
        members: &[String],
        add: bool,
        command: &Command,
    ) -> Result<()> {
        let Some(chat) = self.group_chat(ticket, chat_id)? else { return Ok(()) };
        let Some(users) = self.find_all(ticket, members, command)? else { return Ok(()) };
        let me = self.me()?;
        if !add && users.contains(&me) {
            self.fail(ticket, Code::Refused, "To go yourself, leave the chat.");
            return Ok(());
        }
        if add && self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        if !add && let Some(group) = chat.group {
            for user in &users {
                if self.tx.member(&group, user)?.is_none() {
                    self.fail(ticket, Code::NotFound, "This person is not in the chat.");
                    return Ok(());
                }
            }
        }
        let ids: Vec<Vec<u8>> = users.into_iter().map(UserId::to_vec).collect();
        let wish = match add {
            true => Wish { add: ids, ..Wish::default() },
            false => Wish { remove: ids, ..Wish::default() },
        };
        self.wish(ticket, &chat, &wish)
    }

    pub(super) fn set_title(&mut self, ticket: Ticket, change: ChatTitle) -> Result<()> {
        let Some(chat) = self.group_chat(ticket, &change.chat_id)? else { return Ok(()) };
        if change.title.as_deref().is_some_and(|title| title.trim().is_empty()) {
            self.fail(ticket, Code::InvalidName, "A group needs a title.");
            return Ok(());
        }
        let long = change.title.as_deref().is_some_and(|title| title.len() > MAX_NAME_BYTES)
            || change.description.as_deref().is_some_and(|text| text.len() > MAX_ABOUT_BYTES);
        if long {
            self.fail(ticket, Code::TooLarge, "That text is too long.");
            return Ok(());
        }
        let title = change.title.map(|title| title.trim().to_string());
        self.wish(
            ticket,
            &chat,
            &Wish { title, description: change.description, ..Wish::default() },
        )
    }

    pub(super) fn set_role(
        &mut self,
        ticket: Ticket,
        change: ChatRole,
        command: &Command,
    ) -> Result<()> {
        let Some(chat) = self.group_chat(ticket, &change.chat_id)? else { return Ok(()) };
        let Some(role) = role_of_name(&change.role) else {
            self.fail(ticket, Code::Refused, "A role is member, admin or owner.");
            return Ok(());
        };
        let found = self.find_all(ticket, std::slice::from_ref(&change.user), command)?;
        let Some(user) = found.and_then(|users| users.first().copied()) else { return Ok(()) };
        let member = chat.group.map(|group| self.tx.member(&group, &user)).transpose()?.flatten();
        if member.is_none() {
            self.fail(ticket, Code::NotFound, "This person is not in the chat.");
            return Ok(());
        }
        let roles = vec![Role { user_id: user.to_vec(), role: role as i32 }];
        self.wish(ticket, &chat, &Wish { roles, ..Wish::default() })
    }

    pub(super) fn set_policy(&mut self, ticket: Ticket, change: ChatPolicy) -> Result<()> {
        let Some(chat) = self.group_chat(ticket, &change.chat_id)? else { return Ok(()) };
        let mut values = Vec::new();
        for wanted in [change.add_members, change.edit_info, change.send_messages] {
            match wanted.as_deref().map(who_of_name) {
                Some(None) => {
                    self.fail(ticket, Code::Refused, "A rule is for admins or for everyone.");
                    return Ok(());
                }
                who => values.push(who.flatten().map(|who| who as i32)),
            }
        }
        let [add_members, edit_info, send_messages] = values.as_slice() else { return Ok(()) };
        let wish = Wish {
            add_members: *add_members,
            edit_info: *edit_info,
            send_messages: *send_messages,
            ..Wish::default()
        };
        self.wish(ticket, &chat, &wish)
    }

    pub fn leave(&mut self, mut chat: Chat) -> Result<Result<Answer, Failure>> {
        if chat.kind != ChatKind::Group as i32 {
            return Ok(Err(refused("Only groups can be left.")));
        }
        if chat.left {
            return Ok(Err(Self::not_a_member()));
        }
        let row = chat.group.map(|group| self.tx.group(&group)).transpose()?.flatten();
        let Some(row) = row else { return Ok(Err(Self::not_a_member())) };
        let identity = self.identity()?;
        let signed = statement::leave(&row.group_id, &row.queue_id);
        let leave = Leave { signature: identity.sign(&signed).to_vec() };
        self.enqueue(&chat.chat_id, Kind::Other, Body::Leave(leave))?;
        if let Some(mut member) = self.tx.member(&row.group_id, &identity.user)? {
            member.leaving = true;
            self.tx.set_member(&row.group_id, &member)?;
        }
        chat.left = true;
        self.tx.set_chat(&chat)?;
        self.touch_chat(chat.chat_id);
        Ok(Ok(Answer::Empty {}))
    }
}
