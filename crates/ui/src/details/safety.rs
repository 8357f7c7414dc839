//! The safety number of two people: shown, compared, and kept as compared.

use crate::app::problems;
use crate::list::row;
use crate::parts::camera::{self, Camera};
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::parts::qr::Qr;
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{ChatView, SafetyView};
use serde_json::json;

/// The line that opens it.
#[component]
pub fn SafetyCard(chat: Memo<ChatView>) -> impl IntoView {
    let (session, people, toasts) = (Session::here(), People::here(), Toasts::here());
    let shown = RwSignal::new(None::<SafetyView>);
    let other = move || chat.with(|chat| people.of_chat(chat));
    let verified = move || other().is_some_and(|(_, person)| person.verified);
    let open = move |_| {
        let Some((user, _)) = other() else { return };
        spawn_local(async move {
            match session.ask::<SafetyView>("contacts.safety", json!({"user": user})).await {
                Ok(safety) => drop(shown.try_set(Some(safety))),
                Err(problem) => toasts.show(problems::words(&problem), None),
            }
        });
    };
    draw! {
        <div class={"list-card"}>
            <button class={"li"} on:click=open>
                {icon(icon::SEAL_CHECK_FILL, "")}
                <span class={"t"}>
                    <b>{t!("safety-number")}</b>
                    <span>{move || if verified() { t!("safety-is-compared") } else { t!("safety-not-compared") }}</span>
                </span>
                {icon(icon::CARET_RIGHT_BOLD, "go flip")}
            </button>
        </div>
        {move || shown.get().map(|safety| draw! { <Compare chat=chat safety=safety shown=shown /> })}
    }
}

#[component]
fn Compare(
    chat: Memo<ChatView>,
    safety: SafetyView,
    shown: RwSignal<Option<SafetyView>>,
) -> impl IntoView {
    let (session, people, toasts) = (Session::here(), People::here(), Toasts::here());
    let close = Callback::new(move |()| shown.set(None));
    let verify = move || {
        let other = chat.with_untracked(|chat| people.of_chat(chat));
        let Some((user, _)) = other else { return };
        spawn_local(async move {
            match session.tell("contacts.verify", json!({"user": user})).await {
                Ok(()) => {
                    people.load();
                    close.run(());
                }
                Err(problem) => toasts.show(problems::words(&problem), None),
            }
        });
    };
    let (scanning, differs) = (RwSignal::new(false), RwSignal::new(false));
    let expected = safety.qr.clone();
    let scanned = Callback::new(move |text: String| {
        let same = text == expected;
        differs.set(!same);
        if same {
            verify();
            toasts.show(t!("safety-same"), None);
        }
    });
    let name = chat.with_untracked(row::title);
    let groups: Vec<_> = safety.number.split_whitespace().map(str::to_owned).collect();
    let rows = groups.into_iter().map(|group| draw! { <span>{group}</span> }).collect::<Vec<_>>();
    draw! {
        <Camera open=scanning found=scanned />
        <Dialog title={t!("safety-with", name = &name)} class={"verify"} on_close=close>
            <div class={"db"}>
                <p class={"lede"}>{t!("safety-text", name = &name)}</p>
                <div class={"vgrid"}>
                    <div class={"vqr"}><Qr text={safety.qr.clone()} name={t!("safety-code")} /></div>
                    <div class={"vnum"}>
                        <div class={"nums mono"} dir={"ltr"}>{rows}</div>
                        <p class={"dim"} dir={"auto"}>{safety.words.clone()}</p>
                    </div>
                </div>
                {move || differs.get().then(|| draw! { <p class={"field-error"} role={"alert"}>{t!("safety-differs")}</p> })}
            </div>
            <div class={"df"}>
                <button class={"btn plain"} on:click=move |_| close.run(())>{t!("close")}</button>
                {camera::is_there().then(|| draw! {
                    <button class={"btn soft"} on:click=move |_| scanning.set(true)>{icon(icon::QR_CODE, "s20")}{t!("scan")}</button>
                })}
                {move || (!safety.verified && !differs.get()).then(|| draw! {
                    <button class={"btn primary"} on:click=move |_| verify()>{t!("safety-match")}</button>
                })}
            </div>
        </Dialog>
    }
}
