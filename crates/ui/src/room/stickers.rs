//! Stickers to send: those that were sent lately, a few of Parlor's own (`stickers/*.svg`), any picture. What is sent is
//! a WebP of 512 pixels at most; an animated picture goes as it is.

use super::composing::Composing;
use super::files::Content;
use crate::parts::icon::{self, icon};
use crate::state::session::Session;
use crate::{dom, t};
use js_sys::Array;
use leptos::html;
use leptos::prelude::*;
use parlor_view::{AttachmentView, MessageView};
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, File, HtmlCanvasElement, HtmlImageElement, KeyboardEvent};

/// As many as are offered again.
const LATELY: usize = 16;
/// Pixels of the longer side.
const SIDE: f64 = 512.0;
/// Larger pictures that move are sent as pictures that do not.
const MOST_MOVING: f64 = 2e6;
const SVG: &str = "image/svg+xml";

/// Parlor's own: names of texts, and drawings.
fn own() -> [(String, &'static str); 8] {
    [
        (t!("sticker-lamp"), include_str!("../../stickers/lamp.svg")),
        (t!("sticker-teapot"), include_str!("../../stickers/teapot.svg")),
        (t!("sticker-chair"), include_str!("../../stickers/chair.svg")),
        (t!("sticker-cat"), include_str!("../../stickers/cat.svg")),
        (t!("sticker-letter"), include_str!("../../stickers/letter.svg")),
        (t!("sticker-toast"), include_str!("../../stickers/toast.svg")),
        (t!("sticker-cactus"), include_str!("../../stickers/cactus.svg")),
        (t!("sticker-moon"), include_str!("../../stickers/moon.svg")),
    ]
}

#[derive(Deserialize)]
struct Found {
    messages: Vec<MessageView>,
}

apart! {
    /// The picker; ways to other pickers stand above it.
    tools: pub fn picker(tabs: AnyView, on_close: Callback<()>) -> AnyView {
        draw! { <StickerPicker tabs=tabs on_close=on_close /> }
    }
}

#[component]
fn StickerPicker(tabs: AnyView, on_close: Callback<()>) -> impl IntoView {
    let (session, composing) = (Session::here(), Composing::here());
    let (problem, lately) = (RwSignal::new(None::<String>), RwSignal::new(Vec::new()));
    leptos::task::spawn_local(async move {
        let sender = session.own_id();
        let params = json!({"query": "", "kind": "sticker", "sender": sender, "limit": 100});
        if let Ok(Found { messages }) = session.ask("messages.search", params).await {
            let _ = lately.try_set(different(messages));
        }
    });
    let send = Callback::new(move |blob: StoredValue<Blob, LocalStorage>| {
        let blob = blob.get_value();
        leptos::task::spawn_local(async move {
            match hand_over(session, composing, blob).await {
                Ok(()) => on_close.run(()),
                Err(words) => {
                    problem.try_set(Some(words));
                }
            }
        });
    });
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            on_close.run(());
        }
    };
    let drawn = own().map(|(name, svg)| draw! { <Own name=name svg=svg send=send /> });
    let again = move || {
        let some = lately.get();
        (!some.is_empty()).then(|| {
            let all = some.into_iter().map(|(id, file)| draw! { <Again id=id file=file send=send /> });
            draw! { <h2 class={"sect"}>{t!("stickers-recent")}</h2><div class={"sg"}>{all.collect_view()}</div> }
        })
    };
    draw! {
        <div class={"picker"} role={"dialog"} aria-label={t!("stickers")} on:keydown=keydown>
            <div class={"pk-top"}>{tabs}</div>
            <div class={"pk-body"}>
                {move || problem.get().map(|words| draw! { <p class={"field-error"} role={"alert"}>{words}</p> })}
                {again}
                <h2 class={"sect"}>{t!("stickers-own")}</h2>
                <div class={"sg"}>{drawn.into_iter().collect_view()}<Any send=send /></div>
            </div>
        </div>
    }
}

/// Each sticker once, the newest message that has it.
fn different(messages: Vec<MessageView>) -> Vec<(String, AttachmentView)> {
    let mut found: Vec<(String, AttachmentView)> = Vec::new();
    for message in messages {
        let id = message.message_id;
        for file in message.attachments.into_iter().filter(|file| file.state == "ready") {
            let same = |(_, other): &(String, AttachmentView)| {
                (&other.name, other.size, &other.preview) == (&file.name, file.size, &file.preview)
            };
            if !found.iter().any(same) && found.len() < LATELY {
                found.push((id.clone(), file));
            }
        }
    }
    found
}

type Send = Callback<StoredValue<Blob, LocalStorage>>;

#[component]
fn Own(name: String, svg: &'static str, send: Send) -> impl IntoView {
    let options = BlobPropertyBag::new();
    options.set_type(SVG);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&svg.into()), &options).ok()?;
    Some(draw! { <Tile name=name blob={StoredValue::new_local(blob)} send=send /> })
}

#[component]
fn Tile(name: String, blob: StoredValue<Blob, LocalStorage>, send: Send) -> impl IntoView {
    let url = web_sys::Url::create_object_url_with_blob(&blob.get_value()).unwrap_or_default();
    let gone = url.clone();
    // A name of the browser's own is given back.
    on_cleanup(move || drop(web_sys::Url::revoke_object_url(&gone)));
    draw! {
        <button aria-label={name.clone()} title={name} on:click=move |_| send.run(blob)>
            <img src={url} alt={""} />
        </button>
    }
}

/// One that was sent before.
#[component]
fn Again(id: String, file: AttachmentView, send: Send) -> impl IntoView {
    let (core, content) = (Session::here().core(), Content::new());
    content.fetch(id.clone(), file.index, |_| {});
    let core = StoredValue::new_local(core);
    let press = move |_| {
        let opened = core.get_value().open(&id, file.index);
        leptos::task::spawn_local(async move {
            if let Ok(blob) = opened.await {
                send.run(StoredValue::new_local(blob));
            }
        });
    };
    draw! {
        <button aria-label={t!("kind-sticker")} on:click=press>
            {move || content.url.get().map(|url| draw! { <img src={url} alt={""} /> })}
        </button>
    }
}

/// Any picture.
#[component]
fn Any(send: Send) -> impl IntoView {
    let picker: NodeRef<html::Input> = NodeRef::new();
    let picked = move |_| {
        let file = picker.get_untracked().and_then(|input| input.files()?.get(0));
        if let Some(file) = file {
            send.run(StoredValue::new_local(file.into()));
        }
    };
    let press = move |_| {
        if let Some(input) = picker.get_untracked() {
            input.click();
        }
    };
    draw! {
        <input node_ref=picker id={"sticker-file"} type={"file"} accept={"image/*"} hidden=true aria-hidden={"true"} tabindex={"-1"} on:change=picked />
        <button class={"mk"} aria-label={t!("sticker-add")} title={t!("sticker-add")} on:click=press>{icon(icon::PLUS, "s24")}</button>
    }
}

async fn hand_over(session: Session, composing: Composing, blob: Blob) -> Result<(), String> {
    let words = |problem: crate::core::Problem| crate::app::problems::words(&problem);
    let moves = matches!(blob.type_().as_str(), "image/gif" | "image/webp" | "image/apng");
    let blob = match moves && blob.size() <= MOST_MOVING {
        true => blob,
        false => still(&blob).await.ok_or_else(|| t!("kind-unknown"))?,
    };
    let ending = blob.type_().rsplit('/').next().unwrap_or_default().to_owned();
    let name = format!("sticker-{}.{ending}", blob.size());
    let file =
        File::new_with_blob_sequence(&Array::of1(&blob), &name).map_err(|_| t!("kind-unknown"))?;
    let name = session.core().bring(file).await.map_err(words)?;
    let mut params = json!({
        "chat_id": composing.chat_id.get_value(), "attachments": [name], "send_as": "sticker",
    });
    if let (Some(id), Some(object)) = (composing.answered(), params.as_object_mut()) {
        object.insert("reply_to".into(), id.into());
    }
    session.tell("messages.send", params).await.map_err(words)?;
    composing.was_answered();
    Ok(())
}

/// A picture as a WebP, or whatever this browser makes instead, of some pixels at most.
async fn still(blob: &Blob) -> Option<Blob> {
    let url = web_sys::Url::create_object_url_with_blob(blob).ok()?;
    let image = HtmlImageElement::new().ok()?;
    image.set_src(&url);
    let decoded = wasm_bindgen_futures::JsFuture::from(image.decode()).await;
    // A name of the browser's own is given back.
    let _ = web_sys::Url::revoke_object_url(&url);
    decoded.ok()?;
    let (width, height) = (f64::from(image.natural_width()), f64::from(image.natural_height()));
    let longest = width.max(height);
    // Drawings can be of any size.
    let scale = if blob.type_() == SVG { SIDE / longest } else { (SIDE / longest).min(1.0) };
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width((width * scale).round() as u32);
    canvas.set_height((height * scale).round() as u32);
    let context = canvas.get_context("2d").ok()??;
    let place = [0.0, 0.0, width * scale, height * scale].map(JsValue::from);
    let drawn: Vec<JsValue> = std::iter::once(image.into()).chain(place).collect();
    dom::method(&context, "drawImage", &drawn);
    let bytes = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut |done, _| {
        let done = Closure::once_into_js(move |blob: JsValue| done.call1(&JsValue::NULL, &blob));
        dom::method(&canvas, "toBlob", &[done, "image/webp".into(), 0.9.into()]);
    }));
    bytes.await.ok()?.dyn_into().ok()
}
