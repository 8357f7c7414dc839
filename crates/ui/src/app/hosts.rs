//! What lies above everything: the toast, and the regions that are read aloud.

use crate::state::toasts::Toasts;
use leptos::prelude::*;

/// Draws the toast that is shown.
#[component]
pub fn ToastHost() -> impl IntoView {
    let toasts = Toasts::here();
    move || {
        toasts.shown.get().map(|toast| {
            let act = toast.act.map(|(name, act)| {
                draw! { <button class={"btn sm"} on:click=move |_| act.run(())>{name}</button> }
            });
            draw! {
                <div
                    class={"toast"}
                    role={"status"}
                    on:pointerenter=move |_| toasts.held.set(true)
                    on:pointerleave=move |_| toasts.held.set(false)
                    on:focusin=move |_| toasts.held.set(true)
                    on:focusout=move |_| toasts.held.set(false)
                >
                    <span>{toast.text}</span>
                    {act}
                </div>
            }
        })
    }
}

/// What is said to those who listen: one region for what can wait, one for what cannot.
#[component]
pub fn Voices() -> impl IntoView {
    let toasts = Toasts::here();
    draw! {
        <div class={"vh"} aria-live={"polite"}>{move || toasts.polite.get()}</div>
        <div class={"vh"} aria-live={"assertive"}>{move || toasts.urgent.get()}</div>
    }
}
