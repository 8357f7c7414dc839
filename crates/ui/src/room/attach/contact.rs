//! Somebody one knows, to be sent as a card.

use super::Sending;
use crate::parts::avatar::face;
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::state::people::{People, Person};
use crate::{letters, t};
use leptos::prelude::*;
use serde_json::json;

/// Asks who.
#[component]
pub fn ContactDialog(close: Callback<()>) -> impl IntoView {
    let (sending, people) = (Sending::new(close), People::here());
    let query = RwSignal::new(String::new());
    let line = move |(id, person): (String, Person)| {
        let drawn = face(&person.face(&id), "s40");
        draw! {
            <button class={"mi"} on:click=move |_| sending.send("contact", json!({"user": id}))>
                {drawn}
                <bdi class={"clip"}>{person.name}</bdi>
                <bdi class={"sub clip"} dir={"ltr"}>{person.address}</bdi>
            </button>
        }
    };
    let lines = move || {
        let query = letters::small(&query.get());
        let fits = |person: &Person| {
            let named = letters::small(&person.name).contains(&query);
            !person.blocked && (named || person.address.contains(&query))
        };
        let found = people.sorted(|_, person| fits(person));
        if found.is_empty() {
            return draw! { <p class={"pk-none"} role={"status"}>{t!("contact-none")}</p> };
        }
        found.into_iter().map(line).collect_view().into_any()
    };
    draw! {
        <Dialog title={t!("contact-title")} on_close=close class="forward">
            <div class={"db targets"}>
                <label class={"search"}>
                    {icon(icon::MAGNIFYING_GLASS, "s18")}
                    <input
                        type={"search"}
                        placeholder={t!("search")}
                        aria-label={t!("search")}
                        on:input=move |event| query.set(event_target_value(&event))
                    />
                </label>
                {sending.trouble()}
                <div class={"target-list"}>{lines}</div>
            </div>
        </Dialog>
    }
}
