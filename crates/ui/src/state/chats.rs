//! The chats of this account and the order of their rows: pinned first, then by what happened last.

use super::session::Session;
use crate::core::Problem;
use crate::locale;
use leptos::prelude::*;
use parlor_view::{ChatView, MessageView};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

const PAGE: usize = 200;

/// What the order and the filters need of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Key {
    pub id: String,
    pub group: bool,
    pub pinned: bool,
    pub archived: bool,
    pub requested: bool,
    pub muted: bool,
    pub unread: u64,
    at: u64,
}

/// All chats.
#[derive(Clone, Copy)]
pub struct Chats {
    session: Session,
    all: StoredValue<BTreeMap<String, ArcRwSignal<ChatView>>>,
    /// In the order of the list.
    pub order: RwSignal<Vec<Key>>,
    /// Whether the list was read.
    pub loaded: RwSignal<bool>,
}

#[derive(Deserialize)]
struct Page {
    chats: Vec<ChatView>,
}

impl Chats {
    /// None yet.
    pub fn new(session: Session) -> Self {
        let chats = Self {
            session,
            all: StoredValue::new(BTreeMap::new()),
            order: RwSignal::new(Vec::new()),
            loaded: RwSignal::new(false),
        };
        provide_context(chats);
        chats
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Reads all chats.
    pub fn load(self) {
        leptos::task::spawn_local(async move {
            let mut after: Option<String> = None;
            loop {
                let params = match &after {
                    Some(after) => json!({"limit": PAGE, "after": after}),
                    None => json!({"limit": PAGE}),
                };
                let Ok(Page { chats }) = self.session.ask("chats.list", params).await else {
                    break;
                };
                let full = chats.len() == PAGE;
                after = chats.last().map(|chat| chat.chat_id.clone());
                for chat in chats {
                    self.keep(chat);
                }
                self.sort();
                if !full || after.is_none() {
                    break;
                }
            }
            self.loaded.set(true);
        });
    }

    /// A chat; its signal lives as long as the page.
    pub fn get(self, id: &str) -> Option<ArcRwSignal<ChatView>> {
        self.all.with_value(|all| all.get(id).cloned())
    }

    /// A chat as it is now; asked again when the list changes.
    pub fn find(self, id: &str) -> Option<ChatView> {
        self.order.track();
        self.get(id).map(|chat| chat.get())
    }

    /// How many chats have something unread and are not muted.
    pub fn unread(self) -> usize {
        let counts = |key: &&Key| key.unread > 0 && !key.muted && !key.archived && !key.requested;
        self.order.with(|order| order.iter().filter(counts).count())
    }

    /// How many people wait for an answer.
    pub fn requests(self) -> usize {
        self.order.with(|order| order.iter().filter(|key| key.requested).count())
    }

    /// Takes a chat as the engine has it.
    pub fn put(self, chat: ChatView) {
        self.keep(chat);
        self.sort();
    }

    fn keep(self, chat: ChatView) {
        match self.get(&chat.chat_id) {
            Some(signal) => {
                if signal.with_untracked(|old| *old != chat) {
                    signal.set(chat);
                }
            }
            None => self.all.update_value(|all| {
                all.insert(chat.chat_id.clone(), ArcRwSignal::new(chat));
            }),
        }
    }

    fn sort(self) {
        let now = locale::now();
        let mut order: Vec<Key> = self.all.with_value(|all| {
            let key = |chat: &ChatView| Key {
                id: chat.chat_id.clone(),
                group: chat.kind == "group",
                pinned: chat.pinned,
                archived: chat.archived,
                requested: chat.requested,
                muted: is_muted(chat, now),
                unread: chat.unread.max(u64::from(chat.marked_unread)),
                at: chat.active_at,
            };
            all.values().map(|chat| chat.with_untracked(key)).collect()
        });
        order.sort_by(|one, other| {
            other
                .pinned
                .cmp(&one.pinned)
                .then(other.at.cmp(&one.at))
                .then_with(|| one.id.cmp(&other.id))
        });
        if self.order.with_untracked(|old| *old != order) {
            self.order.set(order);
        }
    }

    pub(super) fn received(self, message: &MessageView) {
        if let Some(chat) = self.get(&message.chat_id) {
            chat.update(|chat| {
                chat.active_at = chat.active_at.max(message.sent_at);
                chat.last_message = Some(Box::new(message.clone()));
            });
            self.sort();
        }
    }

    pub(super) fn changed(self, message: &MessageView) {
        let Some(chat) = self.get(&message.chat_id) else { return };
        let is_last = |chat: &ChatView| {
            chat.last_message.as_ref().is_some_and(|last| last.message_id == message.message_id)
        };
        if chat.with_untracked(is_last) {
            chat.update(|chat| chat.last_message = Some(Box::new(message.clone())));
        }
    }

    /// Changes the marks of a chat: `pinned`, `archived`, `muted_until`, `unread`.
    pub async fn flag(self, id: &str, name: &str, value: serde_json::Value) -> Result<(), Problem> {
        let mut params = json!({"chat_id": id});
        if let Some(object) = params.as_object_mut() {
            object.insert(name.into(), value);
        }
        self.session.tell("chats.set_flags", params).await
    }

    /// Marks all of a chat as read.
    pub fn read_all(self, chat: &ChatView) {
        let Some(last) =
            chat.last_message.as_ref().filter(|_| chat.unread > 0 || chat.marked_unread)
        else {
            return;
        };
        let params = json!({"chat_id": chat.chat_id, "up_to": last.message_id});
        let session = self.session;
        leptos::task::spawn_local(async move {
            // A mark that did not reach the engine is set again when the chat is looked at.
            let _ = session.tell("messages.mark_read", params).await;
        });
    }
}

/// Whether a chat is silent now.
pub fn is_muted(chat: &ChatView, now: u64) -> bool {
    chat.muted_until.is_some_and(|until| until > now)
}
