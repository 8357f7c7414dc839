//! The messages of the open chat: a stretch of its history that is held here, each message a signal of its own, with
//! its place in its group. Pages are read as one scrolls, at both ends, and what is far behind is let go; the heights of
//! rows are the view's, told what came and went by [`Change`].

use super::session::Session;
use crate::groups::{self, Place};
use crate::locale;
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

/// A message in the thread.
#[derive(Clone)]
pub struct Row {
    /// Its id.
    pub id: Arc<str>,
    /// As it is now.
    pub message: ArcRwSignal<MessageView>,
    /// How it stands.
    pub stand: ArcRwSignal<Stand>,
}

/// How a message stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// In its group.
    pub place: Place,
    /// Whether a day begins with it.
    pub day: bool,
    /// Whether it is the first of those that are new.
    pub new: bool,
}

/// What became of the rows, for who keeps something beside each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Other rows altogether.
    All,
    /// So many came before the first.
    Before(usize),
    /// So many came behind the last.
    Behind(usize),
    /// So many of the first were let go.
    LeftBefore(usize),
    /// So many of the last were let go.
    LeftBehind(usize),
    /// One came at this place, behind all but those that wait.
    Came(usize),
    /// One is gone.
    Gone(usize),
}

/// What answers a request for messages.
#[derive(Deserialize)]
struct Page {
    messages: Vec<MessageView>,
}

/// The thread of one chat.
#[derive(Clone, Copy)]
pub struct Threads {
    session: Session,
    /// The chat whose messages these are.
    pub chat_id: RwSignal<String>,
    /// Oldest first.
    pub rows: StoredValue<Vec<Row>>,
    /// Grows with every change of the rows.
    pub change: RwSignal<u64>,
    /// Who is told of each change at once: heights and rows are never out of step.
    told: StoredValue<Option<(u64, Callback<Change>)>>,
    /// Whether the first page was read.
    pub loaded: RwSignal<bool>,
    /// Whether there is nothing before the first row.
    pub whole: RwSignal<bool>,
    /// Whether there is nothing behind the last row.
    pub ends: RwSignal<bool>,
    /// Messages that others answer to and that are not held.
    quoted: StoredValue<BTreeMap<String, ArcRwSignal<Option<MessageView>>>>,
    /// The first message that was new when the chat was opened, and how many there were.
    pub new_from: RwSignal<Option<(Arc<str>, u64)>>,
    busy: StoredValue<bool>,
}

impl Threads {
    /// Of no chat yet.
    pub fn new(session: Session) -> Self {
        let thread = Self {
            session,
            chat_id: RwSignal::new(String::new()),
            rows: StoredValue::new(Vec::new()),
            change: RwSignal::new(0),
            told: StoredValue::new(None),
            loaded: RwSignal::new(false),
            whole: RwSignal::new(false),
            ends: RwSignal::new(true),
            quoted: StoredValue::new(BTreeMap::new()),
            new_from: RwSignal::new(None),
            busy: StoredValue::new(false),
        };
        provide_context(thread);
        thread
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

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

    /// The row of a message that is held.
    pub fn position(self, message_id: &str) -> Option<usize> {
        self.rows.with_value(|rows| rows.iter().rposition(|row| &*row.id == message_id))
    }

    /// A message that is held.
    pub fn get(self, message_id: &str) -> Option<ArcRwSignal<MessageView>> {
        let find = |rows: &Vec<Row>| {
            rows.iter().rfind(|row| &*row.id == message_id).map(|row| row.message.clone())
        };
        self.rows.with_value(find)
    }

    /// The newest message.
    pub fn newest(self) -> Option<ArcRwSignal<MessageView>> {
        self.rows.with_value(|rows| rows.last().map(|row| row.message.clone()))
    }

    /// The newest own message that can be edited.
    pub fn newest_own(self) -> Option<MessageView> {
        self.rows.with_value(|rows| {
            let own = |message: &MessageView| message.mine && message.kind == "text";
            rows.iter()
                .rev()
                .find(|row| row.message.with_untracked(own))
                .map(|row| row.message.get_untracked())
        })
    }

    /// Nothing is new any more.
    pub fn seen(self) {
        if let Some((id, _)) = self.new_from.get_untracked() {
            self.new_from.set(None);
            if let Some(at) = self.position(&id) {
                self.stand(at, at + 1);
            }
        }
    }

    pub(super) fn received(self, message: &MessageView) {
        if self.chat_id.with_untracked(|open| *open == message.chat_id)
            && self.loaded.get_untracked()
            && self.ends.get_untracked()
        {
            self.put(message.clone());
        }
    }

    pub(super) fn changed(self, message: &MessageView) {
        if self.chat_id.with_untracked(|open| *open != message.chat_id)
            || !self.loaded.get_untracked()
        {
            return;
        }
        if let Some(quoted) =
            self.quoted.with_value(|quoted| quoted.get(&message.message_id).cloned())
        {
            quoted.set(Some(message.clone()));
        }
        match self.position(&message.message_id) {
            Some(_) => self.put(message.clone()),
            // An own message is told of for the first time when it is queued.
            None if message.mine && message.state == "queued" && self.ends.get_untracked() => {
                self.put(message.clone());
            }
            None if message.mine && message.state == "queued" => self.back(),
            None => {}
        }
    }

    /// Takes a message: a new one stands last.
    pub fn put(self, message: MessageView) {
        if let Some(signal) = self.get(&message.message_id) {
            if signal.with_untracked(|old| *old != message) {
                signal.set(message);
            }
            return;
        }
        if message.mine {
            self.seen();
        }
        // The engine orders what waits behind all that came.
        let waits = |row: &Row| {
            row.message.with_untracked(|message| message.mine && message.state == "queued")
        };
        let at = self
            .rows
            .with_value(|rows| rows.len() - rows.iter().rev().take_while(|row| waits(row)).count());
        let at = if message.mine && message.state == "queued" {
            self.rows.with_value(Vec::len)
        } else {
            at
        };
        self.rows.update_value(|rows| rows.insert(at, row(message)));
        self.stand(at.saturating_sub(1), at + 2);
        self.changed_by(Change::Came(at));
    }

    /// A message went for this account.
    pub(super) fn removed(self, chat_id: &str, message_id: &str) {
        if self.chat_id.with_untracked(|open| *open == chat_id) {
            self.remove(message_id);
        }
    }

    fn remove(self, message_id: &str) {
        if let Some(at) = self.position(message_id) {
            self.rows.update_value(|rows| {
                rows.remove(at);
            });
            self.stand(at.saturating_sub(1), at + 1);
            self.changed_by(Change::Gone(at));
        }
    }

    fn changed_by(self, change: Change) {
        if let Some((_, told)) = self.told.get_value() {
            told.run(change);
        }
        self.change.update(|number| *number += 1);
    }

    /// Tells of every change from now on, until the owner of this is gone or somebody else is told.
    pub fn tell(self, told: Callback<Change>) {
        let number = self.change.get_untracked();
        self.change.update(|number| *number += 1);
        self.told.set_value(Some((number, told)));
        on_cleanup(move || {
            self.told.update_value(|told| {
                told.take_if(|(own, _)| *own == number);
            });
        });
    }

    /// Finds out again how the rows from `from` to before `to` stand.
    fn stand(self, from: usize, to: usize) {
        let offset = locale::offset();
        let new = self.new_from.with_untracked(|new| new.as_ref().map(|(id, _)| id.clone()));
        self.rows.with_value(|rows| {
            let is_new = |row: &Row| new.as_deref() == Some(&*row.id);
            let joins = |one: Option<&Row>, next: Option<&Row>| match (one, next) {
                (Some(one), Some(next)) => {
                    !is_new(next)
                        && one.message.with_untracked(|one| {
                            next.message.with_untracked(|next| groups::together(one, next, offset))
                        })
                }
                _ => false,
            };
            let day = |row: &Row| {
                row.message.with_untracked(|message| groups::day(message.sent_at, offset))
            };
            for at in from..to.min(rows.len()) {
                let Some(row) = rows.get(at) else { continue };
                let before = at.checked_sub(1).and_then(|before| rows.get(before));
                let stand = Stand {
                    place: Place::new(joins(before, Some(row)), joins(Some(row), rows.get(at + 1))),
                    day: before.is_none_or(|before| day(before) != day(row)),
                    new: is_new(row),
                };
                if row.stand.with_untracked(|old| *old != stand) {
                    row.stand.set(stand);
                }
            }
        });
    }
}

fn row(message: MessageView) -> Row {
    Row {
        id: Arc::from(message.message_id.as_str()),
        message: ArcRwSignal::new(message),
        stand: ArcRwSignal::new(Stand { place: Place::Solo, day: false, new: false }),
    }
}
