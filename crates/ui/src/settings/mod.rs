//! Settings: the list of pages, and the page that the address names.

use crate::t;
use leptos::prelude::*;

/// The panes of the settings.
#[component]
pub fn SettingsPane() -> impl IntoView {
    draw! {
        <section class={"pane list"} aria-label={t!("settings")}>
            <header class={"pane-head"}><h1 class={"h-pane"}>{t!("settings")}</h1></header>
        </section>
        <main class={"room main"} aria-label={t!("settings")}></main>
    }
}
