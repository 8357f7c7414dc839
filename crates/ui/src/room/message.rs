//! One message: face, bubble, reactions. What it says to those who listen is one label; what is inside is reached by
//! its own keys.

use super::actions::Actions;
use super::files::{FileBox, is_picture, pictures};
use super::sound::Sound;
use super::{cards, formatted, poll, react};
use crate::faces;
use crate::list::preview;
use crate::locale::{self, Moment};
use crate::parts::avatar::{Face, face};
use crate::parts::icon::{self, icon};
use crate::parts::tick::{self, tick};
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::thread::{Row, Threads};
use crate::t;
use leptos::prelude::*;
use parlor_view::{AttachmentView, MessageView};

/// The message that is drawn, as it is now.
type Live = ArcRwSignal<MessageView>;

/// A message in its place. There are few signals in it on purpose: rows are made by the dozen while one scrolls.
pub fn message(row: &Row, group: bool) -> AnyView {
    let live = row.message.clone();
    if live.with_untracked(|message| message.kind == "notice") {
        let message = Memo::new(move |_| live.get());
        return draw! { <super::notice::Notice message=message /> };
    }
    // How far it is and what others think of it change often; the bubble, in which something may be playing, stays.
    let body = {
        let (live, finding) = (live.clone(), super::find::Finding::here());
        Memo::new(move |_| {
            let mut message = live.get();
            let state = if message.state == "failed" { "failed" } else { "sent" };
            message.reactions = Vec::new();
            message.starred = false;
            message.state = state.into();
            message.position = None;
            if let Some(found) = finding.marks.with(|marks| marks.get(&message.message_id).cloned())
            {
                message.highlights = found;
            }
            message
        })
    };
    let (actions, id) = (Actions::here(), row.id.clone());
    let mine = live.with_untracked(|message| message.mine);
    let with_face = group && !mine;
    let class = {
        let (stand, id) = (row.stand.clone(), id.clone());
        move || {
            let side = if mine { "own" } else { "other" };
            let face = if with_face { "with-ava" } else { "" };
            let picked = if actions.is_picked(&id) { "picked" } else { "" };
            format!("msg {side} {} {face} {picked}", stand.get().place.class())
        }
    };
    let label = {
        let live = live.clone();
        move || live.with(label)
    };
    let inside = {
        let (live, stand) = (live.clone(), row.stand.clone());
        move || {
            let author = with_face && stand.get().place.opens();
            body.with(|message| bubble(message, &live, author))
        }
    };
    let face = with_face.then(|| {
        let (live, stand) = (live.clone(), row.stand.clone());
        move || stand.get().place.closes().then(|| live.with(author_face))
    });
    let below = move || live.with(|message| (react::reactions(message), react::failure(message)));
    draw! {
        <article class=class data-message={id.to_string()} tabindex={"-1"} aria-label=label>
            {face}
            {inside}
            {below}
        </article>
    }
}

fn author_face(message: &MessageView) -> impl IntoView + use<> {
    let sender = &message.sender;
    let photo = People::here().get(&sender.user_id).and_then(|person| person.avatar);
    let drawn = Face {
        id: sender.user_id.clone(),
        name: sender.display_name.clone(),
        photo,
        ..Face::default()
    };
    face(&drawn, "")
}

/// What a message is called: who, what, when, how far.
fn label(message: &MessageView) -> String {
    let who = if message.mine { t!("you") } else { message.sender.display_name.clone() };
    let mut parts = vec![preview::plain(message), locale::moment(message.sent_at, Moment::Clock)];
    if message.edited_at.is_some() && message.kind != "deleted" {
        parts.push(t!("edited"));
    }
    if message.starred {
        parts.push(t!("starred"));
    }
    if message.mine && message.kind != "deleted" {
        parts.push(tick::name(&message.state));
    }
    let reactions: usize = message.reactions.iter().map(|one| one.user_ids.len()).sum();
    if reactions > 0 {
        parts.push(t!("reaction-count", count = reactions));
    }
    t!("said-one", name = who, text = locale::listed(&parts))
}

/// The time and the state, at the end of the last line.
fn meta(message: &MessageView, live: &Live) -> AnyView {
    let edited = message.edited_at.is_some().then(|| draw! { <span>{t!("edited")}</span> });
    let state = message.mine.then(|| {
        let live = live.clone();
        move || live.with(|message| tick(&message.state))
    });
    let star = {
        let live = live.clone();
        move || live.with(|message| message.starred).then(|| icon(icon::STAR_FILL, "s16"))
    };
    draw! {
        {edited}
        {star}
        <time>{locale::moment(message.sent_at, Moment::Clock)}</time>
        {state}
    }
    .into_any()
}

fn bubble(message: &MessageView, live: &Live, author: bool) -> AnyView {
    if message.kind == "deleted" {
        return gone(message);
    }
    if let Some(emoji) = formatted::large_emoji(message) {
        return draw! {
            <div class={"bubble bare"}>
                {author.then(|| author_line(message))}
                <div class={"big-emoji"}>{emoji}</div>
                <span class={"meta-pill"}>{meta(message, live)}</span>
            </div>
        }
        .into_any();
    }
    if message.kind == "unreadable" {
        return draw! {
            <div class={"bubble hollow"}>
                <span class={"gone"}>{icon(icon::HOURGLASS_MEDIUM, "s16")}{t!("unreadable")}</span>
                <span class={"meta"}>{meta(message, live)}</span>
            </div>
        }
        .into_any();
    }
    if message.kind == "sticker" {
        return sticker(message, live, author);
    }
    const KNOWN: [&str; 9] =
        ["text", "image", "video", "voice", "audio", "file", "location", "contact", "poll"];
    if !KNOWN.contains(&&*message.kind) {
        return draw! {
            <div class={"bubble hollow"}>
                <span class={"gone"}>{icon(icon::INFO, "s16")}{t!("kind-unknown")}</span>
                <span class={"meta"}>{meta(message, live)}</span>
            </div>
        }
        .into_any();
    }
    let has_pictures = message.attachments.iter().any(is_picture);
    let has_text = message.text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let others: Vec<_> =
        message.attachments.iter().filter(|file| !is_picture(file)).cloned().collect();
    let only_pictures = has_pictures && !has_text && others.is_empty();
    let media = has_pictures && others.is_empty();
    let meta_line = || draw! { <span class={"meta"}>{meta(message, live)}</span> }.into_any();
    let shots = has_pictures.then(|| pictures(message, only_pictures.then(|| meta(message, live))));
    let id = message.message_id.clone();
    let sounds = |file: &AttachmentView| {
        matches!(&*file.kind, "voice" | "audio") && !matches!(&*file.state, "expired" | "failed")
    };
    let one_sound = !has_text && !has_pictures && matches!(others.as_slice(), [one] if sounds(one));
    let boxes: Vec<AnyView> = others
        .into_iter()
        .map(move |file| {
            let id = id.clone();
            if sounds(&file) {
                let tail = one_sound.then(|| {
                    draw! { <span class={"meta"}>{meta(message, live)}</span> }.into_any()
                });
                draw! { <Sound message_id=id file=file tail=tail /> }.into_any()
            } else {
                draw! { <FileBox message_id=id file=file /> }.into_any()
            }
        })
        .collect();
    let words = match (only_pictures || one_sound, media && has_text) {
        (true, _) => ().into_any(),
        (_, true) => {
            draw! { <div class={"cap"}>{formatted::text(message, meta_line())}</div> }.into_any()
        }
        _ => formatted::text(message, meta_line()),
    };
    let words = thing(message, live).unwrap_or_else(|| fold(message, words));
    let class = match (media, one_sound) {
        (true, _) => "bubble media",
        (_, true) => "bubble sound",
        _ => "bubble",
    };
    let forwarded = message.forwarded.then(|| {
        draw! { <div class={"fwd"}>{icon(icon::ARROW_BEND_UP_RIGHT, "s16 flip")}{t!("forwarded")}</div> }
    });
    // In a list, in which what is not there takes no node of the document.
    let parts = [
        author.then(|| author_line(message).into_any()),
        forwarded,
        message.reply_to.clone().map(|id| draw! { <Quote id=id /> }),
        shots.map(IntoAny::into_any),
        (!boxes.is_empty()).then(|| boxes.collect_view().into_any()),
        message.preview.as_ref().map(|page| cards::page(page).into_any()),
        Some(words),
    ];
    draw! { <div class={class}>{parts.into_iter().flatten().collect_view()}</div> }
}

/// A message that is a thing by itself.
fn thing(message: &MessageView, live: &Live) -> Option<AnyView> {
    let meta = || draw! { <span class={"meta"}>{meta(message, live)}</span> }.into_any();
    match (&message.location, &message.contact, &message.poll) {
        (Some(location), ..) => Some(cards::location(location, meta())),
        (_, Some(card), _) => Some(cards::contact(card, meta())),
        (.., Some(poll)) => Some(poll::poll(message, poll, meta())),
        _ => None,
    }
}

fn sticker(message: &MessageView, live: &Live, author: bool) -> AnyView {
    let id = message.message_id.clone();
    let one = message.attachments.first().cloned();
    draw! {
        <div class={"bubble bare"}>
            {author.then(|| author_line(message))}
            {message.reply_to.clone().map(|id| draw! { <Quote id=id /> })}
            {one.map(|file| draw! { <cards::Sticker message_id=id file=file /> })}
            <span class={"meta-pill"}>{meta(message, live)}</span>
        </div>
    }
    .into_any()
}

/// Long texts show their beginning.
fn fold(message: &MessageView, words: AnyView) -> AnyView {
    const LINES: usize = 24;
    let text = message.text.as_deref().unwrap_or_default();
    let lines: usize = text.lines().map(|line| line.chars().count() / 60 + 1).sum();
    if lines <= LINES {
        return words;
    }
    let whole = RwSignal::new(false);
    draw! {
        <div class={"fold"} class:whole=move || whole.get()>{words}</div>
        {move || (!whole.get()).then(|| draw! {
            <button class={"more"} tabindex={"-1"} on:click=move |_| whole.set(true)>{t!("read-more")}</button>
        })}
    }
    .into_any()
}

fn author_line(message: &MessageView) -> impl IntoView + use<> {
    let colour = faces::name_colour(&message.sender.user_id);
    draw! {
        <div class={"author"} dir={"auto"} style=("--nc", format!("var(--name-{colour})"))>
            {message.sender.display_name.clone()}
        </div>
    }
}

fn gone(message: &MessageView) -> AnyView {
    let words = if message.mine {
        t!("deleted-by-you")
    } else {
        t!("deleted-by", name = faces::first_name(&message.sender.display_name))
    };
    draw! {
        <div class={"bubble hollow"}>
            <span class={"gone"}>{icon(icon::PROHIBIT, "s16")}{words}</span>
            <span class={"meta"}><time>{locale::moment(message.sent_at, Moment::Clock)}</time></span>
        </div>
    }
    .into_any()
}

/// The message that is answered. A press goes there.
#[component]
fn Quote(id: String) -> impl IntoView {
    let threads = Threads::here();
    let own = Session::here().own_id();
    let wanted = super::scroll::Wanted::here();
    let quoted = {
        let id = id.clone();
        Memo::new(move |_| {
            threads.change.track();
            match threads.get(&id) {
                Some(message) => Some(message.get()),
                None => threads.quoted(&id).get(),
            }
        })
    };
    let colour = move || {
        let user =
            quoted.with(|quoted| quoted.as_ref().map(|quoted| quoted.sender.user_id.clone()));
        format!("var(--name-{})", faces::name_colour(&user.unwrap_or_default()))
    };
    let name = {
        let own = own.clone();
        move || {
            quoted.with(|quoted| match quoted {
                Some(quoted) if quoted.sender.user_id == own => t!("you"),
                Some(quoted) => quoted.sender.display_name.clone(),
                None => t!("earlier-message"),
            })
        }
    };
    let line = move || {
        quoted.with(|quoted| quoted.as_ref().map(preview::plain).unwrap_or_else(|| t!("show-it")))
    };
    let picture = move || {
        let thumbnail =
            quoted.with(|quoted| quoted.as_ref()?.attachments.first()?.thumbnail.clone());
        thumbnail.map(|thumbnail| draw! { <img src={format!("data:image/jpeg;base64,{thumbnail}")} alt={""} /> })
    };
    let press = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        wanted.show(&id);
    };
    draw! {
        <button class={"quote"} style=("--nc", colour) tabindex={"-1"} on:click=press>
            <b dir={"auto"}>{name}</b>
            <span class={"clip"} dir={"auto"}>{line}</span>
            {picture}
        </button>
    }
}
