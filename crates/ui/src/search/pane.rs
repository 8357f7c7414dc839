//! The search pane, in place of the chat list: chats whose names fit, then messages, the best first; or, of one kind,
//! the newest, without anything being typed.

use super::{Piece, matching, snippet};
use crate::faces;
use crate::list::{preview, row};
use crate::locale;
use crate::parts::avatar::face;
use crate::parts::icon::{self, icon};
use crate::route::{Place, Router};
use crate::state::chats::Chats;
use crate::state::people::People;
use crate::state::session::Session;
use crate::{dom, t};
use leptos::html;
use leptos::prelude::*;
use parlor_view::{ChatView, MessageView};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// What is typed is looked for this long after the last key.
const PAUSE: Duration = Duration::from_millis(150);
const MOST: u32 = 100;

/// What messages may have to hold, as `messages.search` calls it, and what the button for it says.
fn kinds() -> [(&'static str, String); 6] {
    [
        ("", t!("filter-all")),
        (STARRED, t!("starred")),
        ("image|video", t!("shared-media")),
        ("link", t!("shared-links")),
        ("file|audio", t!("shared-files")),
        ("voice", t!("shared-voice")),
    ]
}

/// Messages that this person marked.
pub const STARRED: &str = "starred";

/// What is looked for; it stays while one reads the hits.
#[derive(Clone, Copy)]
pub struct Searching {
    session: Session,
    /// Whether the pane is there.
    pub open: RwSignal<bool>,
    /// What is typed.
    pub query: RwSignal<String>,
    /// What it has to hold; nothing: anything.
    pub kind: RwSignal<&'static str>,
    /// What was found, and whether the looking has ended.
    pub found: RwSignal<(Vec<MessageView>, bool)>,
    typed: StoredValue<u32>,
}

#[derive(Deserialize)]
struct Found {
    messages: Vec<MessageView>,
}

/// Looks for messages.
pub async fn look_for(session: Session, query: &str, kind: &str, limit: u32) -> Vec<MessageView> {
    let kind = Some(kind).filter(|kind| !kind.is_empty());
    let params = json!({"query": query, "kind": kind, "limit": limit});
    session
        .ask::<Found>("messages.search", params)
        .await
        .map(|found| found.messages)
        .unwrap_or_default()
}

impl Searching {
    /// Nothing.
    pub fn new(session: Session) -> Self {
        let searching = Self {
            session,
            open: RwSignal::new(false),
            query: RwSignal::new(String::new()),
            kind: RwSignal::new(""),
            found: RwSignal::new((Vec::new(), true)),
            typed: StoredValue::new(0),
        };
        provide_context(searching);
        searching
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Looks for what holds this, with what is typed.
    pub fn choose(self, kind: &'static str) {
        self.kind.set(kind);
        self.look(self.query.get_untracked());
    }

    fn look(self, query: String) {
        self.query.set(query.clone());
        self.typed.update_value(|typed| *typed += 1);
        let typed = self.typed.get_value();
        let kind = self.kind.get_untracked();
        if query.trim().is_empty() && kind.is_empty() {
            return self.found.set((Vec::new(), true));
        }
        self.found.update(|(_, ended)| *ended = false);
        set_timeout(
            move || {
                if self.typed.get_value() != typed {
                    return;
                }
                leptos::task::spawn_local(async move {
                    let found = look_for(self.session, &query, kind, MOST).await;
                    if self.typed.get_value() == typed {
                        self.found.set((found, true));
                    }
                });
            },
            PAUSE,
        );
    }
}

/// Pieces of a text, with what was looked for marked.
pub fn marked(pieces: Vec<Piece>) -> impl IntoView {
    pieces
        .into_iter()
        .map(
            |(piece, hit)| {
                if hit { draw! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() }
            },
        )
        .collect_view()
}

apart! {
    /// The pane.
    search: pub fn pane() -> AnyView { draw! { <SearchPane /> } }
}

#[component]
fn SearchPane() -> impl IntoView {
    let (searching, router) = (Searching::here(), Router::here());
    let field: NodeRef<html::Input> = NodeRef::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            dom::focus(&field);
        }
    });
    let close = move || {
        searching.open.set(false);
        searching.kind.set("");
        searching.look(String::new());
        if router.place.with_untracked(|place| *place == Place::Search) {
            router.replace(Place::Chats);
        }
    };
    let clear = move |_| {
        searching.look(String::new());
        if let Some(field) = field.get_untracked() {
            dom::focus(&field);
        }
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
    };
    let chip = move |(kind, name): (&'static str, String)| {
        draw! {
            <button
                class={"chip"}
                aria-pressed=move || (searching.kind.get() == kind).to_string()
                on:click=move |_| searching.choose(kind)
            >
                {name}
            </button>
        }
    };
    draw! {
        <header class={"pane-head"} on:keydown=keydown>
            <button class={"icon-btn"} aria-label={t!("close-search")} on:click=move |_| close()>
                {icon(icon::ARROW_LEFT, "s22 flip")}
            </button>
            <h1 class={"h-pane"}>{t!("search")}</h1>
        </header>
        <div class={"tools"} on:keydown=keydown>
            <label class={"search"}>
                {icon(icon::MAGNIFYING_GLASS, "s18")}
                <input
                    node_ref=field
                    type={"text"}
                    enterkeyhint={"search"}
                    aria-label={t!("search-all")}
                    placeholder={t!("search-all")}
                    prop:value=move || searching.query.get()
                    on:input=move |event| searching.look(event_target_value(&event))
                />
                {move || searching.query.with(|query| !query.is_empty()).then(|| draw! {
                    <button class={"icon-btn sm"} type={"button"} aria-label={t!("clear")} on:click=clear>
                        {icon(icon::X_BOLD, "s16")}
                    </button>
                })}
            </label>
            <div class={"chips"} role={"group"} aria-label={t!("search-kinds")}>
                {kinds().into_iter().map(chip).collect_view()}
            </div>
        </div>
        <div class={"scroll"}>
            <Names />
            <Hits />
        </div>
    }
}

#[component]
fn Names() -> impl IntoView {
    let (searching, chats, people) = (Searching::here(), Chats::here(), People::here());
    let found = move || {
        let query = searching.query.get();
        if query.trim().is_empty() || !searching.kind.get().is_empty() {
            return Vec::new();
        }
        let fits = |key: &crate::state::chats::Key| {
            let chat = chats.get(&key.id)?.get_untracked();
            Some((matching(&row::title(&chat), &query)?, chat))
        };
        chats.order.with(|order| order.iter().filter_map(fits).take(8).collect())
    };
    let line = move |(pieces, chat): (Vec<Piece>, ChatView)| {
        draw! {
            <a class={"row"} href={Place::chat(&chat.chat_id).href()}>
                {face(&row::chat_face(&chat, people), "")}
                <span class={"c"}>
                    <span class={"l1"}><span class={"nm clip"} dir={"auto"}>{marked(pieces)}</span></span>
                </span>
            </a>
        }
    };
    move || {
        let found = found();
        (!found.is_empty()).then(|| {
            draw! {
                <h2 class={"sect"}>{t!("chats")}</h2>
                <div class={"rows"}>{found.into_iter().map(line).collect_view()}</div>
            }
        })
    }
}

#[component]
fn Hits() -> impl IntoView {
    let (searching, chats, people, router) =
        (Searching::here(), Chats::here(), People::here(), Router::here());
    let line = move |message: MessageView| {
        let chat = chats.get(&message.chat_id).map(|chat| chat.get_untracked());
        let title = chat.as_ref().map(row::title).unwrap_or_default();
        let drawn = chat.as_ref().map(|chat| row::chat_face(chat, people)).unwrap_or_default();
        let who = hit_author(&message, chat.as_ref());
        let place = Place::Chat {
            id: message.chat_id.clone(),
            details: false,
            at: Some(message.message_id.clone()),
        };
        let href = place.href();
        let current = move || router.place.with(|open| *open == place).then_some("true");
        draw! {
            <a class={"row"} href={href} aria-current=current>
                {face(&drawn, "")}
                <span class={"c"}>
                    <span class={"l1"}>
                        <span class={"nm clip"} dir={"auto"}>{title}</span>
                        <time>{locale::row_time(message.sent_at)}</time>
                    </span>
                    <span class={"l2"}>
                        <span class={"clip"} dir={"auto"}>
                            {who.map(|who| draw! { <span class={"who"}>{t!("said-by", name = who)}</span>{" "} })}
                            {marked(pieces(&message))}
                        </span>
                    </span>
                </span>
            </a>
        }
    };
    move || {
        let (found, ended) = searching.found.get();
        let query = searching.query.get();
        let kind = searching.kind.get();
        if query.trim().is_empty() && kind.is_empty() {
            return draw! { <p class={"pane-note"}>{t!("search-note")}</p> }.into_any();
        }
        if found.is_empty() && query.trim().is_empty() {
            let words = if kind == STARRED { t!("starred-none") } else { t!("shared-none") };
            return ended
                .then(|| draw! { <p class={"pane-note"} role={"status"}>{words}</p> })
                .into_any();
        }
        if found.is_empty() {
            return ended
                .then(|| {
                    draw! {
                        <div class={"empty sm"} role={"status"}>
                            <h2 class={"h-pane"}>{t!("search-none", query = query.trim())}</h2>
                            <p>{t!("search-none-text")}</p>
                        </div>
                    }
                })
                .into_any();
        }
        let count = found.len();
        draw! {
            <h2 class={"sect"}>
                {t!("messages")}
                <span class={"sect-note"} role={"status"}>{t!("search-count", count = count)}</span>
            </h2>
            <div class={"rows"}>{found.into_iter().map(line).collect_view()}</div>
        }
        .into_any()
    }
}

/// Who said what was found, where that is not clear from the chat.
pub fn hit_author(message: &MessageView, chat: Option<&ChatView>) -> Option<String> {
    let direct = chat.is_some_and(|chat| chat.kind == "direct");
    let notes = chat.is_some_and(|chat| chat.kind == "self");
    match (message.mine, direct) {
        _ if notes => None,
        (true, _) => Some(t!("you")),
        (false, true) => None,
        (false, false) => Some(faces::first_name(&message.sender.display_name).to_string()),
    }
}

/// The line of a hit.
pub fn pieces(message: &MessageView) -> Vec<Piece> {
    let found: Vec<(usize, usize)> = message
        .highlights
        .iter()
        .map(|found| (found.start as usize, found.length as usize))
        .collect();
    match message.text.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => snippet(text, &found),
        None => vec![(preview::plain(message), false)],
    }
}
