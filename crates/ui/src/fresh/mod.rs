//! A new chat: with somebody by their address or link, or a group.

mod group;

mod person;

pub use group::PickPeople;

use crate::parts::icon::{self, icon};
use crate::route::{Place, Router};
use crate::t;
use leptos::prelude::*;

apart! {
    /// The room of a new chat.
    details: pub fn room() -> AnyView { draw! { <Fresh /> } }
}

#[component]
fn Fresh() -> impl IntoView {
    let router = Router::here();
    let group = Memo::new(move |_| router.place.with(|place| *place == Place::New { group: true }));
    let title = move || if group.get() { t!("new-group") } else { t!("new-chat") };
    draw! {
        <main class={"room main"} aria-label=title>
            <header class={"room-head"}>
                <a class={"icon-btn back"} href={Place::Chats.href()} aria-label={t!("back-to-chats")}>
                    {icon(icon::CARET_LEFT_BOLD, "s22 flip")}
                </a>
                <h1 class={"h-sec"}>{title}</h1>
            </header>
            <div class={"scroll"}>
                {move || if group.get() {
                    draw! { <group::Group /> }
                } else {
                    draw! { <person::Person /> }
                }}
            </div>
        </main>
    }
}
