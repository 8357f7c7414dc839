//! The field to write in and what stands above it: the message that is answered or changed, the files.

use super::actions;
use super::attach::Attach;
use super::composing::{Composing, Picking, Purpose};
use super::mention::{Mentioning, Offered};
use super::record::{self, Recorder};
use super::recording::{Microphone, RecordBar};
use super::tray::Tray;
use crate::faces;
use crate::list::row;
use crate::parts::icon::{self, icon};
use crate::parts::keycap::with_keys;
use crate::parts::menu::{Item, Menus};
use crate::route::{Place, Router};
use crate::state::session::Session;
use crate::state::thread::Threads;
use crate::{dom, t};
use leptos::html;
use leptos::prelude::*;
use parlor_view::ChatView;
use serde_json::json;
use web_sys::{ClipboardEvent, HtmlTextAreaElement, KeyboardEvent};

/// The id of the field.
pub const FIELD: &str = "composer";

/// The foot of the room: the field, or why there is none.
#[component]
pub fn Foot(chat: Memo<ChatView>) -> impl IntoView {
    let kind = Memo::new(move |_| chat.with(|chat| (chat.left, chat.requested)));
    move || match kind.get() {
        (_, true) => draw! { <Request chat=chat /> }.into_any(),
        (true, _) => {
            draw! { <footer class={"composer"}><p class={"notice"}>{t!("you-left")}</p></footer> }
                .into_any()
        }
        _ => draw! { <Composer chat=chat /> }.into_any(),
    }
}

/// Somebody who is not known yet wants to talk.
#[component]
fn Request(chat: Memo<ChatView>) -> impl IntoView {
    let (session, router) = (Session::here(), Router::here());
    let problem = RwSignal::new(None::<String>);
    let answer = move |method: &'static str| {
        let id = chat.with_untracked(|chat| chat.chat_id.clone());
        leptos::task::spawn_local(async move {
            match session.tell(method, json!({"chat_id": id})).await {
                Ok(()) if method == "chats.decline" => router.replace(Place::Chats),
                Ok(()) => {}
                Err(failed) => {
                    problem.try_set(Some(crate::app::problems::words(&failed)));
                }
            }
        });
    };
    let words = move || {
        chat.with(|chat| match &*chat.kind {
            "group" => t!("request-group", name = row::title(chat)),
            _ => t!("request-direct", name = row::title(chat)),
        })
    };
    draw! {
        <footer class={"composer request"}>
            <p>{words}</p>
            {move || problem.get().map(|problem| draw! { <p class={"fail-line"} role={"alert"}>{problem}</p> })}
            <div class={"row-acts ctr"}>
                <button class={"btn plain"} on:click=move |_| answer("chats.decline")>{t!("decline")}</button>
                <button class={"btn primary"} on:click=move |_| answer("chats.accept")>{t!("accept")}</button>
            </div>
        </footer>
    }
}

#[component]
fn Composer(chat: Memo<ChatView>) -> impl IntoView {
    let (composing, recorder) = (Composing::here(), Recorder::here());
    let field: NodeRef<html::Textarea> = NodeRef::new();
    let mentioning = Mentioning::new();
    // Who goes on writing has read why recording did not work.
    Effect::new(move || {
        if composing.is_full() {
            recorder.trouble.set(None);
        }
    });
    let take = Callback::new(move |member| {
        if let Some(field) = field.get_untracked() {
            mentioning.take(&member, &field, composing);
        }
    });
    draw! {
        <footer class={"composer"}>
            {move || composing.problem.get().map(|problem| draw! {
                <p class={"fail-line"} role={"alert"}>
                    {icon(icon::WARNING_CIRCLE_FILL, "s16")}
                    {crate::app::problems::words(&problem)}
                </p>
            })}
            {move || recorder.trouble.get().map(|words| draw! {
                <p class={"fail-line"} role={"alert"}>{icon(icon::WARNING_CIRCLE_FILL, "s16")}{words}</p>
            })}
            <Offered mentioning=mentioning on_take=take />
            <RecordBar />
            <div class={"compose-box"} hidden=move || recorder.is_on()>
                <Above />
                <Tray />
                <Attach />
                <Field chat=chat field=field mentioning=mentioning />
                <button
                    class={"icon-btn"}
                    aria-label={t!("emoji")}
                    title={with_keys(t!("emoji"), &["Ctrl", ";"])}
                    data-emoji-button={"true"}
                    aria-expanded=move || composing.picking.get().is_some().to_string()
                    on:click=move |_| composing.picking.set(Some(Picking::Text))
                >
                    {icon(icon::SMILEY, "s22")}
                </button>
                <Send />
            </div>
        </footer>
    }
}

/// Where one types.
#[component]
fn Field(
    chat: Memo<ChatView>,
    field: NodeRef<html::Textarea>,
    mentioning: Mentioning,
) -> impl IntoView {
    let composing = Composing::here();
    let name = move || {
        chat.with(|chat| match &*chat.kind {
            "direct" => t!("message-to", name = faces::first_name(&row::title(chat))),
            "self" => t!("write-note"),
            _ => t!("message-to", name = row::title(chat)),
        })
    };
    // What is typed and what is in the field are the same; the field grows with it.
    Effect::new(move || {
        let text = composing.text.get();
        if let Some(field) = field.get() {
            if field.value() != text {
                field.set_value(&text);
            }
            grow(&field);
        }
    });
    // Lines break elsewhere in a window of another width.
    let turned = window_event_listener(leptos::ev::resize, move |_| {
        if let Some(field) = field.get_untracked() {
            grow(&field);
        }
    });
    on_cleanup(move || turned.remove());
    Effect::new(move || {
        if composing.focus.get() > 0
            && let Some(field) = field.get_untracked()
        {
            dom::focus(&field);
        }
    });
    let keydown = move |event: KeyboardEvent| {
        if let Some(field) = field.get_untracked()
            && !mentioning.key(&event, &field, composing)
        {
            keys(&event, &field, composing);
        }
    };
    let look = move || {
        if let Some(field) = field.get_untracked() {
            mentioning.look(&field);
        }
    };
    let keyup = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight" | "Home" | "End") {
            look();
        }
    };
    draw! {
        <textarea
            node_ref=field
            id={FIELD}
            class={"ta"}
            rows={"1"}
            dir=move || composing.text.with(|text| (!text.is_empty()).then_some("auto"))
            aria-label=name
            placeholder=name
            enterkeyhint={"send"}
            aria-autocomplete={"list"}
            aria-controls=move || active(mentioning).map(|_| "mentions")
            aria-activedescendant=move || active(mentioning)
            on:input=move |event| {
                composing.write(event_target_value(&event));
                look();
            }
            on:click=move |_| look()
            on:keyup=keyup
            on:blur=move |_| mentioning.close()
            on:keydown=keydown
            on:paste=move |event| paste(&event, composing)
        ></textarea>
    }
}

#[component]
fn Send() -> impl IntoView {
    let composing = Composing::here();
    let editing = move || matches!(composing.purpose.get(), Purpose::Edit(_));
    let records = record::is_there();
    let empty = Memo::new(move |_| records && !composing.is_full() && !editing());
    move || {
        if empty.get() {
            draw! { <Microphone /> }
        } else {
            draw! { <Written /> }
        }
    }
}

#[component]
fn Written() -> impl IntoView {
    let (composing, menus) = (Composing::here(), Menus::here());
    let editing = move || matches!(composing.purpose.get(), Purpose::Edit(_));
    // Touch and hold gives the same event.
    let ways = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        if composing.is_full() && !matches!(composing.purpose.get_untracked(), Purpose::Edit(_)) {
            let silently = Item::new(icon::BELL_SLASH, t!("send-silently"), move || {
                composing.send_silently();
                composing.take_focus();
            });
            let at = (f64::from(event.client_x()), f64::from(event.client_y()));
            menus.open_at(at, t!("send"), vec![silently.keys(&["Alt", "Enter"])]);
        }
    };
    draw! {
        <button
            class={"send"}
            class:idle=move || !composing.is_full()
            aria-label=move || if editing() { t!("save") } else { t!("send") }
            aria-disabled=move || (!composing.is_full()).to_string()
            on:contextmenu=ways
            on:click=move |_| {
                composing.send();
                composing.take_focus();
            }
        >
            {move || if editing() {
                icon(icon::CHECK_BOLD, "s20").into_any()
            } else {
                icon(icon::PAPER_PLANE_RIGHT_FILL, "s20 flip").into_any()
            }}
        </button>
    }
}

/// The message that is answered or changed.
#[component]
fn Above() -> impl IntoView {
    let (composing, threads) = (Composing::here(), Threads::here());
    move || {
        let (id, editing) = match composing.purpose.get() {
            Purpose::New => return None,
            Purpose::Reply(id) => (id, false),
            Purpose::Edit(id) => (id, true),
        };
        let message = threads.get(&id).map(|message| message.get_untracked())?;
        let title = match (editing, message.mine) {
            (true, _) => t!("editing"),
            (false, true) => t!("replying-to-you"),
            (false, false) => {
                t!("replying-to", name = faces::first_name(&message.sender.display_name))
            }
        };
        let colour = format!("var(--name-{})", faces::name_colour(&message.sender.user_id));
        let cancel = if editing { t!("cancel-edit") } else { t!("cancel-reply") };
        Some(draw! {
            <div class={"over quote"} style=("--nc", colour)>
                <b dir={"auto"}>{title}</b>
                <span class={"clip"} dir={"auto"}>{actions::line(&message)}</span>
                <button class={"icon-btn sm"} aria-label={cancel} on:click=move |_| composing.cancel()>
                    {icon(icon::X, "s18")}
                </button>
            </div>
        })
    }
}

/// The person that is chosen in the list.
fn active(mentioning: Mentioning) -> Option<String> {
    let some = mentioning.offered.with(|offered| !offered.is_empty());
    some.then(|| format!("mention-{}", mentioning.at.get()))
}

/// Puts a text where the caret is.
pub fn insert(composing: Composing, text: &str) {
    use wasm_bindgen::JsCast;
    let field = dom::by_id(FIELD).and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
    let Some(field) = field else { return };
    let place = |place: Result<Option<u32>, _>| place.ok().flatten().unwrap_or_default();
    let at = place(field.selection_start());
    if field.set_range_text(text).is_ok() {
        let caret = at + text.encode_utf16().count() as u32;
        // The field has at least this much text now.
        let _ = field.set_selection_range(caret, caret);
        composing.write(field.value());
    }
}

/// Makes the field as high as its text, up to eight lines (`max-block-size` of its style).
fn grow(field: &HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(field);
    // The property exists in every browser.
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
}

fn paste(event: &ClipboardEvent, composing: Composing) {
    let files = event.clipboard_data().and_then(|data| data.files());
    if let Some(files) = files.filter(|files| files.length() > 0) {
        event.prevent_default();
        composing.add(&files);
    }
}

fn keys(event: &KeyboardEvent, field: &HtmlTextAreaElement, composing: Composing) {
    // While an input method composes, its keys are its own.
    if event.is_composing() {
        return;
    }
    let command = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.alt_key() && !dom::is_touch() => {
            event.prevent_default();
            composing.send();
        }
        "Enter" if event.alt_key() && !command => {
            event.prevent_default();
            composing.send_silently();
        }
        "Escape" if composing.purpose.get_untracked() != Purpose::New => {
            event.prevent_default();
            event.stop_propagation();
            composing.cancel();
        }
        "ArrowUp" if !command && field.value().is_empty() => {
            if let Some(own) = composing.thread.newest_own() {
                event.prevent_default();
                composing.edit(own.message_id.clone(), super::retype::typed(&own));
            }
        }
        "b" if command => wrap(event, field, composing, "*"),
        "i" if command => wrap(event, field, composing, "_"),
        "e" if command => wrap(event, field, composing, "`"),
        _ => {}
    }
}

/// Puts signs around what is selected.
fn wrap(event: &KeyboardEvent, field: &HtmlTextAreaElement, composing: Composing, sign: &str) {
    event.prevent_default();
    let (Ok(Some(start)), Ok(Some(end))) = (field.selection_start(), field.selection_end()) else {
        return;
    };
    let selected: Vec<u16> = field
        .value()
        .encode_utf16()
        .skip(start as usize)
        .take(end.saturating_sub(start) as usize)
        .collect();
    let put = format!("{sign}{}{sign}", String::from_utf16_lossy(&selected));
    if field.set_range_text(&put).is_ok() {
        let length = sign.encode_utf16().count() as u32;
        // The field has at least this much text now.
        let _ = field.set_selection_range(start + length, end + length);
        composing.write(field.value());
    }
}
