//! Telling of new messages while nobody looks: notifications of the system, and to those who listen, one sentence for
//! what came in the chat that is open.

use super::chats::{Chats, is_muted};
use super::preferences::Preferences;
use super::thread::Threads;
use super::toasts::Toasts;
use crate::locale::{self, Moment};
use crate::route::{Place, Router};
use crate::{dom, list::preview, t};
use leptos::prelude::*;
use parlor_view::MessageView;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

/// Messages of one chat within this time are told of by their number.
const BURST: u64 = 5000;

/// What tells of new messages.
#[derive(Clone, Copy)]
pub struct Alerts {
    chats: Chats,
    thread: Threads,
    preferences: Preferences,
    toasts: Toasts,
    router: Router,
    burst: StoredValue<(String, u64, u64)>,
}

impl Alerts {
    /// For these chats.
    pub fn new(
        chats: Chats,
        thread: Threads,
        preferences: Preferences,
        toasts: Toasts,
        router: Router,
    ) -> Self {
        Self {
            chats,
            thread,
            preferences,
            toasts,
            router,
            burst: StoredValue::new((String::new(), 0, 0)),
        }
    }

    pub(super) fn received(self, message: &MessageView) {
        if message.mine || message.kind == "notice" {
            return;
        }
        let Some(chat) = self.chats.get(&message.chat_id).map(|chat| chat.get_untracked()) else {
            return;
        };
        let open = self.thread.chat_id.with_untracked(|open| *open == message.chat_id);
        let now = locale::now();
        if dom::is_looked_at() {
            if open {
                self.say(message, &chat.title, now);
            }
        } else if self.preferences.alerts.get_untracked()
            && !is_muted(&chat, now)
            && !message.silent
            && self.preferences.paused.get_untracked() <= now
            && !chat.requested
            && Notification::permission() == NotificationPermission::Granted
        {
            self.notify(message, &chat.title, chat.kind == "group");
        }
    }

    fn say(self, message: &MessageView, title: &str, now: u64) {
        let (chat_id, since, count) = self.burst.get_value();
        let same = chat_id == message.chat_id && now.saturating_sub(since) < BURST;
        let count = if same { count + 1 } else { 1 };
        let since = if same { since } else { now };
        self.burst.set_value((message.chat_id.clone(), since, count));
        self.toasts.say(if count > 2 {
            t!("said-many", count = count, chat = title)
        } else {
            t!("said-one", name = &message.sender.display_name, text = preview::plain(message))
        });
    }

    fn notify(self, message: &MessageView, title: &str, group: bool) {
        let text = preview::plain(message);
        let body = if group {
            t!("said-one", name = &message.sender.display_name, text = text)
        } else {
            text
        };
        let options = NotificationOptions::new();
        options.set_body(&body);
        options.set_tag(&message.chat_id);
        let Ok(notification) = Notification::new_with_options(title, &options) else { return };
        let (router, id) = (self.router, message.chat_id.clone());
        let opened = notification.clone();
        let open = Closure::once_into_js(move || {
            // A window that may not come to the front stays where it is.
            let _ = window().focus();
            router.go(Place::chat(&id));
            opened.close();
        });
        notification.set_onclick(Some(open.unchecked_ref()));
    }
}

/// How long notifications are held back at once.
const PAUSE: u64 = 60 * 60 * 1000;

/// Holds notifications back for a while, or ends that; says how it is then.
pub fn pause(preferences: Preferences, toasts: Toasts) {
    let now = locale::now();
    if preferences.paused.get_untracked() > now {
        preferences.paused.set(0);
        return toasts.show(t!("alerts-go-on"), None);
    }
    preferences.paused.set(now + PAUSE);
    toasts.show(t!("alerts-paused", time = locale::moment(now + PAUSE, Moment::Clock)), None);
}

/// Turns notifications on, which the browser may ask about, or off; says how they are then.
pub fn turn(preferences: Preferences, toasts: Toasts, on: bool) {
    if !on {
        preferences.alerts.set(false);
        return toasts.show(t!("alerts-are-off"), None);
    }
    if dom::property(&window(), "Notification").is_none() {
        return toasts.show(t!("notifications-none"), None);
    }
    leptos::task::spawn_local(async move {
        if let Ok(asked) = Notification::request_permission() {
            // The answer is read from where the browser keeps it.
            let _ = wasm_bindgen_futures::JsFuture::from(asked).await;
        }
        let granted = Notification::permission() == NotificationPermission::Granted;
        preferences.alerts.set(granted);
        toasts.show(if granted { t!("alerts-are-on") } else { t!("notifications-denied") }, None);
    });
}
