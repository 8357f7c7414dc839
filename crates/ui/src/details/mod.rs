//! Details of the open chat, beside it: who it is, marks, members, the safety number, ways out.

mod link;
mod members;
mod safety;
mod shared;

use crate::app::problems;
use crate::list::menu::{flag, mute_items};
use crate::list::row;
use crate::parts::avatar::face;
use crate::parts::dialog::{Question, Questions};
use crate::parts::icon::{self, icon, named_icon};
use crate::parts::later::{Where, later};
use crate::parts::menu::Menus;
use crate::route::{Place, Router};
use crate::state::chats::{Chats, is_muted};
use crate::state::people::People;
use crate::state::preferences::{PAPERS, Preferences};
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::{dom::Narrow, locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{ChatInfo, ChatView};
use serde_json::{Value, json};
use wasm_bindgen::JsCast;

/// The pane of details, when the address names it.
#[component]
pub fn Details() -> impl IntoView {
    let (router, chats) = (Router::here(), Chats::here());
    let open = Memo::new(move |_| {
        chats.loaded.track();
        chats.order.track();
        let named = router.place.with(|place| match place {
            Place::Chat { id, details: true, .. } => Some(id.clone()),
            _ => None,
        });
        named.filter(|id| chats.get(id).is_some())
    });
    move || {
        // A page that was opened here has no chats yet.
        chats.loaded.track();
        let chat = open.get().and_then(|id| chats.get(&id))?;
        let chat = Memo::new(move |_| chat.get());
        Some(later(Where::Pane, pane(), move |pane| pane(chat)))
    }
}

apart! {
    details: fn pane(chat: Memo<ChatView>) -> AnyView { draw! { <Pane chat=chat /> } }
}

#[component]
fn Pane(chat: Memo<ChatView>) -> impl IntoView {
    let id = chat.with_untracked(|chat| chat.chat_id.clone());
    let info = RwSignal::new(None::<ChatInfo>);
    follow(chat, info);
    let narrow = Narrow::here().0;
    draw! {
        <section class={"room info"} role=move || narrow.get().then_some("main") aria-label={t!("details")}>
            <header class={"room-head"}>
                <a class={"icon-btn back"} href={Place::chat(&id).href()} aria-label={t!("back-to-chat")}>
                    {icon(icon::CARET_LEFT_BOLD, "s22 flip")}
                </a>
                <h1 class={"h-sec grow"}>{t!("details")}</h1>
                <a class={"icon-btn desk-only"} href={Place::chat(&id).href()} aria-label={t!("close")}>{icon(icon::X, "s20")}</a>
            </header>
            <div class={"scroll info-body"}>
                <Hero chat=chat info=info />
                <Marks chat=chat />
                {move || match &*chat.with(|chat| chat.kind.clone()) {
                    "direct" => draw! { <safety::SafetyCard chat=chat /> },
                    "group" => draw! { <members::MembersCard chat=chat info=info /> },
                    _ => ().into_any(),
                }}
                <shared::SharedCard chat=chat />
                <Papers chat=chat />
                <Exits chat=chat />
            </div>
        </section>
    }
}

/// Reads who is in it, and again when a notice tells of a change.
fn follow(chat: Memo<ChatView>, info: RwSignal<Option<ChatInfo>>) {
    let session = Session::here();
    let changes = Memo::new(move |_| {
        chat.with(|chat| {
            let last = chat.last_message.as_ref().filter(|last| last.kind == "notice");
            (
                chat.chat_id.clone(),
                chat.title.clone(),
                chat.left,
                chat.join_requests,
                last.map(|one| one.message_id.clone()),
            )
        })
    });
    Effect::new(move || {
        let (id, ..) = changes.get();
        spawn_local(async move {
            if let Ok(read) = session.ask::<ChatInfo>("chats.info", json!({"chat_id": id})).await {
                let _ = info.try_set(Some(read));
            }
        });
    });
}

#[component]
fn Hero(chat: Memo<ChatView>, info: RwSignal<Option<ChatInfo>>) -> impl IntoView {
    let people = People::here();
    let person = move || chat.with(|chat| people.of_chat(chat)).map(|(_, person)| person);
    let about = move || info.with(|info| info.as_ref().map(|info| info.description.clone()));
    draw! {
        <div class={"hero"}>
            {move || face(&chat.with(|chat| row::chat_face(chat, people)), "s96")}
            <h2 class={"h-pane"}>
                <span dir={"auto"}>{move || chat.with(row::title)}</span>
                {move || person().is_some_and(|person| person.verified)
                    .then(|| named_icon(icon::SEAL_CHECK_FILL, "verified", t!("safety-compared")))}
            </h2>
            {move || person().map(|person| draw! { <p class={"dim"} dir={"ltr"}>{person.address}</p> })}
            {move || about().filter(|about| !about.is_empty()).map(|about| draw! { <p class={"about"} dir={"auto"}>{about}</p> })}
        </div>
    }
}

/// Pin, mute, archive.
#[component]
fn Marks(chat: Memo<ChatView>) -> impl IntoView {
    let (chats, toasts, menus) = (Chats::here(), Toasts::here(), Menus::here());
    let set = move |name: &'static str, value: Value| {
        flag(chats, toasts, chat.with_untracked(|chat| chat.chat_id.clone()), name, value, None);
    };
    let muted = move || chat.with(|chat| is_muted(chat, locale::now()));
    let mute = move |event: web_sys::MouseEvent| {
        if muted() {
            return set("muted_until", json!(0));
        }
        let id = chat.with_untracked(|chat| chat.chat_id.clone());
        let control = event.current_target().and_then(|target| target.dyn_into().ok());
        if let Some(control) = control {
            menus.open_below(&control, t!("mute"), mute_items(chats, toasts, &id));
        }
    };
    draw! {
        <div class={"acts4"}>
            <button on:click=move |_| set("pinned", json!(!chat.with_untracked(|chat| chat.pinned)))>
                {icon(icon::PUSH_PIN, "s22")}
                {move || if chat.with(|chat| chat.pinned) { t!("unpin") } else { t!("pin") }}
            </button>
            <button on:click=mute>
                {icon(icon::BELL_SLASH, "s22")}
                {move || if muted() { t!("unmute") } else { t!("mute") }}
            </button>
            <button on:click=move |_| set("archived", json!(!chat.with_untracked(|chat| chat.archived)))>
                {icon(icon::ARCHIVE, "s22")}
                {move || if chat.with(|chat| chat.archived) { t!("unarchive") } else { t!("archive") }}
            </button>
        </div>
    }
}

/// The wallpaper of this chat.
#[component]
fn Papers(chat: Memo<ChatView>) -> impl IntoView {
    let preferences = Preferences::here();
    let id = chat.with_untracked(|chat| chat.chat_id.clone());
    let chosen = {
        let id = id.clone();
        move || preferences.papers.with(|papers| papers.get(&id).cloned()).unwrap_or_default()
    };
    let choose = move |event| {
        let paper = event_target_value(&event);
        preferences.papers.update(|papers| {
            if paper.is_empty() {
                papers.remove(&id);
            } else {
                papers.insert(id.clone(), paper);
            }
        });
    };
    draw! {
        <div class={"list-card"}>
            <label class={"li no-ic"}>
                <span class={"t"}><b>{t!("wallpaper")}</b></span>
                <select class={"select"} on:change=choose prop:value=chosen>
                    <option value={""}>{t!("wallpaper-as-all")}</option>
                    {PAPERS.map(|paper| draw! { <option value={paper}>{paper_name(paper)}</option> }).into_iter().collect::<Vec<_>>()}
                </select>
            </label>
        </div>
    }
}

/// How a wallpaper is called.
pub fn paper_name(paper: &str) -> String {
    match paper {
        "arches" => t!("wallpaper-arches"),
        "terrazzo" => t!("wallpaper-terrazzo"),
        "tiles" => t!("wallpaper-tiles"),
        "fern" => t!("wallpaper-fern"),
        "rain" => t!("wallpaper-rain"),
        _ => t!("wallpaper-plain"),
    }
}

/// Leaving, blocking.
#[component]
fn Exits(chat: Memo<ChatView>) -> impl IntoView {
    let (session, people) = (Session::here(), People::here());
    let (questions, toasts) = (Questions::here(), Toasts::here());
    let run = move |method: &'static str, params: Value| {
        spawn_local(async move {
            match session.tell(method, params).await {
                Ok(()) => people.load(),
                Err(problem) => toasts.show(problems::words(&problem), None),
            }
        });
    };
    let leave = move |_| {
        let (id, name) = chat.with_untracked(|chat| (chat.chat_id.clone(), row::title(chat)));
        questions.ask(Question {
            title: t!("leave-title", name = name),
            text: t!("leave-text"),
            verb: t!("leave"),
            act: Callback::new(move |()| run("chats.leave", json!({"chat_id": id}))),
        });
    };
    let other = move || chat.with(|chat| people.of_chat(chat));
    let block = move |_| {
        let Some((id, person)) = other() else { return };
        if person.blocked {
            return run("contacts.block", json!({"user": id, "blocked": false}));
        }
        questions.ask(Question {
            title: t!("block-title", name = person.name),
            text: t!("block-text"),
            verb: t!("block"),
            act: Callback::new(move |()| {
                run("contacts.block", json!({"user": id, "blocked": true}))
            }),
        });
    };
    move || match &*chat.with(|chat| chat.kind.clone()) {
        "group" if !chat.with(|chat| chat.left) => draw! {
            <div class={"list-card"}>
                <button class={"li bad"} on:click=leave>{icon(icon::DOOR, "")}<span class={"t"}><b>{t!("leave-group")}</b></span></button>
            </div>
        },
        "direct" => {
            let blocked = other().is_some_and(|(_, person)| person.blocked);
            draw! {
                <div class={"list-card"}>
                    <button class={"li bad"} on:click=block>
                        {icon(icon::PROHIBIT, "")}
                        <span class={"t"}><b>{if blocked { t!("unblock") } else { t!("block") }}</b></span>
                    </button>
                </div>
            }
        }
        _ => ().into_any(),
    }
}
