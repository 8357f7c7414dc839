//! The button that records, and the bar in place of the field meanwhile.

use super::composing::Composing;
use super::record::{Recorder, Stage};
use super::sound::Wave;
use crate::parts::icon::{self, icon};
use crate::parts::later::{Where, later};
use crate::state::toasts::Toasts;
use crate::waveform;
use crate::{dom, locale, t};
use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

/// Bars of the last seconds that are drawn.
const SEEN: usize = 220;
/// Bars of what was recorded.
const HEARD: usize = 88;
/// So far a finger slides to the side to discard, and up to go on without it; CSS pixels.
const ASIDE: f64 = 90.0;
const UP: f64 = 60.0;

/// The button: a press records, and holding it down does until it is let go of.
#[component]
pub fn Microphone() -> impl IntoView {
    let recorder = Recorder::here();
    let from = StoredValue::new(None::<(f64, f64)>);
    let moved = window_event_listener(leptos::ev::pointermove, move |event| {
        if let Some((x, y)) = from.get_value() {
            slide(recorder, &event, (x, y));
        }
    });
    let up = move |_: PointerEvent| {
        if from.try_update_value(Option::take).flatten().is_some() {
            recorder.release();
        }
    };
    let ended = window_event_listener(leptos::ev::pointerup, up);
    let lost = window_event_listener(leptos::ev::pointercancel, up);
    on_cleanup(move || {
        for listener in [moved, ended, lost] {
            listener.remove();
        }
    });
    let press = move |event: PointerEvent| {
        if event.button() == 0 {
            from.set_value(Some((event.client_x().into(), event.client_y().into())));
            recorder.begin(true);
        }
    };
    draw! {
        <button
            class={"send mic"}
            aria-label={t!("record")}
            title={t!("record-keys")}
            data-record={"true"}
            on:pointerdown=press
            // Keys, and those who press without a pointer.
            on:click=move |_| recorder.begin(false)
            on:contextmenu=move |event: web_sys::MouseEvent| event.prevent_default()
        >
            {icon(icon::MICROPHONE, "s22")}
        </button>
    }
}

fn slide(recorder: Recorder, event: &PointerEvent, from: (f64, f64)) {
    if recorder.stage.get_untracked() != Stage::Held {
        return;
    }
    let aside = from.0 - f64::from(event.client_x());
    let aside = if document().dir() == "rtl" { -aside } else { aside };
    if from.1 - f64::from(event.client_y()) > UP {
        recorder.free();
    } else if aside > ASIDE {
        recorder.discard();
    }
}

/// The bar, while there is a recording.
#[component]
pub fn RecordBar() -> impl IntoView {
    let recorder = Recorder::here();
    let on = Memo::new(move |_| recorder.is_on());
    move || on.get().then(|| later(Where::Above, bar(), |bar| bar()))
}

apart! {
    tools: fn bar() -> AnyView { draw! { <Bar /> } }
}

#[component]
fn Bar() -> impl IntoView {
    let (recorder, composing, toasts) = (Recorder::here(), Composing::here(), Toasts::here());
    let send: NodeRef<html::Button> = NodeRef::new();
    Effect::new(move || match (recorder.stage.get(), send.get()) {
        (Stage::Free, Some(send)) => {
            toasts.say(t!("recording"));
            dom::focus(&send);
        }
        (Stage::Heard, Some(send)) => dom::focus(&send),
        _ => {}
    });
    on_cleanup(move || {
        if !dom::is_touch() {
            composing.take_focus();
        }
    });
    let keydown = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "Escape" => recorder.discard(),
            "Enter" if !on_button(&event) => recorder.send(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let hint = move || match recorder.stage.get() {
        Stage::Held => Some(t!("recording-hold")),
        Stage::Free if !dom::is_touch() => Some(t!("recording-hint")),
        _ => None,
    };
    let stops = move || recorder.stage.get() == Stage::Free;
    draw! {
        <div class={"compose-box rec"} role={"group"} aria-label={t!("recording")} on:keydown=keydown>
            <button class={"icon-btn"} aria-label={t!("record-discard")} title={t!("record-discard")} on:click=move |_| recorder.discard()>
                {icon(icon::TRASH, "s22")}
            </button>
            {move || match recorder.stage.get() {
                Stage::Heard => draw! { <Listen /> },
                _ => draw! { <Live /> },
            }}
            {move || stops().then(|| draw! {
                <button class={"icon-btn"} aria-label={t!("record-stop")} title={t!("record-stop")} on:click=move |_| recorder.stop()>
                    {icon(icon::PAUSE_FILL, "s22")}
                </button>
            })}
            <button node_ref=send class={"send"} aria-label={t!("record-send")} on:click=move |_| recorder.send()>
                {icon(icon::PAPER_PLANE_RIGHT_FILL, "s20 flip")}
            </button>
        </div>
        {move || hint().map(|hint| draw! { <p class={"rec-hint"}>{hint}</p> })}
    }
}

/// Whether a key was pressed on a button, which it presses.
fn on_button(event: &KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast;
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.tag_name() == "BUTTON")
}

/// What is recorded now.
#[component]
fn Live() -> impl IntoView {
    let recorder = Recorder::here();
    let time = move || locale::duration(recorder.length.get() as u64);
    let path = move || {
        recorder.measured.with(|bars| {
            let from = bars.len().saturating_sub(SEEN);
            let seen = bars.get(from..).unwrap_or_default();
            waveform::path(seen, SEEN - seen.len())
        })
    };
    let view = format!("0 0 {} 30", SEEN * waveform::STEP);
    draw! {
        <div class={"recbar"}>
            <i class={"recdot"} aria-hidden={"true"}></i>
            <span class={"num"} role={"timer"} aria-live={"off"}>{time}</span>
            <svg class={"wave flip"} viewBox={view} preserveAspectRatio={"xMaxYMid slice"} aria-hidden={"true"}>
                <path d=path></path>
            </svg>
        </div>
    }
}

/// What was recorded, to be listened to.
#[component]
fn Listen() -> impl IntoView {
    let recorder = Recorder::here();
    let audio: NodeRef<html::Audio> = NodeRef::new();
    let (playing, at) = (RwSignal::new(false), RwSignal::new(0.0_f64));
    let (url, bars) = recorder.heard().unwrap_or_default();
    let press = move |_| {
        let Some(element) = audio.get_untracked() else { return };
        // What plays can be stopped, and a browser that refuses to play shows it by not playing.
        if playing.get_untracked() {
            let _ = element.pause();
        } else {
            let _ = element.play();
        }
    };
    let moved = move |_| {
        if let Some(element) = audio.get_untracked() {
            at.set(element.current_time());
        }
    };
    let part = Signal::derive(move || at.get() * 1000.0 / recorder.length.get().max(1.0));
    let time = move || {
        let shown = if at.get() > 0.0 { at.get() * 1000.0 } else { recorder.length.get() };
        locale::duration(shown as u64)
    };
    draw! {
        <div class={"recbar"}>
            <audio
                node_ref=audio
                src={url}
                on:play=move |_| playing.set(true)
                on:pause=move |_| playing.set(false)
                on:ended=move |_| at.set(0.0)
                on:timeupdate=moved
            ></audio>
            <button class={"icon-btn sm"} aria-label=move || if playing.get() { t!("pause") } else { t!("record-play") } on:click=press>
                {move || if playing.get() { icon(icon::PAUSE_FILL, "s20") } else { icon(icon::PLAY_FILL, "s20") }}
            </button>
            <span class={"num"}>{time}</span>
            <Wave bars={waveform::drawn(&bars, HEARD)} part=part />
        </div>
    }
}
