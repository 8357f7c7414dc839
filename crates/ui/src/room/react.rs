//! Reactions below a bubble, and giving one.

use super::actions::Actions;
use crate::parts::icon::{self, icon};
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;
use parlor_view::{MessageView, ReactionView};
use serde_json::json;

/// What is offered first.
pub const QUICK: [&str; 6] = ["❤️", "👍", "😂", "😮", "😢", "🙏"];

/// Gives a reaction, or takes the same one back.
pub fn react(session: Session, toasts: Toasts, message: &MessageView, emoji: &str) {
    let own = session.own_id();
    let given =
        message.reactions.iter().any(|one| one.emoji == emoji && one.user_ids.contains(&own));
    let params = json!({"message_id": message.message_id, "emoji": if given { "" } else { emoji }});
    leptos::task::spawn_local(async move {
        if let Err(problem) = session.tell("messages.react", params).await {
            toasts.say_now(crate::app::problems::words(&problem));
        }
    });
}

/// The reactions to a message.
pub fn reactions(message: &MessageView) -> Option<AnyView> {
    if message.reactions.is_empty() || message.kind == "deleted" {
        return None;
    }
    let (session, toasts, people) = (Session::here(), Toasts::here(), People::here());
    let own = session.own_id();
    let one = |reaction: &ReactionView| {
        let mine = reaction.user_ids.contains(&own);
        let count = reaction.user_ids.len();
        let names: Vec<String> = reaction
            .user_ids
            .iter()
            .map(|id| if *id == own { t!("you") } else { people.name(id) })
            .filter(|name| !name.is_empty())
            .collect();
        let all = crate::locale::listed(&names);
        let name = match count {
            1 => t!("reaction", emoji = &reaction.emoji, names = &all),
            _ => t!("reactions", emoji = &reaction.emoji, count = count, names = &all),
        };
        let (message, emoji) = (message.clone(), reaction.emoji.clone());
        let press = move |_| react(session, toasts, &message, &emoji);
        draw! {
            <button
                class={"react"}
                class:mine=mine
                aria-label={name}
                title={all}
                aria-pressed={mine.to_string()}
                tabindex={"-1"}
                on:click=press
            >
                <i>{reaction.emoji.clone()}</i>
                {(count > 1).then(|| draw! { <b>{crate::locale::number(count as f64)}</b> })}
            </button>
        }
    };
    Some(
        draw! { <div class={"reacts"}>{message.reactions.iter().map(one).collect_view()}</div> }
            .into_any(),
    )
}

/// The line below an own message that did not go.
pub fn failure(message: &MessageView) -> Option<AnyView> {
    let failed = message.mine && message.state == "failed";
    let reason = message.attachments.iter().find_map(|file| file.error.as_deref());
    let failed = failed.then(Actions::here);
    let words = match reason {
        _ if failed.is_some_and(|actions| !actions.is_member()) => t!("failed-left"),
        Some("too_large") => t!("failed-too-large"),
        Some("quota") => t!("failed-quota"),
        Some("not_found") => t!("failed-lost"),
        _ => t!("failed-refused"),
    };
    failed.map(|actions| {
        let id = message.message_id.clone();
        // Who is not in the chat any more can be let in again.
        let again = actions.is_member().then(|| {
            draw! { <button tabindex={"-1"} on:click=move |_| actions.retry(&id)>{t!("send-again")}</button> }
        });
        draw! {
            <div class={"fail-line"}>
                {icon(icon::WARNING_CIRCLE_FILL, "s16")}
                <span>{words}</span>
                {again}
            </div>
        }
        .into_any()
    })
}
