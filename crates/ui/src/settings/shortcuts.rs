//! The keys that do something, and the switch for single letters.

use crate::app::keys::{Group, Line, table};
use crate::parts::switch::SwitchLine;
use crate::state::preferences::Preferences;
use crate::t;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let letters = Preferences::here().letters;
    let line = |(name, keys): Line| {
        let keys = keys.iter().map(|key| draw! { <kbd class={"kbd"}>{*key}</kbd> }).collect_view();
        draw! { <li><span>{name}</span><span class={"kbds"}>{keys}</span></li> }
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
        <div class={"sbody wide"}>
            <div class={"list-card"}>
                <SwitchLine
                    name={t!("letters")}
                    note={t!("letters-note")}
                    on=letters
                    on_switch=Callback::new(move |on| letters.set(on))
                />
            </div>
            <div class={"sgrid"}>{table().into_iter().map(group).collect_view()}</div>
        </div>
    }
}
