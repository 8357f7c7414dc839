//! What is done to messages with a mouse or a finger. The thread listens for all of them; which message it is, the
//! element under the pointer says. The buttons beside a message are there twice in all, for the one that the pointer is
//! on and for the one that has the focus: they move from message to message.

use super::actions::{Actions, hover};
use crate::locale::{self, Moment};
use crate::parts::hold::Hold;
use crate::state::thread::Threads;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, MouseEvent, TouchEvent};

/// A message that something is done to, as an element.
type Article = StoredValue<Option<HtmlElement>, LocalStorage>;

/// What is pointed at in the thread.
#[derive(Clone, Copy)]
pub struct Pointed {
    thread: Threads,
    actions: Actions,
    hold: Hold,
    /// The message that a finger is on.
    held: StoredValue<String>,
    pointed: Article,
    focused: Article,
    beside: [Beside; 2],
}

/// The buttons beside a message, and which message that is.
#[derive(Clone, Copy)]
struct Beside {
    node: NodeRef<html::Div>,
    id: StoredValue<String>,
}

/// The element of the message in which something happened, and its id.
fn message_at(event: &Event) -> Option<(HtmlElement, String)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let article: HtmlElement = target.closest("article.msg").ok()??.dyn_into().ok()?;
    let id = article.get_attribute("data-message")?;
    Some((article, id))
}

impl Pointed {
    /// Nothing, in the thread of the room.
    pub fn new() -> Self {
        let actions = Actions::here();
        let held = StoredValue::new(String::new());
        let beside = || Beside { node: NodeRef::new(), id: StoredValue::new(String::new()) };
        Self {
            thread: Threads::here(),
            actions,
            hold: Hold::new(Callback::new(move |at| actions.menu(&held.get_value(), at))),
            held,
            pointed: StoredValue::new_local(None),
            focused: StoredValue::new_local(None),
            beside: [beside(), beside()],
        }
    }

    /// The buttons, where nobody sees them until they are beside a message.
    pub fn buttons(self) -> impl IntoView {
        let [one, other] = self.beside.map(|beside| hover(self.actions, beside.node, beside.id));
        draw! { <div hidden={true}>{one}{other}</div> }
    }

    /// The right button was pressed.
    pub fn menu(self, event: &MouseEvent) {
        if let Some((_, id)) = message_at(event) {
            event.prevent_default();
            self.actions.menu(&id, (event.client_x().into(), event.client_y().into()));
        }
    }

    /// The left button was pressed.
    pub fn press(self, event: &MouseEvent) {
        if let Some((_, id)) = message_at(event) {
            self.actions.press(event, &id);
        }
    }

    /// The left button was pressed twice.
    pub fn reply(self, event: &MouseEvent) {
        if let Some((_, id)) = message_at(event) {
            self.actions.reply(&id);
        }
    }

    /// A finger came down.
    pub fn touch(self, event: &TouchEvent) {
        if let Some((_, id)) = message_at(event) {
            self.held.set_value(id);
            self.hold.begin(event);
        }
    }

    /// It moved, or the browser took it away.
    pub fn slide(self) {
        self.hold.cancel();
    }

    /// It went up.
    pub fn lift(self, event: &TouchEvent) {
        self.hold.end(event);
    }

    /// The pointer came over something.
    pub fn over(self, event: &Event) {
        let found = message_at(event);
        if let Some((_, id)) = &found {
            self.name_time(event, id);
        }
        let article = found.map(|(article, _)| article);
        if self.pointed.get_value() != article {
            self.pointed.set_value(article);
            self.place();
        }
    }

    /// The focus came to something.
    pub fn focus(self, event: &Event) {
        let article = message_at(event).map(|(article, _)| article);
        if self.focused.get_value() != article {
            self.focused.set_value(article);
            self.place();
        }
    }

    /// The whole date of a time that the pointer is on. Most are never asked for it.
    fn name_time(self, event: &Event, id: &str) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let time =
            target.filter(|target| target.tag_name() == "TIME" && !target.has_attribute("title"));
        if let (Some(time), Some(message)) = (time, self.thread.get(id)) {
            let sent_at = message.with_untracked(|message| message.sent_at);
            // An attribute of this name can always be set.
            let _ = time.set_attribute("title", &locale::moment(sent_at, Moment::Full));
        }
    }

    /// Puts buttons beside the messages that have the pointer and the focus. Those that are there stay: one of them may
    /// have the focus itself.
    fn place(self) {
        let mut wanted: Vec<HtmlElement> =
            [self.pointed, self.focused].iter().filter_map(|one| one.get_value()).collect();
        wanted.dedup();
        let mut free = Vec::new();
        for beside in self.beside {
            let Some(node) = beside.node.get_untracked() else { return };
            let stands = node.parent_element();
            match wanted.iter().position(|article| stands.as_ref() == Some(article.as_ref())) {
                Some(at) => {
                    wanted.remove(at);
                }
                None => free.push((beside, node)),
            }
        }
        for (article, (beside, node)) in wanted.into_iter().zip(free) {
            beside.id.set_value(article.get_attribute("data-message").unwrap_or_default());
            // An element can always have one more.
            let _ = article.append_child(&node);
        }
    }
}
