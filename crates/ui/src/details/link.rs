//! The invite link of a group, and who asks to be let in.

use super::members::Asking;
use crate::parts::avatar::{Face, face};
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::parts::qr::Qr;
use crate::route::Place;
use crate::settings::rows::Switch;
use crate::state::people::People;
use crate::state::toasts::Toasts;
use crate::{dom, locale, t};
use leptos::prelude::*;
use parlor_view::{ChatInfo, JoinRequestView};
use serde_json::json;

/// People who came with the link and wait.
#[component]
pub fn Asks(info: RwSignal<Option<ChatInfo>>, asking: Asking) -> impl IntoView {
    let waiting = Memo::new(move |_| {
        info.with(|info| info.as_ref().map(|info| info.join_requests.clone()).unwrap_or_default())
    });
    move || {
        let waiting = waiting.get();
        (!waiting.is_empty()).then(|| {
            let rows = waiting.into_iter().map(|one| draw! { <Ask one=one asking=asking /> });
            let rows = rows.collect::<Vec<_>>();
            draw! {
                <section>
                    <h2 class={"group-label"}>{t!("join-asks", count = rows.len())}</h2>
                    <div class={"list-card"}>{rows}</div>
                </section>
            }
        })
    }
}

#[component]
fn Ask(one: JoinRequestView, asking: Asking) -> impl IntoView {
    let people = People::here();
    let (id, name) = (one.user_id.clone(), one.display_name.clone());
    let drawn = {
        let (id, name) = (id.clone(), name.clone());
        move || {
            let photo = people.get(&id).and_then(|person| person.avatar);
            face(&Face { id: id.clone(), name: name.clone(), photo, ..Face::default() }, "s36")
        }
    };
    let answer = move |accept: bool| {
        asking.run("chats.answer_join", json!({"user": id, "accept": accept}));
    };
    let (no, yes) = (answer.clone(), answer);
    draw! {
        <div class={"li"}>
            {drawn}
            <span class={"t"}><b dir={"auto"}>{name.clone()}</b><span>{locale::row_time(one.asked_at)}</span></span>
            <button class={"icon-btn sm"} aria-label={t!("join-decline", name = &name)} on:click=move |_| no(false)>{icon(icon::X, "s20")}</button>
            <button class={"btn soft sm"} aria-label={t!("join-accept", name = &name)} on:click=move |_| yes(true)>{t!("join-let-in")}</button>
        </div>
    }
}

/// The link, as text and as a code for a camera, and what can be done with it.
#[component]
pub fn LinkDialog(
    info: RwSignal<Option<ChatInfo>>,
    asking: Asking,
    open: RwSignal<bool>,
) -> impl IntoView {
    let toasts = Toasts::here();
    let close = Callback::new(move |()| open.set(false));
    let link = Memo::new(move |_| info.with(|info| info.as_ref()?.join_link.clone()));
    let make = move |_| asking.run("chats.create_link", json!({"approve": true}));
    let approve =
        Signal::derive(move || link.with(|link| link.as_ref().is_none_or(|one| one.approve)));
    let change = Callback::new(move |approve: bool| {
        asking.run("chats.set_link", json!({"approve": approve}))
    });
    let body = move || match link.get() {
        None => draw! {
            <p class={"dim"}>{t!("join-none")}</p>
            <button class={"btn primary"} on:click=make>{t!("join-make")}</button>
        }
        .into_any(),
        Some(link) => {
            let shown = Place::Open(link.uri).address();
            let copied = shown.clone();
            let copy = move |_| {
                dom::copy(&copied);
                toasts.show(t!("copied"), None);
            };
            draw! {
                <div class={"devhero"}>
                    <div><Qr text=shown name={t!("join-code")} /></div>
                    <div class={"stack"}>
                        <p class={"dim"}>{t!("join-text")}</p>
                        <button class={"btn soft"} on:click=copy>{icon(icon::COPY, "s18")}{t!("link-copy")}</button>
                    </div>
                </div>
                <div class={"list-card"}>
                    <Switch name={t!("join-approve")} text={t!("join-approve-text")} on=approve change=change />
                    <button class={"li no-ic"} on:click=move |_| asking.run("chats.create_link", json!({"approve": approve.get_untracked()}))>
                        <span class={"t"}><b>{t!("join-reset")}</b><span>{t!("join-reset-text")}</span></span>
                    </button>
                    <button class={"li no-ic bad"} on:click=move |_| asking.run("chats.revoke_link", json!({}))>
                        <span class={"t"}><b>{t!("join-revoke")}</b></span>
                    </button>
                </div>
            }
            .into_any()
        }
    };
    draw! {
        <Dialog title={t!("join-link")} on_close=close>
            <div class={"db stack"}>{body}</div>
        </Dialog>
    }
}
