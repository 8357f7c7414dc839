//! Whether this browser tells of new messages.

use super::rows::Switch;
use crate::locale::{self, Moment};
use crate::state::alerts;
use crate::state::preferences::Preferences;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;

#[component]
pub fn Notifications() -> impl IntoView {
    let (preferences, toasts) = (Preferences::here(), Toasts::here());
    let change = Callback::new(move |on: bool| alerts::turn(preferences, toasts, on));
    let paused = move || preferences.paused.get() > locale::now();
    let until = move || match preferences.paused.get() {
        until if until > locale::now() => {
            t!("alerts-paused", time = locale::moment(until, Moment::Clock))
        }
        _ => t!("pause-text"),
    };
    draw! {
        <div class={"list-card"}>
            <Switch name={t!("notify-here")} text={t!("notify-here-text")} on=preferences.alerts change=change />
            <div class={"li no-ic"}>
                <span class={"t"}><b>{t!("pause-alerts")}</b><span>{until}</span></span>
                <button class={"btn soft sm"} on:click=move |_| alerts::pause(preferences, toasts)>
                    {move || if paused() { t!("alerts-resume") } else { t!("pause-hour") }}
                </button>
            </div>
        </div>
        <p class={"group-note"}>{t!("notify-note")}</p>
    }
}
