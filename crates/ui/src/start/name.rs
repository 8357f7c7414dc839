//! A new account: a name, and one is in.

use super::{Stays, device_name, enter, server, server_name, trouble};
use crate::app::accounts::Back;
use crate::core::Problem;
use crate::parts::icon::{KEY, QR_CODE, icon};
use crate::route::{Place, Router};
use crate::state::session::Session;
use crate::{dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};

const FIELD: &str = "your-name";

#[component]
pub fn Name() -> impl IntoView {
    let (session, router) = (Session::here(), Router::here());
    let why = router.place.with_untracked(why_here);
    let (name, handle, invite) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(invited()));
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let registration = registration();
    let closed = move || registration.with(|registration| registration == "closed");
    let wants_invite = Memo::new(move |before: Option<&bool>| {
        let refused = problem.with(|problem| {
            problem.as_ref().is_some_and(|problem| problem.code == "invalid_invite")
        });
        let asks = registration.with(|registration| registration == "invite");
        refused || asks || before.copied().unwrap_or(!invite.with_untracked(String::is_empty))
    });
    let make = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if name.with_untracked(|name| name.trim().is_empty()) {
            problem.set(Some(Problem::new("invalid_name", "display")));
            return dom::focus_id(FIELD);
        }
        busy.set(true);
        problem.set(None);
        let some = |text: RwSignal<String>| {
            let text = text.get_untracked().trim().trim_start_matches('@').to_owned();
            (!text.is_empty()).then_some(text)
        };
        let wish = json!({
            "server": server(),
            "display_name": name.get_untracked().trim(),
            "username": some(handle).map(|handle| handle.to_ascii_lowercase()),
            "invite": some(invite),
            "device_name": device_name(),
        });
        spawn_local(async move {
            match session.ask::<Value>("account.create", wish).await {
                Ok(_) => enter(session, router),
                Err(refused) => {
                    let _ = problem.try_set(Some(refused));
                    let _ = busy.try_set(false);
                }
            }
        });
    };
    Effect::new(move || {
        if !dom::is_touch() {
            dom::focus_id(FIELD);
        }
    });
    draw! {
        <form class={"onb-form"} on:submit=make novalidate={true}>
            <h1 class={"h-display xl"}>{t!("start-title")}</h1>
            <p class={"lede"}>{t!("start-text")}</p>
            <Stays />
            <Show when=closed>
                <p class={"callout"} role={"note"}>{t!("start-closed", server = server_name())}</p>
            </Show>
            {why.map(|why| draw! { <p class={"callout"} role={"note"}>{why}</p> })}
            <div class={"field"}>
                <label class={"label"} for={FIELD}>{t!("start-name")}</label>
                <input class={"input"} id={FIELD} autocomplete={"name"} maxlength={"64"} dir={"auto"} aria-describedby={"your-name-hint"} bind:value=name />
                <span class={"hint"} id={"your-name-hint"}>{t!("start-name-hint")}</span>
            </div>
            <div class={"field"}>
                <label class={"label"} for={"handle"}>{t!("start-handle")}</label>
                <div class={"input handle"}>
                    <span class={"faint"} aria-hidden={"true"}>{"@"}</span>
                    <input id={"handle"} dir={"ltr"} autocomplete={"username"} autocapitalize={"none"} spellcheck={"false"} maxlength={"33"} aria-describedby={"handle-hint"} bind:value=handle />
                    <span class={"faint"} dir={"ltr"}>{server_name()}</span>
                </div>
                <span class={"hint"} id={"handle-hint"}>{t!("start-handle-hint")}</span>
            </div>
            <Show when=move || wants_invite.get()>
                <div class={"field"}>
                    <label class={"label"} for={"invite"}>{t!("start-invite")}</label>
                    <input class={"input"} id={"invite"} dir={"ltr"} autocapitalize={"none"} spellcheck={"false"} aria-describedby={"invite-hint"} bind:value=invite />
                    <span class={"hint"} id={"invite-hint"}>{t!("start-invite-hint")}</span>
                </div>
            </Show>
            {trouble(problem)}
            <div class={"onb-acts"}>
                <button class={"btn primary lg block"} type={"submit"} disabled=closed aria-busy=move || busy.get().to_string()>
                    {move || if busy.get() { t!("start-making") } else { t!("start-continue") }}
                </button>
                <a class={"btn ghost lg block"} href={Place::Start("link".into()).href()}>
                    {icon(QR_CODE, "s20")}{t!("start-have-device")}
                </a>
                <a class={"btn ghost lg block"} href={Place::Start("restore".into()).href()}>
                    {icon(KEY, "s20")}{t!("start-have-code")}
                </a>
            </div>
            <Back />
            <p class={"fine"}>{t!("start-server", server = server_name())}</p>
        </form>
    }
}

/// Why somebody who had an account has none here any more.
fn why_here(place: &Place) -> Option<String> {
    match place {
        Place::Start(why) if why == "removed" => Some(t!("start-removed")),
        Place::Start(why) if why == "deleted" => Some(t!("start-deleted")),
        _ => None,
    }
}

/// Who may make an account on the server of this page: `open`, `invite`, `closed`; empty until it has said so.
fn registration() -> RwSignal<String> {
    let said = RwSignal::new(String::new());
    spawn_local(async move {
        // Without an answer the server says it when it is asked for an account.
        let Some(answer) = dom::fetched("/server.json").await else { return };
        let info = serde_json::from_str::<Value>(&answer).unwrap_or_default();
        if let Some(registration) = info.get("registration").and_then(Value::as_str) {
            let _ = said.try_set(registration.to_string());
        }
    });
    said
}

/// The invite that the address of the page carries, `?invite=…`.
fn invited() -> String {
    let query = window().location().search().unwrap_or_default();
    let value =
        query.trim_start_matches('?').split('&').find_map(|one| one.strip_prefix("invite="));
    let decoded = value.and_then(|value| js_sys::decode_uri_component(value).ok());
    decoded.map(String::from).unwrap_or_default()
}
