//! Recording a voice message with the browser's own recorder.
//!
//! | stage    | on                                   | next                                   |
//! |----------|--------------------------------------|----------------------------------------|
//! | Off      | a press                              | Asking                                 |
//! | Asking   | the browser gives a microphone       | Held if the finger is down, else Free  |
//! | Asking   | it does not                          | Off, with a word on why                |
//! | Held     | let go                               | sent, if it is long enough; else Free  |
//! | Held     | slid up, to the side                 | Free, discarded                        |
//! | Free     | stopped                              | Heard                                  |
//! | any      | sent, discarded                      | Off                                    |
//!
//! The microphone is on in Held and Free only. Absent on purpose: other formats than the browser's; whoever plays it has
//! to know them.

use super::composing::Composing;
use crate::state::session::Session;
use crate::waveform::{self, SENT};
use crate::{dom, locale, t};
use js_sys::{Array, Date, Function, Reflect};
use leptos::prelude::*;
use serde_json::json;
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Event, File};

/// How often it is measured how loud it is.
const MEASURE: Duration = Duration::from_millis(100);
/// A recording that was let go of earlier goes on by itself.
const SHORTEST: f64 = 700.0;
/// It is stopped after so long.
const LONGEST: f64 = 30.0 * 60.0 * 1000.0;
/// Bits of sound in a second: speech is well understood.
const BITS: f64 = 32_000.0;
/// Samples that are looked at.
const SAMPLES: u32 = 2048;
/// What recorders of browsers make, the best first, and the endings of files.
const FORMATS: [(&str, &str); 4] = [
    ("audio/webm;codecs=opus", "webm"),
    ("audio/ogg;codecs=opus", "ogg"),
    ("audio/mp4", "m4a"),
    ("", "webm"),
];

/// How far a recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Stage {
    Off,
    Asking,
    Held,
    Free,
    Heard,
}

/// What becomes of a recording that is stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Send,
    Hear,
    Discard,
}

/// What runs while the microphone is on.
struct Running {
    recorder: JsValue,
    stream: JsValue,
    context: JsValue,
    begun: f64,
    timer: Option<IntervalHandle>,
    _closures: [Closure<dyn FnMut(Event)>; 2],
}

/// A recording.
#[derive(Clone)]
struct Take {
    file: File,
    url: String,
    bars: Vec<u8>,
    milliseconds: u32,
}

/// The recorder of a room.
#[derive(Clone, Copy)]
pub struct Recorder {
    session: Session,
    composing: Composing,
    /// How far it is.
    pub stage: RwSignal<Stage>,
    /// How loud it was, ten times a second.
    pub measured: RwSignal<Vec<u8>>,
    /// How long it is, milliseconds.
    pub length: RwSignal<f64>,
    /// Why it does not work.
    pub trouble: RwSignal<Option<String>>,
    then: StoredValue<Then>,
    down: StoredValue<bool>,
    running: StoredValue<Option<Running>, LocalStorage>,
    take: StoredValue<Option<Take>, LocalStorage>,
}

/// Whether this browser can record.
pub fn is_there() -> bool {
    let devices = dom::property(&window().navigator(), "mediaDevices");
    devices.and_then(|devices| dom::property(&devices, "getUserMedia")).is_some()
        && class("MediaRecorder").is_some()
}

fn class(name: &str) -> Option<Function> {
    dom::property(&window(), name)?.dyn_into().ok()
}

async fn promised(promise: Option<JsValue>) -> Result<JsValue, JsValue> {
    let promise = promise.and_then(|promise| promise.dyn_into::<js_sys::Promise>().ok());
    JsFuture::from(promise.ok_or(JsValue::NULL)?).await
}

impl Recorder {
    /// For a room; it ends with it.
    pub fn new() -> Self {
        let recorder = Self {
            session: Session::here(),
            composing: Composing::here(),
            stage: RwSignal::new(Stage::Off),
            measured: RwSignal::new(Vec::new()),
            length: RwSignal::new(0.0),
            trouble: RwSignal::new(None),
            then: StoredValue::new(Then::Discard),
            down: StoredValue::new(false),
            running: StoredValue::new_local(None),
            take: StoredValue::new_local(None),
        };
        provide_context(recorder);
        on_cleanup(move || recorder.let_go());
        recorder
    }

    /// That of the room.
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether there is a recording, of whatever stage.
    pub fn is_on(self) -> bool {
        self.stage.get() != Stage::Off
    }

    /// Begins. `down`: a finger or a button is held down for it.
    pub fn begin(self, down: bool) {
        if self.stage.get_untracked() != Stage::Off {
            return;
        }
        self.down.set_value(down);
        self.trouble.set(None);
        self.measured.set(Vec::new());
        self.length.set(0.0);
        self.stage.set(Stage::Asking);
        leptos::task::spawn_local(async move {
            let Ok(take) = takes().await else {
                self.stage.try_set(Stage::Off);
                self.trouble.try_set(Some(t!("part-missing")));
                return;
            };
            let devices = dom::property(&window().navigator(), "mediaDevices");
            let wanted = dom::object(&[("audio", JsValue::TRUE)]);
            let asked = devices.and_then(|of| dom::method(&of, "getUserMedia", &[wanted]));
            let stream = promised(asked).await;
            let waits = self.stage.try_get_untracked() == Some(Stage::Asking);
            match stream {
                Ok(stream) if waits => take(self, stream),
                Ok(stream) => stop(&stream),
                Err(error) if waits => self.fail(&error),
                Err(_) => {}
            }
        });
    }

    fn fail(self, error: &JsValue) {
        let name = dom::property(error, "name").and_then(|name| name.as_string());
        self.stage.set(Stage::Off);
        self.trouble.set(Some(match name.as_deref() {
            Some("NotAllowedError" | "SecurityError") => t!("record-denied"),
            Some("NotFoundError") => t!("record-none"),
            _ => t!("record-failed"),
        }));
    }

    fn run(self, stream: JsValue) {
        match self.start(&stream) {
            Some(running) => {
                self.running.set_value(Some(running));
                let held = self.down.get_value();
                self.stage.set(if held { Stage::Held } else { Stage::Free });
            }
            None => {
                stop(&stream);
                self.fail(&JsValue::NULL);
            }
        }
    }

    fn start(self, stream: &JsValue) -> Option<Running> {
        let maker = class("MediaRecorder")?;
        let can = |format: &str| {
            let can = dom::method(&maker, "isTypeSupported", &[format.into()]);
            format.is_empty() || can.is_some_and(|can| can.is_truthy())
        };
        let (format, ending) = FORMATS.into_iter().find(|(format, _)| can(format))?;
        let mut options = vec![("audioBitsPerSecond", BITS.into())];
        if !format.is_empty() {
            options.push(("mimeType", format.into()));
        }
        let recorder =
            Reflect::construct(&maker, &Array::of2(stream, &dom::object(&options))).ok()?;
        let pieces = Array::new();
        let mut taken = pieces.clone();
        let came = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            taken.extend(dom::property(&event, "data"));
        });
        let ended = Closure::<dyn FnMut(Event)>::new(move |_| self.ended(&pieces, format, ending));
        for (name, closure) in [("dataavailable", &came), ("stop", &ended)] {
            dom::method(&recorder, "addEventListener", &[name.into(), closure.as_ref().clone()]);
        }
        let (context, analyser) = listen(stream).unwrap_or((JsValue::NULL, JsValue::NULL));
        let begun = Date::now();
        let timer = set_interval_with_handle(move || self.measure(&analyser, begun), MEASURE).ok();
        dom::method(&recorder, "start", &[])?;
        let (stream, closures) = (stream.clone(), [came, ended]);
        Some(Running { recorder, stream, context, begun, timer, _closures: closures })
    }

    fn measure(self, analyser: &JsValue, begun: f64) {
        let samples = js_sys::Float32Array::new_with_length(SAMPLES);
        dom::method(analyser, "getFloatTimeDomainData", &[samples.clone().into()]);
        self.measured.try_update(|bars| bars.push(waveform::loudness(&samples.to_vec())));
        let length = Date::now() - begun;
        self.length.try_set(length);
        if length > LONGEST {
            self.end(Then::Hear);
        }
    }

    /// The finger is up again.
    pub fn release(self) {
        self.down.set_value(false);
        if self.stage.get_untracked() == Stage::Held {
            match self.length.get_untracked() >= SHORTEST {
                true => self.end(Then::Send),
                false => self.stage.set(Stage::Free),
            }
        }
    }

    /// It goes on without a finger.
    pub fn free(self) {
        if self.stage.get_untracked() == Stage::Held {
            self.stage.set(Stage::Free);
        }
    }

    /// Stops it, to be listened to.
    pub fn stop(self) {
        self.end(Then::Hear);
    }

    /// Throws it away.
    pub fn discard(self) {
        match self.stage.get_untracked() {
            Stage::Held | Stage::Free => self.end(Then::Discard),
            _ => {
                self.forget();
                self.stage.set(Stage::Off);
            }
        }
    }

    /// Sends it.
    pub fn send(self) {
        match self.stage.get_untracked() {
            Stage::Held | Stage::Free => self.end(Then::Send),
            Stage::Heard => self.hand_over(),
            Stage::Off | Stage::Asking => {}
        }
    }

    /// Where a stopped recording can be played from, and its bars.
    pub fn heard(self) -> Option<(String, Vec<u8>)> {
        self.take.with_value(|take| take.as_ref().map(|take| (take.url.clone(), take.bars.clone())))
    }

    fn end(self, then: Then) {
        self.then.set_value(then);
        self.running.with_value(|running| {
            if let Some(running) = running {
                dom::method(&running.recorder, "stop", &[]);
            }
        });
    }

    /// The recorder has given all that it has.
    fn ended(self, pieces: &Array, format: &'static str, ending: &'static str) {
        let running = self.running.try_update_value(Option::take).flatten();
        let Some(running) = running else { return };
        running.close();
        let then = self.then.get_value();
        let milliseconds = (Date::now() - running.begun) as u32;
        let take =
            (then != Then::Discard).then(|| self.taken(pieces, format, ending, milliseconds));
        match take.flatten() {
            Some(take) => {
                self.length.set(f64::from(milliseconds));
                self.take.set_value(Some(take));
                self.stage.set(Stage::Heard);
                if then == Then::Send {
                    self.hand_over();
                }
            }
            None => self.stage.set(Stage::Off),
        }
    }

    fn taken(self, pieces: &Array, format: &str, ending: &str, milliseconds: u32) -> Option<Take> {
        let options = BlobPropertyBag::new();
        options.set_type(format.split(';').next().unwrap_or_default());
        let blob = Blob::new_with_blob_sequence_and_options(pieces, &options).ok()?;
        if blob.size() == 0.0 {
            return None;
        }
        let name = format!("voice-{}.{ending}", locale::now() / 1000);
        let file = File::new_with_blob_sequence(&Array::of1(&blob), &name).ok()?;
        let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
        let bars = self.measured.with_untracked(|bars| waveform::bars(bars, SENT));
        Some(Take { file, url, bars, milliseconds })
    }

    fn hand_over(self) {
        let Some(take) = self.take.get_value() else { return };
        let mut params = json!({
            "chat_id": self.composing.chat_id.get_value(),
            "send_as": "voice",
            "waveform": take.bars,
            "duration_ms": take.milliseconds,
        });
        if let (Some(id), Some(object)) = (self.composing.answered(), params.as_object_mut()) {
            object.insert("reply_to".into(), id.into());
        }
        self.stage.set(Stage::Off);
        leptos::task::spawn_local(async move {
            match self.bring(take.file, params).await {
                Ok(()) => {
                    self.composing.was_answered();
                    self.forget();
                }
                // It is still there, and can be sent again.
                Err(problem) => {
                    if self.stage.try_set(Stage::Heard).is_none() {
                        self.trouble.set(Some(crate::app::problems::words(&problem)));
                    }
                }
            }
        });
    }

    async fn bring(
        self,
        file: File,
        mut params: serde_json::Value,
    ) -> Result<(), crate::core::Problem> {
        let name = self.session.core().bring(file).await?;
        if let Some(object) = params.as_object_mut() {
            object.insert("attachments".into(), json!([name]));
        }
        self.session.tell("messages.send", params).await
    }

    fn forget(self) {
        if let Some(take) = self.take.try_update_value(Option::take).flatten() {
            // A name of the browser's own is given back.
            let _ = web_sys::Url::revoke_object_url(&take.url);
        }
    }

    /// The room is left.
    fn let_go(self) {
        if let Some(running) = self.running.try_update_value(Option::take).flatten() {
            running.close();
        }
        self.forget();
    }
}

apart! {
    tools: fn takes(recorder: Recorder, stream: JsValue) { recorder.run(stream) }
}

impl Running {
    /// The microphone is off after this.
    fn close(&self) {
        if let Some(timer) = self.timer {
            timer.clear();
        }
        stop(&self.stream);
        dom::method(&self.context, "close", &[]);
    }
}

/// Turns a microphone off.
fn stop(stream: &JsValue) {
    let tracks = dom::method(stream, "getTracks", &[]);
    for track in tracks.and_then(|tracks| tracks.dyn_into::<Array>().ok()).into_iter().flatten() {
        dom::method(&track, "stop", &[]);
    }
}

/// What measures how loud a stream is; and what has to be closed after it.
fn listen(stream: &JsValue) -> Option<(JsValue, JsValue)> {
    let context = Reflect::construct(&class("AudioContext")?, &Array::new()).ok()?;
    let source = dom::method(&context, "createMediaStreamSource", std::slice::from_ref(stream))?;
    let analyser = dom::method(&context, "createAnalyser", &[])?;
    Reflect::set(&analyser, &"fftSize".into(), &SAMPLES.into()).ok()?;
    dom::method(&source, "connect", std::slice::from_ref(&analyser));
    Some((context, analyser))
}
