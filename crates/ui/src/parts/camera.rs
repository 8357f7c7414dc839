//! Reading a QR code with the camera. The picture stays on the device: a worker of the page reads it, and it is kept
//! nowhere. The camera is on for as long as the dialog is open.

use super::dialog::Dialog;
use crate::state::session::Session;
use crate::{dom, t};
use js_sys::{Array, Reflect};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MessageEvent, Worker,
};

/// A picture is made so small that its longer side has so many pixels: enough for a code that fills half of it.
const SIDE: f64 = 720.0;
/// `HTMLMediaElement.HAVE_CURRENT_DATA`.
const HAS_PICTURE: u16 = 2;

/// Whether this browser gives pages a camera at all.
pub fn is_there() -> bool {
    let devices = dom::property(&window().navigator(), "mediaDevices");
    devices.and_then(|devices| dom::property(&devices, "getUserMedia")).is_some()
}

/// What runs while the camera is on.
struct Running {
    stream: JsValue,
    worker: Worker,
    _answered: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.terminate();
        if let Some(tracks) = dom::method(&self.stream, "getTracks", &[]) {
            for track in Array::from(&tracks).iter() {
                dom::method(&track, "stop", &[]);
            }
        }
    }
}

/// A dialog with what the camera sees. The text of the first code goes to `found`, and the dialog closes.
#[component]
pub fn Camera(open: RwSignal<bool>, found: Callback<String>) -> impl IntoView {
    let close = Callback::new(move |()| open.set(false));
    move || {
        open.get().then(|| {
            draw! {
                <Dialog title={t!("scan")} class={"scan"} on_close=close>
                    <div class={"db stack"}><Sight found=found close=close /></div>
                </Dialog>
            }
        })
    }
}

#[component]
fn Sight(found: Callback<String>, close: Callback<()>) -> impl IntoView {
    let node: NodeRef<html::Video> = NodeRef::new();
    let (sees, refused) = (RwSignal::new(false), RwSignal::new(false));
    let running = StoredValue::new_local(None::<Running>);
    let core = Session::here().core();
    spawn_local(async move {
        let stream = stream().await;
        let (Some(stream), Some(video)) = (stream, node.try_get_untracked().flatten()) else {
            let _ = refused.try_set(true);
            return;
        };
        let Some(worker) = core.scanner() else {
            let _ = refused.try_set(true);
            return;
        };
        // A video element takes every stream.
        let _ = Reflect::set(&video, &"srcObject".into(), &stream);
        dom::method(&video, "play", &[]);
        let seen = Seen { video, worker: worker.clone() };
        let answered = Closure::new(move |event: MessageEvent| match event.data().as_string() {
            Some(text) => {
                close.run(());
                found.run(text);
            }
            None => {
                let _ = sees.try_set(true);
                seen.clone().look();
            }
        });
        worker.set_onmessage(Some(answered.as_ref().unchecked_ref()));
        let camera = Running { stream, worker, _answered: answered };
        // When the dialog is gone by now, the camera goes with what was to be kept.
        let _ = running.try_set_value(Some(camera));
    });
    on_cleanup(move || {
        // Later: it may be the camera's own answer that closes the dialog.
        let ended = running.try_update_value(Option::take);
        let ended = leptos::__reexports::send_wrapper::SendWrapper::new(ended);
        set_timeout(move || drop(ended), std::time::Duration::ZERO);
    });
    let words = move || match (refused.get(), sees.get()) {
        (true, _) => t!("scan-refused"),
        (false, true) => t!("scan-text"),
        (false, false) => t!("scan-asking"),
    };
    draw! {
        <video node_ref=node class={"sight"} muted={true} playsinline={true} aria-label={t!("scan-sight")} hidden=move || refused.get()></video>
        <p class={"dim"} role={"status"}>{words}</p>
    }
}

/// The camera that looks away from the person, if there are two.
async fn stream() -> Option<JsValue> {
    let devices = dom::property(&window().navigator(), "mediaDevices")?;
    let wishes = dom::object(&[("video", dom::object(&[("facingMode", "environment".into())]))]);
    dom::wait(dom::method(&devices, "getUserMedia", &[wishes])?).await
}

/// Where pictures come from and go to.
#[derive(Clone)]
struct Seen {
    video: HtmlVideoElement,
    worker: Worker,
}

impl Seen {
    /// Hands the next picture over, as soon as there is one; its answer asks for the next.
    fn look(self) {
        request_animation_frame(move || {
            // Out of the document, the dialog is closed.
            if self.video.is_connected() && self.hand_over().is_none() {
                self.look();
            }
        });
    }

    fn hand_over(&self) -> Option<()> {
        if self.video.ready_state() < HAS_PICTURE {
            return None;
        }
        let (width, height) =
            (f64::from(self.video.video_width()), f64::from(self.video.video_height()));
        let scale = (SIDE / width.max(height)).min(1.0);
        let (width, height) = ((width * scale).round(), (height * scale).round());
        let canvas = document().create_element("canvas").ok()?;
        let canvas: HtmlCanvasElement = canvas.dyn_into().ok()?;
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
        let context =
            canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        context
            .draw_image_with_html_video_element_and_dw_and_dh(&self.video, 0.0, 0.0, width, height)
            .ok()?;
        let picture = context.get_image_data(0.0, 0.0, width, height).ok()?;
        let pixels = dom::property(&dom::property(&picture, "data")?, "buffer")?;
        let message = dom::object(&[
            ("width", width.into()),
            ("height", height.into()),
            ("pixels", pixels.clone()),
        ]);
        self.worker.post_message_with_transfer(&message, &Array::of1(&pixels)).ok()
    }
}
