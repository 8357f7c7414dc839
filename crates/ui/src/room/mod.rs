//! The open chat: its head, its messages, the field to write in.

mod actions;
mod attach;
mod cards;
mod composer;
mod composing;
mod drawn;
mod files;
mod find;
mod formatted;
mod head;
mod info;
mod members;
mod mention;
mod message;
mod notice;
mod picks;
mod pointed;
mod poll;
mod react;
mod record;
mod recording;
mod retype;
mod scroll;
mod sound;
mod stickers;
mod thread;
mod tray;

pub use actions::Actions;
pub use composer::FIELD;
pub use files::{Content, FileBox, is_picture, pictures};
pub use head::HEAD;
pub use notice::words as notice_words;
pub use sound::Sound;

use crate::emoji::picker;
use crate::list::row;
use crate::parts::icon::{self, icon};
use crate::parts::later::{Where, later};
use crate::route::{Place, Router};
use crate::state::chats::Chats;
use crate::state::preferences::Preferences;
use crate::state::thread::Threads;
use crate::{dom, t};
use composing::{Composing, Picking};
use leptos::prelude::*;
use parlor_view::ChatView;

/// Whether there is a field to write in: the open chat takes messages.
pub fn has_field() -> bool {
    let chat = Router::here().chat_id().and_then(|id| Chats::here().find(&id));
    chat.is_some_and(|chat| !chat.left && !chat.requested)
}

apart! {
    /// The room.
    room: pub fn room() -> AnyView { draw! { <Room /> } }
}

/// The room: the chat that is open, or a word on how to open one.
#[component]
fn Room() -> impl IntoView {
    let router = Router::here();
    let chats = Chats::here();
    Threads::here().follow();
    let open = Memo::new(move |old: Option<&Option<String>>| {
        chats.loaded.track();
        chats.order.track();
        // Beside other lists than that of the chats, the chat that was open stays.
        let stays = router
            .place
            .with(|place| matches!(place, Place::Search | Place::Archived | Place::Requests));
        let id = if stays { old.cloned().flatten() } else { router.chat_id() };
        id.filter(|id| chats.get(id).is_some())
    });
    move || match open.get() {
        Some(id) => draw! { <Chat id=id /> }.into_any(),
        None => draw! { <NoChat /> }.into_any(),
    }
}

#[component]
fn NoChat() -> impl IntoView {
    let preferences = Preferences::here();
    draw! {
        <main class={"room main empty-room"} aria-label={t!("no-chat")}>
            <div class={"paper"} data-paper=move || preferences.paper.get() aria-hidden={"true"}></div>
            <div class={"empty"}>
                <p>{t!("no-chat-text")}</p>
                <a class={"btn plain phone-only"} href={Place::Chats.href()}>{t!("back-to-chats")}</a>
            </div>
        </main>
    }
}

#[component]
fn Chat(id: String) -> impl IntoView {
    let (chats, preferences) = (Chats::here(), Preferences::here());
    let Some(chat) = chats.get(&id) else { return ().into_any() };
    let chat = Memo::new(move |_| chat.get());
    let threads = Threads::here();
    threads.open(&id, chat.with_untracked(|chat| chat.unread));
    if chat.with_untracked(|chat| chat.marked_unread) {
        chat.with_untracked(|chat| Chats::here().read_all(chat));
    }
    let composing = Composing::new(id.clone());
    provide_context(composing);
    record::Recorder::new();
    provide_context(scroll::Wanted::new());
    provide_context(actions::Actions::new(chat));
    provide_context(poll::Voters::new());
    members::Members::follow(chat);
    find::Finding::new();
    follow_place(&id);
    let paper = {
        let id = id.clone();
        move || preferences.paper_of(&id)
    };
    let name = move || {
        chat.with(|chat| match &*chat.kind {
            "group" => t!("room-group", name = row::title(chat)),
            _ => t!("room-direct", name = row::title(chat)),
        })
    };
    let drop = move |event: web_sys::DragEvent| {
        event.prevent_default();
        composing.dragged.set(false);
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            composing.add(&files);
        }
    };
    draw! {
        <main
            class={"room main"}
            aria-label=name
            on:dragover=move |event: web_sys::DragEvent| {
                event.prevent_default();
                composing.dragged.set(true);
            }
            on:dragleave=move |event: web_sys::DragEvent| {
                if event.related_target().is_none() {
                    composing.dragged.set(false);
                }
            }
            on:drop=drop
        >
            <div class={"paper"} data-paper=paper aria-hidden={"true"}></div>
            <head::Head chat=chat />
            {move || joiners(chat)}
            <picks::PickBar />
            <find::FindBar chat_id={id} />
            <thread::Thread chat=chat />
            <composer::Foot chat=chat />
            <Picker />
            <picks::ForwardDialog />
            <info::InfoDialog />
            <poll::VotersDialog />
            {move || composing.dragged.get().then(|| draw! { <div class={"drop-hint"}>{t!("drop-files")}</div> })}
        </main>
    }
    .into_any()
}

/// A line when people want to be let into the group.
fn joiners(chat: Memo<ChatView>) -> Option<impl IntoView> {
    let (count, id) = chat.with(|chat| (chat.join_requests, chat.chat_id.clone()));
    (count > 0).then(|| {
        let href = Place::Chat { id, details: true, at: None }.href();
        draw! {
            <a class={"banner"} href={href}>
                {icon(icon::USER_PLUS, "s20")}
                <b>{t!("join-asks", count = count)}</b>
            </a>
        }
    })
}

/// The emoji picker, while it is open.
#[component]
fn Picker() -> impl IntoView {
    let (composing, actions) = (Composing::here(), actions::Actions::here());
    let close = Callback::new(move |()| {
        composing.picking.set(None);
        composing.take_focus();
    });
    let pick = Callback::new(move |emoji: String| match composing.picking.get_untracked() {
        Some(Picking::Reaction(id)) => {
            actions.react(&id, &emoji);
            composing.picking.set(None);
        }
        _ => composer::insert(composing, &emoji),
    });
    let stickers = RwSignal::new(false);
    move || {
        let picking = composing.picking.get()?;
        let tabs = move || {
            let tab = |name: String, of: bool| {
                draw! {
                    <button aria-pressed=move || (stickers.get() == of).to_string() on:click=move |_| stickers.set(of)>{name}</button>
                }
            };
            draw! { <div class={"seg"} role={"group"}>{tab(t!("emoji"), false)}{tab(t!("stickers"), true)}</div> }
        };
        let picker = match picking {
            Picking::Reaction(_) => {
                later(Where::Above, picker::picker(), move |picker| picker(pick, close, None))
            }
            Picking::Text if stickers.get() => {
                later(Where::Above, stickers::picker(), move |picker| picker(tabs(), close))
            }
            Picking::Text => later(Where::Above, picker::picker(), move |picker| {
                picker(pick, close, Some(tabs()))
            }),
        };
        Some(draw! {
            <div class={"menu-scrim"} on:pointerdown=move |_| composing.picking.set(None)></div>
            {picker}
        })
    }
}

/// Shows the message that the address names, and puts the focus where one goes on.
fn follow_place(id: &str) {
    let (router, wanted) = (Router::here(), scroll::Wanted::here());
    let id = id.to_string();
    Effect::new(move || {
        router.place.with(|place| {
            if let Place::Chat { id: open, at: Some(at), .. } = place
                && *open == id
            {
                wanted.show(at);
            }
        });
    });
    if !dom::is_touch() {
        request_animation_frame(|| dom::focus_id(FIELD));
    }
}
