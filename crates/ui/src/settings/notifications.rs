//! Whether this browser tells of new messages while nobody looks at the page.

use crate::parts::switch::SwitchLine;
use crate::state::preferences::Preferences;
use crate::{dom, t};
use leptos::prelude::*;
use web_sys::{Notification, NotificationPermission};

/// The page.
#[component]
pub fn Notifications() -> impl IntoView {
    let alerts = Preferences::here().alerts;
    let there = dom::property(&window(), "Notification").is_some();
    let permission = RwSignal::new(there.then(Notification::permission));
    let granted = move || permission.get() == Some(NotificationPermission::Granted);
    let switch = move |on: bool| {
        if !on {
            return alerts.set(false);
        }
        leptos::task::spawn_local(async move {
            if let Ok(asked) = Notification::request_permission() {
                // The answer is read from where the browser keeps it.
                let _ = wasm_bindgen_futures::JsFuture::from(asked).await;
            }
            permission.set(Some(Notification::permission()));
            alerts.set(Notification::permission() == NotificationPermission::Granted);
        });
    };
    let note = move || match permission.get() {
        None => t!("notifications-none"),
        Some(NotificationPermission::Denied) => t!("notifications-denied"),
        Some(_) => t!("notifications-note"),
    };
    draw! {
        <div class={"sbody"}>
            <section>
                <div class={"list-card"}>
                    <SwitchLine
                        name={t!("notifications-here")}
                        on=Signal::derive(move || alerts.get() && granted())
                        able={there}
                        on_switch=Callback::new(switch)
                    />
                </div>
                <p class={"group-note"} role={"status"}>{note}</p>
            </section>
        </div>
    }
}
