//! Keys that work everywhere, and the same things by name for the switcher and the list of keys. On macOS Ctrl is ⌘.
//! Keys of a message are with the messages (`room/actions.rs`), those of writing with the field.

use super::shortcuts::Shortcuts;
use crate::list::menu;
use crate::locale;
use crate::parts::icon::{self, Icon};
use crate::parts::later::after;
use crate::parts::menu::{Menus, send_wrapper};
use crate::route::{Place, Router};
use crate::search::palette::Palette;
use crate::search::pane::{STARRED, Searching};
use crate::state::accounts::Accounts;
use crate::state::alerts;
use crate::state::chats::{Chats, is_muted};
use crate::state::lock::Lock;
use crate::state::preferences::Preferences;
use crate::state::toasts::Toasts;
use crate::{dom, t};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Something that can be done by name.
#[derive(Clone)]
pub struct Command {
    /// What it is called.
    pub name: String,
    /// Its icon.
    pub icon: Icon,
    /// Keys that do the same.
    pub keys: &'static [&'static str],
    /// What it does.
    pub act: Callback<()>,
}

/// What keys act on.
#[derive(Clone, Copy)]
struct Keys {
    router: Router,
    chats: Chats,
    palette: Palette,
    shortcuts: Shortcuts,
    preferences: Preferences,
    toasts: Toasts,
    menus: Menus,
    accounts: Accounts,
    lock: Lock,
}

impl Keys {
    fn here() -> Self {
        Self {
            router: Router::here(),
            chats: Chats::here(),
            palette: Palette::here(),
            shortcuts: Shortcuts::here(),
            preferences: Preferences::here(),
            toasts: Toasts::here(),
            menus: Menus::here(),
            accounts: Accounts::here(),
            lock: Lock::here(),
        }
    }

    fn open_chat(self) -> Option<parlor_view::ChatView> {
        let id = self.router.place.with_untracked(|place| place.chat_id().map(String::from))?;
        self.chats.get(&id).map(|chat| chat.get_untracked())
    }

    /// The chats of the list, in their order.
    fn listed(self) -> Vec<(String, bool)> {
        self.chats.order.with_untracked(|order| {
            let listed = order.iter().filter(|key| !key.archived && !key.requested);
            listed.map(|key| (key.id.clone(), key.unread > 0 && !key.muted)).collect()
        })
    }

    fn step(self, by: isize, unread: bool) {
        let listed = self.listed();
        let open = self.open_chat().map(|chat| chat.chat_id);
        let at = open.and_then(|open| listed.iter().position(|(id, _)| *id == open));
        let count = listed.len() as isize;
        let begin = at.map_or(if by > 0 { -1 } else { count }, |at| at as isize);
        let next = (1..=count).map(|steps| (begin + by * steps).rem_euclid(count.max(1)) as usize);
        let fits = |index: &usize| !unread || listed.get(*index).is_some_and(|(_, waits)| *waits);
        if let Some((id, _)) =
            next.filter(fits).find_map(|index| listed.get(index)).filter(|_| count > 0)
        {
            self.router.go(Place::chat(id));
        }
    }

    fn nth(self, index: usize) {
        if let Some((id, _)) = self.listed().get(index) {
            self.router.go(Place::chat(id));
        }
    }

    fn pin(self) {
        if let Some(chat) = self.open_chat() {
            let value = Value::from(!chat.pinned);
            menu::flag(self.chats, self.toasts, chat.chat_id, "pinned", value, None);
        }
    }

    fn unread(self) {
        let Some(chat) = self.open_chat() else { return };
        if chat.unread > 0 || chat.marked_unread {
            self.chats.read_all(&chat);
        } else {
            menu::flag(self.chats, self.toasts, chat.chat_id, "unread", Value::from(true), None);
        }
    }

    fn mute(self) {
        let Some(chat) = self.open_chat() else { return };
        if is_muted(&chat, locale::now()) {
            menu::flag(self.chats, self.toasts, chat.chat_id, "muted_until", Value::from(0), None);
        } else {
            let at = dom::by_id(crate::room::HEAD).map_or((8.0, 8.0), |head| {
                let rect = head.get_bounding_client_rect();
                (rect.left() + 12.0, rect.bottom())
            });
            let Self { chats, menus, toasts, .. } = self;
            after(menu::mute_menu(), toasts, move |menu| {
                menu(menus, chats, toasts, &chat.chat_id, at)
            });
        }
    }

    fn archive(self) {
        let Some(chat) = self.open_chat() else { return };
        let said = if chat.archived { t!("was-unarchived") } else { t!("was-archived") };
        let (now, back) = (Value::from(!chat.archived), Value::from(chat.archived));
        menu::flag(self.chats, self.toasts, chat.chat_id, "archived", now, Some((said, back)));
    }

    /// Locks; without a passphrase, where one can be set.
    fn lock(self) {
        if !self.lock.now() {
            self.router.go(Place::Settings("privacy".into()));
        }
    }

    fn theme(self) {
        let dark = match self.preferences.theme.get_untracked().as_str() {
            "" => dom::matches("(prefers-color-scheme: dark)"),
            theme => theme == "dark",
        };
        self.preferences.theme.set(if dark { "light" } else { "dark" }.into());
    }

    /// One step back: from a page to the list it belongs to.
    fn back(self) {
        let place = self.router.place.get_untracked();
        let to = match place {
            Place::Chat { id, details: true, .. } => Place::chat(&id),
            Place::Chat { .. } if dom::is_phone() => Place::Chats,
            Place::Archived
            | Place::Requests
            | Place::Search
            | Place::Open(_)
            | Place::New { .. }
            | Place::Settings(_) => Place::Chats,
            _ => return,
        };
        self.router.go(to);
    }
}

/// All that can be done by name, for the page as it is now.
pub fn commands() -> Vec<Command> {
    let keys = Keys::here();
    let router = keys.router;
    let go = move |place: Place| send_wrapper(move || router.go(place.clone()));
    let command =
        |icon, name: String, keys: &'static [&'static str], act| Command { name, icon, keys, act };
    let searching = Searching::here();
    let starred = send_wrapper(move || {
        searching.choose(STARRED);
        router.go(Place::Search);
    });
    let mut all = vec![
        command(icon::NOTE_PENCIL, t!("new-chat"), &["Alt", "N"], go(Place::New { group: false })),
        command(icon::USERS_THREE, t!("new-group"), &["Alt", "G"], go(Place::New { group: true })),
        command(
            icon::MAGNIFYING_GLASS,
            t!("search-all"),
            &["Ctrl", "Shift", "F"],
            go(Place::Search),
        ),
        command(icon::STAR, t!("starred-messages"), &[], starred),
    ];
    if let Some(chat) = keys.open_chat() {
        let name = if chat.pinned { t!("unpin") } else { t!("pin") };
        all.push(command(icon::PUSH_PIN, name, &["Alt", "P"], send_wrapper(move || keys.pin())));
        let name = if is_muted(&chat, locale::now()) { t!("unmute") } else { t!("mute") };
        all.push(command(icon::BELL_SLASH, name, &["Alt", "M"], send_wrapper(move || keys.mute())));
        let name = if chat.archived { t!("unarchive") } else { t!("archive") };
        all.push(command(
            icon::ARCHIVE,
            name,
            &["Alt", "Shift", "E"],
            send_wrapper(move || keys.archive()),
        ));
    }
    let alerts = keys.preferences.alerts.get_untracked();
    let name = if alerts { t!("alerts-off") } else { t!("alerts-on") };
    let turn = send_wrapper(move || alerts::turn(keys.preferences, keys.toasts, !alerts));
    let pause = send_wrapper(move || alerts::pause(keys.preferences, keys.toasts));
    if keys.accounts.are_kept() {
        let show = send_wrapper(move || keys.accounts.show());
        all.push(command(icon::USERS, t!("accounts"), &["Alt", "Shift", "A"], show));
    }
    all.extend([
        command(icon::BELL, name, &[], turn),
        command(icon::BELL_SLASH, t!("pause-alerts"), &["Alt", "Z"], pause),
        command(icon::SUN, t!("switch-theme"), &["Alt", "T"], send_wrapper(move || keys.theme())),
        command(
            icon::LOCK_SIMPLE,
            t!("lock-now"),
            &["Ctrl", "Shift", "X"],
            send_wrapper(move || keys.lock()),
        ),
        command(icon::ARCHIVE, t!("archived"), &[], go(Place::Archived)),
        command(icon::GEAR_SIX, t!("settings"), &["Ctrl", ","], go(Place::Settings(String::new()))),
        command(
            icon::KEYBOARD,
            t!("shortcuts"),
            &["?"],
            send_wrapper(move || keys.shortcuts.0.set(true)),
        ),
    ]);
    all
}

/// Listens for keys, as long as the frame is there.
pub fn listen() {
    let keys = Keys::here();
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if !event.default_prevented() && press(keys, &event) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether a key did something.
fn press(keys: Keys, event: &KeyboardEvent) -> bool {
    let command = event.ctrl_key() || event.meta_key();
    let (alt, shift) = (event.alt_key(), event.shift_key());
    // Where Alt makes other letters, the place of the key still says which it is.
    let code = event.code();
    match (event.key().as_str(), code.as_str()) {
        ("k" | "K", _) if command && !alt && !shift => keys.palette.0.set(true),
        ("f" | "F", _) if command && shift => keys.router.go(Place::Search),
        ("x" | "X", _) if command && shift => keys.lock(),
        ("f" | "F", _) if command && !alt => return click("[data-find]"),
        (",", _) if command => keys.router.go(Place::Settings(String::new())),
        (";", _) if command => return click("[data-emoji-button]"),
        ("ArrowDown", _) if alt && !command => keys.step(1, shift),
        ("ArrowUp", _) if alt && !command => keys.step(-1, shift),
        (_, "KeyN") if alt && !command => keys.router.go(Place::New { group: false }),
        (_, "KeyG") if alt && !command => keys.router.go(Place::New { group: true }),
        (_, "KeyA") if alt && !command && shift => keys.accounts.show(),
        (_, "KeyA") if alt && !command && !shift => return click("[data-attach]"),
        (_, "KeyR") if alt && !command && !shift => return click("[data-record]"),
        (_, "KeyP") if alt && !command => keys.pin(),
        (_, "KeyM") if alt && !command => keys.mute(),
        (_, "KeyU") if alt && !command => keys.unread(),
        (_, "KeyE") if alt && !command && shift => keys.archive(),
        (_, "KeyT") if alt && !command => keys.theme(),
        (_, "KeyZ") if alt && !command => alerts::pause(keys.preferences, keys.toasts),
        (_, digit) if alt && !command && digit.starts_with("Digit") => {
            let digit = digit.trim_start_matches("Digit").parse::<usize>().unwrap_or_default();
            match digit.checked_sub(1) {
                Some(index) => keys.nth(index),
                None => return false,
            }
        }
        ("F6", _) => next_pane(shift),
        ("?", _) if !dom::is_typing() && !command && !alt => {
            keys.shortcuts.0.set(true);
        }
        // A dialog that is open is closed by it, which the browser does.
        ("Escape", _) if !dom::is_typing() && !dom::in_dialog() => keys.back(),
        _ => return false,
    }
    true
}

/// Presses a control of the room, if there is one.
fn click(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let control = found.and_then(|control| control.dyn_into::<HtmlElement>().ok());
    control.inspect(|control| control.click()).is_some()
}

/// Takes the focus to the next pane: rail, list, room, details.
fn next_pane(back: bool) {
    let Ok(list) =
        document().query_selector_all(".app > .rail, .app > .pane, .app > .room, .app > .tabbar")
    else {
        return;
    };
    let panes: Vec<HtmlElement> = (0..list.length())
        .filter_map(|at| list.get(at)?.dyn_into::<HtmlElement>().ok())
        .filter(|pane| pane.offset_width() > 0)
        .collect();
    let focused = dom::focused();
    let at = panes.iter().position(|pane| pane.contains(focused.as_ref().map(AsRef::as_ref)));
    let count = panes.len();
    let next = match (at, back) {
        (None, _) => 0,
        (Some(at), false) => (at + 1) % count,
        (Some(at), true) => (at + count - 1) % count,
    };
    let Some(pane) = panes.get(next) else { return };
    let first = "[aria-current=true], [aria-current=page], textarea, a[href], button, input, [tabindex='0']";
    if let Some(entry) =
        pane.query_selector(first).ok().flatten().and_then(|entry| entry.dyn_into().ok())
    {
        dom::focus(&entry);
    }
}
