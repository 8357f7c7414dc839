//! What is done to messages with a mouse or a finger. The thread listens for all of them; which message it is, the
//! element under the pointer says. The buttons beside a message are there twice in all, for the one that the pointer is
//! on and for the one that has the focus: they move from message to message. So does the mark that a message shows while
//! a finger draws it aside to answer it.

use super::actions::Actions;
use crate::locale::{self, Moment};
use crate::parts::hold::Hold;
use crate::parts::icon::{self, icon};
use crate::parts::menu::below;
use crate::state::thread::Threads;
use crate::swipe::Swipe;
use crate::t;
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
    swipe: StoredValue<Option<Swipe>>,
    swiped: Article,
    mark: NodeRef<html::Span>,
    pointed: Article,
    focused: Article,
    beside: [Beside; 2],
}

/// From below the buttons to above them, with room for a line of emoji, pixels.
const EMOJI: f64 = 100.0;

/// The buttons beside a message, and which message that is.
#[derive(Clone, Copy)]
struct Beside {
    node: NodeRef<html::Div>,
    id: StoredValue<String>,
}

/// Where the only finger is, in the window.
fn point(event: &TouchEvent) -> Option<(f64, f64)> {
    let touches = event.touches();
    let touch = touches.get(0).filter(|_| touches.length() == 1)?;
    Some((touch.client_x().into(), touch.client_y().into()))
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
            swipe: StoredValue::new(None),
            swiped: StoredValue::new_local(None),
            mark: NodeRef::new(),
            pointed: StoredValue::new_local(None),
            focused: StoredValue::new_local(None),
            beside: [beside(), beside()],
        }
    }

    /// The buttons, where nobody sees them until they are beside a message.
    pub fn buttons(self) -> impl IntoView {
        let [one, other] = self.beside.map(|beside| hover(self.actions, beside.node, beside.id));
        let mark = draw! {
            <span node_ref=self.mark class={"swipe-mark"} aria-hidden={"true"}>
                {icon(icon::ARROW_BEND_UP_LEFT, "s20 flip")}
            </span>
        };
        draw! { <div hidden={true}>{one}{other}{mark}</div> }
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
        self.let_go();
        if let Some((article, id)) = message_at(event) {
            let slides = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let slides = slides.is_some_and(|target| target.tag_name() == "INPUT");
            let begin = point(event).filter(|_| !slides && self.actions.can_answer(&id));
            let rtl = document().dir() == "rtl";
            self.swipe.set_value(begin.map(|from| Swipe::begin(from, rtl)));
            self.swiped.set_value(Some(article));
            self.held.set_value(id);
            self.hold.begin(event);
        }
    }

    /// It moved.
    pub fn slide(self, event: &TouchEvent) {
        self.hold.cancel();
        let Some(mut swipe) = self.swipe.get_value() else { return };
        match point(event) {
            Some(to) => swipe.moved(to),
            // A second finger came down.
            None => return self.let_go(),
        }
        self.swipe.set_value(Some(swipe));
        let Some((article, shift)) = self.swiped.get_value().zip(swipe.shift()) else { return };
        let Some(mark) = self.mark.get_untracked() else { return };
        if mark.parent_element().as_ref() != Some(&article) {
            // An element can always have one more, and another class.
            let _ = article.append_child(&mark);
            let _ = article.class_list().remove_1("let-go");
        }
        // Both properties exist in every browser.
        let _ = article.style().set_property("transform", &format!("translateX({shift}px)"));
        let part = format!("{:.2}", swipe.part());
        let _ = web_sys::HtmlElement::style(&mark).set_property("--part", &part);
    }

    /// It went up.
    pub fn lift(self, event: &TouchEvent) {
        self.hold.end(event);
        let answers = self.swipe.get_value().is_some_and(|swipe| swipe.answers());
        self.let_go();
        if answers {
            event.prevent_default();
            self.actions.reply(&self.held.get_value());
        }
    }

    /// The browser took it away.
    pub fn lose(self) {
        self.hold.cancel();
        self.let_go();
    }

    /// A message that was drawn aside goes back.
    fn let_go(self) {
        let swipe = self.swipe.get_value();
        self.swipe.set_value(None);
        if let Some(article) =
            self.swiped.get_value().filter(|_| swipe.is_some_and(|swipe| swipe.shift().is_some()))
        {
            // As above.
            let _ = article.class_list().add_1("let-go");
            let _ = article.style().remove_property("transform");
        }
        if let Some(mark) = self.mark.get_untracked() {
            let _ = web_sys::HtmlElement::style(&mark).set_property("--part", "0");
        }
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
            let id = article.get_attribute("data-message").unwrap_or_default();
            // An element can always have another class, and one more element.
            let mute = !self.actions.can_answer(&id);
            let _ = node.class_list().toggle_with_force("mute", mute);
            beside.id.set_value(id);
            let _ = article.append_child(&node);
        }
    }
}

/// The buttons beside a message that the pointer is on; which that is changes.
fn hover(actions: Actions, node: NodeRef<html::Div>, id: StoredValue<String>) -> impl IntoView {
    let point = |event: &MouseEvent| {
        event.stop_propagation();
        let control = event.current_target()?.dyn_into::<HtmlElement>().ok()?;
        Some(below(&control))
    };
    let open = move |event: MouseEvent| {
        if let Some(at) = point(&event) {
            actions.menu(&id.get_value(), at);
        }
    };
    let react = move |event: MouseEvent| {
        if let Some((aside, down)) = point(&event) {
            // Above the message: below the last one is what is being written.
            actions.offer_reactions(&id.get_value(), (aside, down - EMOJI));
        }
    };
    let reply = move |event: MouseEvent| {
        event.stop_propagation();
        actions.reply(&id.get_value());
    };
    draw! {
        <div node_ref=node class={"hover-acts desk-only"} role={"group"} aria-label={t!("message-menu")}>
            <button class={"icon-btn sm says"} aria-label={t!("react")} title={t!("react")} tabindex={"-1"} on:click=react>
                {icon(icon::SMILEY, "s18")}
            </button>
            <button class={"icon-btn sm says"} aria-label={t!("reply")} title={t!("reply")} tabindex={"-1"} on:click=reply>
                {icon(icon::ARROW_BEND_UP_LEFT, "s18 flip")}
            </button>
            <button class={"icon-btn sm"} aria-label={t!("more")} title={t!("more")} tabindex={"-1"} on:click=open>
                {icon(icon::DOTS_THREE_BOLD, "s18")}
            </button>
        </div>
    }
}
