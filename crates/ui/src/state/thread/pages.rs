//! Reading the history of the open chat, page by page, at both ends of what is held; and letting go of what is far away.

use super::{Change, Row, Threads, row};
use leptos::prelude::*;
use parlor_view::MessageView;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const PAGE: usize = 60;
const LARGE_PAGE: usize = 200;
/// So many rows are held when one scrolls away from the others.
const HELD: usize = 1200;

/// What answers a request for messages.
#[derive(Deserialize)]
struct Page {
    messages: Vec<MessageView>,
}

impl Threads {
    /// Reads the newest messages of a chat, of which so many are unread.
    pub fn open(self, chat_id: &str, unread: u64) {
        self.chat_id.set(chat_id.to_string());
        self.rows.set_value(Vec::new());
        self.loaded.set(false);
        self.whole.set(false);
        self.ends.set(true);
        self.quoted.set_value(BTreeMap::new());
        self.new_from.set(None);
        self.busy.set_value(false);
        self.changed_by(Change::All);
        let limit = (unread as usize + PAGE / 2).clamp(PAGE, LARGE_PAGE);
        let chat_id = chat_id.to_string();
        leptos::task::spawn_local(async move {
            let messages = self.page(&chat_id, None, limit).await;
            if self.chat_id.with_untracked(|open| *open != chat_id) {
                return;
            }
            let messages = messages.unwrap_or_default();
            self.whole.set(messages.len() < limit);
            let others: Vec<&MessageView> = messages
                .iter()
                .filter(|message| !message.mine && message.kind != "notice")
                .collect();
            let first = others.len().checked_sub(unread as usize).filter(|_| unread > 0);
            let first =
                first.and_then(|first| others.get(first)).or(others.first().filter(|_| unread > 0));
            self.new_from.set(first.map(|first| (Arc::from(first.message_id.as_str()), unread)));
            self.rows.set_value(messages.into_iter().map(row).collect());
            self.stand(0, usize::MAX);
            self.changed_by(Change::All);
            self.loaded.set(true);
        });
    }

    /// A page of a chat: the newest messages, or those `before`, `after` or `around` one.
    async fn page(
        self,
        chat_id: &str,
        place: Option<(&str, &str)>,
        limit: usize,
    ) -> Option<Vec<MessageView>> {
        let mut params = json!({"chat_id": chat_id, "limit": limit});
        if let (Some((place, message)), Some(object)) = (place, params.as_object_mut()) {
            object.insert(place.into(), Value::from(message));
        }
        let page = self.session.ask::<Page>("messages.history", params).await;
        page.ok().map(|page| page.messages)
    }

    fn is_free(self) -> bool {
        !self.busy.get_value() && self.loaded.get_untracked()
    }

    /// Reads older messages, unless that is being done.
    pub fn older(self) {
        if self.is_free() && !self.whole.get_untracked() {
            leptos::task::spawn_local(self.read_older());
        }
    }

    /// Reads newer messages, unless that is being done.
    pub fn newer(self) {
        if self.is_free() && !self.ends.get_untracked() {
            leptos::task::spawn_local(self.read_newer());
        }
    }

    /// The page next to a row at the end, if that is still the row there.
    async fn next_page(
        self,
        place: &str,
        end: impl Fn(&[Row]) -> Option<Arc<str>>,
    ) -> Option<Vec<MessageView>> {
        let chat_id = self.chat_id.get_untracked();
        let from = self.rows.with_value(|rows| end(rows))?;
        self.busy.set_value(true);
        let messages = self.page(&chat_id, Some((place, &from)), LARGE_PAGE).await;
        if self.chat_id.with_untracked(|open| *open != chat_id) {
            return None;
        }
        self.busy.set_value(false);
        messages.filter(|_| self.rows.with_value(|rows| end(rows)) == Some(from))
    }

    async fn read_older(self) {
        let first = |rows: &[Row]| rows.first().map(|row| row.id.clone());
        let Some(messages) = self.next_page("before", first).await else { return };
        let count = messages.len();
        self.whole.set(count < LARGE_PAGE);
        if count == 0 {
            return;
        }
        self.rows.update_value(|rows| {
            rows.splice(0..0, messages.into_iter().map(row));
        });
        self.stand(0, count + 1);
        self.changed_by(Change::Before(count));
        let beyond = self.rows.with_value(Vec::len).saturating_sub(HELD);
        if beyond > LARGE_PAGE {
            self.rows.update_value(|rows| rows.truncate(HELD));
            self.ends.set(false);
            self.stand(HELD - 1, HELD);
            self.changed_by(Change::LeftBehind(beyond));
        }
    }

    async fn read_newer(self) {
        let last = |rows: &[Row]| rows.last().map(|row| row.id.clone());
        let Some(messages) = self.next_page("after", last).await else { return };
        let (count, before) = (messages.len(), self.rows.with_value(Vec::len));
        self.ends.set(count < LARGE_PAGE);
        if count == 0 {
            return;
        }
        self.rows.update_value(|rows| rows.extend(messages.into_iter().map(row)));
        self.stand(before.saturating_sub(1), before + count);
        self.changed_by(Change::Behind(count));
        self.let_go();
    }

    /// Lets go of the first rows when there are many. For who is at the end.
    pub fn let_go(self) {
        let beyond = self.rows.with_value(Vec::len).saturating_sub(HELD);
        if beyond > LARGE_PAGE {
            self.rows.update_value(|rows| {
                rows.drain(..beyond);
            });
            self.whole.set(false);
            self.stand(0, 1);
            self.changed_by(Change::LeftBefore(beyond));
        }
    }

    /// Other rows altogether, from anywhere in the chat.
    fn replace(self, messages: Vec<MessageView>) {
        self.busy.set_value(false);
        self.rows.set_value(messages.into_iter().map(row).collect());
        self.stand(0, usize::MAX);
        self.changed_by(Change::All);
    }

    /// Back to the newest messages, from wherever one was.
    pub fn back(self) {
        let chat_id = self.chat_id.get_untracked();
        self.busy.set_value(true);
        leptos::task::spawn_local(async move {
            let messages = self.page(&chat_id, None, PAGE).await;
            if self.chat_id.with_untracked(|open| *open != chat_id) {
                return;
            }
            self.busy.set_value(false);
            let Some(messages) = messages else { return };
            self.new_from.set(None);
            self.whole.set(messages.len() < PAGE);
            self.ends.set(true);
            self.replace(messages);
        });
    }

    /// The row of a message; a stretch around it is read if it is not held. Nothing if it is not in this chat.
    pub async fn reach(self, message_id: &str) -> Option<usize> {
        if let Some(row) = self.position(message_id) {
            return Some(row);
        }
        let chat_id = self.chat_id.get_untracked();
        self.busy.set_value(true);
        let messages = self.page(&chat_id, Some(("around", message_id)), LARGE_PAGE).await;
        if self.chat_id.with_untracked(|open| *open != chat_id) {
            return None;
        }
        self.busy.set_value(false);
        let messages = messages?;
        let at = messages.iter().position(|message| message.message_id == message_id)?;
        self.whole.set(at < LARGE_PAGE / 2);
        self.ends.set(messages.len() - at < LARGE_PAGE / 2);
        self.new_from.set(None);
        self.replace(messages);
        Some(at)
    }

    /// A message that another answers to, wherever it is; read once if it is not held.
    pub fn quoted(self, message_id: &str) -> ArcRwSignal<Option<MessageView>> {
        if let Some(known) = self.quoted.with_value(|quoted| quoted.get(message_id).cloned()) {
            return known;
        }
        let signal = ArcRwSignal::new(None);
        let id = message_id.to_string();
        self.quoted.update_value(|quoted| {
            quoted.insert(id.clone(), signal.clone());
        });
        let found = signal.clone();
        leptos::task::spawn_local(async move {
            let params = json!({"message_ids": [id]});
            if let Ok(mut page) = self.session.ask::<Page>("messages.get", params).await {
                found.set(page.messages.pop());
            }
        });
        signal
    }
}
