//! A switch: on or off at once, with its name and a line about it.

use leptos::prelude::*;

/// A line of a card with a switch. A press on any of it switches.
#[component]
pub fn SwitchLine(
    /// What it is for.
    name: String,
    /// More about it.
    #[prop(optional)]
    note: String,
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Whether it can be switched.
    #[prop(default = true)]
    able: bool,
    /// Asked to switch.
    on_switch: Callback<bool>,
) -> impl IntoView {
    draw! {
        <button
            class={"li no-ic"}
            type={"button"}
            role={"switch"}
            aria-checked=move || on.get().to_string()
            disabled={!able}
            on:click=move |_| on_switch.run(!on.get_untracked())
        >
            <span class={"t"}>
                <b>{name}</b>
                {(!note.is_empty()).then(|| draw! { <span>{note}</span> })}
            </span>
            <span class={"switch"} class:on=move || on.get() aria-hidden={"true"}></span>
        </button>
    }
}
