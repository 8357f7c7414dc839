//! What others learn: receipts, typing; and whom one does not want to hear.

use super::lock::LockCard;
use super::rows::Switch;
use crate::app::problems;
use crate::parts::avatar::face;
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::SettingsView;
use serde_json::json;

#[component]
pub fn Privacy() -> impl IntoView {
    let (session, toasts) = (Session::here(), Toasts::here());
    let settings = RwSignal::new(None::<SettingsView>);
    spawn_local(async move {
        if let Ok(read) = session.ask::<SettingsView>("settings.get", json!({})).await {
            let _ = settings.try_set(Some(read));
        }
    });
    let change = move |name: &'static str, set: fn(&mut SettingsView, bool)| {
        Callback::new(move |on: bool| {
            spawn_local(async move {
                match session.tell("settings.set", json!({name: on})).await {
                    Ok(()) => drop(settings.try_update(|all| all.as_mut().map(|all| set(all, on)))),
                    Err(problem) => toasts.show(problems::words(&problem), None),
                }
            });
        })
    };
    let is = move |read: fn(&SettingsView) -> bool| {
        Signal::derive(move || settings.with(|all| all.as_ref().is_some_and(read)))
    };
    draw! {
        <section>
            <h2 class={"group-label"}>{t!("privacy-tell")}</h2>
            <div class={"list-card"}>
                <Switch name={t!("privacy-read")} text={t!("privacy-read-text")} on={is(|all| all.read_receipts)}
                    change={change("read_receipts", |all, on| all.read_receipts = on)} />
                <Switch name={t!("privacy-delivered")} text={t!("privacy-delivered-text")} on={is(|all| all.delivered_receipts)}
                    change={change("delivered_receipts", |all, on| all.delivered_receipts = on)} />
                <Switch name={t!("privacy-typing")} text={t!("privacy-typing-text")} on={is(|all| all.typing)}
                    change={change("typing", |all, on| all.typing = on)} />
            </div>
            <p class={"group-note"}>{t!("privacy-both-ways")}</p>
        </section>
        <LockCard />
        <Blocked />
    }
}

#[component]
fn Blocked() -> impl IntoView {
    let (session, people, toasts) = (Session::here(), People::here(), Toasts::here());
    let unblock = move |user: String| {
        spawn_local(async move {
            match session.tell("contacts.block", json!({"user": user, "blocked": false})).await {
                Ok(()) => people.load(),
                Err(problem) => toasts.show(problems::words(&problem), None),
            }
        });
    };
    let rows = move || {
        let blocked = people.sorted(|_, person| person.blocked);
        blocked
            .into_iter()
            .map(|(id, person)| {
                draw! {
                    <div class={"li"}>
                        {face(&person.face(&id), "s36")}
                        <span class={"t"}><b dir={"auto"}>{person.name}</b><span dir={"ltr"}>{person.address}</span></span>
                        <button class={"btn plain sm"} on:click=move |_| unblock(id.clone())>{t!("unblock")}</button>
                    </div>
                }
            })
            .collect::<Vec<_>>()
    };
    move || {
        let rows = rows();
        draw! {
            <section>
                <h2 class={"group-label"}>{t!("privacy-blocked")}</h2>
                {if rows.is_empty() {
                    draw! { <p class={"group-note"}>{t!("privacy-nobody-blocked")}</p> }
                } else {
                    draw! { <div class={"list-card"}>{rows}</div> }
                }}
            </section>
        }
    }
}
