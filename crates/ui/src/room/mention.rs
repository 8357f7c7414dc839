//! Naming people: after `@` a list of the members stands above the field; arrows choose, Enter and Tab take, Escape
//! leaves it.

use super::composing::Composing;
use super::members::Members;
use crate::parts::avatar::{Face, face};
use crate::state::people::People;
use crate::{letters, t};
use leptos::prelude::*;
use parlor_view::MemberView;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

/// As many as are offered.
const MOST: usize = 6;

/// The list of those who can be named.
#[derive(Clone, Copy)]
pub struct Mentioning {
    members: Members,
    /// Where the sign stands (in UTF-16 units) and what was typed behind it.
    begun: RwSignal<Option<(u32, String)>>,
    /// Who is offered.
    pub offered: Memo<Vec<MemberView>>,
    /// Which of them is chosen.
    pub at: RwSignal<usize>,
}

impl Mentioning {
    /// For the members of the room.
    pub fn new() -> Self {
        let members = Members::here();
        let begun = RwSignal::new(None::<(u32, String)>);
        let offered = Memo::new(move |_| {
            let Some(begun) = begun.get().map(|(_, begun)| letters::small(&begun)) else {
                return Vec::new();
            };
            let fits = |member: &&MemberView| {
                let name = letters::small(&member.display_name);
                name.starts_with(&begun)
                    || name.split_whitespace().any(|word| word.starts_with(&begun))
            };
            members.0.with(|members| members.iter().filter(fits).take(MOST).cloned().collect())
        });
        Self { members, begun, offered, at: RwSignal::new(0) }
    }

    /// Looks at what stands before the caret.
    pub fn look(self, field: &HtmlTextAreaElement) {
        if self.members.0.with_untracked(Vec::is_empty) {
            return;
        }
        let caret = field.selection_start().ok().flatten().unwrap_or_default();
        let before: Vec<u16> = field.value().encode_utf16().take(caret as usize).collect();
        let before = String::from_utf16_lossy(&before);
        let begun = before.rsplit_once('@').filter(|(head, tail)| {
            let apart = head.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            apart && !tail.contains('\n') && tail.chars().count() < 24
        });
        let begun =
            begun.map(|(head, tail)| (head.encode_utf16().count() as u32, tail.to_string()));
        if self.begun.with_untracked(|old| *old != begun) {
            self.begun.set(begun);
            self.at.set(0);
        }
    }

    /// Leaves the list.
    pub fn close(self) {
        self.begun.set(None);
    }

    /// Whether a key was for the list.
    pub fn key(
        self,
        event: &KeyboardEvent,
        field: &HtmlTextAreaElement,
        composing: Composing,
    ) -> bool {
        let offered = self.offered.get_untracked();
        let count = offered.len();
        if count == 0 {
            return false;
        }
        match event.key().as_str() {
            "ArrowDown" => self.at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => self.at.update(|at| *at = (*at + count - 1) % count),
            "Enter" | "Tab" => {
                if let Some(member) = offered.get(self.at.get_untracked()) {
                    self.take(member, field, composing);
                }
            }
            "Escape" => self.close(),
            _ => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }

    /// Puts the name of somebody in.
    pub fn take(self, member: &MemberView, field: &HtmlTextAreaElement, composing: Composing) {
        let Some((start, begun)) = self.begun.get_untracked() else { return };
        let end = start + 1 + begun.encode_utf16().count() as u32;
        let put = format!("@{}", member.display_name);
        let text: Vec<u16> = field.value().encode_utf16().collect();
        let part = |from: usize, to: usize| {
            String::from_utf16_lossy(text.get(from..to).unwrap_or_default())
        };
        let (head, tail) =
            (part(0, start as usize), part((end as usize).min(text.len()), text.len()));
        let space = if tail.starts_with(' ') { "" } else { " " };
        composing.named.update_value(|named| named.push((put.clone(), member.user_id.clone())));
        composing.write(format!("{head}{put}{space}{tail}"));
        self.close();
        let caret = start + (put.encode_utf16().count() + 1) as u32;
        let field = field.clone();
        // The text is in the field one turn later.
        request_animation_frame(move || {
            // The field has at least this much text now.
            let _ = field.set_selection_range(caret, caret);
        });
    }
}

/// Draws the list.
#[component]
pub fn Offered(mentioning: Mentioning, on_take: Callback<MemberView>) -> impl IntoView {
    let people = People::here();
    let line = move |(index, member): (usize, MemberView)| {
        let drawn = Face {
            id: member.user_id.clone(),
            name: member.display_name.clone(),
            photo: people.get(&member.user_id).and_then(|person| person.avatar),
            ..Face::default()
        };
        let taken = member.clone();
        let press = move |event: web_sys::PointerEvent| {
            // The field keeps the focus.
            event.prevent_default();
            on_take.run(taken.clone());
        };
        draw! {
            <div
                class={"mi"}
                class:is-on=move || mentioning.at.get() == index
                id={format!("mention-{index}")}
                role={"option"}
                aria-selected=move || (mentioning.at.get() == index).to_string()
                on:pointerdown=press
            >
                {face(&drawn, "s28")}
                <bdi class={"clip"}>{member.display_name.clone()}</bdi>
                <bdi class={"sub clip"}>{member.address.clone()}</bdi>
            </div>
        }
    };
    move || {
        let offered = mentioning.offered.get();
        (!offered.is_empty()).then(|| {
            draw! {
                <div class={"menu mentions"} id={"mentions"} role={"listbox"} aria-label={t!("mention")}>
                    {offered.into_iter().enumerate().map(line).collect_view()}
                </div>
            }
        })
    }
}
