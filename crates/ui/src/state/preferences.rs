//! How the page looks in this browser: theme, contrast, density, text size, wallpaper (one for all chats, and of a
//! chat's own), language. Kept by the browser; `<html>` carries what styles ask for.

use crate::dom;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Wallpapers; `plain` is none.
pub const PAPERS: [&str; 6] = ["arches", "terrazzo", "tiles", "fern", "rain", "plain"];

/// How the page looks.
#[derive(Clone, Copy)]
pub struct Preferences {
    /// `light`, `dark`, or empty for the system's.
    pub theme: RwSignal<String>,
    /// `more`, `normal`, or empty for the system's.
    pub contrast: RwSignal<String>,
    /// `compact` or empty.
    pub density: RwSignal<String>,
    /// Percent of the browser's text size.
    pub text: RwSignal<u32>,
    /// One of [`PAPERS`].
    pub paper: RwSignal<String>,
    /// Of a chat's own.
    pub papers: RwSignal<BTreeMap<String, String>>,
    /// A code of BCP 47, or empty for the browser's.
    pub language: RwSignal<String>,
    /// Whether single letters do things while a message has the focus.
    pub letters: RwSignal<bool>,
    /// Whether other windows are told of new messages.
    pub alerts: RwSignal<bool>,
    /// Not before this time, Unix milliseconds.
    pub paused: RwSignal<u64>,
}

impl Preferences {
    /// As they were kept, and as other tabs set them. `<html>` follows them from now on.
    pub fn start() -> Self {
        let text = || RwSignal::new(String::new());
        let preferences = Self {
            theme: text(),
            contrast: text(),
            density: text(),
            text: RwSignal::new(0),
            paper: text(),
            papers: RwSignal::default(),
            language: text(),
            letters: RwSignal::new(true),
            alerts: RwSignal::new(false),
            paused: RwSignal::new(0),
        };
        provide_context(preferences);
        preferences.read();
        dom::on_kept_elsewhere(move || preferences.read());
        preferences.follow();
        preferences
    }

    fn read(self) {
        let kept = |name: &str| dom::kept(name).unwrap_or_default();
        let paper = Some(kept("paper")).filter(|paper| PAPERS.contains(&paper.as_str()));
        dom::renew(self.theme, kept("theme"));
        dom::renew(self.contrast, kept("contrast"));
        dom::renew(self.density, kept("density"));
        dom::renew(self.text, kept("text").parse().unwrap_or(100).clamp(80, 200));
        dom::renew(self.paper, paper.unwrap_or_else(|| "arches".into()));
        dom::renew(self.papers, parlor_view::json::parse(&kept("papers")).unwrap_or_default());
        dom::renew(self.language, kept("language"));
        dom::renew(self.letters, kept("letters") != "off");
        dom::renew(self.alerts, kept("alerts") == "on");
        dom::renew(self.paused, kept("paused").parse().unwrap_or_default());
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// The wallpaper of a chat.
    pub fn paper_of(self, chat_id: &str) -> String {
        let own = self.papers.with(|papers| papers.get(chat_id).cloned());
        own.unwrap_or_else(|| self.paper.get())
    }

    fn follow(self) {
        for (name, value) in
            [("theme", self.theme), ("contrast", self.contrast), ("density", self.density)]
        {
            Effect::new(move || {
                let value = value.get();
                set_root(&format!("data-{name}"), &value);
                dom::keep(name, &value);
            });
        }
        Effect::new(move || {
            let text = self.text.get();
            dom::keep("text", &text.to_string());
            if let Some(root) = root() {
                // The property exists in every browser.
                let _ = web_sys::HtmlElement::style(&root)
                    .set_property("font-size", &format!("{text}%"));
            }
        });
        Effect::new(move || dom::keep("paper", &self.paper.get()));
        Effect::new(move || {
            let papers =
                self.papers.with(|papers| serde_json::to_string(papers).unwrap_or_default());
            dom::keep("papers", &papers);
        });
        Effect::new(move || dom::keep("language", &self.language.get()));
        Effect::new(move || dom::keep("letters", if self.letters.get() { "" } else { "off" }));
        Effect::new(move || dom::keep("alerts", if self.alerts.get() { "on" } else { "" }));
        Effect::new(move || dom::keep("paused", &self.paused.get().to_string()));
    }
}

fn root() -> Option<web_sys::HtmlElement> {
    use wasm_bindgen::JsCast;
    document().document_element()?.dyn_into().ok()
}

fn set_root(name: &str, value: &str) {
    if let Some(root) = root() {
        // Attributes of these names can always be set.
        let _ = if value.is_empty() {
            root.remove_attribute(name)
        } else {
            root.set_attribute(name, value)
        };
    }
}
