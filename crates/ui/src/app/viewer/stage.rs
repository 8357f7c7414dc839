//! The stage: what is shown, what stands before and after it, and the keys.

use super::album::{Album, Item};
use super::{Shown, Viewer};
use crate::locale::{self, Moment};
use crate::parts::avatar::{Face, face};
use crate::parts::icon::{self, Icon, icon};
use crate::room::{Actions, Content};
use crate::state::people::People;
use crate::{dom, t};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, TouchEvent};

/// How large it may be shown.
const STEPS: [f64; 5] = [1.0, 1.5, 2.0, 3.0, 4.0];
/// Small ones below, on each side of what is shown.
const BESIDE: usize = 4;
/// A finger that moves so many pixels aside turns to the next.
const SWIPE: i32 = 60;

/// What is on the stage, and how.
#[derive(Clone, Copy)]
struct Show {
    album: Album,
    now: Memo<Option<Item>>,
    /// Which of [`STEPS`].
    step: RwSignal<usize>,
    /// Where the browser has it, and its name.
    saved: RwSignal<Option<(String, String)>>,
    actions: Option<Actions>,
    close: Callback<()>,
}

impl Show {
    fn zoom(self, by: isize) {
        self.step.update(|step| *step = step.saturating_add_signed(by).min(STEPS.len() - 1));
    }

    fn reply(self) {
        if let (Some(actions), Some(item)) = (self.actions, self.now.get_untracked()) {
            self.close.run(());
            actions.reply(&item.message.message_id);
        }
    }

    fn key(self, event: &KeyboardEvent) {
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
            "ArrowLeft" => self.album.turn(if rtl { -1 } else { 1 }),
            "ArrowRight" => self.album.turn(if rtl { 1 } else { -1 }),
            "+" | "=" => self.zoom(1),
            "-" => self.zoom(-1),
            "0" => self.step.set(0),
            "r" | "R" => self.reply(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    /// A finger went from here to there.
    fn swipe(self, from: (i32, i32), to: (i32, i32)) {
        let (aside, along) = (to.0 - from.0, to.1 - from.1);
        let whole = self.step.get_untracked() == 0;
        if whole && aside.abs() > SWIPE && aside.abs() > 2 * along.abs() {
            let rtl = document().dir() == "rtl";
            self.album.turn(if (aside > 0) == rtl { -1 } else { 1 });
        }
    }
}

#[component]
pub(super) fn Stage(shown: Shown, viewer: Viewer) -> impl IntoView {
    let node: NodeRef<html::Dialog> = NodeRef::new();
    let opener = StoredValue::new_local(dom::focused());
    let album = Album::of(Item { message: shown.message, index: shown.index });
    let now = Memo::new(move |_| album.items.with(|items| items.get(album.at.get()).cloned()));
    let close = Callback::new(move |()| {
        viewer.close();
        if let Some(opener) = opener.get_value() {
            dom::focus(&opener);
        }
    });
    let (step, saved) = (RwSignal::new(0), RwSignal::new(None));
    let show = Show { album, now, step, saved, actions: shown.actions, close };
    Effect::new(move || {
        now.track();
        step.set(0);
    });
    Effect::new(move || {
        if let Some(dialog) = node.get().filter(|dialog| !dialog.open()) {
            // It is in the document and not open: it opens.
            let _ = dialog.show_modal();
        }
    });
    draw! {
        <dialog
            node_ref=node
            class={"stage viewer"}
            aria-label={t!("viewer")}
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close.run(());
            }
            on:keydown=move |event| show.key(&event)
        >
            <Head show=show />
            <Body show=show />
            <Strip album=album />
        </dialog>
    }
}

/// Whose it is, and what can be done with it.
#[component]
fn Head(show: Show) -> impl IntoView {
    let button = move |shape: Icon, name: String, class: &'static str, act: Callback<()>| {
        draw! {
            <button class={class} aria-label={name.clone()} title={name} on:click=move |_| act.run(())>
                {icon(shape, "s22 flip")}
            </button>
        }
    };
    let (out, closer) =
        (Callback::new(move |()| show.zoom(-1)), Callback::new(move |()| show.zoom(1)));
    let others = show.actions.map(|actions| {
        let reply = Callback::new(move |()| show.reply());
        let forward = Callback::new(move |()| {
            if let Some(item) = show.now.get_untracked() {
                actions.forward(vec![item.message.message_id]);
            }
        });
        let writes = actions
            .can_write()
            .then(|| button(icon::ARROW_BEND_UP_LEFT, t!("reply"), "icon-btn", reply));
        (writes, button(icon::ARROW_BEND_UP_RIGHT, t!("forward"), "icon-btn", forward))
    });
    let save = move || {
        show.saved.get().map(|(url, name)| {
            draw! {
                <a class={"icon-btn"} data-save={"true"} href={url} download={name} aria-label={t!("save")} title={t!("save")}>
                    {icon(icon::DOWNLOAD_SIMPLE, "s22")}
                </a>
            }
        })
    };
    draw! {
        <header class={"vhead"}>
            {move || show.now.get().map(|item| whose(&item))}
            {button(icon::MAGNIFYING_GLASS_MINUS, t!("zoom-out"), "icon-btn desk-only", out)}
            {button(icon::MAGNIFYING_GLASS_PLUS, t!("zoom-in"), "icon-btn desk-only", closer)}
            {others}
            {save}
            {button(icon::X, t!("close"), "icon-btn", show.close)}
        </header>
    }
}

/// What is shown, between the ways to what is older and newer.
#[component]
fn Body(show: Show) -> impl IntoView {
    let finger = StoredValue::new(None::<(i32, i32)>);
    // Two fingers make it larger: that is the browser's.
    let touch = move |event: &TouchEvent| {
        let touch = event.changed_touches().get(0).filter(|_| event.touches().length() < 2);
        touch.map(|touch| (touch.client_x(), touch.client_y()))
    };
    let lifted = move |event: TouchEvent| {
        if let (Some(from), Some(to)) = (finger.get_value(), touch(&event)) {
            show.swipe(from, to);
        }
        finger.set_value(None);
    };
    // A button that is disabled while it has the focus would swallow the keys.
    let round = move |shape: Icon, name: String, by: isize| {
        draw! {
            <button
                class={"icon-btn round desk-only"}
                aria-label={name.clone()}
                title={name}
                aria-disabled=move || (!show.album.has(by)).to_string()
                on:click=move |_| show.album.turn(by)
            >
                {icon(shape, "s24 flip")}
            </button>
        }
    };
    draw! {
        <div
            class={"vbody"}
            on:touchstart=move |event: TouchEvent| finger.set_value(touch(&event))
            on:touchend=lifted
        >
            {round(icon::CARET_LEFT_BOLD, t!("picture-older"), 1)}
            {move || show.now.get().map(|item| draw! { <Large item=item show=show /> })}
            {round(icon::CARET_RIGHT_BOLD, t!("picture-newer"), -1)}
        </div>
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
fn Large(item: Item, show: Show) -> impl IntoView {
    let Show { step, saved, close, .. } = show;
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
