//! What a chat holds: pictures and films, files, addresses of the web, voice messages, the newest first.

use crate::markup::links;
use crate::parts::icon::{self, icon};
use crate::room::{FileBox, Sound, pictures};
use crate::route::Place;
use crate::state::session::Session;
use crate::{locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{ChatView, MessageView};
use serde::Deserialize;
use serde_json::json;

/// Messages that are asked for at once.
const PAGE: usize = 24;

/// A tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Media,
    Files,
    Links,
    Voice,
}

impl Tab {
    /// As `messages.search` calls it.
    fn kind(self) -> &'static str {
        match self {
            Self::Media => "image|video",
            Self::Files => "file|audio",
            Self::Links => "link",
            Self::Voice => "voice",
        }
    }

    fn name(self) -> String {
        match self {
            Self::Media => t!("shared-media"),
            Self::Files => t!("shared-files"),
            Self::Links => t!("shared-links"),
            Self::Voice => t!("shared-voice"),
        }
    }
}

#[derive(Deserialize)]
struct Found {
    messages: Vec<MessageView>,
}

/// The card.
#[component]
pub fn SharedCard(chat: Memo<ChatView>) -> impl IntoView {
    let session = Session::here();
    let id = chat.with_untracked(|chat| chat.chat_id.clone());
    let tab = RwSignal::new(Tab::Media);
    let shown = RwSignal::new(None::<Vec<MessageView>>);
    let more = RwSignal::new(false);
    let read = move |of: Tab, before: Option<u64>| {
        let params = json!({
            "query": "", "chat_id": id.clone(), "kind": of.kind(), "before": before, "limit": PAGE,
        });
        spawn_local(async move {
            let found = session.ask::<Found>("messages.search", params).await;
            let messages = found.map(|found| found.messages).unwrap_or_default();
            if tab.try_get_untracked() == Some(of) {
                more.set(messages.len() >= PAGE);
                shown.update(|shown| shown.get_or_insert_default().extend(messages));
            }
        });
    };
    let first = read.clone();
    Effect::new(move || {
        let tab = tab.get();
        shown.set(None);
        more.set(false);
        first(tab, None);
    });
    let next = move |_| {
        let last = shown.with_untracked(|shown| Some(shown.as_ref()?.last()?.sent_at));
        if last.is_some() {
            read(tab.get_untracked(), last);
        }
    };
    let button = move |of: Tab| {
        draw! { <button aria-pressed=move || (tab.get() == of).to_string() on:click=move |_| tab.set(of)>{of.name()}</button> }
    };
    let tabs = [Tab::Media, Tab::Files, Tab::Links, Tab::Voice].map(button);
    let found = move || {
        let messages = shown.get()?;
        if messages.is_empty() {
            return Some(draw! { <p class={"none"}>{t!("shared-none")}</p> });
        }
        Some(match tab.get_untracked() {
            Tab::Media => {
                let all = messages.iter().map(|message| pictures(message, None)).collect_view();
                draw! { <div class={"shared-media"}>{all}</div> }
            }
            of => {
                let all = messages.iter().map(|message| row(of, message)).collect_view();
                draw! { <div class={"shared-rows"}>{all}</div> }
            }
        })
    };
    draw! {
        <section>
            <h2 class={"group-label"}>{t!("shared")}</h2>
            <div class={"list-card shared"}>
                <div class={"seg"} role={"group"} aria-label={t!("shared")}>{tabs.into_iter().collect_view()}</div>
                {found}
                {move || more.get().then(|| draw! {
                    <button class={"btn plain sm"} on:click=next.clone()>{t!("shared-more")}</button>
                })}
            </div>
        </section>
    }
}

/// A message of a list, with what it is listed for.
fn row(tab: Tab, message: &MessageView) -> AnyView {
    let id = message.message_id.clone();
    let held = match tab {
        Tab::Links => addresses(message),
        _ => {
            let wanted = |kind: &str| tab.kind().split('|').any(|one| one == kind);
            let files = message.attachments.iter().filter(|file| wanted(&file.kind)).cloned();
            let one = |file: parlor_view::AttachmentView| match &*file.kind {
                "voice" => draw! { <Sound message_id=id.clone() file=file tail=None /> },
                _ => draw! { <FileBox message_id=id.clone() file=file /> },
            };
            files.map(one).collect_view().into_any()
        }
    };
    let place = Place::Chat {
        id: message.chat_id.clone(),
        details: false,
        at: Some(message.message_id.clone()),
    };
    let who = if message.mine { t!("you") } else { message.sender.display_name.clone() };
    draw! {
        <div>
            {held}
            <div class={"from"}>
                <bdi class={"clip"}>{who}</bdi>
                <span>{locale::row_time(message.sent_at)}</span>
                <a href={place.href()} aria-label={t!("shared-show")} title={t!("shared-show")}>{icon(icon::ARROW_BEND_UP_RIGHT, "s16 flip")}</a>
            </div>
        </div>
    }
    .into_any()
}

/// The addresses that a text names, and the page that its sender saw.
fn addresses(message: &MessageView) -> AnyView {
    let text = message.text.as_deref().unwrap_or_default();
    let formatted = message.entities.iter().filter(|one| one["kind"] == "link");
    let mut targets: Vec<String> = formatted
        .filter_map(|one| one["value"].as_str())
        .filter(|target| target.starts_with("https://") || target.starts_with("http://"))
        .map(String::from)
        .chain(links::find(text).into_iter().map(|(.., target)| target))
        .collect();
    targets.dedup();
    let title = message.preview.as_ref().map(|page| page.title.clone());
    let one = |target: String| {
        let shown = target.clone();
        draw! {
            <a class={"address link"} href={target} target={"_blank"} rel={"noopener noreferrer"} dir={"ltr"}>{shown}</a>
        }
    };
    draw! {
        {title.map(|title| draw! { <b dir={"auto"}>{title}</b> })}
        {targets.into_iter().map(one).collect_view()}
    }
    .into_any()
}
