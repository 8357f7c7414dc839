//! Whether this browser tells of new messages.

use super::rows::Switch;
use crate::state::alerts;
use crate::state::preferences::Preferences;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;

#[component]
pub fn Notifications() -> impl IntoView {
    let (preferences, toasts) = (Preferences::here(), Toasts::here());
    let change = Callback::new(move |on: bool| alerts::turn(preferences, toasts, on));
    draw! {
        <div class={"list-card"}>
            <Switch name={t!("notify-here")} text={t!("notify-here-text")} on=preferences.alerts change=change />
        </div>
        <p class={"group-note"}>{t!("notify-note")}</p>
    }
}
