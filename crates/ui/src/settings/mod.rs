//! Settings: the list of pages, and the page that the address names.

mod about;
mod appearance;
mod delete;
mod devices;
mod lock;
mod notifications;
mod privacy;
mod profile;
mod recovery;
pub mod rows;
mod server;

use crate::app::shortcuts::Table;
use crate::parts::avatar::{Face, face};
use crate::parts::icon::{self, Icon, icon};
use crate::route::{Place, Router};
use crate::state::accounts::Accounts;
use crate::state::session::Session;
use crate::t;
use leptos::prelude::*;

apart! {
    /// The panes of the settings.
    settings: pub fn pane() -> AnyView { draw! { <SettingsPane /> } }
}

#[component]
fn SettingsPane() -> impl IntoView {
    let (router, accounts) = (Router::here(), Accounts::here());
    let page = Memo::new(move |_| match router.place.get() {
        Place::Settings(page) => page,
        _ => String::new(),
    });
    draw! {
        <section class={"pane list"} aria-label={t!("settings")}>
            <header class={"pane-head"}><h1 class={"h-pane"}>{t!("settings")}</h1></header>
            <div class={"scroll"}>
                <Me />
                <Show when=move || accounts.are_kept()>
                    <div class={"snav"}>
                        <button on:click=move |_| accounts.show()>
                            {icon(icon::USERS, "s22")}<span class={"clip"}>{t!("accounts")}</span>
                        </button>
                    </div>
                </Show>
                <nav class={"snav"} aria-label={t!("settings")}>
                    <Door page=page name={"privacy"} shape={icon::DOOR} text={t!("privacy")} />
                    <Door page=page name={"devices"} shape={icon::DEVICES} text={t!("devices")} />
                    <Door page=page name={"recovery"} shape={icon::KEY} text={t!("recovery")} />
                    <Door page=page name={"notifications"} shape={icon::BELL} text={t!("notifications")} />
                    <Door page=page name={"appearance"} shape={icon::SUN} text={t!("appearance")} />
                    <Door page=page name={"shortcuts"} shape={icon::KEYBOARD} text={t!("shortcuts")} />
                    <Door page=page name={"server"} shape={icon::EYE} text={t!("knows")} />
                    <Door page=page name={"about"} shape={icon::INFO} text={t!("about")} />
                </nav>
            </div>
        </section>
        {move || match page.get().as_str() {
            "profile" => draw! { <Page title={t!("profile")}><profile::Profile /></Page> },
            "privacy" => draw! { <Page title={t!("privacy")}><privacy::Privacy /></Page> },
            "devices" => draw! { <Page title={t!("devices")}><devices::Devices /></Page> },
            "recovery" => draw! { <Page title={t!("recovery")}><recovery::Recovery /></Page> },
            "notifications" => draw! { <Page title={t!("notifications")}><notifications::Notifications /></Page> },
            "server" => draw! { <Page title={t!("knows")}><server::Server /></Page> },
            "appearance" => draw! { <Page title={t!("appearance")}><appearance::Appearance /></Page> },
            "about" => draw! { <Page title={t!("about")}><about::About /></Page> },
            "shortcuts" => draw! { <Page title={t!("shortcuts")}><Table /></Page> },
            _ => draw! { <Pick /> },
        }}
    }
}

/// Who one is, and the way to change it.
#[component]
fn Me() -> impl IntoView {
    let session = Session::here();
    move || {
        session.account.get().map(|account| {
            let drawn = Face::from(&account);
            draw! {
                <a class={"profile"} href={Place::Settings("profile".into()).href()}>
                    {face(&drawn, "s56")}
                    <span><b class={"clip"} dir={"auto"}>{account.display_name}</b><span dir={"ltr"}>{account.address}</span></span>
                </a>
            }
        })
    }
}

#[component]
fn Door(page: Memo<String>, name: &'static str, shape: Icon, text: String) -> impl IntoView {
    let here = move || page.with(|page| page == name).then_some("page");
    draw! {
        <a href={Place::Settings(name.into()).href()} aria-current=here>
            {icon(shape, "s22")}<span class={"clip"}>{text}</span>
        </a>
    }
}

#[component]
fn Page(title: String, children: Children) -> impl IntoView {
    draw! {
        <main class={"room main"} aria-label={title.clone()}>
            <header class={"room-head"}>
                <a class={"icon-btn back"} href={Place::Settings(String::new()).href()} aria-label={t!("back-to-settings")}>
                    {icon(icon::CARET_LEFT_BOLD, "s22 flip")}
                </a>
                <h1 class={"h-sec"}>{title.clone()}</h1>
            </header>
            <div class={"scroll"}><div class={"sbody"}>{children()}</div></div>
        </main>
    }
}

#[component]
fn Pick() -> impl IntoView {
    draw! {
        <main class={"room main empty-room"} aria-label={t!("settings")}>
            <div class={"empty"}>
                <h2 class={"h-display"}>{t!("settings-title")}</h2>
                <p>{t!("settings-text")}</p>
            </div>
        </main>
    }
}
