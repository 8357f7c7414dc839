//! Menus: one at a time, at a point or below a control; from below on a phone. Arrows move, letters jump, Escape and
//! a press elsewhere close, and the focus goes back to where it was.

use super::icon::{ARROW_BEND_UP_LEFT, ARROW_BEND_UP_RIGHT, Icon, icon};
use super::keycap::caps;
use super::later::{Where, later};
use crate::{dom, letters, t};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// A line of a menu.
#[derive(Clone)]
pub struct Item {
    /// What it does, in words.
    pub name: String,
    /// Its icon.
    pub icon: Icon,
    /// Keys that do the same.
    pub keys: &'static [&'static str],
    /// Whether it takes something away.
    pub bad: bool,
    /// A line stands above it.
    pub apart: bool,
    /// What it does.
    pub act: Callback<()>,
}

impl Item {
    /// A line.
    pub fn new(icon: Icon, name: String, act: impl Fn() + 'static) -> Self {
        let act = send_wrapper(act);
        Self { name, icon, keys: &[], bad: false, apart: false, act }
    }

    /// With keys that do the same.
    pub fn keys(self, keys: &'static [&'static str]) -> Self {
        Self { keys, ..self }
    }

    /// One that takes something away, below a line.
    pub fn bad(self) -> Self {
        Self { bad: true, apart: true, ..self }
    }
}

/// A callback of something that belongs to the page's one thread.
pub fn send_wrapper(act: impl Fn() + 'static) -> Callback<()> {
    let act = leptos::__reexports::send_wrapper::SendWrapper::new(act);
    Callback::new(move |()| act())
}

/// Emoji above a menu.
#[derive(Clone)]
pub struct Quick {
    /// Which.
    pub emoji: Vec<String>,
    /// What a press on one does.
    pub act: Callback<String>,
    /// What a press on the last button does, for all others.
    pub more: Callback<()>,
}

/// A menu that is open.
#[derive(Clone)]
pub struct Open {
    /// What it is called.
    pub name: String,
    /// Its lines.
    pub items: Vec<Item>,
    /// Emoji above it.
    pub emoji: Option<Quick>,
    /// Where, in the window.
    pub at: (f64, f64),
    opener: StoredValue<Option<HtmlElement>, LocalStorage>,
}

/// The menu that is open.
#[derive(Clone, Copy)]
pub struct Menus(pub RwSignal<Option<Open>>);

impl Menus {
    /// None.
    pub fn new() -> Self {
        let menus = Self(RwSignal::new(None));
        provide_context(menus);
        menus
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Opens one at a point of the window.
    pub fn open_at(self, at: (f64, f64), name: String, items: Vec<Item>) {
        self.open(at, name, items, None);
    }

    /// Opens one below a control.
    pub fn open_below(self, control: &HtmlElement, name: String, items: Vec<Item>) {
        self.open(below(control), name, items, None);
    }

    /// Opens one with emoji above it.
    pub fn open(self, at: (f64, f64), name: String, items: Vec<Item>, emoji: Option<Quick>) {
        let opener = StoredValue::new_local(dom::focused());
        self.0.set(Some(Open { name, items, emoji, at, opener }));
    }

    /// Closes it.
    pub fn close(self) {
        if let Some(open) = self.0.get_untracked() {
            self.0.set(None);
            if let Some(opener) = open.opener.get_value() {
                dom::focus(&opener);
            }
        }
    }
}

/// The point below a control, at the side where the text begins.
pub fn below(control: &HtmlElement) -> (f64, f64) {
    let rect = control.get_bounding_client_rect();
    let rtl = document().dir() == "rtl";
    (if rtl { rect.left() } else { rect.right() }, rect.bottom() + 4.0)
}

/// Draws the menu that is open.
#[component]
pub fn MenuHost() -> impl IntoView {
    let menus = Menus::here();
    move || {
        let open = menus.0.get()?;
        Some(later(Where::Above, menu(), move |menu| menu(open.clone())))
    }
}

apart! {
    tools: fn menu(open: Open) -> AnyView { draw! { <Menu open=open /> } }
}

#[component]
fn Menu(open: Open) -> impl IntoView {
    let menus = Menus::here();
    let node: NodeRef<html::Div> = NodeRef::new();
    let at = open.at;
    Effect::new(move || {
        if let Some(menu) = node.get() {
            place(&menu, at);
            if let Some(first) = lines(&menu).first() {
                dom::focus(first);
            }
        }
    });
    let has_items = !open.items.is_empty();
    let emoji = open.emoji.map(|quick| draw! { <QuickRow quick=quick /> });
    let items = open.items.into_iter().map(|item| {
        let act = item.act;
        let has_direction = [ARROW_BEND_UP_LEFT, ARROW_BEND_UP_RIGHT].contains(&item.icon);
        let press = move |_| {
            menus.close();
            act.run(());
        };
        draw! {
            {item.apart.then(|| draw! { <hr /> })}
            <button class={"mi"} class:bad=item.bad role={"menuitem"} on:click=press>
                {icon(item.icon, if has_direction { "flip" } else { "" })}
                {item.name}
                <span class={"kbds"} aria-hidden={"true"}>{caps(item.keys)}</span>
            </button>
        }
    });
    let keydown = move |event: KeyboardEvent| {
        if let Some(menu) = node.get_untracked() {
            keys(&menu, &event, menus);
        }
    };
    let elsewhere = move |event: web_sys::PointerEvent| {
        event.prevent_default();
        menus.close();
    };
    draw! {
        <div class={"menu-scrim"} on:pointerdown=elsewhere></div>
        <section aria-label={open.name.clone()}>
            <div node_ref=node class={"ctx"} role={"menu"} aria-label={open.name.clone()} on:keydown=keydown>
                {emoji}
                {has_items.then(|| draw! {
                    <div class={"menu"} role={"group"} aria-label={open.name.clone()}>{items.collect_view()}</div>
                })}
            </div>
        </section>
    }
}

#[component]
fn QuickRow(quick: Quick) -> impl IntoView {
    let menus = Menus::here();
    let Quick { emoji, act, more } = quick;
    let one = move |one: String| {
        let given = one.clone();
        let press = move |_| {
            menus.close();
            act.run(given.clone());
        };
        draw! {
            <button role={"menuitem"} aria-label={t!("react-with", emoji = &one)} on:click=press>{one.clone()}</button>
        }
    };
    let press_more = move |_| {
        menus.close();
        more.run(());
    };
    draw! {
        <div class={"quick"} role={"group"} aria-label={t!("react")}>
            {emoji.into_iter().map(one).collect_view()}
            <button role={"menuitem"} aria-label={t!("react-more")} on:click=press_more>{icon(super::icon::PLUS, "s20")}</button>
        </div>
    }
}

fn lines(menu: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(list) = menu.query_selector_all("[role=menuitem]") else { return Vec::new() };
    (0..list.length()).filter_map(|index| list.get(index)?.dyn_into().ok()).collect()
}

fn keys(menu: &HtmlElement, event: &KeyboardEvent, menus: Menus) {
    let lines = lines(menu);
    let focused = dom::focused();
    let at = lines.iter().position(|line| Some(line) == focused.as_ref());
    let count = lines.len();
    let next = match event.key().as_str() {
        "ArrowDown" => at.map_or(0, |at| (at + 1) % count),
        "ArrowUp" => at.map_or(0, |at| (at + count - 1) % count),
        "Home" => 0,
        "End" => count.saturating_sub(1),
        "Escape" | "Tab" => {
            event.prevent_default();
            event.stop_propagation();
            return menus.close();
        }
        key if key.chars().count() == 1 => {
            let begins = |line: &&HtmlElement| {
                let text = line.text_content().unwrap_or_default();
                letters::small(text.trim()).starts_with(&letters::small(key))
            };
            let after = at.map_or(0, |at| at + 1);
            let found = (after..count + after)
                .find(|index| lines.get(index % count).as_ref().is_some_and(begins));
            match found {
                Some(found) => found % count,
                None => return,
            }
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(line) = lines.get(next) {
        dom::focus(line);
    }
}

/// Puts a floating element at a point, inside the window.
pub fn place(element: &HtmlElement, at: (f64, f64)) {
    if dom::is_phone() {
        return;
    }
    let measure = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|value| value.as_f64()).unwrap_or_default()
    };
    let (width, height) = (measure(window().inner_width()), measure(window().inner_height()));
    let rect = element.get_bounding_client_rect();
    let rtl = document().dir() == "rtl";
    let wanted = if rtl || at.0 + rect.width() + 8.0 > width { at.0 - rect.width() } else { at.0 };
    let left = wanted.clamp(8.0, (width - rect.width() - 8.0).max(8.0));
    let top = if at.1 + rect.height() + 8.0 > height { at.1 - rect.height() } else { at.1 };
    let top = top.clamp(8.0, (height - rect.height() - 8.0).max(8.0));
    let style = web_sys::HtmlElement::style(element);
    for (name, value) in [("left", left), ("top", top)] {
        // Both properties exist in every browser.
        let _ = style.set_property(name, &format!("{value}px"));
    }
}
