//! What is known of a message beside what it says: when it was sent and came, its earlier texts, who has it and who has
//! read it.

use super::actions::Actions;
use crate::list::preview;
use crate::locale::{self, Moment};
use crate::parts::avatar::{Face, face};
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::parts::later::{Where, later};
use crate::parts::tick::tick;
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::thread::Threads;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{MessageView, ReceiptView, VersionView};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Receipts {
    receipts: Vec<ReceiptView>,
}

#[derive(Deserialize)]
struct Versions {
    versions: Vec<VersionView>,
}

/// Draws it while a message is looked at.
#[component]
pub fn InfoDialog() -> impl IntoView {
    let open = Actions::here().details;
    move || {
        let message = open.get()?;
        Some(later(Where::Above, info(), move |info| info(message.clone(), open)))
    }
}

apart! {
    tools: fn info(message: MessageView, open: RwSignal<Option<MessageView>>) -> AnyView {
        let close = Callback::new(move |()| open.set(None));
        draw! {
            <Dialog title={t!("message-details")} on_close=close class="about-message">
                <Info message=message />
            </Dialog>
        }
    }
}

#[component]
fn Info(message: MessageView) -> impl IntoView {
    let session = Session::here();
    let receipts = RwSignal::new(Vec::<ReceiptView>::new());
    let versions = RwSignal::new(Vec::<VersionView>::new());
    let (id, mine, edited) =
        (message.message_id.clone(), message.mine, message.edited_at.is_some());
    let load = move || {
        let id = id.clone();
        spawn_local(async move {
            let named = json!({"message_id": id});
            if mine
                && let Ok(found) = session.ask::<Receipts>("messages.receipts", named.clone()).await
            {
                let _ = receipts.try_set(found.receipts);
            }
            if edited && let Ok(found) = session.ask::<Versions>("messages.versions", named).await {
                let _ = versions.try_set(found.versions);
            }
        });
    };
    // While it is looked at, others go on reading.
    let live = Threads::here().get(&message.message_id);
    Effect::new(move || {
        live.as_ref().map(Track::track);
        load();
    });
    let time = |name: String, at: u64| {
        draw! {
            <div class={"li no-ic"}>
                <span class={"t"}><b>{name}</b></span>
                <time>{locale::moment(at, Moment::Full)}</time>
            </div>
        }
    };
    let times = [
        Some(time(t!("sent-at"), message.sent_at)),
        message.received_at.map(|at| time(t!("received-at"), at)),
        message.edited_at.map(|at| time(t!("edited-at"), at)),
    ];
    let people = move || {
        let all = receipts.get();
        let of = |states: &[&str]| -> Vec<ReceiptView> {
            all.iter().filter(|one| states.contains(&&*one.state)).cloned().collect()
        };
        [
            (t!("read-by"), "read", of(&["read"])),
            (t!("delivered-to"), "delivered", of(&["delivered"])),
            (t!("not-delivered-to"), "sent", of(&["sent", "queued", "failed"])),
        ]
        .into_iter()
        .filter(|(.., people)| !people.is_empty())
        .map(|(name, state, people)| group(name, state, people))
        .collect_view()
    };
    let texts = move || {
        let mut earlier = versions.get();
        // The last one is what it says now.
        earlier.pop();
        (!earlier.is_empty()).then(|| {
            let one = |version: VersionView| {
                draw! {
                    <div class={"li no-ic"}>
                        <span class={"t"}>
                            <span dir={"auto"}>{version.text}</span>
                            <time>{locale::moment(version.at, Moment::Full)}</time>
                        </span>
                    </div>
                }
            };
            draw! {
                <section>
                    <h3 class={"group-label"}>{t!("earlier-texts")}</h3>
                    <div class={"list-card"}>{earlier.into_iter().rev().map(one).collect_view()}</div>
                </section>
            }
        })
    };
    draw! {
        <div class={"db stack"}>
            <p class={"said"} dir={"auto"}>
                {preview::symbol(&message).map(|shape| icon(shape, "s18"))}
                {preview::plain(&message)}
            </p>
            {message.silent.then(|| draw! { <p class={"group-note"}>{icon(icon::BELL_SLASH, "s16")}{t!("sent-silently")}</p> })}
            <div class={"list-card"}>{times.into_iter().flatten().collect_view()}</div>
            {people}
            {texts}
        </div>
    }
}

/// Those at whom it has come equally far.
fn group(name: String, state: &'static str, people: Vec<ReceiptView>) -> AnyView {
    let all = People::here();
    let one = |person: ReceiptView| {
        let photo = all.get(&person.user_id).and_then(|known| known.avatar);
        let drawn = Face {
            id: person.user_id.clone(),
            name: person.display_name.clone(),
            photo,
            ..Face::default()
        };
        draw! {
            <li class={"li"}>
                {face(&drawn, "s36")}
                <span class={"t"}><b class={"clip"} dir={"auto"}>{person.display_name}</b></span>
            </li>
        }
    };
    draw! {
        <section>
            <h3 class={"group-label"}>{name}<span class={"mark"}>{tick(state)}</span></h3>
            <ul class={"list-card"}>{people.into_iter().map(one).collect_view()}</ul>
        </section>
    }
    .into_any()
}
