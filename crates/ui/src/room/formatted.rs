//! Draws formatted text: elements and text nodes, never HTML.

use crate::markup::drawn::{Block, Marks, Run, blocks};
use crate::markup::{self, Entity};
use crate::t;
use leptos::prelude::*;
use parlor_view::MessageView;

/// The parts of a message's text. `tail` stands at the end of the last line.
pub fn text(message: &MessageView, tail: AnyView) -> AnyView {
    let said = message.text.clone().unwrap_or_default();
    let entities = entities(message);
    let found: Vec<(usize, usize)> = message
        .highlights
        .iter()
        .map(|found| {
            (found.start as usize, (found.start as usize).saturating_add(found.length as usize))
        })
        .collect();
    let mut blocks = blocks(&said, &entities, &found);
    // The time stands in the last line if that is text, else in one of its own.
    let last = match blocks.pop() {
        Some(Block::Plain(inner)) => {
            draw! { <p class={"text"} dir={"auto"}>{runs(inner)}{tail}</p> }.into_any()
        }
        Some(other) => draw! { {block(other)}<div class={"row-meta"}>{tail}</div> }.into_any(),
        None => draw! { <div class={"row-meta"}>{tail}</div> }.into_any(),
    };
    draw! { {blocks.into_iter().map(block).collect_view()} {last} }.into_any()
}

/// The formatting of a message. What this version does not know is left out.
pub fn entities(message: &MessageView) -> Vec<Entity> {
    message
        .entities
        .iter()
        .filter_map(|entity| parlor_view::json::read(entity.clone()).ok())
        .collect()
}

/// How many emoji a message is, if of nothing else and few enough to be drawn large.
pub fn large_emoji(message: &MessageView) -> Option<String> {
    let text = message
        .text
        .as_deref()
        .filter(|_| message.entities.is_empty() && message.reply_to.is_none())?;
    let count = markup::only_emoji(text)?;
    (count <= 3 && message.attachments.is_empty()).then(|| text.to_string())
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Plain(inner) => {
            draw! { <p class={"text"} dir={"auto"}>{runs(inner)}</p> }.into_any()
        }
        Block::Quote(inner) => {
            draw! { <blockquote class={"text"} dir={"auto"}>{runs(inner)}</blockquote> }.into_any()
        }
        Block::Code(code) => {
            draw! { <pre dir={"ltr"} tabindex={"0"}><code>{code}</code></pre> }.into_any()
        }
    }
}

fn runs(runs: Vec<Run>) -> AnyView {
    runs.into_iter().map(run).collect_view().into_any()
}

fn run(run: Run) -> AnyView {
    let Marks { bold, italic, strike, code, spoiler, found, link, mention } = run.marks;
    let mut inside = run.text.into_any();
    if found {
        inside = draw! { <mark>{inside}</mark> }.into_any();
    }
    if code {
        inside = draw! { <code dir={"ltr"}>{inside}</code> }.into_any();
    }
    if strike {
        inside = draw! { <s>{inside}</s> }.into_any();
    }
    if italic {
        inside = draw! { <i>{inside}</i> }.into_any();
    }
    if bold {
        inside = draw! { <b>{inside}</b> }.into_any();
    }
    if let Some(target) = link {
        inside = draw! {
            <a class={"in"} href={target} target={"_blank"} rel={"noopener noreferrer nofollow"} dir={"auto"}>{inside}</a>
        }
        .into_any();
    }
    if mention.is_some() {
        inside = draw! { <bdi class={"mention"}>{inside}</bdi> }.into_any();
    }
    if spoiler {
        let shown = RwSignal::new(false);
        inside = draw! {
            <button
                class={"spoiler"}
                class:shown=move || shown.get()
                aria-label=move || (!shown.get()).then(|| t!("hidden-text"))
                on:click=move |_| shown.set(true)
            >
                {inside}
            </button>
        }
        .into_any();
    }
    inside
}
