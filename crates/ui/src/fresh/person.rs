//! Somebody by their address or link, and the own link for others to use.

use crate::app::problems;
use crate::core::Problem;
use crate::parts::avatar::face;
use crate::parts::camera::{self, Camera};
use crate::parts::icon::{self, icon};
use crate::parts::qr::Qr;
use crate::route::{Place, Router};
use crate::state::chats::Chats;
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::{dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::json;

const FIELD: &str = "new-address";

#[derive(Deserialize)]
struct Chat {
    chat_id: String,
}

#[derive(Deserialize)]
struct Link {
    uri: String,
}

#[component]
pub fn Person() -> impl IntoView {
    let (session, router, people) = (Session::here(), Router::here(), People::here());
    let chats = Chats::here();
    let address = RwSignal::new(String::new());
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let scanning = RwSignal::new(false);
    let begin = move || {
        let wanted = address.with_untracked(|text| text.trim().trim_start_matches('@').to_owned());
        if busy.get_untracked() || wanted.is_empty() {
            return dom::focus_id(FIELD);
        }
        if let Some(link) = Place::link_in(&wanted) {
            return router.go(Place::Open(link));
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let found = session.ask::<Chat>("chats.direct", json!({"address": wanted})).await;
            match found {
                Ok(Chat { chat_id }) => {
                    people.load();
                    chats.load();
                    router.replace(Place::chat(&chat_id));
                }
                Err(refused) => {
                    let _ = problem.try_set(Some(refused));
                    let _ = busy.try_set(false);
                }
            }
        });
    };
    let scanned = Callback::new(move |text: String| {
        address.set(text);
        begin();
    });
    let words = move || {
        problem.get().map(|problem| match problem.code.as_str() {
            "not_found" => t!("new-nobody"),
            _ => problems::words(&problem),
        })
    };
    if !dom::is_touch() {
        request_animation_frame(|| dom::focus_id(FIELD));
    }
    draw! {
        <Camera open=scanning found=scanned />
        <form class={"form"} novalidate={true} on:submit=move |event| {
            event.prevent_default();
            begin();
        }>
            <div class={"field"}>
                <label class={"label"} for={FIELD}>{t!("new-address")}</label>
                <input class={"input"} id={FIELD} dir={"ltr"} autocapitalize={"none"} autocomplete={"off"} spellcheck={"false"} aria-describedby={"new-address-hint"} bind:value=address />
                <span class={"hint"} id={"new-address-hint"}>{t!("new-address-hint")}</span>
            </div>
            {move || words().map(|words| draw! { <p class={"field-error"} role={"alert"}>{words}</p> })}
            <div class={"form-foot"}>
                <a class={"btn plain"} href={Place::New { group: true }.href()}>{icon(icon::USERS_THREE, "s20")}{t!("new-group")}</a>
                {camera::is_there().then(|| draw! {
                    <button class={"btn plain"} type={"button"} on:click=move |_| scanning.set(true)>{icon(icon::QR_CODE, "s20")}{t!("scan")}</button>
                })}
                <button class={"btn primary"} type={"submit"} aria-busy=move || busy.get().to_string()>{t!("new-begin")}</button>
            </div>
            <OwnLink />
            <Known />
        </form>
    }
}

/// The own link, as text and as a code for a camera.
#[component]
fn OwnLink() -> impl IntoView {
    let (session, toasts) = (Session::here(), Toasts::here());
    let link = RwSignal::new(String::new());
    spawn_local(async move {
        if let Ok(Link { uri }) = session.ask::<Link>("contacts.invite_link", json!({})).await {
            let _ = link.try_set(Place::Open(uri).address());
        }
    });
    move || {
        let uri = link.get();
        (!uri.is_empty()).then(|| {
            let copied = uri.clone();
            let copy = move |_| {
                dom::copy(&copied);
                toasts.show(t!("copied"), None);
            };
            draw! {
                <section>
                    <h2 class={"group-label"}>{t!("new-own-link")}</h2>
                    <div class={"card devhero"}>
                        <div><Qr text=uri.clone() name={t!("new-own-code")} /></div>
                        <div>
                            <p class={"dim"}>{t!("new-own-link-text")}</p>
                            <button class={"btn soft"} type={"button"} on:click=copy>{icon(icon::COPY, "s18")}{t!("link-copy")}</button>
                        </div>
                    </div>
                </section>
            }
        })
    }
}

/// People there is a chat with.
#[component]
fn Known() -> impl IntoView {
    let people = People::here();
    let known = move || {
        let known = people.sorted(|_, person| !person.blocked && person.chat_id.is_some());
        known
            .into_iter()
            .filter_map(|(id, person)| {
                let chat = person.chat_id.clone()?;
                Some(draw! {
                    <a class={"li"} href={Place::chat(&chat).href()}>
                        {face(&person.face(&id), "s40")}
                        <span class={"t"}><b dir={"auto"}>{person.name}</b><span dir={"ltr"}>{person.address}</span></span>
                    </a>
                })
            })
            .collect::<Vec<_>>()
    };
    move || {
        let known = known();
        (!known.is_empty()).then(|| {
            draw! {
                <section>
                    <h2 class={"group-label"}>{t!("new-known")}</h2>
                    <div class={"list-card"}>{known}</div>
                </section>
            }
        })
    }
}
