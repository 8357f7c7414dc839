//! A new poll: a question and its answers.

use super::Sending;
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::{dom, t};
use leptos::prelude::*;
use serde_json::json;
use web_sys::KeyboardEvent;

/// Answers at first, and at most.
const FIRST: u32 = 2;
const MOST: usize = 12;

/// An answer that is being written.
#[derive(Clone, Copy, PartialEq)]
struct Line {
    key: u32,
    text: RwSignal<String>,
}

impl Line {
    fn new(key: u32) -> Self {
        Self { key, text: RwSignal::new(String::new()) }
    }

    fn id(self) -> String {
        format!("poll-option-{}", self.key)
    }
}

/// The field of an answer.
#[component]
fn Answer(line: Line, lines: RwSignal<Vec<Line>>, add: Callback<()>) -> impl IntoView {
    // Enter goes to the next one.
    let keydown = move |event: KeyboardEvent| {
        if event.key() != "Enter" || event.is_composing() {
            return;
        }
        event.prevent_default();
        let next = lines.with_untracked(|lines| {
            let at = lines.iter().position(|one| *one == line)?;
            lines.get(at + 1).copied()
        });
        match next {
            Some(next) => dom::focus_id(&next.id()),
            None => add.run(()),
        }
    };
    let number = move || {
        lines.with(|lines| lines.iter().position(|one| *one == line).unwrap_or_default() + 1)
    };
    let name = move || t!("poll-option", number = number());
    let removable = move || lines.with(|lines| lines.len() > FIRST as usize);
    let remove = move |_| lines.update(|lines| lines.retain(|one| *one != line));
    draw! {
        <div class={"poll-line"}>
            <input
                class={"input"}
                id={line.id()}
                maxlength={"100"}
                dir={"auto"}
                autocomplete={"off"}
                aria-label=name
                placeholder=name
                on:keydown=keydown
                bind:value={line.text}
            />
            {move || removable().then(|| draw! {
                <button class={"icon-btn sm"} type={"button"} aria-label=move || t!("poll-option-remove", number = number()) on:click=remove>
                    {icon(icon::X, "s18")}
                </button>
            })}
        </div>
    }
}

/// Asks for a poll.
#[component]
pub fn PollDialog(close: Callback<()>) -> impl IntoView {
    let sending = Sending::new(close);
    let (question, multiple) = (RwSignal::new(String::new()), RwSignal::new(false));
    let lines = RwSignal::new((0..FIRST).map(Line::new).collect::<Vec<_>>());
    let keys = StoredValue::new(FIRST);
    let add = Callback::new(move |()| {
        if lines.with_untracked(Vec::len) >= MOST {
            return;
        }
        let line = Line::new(keys.get_value());
        keys.update_value(|key| *key += 1);
        lines.update(|lines| lines.push(line));
        request_animation_frame(move || dom::focus_id(&line.id()));
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let texts = lines.with_untracked(|lines| {
            let texts = lines.iter().map(|line| line.text.get_untracked().trim().to_owned());
            texts.filter(|text| !text.is_empty()).collect::<Vec<_>>()
        });
        let question = question.get_untracked().trim().to_owned();
        let mut different = texts.clone();
        different.sort_unstable();
        different.dedup();
        if question.is_empty() || texts.len() < 2 || different.len() < texts.len() {
            return sending.problem.set(Some(t!("poll-needs")));
        }
        let multiple = multiple.get_untracked();
        sending.send("poll", json!({"question": question, "options": texts, "multiple": multiple}));
    };
    draw! {
        <Dialog title={t!("poll-title")} on_close=close>
            <form on:submit=send on:input=move |_| sending.problem.set(None) novalidate={true}>
                <div class={"db stack tight"}>
                    <input
                        class={"input"}
                        id={"poll-question"}
                        maxlength={"300"}
                        dir={"auto"}
                        autocomplete={"off"}
                        aria-label={t!("poll-question")}
                        placeholder={t!("poll-question")}
                        bind:value=question
                    />
                    <For each=move || lines.get() key=|line| line.key children=move |line| draw! { <Answer line=line lines=lines add=add /> } />
                    {move || lines.with(|lines| lines.len() < MOST).then(|| draw! {
                        <button class={"btn ghost poll-add"} type={"button"} on:click=move |_| add.run(())>
                            {icon(icon::PLUS, "s18")}{t!("poll-option-add")}
                        </button>
                    })}
                    <div class={"li no-ic"}>
                        <span class={"t"}><b id={"poll-multiple"}>{t!("poll-multiple")}</b><span>{t!("poll-multiple-text")}</span></span>
                        <button
                            class={"switch"}
                            type={"button"}
                            role={"switch"}
                            aria-labelledby={"poll-multiple"}
                            aria-checked=move || multiple.get().to_string()
                            on:click=move |_| multiple.update(|multiple| *multiple = !*multiple)
                        ></button>
                    </div>
                    {sending.trouble()}
                    <p class={"dim"}>{t!("poll-open-votes")}</p>
                </div>
                <div class={"df"}>
                    <button class={"btn primary"} type={"submit"}>{t!("poll-send")}</button>
                </div>
            </form>
        </Dialog>
    }
}
