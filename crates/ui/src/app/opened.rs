//! A link that was opened: to a person, or into a group.

use super::problems;
use crate::core::Problem;
use crate::parts::dialog::Dialog;
use crate::parts::later::{Where, later};
use crate::route::{Place, Router};
use crate::state::chats::Chats;
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Done {
    chat_id: Option<String>,
}

/// Asks what is to become of the link that the address names.
#[component]
pub fn OpenedHost() -> impl IntoView {
    let router = Router::here();
    let link = Memo::new(move |_| {
        router.place.with(|place| match place {
            Place::Open(link) => Some(link.clone()),
            _ => None,
        })
    });
    move || {
        let link = link.get()?;
        Some(later(Where::Above, asked(), move |asked| asked(link.clone())))
    }
}

apart! {
    details: fn asked(link: String) -> AnyView { draw! { <Opened link=link /> } }
}

#[component]
fn Opened(link: String) -> impl IntoView {
    let (session, router, toasts) = (Session::here(), Router::here(), Toasts::here());
    let (chats, people) = (Chats::here(), People::here());
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let group = title_of_group(&link);
    let (title, text, verb) = match &group {
        Some(name) => (t!("opened-group"), t!("opened-group-text", name = name), t!("opened-join")),
        None => (t!("opened-person"), t!("opened-person-text"), t!("opened-write")),
    };
    let method = if group.is_some() { "chats.join" } else { "contacts.open_link" };
    let close = Callback::new(move |()| router.replace(Place::Chats));
    let go = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let params = json!({"uri": link});
        spawn_local(async move {
            match session.ask::<Done>(method, params).await {
                Ok(Done { chat_id: Some(chat_id) }) => {
                    people.load();
                    chats.load();
                    router.replace(Place::chat(&chat_id));
                }
                Ok(Done { chat_id: None }) => {
                    router.replace(Place::Chats);
                    toasts.show(t!("opened-asked"), None);
                }
                Err(refused) => {
                    let _ = problem.try_set(Some(refused));
                    let _ = busy.try_set(false);
                }
            }
        });
    };
    let words = move || {
        problem.get().map(|problem| match problem.code.as_str() {
            "expired" => t!("opened-expired"),
            "not_supported" => t!("opened-elsewhere"),
            "not_found" => t!("opened-wrong"),
            _ => problems::words(&problem),
        })
    };
    draw! {
        <Dialog title=title on_close=close>
            <div class={"db stack"}>
                <p dir={"auto"}>{text}</p>
                {move || words().map(|words| draw! { <p class={"field-error"} role={"alert"}>{words}</p> })}
            </div>
            <div class={"df"}>
                <button class={"btn plain"} on:click=move |_| close.run(())>{t!("cancel")}</button>
                <button class={"btn primary"} aria-busy=move || busy.get().to_string() on:click=go>{verb}</button>
            </div>
        </Dialog>
    }
}

/// What the group of an invite link is called.
fn title_of_group(link: &str) -> Option<String> {
    let rest = link.strip_prefix("parlor:group?")?;
    let title = rest.split('&').find_map(|pair| pair.strip_prefix("title="))?;
    Some(js_sys::decode_uri_component(title).map_or_else(|_| title.to_string(), String::from))
}
