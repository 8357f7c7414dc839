//! This browser becomes a further device of an account: it shows a link, then six digits to compare, and gets the
//! history.

use super::{Stays, device_name, enter, server, trouble};
use crate::core::Problem;
use crate::parts::icon::{COPY, icon};
use crate::parts::qr::Qr;
use crate::route::{Place, Router};
use crate::state::session::Session;
use crate::{dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::Event;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Uri {
    uri: String,
}

/// How far it is.
#[derive(Clone, PartialEq)]
enum Stage {
    Asking,
    /// The link is shown.
    Shown(String),
    /// The other device has answered: digits to compare.
    Compare(String),
}

#[component]
pub fn Link() -> impl IntoView {
    let (session, router) = (Session::here(), Router::here());
    let (stage, problem) = (RwSignal::new(Stage::Asking), RwSignal::new(None::<Problem>));
    let again = RwSignal::new(false);
    let begin = move || {
        problem.set(None);
        spawn_local(async move {
            let wish = json!({"server": server(), "device_name": device_name()});
            match session.ask::<Uri>("link.start", wish).await {
                Ok(Uri { uri }) => drop(stage.try_set(Stage::Shown(uri))),
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    };
    begin();
    Effect::new(move || match session.last.get() {
        Some(Event::LinkCode { code }) => stage.set(Stage::Compare(code)),
        Some(Event::LinkFailed { .. }) => {
            again.set(true);
            begin();
        }
        Some(Event::LinkDone { .. }) => enter(session, router),
        _ => {}
    });
    draw! {
        <div class={"onb-form"}>
            <h1 class={"h-display xl"} tabindex={"-1"}>{t!("link-title")}</h1>
            <Stays />
            {move || again.get().then(|| draw! { <p class={"callout"} role={"status"}>{t!("link-again")}</p> })}
            {move || match stage.get() {
                Stage::Asking => draw! { <p class={"lede"} aria-busy={"true"}>{t!("link-asking")}</p> }.into_any(),
                Stage::Shown(uri) => draw! { <Shown uri=uri /> }.into_any(),
                Stage::Compare(code) => draw! { <Compare code=code /> }.into_any(),
            }}
            {trouble(problem)}
            <p class={"fine"}>{t!("link-fine")}</p>
            <div class={"onb-acts"}>
                <a class={"btn ghost lg block"} href={Place::Start(String::new()).href()}>{t!("start-new-account")}</a>
            </div>
        </div>
    }
}

#[component]
fn Shown(uri: String) -> impl IntoView {
    let copied = uri.clone();
    draw! {
        <div class={"linkgrid"}>
            <div class={"linkqr"}><Qr text=uri.clone() name={t!("link-qr")} /></div>
            <ol class={"nsteps"}>
                <li><b>{t!("link-step-1")}</b><span>{t!("link-step-1-text")}</span></li>
                <li><b>{t!("link-step-2")}</b><span>{t!("link-step-2-text")}</span></li>
                <li><b>{t!("link-step-3")}</b><span>{t!("link-step-3-text")}</span></li>
            </ol>
        </div>
        <div class={"field"}>
            <label class={"label"} for={"link-uri"}>{t!("link-by-text")}</label>
            <div class={"input handle"}>
                <input id={"link-uri"} dir={"ltr"} readonly={true} value={uri} />
                <button class={"icon-btn"} type={"button"} aria-label={t!("link-copy")} on:click=move |_| dom::copy(&copied)>
                    {icon(COPY, "s18")}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Compare(code: String) -> impl IntoView {
    let shown = match code.split_at_checked(3) {
        Some((first, second)) => format!("{first} {second}"),
        None => code,
    };
    draw! {
        <div role={"status"} class={"stack tight"}>
            <p class={"lede"}>{t!("link-compare")}</p>
            <div class={"sas"}><span>{t!("link-both")}</span><b dir={"ltr"}>{shown}</b></div>
            <p class={"fine"}>{t!("link-compare-text")}</p>
        </div>
    }
}
