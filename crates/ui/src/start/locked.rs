//! What this browser keeps is locked: the passphrase opens it; whoever has forgotten it can begin anew.

use crate::parts::dialog::{Question, Questions};
use crate::state::session::Session;
use crate::{dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

const FIELD: &str = "passphrase";

#[component]
pub fn Locked() -> impl IntoView {
    let (session, questions) = (Session::here(), Questions::here());
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(false));
    let passphrase = RwSignal::new(String::new());
    let unlock = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        wrong.set(false);
        let core = session.core();
        spawn_local(async move {
            // When it is open, the page is told so, and this is gone.
            let opened = core.unlock(&passphrase.get_untracked()).await;
            let _ = busy.try_set(false);
            if !opened.is_ok_and(|opened| opened) && wrong.try_set(true).is_none() {
                passphrase.set(String::new());
                dom::focus_id(FIELD);
            }
        });
    };
    let forget = Callback::new(move |()| {
        let core = session.core();
        spawn_local(async move {
            // What cannot be deleted stays locked, and is asked for again.
            let _ = core.forget().await;
        });
    });
    let ask = move |_| {
        questions.ask(Question {
            title: t!("lock-forget-title"),
            text: t!("lock-forget-text"),
            verb: t!("lock-forget"),
            act: forget,
        });
    };
    Effect::new(move || dom::focus_id(FIELD));
    draw! {
        <form class={"onb-form"} on:submit=unlock novalidate={true}>
            <h1 class={"h-display xl"}>{t!("locked-title")}</h1>
            <p class={"lede"}>{t!("locked-text")}</p>
            <div class={"field"}>
                <label class={"label"} for={FIELD}>{t!("passphrase")}</label>
                <input class={"input"} id={FIELD} type={"password"} autocomplete={"current-password"} dir={"auto"} bind:value=passphrase />
            </div>
            {move || wrong.get().then(|| draw! { <p class={"field-error"} role={"alert"}>{t!("passphrase-wrong")}</p> })}
            <div class={"onb-acts"}>
                <button class={"btn primary lg block"} type={"submit"} aria-busy=move || busy.get().to_string()>
                    {move || if busy.get() { t!("unlocking") } else { t!("unlock") }}
                </button>
                <button class={"btn ghost lg block"} type={"button"} on:click=ask>{t!("passphrase-forgotten")}</button>
            </div>
        </form>
    }
}
