//! Locking: by hand, and when nobody has touched the page for a while.

use super::session::{Phase, Session};
use crate::{dom, locale};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Under what it is kept how long nobody may touch the page, minutes, and when somebody did.
const AFTER: &str = "lock-after";
const TOUCHED: &str = "touched";
/// How often it is looked at, and told to the other tabs, that somebody is there.
const LOOK: Duration = Duration::from_secs(5);

/// The lock of this browser's account.
#[derive(Clone, Copy)]
pub struct Lock {
    session: Session,
    /// Whether it takes a passphrase to open it.
    pub guarded: RwSignal<bool>,
    /// Minutes that nobody may touch the page; 0: any time.
    pub after: RwSignal<u32>,
}

impl Lock {
    /// To be called once.
    pub fn start(session: Session) {
        let after = || dom::kept(AFTER).and_then(|after| after.parse().ok()).unwrap_or_default();
        let lock = Self { session, guarded: RwSignal::new(false), after: RwSignal::new(after()) };
        dom::on_kept_elsewhere(move || dom::renew(lock.after, after()));
        provide_context(lock);
        Effect::new(move || dom::keep(AFTER, &lock.after.get().to_string()));
        Effect::new(move || {
            if session.phase.get() == Phase::In {
                lock.read();
                lock.watch();
            }
        });
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether there was an account here that somebody used.
    pub fn was_touched() -> bool {
        dom::kept(TOUCHED).is_some()
    }

    /// Asks whether there is a passphrase.
    pub fn read(self) {
        let core = self.session.core();
        spawn_local(async move {
            if let Ok(guarded) = core.guarded().await {
                let _ = self.guarded.try_set(guarded);
            }
        });
    }

    /// Locks it now; whether there is a passphrase to lock it with.
    pub fn now(self) -> bool {
        let guarded = self.guarded.get_untracked();
        if guarded {
            self.session.core().lock();
        }
        guarded
    }

    /// Whoever uses one tab is not locked out by another.
    fn watch(self) {
        let last = StoredValue::new(0_u64);
        let touch = move || {
            let now = locale::now();
            if now.saturating_sub(last.get_value()) > LOOK.as_millis() as u64 {
                last.set_value(now);
                dom::keep(TOUCHED, &now.to_string());
            }
        };
        touch();
        let pressed = window_event_listener(leptos::ev::pointerdown, move |_| touch());
        let typed = window_event_listener(leptos::ev::keydown, move |_| touch());
        let looking = set_interval_with_handle(
            move || {
                let after = u64::from(self.after.get_untracked()) * 60_000;
                let touched = dom::kept(TOUCHED).and_then(|at| at.parse::<u64>().ok());
                let idle = locale::now().saturating_sub(touched.unwrap_or_default());
                if after > 0 && idle > after {
                    self.now();
                }
            },
            LOOK,
        );
        on_cleanup(move || {
            pressed.remove();
            typed.remove();
            // Without a timer there is nothing to end.
            let _ = looking.map(|looking| looking.clear());
        });
    }
}
