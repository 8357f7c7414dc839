//! The messages of the open chat: a stretch of its history that is held here, each message a signal of its own, with
//! its place in its group. Pages are read as one scrolls; the heights of rows are the view's, told what came and went
//! by [`Change`].

use super::session::Session;
use crate::groups::{self, Place};
use crate::locale;
use leptos::prelude::*;
use parlor_view::MessageView;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

const PAGE: usize = 60;
const LARGE_PAGE: usize = 200;

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

    async fn page(
        self,
        chat_id: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Option<Vec<MessageView>> {
        let mut params = json!({"chat_id": chat_id, "limit": limit});
        if let (Some(before), Some(object)) = (before, params.as_object_mut()) {
            object.insert("before".into(), Value::from(before));
        }
        let page = self.session.ask::<Page>("messages.history", params).await;
        page.ok().map(|page| page.messages)
    }

    /// Reads older messages, unless that is being done.
    pub fn older(self) {
        if !self.busy.get_value() && !self.whole.get_untracked() && self.loaded.get_untracked() {
            leptos::task::spawn_local(async move {
                self.read_older(LARGE_PAGE).await;
            });
        }
    }

    /// Whether there may be more.
    async fn read_older(self, limit: usize) -> bool {
        let chat_id = self.chat_id.get_untracked();
        let Some(first) = self.rows.with_value(|rows| rows.first().map(|row| row.id.clone()))
        else {
            return false;
        };
        self.busy.set_value(true);
        let messages = self.page(&chat_id, Some(&first), limit).await;
        if self.chat_id.with_untracked(|open| *open != chat_id) {
            return false;
        }
        self.busy.set_value(false);
        let Some(messages) = messages else { return false };
        // Somebody else may have asked for the same page.
        if self.rows.with_value(|rows| rows.first().is_none_or(|row| row.id != first)) {
            return true;
        }
        let count = messages.len();
        self.whole.set(count < limit);
        if count > 0 {
            self.rows.update_value(|rows| {
                rows.splice(0..0, messages.into_iter().map(row));
            });
            self.stand(0, count + 1);
            self.changed_by(Change::Before(count));
        }
        count == limit
    }

    /// The row of a message; pages are read until it is there. Nothing if it is not in this chat.
    pub async fn reach(self, message_id: &str) -> Option<usize> {
        loop {
            if let Some(row) = self.position(message_id) {
                return Some(row);
            }
            if !self.read_older(LARGE_PAGE).await {
                return self.position(message_id);
            }
        }
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
        match self.position(&message.message_id) {
            Some(_) => self.put(message.clone()),
            // An own message is told of for the first time when it is queued.
            None if message.mine && message.state == "queued" => self.put(message.clone()),
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

    /// Takes a message away.
    pub fn remove(self, message_id: &str) {
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
