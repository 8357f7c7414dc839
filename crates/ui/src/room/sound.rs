//! Voice messages and other sound: play, pause, where one is, how fast. One sounds at a time.

use super::files::Content;
use crate::parts::icon::{self, icon};
use crate::{locale, t};
use leptos::html;
use leptos::prelude::*;
use parlor_view::AttachmentView;
use std::cell::RefCell;
use web_sys::HtmlAudioElement;

thread_local! {
    static SOUNDING: RefCell<Option<HtmlAudioElement>> = const { RefCell::new(None) };
}

const SPEEDS: [(f64, &str); 3] = [(1.0, "1×"), (1.5, "1.5×"), (2.0, "2×")];

/// Stops what sounds, and plays this.
fn play(audio: &HtmlAudioElement) {
    SOUNDING.with_borrow_mut(|sounding| {
        if let Some(other) = sounding.replace(audio.clone()).filter(|other| other != audio) {
            // What does not sound is not stopped.
            let _ = other.pause();
        }
    });
    // A browser that refuses to play shows it by not playing.
    let _ = audio.play();
}

/// A player.
#[component]
pub fn Sound(
    message_id: String,
    file: AttachmentView,
    /// The time of the message, if nothing stands below.
    tail: Option<AnyView>,
) -> impl IntoView {
    let content = Content::new();
    let audio: NodeRef<html::Audio> = NodeRef::new();
    let playing = RwSignal::new(false);
    let speed = RwSignal::new(0_usize);
    let at = RwSignal::new(0.0_f64);
    let length = RwSignal::new(file.duration_ms.map_or(0.0, |length| f64::from(length) / 1000.0));
    let (index, name) = (file.index, file.name.clone());
    let press = move |_| {
        let Some(element) = audio.get_untracked() else { return };
        if playing.get_untracked() {
            // What plays can be stopped.
            let _ = element.pause();
            return;
        }
        content.fetch(message_id.clone(), index, move |url| {
            if element.src().is_empty() {
                element.set_src(&url);
            }
            element.set_playback_rate(
                SPEEDS.get(speed.get_untracked()).map_or(1.0, |(rate, _)| *rate),
            );
            play(&element);
        });
    };
    let moved = move |_| {
        if let Some(element) = audio.get_untracked() {
            at.set(element.current_time());
            // A recording may not know its length.
            if element.duration().is_finite() {
                length.set(element.duration());
            }
        }
    };
    let faster = move |_| {
        speed.update(|speed| *speed = (*speed + 1) % SPEEDS.len());
        if let Some(element) = audio.get_untracked() {
            element.set_playback_rate(
                SPEEDS.get(speed.get_untracked()).map_or(1.0, |(rate, _)| *rate),
            );
        }
    };
    let time = move || time(at.get(), length.get());
    let voice = file.kind == "voice";
    draw! {
        <div class={"voice"}>
            <audio
                node_ref=audio
                preload={"none"}
                on:play=move |_| playing.set(true)
                on:pause=move |_| playing.set(false)
                on:ended=move |_| at.set(0.0)
                on:timeupdate=moved
                on:loadedmetadata=moved
            ></audio>
            <button class={"pb"} aria-label=move || if playing.get() { t!("pause") } else { t!("play") } tabindex={"-1"} on:click=press>
                {move || if playing.get() { icon(icon::PAUSE_FILL, "s18").into_any() } else { icon(icon::PLAY_FILL, "s18").into_any() }}
            </button>
            <Seek audio=audio at=at length=length />
            <button class={"spd"} aria-label={t!("speed")} tabindex={"-1"} on:click=faster>
                {move || SPEEDS.get(speed.get()).map_or("1×", |(_, name)| *name)}
            </button>
        </div>
        <div class={"voice-sub"}>
            <span class={"num"}>{time}</span>
            {(!voice).then(|| draw! { <bdi class={"clip"}>{name.clone()}</bdi> })}
            {move || content.problem.get().map(|problem| draw! { <span role={"alert"}>{problem}</span> })}
            {tail}
        </div>
    }
}

/// How far it is, and how long: 0:11 / 0:42.
fn time(now: f64, all: f64) -> String {
    let clock = |seconds: f64| locale::duration((seconds.max(0.0) * 1000.0) as u64);
    if now > 0.0 { format!("{} / {}", clock(now), clock(all)) } else { clock(all) }
}

/// Where one is, and a way to be elsewhere.
#[component]
fn Seek(audio: NodeRef<html::Audio>, at: RwSignal<f64>, length: RwSignal<f64>) -> impl IntoView {
    let seek = move |event| {
        // By the browser: the tables by which Rust reads such numbers are a fortieth of the page.
        let to = event_target::<web_sys::HtmlInputElement>(&event).value_as_number();
        if to.is_nan() {
            return;
        }
        at.set(to);
        if let Some(element) = audio.get_untracked() {
            element.set_current_time(to);
        }
    };
    let part = move || {
        let all = length.get();
        format!("{:.1}%", if all > 0.0 { at.get() / all * 100.0 } else { 0.0 })
    };
    draw! {
        <input
            class={"seek"}
            type={"range"}
            min={"0"}
            step={"0.1"}
            max=move || format!("{:.1}", length.get())
            prop:value=move || format!("{:.1}", at.get())
            style=("--v", part)
            aria-label={t!("position")}
            aria-valuetext=move || time(at.get(), length.get())
            tabindex={"-1"}
            on:input=seek
        />
    }
}
