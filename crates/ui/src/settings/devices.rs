//! The devices of the account: which there are, linking one, removing one.

use super::rows::Waiting;
use crate::app::problems;
use crate::core::Problem;
use crate::parts::camera::{self, Camera};
use crate::parts::dialog::{Question, Questions};
use crate::parts::icon::{self, icon};
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::{locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{DeviceView, Event};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct All {
    devices: Vec<DeviceView>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[component]
pub fn Devices() -> impl IntoView {
    let session = Session::here();
    let devices = RwSignal::new(None::<Vec<DeviceView>>);
    let load = Callback::new(move |()| {
        spawn_local(async move {
            if let Ok(All { devices: read }) = session.ask::<All>("devices.list", json!({})).await {
                let _ = devices.try_set(Some(read));
            }
        });
    });
    load.run(());
    Effect::new(move || {
        if let Some(Event::DeviceLinked { .. } | Event::DeviceRemoved { .. }) = session.last.get() {
            load.run(());
        }
    });
    draw! {
        <Link linked=load />
        <section>
            <h2 class={"group-label"}>{t!("devices-linked")}</h2>
            {move || match devices.get() {
                None => draw! { <Waiting /> },
                Some(all) => {
                    let rows = all.into_iter().map(|device| draw! { <Row device=device removed=load /> });
                    draw! { <div class={"list-card"}>{rows.collect::<Vec<_>>()}</div> }
                }
            }}
            <p class={"group-note"}>{t!("devices-note")}</p>
        </section>
    }
}

#[component]
fn Row(device: DeviceView, removed: Callback<()>) -> impl IntoView {
    let (session, questions, toasts) = (Session::here(), Questions::here(), Toasts::here());
    let (id, name) = (device.device_id.clone(), device.name.clone());
    let remove = move |_| {
        let id = id.clone();
        questions.ask(Question {
            title: t!("device-remove-title", name = &name),
            text: t!("device-remove-text"),
            verb: t!("device-remove"),
            act: Callback::new(move |()| {
                let id = id.clone();
                spawn_local(async move {
                    match session.tell("devices.remove", json!({"device_id": id})).await {
                        Ok(()) => removed.run(()),
                        Err(problem) => toasts.show(problems::words(&problem), None),
                    }
                });
            }),
        });
    };
    let seen = device.last_seen_day.as_deref().map(|day| t!("device-seen", day = day_words(day)));
    let added = t!("device-added", day = locale::row_time(device.added_at));
    draw! {
        <div class={"li devrow"}>
            <span class={if device.current { "dicon me" } else { "dicon" }}>{icon(icon::DEVICES, "s24")}</span>
            <span class={"t"}>
                <b dir={"auto"}>{device.name.clone()}{device.current.then(|| draw! { <span class={"tag me"}>{t!("device-this")}</span> })}</b>
                <span>{added}</span>
                {seen.map(|seen| draw! { <span>{seen}</span> })}
            </span>
            {(!device.current).then(|| draw! { <button class={"btn danger-soft sm"} on:click=remove>{t!("device-remove")}</button> })}
        </div>
    }
}

/// A day (`2026-05-31`) in words.
fn day_words(day: &str) -> String {
    // At noon it is this day in every place.
    let noon = js_sys::Date::parse(&format!("{day}T12:00"));
    match noon.is_finite() {
        true if locale::days_ago(noon as u64) < 1 => locale::day_name(noon as u64),
        true => locale::row_time(noon as u64),
        false => day.into(),
    }
}

/// How far linking is.
#[derive(Clone, PartialEq)]
enum Stage {
    Link,
    Waiting,
    Compare(String),
    Confirming,
}

/// Takes the link that a new device shows, and compares digits with it.
#[component]
fn Link(linked: Callback<()>) -> impl IntoView {
    let (session, toasts) = (Session::here(), Toasts::here());
    let (stage, uri) = (RwSignal::new(Stage::Link), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let failed = move |refused: Problem| {
        let _ = problem.try_set(Some(refused));
        let _ = stage.try_set(Stage::Link);
    };
    let scanning = RwSignal::new(false);
    let approve = move || {
        let wanted = uri.with_untracked(|uri| uri.trim().to_owned());
        if wanted.is_empty() {
            return;
        }
        problem.set(None);
        stage.set(Stage::Waiting);
        spawn_local(async move {
            match session.ask::<Code>("link.approve", json!({"uri": wanted})).await {
                Ok(Code { code }) => drop(stage.try_set(Stage::Compare(code))),
                Err(refused) => failed(refused),
            }
        });
    };
    let scanned = Callback::new(move |text: String| {
        uri.set(text);
        approve();
    });
    let confirm = move |_| {
        stage.set(Stage::Confirming);
        spawn_local(async move {
            match session.ask::<Value>("link.confirm", json!({})).await {
                Ok(_) => {
                    uri.set(String::new());
                    stage.set(Stage::Link);
                    toasts.show(t!("device-was-linked"), None);
                    linked.run(());
                }
                Err(refused) => failed(refused),
            }
        });
    };
    draw! {
        <Camera open=scanning found=scanned />
        <section class={"card stack linkcard"}>
            <div>
                <h2 class={"h-sec"}>{t!("device-link")}</h2>
                <p class={"dim"}>{t!("device-link-text")}</p>
            </div>
            {move || match stage.get() {
                Stage::Link => draw! {
                    <form class={"stack"} on:submit=move |event| {
                        event.prevent_default();
                        approve();
                    }>
                        <div class={"field"}>
                            <label class={"label"} for={"device-link"}>{t!("device-link-field")}</label>
                            <input class={"input"} id={"device-link"} dir={"ltr"} autocomplete={"off"} spellcheck={"false"} bind:value=uri />
                        </div>
                        <div class={"row-acts"}>
                            <button class={"btn primary"} type={"submit"}>{t!("device-link-do")}</button>
                            {camera::is_there().then(|| draw! {
                                <button class={"btn soft"} type={"button"} on:click=move |_| scanning.set(true)>{icon(icon::QR_CODE, "s20")}{t!("scan")}</button>
                            })}
                        </div>
                    </form>
                },
                Stage::Waiting => draw! { <p role={"status"}>{t!("device-link-waiting")}</p> },
                Stage::Compare(code) => {
                    let shown = code.split_at_checked(3).map(|(first, second)| format!("{first} {second}")).unwrap_or(code);
                    draw! {
                        <div role={"status"} class={"stack"}>
                            <div class={"sas"}><span>{t!("link-both")}</span><b dir={"ltr"}>{shown}</b></div>
                            <div class={"row-acts"}>
                                <button class={"btn primary"} on:click=confirm>{t!("device-link-same")}</button>
                                <button class={"btn plain"} on:click=move |_| stage.set(Stage::Link)>{t!("device-link-other")}</button>
                            </div>
                        </div>
                    }
                }
                Stage::Confirming => draw! { <p role={"status"}>{t!("device-link-confirming")}</p> },
            }}
            {move || problem.get().map(|problem| draw! { <p class={"field-error"} role={"alert"}>{problems::words(&problem)}</p> })}
        </section>
    }
}
