//! Who is in the open chat, for its head and for naming people.

use crate::state::session::Session;
use leptos::prelude::*;
use parlor_view::{ChatInfo, ChatView, MemberView};
use serde_json::json;

/// The others in the open chat.
#[derive(Clone, Copy)]
pub struct Members(pub RwSignal<Vec<MemberView>>);

impl Members {
    /// Reads them, and again when the chat changes.
    pub fn follow(chat: Memo<ChatView>) -> Self {
        let members = Self(RwSignal::new(Vec::new()));
        let session = Session::here();
        let (id, group) = chat.with_untracked(|chat| (chat.chat_id.clone(), chat.kind == "group"));
        // A notice tells of everything that changes them.
        let changes = Memo::new(move |_| {
            chat.with(|chat| {
                let last = chat.last_message.as_ref().filter(|last| last.kind == "notice");
                (chat.title.clone(), chat.left, last.map(|last| last.message_id.clone()))
            })
        });
        Effect::new(move || {
            changes.track();
            if !group {
                return;
            }
            let id = id.clone();
            leptos::task::spawn_local(async move {
                let Ok(info) = session.ask::<ChatInfo>("chats.info", json!({"chat_id": id})).await
                else {
                    return;
                };
                let own = session.own_id();
                let others =
                    info.members.into_iter().filter(|member| member.user_id != own).collect();
                members.0.try_set(others);
            });
        });
        provide_context(members);
        members
    }

    /// Those of the room.
    pub fn here() -> Self {
        expect_context()
    }
}
