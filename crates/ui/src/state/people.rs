//! Who is who: names and faces by account, from the list of contacts and from what they write.

use super::session::Session;
use crate::letters;
use crate::parts::avatar::Face;
use leptos::prelude::*;
use parlor_view::{ChatView, ContactView, SenderView};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Somebody.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Person {
    /// What they call themselves.
    pub name: String,
    /// What finds them.
    pub address: String,
    /// A JPEG in base64.
    pub avatar: Option<String>,
    /// Whether their safety number was compared.
    pub verified: bool,
    /// Whether they are blocked.
    pub blocked: bool,
    /// The direct chat with them.
    pub chat_id: Option<String>,
}

impl Person {
    /// How they look; `id` is theirs.
    pub fn face(&self, id: &str) -> Face {
        Face {
            id: id.to_owned(),
            name: self.name.clone(),
            photo: self.avatar.clone(),
            ..Face::default()
        }
    }
}

/// Everybody this device knows.
#[derive(Clone, Copy)]
pub struct People {
    session: Session,
    /// By user id.
    pub all: RwSignal<BTreeMap<String, Person>>,
}

#[derive(Deserialize)]
struct Contacts {
    contacts: Vec<ContactView>,
}

impl People {
    /// Nobody yet.
    pub fn new(session: Session) -> Self {
        let people = Self { session, all: RwSignal::new(BTreeMap::new()) };
        provide_context(people);
        people
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Reads the contacts again.
    pub fn load(self) {
        leptos::task::spawn_local(async move {
            let Ok(Contacts { contacts }) = self.session.ask("contacts.list", json!({})).await
            else {
                return;
            };
            self.all.update(|all| {
                for contact in contacts {
                    all.insert(
                        contact.user_id,
                        Person {
                            name: contact.display_name,
                            address: contact.address,
                            avatar: contact.avatar,
                            verified: contact.verified,
                            blocked: contact.blocked,
                            chat_id: contact.chat_id,
                        },
                    );
                }
            });
        });
    }

    /// Somebody by their id.
    pub fn get(self, user_id: &str) -> Option<Person> {
        self.all.with(|all| all.get(user_id).cloned())
    }

    /// Everybody for whom this holds, with their ids, by name.
    pub fn sorted(self, shown: impl Fn(&str, &Person) -> bool) -> Vec<(String, Person)> {
        let mut found = self.all.with(|all| {
            let kept = all.iter().filter(|(id, person)| shown(id, person));
            kept.map(|(id, person)| (id.clone(), person.clone())).collect::<Vec<_>>()
        });
        found.sort_by_cached_key(|(_, person)| letters::small(&person.name));
        found
    }

    /// The name of somebody; empty if nobody knows.
    pub fn name(self, user_id: &str) -> String {
        self.all.with(|all| all.get(user_id).map(|person| person.name.clone()).unwrap_or_default())
    }

    /// The other person of a direct chat, with their id.
    pub fn of_chat(self, chat: &ChatView) -> Option<(String, Person)> {
        let peer = chat.peer.clone()?;
        self.get(&peer).map(|person| (peer, person))
    }

    pub(super) fn saw(self, sender: &SenderView) {
        let known = self.all.with_untracked(|all| {
            all.get(&sender.user_id).is_some_and(|person| person.name == sender.display_name)
        });
        if !known {
            self.all.update(|all| {
                let person = all.entry(sender.user_id.clone()).or_default();
                person.name.clone_from(&sender.display_name);
                person.address.clone_from(&sender.address);
            });
        }
    }

    pub(super) fn saw_chat(self, chat: &ChatView) {
        let Some(peer) = &chat.peer else { return };
        let known = |all: &BTreeMap<String, Person>| {
            all.get(peer).is_some_and(|person| person.chat_id.is_some())
        };
        if !self.all.with_untracked(known) {
            self.load();
        }
    }
}
