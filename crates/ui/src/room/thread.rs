//! The thread: the drawn stretch of the messages, what stands above the first, the way back to the newest.

use super::actions::Actions;
use super::drawn::Drawn;
use super::message::message;
use super::pointed::Pointed;
use super::scroll::{Scroll, Wanted};
use crate::dom::{self, SizeWatch};
use crate::list::row;
use crate::locale;
use crate::parts::icon::{self, icon};
use crate::state::session::Session;
use crate::state::thread::{Change, Row, Stand, Threads};
use crate::t;
use leptos::__reexports::send_wrapper::SendWrapper;
use leptos::prelude::*;
use parlor_view::{ChatView, MessageView};
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// How long a message that was jumped to is lit.
const FLASH: Duration = Duration::from_millis(1600);

/// The messages of the open chat.
#[component]
pub fn Thread(chat: Memo<ChatView>) -> impl IntoView {
    let thread = Threads::here();
    let scroll = Scroll::new(thread);
    let lit = RwSignal::new(None::<String>);
    let group = chat.with_untracked(|chat| chat.kind == "group");
    let actions = Actions::here();
    provide_context(scroll);
    scroll.follow(Change::All);
    thread.tell(Callback::new(move |change| scroll.follow(change)));
    draw_rows(scroll, thread, group, lit);
    show_wanted(scroll, thread, lit);
    mark_read(scroll, thread, chat);
    let pointed = Pointed::new();
    let keydown = move |event: KeyboardEvent| keys(&event, scroll, actions);
    let hear = move |node: &Element| {
        // What may be heard of late: the browser scrolls without waiting for the page.
        let late = [
            dom::hear_late(node, "wheel", move |_| scroll.freed()),
            dom::hear_late(node, "touchstart", move |event| {
                if let Some(event) = event.dyn_ref() {
                    pointed.touch(event);
                }
            }),
            dom::hear_late(node, "touchmove", move |event| {
                if let Some(event) = event.dyn_ref() {
                    pointed.slide(event);
                }
                scroll.freed();
            }),
        ];
        on_cleanup({
            let late = SendWrapper::new(late);
            move || drop(late)
        });
    };
    Effect::new(move || {
        if let Some(node) = scroll.node.get() {
            hear(&node);
        }
    });
    draw! {
        <div
            node_ref=scroll.node
            class={"thread"}
            role={"log"}
            aria-live={"off"}
            aria-label={t!("messages")}
            tabindex={"0"}
            on:scroll=move |_| scroll.look()
            on:pointerdown=move |_| scroll.freed()
            on:mousedown=move |_| scroll.freed()
            on:keydown=keydown
            on:contextmenu=move |event| pointed.menu(&event)
            on:click=move |event| pointed.press(&event)
            on:dblclick=move |event| pointed.reply(&event)
            on:touchend=move |event| pointed.lift(&event)
            on:touchcancel=move |_| pointed.lose()
            on:pointerover=move |event| pointed.over(&event)
            on:focusin=move |event| pointed.focus(&event)
        >
            <div class={"thread-top"}>{move || thread.whole.get().then(|| intro(chat))}</div>
            <div node_ref=scroll.above class={"thread-gap"}></div>
            <div node_ref=scroll.below class={"thread-gap"}></div>
            <Typing chat=chat />
            {pointed.buttons()}
        </div>
        {move || (!scroll.at_end.get()).then(|| jump(scroll))}
    }
}

/// Keeps the drawn stretch of rows in the thread, and one of them lit.
fn draw_rows(scroll: Scroll, thread: Threads, group: bool, lit: RwSignal<Option<String>>) {
    let Some(owner) = Owner::current() else { return };
    let drawn = StoredValue::new_local(Drawn::new(owner, watch(scroll, thread)));
    Effect::new(move || {
        let rows = scroll.drawn();
        let (Some(node), Some(below)) = (scroll.node.get(), scroll.below.get()) else { return };
        let slot = |row: Row| untrack(|| slot(&row, thread, group));
        drawn.update_value(|drawn| drawn.show(rows, &node, &below, slot));
        drawn.update_value(|drawn| drawn.light(lit.get_untracked().as_deref()));
        request_animation_frame(move || {
            if scroll.node.try_get_untracked().flatten().is_some() {
                scroll.settle();
            }
        });
    });
    Effect::new(move || lit.with(|lit| drawn.update_value(|drawn| drawn.light(lit.as_deref()))));
}

/// What is said above the first message.
fn intro(chat: Memo<ChatView>) -> impl IntoView {
    let words = chat.with(|chat| match &*chat.kind {
        "group" => t!("intro-group"),
        "self" => t!("intro-notes"),
        _ => t!("intro-direct", name = crate::faces::first_name(&row::title(chat))),
    });
    draw! {
        <div class={"notice card"}>
            {icon(icon::DOOR, "")}
            <span>{words}</span>
        </div>
    }
}

fn jump(scroll: Scroll) -> impl IntoView {
    let missed = move || scroll.missed.get();
    let name = move || if missed() > 0 { t!("jump-new", count = missed()) } else { t!("jump") };
    draw! {
        <button
            class={"jump"}
            aria-label=name
            on:click=move |_| scroll.to_end()
        >
            {icon(icon::CARET_DOWN_BOLD, "s20")}
            {move || (missed() > 0).then(|| draw! { <span class={"badge"}>{locale::number(missed() as f64)}</span> })}
        </button>
    }
}

/// Dots while somebody types.
#[component]
fn Typing(chat: Memo<ChatView>) -> impl IntoView {
    let (id, group) = chat.with_untracked(|chat| (chat.chat_id.clone(), chat.kind == "group"));
    let line = Memo::new(move |_| row::typing_line(&id, group));
    let scroll: Scroll = expect_context();
    Effect::new(move || {
        if line.with(Option::is_some) {
            scroll.stay();
        }
    });
    move || {
        line.get().map(|line| {
            draw! {
                <div class={"msg other solo"} role={"status"}>
                    <div class={"bubble typing-bubble"}>
                        <span class={"typing-dots"} aria-hidden={"true"}><i></i><i></i><i></i></span>
                        <span class={"vh"}>{line}</span>
                    </div>
                </div>
            }
        })
    }
}

fn watch(scroll: Scroll, thread: Threads) -> Option<Rc<SizeWatch>> {
    let told = move |elements: Vec<Element>| {
        let Some((from, to)) = scroll.range.try_get_untracked() else { return };
        let row = |element: &Element| {
            let id = element.get_attribute("data-id")?;
            let at = thread.rows.with_value(|rows| {
                rows.get(from..to.min(rows.len()))?.iter().position(|row| *row.id == *id)
            })?;
            Some((from + at, element.get_bounding_client_rect().height()))
        };
        let rows: Vec<(usize, f64)> = elements.iter().filter_map(row).collect();
        scroll.measured(&rows);
        // The thread itself is watched too: a keyboard that comes makes it lower.
        if elements.iter().any(|element| element.class_list().contains("thread")) {
            scroll.settle();
        }
    };
    let watch = Rc::new(SizeWatch::new(told)?);
    let node = scroll.node;
    let watching = watch.clone();
    let watching = StoredValue::new_local(watching);
    Effect::new(move || {
        if let Some(node) = node.get() {
            watching.with_value(|watch| watch.watch(&node));
        }
    });
    Some(watch)
}

/// The place of one message: what stands above it, and the message.
fn slot(row: &Row, thread: Threads, group: bool) -> AnyView {
    let stand = row.stand.clone();
    let sent_at = row.message.with_untracked(|message| message.sent_at);
    let above = move || {
        let Stand { day, new, .. } = stand.get();
        let day = day.then(|| {
            draw! { <div class={"day"} role={"separator"}>{locale::day_name(sent_at)}</div> }
        });
        let new = new.then(|| {
            let count = thread.new_from.get().map_or(0, |(_, count)| count);
            draw! { <div class={"newline"} role={"separator"}>{t!("new-count", count = count)}</div> }
        });
        (day, new)
    };
    draw! {
        <div class={"slot"} data-id={row.id.to_string()}>
            {above}
            {message(row, group)}
        </div>
    }
}

/// Shows the message that is wanted, once it is there, and lights it.
fn show_wanted(scroll: Scroll, thread: Threads, lit: RwSignal<Option<String>>) {
    let wanted = Wanted::here();
    Effect::new(move || {
        let Some((id, _)) = wanted.message.get() else { return };
        if !thread.loaded.get() {
            return;
        }
        leptos::task::spawn_local(async move {
            let Some(row) = thread.reach(&id).await else { return };
            if lit.try_set(Some(id.clone())).is_some() {
                return;
            }
            if !scroll.is_seen(row) {
                scroll.to_row(row);
            }
            set_timeout(
                move || {
                    if lit.try_get_untracked().flatten().as_deref() == Some(&*id) {
                        lit.set(None);
                    }
                },
                FLASH,
            );
        });
    });
}

/// Tells the engine how far the chat was read, while somebody looks at it.
fn mark_read(scroll: Scroll, thread: Threads, chat: Memo<ChatView>) {
    let session = Session::here();
    let looked = RwSignal::new(dom::is_looked_at());
    for event in ["focus", "visibilitychange"] {
        let handle = window_event_listener_untyped(event, move |_| looked.set(dom::is_looked_at()));
        on_cleanup(move || handle.remove());
    }
    let blurred = window_event_listener_untyped("blur", move |_| looked.set(false));
    on_cleanup(move || blurred.remove());
    // When the newest that is marked was sent, and which it is: of two sent at once either may stand last.
    let marked = StoredValue::new((0_u64, String::new()));
    // One mark at a time: what comes meanwhile is marked with the next.
    let marking = RwSignal::new(false);
    Effect::new(move || {
        let lowest = scroll.lowest.get();
        thread.change.track();
        let waits = chat.with(|chat| chat.unread > 0 && !chat.requested);
        if !waits || marking.get() || !looked.get() || !thread.loaded.get() {
            return;
        }
        let message =
            thread.rows.with_value(|rows| rows.get(lowest).map(|row| row.message.get_untracked()));
        let is_newer = |message: &MessageView| {
            let (at, id) = marked.get_value();
            message.sent_at >= at && message.message_id != id
        };
        let Some(message) = message.filter(is_newer) else { return };
        marked.set_value((message.sent_at, message.message_id.clone()));
        marking.set(true);
        let params = json!({"chat_id": message.chat_id, "up_to": message.message_id});
        leptos::task::spawn_local(async move {
            // What was not marked now is marked with the next message.
            let _ = session.tell("messages.mark_read", params).await;
            // The chat may be closed by now.
            let _ = marking.try_set(false);
        });
    });
}

/// Keys of the thread: arrows move between messages, letters act on the one that has the focus.
fn keys(event: &KeyboardEvent, scroll: Scroll, actions: Actions) {
    let Some(node) = scroll.node.get_untracked() else { return };
    let Ok(list) = node.query_selector_all("article.msg") else { return };
    let all: Vec<HtmlElement> =
        (0..list.length()).filter_map(|at| list.get(at)?.dyn_into().ok()).collect();
    let focused = dom::focused();
    let at = all.iter().position(|article| Some(article) == focused.as_ref());
    let plain = !event.alt_key() && !event.ctrl_key() && !event.meta_key();
    if plain && focused.as_ref().is_some_and(|focused| inside(event, focused)) {
        event.prevent_default();
        event.stop_propagation();
        return;
    }
    if matches!(event.key().as_str(), "PageUp" | "PageDown" | "ArrowUp" | "ArrowDown" | "Home") {
        scroll.freed();
    }
    let next = match (event.key().as_str(), at) {
        ("ArrowUp", Some(at)) if plain => at.checked_sub(1),
        ("ArrowUp", None) if plain && focused.as_deref() == Some(&node) => all.len().checked_sub(1),
        ("ArrowDown", Some(at)) if plain => Some(at + 1).filter(|next| *next < all.len()),
        ("Home", Some(_)) if plain => Some(0),
        ("End", _) if plain && (at.is_some() || focused.as_deref() == Some(&node)) => {
            scroll.to_end();
            all.len().checked_sub(1)
        }
        (_, Some(_)) => {
            let id = focused.and_then(|article| article.get_attribute("data-message"));
            if let Some(id) = id {
                actions.key(event, &id);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(article) = next.and_then(|next| all.get(next)) {
        dom::focus(article);
    }
}

/// Keys between a message and the controls in it: an arrow to the inner side goes in and on, the other back, Escape
/// out. Whether the key was one of these.
fn inside(event: &KeyboardEvent, focused: &HtmlElement) -> bool {
    let message = focused.closest("article.msg").ok().flatten();
    let Some(message) = message.and_then(|message| message.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    let Ok(list) = message.query_selector_all("button, a[href], input, summary") else {
        return false;
    };
    let controls: Vec<HtmlElement> = (0..list.length())
        .filter_map(|at| list.get(at)?.dyn_into::<HtmlElement>().ok())
        .filter(|control| control.offset_width() > 0)
        .collect();
    let at = controls.iter().position(|control| control == focused);
    let rtl = document().dir() == "rtl";
    // A slider's arrows are its own.
    let slides = focused.get_attribute("type").is_some_and(|kind| kind == "range");
    let next = match event.key().as_str() {
        "ArrowRight" | "ArrowLeft" if slides => return false,
        "Escape" if at.is_some() => None,
        "ArrowRight" | "ArrowLeft" => {
            let on = (event.key() == "ArrowRight") != rtl;
            match (at, on) {
                (None, true) => Some(0),
                (None, false) => return false,
                (Some(at), true) => Some((at + 1).min(controls.len().saturating_sub(1))),
                (Some(at), false) => at.checked_sub(1),
            }
        }
        _ => return false,
    };
    match next {
        Some(next) => match controls.get(next) {
            Some(control) => dom::focus(control),
            None => return false,
        },
        None => dom::focus(&message),
    }
    true
}
