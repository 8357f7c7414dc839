//! The stage: what is shown, what stands before and after it, and the keys.

use super::{Shown, Viewer};
use crate::locale::{self, Moment};
use crate::parts::avatar::{Face, face};
use crate::parts::icon::{self, Icon, icon};
use crate::room::{Content, is_picture};
use crate::state::people::People;
use crate::state::session::Session;
use crate::{dom, t};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{AttachmentView, MessageView};
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, TouchEvent};

/// Messages that are asked for at once.
const PAGE: usize = 60;
/// Pages that are read to find the one that is shown first.
const MOST_PAGES: usize = 20;
/// How large it may be shown.
const STEPS: [f64; 5] = [1.0, 1.5, 2.0, 3.0, 4.0];
/// Small ones below, on each side of what is shown.
const BESIDE: usize = 4;
/// A finger that moves so many pixels aside turns to the next.
const SWIPE: i32 = 60;

#[derive(Deserialize)]
struct Found {
    messages: Vec<MessageView>,
}

/// One picture or film.
#[derive(Clone, PartialEq)]
struct Item {
    message: MessageView,
    index: u32,
}

impl Item {
    fn file(&self) -> Option<&AttachmentView> {
        self.message.attachments.iter().find(|file| file.index == self.index)
    }

    fn is(&self, other: &Self) -> bool {
        self.index == other.index && self.message.message_id == other.message.message_id
    }
}

/// Those of messages that are told newest first, in the same order.
fn items(messages: Vec<MessageView>) -> Vec<Item> {
    let of_one = |message: MessageView| {
        let files = message.attachments.iter().filter(|file| is_picture(file));
        let indexes: Vec<u32> = files.map(|file| file.index).collect();
        indexes.into_iter().rev().map(move |index| Item { message: message.clone(), index })
    };
    messages.into_iter().flat_map(of_one).collect()
}

/// What there is to show, newest first, and where one is.
#[derive(Clone, Copy)]
struct Album {
    session: Session,
    chat_id: StoredValue<String>,
    items: RwSignal<Vec<Item>>,
    at: RwSignal<usize>,
    /// Whether older ones may be read.
    more: RwSignal<bool>,
    busy: StoredValue<bool>,
}

impl Album {
    /// With one, and all that are read from the newest to it.
    fn of(first: Item) -> Self {
        let album = Self {
            session: Session::here(),
            chat_id: StoredValue::new(first.message.chat_id.clone()),
            items: RwSignal::new(vec![first.clone()]),
            at: RwSignal::new(0),
            more: RwSignal::new(false),
            busy: StoredValue::new(true),
        };
        spawn_local(async move {
            let mut all = Vec::new();
            for _ in 0..MOST_PAGES {
                let (page, more) = album.page(&all).await;
                all.extend(page);
                let found = all.iter().position(|item: &Item| item.is(&first));
                if let Some(at) = found {
                    // Both change before anything is drawn: it is the same picture.
                    let _ = album.items.try_set(all);
                    let _ = album.at.try_set(at);
                    let _ = album.more.try_set(more);
                    break;
                }
                if !more {
                    break;
                }
            }
            album.busy.try_set_value(false);
        });
        album
    }

    /// Those that are older than these, and whether there may be more.
    async fn page(self, known: &[Item]) -> (Vec<Item>, bool) {
        let before = known.last().map(|item| item.message.sent_at);
        let params = json!({
            "query": "", "chat_id": self.chat_id.try_get_value(), "kind": "image|video",
            "before": before, "limit": PAGE,
        });
        let found = self.session.ask::<Found>("messages.search", params).await;
        let messages = found.map(|found| found.messages).unwrap_or_default();
        let more = messages.len() >= PAGE;
        (items(messages), more)
    }

    fn read_older(self) {
        if self.busy.get_value() || !self.more.get_untracked() {
            return;
        }
        self.busy.set_value(true);
        spawn_local(async move {
            let known = self.items.try_get_untracked().unwrap_or_default();
            let (page, more) = self.page(&known).await;
            self.items.try_update(|items| items.extend(page));
            let _ = self.more.try_set(more);
            self.busy.try_set_value(false);
        });
    }

    fn has(self, by: isize) -> bool {
        let to = self.at.get().checked_add_signed(by);
        to.is_some_and(|to| to < self.items.with(Vec::len))
    }

    /// To an older one, or a newer one.
    fn turn(self, by: isize) {
        let count = self.items.with_untracked(Vec::len);
        if let Some(to) = self.at.get_untracked().checked_add_signed(by).filter(|to| *to < count) {
            self.at.set(to);
            if to + BESIDE + 1 >= count {
                self.read_older();
            }
        }
    }
}

#[component]
pub(super) fn Stage(shown: Shown, viewer: Viewer) -> impl IntoView {
    let node: NodeRef<html::Dialog> = NodeRef::new();
    let opener = StoredValue::new_local(dom::focused());
    let actions = shown.actions;
    let album = Album::of(Item { message: shown.message, index: shown.index });
    let now = Memo::new(move |_| album.items.with(|items| items.get(album.at.get()).cloned()));
    let step = RwSignal::new(0_usize);
    // Where the browser has what is shown, and its name.
    let saved = RwSignal::new(None::<(String, String)>);
    Effect::new(move || {
        now.track();
        step.set(0);
    });
    let save = move || {
        saved.get().map(|(url, name)| {
            draw! {
                <a class={"icon-btn"} data-save={"true"} href={url} download={name} aria-label={t!("save")} title={t!("save")}>
                    {icon(icon::DOWNLOAD_SIMPLE, "s22")}
                </a>
            }
        })
    };
    let close = move || {
        viewer.close();
        if let Some(opener) = opener.get_value() {
            dom::focus(&opener);
        }
    };
    let zoom = move |by: isize| {
        step.update(|step| *step = step.saturating_add_signed(by).min(STEPS.len() - 1));
    };
    let reply = move || {
        if let (Some(actions), Some(item)) = (actions, now.get_untracked()) {
            close();
            actions.reply(&item.message.message_id);
        }
    };
    let keydown = move |event: KeyboardEvent| {
        let command = event.ctrl_key() || event.meta_key();
        let rtl = document().dir() == "rtl";
        match event.key().as_str() {
            "s" | "S" if command => {
                let save = document().query_selector(".viewer [data-save]").ok().flatten();
                if let Some(save) = save.and_then(|save| save.dyn_into::<HtmlElement>().ok()) {
                    save.click();
                }
            }
            _ if command || event.alt_key() => return,
            "ArrowLeft" => album.turn(if rtl { -1 } else { 1 }),
            "ArrowRight" => album.turn(if rtl { 1 } else { -1 }),
            "+" | "=" => zoom(1),
            "-" => zoom(-1),
            "0" => step.set(0),
            "r" | "R" => reply(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    Effect::new(move || {
        if let Some(dialog) = node.get().filter(|dialog| !dialog.open()) {
            // It is in the document and not open: it opens.
            let _ = dialog.show_modal();
        }
    });
    let finger = StoredValue::new(None::<(i32, i32)>);
    let touch = move |event: &TouchEvent| {
        let touch = event.changed_touches().get(0).filter(|_| event.touches().length() < 2);
        touch.map(|touch| (touch.client_x(), touch.client_y()))
    };
    let lifted = move |event: TouchEvent| {
        let (from, to) = (finger.get_value(), touch(&event));
        finger.set_value(None);
        if let (Some(from), Some(to), 0) = (from, to, step.get_untracked()) {
            let (aside, along) = (to.0 - from.0, to.1 - from.1);
            if aside.abs() > SWIPE && aside.abs() > 2 * along.abs() {
                let rtl = document().dir() == "rtl";
                album.turn(if (aside > 0) == rtl { -1 } else { 1 });
            }
        }
    };
    let button = move |shape: Icon, name: String, class: &'static str, act: Callback<()>| {
        draw! {
            <button class={class} aria-label={name.clone()} title={name} on:click=move |_| act.run(())>
                {icon(shape, "s22 flip")}
            </button>
        }
    };
    let round = move |shape: Icon, name: String, by: isize| {
        draw! {
            <button
                class={"icon-btn round desk-only"}
                aria-label={name.clone()}
                title={name}
                disabled=move || !album.has(by)
                on:click=move |_| album.turn(by)
            >
                {icon(shape, "s24 flip")}
            </button>
        }
    };
    draw! {
        <dialog
            node_ref=node
            class={"stage viewer"}
            aria-label={t!("viewer")}
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close();
            }
            on:keydown=keydown
        >
            <header class={"vhead"}>
                {move || now.get().map(|item| whose(&item))}
                {button(icon::MAGNIFYING_GLASS_MINUS, t!("zoom-out"), "icon-btn desk-only", Callback::new(move |()| zoom(-1)))}
                {button(icon::MAGNIFYING_GLASS_PLUS, t!("zoom-in"), "icon-btn desk-only", Callback::new(move |()| zoom(1)))}
                {actions.map(|actions| {
                    let forward = Callback::new(move |()| if let Some(item) = now.get_untracked() {
                        actions.forward(vec![item.message.message_id]);
                    });
                    let writes = actions.can_write().then(|| button(icon::ARROW_BEND_UP_LEFT, t!("reply"), "icon-btn", Callback::new(move |()| reply())));
                    (writes, button(icon::ARROW_BEND_UP_RIGHT, t!("forward"), "icon-btn", forward))
                })}
                {save}
                {button(icon::X, t!("close"), "icon-btn", Callback::new(move |()| close()))}
            </header>
            <div
                class={"vbody"}
                on:touchstart=move |event: TouchEvent| finger.set_value(touch(&event))
                on:touchend=lifted
            >
                {round(icon::CARET_LEFT_BOLD, t!("picture-older"), 1)}
                {move || now.get().map(|item| draw! { <Large item=item step=step saved=saved close=Callback::new(move |()| close()) /> })}
                {round(icon::CARET_RIGHT_BOLD, t!("picture-newer"), -1)}
            </div>
            <Strip album=album />
        </dialog>
    }
}

/// Who sent it, and when.
fn whose(item: &Item) -> AnyView {
    let sender = &item.message.sender;
    let photo = People::here().get(&sender.user_id).and_then(|person| person.avatar);
    let drawn = Face {
        id: sender.user_id.clone(),
        name: sender.display_name.clone(),
        photo,
        ..Face::default()
    };
    let name = if item.message.mine { t!("you") } else { sender.display_name.clone() };
    draw! {
        {face(&drawn, "s36")}
        <span class={"who"}>
            <b class={"clip"} dir={"auto"}>{name}</b>
            <time>{locale::moment(item.message.sent_at, Moment::Full)}</time>
        </span>
    }
}

/// One at full size, with its caption.
#[component]
fn Large(
    item: Item,
    step: RwSignal<usize>,
    saved: RwSignal<Option<(String, String)>>,
    close: Callback<()>,
) -> impl IntoView {
    let content = Content::new();
    let Some(file) = item.file().cloned() else { return ().into_any() };
    content.fetch(item.message.message_id.clone(), file.index, |_| {});
    let film = file.kind == "video";
    let name = if film { t!("kind-video") } else { t!("photo-named", name = &file.name) };
    let likeness =
        file.thumbnail.as_ref().map(|thumbnail| format!("data:image/jpeg;base64,{thumbnail}"));
    let caption = item.message.text.clone().filter(|text| !text.trim().is_empty());
    let larger = move || (step.get() > 0).then_some("true");
    let factor = move || STEPS.get(step.get()).copied().unwrap_or(1.0).to_string();
    let toggle = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        step.update(|step| *step = if *step == 0 { 2 } else { 0 });
    };
    let picture = move || match content.url.get() {
        Some(url) if film => draw! {
            <video src={url} controls=true autoplay=true aria-label={name.clone()}></video>
        },
        Some(url) => draw! {
            <img src={url} alt={name.clone()} data-larger=larger style:--zoom=factor on:dblclick=toggle on:click=|event| event.stop_propagation() />
        },
        None => match (content.problem.get(), &likeness) {
            (Some(problem), _) => draw! { <p role={"alert"}>{problem}</p> },
            (None, Some(likeness)) => {
                draw! { <img class={"likeness"} src={likeness.clone()} alt={name.clone()} aria-busy={"true"} /> }
            }
            (None, None) => draw! { <span aria-busy={"true"}>{icon(icon::IMAGE, "s28")}</span> },
        },
    };
    let named = file.name.clone();
    Effect::new(move || saved.set(content.url.get().map(|url| (url, named.clone()))));
    draw! {
        <figure on:click=move |_| close.run(())>
            <div class={"vscroll"}>{picture}</div>
            {caption.map(|caption| draw! { <figcaption dir={"auto"}>{caption}</figcaption> })}
        </figure>
    }
    .into_any()
}

/// Small ones of those around, older to newer.
#[component]
fn Strip(album: Album) -> impl IntoView {
    let one = move |(place, item): (usize, Item)| {
        let file = item.file().cloned();
        let name = file.as_ref().map(|file| file.name.clone()).unwrap_or_default();
        let likeness = file.and_then(|file| file.thumbnail);
        let likeness = likeness.map(|thumbnail| format!("data:image/jpeg;base64,{thumbnail}"));
        draw! {
            <button
                aria-label={t!("photo-named", name = name)}
                aria-current=move || (album.at.get() == place).then_some("true")
                on:click=move |_| album.at.set(place)
            >
                {match likeness {
                    Some(likeness) => draw! { <img src={likeness} alt={""} /> }.into_any(),
                    None => icon(icon::IMAGE, "s22").into_any(),
                }}
            </button>
        }
    };
    move || {
        let at = album.at.get();
        let around = album.items.with(|items| {
            let from = at.saturating_sub(BESIDE);
            let some = items.iter().enumerate().skip(from).take(2 * BESIDE + 1);
            some.map(|(place, item)| (place, item.clone())).collect::<Vec<_>>()
        });
        (around.len() > 1).then(|| {
            draw! { <div class={"vstrip"}>{around.into_iter().rev().map(one).collect_view()}</div> }
        })
    }
}
