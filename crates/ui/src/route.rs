//! Where one is in the app, as the fragment of the address: it stays in the browser, so no server learns which chat
//! was opened, and back, forward and reload work.
//!
//! | fragment | place |
//! |---|---|
//! | `#/` | the chats |
//! | `#/chat/ID`, `#/chat/ID/details`, `#/chat/ID/at/MESSAGE` | a chat, its details, a message in it |
//! | `#/archived`, `#/requests` | chats set aside, people who want to talk |
//! | `#/new`, `#/new/group` | a new chat, a new group |
//! | `#/search` | all messages |
//! | `#/open/LINK` | a link to a person or into a group |
//! | `#/settings`, `#/settings/PAGE` | settings |
//! | `#/start`, `#/start/STEP` | without an account: the first step and those behind it |

use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// A place in the app.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Place {
    #[default]
    Chats,
    Archived,
    Requests,
    Chat {
        id: String,
        details: bool,
        /// A message to show.
        at: Option<String>,
    },
    New {
        group: bool,
    },
    Search,
    /// A `parlor:` link.
    Open(String),
    /// The name of a page, empty for the list of them.
    Settings(String),
    /// The name of a step, empty for the first.
    Start(String),
}

impl Place {
    /// A chat.
    pub fn chat(id: &str) -> Self {
        Self::Chat { id: id.into(), details: false, at: None }
    }

    /// The place of a fragment.
    pub fn parse(fragment: &str) -> Self {
        let path = fragment.trim_start_matches('#').trim_start_matches('/');
        let mut parts = path.split('/').map(decode);
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        match (first.as_str(), second) {
            ("chat", Some(id)) if !id.is_empty() => {
                let third = parts.next().unwrap_or_default();
                let at = parts.next().filter(|_| third == "at");
                Self::Chat { id, details: third == "details", at }
            }
            ("archived", _) => Self::Archived,
            ("requests", _) => Self::Requests,
            ("new", second) => Self::New { group: second.as_deref() == Some("group") },
            ("search", _) => Self::Search,
            ("open", Some(link)) => Self::Open(link),
            ("settings", page) => Self::Settings(page.unwrap_or_default()),
            ("start", step) => Self::Start(step.unwrap_or_default()),
            _ => Self::Chats,
        }
    }

    /// Its fragment, to be used as the address of a link.
    pub fn href(&self) -> String {
        match self {
            Self::Chats => "#/".into(),
            Self::Archived => "#/archived".into(),
            Self::Requests => "#/requests".into(),
            Self::Chat { id, details: true, .. } => format!("#/chat/{}/details", encode(id)),
            Self::Chat { id, at: Some(at), .. } => {
                format!("#/chat/{}/at/{}", encode(id), encode(at))
            }
            Self::Chat { id, .. } => format!("#/chat/{}", encode(id)),
            Self::New { group: false } => "#/new".into(),
            Self::New { group: true } => "#/new/group".into(),
            Self::Search => "#/search".into(),
            Self::Open(link) => format!("#/open/{}", encode(link)),
            Self::Settings(page) if page.is_empty() => "#/settings".into(),
            Self::Settings(page) => format!("#/settings/{page}"),
            Self::Start(step) if step.is_empty() => "#/start".into(),
            Self::Start(step) => format!("#/start/{step}"),
        }
    }

    /// Its whole address, for people elsewhere. What is behind the `#` is not told to the server.
    pub fn address(&self) -> String {
        let origin = window().location().origin().unwrap_or_default();
        format!("{origin}/{}", self.href())
    }

    /// The link in a text that somebody gives: itself, or what an address of a page like this one leads to.
    pub fn link_in(text: &str) -> Option<String> {
        let text = text.trim();
        if text.starts_with("parlor:") {
            return Some(text.to_string());
        }
        let (_, fragment) = text.split_once('#')?;
        match Self::parse(fragment) {
            Self::Open(link) => Some(link),
            _ => None,
        }
    }

    /// The chat that is open.
    pub fn chat_id(&self) -> Option<&str> {
        match self {
            Self::Chat { id, .. } => Some(id),
            _ => None,
        }
    }
}

fn encode(part: &str) -> String {
    js_sys::encode_uri_component(part).into()
}

fn decode(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_string(), String::from)
}

/// Where one is, and ways to go elsewhere.
#[derive(Clone, Copy)]
pub struct Router {
    /// Where one is.
    pub place: RwSignal<Place>,
    /// The link that the page was opened with.
    pub wanted: StoredValue<Option<Place>>,
}

impl Router {
    /// Follows the address of the page. To be called once.
    pub fn start() -> Self {
        let read = || Place::parse(&window().location().hash().unwrap_or_default());
        let place = RwSignal::new(read());
        let handle = window_event_listener(leptos::ev::popstate, move |_| place.set(read()));
        on_cleanup(move || handle.remove());
        let first = place.get_untracked();
        let wanted = StoredValue::new(Some(first).filter(|first| matches!(first, Place::Open(_))));
        let router = Self { place, wanted };
        provide_context(router);
        router
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Goes to a place; back comes here again.
    pub fn go(self, place: Place) {
        if self.place.with_untracked(|old| *old != place) {
            self.write(place, false);
        }
    }

    /// Goes to a place in the stead of this one.
    pub fn replace(self, place: Place) {
        self.write(place, true);
    }

    fn write(self, place: Place, instead: bool) {
        if let Ok(history) = window().history() {
            let href = place.href();
            // Browsers limit how often this may be done; the place changes all the same.
            let _ = if instead {
                history.replace_state_with_url(&JsValue::NULL, "", Some(&href))
            } else {
                history.push_state_with_url(&JsValue::NULL, "", Some(&href))
            };
        }
        self.place.set(place);
    }

    /// The chat that is open.
    pub fn chat_id(self) -> Option<String> {
        self.place.with(|place| place.chat_id().map(String::from))
    }
}
