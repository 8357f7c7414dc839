//! What people said, applied to the database. The sender is whom MLS says it is.

mod own;
mod poll;
mod receipt;
mod shown;
mod text;
mod things;
mod typing;

use crate::Result;
use crate::step::{Step, Touch};
use parlor_store::chats::ChatId;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_store::reactions::Orphan;
use parlor_wire::content::{Content, Profile, content::Body};
use parlor_wire::limits::{MAX_AVATAR_BYTES, MAX_NAME_BYTES};
use parlor_wire::{DeviceId, GroupId, Message, MessageId, UserId};
pub use poll::{choice, poll_of};
pub use shown::without_pictures;
pub use text::text_body;
pub use things::{settled, thing_of, things_fit};
pub use typing::TypingNow;

/// Where and by whom something was said.
#[derive(Clone)]
pub struct Said {
    pub chat: ChatId,
    pub group: GroupId,
    pub sender: UserId,
    pub position: u64,
    /// The device that MLS says it was.
    pub device: DeviceId,
    /// The content as it came, for keeping what this version does not know.
    pub encoded: Vec<u8>,
}

impl Step<'_, '_> {
    pub fn said(&mut self, content: Content, said: &Said) -> Result<()> {
        if let Some(profile) = &content.profile {
            self.profile_came(&said.sender, profile)?;
        }
        let blocked = self.tx.person(&said.sender)?.blocked;
        let direct = self.tx.chat(&said.chat)?.is_some_and(|chat| chat.peer.is_some());
        if blocked && direct {
            return Ok(());
        }
        let Ok(message_id) = MessageId::try_from(&content.message_id) else { return Ok(()) };
        match content.body.clone() {
            Some(Body::Text(text)) => self.text_came(message_id, content.sent_at, text, said),
            Some(Body::Edit(edit)) => match MessageId::try_from(&edit.target) {
                Ok(target) => {
                    self.on_target(target, said, |step, row| step.edited(row, edit, said))
                }
                Err(_) => Ok(()),
            },
            Some(Body::Delete(delete)) => match MessageId::try_from(&delete.target) {
                Ok(target) => self.on_target(target, said, |step, row| step.deleted(row, said)),
                Err(_) => Ok(()),
            },
            Some(Body::Reaction(reaction)) => match MessageId::try_from(&reaction.target) {
                Ok(target) => self.on_target(target, said, |step, row| match &reaction.vote {
                    Some(vote) => step.voted(&row, vote, said),
                    None => step.reacted(row, &reaction.emoji, said),
                }),
                Err(_) => Ok(()),
            },
            Some(Body::Receipt(receipt)) => self.receipt_came(&receipt, said),
            Some(Body::Leave(leave)) => self.somebody_leaves(&leave, said),
            Some(Body::MemberNames(names)) => self.names_came(&names),
            Some(Body::ResendRequest(request)) => self.resend(&request, said),
            Some(Body::Resend(resend)) => self.resent(&resend, said),
            Some(Body::ReaddRequest(request)) => self.readd_requested(&said.sender, &request),
            Some(Body::JoinAsked(asked)) => self.join_asked(&asked, said),
            Some(Body::OwnState(state)) => self.own_changes_came(&state.payload, said),
            Some(Body::FileWanted(wanted)) => self.file_wanted(&wanted, said),
            Some(Body::FileAgain(again)) => match MessageId::try_from(&again.target) {
                Ok(target) => {
                    self.on_target(target, said, |step, row| step.file_again(row, &again, said))
                }
                Err(_) => Ok(()),
            },
            Some(Body::Typing(_)) => Ok(()),
            None => self.unknown_came(message_id, content.sent_at, said),
        }
    }

    /// Applies something to a message, or keeps it until the message is here.
    fn on_target(
        &mut self,
        target: MessageId,
        said: &Said,
        apply: impl FnOnce(&mut Self, MessageRow) -> Result<()>,
    ) -> Result<()> {
        match self.tx.message(&target)? {
            Some(row) if row.chat_id == said.chat => apply(self, row),
            Some(_) => Ok(()),
            None => {
                let orphan = Orphan {
                    sender: said.sender,
                    group: said.group,
                    position: said.position,
                    content: said.encoded.clone(),
                };
                Ok(self.tx.add_orphan(&target, &orphan)?)
            }
        }
    }

    /// A message that somebody else sees as one: stored once, whatever comes twice.
    pub fn add_message(&mut self, row: MessageRow, group: &GroupId) -> Result<()> {
        if self.tx.message(&row.message_id)?.is_some() {
            return Ok(());
        }
        let (message_id, chat_id) = (row.message_id, row.chat_id);
        self.tx.set_message(&row)?;
        self.touch_message(message_id, Touch::Received);
        if let Some(mut chat) = self.tx.chat(&chat_id)? {
            chat.activity_at = chat.activity_at.max(row.position.min(self.now));
            chat.archived = chat.archived && chat.muted_until > self.now;
            self.tx.set_chat(&chat)?;
            self.touch_chat(chat_id);
        }
        self.owe_delivered(&chat_id)?;
        self.apply_orphans(&message_id, &chat_id, group)
    }

    /// What came for a message before the message itself.
    pub fn apply_orphans(
        &mut self,
        message: &MessageId,
        chat: &ChatId,
        group: &GroupId,
    ) -> Result<()> {
        for orphan in self.tx.take_orphans(message)? {
            if let Ok(content) = Content::decode(orphan.content.as_slice()) {
                let said = Said {
                    chat: *chat,
                    group: *group,
                    sender: orphan.sender,
                    device: DeviceId([0; 16]),
                    position: orphan.position,
                    encoded: orphan.content,
                };
                self.said(content, &said)?;
            }
        }
        Ok(())
    }

    fn unknown_came(&mut self, message_id: MessageId, sent_at: u64, said: &Said) -> Result<()> {
        let row = MessageRow {
            message_id,
            chat_id: said.chat,
            position: said.position,
            sender: said.sender,
            mine: said.sender == self.me()?,
            kind: Kind::Unknown,
            sent_at,
            received_at: Some(self.now),
            text: String::new(),
            body: said.encoded.clone(),
            reply_to: None,
            edited_at: None,
            state: State::Received,
            hidden: false,
            starred: false,
        };
        self.add_message(row, &said.group)
    }

    fn profile_came(&mut self, user: &UserId, profile: &Profile) -> Result<()> {
        let mut person = self.tx.person(user)?;
        if profile.version <= person.profile_version
            || profile.display_name.len() > MAX_NAME_BYTES
            || profile.avatar.len() > MAX_AVATAR_BYTES
        {
            return Ok(());
        }
        person.profile_version = profile.version;
        person.display_name = Some(profile.display_name.clone());
        person.about = Some(profile.about.clone()).filter(|about| !about.is_empty());
        person.avatar = Some(profile.avatar.clone()).filter(|avatar| !avatar.is_empty());
        self.tx.set_person(&person)?;
        let me = self.me()?;
        let direct = crate::contacts::direct_chat_id(&me, user);
        if self.tx.chat(&direct)?.is_some() {
            self.touch_chat(direct);
        }
        Ok(())
    }

    fn names_came(&mut self, names: &parlor_wire::content::MemberNames) -> Result<()> {
        for name in &names.members {
            if let Ok(user) = UserId::try_from(&name.user_id) {
                self.hint_name(&user, &name.display_name)?;
            }
        }
        Ok(())
    }

    /// A name for somebody, until they say their own.
    pub fn hint_name(&mut self, user: &UserId, name: &str) -> Result<()> {
        let mut person = self.tx.person(user)?;
        if name.len() <= MAX_NAME_BYTES && person.display_name.is_none() {
            person.hinted_name = Some(name.to_string());
            self.tx.set_person(&person)?;
        }
        Ok(())
    }
}
