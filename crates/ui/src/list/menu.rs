//! What can be done with a chat from its row.

use crate::locale;
use crate::parts::icon;
use crate::parts::menu::send_wrapper;
use crate::parts::menu::{Item, Menus};
use crate::state::chats::{Chats, is_muted};
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;
use serde_json::Value;

const HOUR: u64 = 3_600_000;
/// Far enough to be for ever.
const EVER: u64 = 100 * 365 * 24 * HOUR;

/// Changes a mark of a chat, and says so with a way back.
pub fn flag(
    chats: Chats,
    toasts: Toasts,
    id: String,
    name: &'static str,
    value: Value,
    said: Option<(String, Value)>,
) {
    leptos::task::spawn_local(async move {
        match chats.flag(&id, name, value).await {
            Ok(()) => {
                if let Some((text, back)) = said {
                    let undo = send_wrapper(move || {
                        toasts.close();
                        flag(chats, toasts, id.clone(), name, back.clone(), None);
                    });
                    toasts.show(text, Some((t!("undo"), undo)));
                }
            }
            Err(problem) => toasts.say_now(crate::app::problems::words(&problem)),
        }
    });
}

apart! {
    /// Opens the menu of a chat.
    tools: pub fn menu(menus: Menus, chats: Chats, toasts: Toasts, id: &str, at: (f64, f64)) {
        menus.open_at(at, t!("chat-menu"), items(chats, menus, toasts, id, at))
    }
}

apart! {
    /// Opens the menu of times for which a chat is to be silent.
    tools: pub fn mute_menu(menus: Menus, chats: Chats, toasts: Toasts, id: &str, at: (f64, f64)) {
        menus.open_at(at, t!("mute"), mute_items(chats, toasts, id))
    }
}

/// The lines for a chat.
fn items(chats: Chats, menus: Menus, toasts: Toasts, id: &str, at: (f64, f64)) -> Vec<Item> {
    let Some(chat) = chats.get(id).map(|chat| chat.get_untracked()) else { return Vec::new() };
    let set = {
        let id = id.to_string();
        move |name: &'static str, value: Value, said: Option<(String, Value)>| {
            flag(chats, toasts, id.clone(), name, value, said);
        }
    };
    let mut items = Vec::new();
    if chat.unread > 0 || chat.marked_unread {
        let chat = chat.clone();
        items.push(
            Item::new(icon::CHECKS, t!("mark-read"), move || chats.read_all(&chat))
                .keys(&["Alt", "U"]),
        );
    } else if !chat.requested {
        let mark = set.clone();
        items.push(
            Item::new(icon::CHATS_CIRCLE, t!("mark-unread"), move || {
                mark("unread", Value::from(true), None)
            })
            .keys(&["Alt", "U"]),
        );
    }
    let (pin, pinned) = (set.clone(), chat.pinned);
    let name = if pinned { t!("unpin") } else { t!("pin") };
    items.push(
        Item::new(icon::PUSH_PIN, name, move || pin("pinned", Value::from(!pinned), None))
            .keys(&["Alt", "P"]),
    );
    if is_muted(&chat, locale::now()) {
        let unmute = set.clone();
        items.push(
            Item::new(icon::BELL, t!("unmute"), move || {
                unmute("muted_until", Value::from(0), None)
            })
            .keys(&["Alt", "M"]),
        );
    } else {
        let id = id.to_string();
        items.push(
            Item::new(icon::BELL_SLASH, t!("mute"), move || {
                menus.open_at(at, t!("mute"), mute_items(chats, toasts, &id));
            })
            .keys(&["Alt", "M"]),
        );
    }
    let archived = chat.archived;
    let name = if archived { t!("unarchive") } else { t!("archive") };
    let said = if archived { t!("was-unarchived") } else { t!("was-archived") };
    items.push(
        Item::new(icon::ARCHIVE, name, move || {
            set("archived", Value::from(!archived), Some((said.clone(), Value::from(archived))));
        })
        .keys(&["Alt", "Shift", "E"]),
    );
    items
}

/// For how long a chat is silent.
pub fn mute_items(chats: Chats, toasts: Toasts, id: &str) -> Vec<Item> {
    let choices = [
        (t!("mute-hour"), HOUR),
        (t!("mute-day"), 24 * HOUR),
        (t!("mute-week"), 7 * 24 * HOUR),
        (t!("mute-ever"), EVER),
    ];
    choices
        .into_iter()
        .map(|(name, time)| {
            let id = id.to_string();
            Item::new(icon::BELL_SLASH, name, move || {
                flag(
                    chats,
                    toasts,
                    id.clone(),
                    "muted_until",
                    Value::from(locale::now() + time),
                    Some((t!("was-muted"), Value::from(0))),
                );
            })
        })
        .collect()
}
