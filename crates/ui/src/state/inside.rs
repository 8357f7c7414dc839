//! What is known of an account: made when its frame is drawn first, which is loaded apart, and kept as long as the page.

use super::alerts::Alerts;
use super::chats::Chats;
use super::people::People;
use super::preferences::Preferences;
use super::session::Session;
use super::thread::Threads;
use super::toasts::Toasts;
use super::transfers::Transfers;
use super::typing::Typing;
use crate::app::shortcuts::Shortcuts;
use crate::app::viewer::Viewer;
use crate::core::Fields;
use crate::route::Router;
use crate::search::palette::Palette;
use crate::search::pane::Searching;
use leptos::prelude::*;
use parlor_view::Event;
use serde_json::Value;
use std::rc::Rc;

/// Everything that listens to events of chats and messages.
#[derive(Clone, Copy)]
pub struct Inside {
    session: Session,
    chats: Chats,
    people: People,
    threads: Threads,
    typing: Typing,
    transfers: Transfers,
    alerts: Alerts,
}

impl Inside {
    /// Makes all of it under the owner of the page, unless it is there; and reads what there is.
    pub fn begin() {
        if use_context::<Self>().is_none() {
            expect_context::<Session>().owner().with(|| Self::new().follow());
        }
    }

    fn new() -> Self {
        let session = Session::here();
        let (chats, people, threads) =
            (Chats::new(session), People::new(session), Threads::new(session));
        let (typing, transfers) = (Typing::new(), Transfers::new());
        let alerts =
            Alerts::new(chats, threads, Preferences::here(), Toasts::here(), Router::here());
        Viewer::new();
        Palette::start();
        Shortcuts::start();
        Searching::new(session);
        let inside = Self { session, chats, people, threads, typing, transfers, alerts };
        provide_context(inside);
        inside
    }

    /// Takes events from now on, and reads what there is whenever the engine was opened.
    fn follow(self) {
        self.session.hand_on(Rc::new(move |params| {
            if let Some(event) = event(params) {
                self.take(&event);
            }
        }));
        Effect::new(move || {
            self.session.opened.track();
            self.people.load();
            self.chats.load();
        });
    }

    fn take(self, event: &Event) {
        match event {
            Event::ChatRequested { chat } | Event::ChatUpdated { chat } => {
                self.chats.put(chat.clone());
                self.people.saw_chat(chat);
            }
            Event::MessageReceived { message } => {
                self.people.saw(&message.sender);
                self.typing.wrote(message);
                self.chats.received(message);
                self.alerts.received(message);
            }
            Event::MessageUpdated { message } => self.chats.changed(message),
            Event::TransferProgress { message_id, index, done, total, .. } => {
                self.transfers.moved(message_id, *index, *done, *total);
            }
            Event::Typing { chat_id, user_id, typing } => {
                self.typing.told(chat_id, user_id, *typing);
            }
            _ => {}
        }
        self.threads.told(event);
    }
}

/// Reads an event of chats and messages; nothing for one that this version does not know.
fn event(mut params: Value) -> Option<Event> {
    let (kind, mut take) = Fields::of(&mut params)?;
    Some(match kind.as_str() {
        "chat.requested" => Event::ChatRequested { chat: take.one("chat")? },
        "chat.updated" => Event::ChatUpdated { chat: take.one("chat")? },
        "message.received" => Event::MessageReceived { message: take.one("message")? },
        "message.updated" => Event::MessageUpdated { message: take.one("message")? },
        "message.removed" => Event::MessageRemoved {
            chat_id: take.one("chat_id")?,
            message_id: take.one("message_id")?,
        },
        "transfer.progress" => Event::TransferProgress {
            message_id: take.one("message_id")?,
            index: take.one("index")?,
            direction: take.one("direction")?,
            done: take.one("done")?,
            total: take.one("total")?,
        },
        "typing" => Event::Typing {
            chat_id: take.one("chat_id")?,
            user_id: take.one("user_id")?,
            typing: take.one("typing")?,
        },
        _ => return None,
    })
}
