//! Polls: drawn in a bubble, voted in with a press, and who chose what in a dialog.

use super::actions::Actions;
use crate::parts::avatar::{Face, face};
use crate::parts::dialog::{Dialog, Question, Questions};
use crate::parts::icon::{self, icon};
use crate::parts::later::{Where, later};
use crate::parts::menu::send_wrapper;
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::thread::Threads;
use crate::state::toasts::Toasts;
use crate::{dom, locale, t};
use leptos::prelude::*;
use parlor_view::{MessageView, PollOptionView, PollView};
use serde_json::json;

/// The message whose voters are shown.
#[derive(Clone, Copy)]
pub struct Voters(RwSignal<Option<String>>);

impl Voters {
    /// Of none.
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }
}

/// A poll in a bubble. `meta` stands below the answers.
pub fn poll(message: &MessageView, poll: &PollView, meta: AnyView) -> AnyView {
    let how = match (poll.closed, poll.multiple) {
        (true, _) => t!("poll-closed", count = poll.voters),
        (_, true) => t!("poll-any", count = poll.voters),
        _ => t!("poll-one", count = poll.voters),
    };
    let options = (0..)
        .zip(&poll.options)
        .map(|(number, one)| option(message, poll, number, one))
        .collect_view();
    let role = if poll.multiple { "group" } else { "radiogroup" };
    draw! {
        <div class={"poll"}>
            <div class={"q"} dir={"auto"}>{poll.question.clone()}</div>
            <div class={"how"}>{how}</div>
            <div role={role} aria-label={poll.question.clone()}>{options}</div>
        </div>
        <div class={"row-meta"}>{meta}</div>
        {feet(message, poll)}
    }
    .into_any()
}

fn option(message: &MessageView, poll: &PollView, number: u32, one: &PollOptionView) -> AnyView {
    let (session, toasts) = (Session::here(), Toasts::here());
    let can_vote = !poll.closed && Actions::here().can_write();
    let chosen = poll.mine.contains(&number);
    let part = match poll.voters {
        0 => 0.0,
        voters => one.voters.len() as f64 * 100.0 / f64::from(voters),
    };
    let id = format!("poll-{}-{number}", message.message_id);
    let (message_id, mine, multiple) =
        (message.message_id.clone(), poll.mine.clone(), poll.multiple);
    let own_id = id.clone();
    let press = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        let options = after(&mine, number, multiple);
        let params = json!({"message_id": message_id, "options": options});
        let id = own_id.clone();
        leptos::task::spawn_local(async move {
            let voted = session.tell("messages.vote", params).await;
            match voted {
                // The message is drawn anew; the focus stays where it was.
                Ok(()) => request_animation_frame(move || dom::focus_id(&id)),
                Err(problem) => toasts.say_now(crate::app::problems::words(&problem)),
            }
        });
    };
    let role = if poll.multiple { "checkbox" } else { "radio" };
    draw! {
        <button
            class={"opt"}
            id={id}
            role={role}
            aria-checked={chosen.to_string()}
            disabled={!can_vote}
            tabindex={"-1"}
            on:click=press
        >
            <span class={"check"} class:on=chosen class:sq=multiple aria-hidden={"true"}>{icon(icon::CHECK_BOLD, "")}</span>
            <span dir={"auto"}>{one.text.clone()}</span>
            <span class={"n"}>{locale::number(one.voters.len() as f64)}</span>
            <span class={"b"} aria-hidden={"true"}><i style=("--v", format!("{part:.1}%"))></i></span>
        </button>
    }
    .into_any()
}

/// All that is chosen after a press on an answer.
fn after(mine: &[u32], pressed: u32, multiple: bool) -> Vec<u32> {
    match (mine.contains(&pressed), multiple) {
        (true, _) => mine.iter().copied().filter(|one| *one != pressed).collect(),
        (false, true) => mine.iter().copied().chain([pressed]).collect(),
        (false, false) => vec![pressed],
    }
}

fn feet(message: &MessageView, poll: &PollView) -> AnyView {
    let voters: Voters = expect_context();
    let (actions, questions) = (Actions::here(), Questions::here());
    let id = message.message_id.clone();
    let shown = (poll.voters > 0).then(|| {
        let id = id.clone();
        draw! {
            <button tabindex={"-1"} on:click=move |_| voters.0.set(Some(id.clone()))>{t!("poll-votes")}</button>
        }
    });
    let can_close = message.mine && !poll.closed && message.state != "failed";
    let closed = (can_close && actions.can_write()).then(|| {
        let act =
            send_wrapper(move || actions.tell("messages.close_poll", json!({"message_id": id})));
        let ask = move |_| {
            questions.ask(Question {
                title: t!("poll-close-title"),
                text: t!("poll-close-text"),
                verb: t!("poll-close"),
                act,
            });
        };
        draw! { <button tabindex={"-1"} on:click=ask>{t!("poll-close")}</button> }
    });
    match (&shown, &closed) {
        (None, None) => ().into_any(),
        _ => draw! { <div class={"foot-btns"}>{shown}{closed}</div> }.into_any(),
    }
}

/// Who chose what, while somebody looks.
#[component]
pub fn VotersDialog() -> impl IntoView {
    let open = expect_context::<Voters>().0;
    let some = Memo::new(move |_| open.with(Option::is_some));
    move || some.get().then(|| later(Where::Above, votes(), |votes| votes()))
}

apart! {
    tools: fn votes() -> AnyView { draw! { <Votes /> } }
}

#[component]
fn Votes() -> impl IntoView {
    let open = expect_context::<Voters>().0;
    let threads = Threads::here();
    let close = Callback::new(move |()| open.set(None));
    let message = move || threads.get(&open.get()?).map(|message| message.get());
    let poll = Memo::new(move |_| message().and_then(|message| message.poll));
    let title =
        Memo::new(move |_| poll.with(|poll| poll.as_ref().map(|poll| poll.question.clone())));
    move || {
        title.get().map(|title| {
            draw! {
                <Dialog title=title on_close=close>
                    <div class={"db votes"}>
                        {move || poll.get().map(|poll| poll.options.iter().map(chosen_by).collect_view())}
                    </div>
                </Dialog>
            }
        })
    }
}

fn chosen_by(option: &PollOptionView) -> AnyView {
    let (people, session) = (People::here(), Session::here());
    let one = |id: &String| {
        let account = session.account.get().filter(|account| account.user_id == *id);
        let (drawn, name) = match account {
            Some(account) => (Face::from(&account), t!("you")),
            None => {
                let person = people.get(id).unwrap_or_default();
                (person.face(id), person.name)
            }
        };
        draw! {
            <li class={"li"}>
                {face(&drawn, "s36")}
                <span class={"t"}><b dir={"auto"}>{name}</b></span>
            </li>
        }
    };
    let count = locale::number(option.voters.len() as f64);
    draw! {
        <section>
            <h3 class={"group-label"}><span dir={"auto"}>{option.text.clone()}</span>" · "{count}</h3>
            <ul class={"list-card"}>{option.voters.iter().map(one).collect_view()}</ul>
        </section>
    }
    .into_any()
}
