//! Places, people, pages and stickers in bubbles. Nothing here asks a third party: a map or a page is opened by whoever
//! presses a link.

use super::files::Content;
use crate::parts::avatar::{Face, face};
use crate::parts::icon::{self, icon};
use crate::route::{Place, Router};
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::{locale, t};
use leptos::prelude::*;
use parlor_view::{AttachmentView, CardView, LocationView, PreviewView};
use serde::Deserialize;
use serde_json::json;

/// Bytes of a sticker that comes without being asked for.
const SMALL: u64 = 1 << 20;

/// A latitude and a longitude as people read them.
pub fn coordinates(location: &LocationView) -> String {
    format!("{:.5}, {:.5}", location.latitude, location.longitude)
}

/// A place.
pub fn location(location: &LocationView, meta: AnyView) -> AnyView {
    let name = location.name.clone().unwrap_or_else(|| t!("kind-location"));
    let about = location.accuracy.map(|metres| t!("location-about", metres = metres));
    let (latitude, longitude) = (location.latitude, location.longitude);
    let map = format!(
        "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
    );
    draw! {
        <div class={"contact"}>
            <span class={"disc"}>{icon(icon::MAP_PIN_FILL, "s24")}</span>
            <span>
                <b dir={"auto"}>{name}</b>
                <span class={"h"}><bdi dir={"ltr"}>{coordinates(location)}</bdi></span>
                {about.map(|about| draw! { <span class={"h"}>{about}</span> })}
            </span>
        </div>
        <div class={"row-meta"}>{meta}</div>
        <div class={"foot-btns"}>
            <a href={map} target={"_blank"} rel={"noopener noreferrer"} tabindex={"-1"}>{t!("location-open")}</a>
        </div>
    }
    .into_any()
}

#[derive(Deserialize)]
struct Opened {
    chat_id: String,
}

/// A person. Who is written to is the account, whatever the card calls it.
pub fn contact(card: &CardView, meta: AnyView) -> AnyView {
    let (session, router, toasts) = (Session::here(), Router::here(), Toasts::here());
    let drawn = Face {
        id: card.user_id.clone(),
        name: card.display_name.clone(),
        photo: card.avatar.clone(),
        ..Face::default()
    };
    let user = card.user_id.clone();
    let write = move |_| {
        let params = json!({"address": user});
        leptos::task::spawn_local(async move {
            match session.ask::<Opened>("chats.direct", params).await {
                Ok(Opened { chat_id }) => router.go(Place::chat(&chat_id)),
                Err(problem) => toasts.say_now(crate::app::problems::words(&problem)),
            }
        });
    };
    let other = card.user_id != session.own_id();
    draw! {
        <div class={"contact"}>
            {face(&drawn, "s46")}
            <span>
                <b dir={"auto"}>{card.display_name.clone()}</b>
                <span class={"h clip"} dir={"ltr"}>{card.address.clone()}</span>
            </span>
        </div>
        <div class={"row-meta"}>{meta}</div>
        {other.then(|| draw! {
            <div class={"foot-btns"}>
                <button tabindex={"-1"} on:click=write>{t!("contact-write")}</button>
            </div>
        })}
    }
    .into_any()
}

/// A page, as its sender saw it.
pub fn page(page: &PreviewView) -> AnyView {
    let host = page.url.split('/').nth(2).unwrap_or_default().trim_start_matches("www.").to_owned();
    let picture = page.thumbnail.as_ref().map(|thumbnail| {
        draw! { <img src={format!("data:image/jpeg;base64,{thumbnail}")} alt={""} /> }
    });
    draw! {
        <a class={"link-card"} href={page.url.clone()} target={"_blank"} rel={"noopener noreferrer"} tabindex={"-1"}>
            {picture}
            <span class={"b"}>
                <b dir={"auto"}>{page.title.clone()}</b>
                {page.description.clone().map(|words| draw! { <span dir={"auto"}>{words}</span> })}
                <span><bdi dir={"ltr"}>{host}</bdi></span>
            </span>
        </a>
    }
    .into_any()
}

/// A sticker; a large one comes when it is pressed.
#[component]
pub fn Sticker(message_id: String, file: AttachmentView) -> impl IntoView {
    let content = Content::new();
    let index = file.index;
    let here = file.state == "ready";
    if here || (file.state == "remote" && file.size <= SMALL) {
        content.fetch(message_id.clone(), index, |_| {});
    }
    let size = locale::size(file.size);
    let picture = move || match (content.url.get(), content.problem.get()) {
        (Some(url), _) => draw! { <img src={url} alt={t!("kind-sticker")} decoding={"async"} /> },
        (_, Some(problem)) => draw! { <span role={"alert"}>{problem}</span> },
        _ => {
            draw! { {icon(icon::STICKER, "s28")}<span class={"vh"}>{t!("kind-sticker")}</span><span>{size.clone()}</span> }
        }
    };
    let fetch = move |_| content.fetch(message_id.clone(), index, |_| {});
    draw! { <button class={"sticker"} tabindex={"-1"} on:click=fetch>{picture}</button> }
}
