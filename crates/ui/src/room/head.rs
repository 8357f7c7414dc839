//! The head of a room: who it is, who types, the ways to its details.

use crate::list::row;
use crate::parts::avatar::face;
use crate::parts::icon::{self, icon, named_icon};
use crate::route::Place;
use crate::state::people::People;
use crate::t;
use leptos::prelude::*;
use parlor_view::{ChatView, MemberView};

/// The id of the head.
pub const HEAD: &str = "room-head";

/// The head of the room of a chat.
#[component]
pub fn Head(chat: Memo<ChatView>) -> impl IntoView {
    let people = People::here();
    let details = chat.with_untracked(|chat| {
        Place::Chat { id: chat.chat_id.clone(), details: true, at: None }.href()
    });
    let verified =
        move || chat.with(|chat| people.of_chat(chat)).is_some_and(|(_, person)| person.verified);
    draw! {
        <header class={"room-head"} id={HEAD}>
            <a class={"icon-btn back"} href={Place::Chats.href()} aria-label={t!("back-to-chats")}>
                {icon(icon::CARET_LEFT_BOLD, "s22 flip")}
            </a>
            <a class={"who"} href={details.clone()} title={t!("details")}>
                {move || face(&chat.with(|chat| row::chat_face(chat, people)), "s40")}
                <span class={"who-lines"}>
                    <span class={"name"}>
                        <span class={"clip"} dir={"auto"}>{move || chat.with(row::title)}</span>
                        {move || verified().then(|| named_icon(icon::SEAL_CHECK_FILL, "verified", t!("safety-compared")))}
                    </span>
                    <Sub chat=chat />
                </span>
            </a>
            <div class={"acts"}>
                <super::find::FindButton />
                <a class={"icon-btn"} href={details} aria-label={t!("details")} title={t!("details")}>
                    {icon(icon::DOTS_THREE_VERTICAL_BOLD, "s22")}
                </a>
            </div>
        </header>
    }
}

/// The line below the name: who types, else who is there.
#[component]
fn Sub(chat: Memo<ChatView>) -> impl IntoView {
    let (id, group) = chat.with_untracked(|chat| (chat.chat_id.clone(), chat.kind == "group"));
    let members = super::members::Members::here().0;
    move || {
        if let Some(typing) = row::typing_line(&id, group) {
            return draw! { <span class={"sub typing"}><span class={"clip"}>{typing}</span></span> }.into_any();
        }
        let line = members.with(|members| names(members));
        draw! { <span class={"sub"}><span class={"clip"} dir={"auto"}>{line}</span></span> }
            .into_any()
    }
}

/// The first names of a few, and how many more there are.
fn names(members: &[MemberView]) -> String {
    const SHOWN: usize = 5;
    let first: Vec<&str> = members
        .iter()
        .take(SHOWN)
        .map(|member| crate::faces::first_name(&member.display_name))
        .collect();
    let list = crate::locale::listed(&first);
    match members.len().checked_sub(SHOWN) {
        None | Some(0) => list,
        Some(more) => t!("and-more", names = list, count = more),
    }
}
