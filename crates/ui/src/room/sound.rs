//! Voice messages and other sound: play, pause, where one is, how fast. One sounds at a time; after a voice message
//! the next one of the chat does, if it is drawn.

use super::files::{Content, stopper};
use crate::parts::icon::{self, icon};
use crate::state::thread::Threads;
use crate::waveform::{self, DRAWN, HEIGHT, STEP, path};
use crate::{dom, locale, t};
use leptos::html;
use leptos::prelude::*;
use parlor_view::{AttachmentView, MessageView};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use web_sys::HtmlAudioElement;

thread_local! {
    static SOUNDING: RefCell<Option<HtmlAudioElement>> = const { RefCell::new(None) };
    /// What plays the voice messages that are drawn, by message.
    static PLAYERS: RefCell<BTreeMap<String, Rc<dyn Fn()>>> = const { RefCell::new(BTreeMap::new()) };
    /// The attachment that was to be played and has to come first: it plays when it is here.
    static AWAITED: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
}

/// A time behind the end of every recording.
const END: f64 = 1e7;

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

/// The speed that was chosen last.
fn kept_speed() -> usize {
    let kept = dom::kept("speed").and_then(|kept| kept.parse().ok());
    kept.filter(|at| *at < SPEEDS.len()).unwrap_or(0)
}

fn rate(speed: usize) -> f64 {
    SPEEDS.get(speed).map_or(1.0, |(rate, _)| *rate)
}

/// Plays the voice message behind one, if it is drawn.
fn play_next(threads: Threads, message_id: &str) {
    let Some(at) = threads.position(message_id) else { return };
    let voice = |message: &MessageView| message.kind == "voice";
    let next = threads.rows.with_value(|rows| {
        let behind = rows.iter().skip(at + 1);
        let mut voices = behind.filter(|row| row.message.with_untracked(voice));
        voices.next().map(|row| row.id.clone())
    });
    let player = next.and_then(|id| PLAYERS.with_borrow(|players| players.get(&*id).cloned()));
    if let Some(player) = player {
        player();
    }
}

/// Lets a voice message be played from elsewhere, as long as it is drawn.
fn register(message_id: &str, player: impl Fn() + 'static) {
    let player: Rc<dyn Fn()> = Rc::new(player);
    let id = message_id.to_owned();
    PLAYERS.with_borrow_mut(|players| players.insert(id.clone(), Rc::clone(&player)));
    let player = StoredValue::new_local(player);
    on_cleanup(move || {
        PLAYERS.with_borrow_mut(|players| {
            // It may be drawn anew already.
            let own = players.get(&id).zip(player.try_get_value());
            if own.is_some_and(|(of, own)| Rc::ptr_eq(of, &own)) {
                players.remove(&id);
            }
        });
    });
}

/// What plays one sound.
#[derive(Clone, Copy)]
struct Player {
    audio: NodeRef<html::Audio>,
    playing: RwSignal<bool>,
    speed: RwSignal<usize>,
    /// Where it is, and how long it is; seconds.
    at: RwSignal<f64>,
    length: RwSignal<f64>,
    /// The end is looked for.
    measuring: StoredValue<bool>,
    /// Of a voice message, after which the next one follows.
    message_id: StoredValue<Option<String>>,
    threads: Threads,
}

impl Player {
    fn new(message_id: String, voice: bool, length: f64) -> Self {
        Self {
            audio: NodeRef::new(),
            playing: RwSignal::new(false),
            speed: RwSignal::new(kept_speed()),
            at: RwSignal::new(0.0),
            length: RwSignal::new(length),
            measuring: StoredValue::new(false),
            message_id: StoredValue::new(Some(message_id).filter(|_| voice)),
            threads: Threads::here(),
        }
    }

    fn element(self) -> Option<HtmlAudioElement> {
        self.audio.try_get_untracked().flatten()
    }

    fn press(self, content: Content, message_id: String, index: u32) {
        let Some(element) = self.element() else { return };
        if self.playing.get_untracked() {
            // What plays can be stopped.
            let _ = element.pause();
            return;
        }
        content.fetch(message_id, index, move |url| {
            if element.src().is_empty() {
                element.set_preload("metadata");
                element.set_src(&url);
            } else {
                self.go();
            }
        });
    }

    fn go(self) {
        if let Some(element) = self.element() {
            self.speed.set(kept_speed());
            element.set_playback_rate(rate(self.speed.get_untracked()));
            play(&element);
        }
    }

    fn moved(self) {
        if let Some(element) = self.element().filter(|_| !self.measuring.get_value()) {
            self.at.set(element.current_time());
        }
    }

    /// A recorder does not know beforehand how long it will be, and does not write it. Whoever looks for the end finds
    /// it, and can go anywhere from then on.
    fn loaded(self) {
        let Some(element) = self.element() else { return };
        if element.duration().is_finite() {
            self.length.set(element.duration());
            self.go();
        } else {
            self.measuring.set_value(true);
            element.set_current_time(END);
        }
    }

    fn measured(self) {
        let Some(element) = self.element() else { return };
        if self.measuring.get_value() && element.duration().is_finite() {
            self.measuring.set_value(false);
            self.length.set(element.duration());
            element.set_current_time(0.0);
            self.go();
        }
    }

    fn ended(self) {
        if self.measuring.get_value() {
            return;
        }
        self.at.set(0.0);
        if let Some(id) = self.message_id.get_value() {
            play_next(self.threads, &id);
        }
    }

    fn faster(self) {
        self.speed.update(|speed| *speed = (*speed + 1) % SPEEDS.len());
        dom::keep("speed", &self.speed.get_untracked().to_string());
        if let Some(element) = self.element() {
            element.set_playback_rate(rate(self.speed.get_untracked()));
        }
    }
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
    let length = file.duration_ms.map_or(0.0, |length| f64::from(length) / 1000.0);
    let player = Player::new(message_id.clone(), file.kind == "voice", length);
    let Player { audio, playing, speed, at, length, .. } = player;
    let (index, name) = (file.index, file.name.clone());
    let ready = file.state == "ready";
    let press = {
        let message_id = message_id.clone();
        move || {
            // While it comes it is drawn anew.
            AWAITED.set((!ready).then(|| (message_id.clone(), index)));
            player.press(content, message_id.clone(), index);
        }
    };
    let this = Some((message_id.clone(), index));
    if ready && AWAITED.with_borrow(|awaited| *awaited == this) {
        request_animation_frame(press.clone());
    }
    let stop = (file.state == "downloading").then(|| stopper(&message_id, &file));
    let voice = file.kind == "voice";
    if voice {
        register(&message_id, press.clone());
    }
    let time = move || time(at.get(), length.get());
    let bars = Some(waveform::drawn(&file.waveform, DRAWN)).filter(|bars| !bars.is_empty());
    let waved = bars.is_some();
    let part = Signal::derive(move || at.get() / length.get().max(0.1));
    draw! {
        <div class={"voice"}>
            <audio
                node_ref=audio
                preload={"none"}
                on:play=move |_| playing.set(true)
                on:pause=move |_| playing.set(false)
                on:ended=move |_| player.ended()
                on:timeupdate=move |_| player.moved()
                on:loadedmetadata=move |_| player.loaded()
                on:durationchange=move |_| player.measured()
            ></audio>
            {match stop {
                Some(stop) => stop.into_any(),
                None => play_button(playing, press).into_any(),
            }}
            <span class={"track"} class:waved=waved>
                {bars.map(|bars| draw! { <Wave bars=bars part=part /> })}
                <Seek audio=audio at=at length=length />
            </span>
            <button class={"spd"} tabindex={"-1"} on:click=move |_| player.faster()>
                <span class={"vh"}>{t!("speed")}</span>
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

fn play_button(playing: RwSignal<bool>, press: impl Fn() + 'static) -> impl IntoView {
    draw! {
        <button class={"pb"} aria-label=move || if playing.get() { t!("pause") } else { t!("play") } tabindex={"-1"} on:click=move |_| press()>
            {move || if playing.get() { icon(icon::PAUSE_FILL, "s18").into_any() } else { icon(icon::PLAY_FILL, "s18").into_any() }}
        </button>
    }
}

/// Bars of a voice message, of which a part was heard.
#[component]
pub fn Wave(bars: Vec<u8>, part: Signal<f64>) -> impl IntoView {
    let view = format!("0 0 {} {HEIGHT}", bars.len() * STEP);
    let heard = Memo::new({
        let count = bars.len();
        move |_| (part.get() * count as f64).round().clamp(0.0, count as f64) as usize
    });
    let bars = StoredValue::new(bars);
    let before =
        move || bars.with_value(|bars| path(bars.get(..heard.get()).unwrap_or_default(), 0));
    let behind = move || {
        bars.with_value(|bars| path(bars.get(heard.get()..).unwrap_or_default(), heard.get()))
    };
    draw! {
        <svg class={"wave flip"} viewBox={view} preserveAspectRatio={"none"} aria-hidden={"true"}>
            <path d=before></path>
            <path class={"off"} d=behind></path>
        </svg>
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
