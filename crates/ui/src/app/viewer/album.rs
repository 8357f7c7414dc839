//! The pictures and films of a chat, as far as they were read, and which of them is shown.

use crate::room::is_picture;
use crate::state::session::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{AttachmentView, MessageView};
use serde::Deserialize;
use serde_json::json;

/// Messages that are asked for at once.
const PAGE: usize = 60;
/// Pages that are read to find the one that is shown first.
const MOST_PAGES: usize = 20;
/// Older ones are read when so few are left.
const FEW: usize = 5;

#[derive(Deserialize)]
struct Found {
    messages: Vec<MessageView>,
}

/// One picture or film.
#[derive(Clone, PartialEq)]
pub struct Item {
    /// Whose message it is in.
    pub message: MessageView,
    /// Which attachment.
    pub index: u32,
}

impl Item {
    /// The attachment.
    pub fn file(&self) -> Option<&AttachmentView> {
        self.message.attachments.iter().find(|file| file.index == self.index)
    }

    fn is(&self, other: &Self) -> bool {
        self.index == other.index && self.message.message_id == other.message.message_id
    }
}

/// Those of messages that are told newest first, in the same order.
fn items(messages: Vec<MessageView>) -> Vec<Item> {
    let of_one = |message: MessageView| {
        let files = message.attachments.iter().filter(|file| is_picture(file));
        let indexes: Vec<u32> = files.map(|file| file.index).collect();
        indexes.into_iter().rev().map(move |index| Item { message: message.clone(), index })
    };
    messages.into_iter().flat_map(of_one).collect()
}

/// What there is to show, newest first, and where one is.
#[derive(Clone, Copy)]
pub struct Album {
    session: Session,
    chat_id: StoredValue<String>,
    /// What was read.
    pub items: RwSignal<Vec<Item>>,
    /// Which is shown.
    pub at: RwSignal<usize>,
    /// Whether older ones may be read.
    more: RwSignal<bool>,
    busy: StoredValue<bool>,
}

impl Album {
    /// With one, and all that are read from the newest to it.
    pub fn of(first: Item) -> Self {
        let album = Self {
            session: Session::here(),
            chat_id: StoredValue::new(first.message.chat_id.clone()),
            items: RwSignal::new(vec![first.clone()]),
            at: RwSignal::new(0),
            more: RwSignal::new(false),
            busy: StoredValue::new(true),
        };
        spawn_local(async move {
            let mut all = Vec::new();
            for _ in 0..MOST_PAGES {
                let (page, more) = album.page(&all).await;
                all.extend(page);
                let found = all.iter().position(|item: &Item| item.is(&first));
                if let Some(at) = found {
                    // Both change before anything is drawn: it is the same picture.
                    let _ = album.items.try_set(all);
                    let _ = album.at.try_set(at);
                    let _ = album.more.try_set(more);
                    break;
                }
                if !more {
                    break;
                }
            }
            album.busy.try_set_value(false);
        });
        album
    }

    /// Those that are older than these, and whether there may be more.
    async fn page(self, known: &[Item]) -> (Vec<Item>, bool) {
        let before = known.last().map(|item| item.message.sent_at);
        let params = json!({
            "query": "", "chat_id": self.chat_id.try_get_value(), "kind": "image|video",
            "before": before, "limit": PAGE,
        });
        let found = self.session.ask::<Found>("messages.search", params).await;
        let messages = found.map(|found| found.messages).unwrap_or_default();
        let more = messages.len() >= PAGE;
        (items(messages), more)
    }

    fn read_older(self) {
        if self.busy.get_value() || !self.more.get_untracked() {
            return;
        }
        self.busy.set_value(true);
        spawn_local(async move {
            let known = self.items.try_get_untracked().unwrap_or_default();
            let (page, more) = self.page(&known).await;
            self.items.try_update(|items| items.extend(page));
            let _ = self.more.try_set(more);
            self.busy.try_set_value(false);
        });
    }

    /// Whether there is one so many places on, older ones being later.
    pub fn has(self, by: isize) -> bool {
        let to = self.at.get().checked_add_signed(by);
        to.is_some_and(|to| to < self.items.with(Vec::len))
    }

    /// To an older one, or a newer one.
    pub fn turn(self, by: isize) {
        let count = self.items.with_untracked(Vec::len);
        if let Some(to) = self.at.get_untracked().checked_add_signed(by).filter(|to| *to < count) {
            self.at.set(to);
            if to + FEW >= count {
                self.read_older();
            }
        }
    }
}
