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
use crate::dom;
use crate::locale;
use crate::parts::dialog::{QuestionHost, Questions};
use crate::parts::later::{Where, later};
use crate::parts::menu::{MenuHost, Menus};
use crate::route::Router;
use crate::state::accounts::Accounts;
use crate::state::lock::Lock;
use crate::state::preferences::Preferences;
use crate::state::session::{Phase, Session};
use crate::state::toasts::Toasts;
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
    Preferences::start();
    Router::start();
    let session = Session::new(core);
    Toasts::new();
    Menus::new();
    Questions::new();
    Accounts::start(session);
    Lock::start(session);
    session.listen();
    soon(session);
    draw! {
        {move || match session.phase.get() {
            Phase::Starting => draw! { <start::Starting /> }.into_any(),
            Phase::Broken { reason, message } => draw! { <start::Broken reason=reason message=message /> }.into_any(),
            Phase::Locked => later(Where::Pane, crate::start::locked(), |locked| locked()),
            Phase::Out => later(Where::Pane, crate::start::step(), |step| step()),
            Phase::In => later(Where::Page, shell::frame(), |frame| frame()),
        }}
        <MenuHost />
        <QuestionHost />
        <accounts::AccountsHost />
        <hosts::ToastHost />
        <hosts::Voices />
    }
}

/// Fetches what is wanted next while something else is waited for: where there was an account there is one again;
/// elsewhere the first step is wanted with the engine, and the rest when it stands.
fn soon(session: Session) {
    let fetch = move || {
        leptos::task::spawn_local(async {
            // What cannot be fetched is fetched when it is wanted.
            let _ = futures_util::join!(shell::frame(), crate::room::room());
        });
    };
    if Lock::was_touched() {
        return fetch();
    }
    leptos::task::spawn_local(crate::start::fetch(Router::here().place.get_untracked()));
    Effect::new(move || {
        if session.phase.get() == Phase::Out {
            fetch();
        }
    });
}
