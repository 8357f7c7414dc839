//! The way back in: the recovery code, shown until it was written down, and how the backup stands.

use super::rows::Waiting;
use crate::app::problems;
use crate::core::Problem;
use crate::parts::icon::{COPY, icon};
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::{dom, locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{BackupView, Event};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[component]
pub fn Recovery() -> impl IntoView {
    let session = Session::here();
    let status = RwSignal::new(None::<BackupView>);
    let load = Callback::new(move |()| {
        spawn_local(async move {
            if let Ok(read) = session.ask::<BackupView>("backup.status", json!({})).await {
                let _ = status.try_set(Some(read));
            }
        });
    });
    load.run(());
    Effect::new(move || {
        if let Some(Event::BackupUpdated { .. }) = session.last.get() {
            load.run(());
        }
    });
    let unconfirmed = Memo::new(move |_| {
        status.with(|one| one.as_ref().map(|one| one.enabled && !one.confirmed))
    });
    draw! {
        <p class={"lede"}>{t!("recovery-text")}</p>
        {move || match unconfirmed.get() {
            None => draw! { <Waiting /> },
            Some(true) => draw! { <Show confirmed=load /> },
            Some(false) => draw! {
                <p class={"callout"}>{t!("recovery-kept")}</p>
                <Change changed=load />
            },
        }}
        {move || status.get().map(|status| draw! { <Status status=status enabled=load /> })}
    }
}

#[component]
fn Status(status: BackupView, enabled: Callback<()>) -> impl IntoView {
    let (session, toasts) = (Session::here(), Toasts::here());
    let enable = move |_| {
        spawn_local(async move {
            match session.tell("backup.enable", json!({})).await {
                Ok(()) => enabled.run(()),
                Err(problem) => toasts.show(problems::words(&problem), None),
            }
        });
    };
    let words = match (status.enabled, status.full, status.complete) {
        (false, ..) => t!("backup-off"),
        (_, true, _) => t!("backup-full"),
        (.., true) => t!("backup-complete"),
        _ => t!("backup-going"),
    };
    let room =
        t!("backup-room", used = locale::size(status.bytes), all = locale::size(status.limit));
    draw! {
        <section>
            <h2 class={"group-label"}>{t!("backup")}</h2>
            <div class={"list-card"}>
                <div class={"li no-ic"}>
                    <span class={"t"}><b>{words}</b><span>{status.enabled.then_some(room)}</span></span>
                    {(!status.enabled).then(|| draw! { <button class={"btn soft sm"} on:click=enable>{t!("backup-enable")}</button> })}
                </div>
            </div>
            <p class={"group-note"}>{t!("backup-note")}</p>
        </section>
    }
}

/// Another code in place of one that somebody may have seen; the present one is needed for it.
#[component]
fn Change(changed: Callback<()>) -> impl IntoView {
    let (session, toasts) = (Session::here(), Toasts::here());
    let (open, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let change = Callback::new(move |present: String| {
        problem.set(None);
        spawn_local(async move {
            match session.tell("backup.new_code", json!({"code": present})).await {
                Ok(()) => {
                    toasts.show(t!("recovery-changed"), None);
                    changed.run(());
                }
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    });
    draw! {
        <section class={"stack tight"}>
            <p class={"lede"}>{t!("recovery-change-why")}</p>
            {move || if open.get() {
                draw! {
                    <Typed label={t!("recovery-present")} send={t!("recovery-change")} typed=change back={t!("cancel")} left=open
                        problem=problem another={t!("recovery-not-present")} />
                }
            } else {
                draw! {
                    <div class={"row-acts"}>
                        <button class={"btn soft sm"} on:click=move |_| open.set(true)>{t!("recovery-change")}</button>
                    </div>
                }
            }}
        </section>
    }
}

/// A field for a code. `left` becomes false when somebody goes `back`; `another` is said of a code that is not the one.
#[component]
fn Typed(
    label: String,
    send: String,
    typed: Callback<String>,
    back: String,
    left: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    another: String,
) -> impl IntoView {
    let code = RwSignal::new(String::new());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        typed.run(code.get_untracked());
    };
    let words = move || {
        problem.get().map(|problem| match problem.code.as_str() {
            "refused" => another.clone(),
            _ => problems::words(&problem),
        })
    };
    let go_back = move |_| {
        problem.set(None);
        left.set(false);
    };
    draw! {
        <form class={"stack tight"} on:submit=submit>
            <div class={"field"}>
                <label class={"label"} for={"recovery-typed"}>{label}</label>
                <textarea class={"input mono"} id={"recovery-typed"} rows={"2"} dir={"ltr"} autocomplete={"off"} spellcheck={"false"} bind:value=code></textarea>
            </div>
            {move || words().map(|words| draw! { <p class={"field-error"} role={"alert"}>{words}</p> })}
            <div class={"row-acts"}>
                <button class={"btn primary"} type={"submit"}>{send}</button>
                <button class={"btn plain"} type={"button"} on:click=go_back>{back}</button>
            </div>
        </form>
    }
}

/// The code, and the proof that it was written down.
#[component]
fn Show(confirmed: Callback<()>) -> impl IntoView {
    let (session, toasts) = (Session::here(), Toasts::here());
    let code = RwSignal::new(String::new());
    let (checking, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    spawn_local(async move {
        match session.ask::<Code>("backup.code", json!({})).await {
            Ok(read) => drop(code.try_set(read.code)),
            Err(refused) => toasts.show(problems::words(&refused), None),
        }
    });
    let groups = move || {
        let code: Vec<char> =
            code.get().chars().filter(|one| one.is_ascii_alphanumeric()).collect();
        code.chunks(4)
            .map(|four| draw! { <span>{four.iter().collect::<String>()}</span> })
            .collect::<Vec<_>>()
    };
    let confirm = Callback::new(move |written: String| {
        problem.set(None);
        spawn_local(async move {
            match session.tell("backup.confirm", json!({"code": written})).await {
                Ok(()) => {
                    toasts.show(t!("recovery-confirmed"), None);
                    confirmed.run(());
                }
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    });
    draw! {
        <div class={"reckey"}>
            {move || if checking.get() {
                draw! {
                    <Typed label={t!("recovery-type")} send={t!("recovery-check")} typed=confirm back={t!("recovery-show-again")} left=checking
                        problem=problem another={t!("recovery-another")} />
                }
            } else {
                draw! {
                    <div class={"mono"} role={"img"} aria-label=move || code.get()>{groups}</div>
                    <div class={"rk-acts"}>
                        <button class={"btn plain sm"} on:click=move |_| { dom::copy(&code.get_untracked()); toasts.show(t!("copied"), None); }>
                            {icon(COPY, "s18")}{t!("recovery-copy")}
                        </button>
                        <button class={"btn primary sm"} on:click=move |_| checking.set(true)>{t!("recovery-written")}</button>
                    </div>
                }
            }}
        </div>
    }
}
