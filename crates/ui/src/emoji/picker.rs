//! The emoji picker: a popover above the field (in place of the keyboard on a phone), with search, groups, the ones
//! used last and a skin tone that is remembered.

use super::{Emoji, TONES, groups, search};
use crate::parts::icon::{self, Icon, icon};
use crate::{dom, t};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// As many as are remembered.
const RECENT: usize = 24;
/// What is offered before anything was used.
const FIRST: [&str; 8] = ["❤️", "😂", "👍", "🙏", "😊", "🔥", "🎉", "👀"];

thread_local! {
    /// The list of all, once it was loaded: for as long as the page is open.
    static LIST: Cell<&'static str> = const { Cell::new("") };
}

/// The list of all, as far as it is there; loads it.
fn list() -> RwSignal<&'static str> {
    let list = RwSignal::new(LIST.get());
    if LIST.get().is_empty() {
        spawn_local(async move {
            if let Some(loaded) = dom::beside("emoji").await {
                LIST.set(Box::leak(loaded.into_boxed_str()));
                // The picker may be closed by now.
                list.try_set(LIST.get());
            }
        });
    }
    list
}

/// The emoji that were used last.
fn recent() -> Vec<String> {
    let kept = dom::kept("emoji").unwrap_or_default();
    let kept: Vec<String> =
        kept.split(' ').filter(|one| !one.is_empty()).map(String::from).collect();
    if kept.is_empty() { FIRST.map(String::from).to_vec() } else { kept }
}

/// Remembers that one was used.
pub fn used(emoji: &str) {
    let mut kept = recent();
    kept.retain(|one| one != emoji);
    kept.insert(0, emoji.to_string());
    kept.truncate(RECENT);
    dom::keep("emoji", &kept.join(" "));
}

fn tone() -> usize {
    dom::kept("tone")
        .and_then(|tone| tone.parse().ok())
        .filter(|tone| *tone < TONES.len())
        .unwrap_or(0)
}

/// The groups: their names and icons, beginning with the ones used last.
fn sections() -> [(Icon, String); 10] {
    [
        (icon::CLOCK, t!("emoji-recent")),
        (icon::SMILEY, t!("emoji-smileys")),
        (icon::USERS, t!("emoji-people")),
        (icon::PAW_PRINT, t!("emoji-nature")),
        (icon::HAMBURGER, t!("emoji-food")),
        (icon::AIRPLANE_TILT, t!("emoji-travel")),
        (icon::SOCCER_BALL, t!("emoji-activities")),
        (icon::LIGHTBULB, t!("emoji-objects")),
        (icon::CHECKS, t!("emoji-symbols")),
        (icon::FLAG, t!("emoji-flags")),
    ]
}

apart! {
    /// The picker. `on_pick` gets an emoji, `on_close` is asked to take the picker away; ways to other pickers stand
    /// above it.
    tools: pub fn picker(on_pick: Callback<String>, on_close: Callback<()>, tabs: Option<AnyView>) -> AnyView {
        draw! { <EmojiPicker on_pick=on_pick on_close=on_close tabs=tabs /> }
    }
}

#[component]
fn EmojiPicker(
    on_pick: Callback<String>,
    on_close: Callback<()>,
    tabs: Option<AnyView>,
) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let list = list();
    let tone = RwSignal::new(tone());
    let at = RwSignal::new(0_usize);
    let body: NodeRef<html::Div> = NodeRef::new();
    let field: NodeRef<html::Input> = NodeRef::new();
    Effect::new(move || {
        if let Some(field) = field.get().filter(|_| !dom::is_touch()) {
            dom::focus(&field);
        }
    });
    let press = move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest("[data-emoji]").ok().flatten());
        if let Some(emoji) = button.and_then(|button| button.get_attribute("data-emoji")) {
            used(&emoji);
            on_pick.run(emoji);
        }
    };
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            on_close.run(());
        } else if let Some(body) = body.get_untracked() {
            keys(&body, &event);
        }
    };
    draw! {
        <div class={"picker"} role={"dialog"} aria-label={t!("emoji")} on:keydown=keydown>
            <div class={"pk-top"}>
                {tabs}
                <label class={"search"}>
                    {icon(icon::MAGNIFYING_GLASS, "s18")}
                    <input
                        node_ref=field
                        type={"search"}
                        placeholder={t!("emoji-search")}
                        aria-label={t!("emoji-search")}
                        on:input=move |event| query.set(event_target_value(&event))
                    />
                    <Tones tone=tone />
                </label>
            </div>
            <div node_ref=body class={"pk-body"} on:click=press on:scroll=move |_| at.set(section_at(body))>
                {move || {
                    let query = query.get();
                    if query.trim().is_empty() {
                        all(list.get(), tone.get())
                    } else {
                        found(list.get(), &query, tone.get())
                    }
                }}
            </div>
            <Sections at=at body=body query=query />
        </div>
    }
}

fn button(text: String, name: &'static str) -> impl IntoView {
    draw! { <button data-emoji={text.clone()} aria-label={name} title={name} tabindex={"-1"}>{text.clone()}</button> }
}

fn grid(emoji: impl IntoIterator<Item = Emoji>, tone: usize) -> impl IntoView {
    let buttons =
        emoji.into_iter().map(|emoji| button(emoji.with(tone), emoji.name())).collect_view();
    draw! { <div class={"eg"}>{buttons}</div> }
}

fn all(list: &'static str, tone: usize) -> AnyView {
    let mut names = sections().into_iter().map(|(_, name)| name);
    let mut title = move || names.next().unwrap_or_default();
    let yours = recent().into_iter().map(|emoji| button(emoji, "")).collect_view();
    let first = draw! {
        <section><h2 class={"sect"}>{title()}</h2><div class={"eg"}>{yours}</div></section>
    };
    let rest = groups(list)
        .into_iter()
        .map(|group| {
            let rows = group.len().div_ceil(8);
            // What is out of sight is not laid out; its height is known.
            let height = format!("{}px", rows * 45 + 32);
            draw! {
                <section class={"later"} style=("contain-intrinsic-block-size", height)>
                    <h2 class={"sect"}>{title()}</h2>
                    {grid(group, tone)}
                </section>
            }
        })
        .collect_view();
    draw! { {first} {rest} }.into_any()
}

fn found(list: &'static str, query: &str, tone: usize) -> AnyView {
    let found = search(list, query);
    if found.is_empty() && !list.is_empty() {
        return draw! { <p class={"pk-none"} role={"status"}>{t!("emoji-none", query = query.trim())}</p> }.into_any();
    }
    draw! { <section>{grid(found, tone)}</section> }.into_any()
}

/// A button for each group.
#[component]
fn Sections(
    at: RwSignal<usize>,
    body: NodeRef<html::Div>,
    query: RwSignal<String>,
) -> impl IntoView {
    let one = move |(index, (shape, name)): (usize, (Icon, String))| {
        let press = move |_| {
            query.set(String::new());
            if let Some(section) = section(body, index) {
                section.scroll_into_view();
            }
        };
        draw! {
            <button
                class={"icon-btn sm"}
                aria-label={name.clone()}
                title={name.clone()}
                aria-pressed=move || (at.get() == index).to_string()
                on:click=press
            >
                {icon(shape, "s20")}
            </button>
        }
    };
    let buttons = sections().into_iter().enumerate().map(one).collect_view();
    draw! { <div class={"pk-cats"} role={"group"} aria-label={t!("emoji-groups")}>{buttons}</div> }
}

fn section(body: NodeRef<html::Div>, index: usize) -> Option<HtmlElement> {
    body.get_untracked()?.children().item(index as u32)?.dyn_into().ok()
}

/// The group that is seen.
fn section_at(body: NodeRef<html::Div>) -> usize {
    let Some(node) = body.get_untracked() else { return 0 };
    let top = node.scroll_top() + 60;
    let begins = |index: &usize| {
        section(body, *index).is_some_and(|section| section.offset_top() - node.offset_top() <= top)
    };
    (0..10).take_while(begins).last().unwrap_or(0)
}

/// The skin tone: a press takes the next.
#[component]
fn Tones(tone: RwSignal<usize>) -> impl IntoView {
    let next = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        let next = (tone.get_untracked() + 1) % TONES.len();
        tone.set(next);
        dom::keep("tone", &next.to_string());
    };
    let shown = move || format!("✋{}", TONES.get(tone.get()).copied().unwrap_or_default());
    draw! {
        <button class={"icon-btn sm"} type={"button"} aria-label={t!("emoji-tone")} title={t!("emoji-tone")} on:click=next>
            {shown}
        </button>
    }
}

/// Arrows move over the grid; from the search field, down goes into it.
fn keys(body: &HtmlElement, event: &KeyboardEvent) {
    let by: i64 = match event.key().as_str() {
        "ArrowDown" => 8,
        "ArrowUp" => -8,
        "ArrowRight" => 1,
        "ArrowLeft" => -1,
        _ => return,
    };
    let focused = dom::focused();
    let in_grid = focused.as_ref().is_some_and(|element| element.has_attribute("data-emoji"));
    let rtl = document().dir() == "rtl";
    let by = if rtl && by.abs() == 1 { -by } else { by };
    let Ok(all) = body.query_selector_all("[data-emoji]") else { return };
    let get = |index: u32| all.get(index).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    let next = if in_grid {
        let at = (0..all.length()).find(|index| get(*index) == focused);
        at.and_then(|at| u32::try_from(i64::from(at) + by).ok())
    } else {
        (event.key() == "ArrowDown").then_some(0)
    };
    if let Some(next) = next.and_then(get) {
        event.prevent_default();
        dom::focus(&next);
    }
}
