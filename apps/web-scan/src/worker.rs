//! The worker around the reader.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Begins: the worker has been loaded.
#[wasm_bindgen(start)]
fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let page = scope.clone();
    let look = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = look(&event.data());
        // A page that is gone needs no answer.
        let _ = page.post_message(&text.map_or(JsValue::NULL, JsValue::from));
    });
    scope.set_onmessage(Some(look.as_ref().unchecked_ref()));
    look.forget();
    let _ = scope.post_message(&JsValue::NULL);
}

fn look(picture: &JsValue) -> Option<String> {
    let get = |name: &str| Reflect::get(picture, &name.into()).ok();
    let size = |name: &str| Some(get(name)?.as_f64()? as usize);
    let pixels = Uint8Array::new(&get("pixels")?).to_vec();
    super::read(&pixels, size("width")?, size("height")?)
}
