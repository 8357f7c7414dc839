//! What happened to the chat, between the messages: who came and went, what it is called now.

use crate::parts::icon::{self, Icon, icon};
use crate::state::people::People;
use crate::state::session::Session;
use crate::{locale, t};
use leptos::prelude::*;
use parlor_view::MessageView;
use serde_json::Value;

/// A notice.
#[component]
pub fn Notice(message: Memo<MessageView>) -> impl IntoView {
    let warns = move || {
        message.with(|message| matches!(field(message, "code"), "gap" | "parted" | "restored_here"))
    };
    draw! {
        <div class={"notice"} class:warn=warns data-message=move || message.with(|message| message.message_id.clone())>
            {move || icon(message.with(symbol), "")}
            <span dir={"auto"}>{move || message.with(words)}</span>
        </div>
    }
}

fn field<'a>(message: &'a MessageView, name: &str) -> &'a str {
    message
        .notice
        .as_ref()
        .and_then(|notice| notice.get(name))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn symbol(message: &MessageView) -> Icon {
    match field(message, "code") {
        "added" => icon::USER_PLUS,
        "title" | "description" => icon::PENCIL_SIMPLE,
        "device_added" | "restored" => icon::DEVICES,
        "gap" | "parted" | "restored_here" => icon::WARNING_FILL,
        "refused" => icon::PROHIBIT,
        _ => icon::USERS_THREE,
    }
}

/// What it says, in the language of the page.
pub fn words(message: &MessageView) -> String {
    let (own, people) = (Session::here().own_id(), People::here());
    let subject = field(message, "subject");
    let by = message.sender.display_name.clone();
    let by = if by.is_empty() { t!("somebody") } else { by };
    let whom = Some(people.name(subject))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| t!("somebody"));
    let text = field(message, "text").to_string();
    let (mine, me) = (message.mine, !subject.is_empty() && subject == own);
    match (field(message, "code"), mine, me) {
        ("created", true, _) => t!("notice-created-you", title = text),
        ("created", ..) => t!("notice-created", by = by, title = text),
        ("added", true, _) => t!("notice-added-you", whom = whom),
        ("added", _, true) => t!("notice-added-me", by = by),
        ("added", ..) => t!("notice-added", by = by, whom = whom),
        ("removed", true, _) => t!("notice-removed-you", whom = whom),
        ("removed", _, true) => t!("notice-removed-me", by = by),
        ("removed", ..) => t!("notice-removed", by = by, whom = whom),
        ("left", _, true) => t!("notice-left-you"),
        ("left", true, _) if subject.is_empty() => t!("notice-left-you"),
        ("left", ..) if subject.is_empty() => t!("notice-left", by = by),
        ("left", ..) => t!("notice-left", by = whom),
        ("title", true, _) => t!("notice-title-you", title = text),
        ("title", ..) => t!("notice-title", by = by, title = text),
        ("description", true, _) => t!("notice-description-you"),
        ("description", ..) => t!("notice-description", by = by),
        ("policy", true, _) => t!("notice-policy-you"),
        ("policy", ..) => t!("notice-policy", by = by),
        ("role", true, _) => t!("notice-role-you", whom = whom, role = text),
        ("role", _, true) => t!("notice-role-me", by = by, role = text),
        ("role", ..) => t!("notice-role", by = by, whom = whom, role = text),
        ("device_added", true, _) => t!("notice-device-you"),
        ("device_added", ..) => t!("notice-device", by = by),
        ("restored", true, _) => t!("notice-restored-you"),
        ("restored", ..) => t!("notice-restored", by = by),
        ("restored_here", ..) => t!("notice-restored-here", day = locale::written_moment(&text)),
        ("gap", ..) => t!("notice-gap"),
        ("parted", ..) => t!("notice-parted"),
        ("refused", ..) => t!("notice-refused", by = by),
        // What this version does not know comes with a sentence.
        _ => message.text.clone().unwrap_or_default(),
    }
}
