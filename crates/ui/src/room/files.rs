//! Attachments in a bubble: pictures with a likeness of them until they are here, sound and film, other files.

use super::actions::Actions;
use crate::app::viewer::{Shown, Viewer};
use crate::core::{Core, Problem};
use crate::locale;
use crate::parts::icon::{self, Icon, icon};
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::state::transfers::Transfers;
use crate::{dom, letters, t};
use leptos::html;
use leptos::prelude::*;
use parlor_view::{AttachmentView, MessageView};
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Pictures of an album that are shown; the last stands for the rest.
const ALBUM: usize = 4;

/// Whether an attachment is drawn as a picture.
pub fn is_picture(file: &AttachmentView) -> bool {
    matches!(&*file.kind, "image" | "video")
}

/// The pictures of a message; `meta` lies on the last one when there is no caption.
pub fn pictures(message: &MessageView, meta: Option<AnyView>) -> AnyView {
    let shown: Vec<&AttachmentView> =
        message.attachments.iter().filter(|file| is_picture(file)).collect();
    let rest = shown.len().saturating_sub(ALBUM);
    let count = shown.len().min(ALBUM);
    let mut meta = meta.map(|meta| draw! { <span class={"on-media"}>{meta}</span> });
    let one = |(at, file): (usize, &&AttachmentView)| {
        let wide = count == 3 && at == 0;
        let class = if wide { "shot wide" } else { "shot" };
        let more = (rest > 0 && at + 1 == count)
            .then(|| draw! { <span class={"rest"} dir={"ltr"}>{format!("+{}", locale::number((rest + 1) as f64))}</span> });
        let meta = if at + 1 == count { meta.take() } else { None };
        draw! { <Shot message=message.clone() file=(*file).clone() class=class alone={count == 1}>{more}{meta}</Shot> }
    };
    let shots = shown.iter().take(count).enumerate().map(one).collect_view();
    if count == 1 {
        shots.into_any()
    } else {
        draw! { <div class={"album"}>{shots}</div> }.into_any()
    }
}

/// The content of an attachment as an address for elements of the page; given back when it is not drawn any more.
#[derive(Clone, Copy)]
pub struct Content {
    /// The address, once it is here.
    pub url: RwSignal<Option<String>>,
    /// Why it cannot be had.
    pub problem: RwSignal<Option<String>>,
    asked: StoredValue<bool>,
    core: StoredValue<Rc<dyn Core>, LocalStorage>,
}

impl Content {
    /// Not here yet.
    pub fn new() -> Self {
        let content = Self {
            url: RwSignal::new(None),
            problem: RwSignal::new(None),
            asked: StoredValue::new(false),
            core: StoredValue::new_local(Session::here().core()),
        };
        on_cleanup(move || {
            if let Some(url) = content.url.get_untracked() {
                // A name of the browser's own is given back.
                let _ = web_sys::Url::revoke_object_url(&url);
            }
        });
        content
    }

    /// Asks for it, once. `then` gets the address.
    pub fn fetch(self, message_id: String, index: u32, then: impl FnOnce(String) + 'static) {
        if let Some(url) = self.url.get_untracked() {
            return then(url);
        }
        if self.asked.get_value() {
            return;
        }
        self.asked.set_value(true);
        self.problem.set(None);
        let core = self.core.get_value();
        leptos::task::spawn_local(async move {
            let opened = core.open(&message_id, index).await;
            if self.asked.try_set_value(false).is_some() {
                return;
            }
            match opened {
                Ok(blob) => {
                    if let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) {
                        self.url.set(Some(url.clone()));
                        then(url);
                    }
                }
                Err(problem) => self.problem.set(told(&problem)),
            }
        });
    }
}

/// What a person reads of a problem; nothing if they stopped the download themselves.
fn told(problem: &Problem) -> Option<String> {
    (problem.code != "refused").then(|| crate::app::problems::words(problem))
}

/// The proportions of a picture that stands alone; in an album they are the album's.
fn ratio(file: &AttachmentView, alone: bool) -> String {
    match (file.width, file.height) {
        _ if !alone => String::new(),
        (Some(width), Some(height)) if width > 0 && height > 0 => {
            let ratio = (f64::from(width) / f64::from(height)).clamp(0.6, 2.4);
            format!("{ratio:.4}")
        }
        _ => "1.3333".into(),
    }
}

/// A picture or a film.
#[component]
fn Shot(
    message: MessageView,
    file: AttachmentView,
    class: &'static str,
    alone: bool,
    children: Children,
) -> impl IntoView {
    let content = Content::new();
    let film = file.kind == "video";
    let index = file.index;
    let message_id = message.message_id.clone();
    let ready = file.state == "ready";
    let moves = direction(&file).is_some();
    if ready && !film {
        content.fetch(message_id.clone(), index, |_| {});
    }
    let likeness =
        file.thumbnail.as_ref().map(|thumbnail| format!("data:image/jpeg;base64,{thumbnail}"));
    let ratio = ratio(&file, alone);
    let blur = file.preview.clone().filter(|_| likeness.is_none());
    let (name, size) = (file.name.clone(), file.size);
    let what = if film { t!("kind-video") } else { t!("photo-named", name = &name) };
    let playing = RwSignal::new(false);
    let press = {
        let message_id = message_id.clone();
        let viewer = Viewer::here();
        let shown = Shown { message, index, actions: use_context::<Actions>() };
        // The first press gets what is not here, the next one shows it.
        move |_| match film {
            true => content.fetch(message_id.clone(), index, move |_| playing.set(true)),
            false if ready || content.url.with_untracked(Option::is_some) => {
                viewer.show(shown.clone());
            }
            false => content.fetch(message_id.clone(), index, |_| {}),
        }
    };
    let cover = move || match (content.url.get(), &likeness, &blur) {
        (Some(url), ..) if !film => {
            draw! { <img src={url} alt={""} decoding={"async"} /> }.into_any()
        }
        (_, Some(likeness), _) => draw! { <img src={likeness.clone()} alt={""} /> }.into_any(),
        (_, None, Some(blur)) => draw! { <Blur hash=blur.clone() /> }.into_any(),
        _ => icon(icon::IMAGE, "s28").into_any(),
    };
    let needs = move || {
        (!ready && !moves && content.url.with(Option::is_none)).then(|| {
            draw! {
                <span class={"on-media tl"}>
                    {icon(icon::DOWNLOAD_SIMPLE, "")}
                    {locale::size(size)}
                </span>
            }
        })
    };
    let length = move || {
        file.duration_ms.filter(|_| film && ready).map(|length| {
        draw! { <span class={"on-media tl"}>{icon(icon::VIDEO_CAMERA_FILL, "")}{locale::duration(length.into())}</span> }
    })
    };
    let children = StoredValue::new_local(Some(children()));
    move || {
        if playing.get() {
            let url = content.url.get().unwrap_or_default();
            return draw! {
                <video class={"film"} src={url} controls=true autoplay=true aria-label={what.clone()}></video>
            }
            .into_any();
        }
        draw! {
            <div class={class} style:aspect-ratio={ratio.clone()}>
                <button class={"press"} tabindex={"-1"} on:click=press.clone()>
                    <span class={"vh"}>{what.clone()}</span>
                    {cover.clone()}
                    {needs}
                    {length}
                    {(film && !moves).then(|| draw! { <span class={"play"}>{icon(icon::PLAY_FILL, "")}</span> })}
                    {children.try_update_value(Option::take).flatten()}
                </button>
                {stopper(&message_id, &file)}
            </div>
        }
        .into_any()
    }
}

/// Whether an attachment is on its way, and then whether from here.
fn direction(file: &AttachmentView) -> Option<bool> {
    match &*file.state {
        "downloading" => Some(false),
        "waiting" | "uploading" => Some(true),
        _ => None,
    }
}

/// The button that stops what is on its way, in a ring that shows how far it is.
pub fn stopper(message_id: &str, file: &AttachmentView) -> Option<impl IntoView + use<>> {
    let up = direction(file)?;
    let (transfers, session, toasts) = (Transfers::here(), Session::here(), Toasts::here());
    let (id, index) = (message_id.to_owned(), file.index);
    let stop = {
        let id = id.clone();
        move |event: web_sys::MouseEvent| {
            event.stop_propagation();
            let params = json!({"message_id": id, "index": index});
            leptos::task::spawn_local(async move {
                if let Err(problem) = session.tell("messages.stop_attachment", params).await {
                    toasts.say_now(crate::app::problems::words(&problem));
                }
            });
        }
    };
    let part = Memo::new(move |_| {
        let (done, total) = transfers.of(&id, index).unwrap_or_default();
        if total == 0 { 0.0 } else { done as f64 / total as f64 * 100.0 }
    });
    let name = &file.name;
    let name = if up { t!("stop-upload", name = name) } else { t!("stop-download", name = name) };
    Some(draw! {
        <button class={"ring-progress"} aria-label={name.clone()} title={name} tabindex={"-1"} on:click=stop>
            <svg viewBox={"0 0 44 44"} aria-hidden={"true"}>
                <circle class={"all"} cx={"22"} cy={"22"} r={"19"}></circle>
                <circle cx={"22"} cy={"22"} r={"19"} pathLength={"100"} stroke-dasharray=move || format!("{:.1} 100", part.get())></circle>
            </svg>
            {icon(icon::X_BOLD, "s16")}
        </button>
        <span class={"vh"} role={"progressbar"} aria-label={t!("transfer")} aria-valuenow=move || format!("{:.0}", part.get())></span>
    })
}

/// The likeness of a picture from its BlurHash.
#[component]
fn Blur(hash: String) -> impl IntoView {
    const SIDE: u32 = 32;
    let node: NodeRef<html::Canvas> = NodeRef::new();
    Effect::new(move || {
        let Some(canvas) = node.get() else { return };
        let Some(pixels) = crate::blurhash::decode(&hash, SIDE, SIDE) else { return };
        let context = canvas.get_context("2d").ok().flatten();
        let context = context
            .and_then(|context| context.dyn_into::<web_sys::CanvasRenderingContext2d>().ok());
        let data =
            web_sys::ImageData::new_with_u8_clamped_array(wasm_bindgen::Clamped(&pixels), SIDE);
        if let (Some(context), Ok(data)) = (context, data) {
            // A likeness that cannot be drawn is left out.
            let _ = context.put_image_data(&data, 0.0, 0.0);
        }
    });
    draw! { <canvas node_ref=node width={"32"} height={"32"} aria-hidden={"true"}></canvas> }
}

/// A file that is no picture.
#[component]
pub fn FileBox(message_id: String, file: AttachmentView) -> impl IntoView {
    let (transfers, session, toasts) = (Transfers::here(), Session::here(), Toasts::here());
    let problem = RwSignal::new(None::<String>);
    let index = file.index;
    let stop = stopper(&message_id, &file);
    let moved = {
        let message_id = message_id.clone();
        let moves = direction(&file);
        move || Some(moves?).zip(transfers.of(&message_id, index))
    };
    let name = file.name.clone();
    let save = {
        let name = name.clone();
        move |_| {
            let (name, message_id) = (name.clone(), message_id.clone());
            // This box is drawn anew while the file comes: what follows is not its own.
            leptos::task::spawn_local(async move {
                match session.core().open(&message_id, index).await {
                    Ok(blob) => save_as(&blob, &name),
                    Err(failed) => {
                        let told = told(&failed);
                        told.iter().for_each(|told| toasts.say_now(told.clone()));
                        problem.try_set(told);
                    }
                }
            });
        }
    };
    let state = file.state.clone();
    let size = file.size;
    let kind = kind_name(&file);
    let line = {
        move || match (moved(), &*state) {
            _ if problem.with(Option::is_some) => problem.get().unwrap_or_default(),
            (Some((true, (done, total))), _) => {
                t!("sealing", done = locale::size(done), total = locale::size(total))
            }
            (Some((false, (done, total))), _) => {
                t!("arriving", done = locale::size(done), total = locale::size(total))
            }
            (None, "expired") => t!("file-expired"),
            (None, "failed") => t!("file-failed"),
            _ => format!("{kind} · {}", locale::size(size)),
        }
    };
    let can_save = stop.is_none() && file.state != "failed";
    draw! {
        <div class={"filebox"}>
            <span class={"fi"}>{icon(symbol(&file), "s24")}</span>
            <span class={"names"}>
                <b class={"clip"}><bdi>{name.clone()}</bdi></b>
                <span><span>{line}</span></span>
            </span>
            {can_save.then(|| draw! {
                <button class={"icon-btn sm"} aria-label={t!("save-file", name = &name)} title={t!("save")} tabindex={"-1"} on:click=save>
                    {icon(icon::DOWNLOAD_SIMPLE, "s20")}
                </button>
            })}
            {stop}
        </div>
    }
}

fn symbol(file: &AttachmentView) -> Icon {
    match (&*file.kind, &*file.state, file.mime.as_str()) {
        (_, "expired" | "failed", _) => icon::IMAGE_BROKEN,
        ("audio" | "voice", ..) => icon::MUSIC_NOTE,
        (_, _, "application/pdf") => icon::FILE_PDF,
        (_, _, "application/zip" | "application/gzip" | "application/x-tar") => icon::FILE_ZIP,
        (_, _, mime) if mime.starts_with("text/") => icon::FILE_TEXT,
        _ => icon::FILE,
    }
}

/// The ending of a file's name, as people call its kind.
fn kind_name(file: &AttachmentView) -> String {
    let ending =
        file.name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() <= 5);
    ending.map_or_else(|| t!("kind-file"), letters::capital)
}

/// Lets the browser save content under a name.
fn save_as(content: &web_sys::Blob, name: &str) {
    /// The browser has begun to read by then.
    const BEGUN: Duration = Duration::from_secs(60);
    let Ok(url) = web_sys::Url::create_object_url_with_blob(content) else { return };
    let Ok(link) = document().create_element("a") else { return };
    for (attribute, value) in [("href", url.as_str()), ("download", name)] {
        // Both attributes can always be set.
        let _ = link.set_attribute(attribute, value);
    }
    dom::method(&link, "click", &[]);
    let give_back = move || {
        // A name of the browser's own is given back.
        let _ = web_sys::Url::revoke_object_url(&url);
    };
    set_timeout(give_back, BEGUN);
}
