//! Rows that the pages have in common: a switch, a choice.

use crate::t;
use leptos::prelude::*;

/// Something that is on or off.
#[component]
pub fn Switch(
    name: String,
    #[prop(optional, into)] text: String,
    #[prop(into)] on: Signal<bool>,
    change: Callback<bool>,
) -> impl IntoView {
    draw! {
        <div class={"li no-ic"}>
            <span class={"t"}><b>{name.clone()}</b><span>{text}</span></span>
            <button class={"switch"} role={"switch"} aria-label={name.clone()} aria-checked=move || on.get().to_string()
                on:click=move |_| change.run(!on.get_untracked())></button>
        </div>
    }
}

/// One of several, by its value.
#[component]
pub fn Choice(
    name: String,
    #[prop(into)] chosen: Signal<String>,
    options: Vec<(&'static str, String)>,
    choose: Callback<String>,
) -> impl IntoView {
    let options = options.into_iter().map(|(value, text)| {
        draw! {
            <button aria-pressed=move || chosen.with(|chosen| chosen == value).to_string()
                on:click=move |_| choose.run(value.to_string())>{text}</button>
        }
    });
    let options = options.collect::<Vec<_>>();
    draw! {
        <div class={"li no-ic"}>
            <span class={"t"}><b>{name.clone()}</b></span>
            <div class={"seg"} role={"group"} aria-label={name.clone()}>{options}</div>
        </div>
    }
}

/// Said while something is read.
#[component]
pub fn Waiting() -> impl IntoView {
    draw! { <p class={"group-note"} aria-busy={"true"}>{t!("reading")}</p> }
}
