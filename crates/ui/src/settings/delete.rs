//! Deleting the account: what goes, where, for whom, and no way back.

use crate::app::problems;
use crate::parts::dialog::{Question, Questions};
use crate::parts::icon::{self, icon};
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;

/// The button, and the question before it does anything. When it is done the page begins anew.
#[component]
pub fn DeleteAccount() -> impl IntoView {
    let (session, questions, toasts) = (Session::here(), Questions::here(), Toasts::here());
    let busy = RwSignal::new(false);
    let delete = Callback::new(move |()| {
        busy.set(true);
        spawn_local(async move {
            if let Err(problem) = session.tell("account.delete", json!({})).await {
                toasts.show(problems::words(&problem), None);
            }
            // The page may be another by then.
            let _ = busy.try_set(false);
        });
    });
    let ask = move |_| {
        if busy.get_untracked() {
            return;
        }
        let server = window().location().host().unwrap_or_default();
        questions.ask(Question {
            title: t!("delete-account-title"),
            text: t!("delete-account-text", server = server),
            verb: t!("delete-account"),
            act: delete,
        });
    };
    draw! {
        <button class={"btn danger-soft"} type={"button"} aria-busy=move || busy.get().to_string() on:click=ask>
            {icon(icon::TRASH, "s18")}
            {move || if busy.get() { t!("delete-account-busy") } else { t!("delete-account") }}
        </button>
    }
}
