//! The chat list: its head, filters, rows, and the rows of chats set aside.

pub mod menu;
pub mod preview;
pub mod row;
mod rows;

use crate::parts::icon::{self, icon};
use crate::parts::keycap::caps;
use crate::parts::later::{Where, later};
use crate::route::{Place, Router};
use crate::search::pane::{self, Searching};
use crate::state::chats::{Chats, Key};
use crate::{dom, t};
use leptos::prelude::*;
use rows::Rows;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Unread,
    Groups,
}

impl Filter {
    fn keeps(self, key: &Key) -> bool {
        match self {
            Self::All => true,
            Self::Unread => key.unread > 0,
            Self::Groups => key.group,
        }
    }
}

/// The pane of the list.
#[component]
pub fn ListPane() -> impl IntoView {
    let (router, searching) = (Router::here(), Searching::here());
    // On a phone nothing else is there.
    let narrow = dom::Narrow::here().0;
    Effect::new(move || {
        router.place.with(|place| match place {
            Place::Search => searching.open.set(true),
            // The hits stay beside the chats that are opened from them.
            Place::Chat { .. } => {}
            _ => searching.open.set(false),
        });
    });
    let shelf = Memo::new(move |_| {
        router.place.with(|place| match place {
            Place::Archived => Shelf::Archived,
            Place::Requests => Shelf::Requests,
            _ if searching.open.get() => Shelf::Search,
            _ => Shelf::Main,
        })
    });
    draw! {
        <section class={"pane list"} role=move || narrow.get().then_some("main") aria-label={t!("chats")}>
            {move || match shelf.get() {
                Shelf::Main => draw! { <MainList /> }.into_any(),
                Shelf::Search => later(Where::Pane, pane::pane(), |pane| pane()),
                aside => draw! { <Aside shelf=aside /> }.into_any(),
            }}
        </section>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shelf {
    Main,
    Search,
    Archived,
    Requests,
}

#[component]
fn MainList() -> impl IntoView {
    let chats = Chats::here();
    let filter = RwSignal::new(Filter::All);
    let ids = Memo::new(move |_| {
        let filter = filter.get();
        chats.order.with(|order| {
            let shown = |key: &&Key| !key.archived && !key.requested && filter.keeps(key);
            order.iter().filter(shown).map(|key| key.id.clone()).collect::<Vec<_>>()
        })
    });
    draw! {
        <header class={"pane-head"}>
            <h1 class={"h-pane"}>{t!("chats")}</h1>
            <a class={"icon-btn"} href={Place::New { group: false }.href()} aria-label={t!("new-chat")} title={t!("new-chat-keys")}>
                {icon(icon::NOTE_PENCIL, "s22")}
            </a>
        </header>
        <div class={"tools"}>
            <SearchBox />
            <Filters filter=filter />
        </div>
        <Rows ids=ids>
            <Doors />
            {move || (chats.loaded.get() && chats.order.with(Vec::is_empty)).then(nobody)}
        </Rows>
        <a class={"fab phone-only"} href={Place::New { group: false }.href()} aria-label={t!("new-chat")}>
            {icon(icon::NOTE_PENCIL, "s28")}
        </a>
    }
}

#[component]
fn SearchBox() -> impl IntoView {
    draw! {
        <a class={"search"} href={Place::Search.href()}>
            {icon(icon::MAGNIFYING_GLASS, "s18")}
            <span class={"grow"}>{t!("search")}</span>
            <span class={"kbds desk-only"} aria-hidden={"true"}>
                {caps(&["Ctrl", "K"])}
            </span>
        </a>
    }
}

#[component]
fn Filters(filter: RwSignal<Filter>) -> impl IntoView {
    let chats = Chats::here();
    let chip = move |which: Filter, name: String, count: Option<Signal<usize>>| {
        draw! {
            <button
                class={"chip"}
                aria-pressed=move || (filter.get() == which).to_string()
                on:click=move |_| filter.set(which)
            >
                {name}
                {move || {
                    let count = count.map_or(0, |count| count.get());
                    (count > 0).then(|| draw! { <span class={"n"}>{crate::locale::number(count as f64)}</span> })
                }}
            </button>
        }
    };
    let unread = Signal::derive(move || chats.unread());
    draw! {
        <div class={"chips"} role={"group"} aria-label={t!("filter-chats")}>
            {chip(Filter::All, t!("filter-all"), None)}
            {chip(Filter::Unread, t!("filter-unread"), Some(unread))}
            {chip(Filter::Groups, t!("filter-groups"), None)}
        </div>
    }
}

/// The ways to what is set aside, when there is something.
#[component]
fn Doors() -> impl IntoView {
    let chats = Chats::here();
    let count = move |keep: fn(&Key) -> bool| {
        chats.order.with(|order| order.iter().filter(|key| keep(key)).count())
    };
    let door = |place: Place, shape: icon::Icon, name: String, count: usize, lit: bool| {
        draw! {
            <a class={"door-row"} href={place.href()}>
                {icon(shape, "s20")}
                <span class={"grow"}>{name}</span>
                <span class={if lit { "badge" } else { "badge quiet" }}>{crate::locale::number(count as f64)}</span>
            </a>
        }
    };
    draw! {
        {move || {
            let requests = chats.requests();
            (requests > 0).then(|| door(Place::Requests, icon::HAND_WAVING, t!("requests"), requests, true))
        }}
        {move || {
            let archived = count(|key| key.archived && !key.requested);
            (archived > 0).then(|| door(Place::Archived, icon::ARCHIVE, t!("archived"), archived, false))
        }}
    }
}

#[component]
fn Aside(shelf: Shelf) -> impl IntoView {
    let chats = Chats::here();
    let (title, none) = match shelf {
        Shelf::Requests => (t!("requests"), t!("no-requests")),
        _ => (t!("archived"), t!("no-archived")),
    };
    let ids = Memo::new(move |_| {
        let shown = |key: &&Key| match shelf {
            Shelf::Requests => key.requested,
            _ => key.archived && !key.requested,
        };
        chats
            .order
            .with(|order| order.iter().filter(shown).map(|key| key.id.clone()).collect::<Vec<_>>())
    });
    draw! {
        <header class={"pane-head"}>
            <a class={"icon-btn"} href={Place::Chats.href()} aria-label={t!("back-to-chats")}>
                {icon(icon::CARET_LEFT_BOLD, "s20 flip")}
            </a>
            <h1 class={"h-pane"}>{title}</h1>
        </header>
        <Rows ids=ids>
            {move || ids.with(Vec::is_empty).then(|| draw! { <p class={"group-note"}>{none.clone()}</p> })}
        </Rows>
    }
}

fn nobody() -> impl IntoView {
    draw! {
        <div class={"empty sm"}>
            <h2 class={"h-pane"}>{t!("nobody-title")}</h2>
            <p>{t!("nobody-text")}</p>
            <a class={"btn primary"} href={Place::New { group: false }.href()}>{t!("new-chat")}</a>
        </div>
    }
}
