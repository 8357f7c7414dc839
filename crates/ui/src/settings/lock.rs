//! The passphrase before what this browser keeps: set, changed, taken away; when it locks by itself.

use crate::core::Storage;
use crate::parts::icon::{self, icon};
use crate::state::lock::Lock;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Minutes after which it may lock by itself; 0: never.
const AFTER: [u32; 5] = [0, 1, 5, 15, 60];
/// As few characters as a passphrase may have.
const FEWEST: usize = 6;

/// What is being done with the passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Set,
    Change,
    Remove,
}

#[component]
pub fn LockCard() -> impl IntoView {
    let (session, lock) = (Session::here(), Lock::here());
    let wish = RwSignal::new(None::<Wish>);
    lock.read();
    let passing = move || session.storage.get() == Storage::Session;
    let after = move |event: web_sys::Event| {
        lock.after.set(event_target_value(&event).parse().unwrap_or_default());
    };
    let option = move |minutes: u32| {
        let name = match minutes {
            0 => t!("lock-never"),
            minutes => t!("lock-minutes", count = minutes),
        };
        draw! {
            <option value={minutes.to_string()} selected=move || lock.after.get() == minutes>{name}</option>
        }
    };
    let card = move || match lock.guarded.get() {
        false => draw! {
            <div class={"li no-ic"}>
                <span class={"t"}><b>{t!("lock")}</b><span>{t!("lock-off")}</span></span>
                <button class={"btn soft sm"} on:click=move |_| wish.set(Some(Wish::Set))>{t!("passphrase-set")}</button>
            </div>
        },
        true => draw! {
            <div class={"li no-ic"}>
                <span class={"t"}><b>{t!("lock")}</b><span>{t!("lock-on")}</span></span>
                <button class={"btn soft sm"} on:click=move |_| { lock.now(); }>{icon(icon::LOCK_SIMPLE, "s18")}{t!("lock-now")}</button>
            </div>
            <div class={"li no-ic"}>
                <label class={"t"} for={"lock-after"}><b>{t!("lock-by-itself")}</b></label>
                <select class={"select"} id={"lock-after"} on:change=after>{AFTER.map(option).collect_view()}</select>
            </div>
            <div class={"li no-ic"}>
                <div class={"row-acts"}>
                    <button class={"btn plain sm"} on:click=move |_| wish.set(Some(Wish::Change))>{t!("passphrase-change")}</button>
                    <button class={"btn plain sm"} on:click=move |_| wish.set(Some(Wish::Remove))>{t!("passphrase-remove")}</button>
                </div>
            </div>
        },
    };
    draw! {
        <Show when=move || !passing()>
            <section>
                <h2 class={"group-label"}>{t!("lock-title")}</h2>
                <div class={"list-card"}>{card}</div>
                {move || wish.get().map(|which| draw! { <Ask which=which wish=wish /> })}
                <p class={"group-note"}>{t!("lock-note")}</p>
            </section>
        </Show>
    }
}

/// Asks for the present passphrase and the next one, as far as they are needed.
#[component]
fn Ask(which: Wish, wish: RwSignal<Option<Wish>>) -> impl IntoView {
    let (session, lock, toasts) = (Session::here(), Lock::here(), Toasts::here());
    let (present, next) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let again = RwSignal::new(String::new());
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (old, new) = (present.get_untracked(), next.get_untracked());
        if busy.get_untracked() {
            return;
        }
        if which != Wish::Remove && new.chars().count() < FEWEST {
            return problem.set(Some(t!("passphrase-short", count = FEWEST)));
        }
        if which != Wish::Remove && new != again.get_untracked() {
            return problem.set(Some(t!("passphrase-differs")));
        }
        busy.set(true);
        problem.set(None);
        let core = session.core();
        spawn_local(async move {
            let old = (which != Wish::Set).then_some(old.as_str());
            let new = (which != Wish::Remove).then_some(new.as_str());
            match core.guard(old, new).await {
                Ok(true) => {
                    lock.guarded.try_set(which != Wish::Remove);
                    wish.try_set(None);
                    toasts.show(t!("saved"), None);
                }
                _ => {
                    problem.try_set(Some(t!("passphrase-wrong")));
                }
            }
            busy.try_set(false);
        });
    };
    let field = |id: &'static str, label: String, kind: &'static str, value: RwSignal<String>| {
        draw! {
            <div class={"field"}>
                <label class={"label"} for={id}>{label}</label>
                <input class={"input"} id={id} type={"password"} autocomplete={kind} dir={"auto"} bind:value=value />
            </div>
        }
    };
    let asks_present = (which != Wish::Set).then(|| {
        field("passphrase-present", t!("passphrase-present"), "current-password", present)
    });
    let asks_next = (which != Wish::Remove).then(|| {
        (
            field("passphrase-next", t!("passphrase-next"), "new-password", next),
            field("passphrase-again", t!("passphrase-again"), "new-password", again),
        )
    });
    let verb = match which {
        Wish::Set => t!("passphrase-set"),
        Wish::Change => t!("passphrase-change"),
        Wish::Remove => t!("passphrase-remove"),
    };
    draw! {
        <form class={"stack tight lock-form"} on:submit=submit>
            {asks_present}
            {asks_next}
            {move || problem.get().map(|problem| draw! { <p class={"field-error"} role={"alert"}>{problem}</p> })}
            <div class={"row-acts"}>
                <button class={"btn primary"} type={"submit"} aria-busy=move || busy.get().to_string()>{verb}</button>
                <button class={"btn plain"} type={"button"} on:click=move |_| wish.set(None)>{t!("cancel")}</button>
            </div>
        </form>
    }
}
