//! Several messages at once: what is picked, and what can be done with it.

use super::actions::Actions;
use crate::list::row;
use crate::parts::avatar::face;
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::parts::later::{Where, later};
use crate::route::{Place, Router};
use crate::state::chats::{Chats, Key};
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::{letters, locale, t};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;

/// The bar in place of the head, while messages are picked.
#[component]
pub fn PickBar() -> impl IntoView {
    let actions = Actions::here();
    let some = Memo::new(move |_| actions.picks.with(|picks| !picks.is_empty()));
    let count = move || actions.picks.with(Vec::len);
    move || {
        some.get().then(|| {
            draw! {
                <div class={"pick-bar"} role={"toolbar"} aria-label={t!("picked")}>
                    <button class={"icon-btn"} aria-label={t!("pick-end")} title={t!("pick-end")} on:click=move |_| actions.picks.set(Vec::new())>
                        {icon(icon::X, "s22")}
                    </button>
                    <b class={"grow"} role={"status"}>{move || t!("picked-count", count = count())}</b>
                    <button class={"icon-btn"} aria-label={t!("copy-text")} title={t!("copy-text")} on:click=move |_| actions.copy_picked()>
                        {icon(icon::COPY, "s22")}
                    </button>
                    <button
                        class={"icon-btn"}
                        aria-label={t!("forward")}
                        title={t!("forward")}
                        on:click=move |_| actions.forward(actions.picked())
                    >
                        {icon(icon::ARROW_BEND_UP_RIGHT, "s22 flip")}
                    </button>
                    <button class={"icon-btn"} aria-label={t!("delete-here")} title={t!("delete-here")} on:click=move |_| actions.delete_picked()>
                        {icon(icon::TRASH, "s22")}
                    </button>
                </div>
            }
        })
    }
}

#[derive(Deserialize)]
struct Forwarded {}

/// Where to say messages again.
#[component]
pub fn ForwardDialog() -> impl IntoView {
    let actions = Actions::here();
    let open = actions.forwarding;
    move || {
        let ids = open.get()?;
        Some(later(Where::Above, targets(), move |targets| targets(ids.clone(), open)))
    }
}

apart! {
    tools: fn targets(ids: Vec<String>, open: RwSignal<Option<Vec<String>>>) -> AnyView {
        let close = Callback::new(move |()| open.set(None));
        draw! {
            <Dialog title={t!("forward-to")} on_close=close class="forward">
                <Targets ids=ids close=close />
            </Dialog>
        }
    }
}

#[component]
fn Targets(ids: Vec<String>, close: Callback<()>) -> impl IntoView {
    let (session, chats, people, toasts, router) =
        (Session::here(), Chats::here(), People::here(), Toasts::here(), Router::here());
    let picks = Actions::here().picks;
    let query = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let count = ids.len();
    let ids = StoredValue::new(ids);
    let send = move |chat_id: String| {
        let params = json!({"message_ids": ids.get_value(), "chat_id": chat_id});
        leptos::task::spawn_local(async move {
            match session.ask::<Forwarded>("messages.forward", params).await {
                Ok(_) => {
                    close.run(());
                    picks.try_set(Vec::new());
                    let open = crate::parts::menu::send_wrapper(move || {
                        toasts.close();
                        router.go(Place::chat(&chat_id));
                    });
                    toasts.show(t!("was-forwarded", count = count), Some((t!("open"), open)));
                }
                Err(failed) => {
                    problem.try_set(Some(crate::app::problems::words(&failed)));
                }
            }
        });
    };
    let rows = move || {
        let query = letters::small(&query.get());
        let target = |key: &Key| {
            let chat = chats.get(&key.id)?.get_untracked();
            let fits = !chat.left
                && !chat.requested
                && letters::small(&row::title(&chat)).contains(&query);
            fits.then_some(chat)
        };
        let found =
            chats.order.with(|order| order.iter().filter_map(target).take(60).collect::<Vec<_>>());
        let line = |chat: parlor_view::ChatView| {
            let id = chat.chat_id.clone();
            draw! {
                <button class={"mi"} on:click=move |_| send(id.clone())>
                    {face(&row::chat_face(&chat, people), "s36")}
                    <bdi class={"clip"}>{row::title(&chat)}</bdi>
                </button>
            }
        };
        found.into_iter().map(line).collect_view()
    };
    draw! {
        <div class={"db targets"}>
            <label class={"search"}>
                {icon(icon::MAGNIFYING_GLASS, "s18")}
                <input
                    type={"search"}
                    autofocus=true
                    placeholder={t!("search-chats")}
                    aria-label={t!("search-chats")}
                    on:input=move |event| query.set(event_target_value(&event))
                />
            </label>
            {move || problem.get().map(|problem| draw! { <p class={"fail-line"} role={"alert"}>{problem}</p> })}
            <div class={"target-list"}>{rows}</div>
            <p class={"vh"} role={"status"}>{t!("forward-count", count = locale::number(count as f64))}</p>
        </div>
    }
}
