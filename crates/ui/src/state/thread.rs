//! The messages of the open chat: a stretch of its history that is held here, each message a signal of its own, with
//! its place in its group. Pages are read as one scrolls, at both ends, and what is far behind is let go; the heights of
//! rows are the view's, told what came and went by [`Change`].

mod pages;

use super::session::Session;
use crate::groups::{self, Place};
use crate::locale;
use crate::places::{self, Stretch};
use leptos::prelude::*;
use parlor_view::{Event, MessageView};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// One came at this place.
    Came(usize),
    /// One that stood at the first place stands at the second now.
    Moved(usize, usize),
    /// One is gone.
    Gone(usize),
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
    /// What takes events, once there is a room: it is loaded apart.
    taking: StoredValue<Option<Taking>>,
}

type Taking = fn(Threads, &Event);

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
            taking: StoredValue::new(None),
        };
        provide_context(thread);
        thread
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
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

    /// Takes events from now on.
    pub fn follow(self) {
        self.taking.set_value(Some(|threads, event| match event {
            Event::MessageReceived { message } => threads.received(message),
            Event::MessageUpdated { message } => threads.changed(message),
            Event::MessageRemoved { chat_id, message_id } => threads.removed(chat_id, message_id),
            _ => {}
        }));
    }

    /// Hands an event to the room, if there is one.
    pub(super) fn told(self, event: &Event) {
        if let Some(take) = self.taking.get_value() {
            take(self, event);
        }
    }

    fn received(self, message: &MessageView) {
        if self.chat_id.with_untracked(|open| *open == message.chat_id)
            && self.loaded.get_untracked()
        {
            self.put(message.clone());
        }
    }

    fn changed(self, message: &MessageView) {
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

    /// Takes a message, which stands where the engine's order has it. What is beyond the stretch that is held comes
    /// with its page.
    fn put(self, message: MessageView) {
        if let Some(at) = self.position(&message.message_id) {
            self.replace_one(at, message);
            return;
        }
        let Some(at) = self.place(&message) else { return };
        if message.mine {
            self.seen();
        }
        self.rows.update_value(|rows| rows.insert(at, row(message)));
        self.stand(at.saturating_sub(1), at + 2);
        self.changed_by(Change::Came(at));
    }

    /// Where a message that is not held belongs.
    fn place(self, message: &MessageView) -> Option<usize> {
        let stretch =
            Stretch { whole: self.whole.get_untracked(), ends: self.ends.get_untracked() };
        let order = |row: &Row| row.message.with_untracked(|held| places::order(held, message));
        self.rows.with_value(|rows| stretch.place(rows, order))
    }

    /// A message that is held became another; its place may be another too.
    fn replace_one(self, at: usize, message: MessageView) {
        let Some(row) = self.rows.with_value(|rows| rows.get(at).cloned()) else { return };
        let moves = row.message.with_untracked(|old| places::moves(old, &message));
        if row.message.with_untracked(|old| *old != message) {
            row.message.set(message.clone());
        }
        if !moves {
            return;
        }
        self.rows.update_value(|rows| {
            rows.remove(at);
        });
        let Some(to) = self.place(&message) else {
            self.stand(at.saturating_sub(1), at + 1);
            self.changed_by(Change::Gone(at));
            return;
        };
        self.rows.update_value(|rows| rows.insert(to, row));
        if to != at {
            self.stand(at.min(to).saturating_sub(1), at.max(to) + 2);
            self.changed_by(Change::Moved(at, to));
        }
    }

    /// A message went for this account.
    fn removed(self, chat_id: &str, message_id: &str) {
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
