//! Without an account on this device: making one, being linked to one, taking one up again.

mod link;
mod locked;
mod name;
mod restore;

use crate::app::problems;
use crate::core::Problem;
use crate::parts::later::{Where, later};
use crate::parts::mark::Mark;
use crate::route::{Place, Router};
use crate::state::session::Session;
use crate::{dom, t};
use leptos::prelude::*;

apart! {
    /// The step that the address names.
    start: pub fn step() -> AnyView { draw! { <Out /> } }
}

apart! {
    /// The door to what is locked.
    start: pub fn locked() -> AnyView { draw! { <Frame><locked::Locked /></Frame> } }
}

apart! {
    /// The ways back to an account that there is elsewhere.
    link: fn link() -> AnyView { draw! { <link::Link /> } }
}

apart! {
    link: fn restore() -> AnyView { draw! { <restore::Restore /> } }
}

/// Fetches what a step needs; what cannot be fetched is fetched when it is wanted.
pub async fn fetch(place: Place) {
    let own = async {
        match place {
            Place::Start(step) if step == "link" => drop(link().await),
            Place::Start(step) if step == "restore" => drop(restore().await),
            _ => {}
        }
    };
    let _ = futures_util::join!(step(), own);
}

/// The picture, and what stands beside it.
#[component]
fn Frame(children: Children) -> impl IntoView {
    draw! {
        <div class={"onb"}>
            <header class={"onb-art"}>
                <div class={"onb-scene"} role={"img"} aria-label={t!("start-art")}></div>
                <div class={"onb-mark"}><Mark /><span>{"Parlor"}</span></div>
            </header>
            <main class={"onb-main"}>{children()}</main>
        </div>
    }
}

#[component]
fn Out() -> impl IntoView {
    let router = Router::here();
    // Nothing waits for somebody who is not there.
    dom::method(&window().navigator(), "clearAppBadge", &[]);
    let step = Memo::new(move |_| match router.place.get() {
        Place::Start(step) => step,
        _ => String::new(),
    });
    draw! {
        <Frame>
                {move || match step.get().as_str() {
                    "link" => later(Where::Pane, link(), |link| link()),
                    "restore" => later(Where::Pane, restore(), |restore| restore()),
                    _ => draw! { <name::Name /> }.into_any(),
                }}
        </Frame>
    }
}

/// The server of this page: the one that gave it out.
fn server() -> String {
    window().location().origin().unwrap_or_default()
}

/// How the server is called: its address without the scheme.
fn server_name() -> String {
    window().location().host().unwrap_or_default()
}

/// There is an account now: the chats.
fn enter(session: Session, router: Router) {
    // Who came with a link goes on with it.
    let place = router.wanted.get_value().unwrap_or(Place::Chats);
    router.replace(place);
    session.enter();
    // So that the browser does not throw the messages away when its disk is full. It may say no.
    if let Some(storage) = dom::property(&window().navigator(), "storage") {
        dom::method(&storage, "persist", &[]);
    }
}

/// What went wrong, where it happened.
fn trouble(problem: RwSignal<Option<Problem>>) -> impl IntoView {
    move || {
        problem.get().map(|problem| {
            let text = match problem.code.as_str() {
                "invalid_name" if problem.message.contains("display") => t!("start-name-wanted"),
                _ => problems::words(&problem),
            };
            draw! { <p class={"field-error"} role={"alert"}>{text}</p> }
        })
    }
}

/// What this browser is called in the list of devices.
fn device_name() -> String {
    let agent = window().navigator().user_agent().unwrap_or_default();
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| agent.contains(sign)).map_or("", |(_, name)| *name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    let browser = if browser.is_empty() { t!("start-browser") } else { browser.into() };
    if system.is_empty() { browser } else { t!("start-device", browser = browser, system = system) }
}

/// A notice when nothing stays here: a private window.
#[component]
fn Stays() -> impl IntoView {
    let session = Session::here();
    let passing = move || session.storage.get() == crate::core::Storage::Session;
    draw! {
        <Show when=passing>
            <p class={"callout"} role={"note"}>{t!("start-session-only")}</p>
        </Show>
    }
}
