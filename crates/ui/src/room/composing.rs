//! What is being written: the draft, what it answers or changes, the files that go with it.

use crate::core::Problem;
use crate::locale;
use crate::state::chats::Chats;
use crate::state::session::Session;
use crate::state::thread::Threads;
use leptos::prelude::*;
use serde_json::json;
use std::time::Duration;

/// Drafts are kept so long after the last key.
const DRAFT: Duration = Duration::from_millis(600);
/// Typing is told again after this long.
const TYPING: u64 = 4000;
/// As many as a message may have.
const MOST_FILES: usize = 10;

/// A file that will go with the message.
#[derive(Clone, PartialEq)]
pub struct Enclosed {
    /// To tell one from another.
    pub number: u32,
    /// The file.
    pub file: StoredValue<web_sys::File, LocalStorage>,
    /// A way to show it, if it is a picture.
    pub url: Option<String>,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// What a message is written for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// A new message.
    New,
    /// An answer to a message.
    Reply(String),
    /// Another text for an own message.
    Edit(String),
}

/// What an emoji is picked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picking {
    /// For the text.
    Text,
    /// For a reaction to a message.
    Reaction(String),
}

/// What is being written in a room.
#[derive(Clone, Copy)]
pub struct Composing {
    session: Session,
    chats: Chats,
    /// Its messages.
    pub thread: Threads,
    /// The chat.
    pub chat_id: StoredValue<String>,
    /// What is typed.
    pub text: RwSignal<String>,
    /// What for.
    pub purpose: RwSignal<Purpose>,
    /// What goes with it.
    pub files: RwSignal<Vec<Enclosed>>,
    /// People who are named: what was put in for them, and who they are.
    pub named: StoredValue<Vec<(String, String)>>,
    /// What the emoji picker is open for.
    pub picking: RwSignal<Option<Picking>>,
    /// Whether files are held over the room.
    pub dragged: RwSignal<bool>,
    /// Why the last message did not go.
    pub problem: RwSignal<Option<Problem>>,
    /// Whether all files are to be shown as files.
    as_files: StoredValue<bool>,
    /// Whether a message is being handed over.
    pub busy: RwSignal<bool>,
    /// Grows when the field should take the focus.
    pub focus: RwSignal<u32>,
    told: StoredValue<u64>,
    typed: StoredValue<u32>,
    count: StoredValue<u32>,
    /// The draft that was there before an edit.
    aside: StoredValue<String>,
}

impl Composing {
    /// In this chat, with the draft that it has.
    pub fn new(chat_id: String) -> Self {
        let chats = Chats::here();
        let draft =
            chats.get(&chat_id).and_then(|chat| chat.with_untracked(|chat| chat.draft.clone()));
        let composing = Self {
            session: Session::here(),
            chats,
            thread: Threads::here(),
            chat_id: StoredValue::new(chat_id),
            text: RwSignal::new(draft.unwrap_or_default()),
            purpose: RwSignal::new(Purpose::New),
            files: RwSignal::new(Vec::new()),
            named: StoredValue::new(Vec::new()),
            picking: RwSignal::new(None),
            dragged: RwSignal::new(false),
            problem: RwSignal::new(None),
            as_files: StoredValue::new(false),
            busy: RwSignal::new(false),
            focus: RwSignal::new(0),
            told: StoredValue::new(0),
            typed: StoredValue::new(0),
            count: StoredValue::new(0),
            aside: StoredValue::new(String::new()),
        };
        on_cleanup(move || composing.leave());
        composing
    }

    /// That of the room.
    pub fn here() -> Self {
        expect_context()
    }

    /// Takes what is typed now.
    pub fn write(self, text: String) {
        let some = !text.trim().is_empty();
        self.text.set(text);
        if matches!(self.purpose.get_untracked(), Purpose::Edit(_)) {
            return;
        }
        self.tell_typing(some);
        self.typed.update_value(|count| *count += 1);
        let typed = self.typed.get_value();
        set_timeout(
            move || {
                if self.typed.try_get_value() == Some(typed) {
                    self.keep_draft();
                }
            },
            DRAFT,
        );
    }

    fn tell_typing(self, typing: bool) {
        let now = locale::now();
        let told = self.told.get_value();
        let due = if typing { now.saturating_sub(told) > TYPING } else { told > 0 };
        if due {
            self.told.set_value(if typing { now } else { 0 });
            self.tell("typing.set", json!({"chat_id": self.chat_id.get_value(), "typing": typing}));
        }
    }

    fn keep_draft(self) {
        if matches!(self.purpose.get_untracked(), Purpose::Edit(_)) {
            return;
        }
        let (chat_id, text) = (self.chat_id.get_value(), self.text.get_untracked());
        let kept = self.chats.get(&chat_id);
        let same = kept.is_some_and(|chat| {
            chat.with_untracked(|chat| chat.draft.as_deref().unwrap_or_default() == text)
        });
        if !same {
            self.tell("chats.set_draft", json!({"chat_id": chat_id, "text": text}));
        }
    }

    fn tell(self, method: &'static str, params: serde_json::Value) {
        let session = self.session;
        leptos::task::spawn_local(async move {
            // Typing and drafts are told best effort.
            let _ = session.tell(method, params).await;
        });
    }

    fn leave(self) {
        self.tell_typing(false);
        self.keep_draft();
        for one in self.files.get_untracked() {
            one.forget();
        }
    }

    /// Begins an answer.
    pub fn reply(self, message_id: String) {
        self.stop_editing();
        self.purpose.set(Purpose::Reply(message_id));
        self.take_focus();
    }

    /// Begins to change an own message.
    pub fn edit(self, message_id: String, text: String) {
        if !matches!(self.purpose.get_untracked(), Purpose::Edit(_)) {
            self.aside.set_value(self.text.get_untracked());
        }
        self.purpose.set(Purpose::Edit(message_id));
        self.text.set(text);
        self.take_focus();
    }

    /// Ends an answer or a change.
    pub fn cancel(self) {
        self.stop_editing();
        self.purpose.set(Purpose::New);
        self.take_focus();
    }

    fn stop_editing(self) {
        if matches!(self.purpose.get_untracked(), Purpose::Edit(_)) {
            self.text.set(self.aside.get_value());
        }
    }

    /// The message that what is sent now answers.
    pub fn answered(self) -> Option<String> {
        match self.purpose.get_untracked() {
            Purpose::Reply(id) => Some(id),
            Purpose::New | Purpose::Edit(_) => None,
        }
    }

    /// The answer was sent.
    pub fn was_answered(self) {
        if let Some(Purpose::Reply(_)) = self.purpose.try_get_untracked() {
            self.purpose.set(Purpose::New);
        }
    }

    /// Puts the focus into the field.
    pub fn take_focus(self) {
        self.focus.update(|count| *count += 1);
    }

    /// Adds files, as many as may go.
    pub fn add(self, files: &web_sys::FileList) {
        self.add_picked(files, false);
    }

    /// The same; `as_files`: shown as files even if they are pictures, unless others are not.
    pub fn add_picked(self, files: &web_sys::FileList, as_files: bool) {
        let alone = self.files.with_untracked(Vec::is_empty);
        self.as_files.update_value(|all| *all = as_files && (alone || *all));
        for index in 0..files.length() {
            if let Some(file) = files.get(index) {
                self.add_one(file);
            }
        }
        self.take_focus();
    }

    /// Adds a file.
    pub fn add_one(self, file: web_sys::File) {
        if self.files.with_untracked(Vec::len) >= MOST_FILES {
            return;
        }
        self.count.update_value(|count| *count += 1);
        let picture = file.type_().starts_with("image/");
        let url =
            if picture { web_sys::Url::create_object_url_with_blob(&file).ok() } else { None };
        let enclosed = Enclosed {
            number: self.count.get_value(),
            name: file.name(),
            size: file.size() as u64,
            file: StoredValue::new_local(file),
            url,
        };
        self.files.update(|files| files.push(enclosed));
    }

    /// Takes a file away.
    pub fn remove(self, number: u32) {
        self.files.update(|files| {
            for gone in files.iter().filter(|one| one.number == number) {
                gone.forget();
            }
            files.retain(|one| one.number != number);
        });
    }

    /// Moves a file by so many places.
    pub fn shift(self, number: u32, by: isize) {
        self.files.update(|files| {
            let Some(at) = files.iter().position(|one| one.number == number) else { return };
            if let Some(to) = at.checked_add_signed(by).filter(|to| *to < files.len()) {
                files.swap(at, to);
            }
        });
    }

    /// Whether there is something to send.
    pub fn is_full(self) -> bool {
        self.text.with(|text| !text.trim().is_empty()) || self.files.with(|files| !files.is_empty())
    }

    /// Hands the message over. What was written comes back if it cannot be taken.
    pub fn send(self) {
        self.send_how(false);
    }

    /// The same; those who get it hear no sound and see no notification.
    pub fn send_silently(self) {
        self.send_how(true);
    }

    fn send_how(self, silent: bool) {
        let text = self.text.get_untracked();
        let files = self.files.get_untracked();
        if self.busy.get_untracked() || (text.trim().is_empty() && files.is_empty()) {
            return;
        }
        let purpose = self.purpose.get_untracked();
        let draft = if matches!(purpose, Purpose::Edit(_)) {
            self.aside.get_value()
        } else {
            String::new()
        };
        let named = self.named.get_value();
        let chat_id = self.chat_id.get_value();
        self.problem.set(None);
        self.text.set(draft);
        self.purpose.set(Purpose::New);
        self.files.set(Vec::new());
        self.named.set_value(Vec::new());
        self.tell_typing(false);
        self.typed.update_value(|count| *count += 1);
        self.busy.set(!files.is_empty());
        leptos::task::spawn_local(async move {
            let sent = self.hand_over(&chat_id, (&text, silent), &files, &purpose, &named).await;
            self.busy.try_set(false);
            match sent {
                Ok(()) => {
                    files.iter().for_each(Enclosed::forget);
                    self.keep_draft_if_here();
                }
                Err(problem) => self.give_back(problem, text, files, purpose, named),
            }
        });
    }

    fn keep_draft_if_here(self) {
        if self.text.try_get_untracked().is_some() {
            self.keep_draft();
        }
    }

    fn give_back(
        self,
        problem: Problem,
        text: String,
        files: Vec<Enclosed>,
        purpose: Purpose,
        named: Vec<(String, String)>,
    ) {
        if self.problem.try_set(Some(problem)).is_none()
            && self.text.with_untracked(String::is_empty)
        {
            self.text.set(text);
            self.files.set(files);
            self.purpose.set(purpose);
            self.named.set_value(named);
        }
    }

    async fn hand_over(
        self,
        chat_id: &str,
        (text, silent): (&str, bool),
        files: &[Enclosed],
        purpose: &Purpose,
        named: &[(String, String)],
    ) -> Result<(), Problem> {
        let as_files = self.as_files.get_value();
        let (text, entities) = crate::markup::written::parse(text.trim());
        let mentions = mentions(&text, named);
        let mut params = json!({"text": text, "entities": entities, "mentions": mentions});
        let mut put = |name: &str, value: serde_json::Value| {
            if let Some(object) = params.as_object_mut() {
                object.insert(name.into(), value);
            }
        };
        let method = match purpose {
            Purpose::Edit(message_id) => {
                put("message_id", message_id.as_str().into());
                "messages.edit"
            }
            other => {
                put("chat_id", chat_id.into());
                if let Purpose::Reply(message_id) = other {
                    put("reply_to", message_id.as_str().into());
                }
                if silent {
                    put("silent", true.into());
                }
                let mut names = Vec::new();
                for one in files {
                    names.push(self.session.core().bring(one.file.get_value()).await?);
                }
                if !names.is_empty() {
                    put("attachments", names.into());
                    if as_files {
                        put("send_as", "file".into());
                    }
                }
                put("client_id", crate::dom::random_name().into());
                "messages.send"
            }
        };
        match self.session.tell(method, params.clone()).await {
            // The tab that did the work was closed. Under its name, the message is sent once all the same.
            Err(lost)
                if lost.code == "unavailable" && method == "messages.send" && files.is_empty() =>
            {
                self.session.tell(method, params).await
            }
            done => done,
        }
    }
}

impl Enclosed {
    fn forget(&self) {
        if let Some(url) = &self.url {
            // A name of the browser's own is given back.
            let _ = web_sys::Url::revoke_object_url(url);
        }
    }
}

/// Where people are named in a text, as `messages.send` wants it.
fn mentions(text: &str, named: &[(String, String)]) -> Vec<serde_json::Value> {
    let mut found = Vec::new();
    for (put, user) in named {
        for (byte, _) in text.match_indices(put.as_str()) {
            let start = text.get(..byte).unwrap_or_default().chars().count();
            let length = put.chars().count();
            found.push((start, json!({"user": user, "start": start, "length": length})));
        }
    }
    found.sort_by_key(|(start, _)| *start);
    found.dedup_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, mention)| mention).collect()
}
