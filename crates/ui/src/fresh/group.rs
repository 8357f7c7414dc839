//! A new group: its name and who is in it.

use crate::app::problems;
use crate::core::Problem;
use crate::parts::avatar::face;
use crate::parts::icon::{CHECK_BOLD, icon};
use crate::route::{Place, Router};
use crate::state::chats::Chats;
use crate::state::people::People;
use crate::state::session::Session;
use crate::{dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;

const FIELD: &str = "group-title";

#[derive(Deserialize)]
struct Chat {
    chat_id: String,
}

#[component]
pub fn Group() -> impl IntoView {
    let (session, router, chats) = (Session::here(), Router::here(), Chats::here());
    let (title, picked) = (RwSignal::new(String::new()), RwSignal::new(BTreeSet::new()));
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let make = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let name = title.with_untracked(|title| title.trim().to_owned());
        if busy.get_untracked() || name.is_empty() {
            return dom::focus_id(FIELD);
        }
        busy.set(true);
        problem.set(None);
        let wish = json!({"title": name, "members": picked.get_untracked()});
        spawn_local(async move {
            match session.ask::<Chat>("chats.create_group", wish).await {
                Ok(Chat { chat_id }) => {
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
    if !dom::is_touch() {
        request_animation_frame(|| dom::focus_id(FIELD));
    }
    draw! {
        <form class={"form"} on:submit=make>
            <div class={"field"}>
                <label class={"label"} for={FIELD}>{t!("group-title")}</label>
                <input class={"input"} id={FIELD} dir={"auto"} maxlength={"128"} autocomplete={"off"} required={true} bind:value=title />
                <span class={"hint"}>{t!("group-title-hint")}</span>
            </div>
            <PickPeople picked=picked without=Vec::new() />
            {move || problem.get().map(|problem| draw! { <p class={"field-error"} role={"alert"}>{problems::words(&problem)}</p> })}
            <div class={"form-foot stays"}>
                <button class={"btn primary"} type={"submit"} aria-busy=move || busy.get().to_string()>
                    {move || t!("group-make", count = picked.with(BTreeSet::len))}
                </button>
            </div>
        </form>
    }
}

/// A list of people, to pick some of them by their id.
#[component]
pub fn PickPeople(
    picked: RwSignal<BTreeSet<String>>,
    /// These are not offered.
    without: Vec<String>,
) -> impl IntoView {
    let people = People::here();
    let rows = move || {
        let offered =
            people.sorted(|id, person| !person.blocked && !without.iter().any(|one| one == id));
        offered
            .into_iter()
            .map(|(id, person)| {
                let drawn = face(&person.face(&id), "s40");
                let shown = id.clone();
                let is_picked = move || picked.with(|picked| picked.contains(&shown));
                let checked = is_picked.clone();
                let change = move |_| {
                    picked.update(|picked| {
                        if !picked.remove(&id) {
                            picked.insert(id.clone());
                        }
                    });
                };
                draw! {
                    <button class={"li"} type={"button"} role={"checkbox"} aria-checked=move || checked().to_string() on:click=change>
                        {drawn}
                        <span class={"t"}><b dir={"auto"}>{person.name}</b><span dir={"ltr"}>{person.address}</span></span>
                        <span class=move || if is_picked() { "check on" } else { "check" }>{icon(CHECK_BOLD, "")}</span>
                    </button>
                }
            })
            .collect::<Vec<_>>()
    };
    let nobody = move || people.all.with(|all| all.is_empty());
    draw! {
        <section role={"group"} aria-label={t!("group-people")}>
            <h2 class={"group-label"}>{t!("group-people")}</h2>
            {move || if nobody() {
                draw! { <p class={"group-note"}>{t!("group-nobody")}</p> }
            } else {
                draw! { <div class={"list-card"}>{rows()}</div> }
            }}
        </section>
    }
}
