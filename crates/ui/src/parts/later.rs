//! Parts of the page that are not in its first module: each is fetched when it is wanted first (`wasm_split` marks where
//! one begins, `xtask web` takes the module apart). A part gives a function that draws it, so that it is fetched once and
//! drawn at once from then on, under the owner of its place.
//!
//! A server that was upgraded has the parts of an older page no more: then there is a word on it and a way to the new
//! page.

use crate::app::start::Starting;
use crate::state::toasts::Toasts;
use crate::t;
use futures_util::FutureExt;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use std::future::Future;
use std::pin::Pin;

/// What draws a part, once the part is there.
pub type Part<F> = Result<F, SplitLoaderError>;

/// Where a part is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// It is a pane; what went wrong stands there.
    Pane,
    /// It is all there is; until it has come, the page starts.
    Page,
    /// It lies above everything; what went wrong is a toast.
    Above,
}

/// Draws a part as `draw` says, when it is there.
pub fn later<F: Copy + Send + Sync + 'static>(
    place: Where,
    part: impl Future<Output = Part<F>> + 'static,
    draw: impl Fn(F) -> AnyView + Send + 'static,
) -> AnyView {
    let part = async move {
        let part = part.await.ok()?;
        Some(Box::new(move || draw(part)) as Drawing)
    };
    drawn(place, Box::pin(part))
}

/// What draws a part that is there.
type Drawing = Box<dyn Fn() -> AnyView>;

fn drawn(place: Where, mut part: Pin<Box<dyn Future<Output = Option<Drawing>>>>) -> AnyView {
    let there = RwSignal::new_local((&mut part).now_or_never());
    if there.with_untracked(Option::is_none) {
        let toasts = Toasts::here();
        leptos::task::spawn_local(async move {
            let came = part.await;
            let missing = came.is_none();
            if there.try_set(Some(came)).is_none() && missing && place == Where::Above {
                tell(toasts);
            }
        });
    }
    draw! {
        {move || there.with(|there| match (there, place) {
            (Some(Some(draw)), _) => Some(draw()),
            (Some(None), Where::Pane | Where::Page) => Some(missing()),
            (None, Where::Page) => Some(draw! { <Starting /> }),
            _ => None,
        })}
    }
}

/// Does something that a part can do, when it is there.
pub fn after<F: 'static>(
    part: impl Future<Output = Part<F>> + 'static,
    toasts: Toasts,
    act: impl FnOnce(F) + 'static,
) {
    let act = async move { part.await.map(act).is_ok() };
    acted(Box::pin(act), toasts);
}

fn acted(mut act: Pin<Box<dyn Future<Output = bool>>>, toasts: Toasts) {
    match (&mut act).now_or_never() {
        Some(true) => {}
        Some(false) => tell(toasts),
        None => leptos::task::spawn_local(async move {
            if !act.await {
                tell(toasts);
            }
        }),
    }
}

fn tell(toasts: Toasts) {
    toasts.show(t!("part-missing"), Some((t!("reload"), Callback::new(|()| reload()))));
}

fn missing() -> AnyView {
    draw! {
        <div class={"room empty-room missing"}>
            <div class={"empty"} role={"alert"}>
                <p>{t!("part-missing")}</p>
                <button class={"btn primary"} on:click=move |_| reload()>{t!("reload")}</button>
            </div>
        </div>
    }
}

/// Loads the page again.
pub fn reload() {
    // A page that cannot be loaded again stays as it is.
    let _ = window().location().reload();
}
