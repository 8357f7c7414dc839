//! The own name, words about oneself, and picture.

use super::delete::DeleteAccount;
use crate::app::problems;
use crate::parts::avatar::{Face, face};
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::{dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

const PICTURE: &str = "profile-picture";

#[component]
pub fn Profile() -> impl IntoView {
    let (session, people, toasts) = (Session::here(), People::here(), Toasts::here());
    let account = session.account;
    let (name, about) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // The account may come after the page; what is written meanwhile stays.
    Effect::new(move |filled: Option<bool>| {
        let filled = filled.unwrap_or_default();
        account.with(|one| match one {
            Some(one) if !filled => {
                name.set(one.display_name.clone());
                about.set(one.about.clone());
                true
            }
            _ => filled,
        })
    });
    let change = move |params: Value| {
        spawn_local(async move {
            match session.tell("account.update", params).await {
                Ok(()) => {
                    session.load();
                    people.load();
                    toasts.show(t!("saved"), None);
                }
                Err(problem) => toasts.show(problems::words(&problem), None),
            }
        });
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        change(
            json!({"display_name": name.get_untracked().trim(), "about": about.get_untracked().trim()}),
        );
    };
    let picture = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let file = input.and_then(|input| input.files()).and_then(|files| files.get(0));
        let Some(file) = file else { return };
        let core = session.core();
        spawn_local(async move {
            match core.bring(file).await {
                Ok(path) => change(json!({"avatar_path": path})),
                Err(problem) => toasts.show(problems::words(&problem), None),
            }
        });
    };
    let drawn = move || account.with(|account| account.as_ref().map(Face::from));
    let address = move || account.with(|one| one.as_ref().map(|one| one.address.clone()));
    draw! {
        <form class={"stack"} on:submit=save>
            <div class={"hero"}>
                {move || drawn().map(|drawn| face(&drawn, "s96"))}
                <p class={"dim"} dir={"ltr"}>{address}</p>
                <div class={"row-acts ctr"}>
                    <label class={"btn soft"} for={PICTURE}>{t!("profile-choose-picture")}</label>
                    <input class={"vh"} id={PICTURE} type={"file"} accept={"image/*"} on:change=picture />
                    <button class={"btn plain"} type={"button"} on:click=move |_| change(json!({"avatar_path": ""}))>{t!("profile-no-picture")}</button>
                </div>
            </div>
            <div class={"field"}>
                <label class={"label"} for={"profile-name"}>{t!("start-name")}</label>
                <input class={"input"} id={"profile-name"} dir={"auto"} maxlength={"64"} required={true} bind:value=name />
                <span class={"hint"}>{t!("start-name-hint")}</span>
            </div>
            <div class={"field"}>
                <label class={"label"} for={"profile-about"}>{t!("profile-about")}</label>
                <input class={"input"} id={"profile-about"} dir={"auto"} maxlength={"140"} bind:value=about />
            </div>
            <div class={"form-foot"}>
                <button class={"btn plain"} type={"button"} on:click=move |_| if let Some(address) = address() {
                    dom::copy(&address);
                    toasts.show(t!("copied"), None);
                }>{t!("profile-copy-address")}</button>
                <button class={"btn primary"} type={"submit"}>{t!("save")}</button>
            </div>
        </form>
        <section class={"row-acts ctr"}><DeleteAccount /></section>
    }
}
