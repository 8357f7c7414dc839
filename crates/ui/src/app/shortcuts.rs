//! The list of keys, opened with `?`, and the switch for single letters.

use super::table::{Group, Line, table};
use crate::parts::dialog::Dialog;
use crate::parts::keycap::caps;
use crate::parts::later::{Where, later};
use crate::state::preferences::Preferences;
use crate::t;
use leptos::prelude::*;

/// Whether the list is open.
#[derive(Clone, Copy)]
pub struct Shortcuts(pub RwSignal<bool>);

impl Shortcuts {
    /// It is not.
    pub fn start() -> Self {
        let shortcuts = Self(RwSignal::new(false));
        provide_context(shortcuts);
        shortcuts
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }
}

/// Draws the list while it is open.
#[component]
pub fn ShortcutsHost() -> impl IntoView {
    let open = Shortcuts::here().0;
    move || open.get().then(|| later(Where::Above, list(), move |list| list(open)))
}

apart! {
    settings: fn list(open: RwSignal<bool>) -> AnyView {
        let close = Callback::new(move |()| open.set(false));
        draw! {
            <Dialog title={t!("shortcuts")} class="wide-dialog" on_close=close>
                <div class={"db"}><Table /></div>
            </Dialog>
        }
    }
}

/// All keys by group, below the switch for single letters.
#[component]
pub fn Table() -> impl IntoView {
    let letters = Preferences::here().letters;
    let line = |(name, keys): Line| {
        draw! { <li><span>{name}</span><span class={"kbds"}>{caps(keys)}</span></li> }
    };
    let group = move |(name, lines): Group| {
        draw! {
            <section class={"card scard-k"}>
                <h3>{name}</h3>
                <ul>{lines.into_iter().map(line).collect_view()}</ul>
            </section>
        }
    };
    draw! {
        <div class={"li no-ic"}>
            <span class={"t"}><b>{t!("letters")}</b><span>{t!("letters-note")}</span></span>
            <button
                class={"switch"}
                role={"switch"}
                aria-label={t!("letters")}
                aria-checked=move || letters.get().to_string()
                on:click=move |_| letters.update(|letters| *letters = !*letters)
            ></button>
        </div>
        <div class={"sgrid"}>{table().into_iter().map(group).collect_view()}</div>
    }
}
