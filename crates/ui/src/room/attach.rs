//! What can go with a message or be one: the menu of the button, and the dialogs behind it. What this browser cannot do
//! is not offered.

mod contact;
mod place;
mod poll;

use super::composing::Composing;
use crate::parts::icon::{self, icon};
use crate::parts::later::{Where, later};
use crate::parts::menu::{Item, Menus};
use crate::state::people::People;
use crate::state::session::Session;
use crate::{dom, t};
use leptos::html;
use leptos::prelude::*;
use serde_json::{Value, json};

/// A dialog that asks for what is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    Place,
    Contact,
    Poll,
}

/// The button, its menu, and the dialogs.
#[component]
pub fn Attach() -> impl IntoView {
    let (composing, menus, people) = (Composing::here(), Menus::here(), People::here());
    let asking = RwSignal::new(None::<Asking>);
    let picker: NodeRef<html::Input> = NodeRef::new();
    let as_files = StoredValue::new(false);
    let picked = move |_| {
        let Some(input) = picker.get_untracked() else { return };
        if let Some(files) = input.files() {
            composing.add_picked(&files, as_files.get_value());
        }
        // The same file can be picked again.
        input.set_value("");
    };
    let pick = move |kinds: &'static str, files: bool| {
        if let Some(input) = picker.get_untracked() {
            as_files.set_value(files);
            input.set_accept(kinds);
            input.click();
        }
    };
    let button: NodeRef<html::Button> = NodeRef::new();
    let press = move |_| {
        let Some(control) = button.get_untracked() else { return };
        let open = move |what| move || asking.set(Some(what));
        let mut items = vec![
            Item::new(icon::IMAGE, t!("attach-picture"), move || pick("image/*,video/*", false)),
            Item::new(icon::FILE, t!("attach-file"), move || pick("", true)),
        ];
        if dom::property(&window().navigator(), "geolocation").is_some() {
            items.push(Item::new(icon::MAP_PIN, t!("kind-location"), open(Asking::Place)));
        }
        if people.all.with_untracked(|all| !all.is_empty()) {
            items.push(Item::new(icon::USER, t!("kind-contact"), open(Asking::Contact)));
        }
        items.push(Item::new(icon::LIST_CHECKS, t!("kind-poll"), open(Asking::Poll)));
        let rect = control.get_bounding_client_rect();
        let rtl = document().dir() == "rtl";
        let at = (if rtl { rect.right() } else { rect.left() }, rect.top() - 8.0);
        menus.open_at(at, t!("attach-menu"), items);
    };
    let close = Callback::new(move |()| asking.set(None));
    draw! {
        <input
            node_ref=picker
            type={"file"}
            multiple=true
            hidden=true
            aria-hidden={"true"}
            tabindex={"-1"}
            on:change=picked
        />
        <button
            node_ref=button
            class={"icon-btn"}
            aria-label={t!("attach")}
            title={t!("attach-keys")}
            aria-haspopup={"menu"}
            data-attach={"true"}
            on:click=press
        >
            {icon(icon::PLUS, "s22")}
        </button>
        {move || asking.get().map(|what| later(Where::Above, dialog(), move |dialog| dialog(what, close)))}
    }
}

apart! {
    tools: fn dialog(what: Asking, close: Callback<()>) -> AnyView {
        match what {
            Asking::Place => draw! { <place::PlaceDialog close=close /> },
            Asking::Contact => draw! { <contact::ContactDialog close=close /> },
            Asking::Poll => draw! { <poll::PollDialog close=close /> },
        }
    }
}

/// Sends a message that is a thing by itself, as an answer if one was begun, and closes the dialog it came from.
#[derive(Clone, Copy)]
struct Sending {
    session: Session,
    composing: Composing,
    close: Callback<()>,
    problem: RwSignal<Option<String>>,
    busy: StoredValue<bool>,
}

impl Sending {
    fn new(close: Callback<()>) -> Self {
        Self {
            session: Session::here(),
            composing: Composing::here(),
            close,
            problem: RwSignal::new(None),
            busy: StoredValue::new(false),
        }
    }

    /// `name` is the param of `messages.send`.
    fn send(self, name: &'static str, value: Value) {
        if self.busy.get_value() {
            return;
        }
        self.busy.set_value(true);
        let mut params = json!({"chat_id": self.composing.chat_id.get_value()});
        let answered = self.composing.answered();
        if let Some(object) = params.as_object_mut() {
            object.insert(name.into(), value);
            object.extend(answered.map(|id| ("reply_to".into(), id.into())));
        }
        leptos::task::spawn_local(async move {
            let sent = self.session.tell("messages.send", params).await;
            self.busy.try_set_value(false);
            match sent {
                Ok(()) => {
                    self.composing.was_answered();
                    self.close.run(());
                }
                Err(problem) => {
                    self.problem.try_set(Some(crate::app::problems::words(&problem)));
                }
            }
        });
    }

    fn trouble(self) -> AnyView {
        let problem = move || {
            self.problem
                .get()
                .map(|words| draw! { <p class={"field-error"} role={"alert"}>{words}</p> })
        };
        problem.into_any()
    }
}
