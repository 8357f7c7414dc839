//! Who types where. Nobody types for ever: a sign that is not renewed goes away.

use leptos::prelude::*;
use parlor_view::MessageView;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a sign lasts.
const LASTS: Duration = Duration::from_secs(8);

/// Who types, by chat.
#[derive(Clone, Copy)]
pub struct Typing {
    all: RwSignal<BTreeMap<String, Vec<(String, u32)>>>,
    count: StoredValue<u32>,
}

impl Typing {
    /// Nobody.
    pub fn new() -> Self {
        let typing = Self { all: RwSignal::new(BTreeMap::new()), count: StoredValue::new(0) };
        provide_context(typing);
        typing
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// The user ids of those who type in a chat.
    pub fn of(self, chat_id: &str) -> Vec<String> {
        self.all.with(|all| {
            all.get(chat_id)
                .map(|who| who.iter().map(|(id, _)| id.clone()).collect())
                .unwrap_or_default()
        })
    }

    pub(super) fn told(self, chat_id: &str, user_id: &str, typing: bool) {
        self.count.update_value(|count| *count += 1);
        let sign = self.count.get_value();
        self.all.update(|all| {
            let who = all.entry(chat_id.to_string()).or_default();
            who.retain(|(id, _)| id != user_id);
            if typing {
                who.push((user_id.to_string(), sign));
            }
        });
        if typing {
            let chat_id = chat_id.to_string();
            set_timeout(move || self.end(&chat_id, |(_, found)| *found == sign), LASTS);
        }
    }

    pub(super) fn wrote(self, message: &MessageView) {
        self.end(&message.chat_id, |(id, _)| *id == message.sender.user_id);
    }

    fn end(self, chat_id: &str, is: impl Fn(&(String, u32)) -> bool) {
        let some =
            self.all.with_untracked(|all| all.get(chat_id).is_some_and(|who| who.iter().any(&is)));
        if some {
            self.all.update(|all| {
                if let Some(who) = all.get_mut(chat_id) {
                    who.retain(|one| !is(one));
                }
            });
        }
    }
}
