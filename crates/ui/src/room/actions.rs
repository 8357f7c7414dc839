//! What can be done with a message: from its menu, the buttons beside it, by keys while it has the focus.

mod menu;

use super::composing::{Composing, Picking};
use super::react;
use crate::list::preview;
use crate::parts::dialog::{Question, Questions};
use crate::parts::menu::{Menus, send_wrapper};
use crate::state::preferences::Preferences;
use crate::state::session::Session;
use crate::state::thread::Threads;
use crate::state::toasts::Toasts;
use crate::{dom, t};
use leptos::prelude::*;
use parlor_view::{ChatView, MessageView};
use serde_json::json;
use web_sys::{KeyboardEvent, MouseEvent};

/// What can be done with messages of a room.
#[derive(Clone, Copy)]
pub struct Actions {
    session: Session,
    thread: Threads,
    composing: Composing,
    menus: Menus,
    questions: Questions,
    toasts: Toasts,
    preferences: Preferences,
    chat: Memo<ChatView>,
    /// Messages to say again elsewhere, while one chooses where.
    pub forwarding: RwSignal<Option<Vec<String>>>,
    /// The message whose details are shown.
    pub details: RwSignal<Option<MessageView>>,
    /// Messages that are picked; while some are, a press picks.
    pub picks: RwSignal<Vec<String>>,
}

impl Actions {
    /// For the room of a chat.
    pub fn new(chat: Memo<ChatView>) -> Self {
        Self {
            session: Session::here(),
            thread: Threads::here(),
            composing: Composing::here(),
            menus: Menus::here(),
            questions: Questions::here(),
            toasts: Toasts::here(),
            preferences: Preferences::here(),
            chat,
            forwarding: RwSignal::new(None),
            details: RwSignal::new(None),
            picks: RwSignal::new(Vec::new()),
        }
    }

    /// That of the room.
    pub fn here() -> Self {
        expect_context()
    }

    fn message(self, id: &str) -> Option<MessageView> {
        self.thread.get(id).map(|message| message.get_untracked())
    }

    /// Whether a message is picked.
    pub fn is_picked(self, id: &str) -> bool {
        self.picks.with(|picks| picks.iter().any(|pick| pick == id))
    }

    /// Whether one may write here.
    pub fn can_write(self) -> bool {
        self.chat.with_untracked(|chat| !chat.left && !chat.requested)
    }

    /// Whether one is in the chat; whoever asks is told when that changes.
    pub fn is_member(self) -> bool {
        self.chat.with(|chat| !chat.left)
    }

    /// Begins an answer.
    pub fn reply(self, id: &str) {
        if self.can_answer(id) {
            self.composing.reply(id.to_string());
        }
    }

    fn edit(self, message: &MessageView) {
        let typed = super::retype::typed(message);
        self.composing.edit(message.message_id.clone(), typed);
    }

    fn copy(self, message: &MessageView) {
        dom::copy(message.text.as_deref().unwrap_or_default());
        self.toasts.show(t!("copied"), None);
    }

    /// Gives a reaction, or takes it back.
    pub fn react(self, id: &str, emoji: &str) {
        if let Some(message) = self.message(id) {
            react::react(self.session, self.toasts, &message, emoji);
        }
    }

    /// Picks a message, or leaves it again.
    pub fn pick(self, id: &str) {
        self.picks.update(|picks| match picks.iter().position(|pick| pick == id) {
            Some(at) => {
                picks.remove(at);
            }
            None => picks.push(id.to_string()),
        });
    }

    /// The picked messages, oldest first.
    pub fn picked(self) -> Vec<String> {
        let mut picked: Vec<(usize, String)> = self
            .picks
            .get_untracked()
            .into_iter()
            .filter_map(|id| Some((self.thread.position(&id)?, id)))
            .collect();
        picked.sort_unstable();
        picked.into_iter().map(|(_, id)| id).collect()
    }

    /// Puts the texts of the picked messages on the clipboard.
    pub fn copy_picked(self) {
        let one = |id: String| {
            let message = self.message(&id)?;
            Some(format!("{}: {}", message.sender.display_name, message.text?))
        };
        let texts: Vec<String> = self.picked().into_iter().filter_map(one).collect();
        dom::copy(&texts.join("\n"));
        self.picks.set(Vec::new());
        self.toasts.show(t!("copied"), None);
    }

    /// Asks whether the picked messages should go from the own devices.
    pub fn delete_picked(self) {
        let ids = self.picked();
        let title = t!("delete-many-title", count = ids.len());
        let act = send_wrapper(move || {
            self.picks.set(Vec::new());
            for id in &ids {
                self.delete_now(id.clone(), false);
            }
        });
        self.questions.ask(Question {
            title,
            text: t!("delete-many-text"),
            verb: t!("delete"),
            act,
        });
    }

    fn delete_now(self, id: String, for_everyone: bool) {
        self.tell("messages.delete", json!({"message_id": id, "for_everyone": for_everyone}));
    }

    /// Sends a message that failed once more.
    pub fn retry(self, id: &str) {
        self.tell("messages.retry", json!({"message_id": id}));
    }

    /// Marks a message to be found again, or takes the mark away.
    fn star(self, message: &MessageView) {
        let params = json!({"message_id": message.message_id, "starred": !message.starred});
        self.tell("messages.star", params);
    }

    /// Asks where to say messages again.
    pub fn forward(self, ids: Vec<String>) {
        self.forwarding.set(Some(ids));
    }

    /// A press on a message picks it while others are picked.
    pub fn press(self, event: &MouseEvent, id: &str) {
        if self.picks.with_untracked(|picks| !picks.is_empty()) {
            event.prevent_default();
            self.pick(id);
        }
    }

    /// Asks for something whose answer is seen in the messages.
    pub fn tell(self, method: &'static str, params: serde_json::Value) {
        let (session, toasts) = (self.session, self.toasts);
        leptos::task::spawn_local(async move {
            if let Err(problem) = session.tell(method, params).await {
                toasts.say_now(crate::app::problems::words(&problem));
            }
        });
    }

    fn delete(self, message: &MessageView, for_everyone: bool) {
        let id = message.message_id.clone();
        let act = send_wrapper(move || self.delete_now(id.clone(), for_everyone));
        let (title, text) = if for_everyone {
            (t!("delete-everyone-title"), t!("delete-everyone-text"))
        } else {
            (t!("delete-here-title"), t!("delete-here-text"))
        };
        self.questions.ask(Question { title, text, verb: t!("delete"), act });
    }

    /// Whether a message can be answered or get a reaction.
    pub fn can_answer(self, id: &str) -> bool {
        self.can_write() && self.message(id).is_some_and(|message| message.kind != "deleted")
    }

    /// A key while a message has the focus.
    pub fn key(self, event: &KeyboardEvent, id: &str) {
        let Some(message) = self.message(id) else { return };
        let command = event.ctrl_key() || event.meta_key();
        let letters = self.preferences.letters.get_untracked();
        match event.key().as_str() {
            "c" if command => {
                let selected = window().get_selection().ok().flatten();
                if selected.is_none_or(|selected| selected.is_collapsed()) {
                    event.prevent_default();
                    self.copy(&message);
                }
            }
            "ArrowUp" if command && message.mine && can_edit(&message) => {
                event.prevent_default();
                self.edit(&message);
            }
            _ if command || event.alt_key() => {}
            "r" | "R" if letters => {
                event.prevent_default();
                self.reply(id);
            }
            "e" | "E" if letters && self.can_write() => {
                event.prevent_default();
                self.composing.picking.set(Some(Picking::Reaction(id.to_string())));
            }
            " " => {
                event.prevent_default();
                self.pick(id);
            }
            "s" | "S" if letters && message.kind != "deleted" => {
                event.prevent_default();
                self.star(&message);
            }
            "i" | "I" if letters && message.kind != "deleted" => {
                event.prevent_default();
                self.details.set(Some(message));
            }
            "f" | "F" if letters && message.kind != "deleted" => {
                event.prevent_default();
                self.forward(vec![id.to_string()]);
            }
            "ContextMenu" => {
                event.prevent_default();
                self.menu(id, focus_point());
            }
            "F10" if event.shift_key() => {
                event.prevent_default();
                self.menu(id, focus_point());
            }
            "Delete" => {
                event.prevent_default();
                self.delete(&message, false);
            }
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                if self.picks.with_untracked(Vec::is_empty) {
                    self.composing.take_focus();
                } else {
                    self.picks.set(Vec::new());
                }
            }
            _ => {}
        }
    }
}

/// Whether an own message has words that can be others.
fn can_edit(message: &MessageView) -> bool {
    message.text.is_some() && !matches!(&*message.kind, "location" | "contact" | "poll")
}

/// Below what has the focus.
fn focus_point() -> (f64, f64) {
    dom::focused().map_or((0.0, 0.0), |element| {
        let rect = element.get_bounding_client_rect();
        (rect.left() + rect.width() / 2.0, rect.top() + rect.height().min(160.0))
    })
}

/// The line of a message, for quotes above the field.
pub fn line(message: &MessageView) -> String {
    if message.kind == "notice" { super::notice::words(message) } else { preview::plain(message) }
}
