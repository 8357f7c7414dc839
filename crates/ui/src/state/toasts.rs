//! Short words about what was done, with a way to undo it. Errors are no toasts: they stand where they happened. And
//! what is said to those who listen instead of looking.

use leptos::prelude::*;
use std::time::Duration;

/// How long a toast stays.
const STAYS: Duration = Duration::from_secs(5);

/// What a button of a toast does.
pub type Act = Callback<()>;

/// Words about what was done.
#[derive(Clone)]
pub struct Toast {
    /// To tell one from the next.
    pub number: u32,
    /// What was done.
    pub text: String,
    /// A button: its words and what it does.
    pub act: Option<(String, Act)>,
}

/// The toast that is shown, and what is said.
#[derive(Clone, Copy)]
pub struct Toasts {
    /// The one that is shown.
    pub shown: RwSignal<Option<Toast>>,
    /// Whether it is looked at and has to stay.
    pub held: RwSignal<bool>,
    /// Said when there is time.
    pub polite: RwSignal<String>,
    /// Said at once.
    pub urgent: RwSignal<String>,
    count: StoredValue<u32>,
}

impl Toasts {
    /// None.
    pub fn new() -> Self {
        let toasts = Self {
            shown: RwSignal::new(None),
            held: RwSignal::new(false),
            polite: RwSignal::new(String::new()),
            urgent: RwSignal::new(String::new()),
            count: StoredValue::new(0),
        };
        provide_context(toasts);
        toasts
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Shows that something was done.
    pub fn show(self, text: String, act: Option<(String, Act)>) {
        self.count.update_value(|count| *count += 1);
        let number = self.count.get_value();
        self.shown.set(Some(Toast { number, text, act }));
        self.later(number);
    }

    /// Takes it away.
    pub fn close(self) {
        self.shown.set(None);
    }

    fn later(self, number: u32) {
        set_timeout(
            move || {
                let same = self.shown.with_untracked(|shown| {
                    shown.as_ref().is_some_and(|toast| toast.number == number)
                });
                match (same, self.held.get_untracked()) {
                    (true, true) => self.later(number),
                    (true, false) => self.close(),
                    (false, _) => {}
                }
            },
            STAYS,
        );
    }

    /// Says something when there is time.
    pub fn say(self, text: String) {
        self.polite.set(text);
    }

    /// Says something at once.
    pub fn say_now(self, text: String) {
        self.urgent.set(text);
    }
}
