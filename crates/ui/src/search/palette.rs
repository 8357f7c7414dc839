//! The switcher: jump to a chat, do something, or find a message, with the keyboard alone. `>` at the beginning shows
//! only what can be done.

use super::pane::{hit_author, look_for, marked, pieces};
use super::{Piece, matching};
use crate::app::keys::{Command, commands};
use crate::list::row;
use crate::parts::avatar::{Face, face};
use crate::parts::icon::{self, Icon, icon};
use crate::parts::keycap::caps;
use crate::parts::later::{Where, later};
use crate::route::{Place, Router};
use crate::state::chats::{Chats, Key};
use crate::state::people::People;
use crate::state::session::Session;
use crate::{dom, locale, t};
use leptos::html;
use leptos::prelude::*;
use parlor_view::MessageView;
use std::time::Duration;
use web_sys::KeyboardEvent;

const PAUSE: Duration = Duration::from_millis(120);
const CHATS: usize = 6;
const COMMANDS: usize = 5;
const MESSAGES: u32 = 4;

/// Whether the switcher is open.
#[derive(Clone, Copy)]
pub struct Palette(pub RwSignal<bool>);

impl Palette {
    /// It is not.
    pub fn start() -> Self {
        let palette = Self(RwSignal::new(false));
        provide_context(palette);
        palette
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }
}

/// A line of the switcher.
#[derive(Clone)]
enum Line {
    Chat { place: Place, drawn: Face, name: Vec<Piece>, unread: u64 },
    Do(Command, Vec<Piece>),
    Message { place: Place, drawn: Face, words: Vec<Piece>, note: String },
}

impl Line {
    fn section(&self) -> String {
        match self {
            Self::Chat { .. } => t!("chats"),
            Self::Do(..) => t!("palette-do"),
            Self::Message { .. } => t!("messages"),
        }
    }
}

/// Draws the switcher while it is open.
#[component]
pub fn PaletteHost() -> impl IntoView {
    let open = Palette::here().0;
    move || open.get().then(|| later(Where::Above, switcher(), |switcher| switcher()))
}

apart! {
    search: fn switcher() -> AnyView { draw! { <Switcher /> } }
}

#[component]
fn Switcher() -> impl IntoView {
    let open = Palette::here().0;
    let (session, router) = (Session::here(), Router::here());
    let node: NodeRef<html::Dialog> = NodeRef::new();
    let opener = StoredValue::new_local(dom::focused());
    let query = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let found = RwSignal::new(Vec::<MessageView>::new());
    let typed = StoredValue::new(0_u32);
    let lines = lines(query, found);
    Effect::new(move || {
        if let Some(dialog) = node.get().filter(|dialog| !dialog.open()) {
            // It is in the document and not open: it opens.
            let _ = dialog.show_modal();
        }
    });
    let close = move |back: bool| {
        open.set(false);
        if back && let Some(opener) = opener.get_value() {
            dom::focus(&opener);
        }
    };
    let write = move |text: String| {
        query.set(text.clone());
        at.set(0);
        typed.update_value(|typed| *typed += 1);
        look_later(session, text, typed, found);
    };
    let run = move |line: &Line| {
        close(false);
        match line {
            Line::Chat { place, .. } | Line::Message { place, .. } => router.go(place.clone()),
            Line::Do(command, _) => command.act.run(()),
        }
    };
    let keydown = move |event: KeyboardEvent| {
        let count = lines.with_untracked(|lines| lines.len());
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" if !event.is_composing() => {
                if let Some(line) =
                    lines.with_untracked(|lines| lines.get(at.get_untracked()).cloned())
                {
                    run(&line);
                }
            }
            _ => return,
        }
        event.prevent_default();
        if let Some(line) = dom::by_id(&format!("pi-{}", at.get_untracked())) {
            line.scroll_into_view_with_bool(false);
        }
    };
    let outside = move |event: web_sys::MouseEvent| {
        if event.target() == node.get_untracked().map(web_sys::EventTarget::from) {
            close(true);
        }
    };
    draw! {
        <dialog
            node_ref=node
            class={"dialog palette"}
            aria-label={t!("palette")}
            on:keydown=keydown
            on:click=outside
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close(true);
            }
        >
            <label class={"pq"}>
                {icon(icon::MAGNIFYING_GLASS, "s22")}
                <input
                    type={"text"}
                    role={"combobox"}
                    aria-expanded={"true"}
                    aria-controls={"pl"}
                    aria-label={t!("palette-to")}
                    placeholder={t!("palette-to")}
                    aria-activedescendant=move || format!("pi-{}", at.get())
                    autofocus=true
                    on:input=move |event| write(event_target_value(&event))
                />
                <button class={"link phone-only"} type={"button"} on:click=move |_| close(true)>{t!("cancel")}</button>
                <kbd class={"kbd desk-only"} aria-hidden={"true"}>{"Esc"}</kbd>
            </label>
            <div class={"pl"} id={"pl"} role={"listbox"} aria-label={t!("palette")}>
                {move || drawn(lines.get(), at, run)}
            </div>
            <footer class={"pf desk-only"} aria-hidden={"true"}>
                <span><kbd class={"kbd"}>{"↑"}</kbd><kbd class={"kbd"}>{"↓"}</kbd>{t!("palette-move")}</span>
                <span><kbd class={"kbd"}>{"↵"}</kbd>{t!("palette-open")}</span>
                <span><kbd class={"kbd"}>{">"}</kbd>{t!("palette-only")}</span>
            </footer>
        </dialog>
    }
}

/// Looks for messages, unless more is typed before.
fn look_later(
    session: Session,
    text: String,
    typed: StoredValue<u32>,
    found: RwSignal<Vec<MessageView>>,
) {
    let now = typed.get_value();
    let look = move || {
        if typed.try_get_value() != Some(now) {
            return;
        }
        leptos::task::spawn_local(async move {
            let wanted = !text.trim().is_empty() && !text.starts_with('>');
            let hits =
                if wanted { look_for(session, &text, "", MESSAGES).await } else { Vec::new() };
            if typed.try_get_value() == Some(now) {
                found.set(hits);
            }
        });
    };
    set_timeout(look, PAUSE);
}

fn lines(query: RwSignal<String>, found: RwSignal<Vec<MessageView>>) -> Memo<Lines> {
    let (chats, people) = (Chats::here(), People::here());
    let commands = StoredValue::new(commands());
    Memo::new(move |old: Option<&Lines>| {
        let query = query.get();
        let only = query.starts_with('>');
        let wanted = query.trim_start_matches('>').trim().to_string();
        let mut lines = Vec::new();
        if !only {
            let chat = |key: &Key| {
                let chat = chats.get(&key.id)?.get_untracked();
                let name = matching(&row::title(&chat), &wanted)?;
                let (place, unread) = (Place::chat(&chat.chat_id), chat.unread);
                Some(Line::Chat { place, drawn: row::chat_face(&chat, people), name, unread })
            };
            chats.order.with(|order| lines.extend(order.iter().filter_map(chat).take(CHATS)));
        }
        let fits =
            |command: &Command| Some(Line::Do(command.clone(), matching(&command.name, &wanted)?));
        let most = if only { usize::MAX } else { COMMANDS };
        commands.with_value(|commands| lines.extend(commands.iter().filter_map(fits).take(most)));
        if !only {
            lines.extend(found.get().iter().map(|message| message_line(message, chats, people)));
        }
        Lines { number: old.map_or(0, |old| old.number + 1), lines }
    })
}

/// The lines that are offered now. Two are never the same: what they do cannot be compared.
#[derive(Clone)]
struct Lines {
    number: u64,
    lines: Vec<Line>,
}

impl PartialEq for Lines {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl std::ops::Deref for Lines {
    type Target = Vec<Line>;
    fn deref(&self) -> &Vec<Line> {
        &self.lines
    }
}

fn message_line(message: &MessageView, chats: Chats, people: People) -> Line {
    let chat = chats.get(&message.chat_id).map(|chat| chat.get_untracked());
    let time = locale::row_time(message.sent_at);
    let title = chat.as_ref().map(row::title).unwrap_or_default();
    let who = hit_author(message, chat.as_ref()).unwrap_or_else(|| title.clone());
    Line::Message {
        place: Place::Chat {
            id: message.chat_id.clone(),
            details: false,
            at: Some(message.message_id.clone()),
        },
        drawn: chat.as_ref().map(|chat| row::chat_face(chat, people)).unwrap_or_default(),
        words: pieces(message),
        note: format!("{who}, {time}"),
    }
}

fn drawn(lines: Lines, at: RwSignal<usize>, run: impl Fn(&Line) + Copy + 'static) -> AnyView {
    if lines.is_empty() {
        return draw! { <p class={"pl-none"} role={"status"}>{t!("find-none")}</p> }.into_any();
    }
    let mut section = String::new();
    let one = |(index, line): (usize, Line)| {
        let title = line.section();
        let head = (title != section).then(|| {
            section.clone_from(&title);
            draw! { <div class={"sect"} role={"presentation"}>{title}</div> }
        });
        let pressed = line.clone();
        draw! {
            {head}
            <div
                class={"pi"}
                class:is-on=move || at.get() == index
                id={format!("pi-{index}")}
                role={"option"}
                aria-selected=move || (at.get() == index).to_string()
                on:pointermove=move |_| at.set(index)
                on:click=move |_| run(&pressed)
            >
                {inside(line)}
            </div>
        }
    };
    lines.lines.into_iter().enumerate().map(one).collect_view().into_any()
}

fn inside(line: Line) -> AnyView {
    match line {
        Line::Chat { drawn, name, unread, .. } => {
            let unread = (unread > 0).then(|| draw! { <span class={"badge"}>{locale::number(unread as f64)}</span> });
            draw! { {face(&drawn, "s28")}<span class={"t clip"} dir={"auto"}>{marked(name)}</span>{unread} }.into_any()
        }
        Line::Do(command, name) => {
            let shape: Icon = command.icon;
            draw! {
                <span class={"pic"}>{icon(shape, "s18")}</span>
                <span class={"t clip"}>{marked(name)}</span>
                <span class={"kbds desk-only"} aria-hidden={"true"}>{caps(command.keys)}</span>
            }
            .into_any()
        }
        Line::Message { drawn, words, note, .. } => draw! {
            {face(&drawn, "s28")}
            <span class={"t clip"} dir={"auto"}>{marked(words)}{" "}<span class={"faint"}>{note}</span></span>
        }
        .into_any(),
    }
}
