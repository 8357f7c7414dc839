//! The frame with an account: rail, list, room on a wide screen; one pane and tabs on a phone.

use super::banner::Banner;
use crate::details::Details;
use crate::list::ListPane;
use crate::parts::avatar::{Face, face};
use crate::parts::icon::{self, Icon, icon};
use crate::parts::later::{Where, later};
use crate::parts::mark::Mark;
use crate::route::{Place, Router};
use crate::search::palette::PaletteHost;
use crate::state::chats::Chats;
use crate::state::inside::Inside;
use crate::state::session::{Phase, Session};
use crate::{dom, locale, t};
use leptos::prelude::*;

/// Which panes are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Chats,
    New,
    Settings,
}

apart! {
    /// The frame of the account that there is.
    frame: pub fn frame() -> AnyView {
        Inside::begin();
        title();
        draw! { <Shell /> }
    }
}

/// The frame.
#[component]
fn Shell() -> impl IntoView {
    let router = Router::here();
    let frame = Memo::new(move |_| {
        router.place.with(|place| match place {
            Place::Settings(_) => Frame::Settings,
            Place::New { .. } => Frame::New,
            _ => Frame::Chats,
        })
    });
    super::keys::listen();
    // On a phone one pane is seen: the one that the address means.
    let pane = move || {
        router.place.with(|place| match place {
            Place::Chat { details: true, .. } => "info",
            Place::Chat { .. } | Place::New { .. } => "chat",
            Place::Settings(page) if !page.is_empty() => "chat",
            _ => "list",
        })
    };
    let beside =
        move || router.place.with(|place| matches!(place, Place::Chat { details: true, .. }));
    draw! {
        {move || crate::room::has_field().then(|| draw! { <Skip /> })}
        <div class=move || if beside() { "app three" } else { "app" } data-view=pane>
            <Rail />
            {move || match frame.get() {
                Frame::Chats => draw! { <ListPane />{later(Where::Pane, crate::room::room(), |room| room())}<Details /> }.into_any(),
                Frame::New => draw! { <ListPane />{later(Where::Pane, crate::fresh::room(), |room| room())} }.into_any(),
                Frame::Settings => later(Where::Pane, crate::settings::pane(), |pane| pane()),
            }}
            <Tabs />
            <Banner />
            <PaletteHost />
            <super::opened::OpenedHost />
            <super::shortcuts::ShortcutsHost />
        </div>
        <super::viewer::ViewerHost />
    }
}

fn badge() -> impl IntoView {
    let chats = Chats::here();
    move || {
        let unread = chats.unread();
        (unread > 0).then(|| {
            draw! {
                <span class={"badge"}>
                    <span aria-hidden={"true"}>{locale::number(unread as f64)}</span>
                    <span class={"vh"}>{t!("unread-chats", count = unread)}</span>
                </span>
            }
        })
    }
}

fn in_settings() -> Memo<bool> {
    let router = Router::here();
    Memo::new(move |_| router.place.with(|place| matches!(place, Place::Settings(_))))
}

#[component]
fn Rail() -> impl IntoView {
    let session = Session::here();
    let settings = in_settings();
    let link = move |place: Place, name: String, rest: Icon, active: Icon, here: Signal<bool>| {
        draw! {
            <a class={"nav"} href={place.href()} title={name.clone()} aria-current=move || here.get().then_some("page")>
                {move || icon(if here.get() { active } else { rest }, "")}
                <span class={"vh"}>{name.clone()}</span>
                {(place == Place::Chats).then(badge)}
            </a>
        }
    };
    let me = move || {
        session.account.get().map(|account| {
            let drawn = Face::from(&account);
            draw! {
                <a
                    class={"me"}
                    href={Place::Settings("profile".into()).href()}
                    title={account.display_name.clone()}
                >
                    {face(&drawn, "s36")}
                    <span class={"vh"}>{t!("you-named", name = &account.display_name)}</span>
                </a>
            }
        })
    };
    draw! {
        <nav class={"rail"} aria-label={t!("main")}>
            <a class={"mark"} href={Place::Chats.href()} aria-label={"Parlor"}><Mark /></a>
            {link(Place::Chats, t!("chats"), icon::CHATS_CIRCLE, icon::CHATS_CIRCLE_FILL, Signal::derive(move || !settings.get()))}
            <span class={"grow"} aria-hidden={"true"}></span>
            {link(Place::Settings(String::new()), t!("settings"), icon::GEAR_SIX, icon::GEAR_SIX_FILL, settings.into())}
            {me}
        </nav>
    }
}

#[component]
fn Tabs() -> impl IntoView {
    let settings = in_settings();
    let tab = move |place: Place, name: String, rest: Icon, active: Icon, here: Signal<bool>| {
        draw! {
            <a href={place.href()} aria-current=move || here.get().then_some("page")>
                <span class={"pill"}>
                    {move || icon(if here.get() { active } else { rest }, "")}
                    {(place == Place::Chats).then(badge)}
                </span>
                {name}
            </a>
        }
    };
    draw! {
        <nav class={"tabbar"} aria-label={t!("main")}>
            {tab(Place::Chats, t!("chats"), icon::CHATS_CIRCLE, icon::CHATS_CIRCLE_FILL, Signal::derive(move || !settings.get()))}
            {tab(Place::Settings(String::new()), t!("you"), icon::USER_CIRCLE, icon::USER_CIRCLE_FILL, settings.into())}
        </nav>
    }
}

/// The title of the window says how many chats wait, and which is open.
fn title() {
    let (chats, session, router) = (Chats::here(), Session::here(), Router::here());
    Effect::new(move || {
        let open = router
            .chat_id()
            .and_then(|id| chats.find(&id))
            .map(|chat| crate::list::row::title(&chat));
        let name = match (open, session.phase.get()) {
            (Some(open), Phase::In) => format!("{open} · Parlor"),
            _ => "Parlor".to_string(),
        };
        let unread = chats.unread();
        document().set_title(&if unread > 0 {
            format!("({}) {name}", locale::number(unread as f64))
        } else {
            name
        });
        let badge = if unread > 0 { "setAppBadge" } else { "clearAppBadge" };
        dom::method(
            &window().navigator(),
            badge,
            &if unread > 0 { vec![(unread as f64).into()] } else { vec![] },
        );
    });
}

/// The link that comes before everything.
#[component]
fn Skip() -> impl IntoView {
    let press = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        dom::focus_id(crate::room::FIELD);
    };
    draw! { <a class={"skip"} href={"#composer"} on:click=press>{t!("skip")}</a> }
}
