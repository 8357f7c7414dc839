//! A row of the chat list: face, name, time, what was said last, what is unread.

use super::preview;
use crate::faces;
use crate::locale;
use crate::parts::avatar::{Face, face};
use crate::parts::hold::Hold;
use crate::parts::icon::{self, icon, named_icon};
use crate::parts::tick::tick;
use crate::route::{Place, Router};
use crate::state::chats::{Chats, is_muted};
use crate::state::people::People;
use crate::state::typing::Typing;
use crate::t;
use leptos::prelude::*;
use parlor_view::ChatView;

/// The title of a chat.
pub fn title(chat: &ChatView) -> String {
    match &*chat.kind {
        "self" => t!("notes-to-self"),
        // Until they answer, only the address of somebody is known.
        "direct" if chat.title.is_empty() => t!("somebody"),
        _ if chat.title.is_empty() => t!("no-title"),
        _ => chat.title.clone(),
    }
}

/// The face of a chat.
pub fn chat_face(chat: &ChatView, people: People) -> Face {
    let other = people.of_chat(chat);
    Face {
        id: other.as_ref().map_or_else(|| chat.chat_id.clone(), |(id, _)| id.clone()),
        name: chat.title.clone(),
        photo: other.and_then(|(_, person)| person.avatar),
        room: chat.kind == "group",
        notes: chat.kind == "self",
    }
}

/// Who types in a chat, in words; nothing if nobody does.
pub fn typing_line(chat_id: &str, group: bool) -> Option<String> {
    let who = Typing::here().of(chat_id);
    let people = People::here();
    let name = |id: &String| faces::first_name(&people.name(id)).to_string();
    match who.as_slice() {
        [] => None,
        _ if !group => Some(t!("typing")),
        [one] => Some(t!("typing-one", name = name(one))),
        [one, other] => Some(t!("typing-two", name = name(one), other = name(other))),
        _ => Some(t!("typing-many", count = who.len())),
    }
}

/// The row of a chat.
#[component]
pub fn ChatRow(
    id: String,
    /// The row that Tab stops at.
    stop: Memo<Option<String>>,
    on_menu: Callback<(f64, f64)>,
) -> impl IntoView {
    let (chats, router) = (Chats::here(), Router::here());
    let Some(chat) = chats.get(&id) else { return ().into_any() };
    let chat = Memo::new(move |_| chat.get());
    let href = Place::chat(&id).href();
    let current = {
        let id = id.clone();
        move || router.place.with(|place| place.chat_id() == Some(&id)).then_some("true")
    };
    let tabindex = {
        let id = id.clone();
        move || if stop.with(|stop| stop.as_ref() == Some(&id)) { "0" } else { "-1" }
    };
    let hold = Hold::new(on_menu);
    let menu = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        on_menu.run((event.client_x().into(), event.client_y().into()));
    };
    let people = People::here();
    draw! {
        <a
            class={"row"}
            class:unread=move || chat.with(|chat| chat.unread > 0 || chat.marked_unread)
            href=href
            aria-current=current
            tabindex=tabindex
            data-chat=id
            on:contextmenu=menu
            on:touchstart=move |event| hold.begin(&event)
            on:touchmove=move |_| hold.cancel()
            on:touchend=move |event| hold.end(&event)
            on:touchcancel=move |_| hold.cancel()
        >
            {move || face(&chat.with(|chat| chat_face(chat, people)), "")}
            <span class={"c"}>
                {move || chat.with(first_line)}
                {move || chat.with(second_line)}
            </span>
        </a>
    }
    .into_any()
}

fn first_line(chat: &ChatView) -> impl IntoView + use<> {
    let verified = People::here().of_chat(chat).is_some_and(|(_, person)| person.verified);
    let muted = is_muted(chat, locale::now());
    let time = chat.last_message.as_ref().map(|last| last.sent_at);
    draw! {
        <span class={"l1"}>
            <span class={"nm clip"} dir={"auto"}>{title(chat)}</span>
            {verified.then(|| named_icon(icon::SEAL_CHECK_FILL, "verified", t!("verified")))}
            {muted.then(|| named_icon(icon::BELL_SLASH, "", t!("muted")))}
            {time.map(|time| draw! { <time>{locale::row_time(time)}</time> })}
        </span>
    }
}

fn second_line(chat: &ChatView) -> impl IntoView + use<> {
    let group = chat.kind == "group";
    let muted = is_muted(chat, locale::now());
    let line = typing_line(&chat.chat_id, group)
        .map(|typing| draw! { <span class={"clip typing"}>{typing}</span> }.into_any())
        .unwrap_or_else(|| said_line(chat, group));
    let mention = (chat.mentions > 0)
        .then(|| draw! { <span class={"badge"} aria-label={t!("you-were-mentioned")} role={"img"}>{"@"}</span> });
    let unread = (chat.unread > 0 || chat.marked_unread).then(|| {
        let (shown, told) = match chat.unread {
            0 => (String::new(), t!("marked-unread")),
            count => (locale::number(count as f64), t!("unread-count", count = count)),
        };
        let dot = shown.is_empty();
        draw! {
            <span class={"badge"} class:quiet=muted class:dot=dot>
                <span aria-hidden={"true"}>{shown}</span>
                <span class={"vh"}>{told}</span>
            </span>
        }
    });
    let pinned = chat.pinned.then(|| named_icon(icon::PUSH_PIN_FILL, "", t!("pinned")));
    draw! { <span class={"l2"}>{line} {mention} {unread} {pinned}</span> }
}

fn said_line(chat: &ChatView, group: bool) -> AnyView {
    if chat.requested {
        return draw! { <span class={"clip"}>{t!("wants-to-talk")}</span> }.into_any();
    }
    if let Some(draft) = chat.draft.as_ref().filter(|draft| !draft.trim().is_empty()) {
        let draft = draft.split_whitespace().collect::<Vec<_>>().join(" ");
        return draw! {
            <span class={"clip"} dir={"auto"}><span class={"draft"}>{t!("draft")}</span>{" "}{draft}</span>
        }
        .into_any();
    }
    let Some(last) = &chat.last_message else {
        return draw! { <span class={"clip"}></span> }.into_any();
    };
    let who = (group && !last.mine && last.kind != "notice").then(|| {
        let name = faces::first_name(&last.sender.display_name);
        draw! { <span class={"who"}>{t!("said-by", name = name)}</span>{" "} }
    });
    let line = match &*last.kind {
        "notice" => crate::room::notice_words(last),
        _ => preview::plain(last),
    };
    let state =
        (last.mine && last.kind != "notice" && last.kind != "deleted").then(|| tick(&last.state));
    draw! {
        {state}
        {preview::symbol(last).map(|symbol| icon(symbol, ""))}
        <span class={"clip"} dir={"auto"}>{who}{line}</span>
    }
    .into_any()
}
