//! While the engine starts, and when it cannot.

use crate::parts::mark::Mark;
use crate::t;
use leptos::prelude::*;

/// The engine starts: the mark, and nothing that moves.
#[component]
pub fn Starting() -> impl IntoView {
    draw! {
        <main class={"splash"} aria-busy={"true"} aria-label={"Parlor"}>
            <span class={"splash-mark"}><Mark /></span>
        </main>
    }
}

/// The engine cannot start.
#[component]
pub fn Broken(reason: String, message: String) -> impl IntoView {
    let (title, text) = match reason.as_str() {
        "no_storage" => (t!("broken-storage"), t!("broken-storage-text")),
        "full" => (t!("full"), t!("full-text")),
        "damaged" => (t!("broken-damaged"), t!("broken-damaged-text")),
        _ => (t!("broken-other"), t!("broken-other-text")),
    };
    draw! {
        <main class={"splash"}>
            <div class={"empty"} role={"alert"}>
                <span class={"splash-mark"}><Mark /></span>
                <h1 class={"h-display"}>{title}</h1>
                <p>{text}</p>
                <button
                    class={"btn primary"}
                    on:click=move |_| {
                        // A page that cannot be loaded again stays as it is.
                        let _ = window().location().reload();
                    }
                >
                    {t!("reload")}
                </button>
                <details class={"faint"}><summary>{t!("technical-details")}</summary>{message}</details>
            </div>
        </main>
    }
}
