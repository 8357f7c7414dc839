//! What the page knows: one file per subject, each a small `Copy` handle on signals that is provided as context
//! (`Chats::here()`). Events of the engine are handed to all of them by [`listen`]; nothing else changes them but the
//! answers to their own requests.

pub mod accounts;
pub mod alerts;
pub mod chats;
pub mod lock;
pub mod people;
pub mod preferences;
pub mod session;
pub mod thread;
pub mod toasts;
pub mod transfers;
pub mod typing;

use crate::core::Told;
use crate::route::Place;
use leptos::prelude::window;
use parlor_view::Event;

/// Everything that listens to events.
#[derive(Clone, Copy)]
pub struct All {
    pub session: session::Session,
    pub chats: chats::Chats,
    pub people: people::People,
    pub thread: thread::Threads,
    pub typing: typing::Typing,
    pub transfers: transfers::Transfers,
    pub alerts: alerts::Alerts,
}

/// Hands what the engine tells to whom it concerns.
pub fn listen(all: All) {
    let session = all.session;
    session.core().listen(Box::new(move |told| match told {
        Told::Ready { account, storage } => {
            session.ready(account, storage);
            if account {
                start(all);
            }
        }
        Told::Broken { reason, message } => session.broken(reason, message),
        Told::Event(event) => take(all, &event),
    }));
}

/// Reads what there is, once there is an account.
pub fn start(all: All) {
    all.session.load();
    all.people.load();
    all.chats.load();
}

fn take(all: All, event: &Event) {
    match event {
        Event::Connection { state } => all.session.connected(state),
        Event::ChatRequested { chat } | Event::ChatUpdated { chat } => {
            all.chats.put(chat.clone());
            all.people.saw_chat(chat);
        }
        Event::MessageReceived { message } => {
            all.people.saw(&message.sender);
            all.typing.wrote(message);
            all.chats.received(message);
            all.alerts.received(message);
        }
        Event::MessageUpdated { message } => all.chats.changed(message),
        Event::TransferProgress { message_id, index, done, total, .. } => {
            all.transfers.moved(message_id, *index, *done, *total);
        }
        Event::Typing { chat_id, user_id, typing } => all.typing.told(chat_id, user_id, *typing),
        Event::DeviceRemoved { device_id, .. } if all.session.is_own_device(device_id) => {
            begin_anew("removed");
        }
        Event::AccountDeleted { .. } => begin_anew("deleted"),
        Event::MessageRemoved { .. } => {}
        other => all.session.other(other),
    }
    all.thread.told(event);
}

/// This device was removed from the account, or the account was deleted, and what was here is gone: the page begins
/// anew and says so.
fn begin_anew(why: &str) {
    let location = window().location();
    // A page that cannot be loaded again shows what it has, and everything in it fails.
    let _ = location.set_hash(&Place::Start(why.into()).href());
    let _ = location.reload();
}
