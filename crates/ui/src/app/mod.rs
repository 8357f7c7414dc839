//! The page: what is drawn while the engine starts, without an account, with one; and what lies above everything.

pub mod accounts;
pub mod banner;
pub mod hosts;
pub mod keys;
mod opened;
pub mod problems;
pub mod shell;
pub mod shortcuts;
pub mod start;
mod table;
pub mod viewer;

use crate::core::Core;
use crate::locale;
use crate::parts::dialog::{QuestionHost, Questions};
use crate::parts::later::{Where, later};
use crate::parts::menu::{MenuHost, Menus};
use crate::route::Router;
use crate::search::palette::Palette;
use crate::search::pane::Searching;
use crate::state::accounts::Accounts;
use crate::state::alerts::Alerts;
use crate::state::chats::Chats;
use crate::state::lock::Lock;
use crate::state::people::People;
use crate::state::preferences::Preferences;
use crate::state::session::{Phase, Session};
use crate::state::thread::Threads;
use crate::state::toasts::Toasts;
use crate::state::transfers::Transfers;
use crate::state::typing::Typing;
use crate::state::{self, All};
use crate::{dom, t};
use leptos::prelude::*;
use std::rc::Rc;

/// Draws the page into the document's body, for as long as it is open.
pub fn mount(core: Rc<dyn Core>) {
    wasm_bindgen_futures::spawn_local(async move {
        let language = dom::kept("language").filter(|code| !code.is_empty());
        locale::choose(language.as_deref()).await;
        leptos::mount::mount_to_body(move || draw! { <App core=core /> });
    });
}

#[component]
fn App(core: Rc<dyn Core>) -> impl IntoView {
    dom::Narrow::follow();
    let preferences = Preferences::start();
    let router = Router::start();
    let session = Session::new(core);
    let (chats, people, thread) =
        (Chats::new(session), People::new(session), Threads::new(session));
    let (typing, transfers, toasts) = (Typing::new(), Transfers::new(), Toasts::new());
    let alerts = Alerts::new(chats, thread, preferences, toasts, router);
    Menus::new();
    Questions::new();
    viewer::Viewer::new();
    Palette::start();
    shortcuts::Shortcuts::start();
    Searching::new(session);
    Accounts::start(session);
    Lock::start(session);
    let all = All { session, chats, people, thread, typing, transfers, alerts };
    provide_context(all);
    state::listen(all);
    title(chats, session);
    draw! {
        {move || match session.phase.get() {
            Phase::Starting => draw! { <start::Starting /> }.into_any(),
            Phase::Broken { reason, message } => draw! { <start::Broken reason=reason message=message /> }.into_any(),
            Phase::Locked => later(Where::Pane, crate::start::locked(), |locked| locked()),
            Phase::Out => later(Where::Pane, crate::start::step(), |step| step()),
            Phase::In => draw! { <shell::Shell /> }.into_any(),
        }}
        <MenuHost />
        <QuestionHost />
        <viewer::ViewerHost />
        <accounts::AccountsHost />
        <hosts::ToastHost />
        <hosts::Voices />
    }
}

/// The title of the window says how many chats wait, and which is open.
fn title(chats: Chats, session: Session) {
    let router = Router::here();
    Effect::new(move || {
        let open = router
            .chat_id()
            .and_then(|id| chats.find(&id))
            .map(|chat| crate::list::row::title(&chat));
        let name = match (open, session.phase.get()) {
            (Some(open), Phase::In) => format!("{open} · Parlor"),
            _ => "Parlor".to_string(),
        };
        let unread = chats.unread();
        document().set_title(&if unread > 0 {
            format!("({}) {name}", locale::number(unread as f64))
        } else {
            name
        });
        let badge = if unread > 0 { "setAppBadge" } else { "clearAppBadge" };
        dom::method(
            &window().navigator(),
            badge,
            &if unread > 0 { vec![(unread as f64).into()] } else { vec![] },
        );
    });
}

/// The link that comes before everything.
#[component]
fn Skip() -> impl IntoView {
    let press = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        dom::focus_id(crate::room::FIELD);
    };
    draw! { <a class={"skip"} href={"#composer"} on:click=press>{t!("skip")}</a> }
}
