//! The files that will go with the message.

use super::composing::{Composing, Enclosed};
use crate::parts::icon::{self, icon};
use crate::{locale, t};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// The tray above the field, when there are files.
#[component]
pub fn Tray() -> impl IntoView {
    let composing = Composing::here();
    let some = Memo::new(move |_| composing.files.with(|files| !files.is_empty()));
    move || {
        some.get().then(|| {
            draw! {
                <div class={"over tray"} role={"list"} aria-label={t!("tray")}>
                    <For
                        each=move || composing.files.get()
                        key=|one| one.number
                        children=move |one| draw! { <Tile one=one /> }
                    />
                </div>
            }
        })
    }
}

#[component]
fn Tile(one: Enclosed) -> impl IntoView {
    let composing = Composing::here();
    let number = one.number;
    let is_file = one.url.is_none();
    // Alt and an arrow move a file.
    let keydown = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" if event.alt_key() => -1,
            "ArrowRight" if event.alt_key() => 1,
            _ => return,
        };
        event.prevent_default();
        let rtl = document().dir() == "rtl";
        composing.shift(number, if rtl { -by } else { by });
    };
    let inside = match one.url {
        Some(url) => draw! { <img src={url} alt={one.name.clone()} /> }.into_any(),
        None => draw! {
            {icon(icon::FILE, "s24")}
            <b class={"clip"}><bdi>{one.name.clone()}</bdi></b>
            <span>{locale::size(one.size)}</span>
        }
        .into_any(),
    };
    draw! {
        <div class={"tile"} class:f=is_file role={"listitem"} on:keydown=keydown>
            {inside}
            <button aria-label={t!("remove-file", name = &one.name)} on:click=move |_| composing.remove(number)>
                {icon(icon::X_BOLD, "")}
            </button>
        </div>
    }
}
