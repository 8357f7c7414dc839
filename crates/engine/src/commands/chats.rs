//! Making, listing and marking chats.

use super::refused;
use crate::contacts::{direct_chat_id, group_chat_id, self_chat_id};
use crate::groups::{FOUND, Wish};
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_store::chats::{Chat, ChatId};
use parlor_store::groups::{GroupRow, Status};
use parlor_view::{Answer, ChatFlags, Code, Command, Failure};
use parlor_wire::content::ChatKind;
use parlor_wire::device::{ChatMarks, PersonMarks};
use parlor_wire::limits::{MAX_NAME_BYTES, MAX_TEXT_BYTES};
use parlor_wire::link::ContactLink;
use parlor_wire::relay::{QueueClose, client_frame::Request};
use parlor_wire::{GroupId, UserId};

impl Step<'_, '_> {
    pub(super) fn open_link(&mut self, ticket: Ticket, uri: &str, command: &Command) -> Result<()> {
        let Ok(link) = ContactLink::parse(uri) else {
            self.fail(ticket, Code::NotFound, "That is not a Parlor contact link.");
            return Ok(());
        };
        let server = crate::account::text(self.tx, "server")?.unwrap_or_default();
        if link.server.trim_end_matches('/') != server {
            self.fail(ticket, Code::NotSupported, "This person is on another server.");
            return Ok(());
        }
        self.direct_with(ticket, link.user, command)
    }

    pub(super) fn direct(
        &mut self,
        ticket: Ticket,
        address: &str,
        command: &Command,
    ) -> Result<()> {
        let found = self.find_all(ticket, &[address.to_string()], command)?;
        match found.and_then(|users| users.first().copied()) {
            Some(user) => self.direct_with(ticket, user, command),
            None => Ok(()),
        }
    }

    fn direct_with(&mut self, ticket: Ticket, user: UserId, command: &Command) -> Result<()> {
        let me = self.me()?;
        if user == me {
            return self.self_chat(ticket);
        }
        let chat_id = direct_chat_id(&me, &user);
        let answer = Answer::Chat { chat_id: chat_id.text() };
        let mut person = self.tx.person(&user)?;
        if let Some(mut chat) = self.tx.chat(&chat_id)? {
            if chat.requested {
                self.accept_chat(&mut chat)?;
            }
            let alive = chat.group.map(|group| self.tx.group(&group)).transpose()?.flatten();
            if alive.is_some_and(|row| row.status != Status::Gone) {
                person.accepted = true;
                self.tx.set_person(&person)?;
                self.answer(ticket, Ok(answer));
                return Ok(());
            }
        }
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        person.accepted = true;
        self.tx.set_person(&person)?;
        let mut chat = Chat::new(chat_id, ChatKind::Direct as i32, self.now);
        chat.peer = Some(user);
        let wish =
            Wish { add: vec![user.to_vec()], kind: ChatKind::Direct as i32, ..Wish::default() };
        let group = GroupId(self.random());
        self.found_chat(ticket, (chat, group), &wish, answer)
    }

    /// Stores a chat with a group to be founded.
    fn found_chat(
        &mut self,
        ticket: Ticket,
        (chat, group): (Chat, GroupId),
        wish: &Wish,
        answer: Answer,
    ) -> Result<()> {
        let intent = self.found_group(chat, group, wish)?;
        self.answer_with_intent(ticket, intent, answer);
        Ok(())
    }

    fn found_group(&mut self, mut chat: Chat, group: GroupId, wish: &Wish) -> Result<i64> {
        self.founding_row(chat.chat_id, group)?;
        chat.group = Some(group);
        self.tx.set_chat(&chat)?;
        self.touch_chat(chat.chat_id);
        self.add_intent(chat.chat_id, group, FOUND, wish, 0)
    }

    /// The chat of the own devices, in which they keep in step, is founded if there is none.
    pub fn found_self_chat(&mut self) -> Result<()> {
        let chat_id = self_chat_id(&self.me()?);
        if self.tx.chat(&chat_id)?.is_none() {
            let chat = Chat::new(chat_id, ChatKind::Self_ as i32, self.now);
            let wish = Wish { kind: ChatKind::Self_ as i32, ..Wish::default() };
            let group = GroupId(self.random());
            self.found_group(chat, group, &wish)?;
        }
        Ok(())
    }

    /// A restored device cannot come back into the group of a chat that nobody else can let it into: the chat goes
    /// on in a new one. False: members of the group can be asked.
    pub fn found_again(&mut self, row: &GroupRow) -> Result<bool> {
        let Some(chat) = self.tx.chat(&row.chat_id)? else { return Ok(false) };
        let alone = chat.kind == ChatKind::Self_ as i32 && self.other_own_devices()?.is_empty();
        if chat.peer.is_none() && !alone {
            return Ok(false);
        }
        self.tx.set_group(&GroupRow { status: Status::Gone, ..row.clone() })?;
        self.advance = true;
        // Two people may have had two groups: one is enough.
        let carried = chat.group != Some(row.group_id)
            && match chat.group.map(|group| self.tx.group(&group)).transpose()?.flatten() {
                Some(other) => other.status != Status::Gone,
                None => false,
            };
        if !carried && !chat.left {
            let add = chat.peer.iter().map(|peer| peer.to_vec()).collect();
            let wish = Wish { add, kind: chat.kind, ..Wish::default() };
            let group = GroupId(self.random());
            self.found_group(chat, group, &wish)?;
        }
        Ok(true)
    }

    pub(super) fn self_chat(&mut self, ticket: Ticket) -> Result<()> {
        let me = self.me()?;
        let chat_id = self_chat_id(&me);
        let answer = Answer::Chat { chat_id: chat_id.text() };
        if self.tx.chat(&chat_id)?.is_some() {
            self.answer(ticket, Ok(answer));
            return Ok(());
        }
        let chat = Chat::new(chat_id, ChatKind::Self_ as i32, self.now);
        let wish = Wish { kind: ChatKind::Self_ as i32, ..Wish::default() };
        let group = GroupId(self.random());
        self.found_chat(ticket, (chat, group), &wish, answer)
    }

    pub(super) fn create_group(
        &mut self,
        ticket: Ticket,
        title: String,
        members: &[String],
        command: &Command,
    ) -> Result<()> {
        if title.trim().is_empty() {
            self.fail(ticket, Code::InvalidName, "A group needs a title.");
            return Ok(());
        }
        if title.len() > MAX_NAME_BYTES {
            self.fail(ticket, Code::TooLarge, "That title is too long.");
            return Ok(());
        }
        let Some(mut users) = self.find_all(ticket, members, command)? else { return Ok(()) };
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        let me = self.me()?;
        users.retain(|user| *user != me);
        for user in &users {
            let mut person = self.tx.person(user)?;
            person.accepted = true;
            self.tx.set_person(&person)?;
        }
        let group = GroupId(self.random());
        let mut chat = Chat::new(group_chat_id(&group), ChatKind::Group as i32, self.now);
        chat.title = title.trim().to_string();
        let answer = Answer::Chat { chat_id: chat.chat_id.text() };
        let wish = Wish {
            add: users.into_iter().map(UserId::to_vec).collect(),
            kind: ChatKind::Group as i32,
            title: Some(chat.title.clone()),
            ..Wish::default()
        };
        self.found_chat(ticket, (chat, group), &wish, answer)
    }

    pub(super) fn list_chats(
        &mut self,
        ticket: Ticket,
        limit: u32,
        after: Option<&str>,
    ) -> Result<()> {
        let rows = self.tx.chats()?;
        let start = match after.map(ChatId::parse) {
            None => 0,
            Some(id) => {
                match id.ok().and_then(|id| rows.iter().position(|row| row.chat_id == id)) {
                    Some(at) => at + 1,
                    None => {
                        self.fail(ticket, Code::NotFound, "There is no such chat.");
                        return Ok(());
                    }
                }
            }
        };
        let page = rows.iter().skip(start).take(limit as usize);
        let chats = page.map(|row| self.chat_view(row)).collect::<Result<_>>()?;
        self.answer(ticket, Ok(Answer::Chats { chats }));
        Ok(())
    }

    pub(super) fn accept(&mut self, mut chat: Chat) -> Result<Result<Answer, Failure>> {
        if chat.requested {
            self.accept_chat(&mut chat)?;
        }
        Ok(Ok(Answer::Empty {}))
    }

    /// The chat is no request any more: from now on receipts are sent.
    pub(super) fn accept_chat(&mut self, chat: &mut Chat) -> Result<()> {
        chat.requested = false;
        self.tx.set_chat(chat)?;
        self.mark(&chat.chat_id, ChatMarks { requested: Some(false), ..ChatMarks::default() })?;
        if let Some(peer) = chat.peer {
            let mut person = self.tx.person(&peer)?;
            person.accepted = true;
            self.tx.set_person(&person)?;
            let marks = PersonMarks { accepted: Some(true), ..PersonMarks::default() };
            self.mark_person(&peer, marks)?;
        }
        self.touch_chat(chat.chat_id);
        self.owe_delivered(&chat.chat_id)
    }

    pub(super) fn decline(&mut self, chat: Chat) -> Result<Result<Answer, Failure>> {
        if !chat.requested {
            return Ok(Err(refused("This chat is no request.")));
        }
        self.mark(&chat.chat_id, ChatMarks { deleted: Some(true), ..ChatMarks::default() })?;
        self.drop_request(&chat)?;
        Ok(Ok(Answer::Empty {}))
    }

    /// Nothing of a request is kept, and nothing more of it comes.
    pub fn drop_request(&mut self, chat: &Chat) -> Result<()> {
        for row in self.tx.groups_of_chat(&chat.chat_id)? {
            let close = QueueClose { queue_ids: vec![row.queue_id.to_vec()] };
            self.request(Request::QueueClose(close), crate::net::Purpose::Nothing);
            self.tx.set_queue(&row.queue_id, None)?;
            if let Some(group) = self.take_group(&row.group_id)? {
                self.mls(|mls| group.delete(mls))??;
            }
        }
        self.tx.delete_chat(&chat.chat_id)?;
        self.drop_unused_files()
    }

    pub(super) fn set_flags(
        &mut self,
        mut chat: Chat,
        flags: &ChatFlags,
    ) -> Result<Result<Answer, Failure>> {
        chat.pinned = flags.pinned.unwrap_or(chat.pinned);
        chat.archived = flags.archived.unwrap_or(chat.archived);
        chat.marked_unread = flags.unread.unwrap_or(chat.marked_unread);
        // SQLite keeps signed numbers: "for ever" is the largest of them.
        chat.muted_until =
            flags.muted_until.map_or(chat.muted_until, |until| until.min(i64::MAX as u64));
        self.tx.set_chat(&chat)?;
        let marks = ChatMarks {
            pinned: flags.pinned,
            archived: flags.archived,
            unread: flags.unread,
            muted_until: flags.muted_until.map(|_| chat.muted_until),
            ..ChatMarks::default()
        };
        self.mark(&chat.chat_id, marks)?;
        self.touch_chat(chat.chat_id);
        Ok(Ok(Answer::Empty {}))
    }

    pub(super) fn set_draft(
        &mut self,
        mut chat: Chat,
        text: String,
    ) -> Result<Result<Answer, Failure>> {
        if text.len() > MAX_TEXT_BYTES {
            return Ok(Err(Failure::new(Code::TooLarge, "That text is too long.")));
        }
        chat.draft = text;
        self.tx.set_chat(&chat)?;
        let marks = ChatMarks { draft: Some(chat.draft.clone()), ..ChatMarks::default() };
        self.mark(&chat.chat_id, marks)?;
        self.touch_chat(chat.chat_id);
        Ok(Ok(Answer::Empty {}))
    }
}
