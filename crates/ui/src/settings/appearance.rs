//! How the page looks in this browser.

use super::rows::{Choice, Switch};
use crate::details::paper_name;
use crate::state::preferences::{PAPERS, Preferences};
use crate::t;
use leptos::prelude::*;

const TEXT_SIZES: [&str; 5] = ["90", "100", "115", "135", "175"];

#[component]
pub fn Appearance() -> impl IntoView {
    let look = Preferences::here();
    let set = |signal: RwSignal<String>| Callback::new(move |value: String| signal.set(value));
    let text = Signal::derive(move || look.text.get().to_string());
    let sizes = TEXT_SIZES.map(|size| (size, format!("{size} %"))).to_vec();
    let resize = Callback::new(move |size: String| look.text.set(size.parse().unwrap_or(100)));
    let density = Signal::derive(move || look.density.get() == "compact");
    let denser = Callback::new(move |on: bool| {
        look.density.set(if on { "compact".into() } else { String::new() })
    });
    let contrast = Signal::derive(move || look.contrast.get() == "more");
    let more = Callback::new(move |on: bool| {
        look.contrast.set(if on { "more".into() } else { String::new() })
    });
    draw! {
        <section>
            <div class={"list-card"}>
                <Choice name={t!("theme")} chosen={look.theme} choose={set(look.theme)}
                    options={vec![("", t!("theme-system")), ("light", t!("theme-light")), ("dark", t!("theme-dark"))]} />
                <Choice name={t!("text-size")} chosen={text} choose=resize options=sizes />
                <Switch name={t!("compact")} text={t!("compact-text")} on=density change=denser />
                <Switch name={t!("contrast")} text={t!("contrast-text")} on=contrast change=more />
            </div>
        </section>
        <Papers />
        <Language />
    }
}

#[component]
fn Papers() -> impl IntoView {
    let paper = Preferences::here().paper;
    let choices = PAPERS.map(|name| draw! {
        <button class=move || if paper.with(|paper| paper == name) { "pap on" } else { "pap" }
            aria-pressed=move || paper.with(|paper| paper == name).to_string() on:click=move |_| paper.set(name.into())>
            <span class={"pv"} aria-hidden={"true"}><span class={"paper"} data-paper={name}></span><i></i><i></i></span>
            {paper_name(name)}
        </button>
    });
    draw! {
        <section>
            <h2 class={"group-label"} id={"papers"}>{t!("wallpaper")}</h2>
            <div class={"papers"} role={"group"} aria-labelledby={"papers"}>{Vec::from(choices)}</div>
        </section>
    }
}

/// The language; the page begins anew in it.
#[component]
fn Language() -> impl IntoView {
    let language = Preferences::here().language;
    let choose = move |event| {
        language.set(event_target_value(&event));
        // After what follows the signal has kept it.
        request_animation_frame(|| {
            let _ = window().location().reload();
        });
    };
    let options = [("en", "English"), ("de", "Deutsch"), ("uk", "Українська"), ("ar", "العربية")]
        .map(|(code, name)| draw! { <option value={code} lang={code}>{name}</option> });
    draw! {
        <section>
            <div class={"list-card"}>
                <label class={"li no-ic"}>
                    <span class={"t"}><b>{t!("language")}</b></span>
                    <select class={"select"} on:change=choose prop:value=move || language.get()>
                        <option value={""}>{t!("language-browser")}</option>
                        {Vec::from(options)}
                    </select>
                </label>
            </div>
        </section>
    }
}
