//! Rows become view models.

use crate::content::without_pictures;
use crate::groups::rules;
use crate::notice::Notice;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_store::chats::Chat;
use parlor_store::messages::{Kind, MessageRow, PENDING, State};
use parlor_view::{
    ChatInfo, ChatView, JoinLinkView, MemberView, MessageView, PolicyView, ReactionView, SenderView,
};
use parlor_wire::content::{ChatKind, EntityKind, RoleKind, Text, Who};
use parlor_wire::{Message, UserId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn role_name(role: RoleKind) -> &'static str {
    match role {
        RoleKind::Member => "member",
        RoleKind::Admin => "admin",
        RoleKind::Owner => "owner",
    }
}

pub fn role_of_name(name: &str) -> Option<RoleKind> {
    [RoleKind::Member, RoleKind::Admin, RoleKind::Owner]
        .into_iter()
        .find(|role| role_name(*role) == name)
}

pub fn who_name(who: Who) -> &'static str {
    match who {
        Who::Admins => "admins",
        Who::Everyone => "everyone",
    }
}

pub fn who_of_name(name: &str) -> Option<Who> {
    [Who::Admins, Who::Everyone].into_iter().find(|who| who_name(*who) == name)
}

fn kind_name(kind: i32) -> &'static str {
    match ChatKind::try_from(kind) {
        Ok(ChatKind::Self_) => "self",
        Ok(ChatKind::Direct) => "direct",
        _ => "group",
    }
}

pub fn state_name(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Sent => "sent",
        State::Delivered => "delivered",
        State::Read => "read",
        State::Failed => "failed",
        State::Received => "received",
    }
}

impl Step<'_, '_> {
    pub fn sender_view(&self, user: &UserId) -> Result<SenderView> {
        let person = self.tx.person(user)?;
        Ok(SenderView {
            user_id: user.text(),
            address: person.address(),
            display_name: person.name().to_string(),
        })
    }

    pub fn message_view(&self, row: &MessageRow) -> Result<MessageView> {
        let notice = match row.kind {
            Kind::Notice => Some(
                Notice::decode(row.body.as_slice())
                    .map_err(|_| EngineError::Damaged("a notice"))?,
            ),
            _ => None,
        };
        let attachments = match row.kind {
            Kind::Text => self.attachment_views(row)?,
            _ => Vec::new(),
        };
        let body = match row.kind {
            Kind::Text => Text::decode(row.body.as_slice()).unwrap_or_default(),
            _ => Text::default(),
        };
        let (kind, text) = match row.kind {
            Kind::Text => match attachments.first() {
                // A file without a caption has no text.
                Some(first) => {
                    (first.kind.clone(), Some(row.text.clone()).filter(|text| !text.is_empty()))
                }
                None => ("text".into(), Some(row.text.clone())),
            },
            Kind::Notice => {
                ("notice".into(), notice.as_ref().map(|n| self.notice_text(n)).transpose()?)
            }
            Kind::Deleted => ("deleted".into(), None),
            Kind::Unreadable => ("unreadable".into(), None),
            Kind::Unknown => ("unknown".into(), None),
        };
        let mut view = MessageView {
            message_id: row.message_id.text(),
            chat_id: row.chat_id.text(),
            sender: self.sender_view(&row.sender)?,
            mine: row.mine,
            sent_at: row.sent_at,
            received_at: row.received_at,
            position: Some(row.position).filter(|position| *position < PENDING),
            kind,
            text,
            entities: entities(&body),
            attachments,
            forwarded: body.forwarded,
            silent: body.silent,
            starred: row.starred && row.kind == Kind::Text,
            location: None,
            contact: None,
            poll: None,
            preview: None,
            reply_to: row.reply_to.map(|id| id.text()),
            reactions: self.reaction_views(row)?,
            edited_at: row.edited_at,
            notice: notice.map(|notice| {
                let subject = notice.subject.as_deref().and_then(|id| UserId::try_from(id).ok());
                json!({ "code": notice.code, "subject": subject.map(|id| id.text()), "text": notice.text })
            }),
            state: state_name(row.state).into(),
            highlights: Vec::new(),
        };
        self.show_things(row, body, &mut view)?;
        Ok(view)
    }

    fn reaction_views(&self, row: &MessageRow) -> Result<Vec<ReactionView>> {
        let mut by_emoji: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for reaction in self.tx.reactions(&row.message_id)? {
            by_emoji.entry(reaction.emoji).or_default().push(reaction.user.text());
        }
        Ok(by_emoji.into_iter().map(|(emoji, user_ids)| ReactionView { emoji, user_ids }).collect())
    }

    pub fn chat_title(&self, chat: &Chat) -> Result<String> {
        Ok(match &chat.peer {
            Some(peer) => self.tx.person(peer)?.name().to_string(),
            None => chat.title.clone(),
        })
    }

    pub fn chat_view(&self, chat: &Chat) -> Result<ChatView> {
        let last = self.tx.history(&chat.chat_id, None, 1)?.pop();
        let mut last_message = last.map(|row| self.message_view(&row).map(Box::new)).transpose()?;
        // A list of chats stays small.
        last_message.iter_mut().for_each(|message| without_pictures(message));
        Ok(ChatView {
            chat_id: chat.chat_id.text(),
            kind: kind_name(chat.kind).into(),
            title: self.chat_title(chat)?,
            unread: self.tx.unread(&chat.chat_id, chat.read_position)?,
            mentions: self.mentions(chat)?,
            marked_unread: chat.marked_unread,
            join_requests: self.join_requests(chat)?.len() as u64,
            active_at: chat.activity_at,
            peer: chat.peer.map(|peer| peer.text()),
            last_message,
            requested: chat.requested,
            left: chat.left,
            pinned: chat.pinned,
            archived: chat.archived,
            muted_until: (chat.muted_until > self.now).then_some(chat.muted_until),
            draft: Some(chat.draft.clone()).filter(|draft| !draft.is_empty()),
        })
    }

    /// How many of the newest unread messages of a group name this person.
    fn mentions(&self, chat: &Chat) -> Result<u64> {
        const LOOKED_AT: u32 = 500;
        if chat.kind != ChatKind::Group as i32 {
            return Ok(0);
        }
        let me = self.me()?;
        let names_me = |row: &MessageRow| {
            !row.body.is_empty()
                && Text::decode(row.body.as_slice())
                    .is_ok_and(|text| text.entities.iter().any(|one| one.user_id == me.as_bytes()))
        };
        let unread = self.tx.unread_texts(&chat.chat_id, chat.read_position, LOOKED_AT)?;
        Ok(unread.iter().filter(|row| names_me(row)).count() as u64)
    }

    pub fn chat_info(&mut self, chat: &Chat) -> Result<ChatInfo> {
        let row = chat.group.map(|group| self.tx.group(&group)).transpose()?.flatten();
        let mut state = parlor_wire::content::GroupState::default();
        let mut members = Vec::new();
        if let Some(row) = &row {
            if let Some(group) = self.take_group(&row.group_id)? {
                state = group.state().unwrap_or_default();
                self.put_group(group);
            }
            for member in self.tx.members(&row.group_id)? {
                let person = self.tx.person(&member.user_id)?;
                members.push(MemberView {
                    user_id: member.user_id.text(),
                    address: person.address(),
                    display_name: person.name().to_string(),
                    role: role_name(rules::role(&state, &member.user_id)).into(),
                    devices: member.devices,
                });
            }
        }
        let may_add = self.may_add(&state)?;
        let join_link = match state.join_link.as_ref().filter(|_| may_add && !chat.left) {
            Some(link) => self
                .join_link_text(&chat.title, link)?
                .map(|uri| JoinLinkView { uri, approve: link.approve }),
            None => None,
        };
        let policy = state.policy.unwrap_or_default();
        Ok(ChatInfo {
            join_link,
            join_requests: self.join_requests(chat)?,
            chat_id: chat.chat_id.text(),
            kind: kind_name(chat.kind).into(),
            title: self.chat_title(chat)?,
            description: state.description,
            members,
            epoch: row.map_or(0, |row| row.epoch),
            policy: PolicyView {
                add_members: who_name(policy.add_members()).into(),
                edit_info: who_name(policy.edit_info()).into(),
                send_messages: who_name(policy.send_messages()).into(),
            },
            requested: chat.requested,
            left: chat.left,
        })
    }
}

/// A picture as it is shown.
pub fn picture(jpeg: Option<&[u8]>) -> Option<String> {
    jpeg.map(|jpeg| parlor_wire::letters::BASE64.encode(jpeg))
}

const ENTITY_NAMES: [(EntityKind, &str); 9] = [
    (EntityKind::Bold, "bold"),
    (EntityKind::Italic, "italic"),
    (EntityKind::Strike, "strike"),
    (EntityKind::Code, "code"),
    (EntityKind::CodeBlock, "code_block"),
    (EntityKind::Quote, "quote"),
    (EntityKind::Spoiler, "spoiler"),
    (EntityKind::Link, "link"),
    (EntityKind::Mention, "mention"),
];

/// The kind of a name that a person or program may give; mentions are given apart.
pub fn format_of_name(name: &str) -> Option<EntityKind> {
    let found = ENTITY_NAMES.iter().find(|(_, text)| *text == name).map(|(kind, _)| *kind);
    found.filter(|kind| *kind != EntityKind::Mention)
}

/// Formatting as plain data.
fn entities(text: &Text) -> Vec<Value> {
    let name = |kind: EntityKind| {
        ENTITY_NAMES.iter().find(|(of, _)| *of == kind).map_or("unknown", |(_, text)| *text)
    };
    let view = |entity: &parlor_wire::content::Entity| {
        let mut view =
            json!({ "start": entity.start, "length": entity.length, "kind": name(entity.kind()) });
        if let (Some(map), Ok(user)) = (view.as_object_mut(), UserId::try_from(&entity.user_id)) {
            map.insert("user_id".to_string(), json!(user.text()));
        }
        if let (Some(map), false) = (view.as_object_mut(), entity.value.is_empty()) {
            map.insert("value".to_string(), json!(entity.value));
        }
        view
    };
    text.entities.iter().map(view).collect()
}
