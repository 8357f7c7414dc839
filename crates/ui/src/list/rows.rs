//! The rows of chats, of which those near the screen are drawn: they are all of one height, which is measured. Arrows
//! move between rows; one row is a stop for Tab.

use super::menu;
use super::row::ChatRow;
use crate::parts::later::after;
use crate::parts::menu::Menus;
use crate::route::{Place, Router};
use crate::state::chats::Chats;
use crate::state::toasts::Toasts;
use crate::{dom, t};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Pixels that are drawn above and below what is seen.
const BEYOND: f64 = 700.0;
/// So few rows are all drawn.
const FEW: usize = 60;

/// A list of rows that scrolls. What stands above the rows comes as children.
#[component]
pub fn Rows(ids: Memo<Vec<String>>, children: Children) -> impl IntoView {
    let (chats, menus, toasts, router) =
        (Chats::here(), Menus::here(), Toasts::here(), Router::here());
    let scroller: NodeRef<html::Nav> = NodeRef::new();
    let node: NodeRef<html::Div> = NodeRef::new();
    let height = RwSignal::new(69.0_f64);
    let range = RwSignal::new((0, FEW));
    let look = move || {
        if let (Some(scroller), Some(rows)) = (scroller.get_untracked(), node.get_untracked()) {
            if let Some(measured) =
                row_height(&rows).filter(|measured| *measured != height.get_untracked())
            {
                height.set(measured);
            }
            let seen = seen(&scroller, &rows, height.get_untracked());
            if range.get_untracked() != seen {
                range.set(seen);
            }
        }
    };
    let drawn = Memo::new(move |_| {
        ids.with(|ids| {
            let (from, to) = if ids.len() <= FEW { (0, ids.len()) } else { range.get() };
            let (from, to) = (from.min(ids.len()), to.min(ids.len()));
            (from, ids.len() - to, ids.get(from..to).unwrap_or_default().to_vec())
        })
    });
    // The row that Tab stops at: where the focus was last, else the open chat, else the first.
    let stop = RwSignal::new(None::<String>);
    let stop_at = Memo::new(move |_| {
        let open = router.place.with(|place| place.chat_id().map(String::from));
        let wanted = stop.get().or(open);
        drawn.with(|(_, _, ids)| {
            wanted.filter(|wanted| ids.contains(wanted)).or_else(|| ids.first().cloned())
        })
    });
    Effect::new(move || {
        router.place.with(|place| matches!(place, Place::Chat { .. }));
        stop.set(None);
    });
    let row = move |id: String| {
        let open = {
            let id = id.clone();
            move |at| {
                let id = id.clone();
                after(menu::menu(), toasts, move |menu| menu(menus, chats, toasts, &id, at));
            }
        };
        draw! { <ChatRow id=id stop=stop_at on_menu=Callback::new(open) /> }
    };
    let keydown = move |event: KeyboardEvent| {
        if let Some(rows) = node.get_untracked() {
            keys(&rows, &event);
        }
    };
    let focused = move |_| {
        let id = dom::focused().and_then(|row| row.get_attribute("data-chat"));
        if id.is_some() {
            stop.set(id);
        }
    };
    let gap = move |rows: usize| format!("{:.0}px", rows as f64 * height.get());
    draw! {
        <nav node_ref=scroller class={"scroll"} aria-label={t!("chats")} on:scroll=move |_| look()>
            {children()}
            <div node_ref=node class={"rows"} on:keydown=keydown on:focusin=focused>
                <div class={"rows-gap"} style:height=move || gap(drawn.with(|drawn| drawn.0))></div>
                <For each=move || drawn.get().2 key=String::clone children=row />
                <div class={"rows-gap"} style:height=move || gap(drawn.with(|drawn| drawn.1))></div>
                {move || (!chats.loaded.get()).then(skeleton)}
            </div>
        </nav>
    }
}

/// The height of a row and the gap below it.
fn row_height(rows: &HtmlElement) -> Option<f64> {
    let list = rows.query_selector_all("a.row").ok()?;
    let top = |index| {
        let row = list.get(index)?.dyn_into::<HtmlElement>().ok()?;
        Some(row.get_bounding_client_rect().top())
    };
    Some(top(1)? - top(0)?).filter(|height| *height > 20.0)
}

/// The rows near the screen: the first, and the one behind the last.
fn seen(scroller: &HtmlElement, rows: &HtmlElement, height: f64) -> (usize, usize) {
    let above = scroller.get_bounding_client_rect().top() - rows.get_bounding_client_rect().top();
    let from = ((above - BEYOND) / height).floor().max(0.0) as usize;
    let to =
        ((above + f64::from(scroller.client_height()) + BEYOND) / height).ceil().max(0.0) as usize;
    // Small moves change nothing.
    (from / 4 * 4, to.div_ceil(4) * 4)
}

fn keys(rows: &HtmlElement, event: &KeyboardEvent) {
    let Ok(list) = rows.query_selector_all("a.row") else { return };
    let all: Vec<HtmlElement> =
        (0..list.length()).filter_map(|index| list.get(index)?.dyn_into().ok()).collect();
    let focused = dom::focused();
    let Some(at) = all.iter().position(|row| Some(row) == focused.as_ref()) else { return };
    if event.alt_key() || event.ctrl_key() || event.meta_key() {
        return;
    }
    let next = match event.key().as_str() {
        "ArrowDown" => at + 1,
        "ArrowUp" => at.saturating_sub(1),
        "Home" => 0,
        "End" => all.len().saturating_sub(1),
        _ => return,
    };
    event.prevent_default();
    if let Some(row) = all.get(next) {
        dom::focus(row);
    }
}

/// Shapes of rows, while there are none.
fn skeleton() -> impl IntoView {
    let row = |_| {
        draw! {
            <div class={"row skel-row"} aria-hidden={"true"}>
                <span class={"skel face"}></span>
                <span class={"skel-lines"}><span class={"skel"}></span><span class={"skel"}></span></span>
            </div>
        }
    };
    (0..8).map(row).collect_view()
}
