//! All devices are lost: the account is taken up again with its recovery code.

use super::{Stays, device_name, enter, server, trouble};
use crate::core::Problem;
use crate::route::{Place, Router};
use crate::state::session::Session;
use crate::{dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::Event;
use serde_json::{Value, json};

const FIELD: &str = "recovery-code";

#[component]
pub fn Restore() -> impl IntoView {
    let (session, router) = (Session::here(), Router::here());
    let code = RwSignal::new(String::new());
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let restore = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let wish = json!({
            "server": server(),
            "code": code.get_untracked(),
            "device_name": device_name(),
        });
        spawn_local(async move {
            match session.ask::<Value>("account.restore", wish).await {
                Ok(_) => {
                    let _ = code.try_set(String::new());
                    enter(session, router);
                }
                Err(refused) => {
                    let refused = match refused.code.as_str() {
                        "not_found" => Problem { code: "no_backup".into(), ..refused },
                        _ => refused,
                    };
                    let _ = problem.try_set(Some(refused));
                    let _ = busy.try_set(false);
                    dom::focus_id(FIELD);
                }
            }
        });
    };
    let progress = move || match session.last.get() {
        Some(Event::RestoreProgress { done, total, ended: false }) if busy.get() && total > 0 => {
            Some((done, total))
        }
        _ => None,
    };
    draw! {
        <form class={"onb-form"} on:submit=restore novalidate={true}>
            <h1 class={"h-display xl"}>{t!("restore-title")}</h1>
            <p class={"lede"}>{t!("restore-text")}</p>
            <Stays />
            <div class={"field"}>
                <label class={"label"} for={FIELD}>{t!("restore-code")}</label>
                <textarea class={"input mono"} id={FIELD} rows={"2"} dir={"ltr"} autocomplete={"off"} autocapitalize={"characters"} spellcheck={"false"} aria-describedby={"recovery-code-hint"} bind:value=code></textarea>
                <span class={"hint"} id={"recovery-code-hint"}>{t!("restore-code-hint")}</span>
            </div>
            {trouble(problem)}
            {move || progress().map(|(done, total)| draw! {
                <div role={"status"}>
                    <progress max={total.to_string()} value={done.to_string()} aria-label={t!("restore-progress")}></progress>
                </div>
            })}
            <p class={"callout"}>{t!("restore-removes")}</p>
            <div class={"onb-acts"}>
                <button class={"btn primary lg block"} type={"submit"} aria-busy=move || busy.get().to_string()>
                    {move || if busy.get() { t!("restore-working") } else { t!("restore-do") }}
                </button>
                <a class={"btn ghost lg block"} href={Place::Start(String::new()).href()}>{t!("start-new-account")}</a>
            </div>
        </form>
    }
}
