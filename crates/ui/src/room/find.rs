//! Finding words in the open chat: a bar below the head, the hits lit in the thread, the newest first.

use super::scroll::Wanted;
use crate::parts::icon::{self, icon};
use crate::parts::keycap::with_keys;
use crate::parts::later::{Where, later};
use crate::state::session::Session;
use crate::{dom, locale, t};
use leptos::html;
use leptos::prelude::*;
use parlor_view::{HighlightView, MessageView};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use web_sys::KeyboardEvent;

/// What is typed is looked for this long after the last key.
const PAUSE: Duration = Duration::from_millis(150);
const MOST: u32 = 200;

/// What is looked for in the room.
#[derive(Clone, Copy)]
pub struct Finding {
    /// Whether the bar is there.
    pub open: RwSignal<bool>,
    /// The hits: the stretches that were looked for, by message.
    pub marks: RwSignal<BTreeMap<String, Vec<HighlightView>>>,
    hits: RwSignal<Vec<String>>,
    at: RwSignal<usize>,
    typed: StoredValue<u32>,
}

#[derive(Deserialize)]
struct Found {
    messages: Vec<MessageView>,
}

impl Finding {
    /// Nothing.
    pub fn new() -> Self {
        let finding = Self {
            open: RwSignal::new(false),
            marks: RwSignal::new(BTreeMap::new()),
            hits: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
            typed: StoredValue::new(0),
        };
        provide_context(finding);
        finding
    }

    /// That of the room.
    pub fn here() -> Self {
        expect_context()
    }

    fn close(self) {
        self.open.set(false);
        self.take(Vec::new());
        dom::focus_id(super::FIELD);
    }

    fn take(self, mut found: Vec<MessageView>) {
        found.sort_by_key(|message| std::cmp::Reverse(message.sent_at));
        self.at.set(0);
        self.hits.set(found.iter().map(|message| message.message_id.clone()).collect());
        self.marks.set(
            found.into_iter().map(|message| (message.message_id, message.highlights)).collect(),
        );
    }
}

/// The button that opens the bar.
#[component]
pub fn FindButton() -> impl IntoView {
    let finding = Finding::here();
    draw! {
        <button
            class={"icon-btn"}
            aria-label={t!("find")}
            title={with_keys(t!("find"), &["Ctrl", "F"])}
            aria-expanded=move || finding.open.get().to_string()
            data-find={"true"}
            on:click=move |_| finding.open.update(|open| *open = !*open)
        >
            {icon(icon::MAGNIFYING_GLASS, "s22")}
        </button>
    }
}

/// The bar.
#[component]
pub fn FindBar(chat_id: String) -> impl IntoView {
    let finding = Finding::here();
    let chat_id = StoredValue::new(chat_id);
    let drawn = move |bar: fn(String) -> AnyView| bar(chat_id.get_value());
    move || finding.open.get().then(|| later(Where::Above, bar(), drawn))
}

apart! {
    search: fn bar(chat_id: String) -> AnyView { draw! { <Bar chat_id=chat_id /> } }
}

#[component]
fn Bar(chat_id: String) -> impl IntoView {
    let (finding, session, wanted) = (Finding::here(), Session::here(), Wanted::here());
    let field: NodeRef<html::Input> = NodeRef::new();
    let query = RwSignal::new(String::new());
    Effect::new(move || {
        if let Some(field) = field.get() {
            dom::focus(&field);
        }
    });
    let show = move || {
        if let Some(id) =
            finding.hits.with_untracked(|hits| hits.get(finding.at.get_untracked()).cloned())
        {
            wanted.show(&id);
        }
    };
    let step = move |by: isize| {
        let count = finding.hits.with_untracked(Vec::len) as isize;
        if count > 0 {
            finding.at.update(|at| *at = (*at as isize + by).rem_euclid(count) as usize);
            show();
        }
    };
    let look = move |text: String| {
        query.set(text.clone());
        finding.typed.update_value(|typed| *typed += 1);
        let typed = finding.typed.get_value();
        let chat_id = chat_id.clone();
        set_timeout(
            move || {
                if finding.typed.try_get_value() != Some(typed) {
                    return;
                }
                if text.trim().is_empty() {
                    return finding.take(Vec::new());
                }
                leptos::task::spawn_local(async move {
                    let params = json!({"query": text, "chat_id": chat_id, "limit": MOST});
                    let found = session.ask::<Found>("messages.search", params).await;
                    if finding.typed.try_get_value() == Some(typed) {
                        finding.take(found.map(|found| found.messages).unwrap_or_default());
                        show();
                    }
                });
            },
            PAUSE,
        );
    };
    let keydown = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            finding.close();
        }
        "Enter" => step(if event.shift_key() { -1 } else { 1 }),
        "ArrowUp" => step(1),
        "ArrowDown" => step(-1),
        _ => {}
    };
    let count = move || {
        let hits = finding.hits.with(Vec::len);
        if query.with(|query| query.trim().is_empty()) {
            String::new()
        } else if hits == 0 {
            t!("find-none")
        } else {
            t!("find-count", at = locale::number((finding.at.get() + 1) as f64), count = hits)
        }
    };
    draw! {
        <div class={"findbar"} role={"search"} on:keydown=keydown>
            {icon(icon::MAGNIFYING_GLASS, "s18")}
            <input
                node_ref=field
                class={"q grow"}
                type={"search"}
                aria-label={t!("find")}
                placeholder={t!("find")}
                on:input=move |event| look(event_target_value(&event))
            />
            <span class={"num"} role={"status"}>{count}</span>
            <button class={"icon-btn sm"} aria-label={t!("find-older")} title={t!("find-older")} on:click=move |_| step(1)>
                {icon(icon::CARET_UP_BOLD, "s16")}
            </button>
            <button class={"icon-btn sm"} aria-label={t!("find-newer")} title={t!("find-newer")} on:click=move |_| step(-1)>
                {icon(icon::CARET_DOWN_BOLD, "s16")}
            </button>
            <button class={"icon-btn sm"} aria-label={t!("close")} on:click=move |_| finding.close()>
                {icon(icon::X, "s18")}
            </button>
        </div>
    }
}
