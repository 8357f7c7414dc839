//! Requests to the relay for blobs, as a browser makes them.

use crate::js;
use js_sys::{Function, Promise};
use parlor_wire::{BlobId, blob};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// The relay cannot be reached, or does not answer.
#[derive(Debug)]
pub struct Unreachable;

/// Where a blob is.
pub fn place(server: &str, id: &BlobId) -> String {
    format!("{}{}", server.trim_end_matches('/'), blob::path(id))
}

/// Makes a request without a body; the answer is a `Response`, whose body may still be on its way. `signal` breaks
/// both off.
pub async fn ask(
    method: &str,
    at: &str,
    headers: &[(&str, &str)],
    signal: JsValue,
) -> Result<(u16, JsValue), Unreachable> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, (*value).into())).collect();
    let options = js::object(&[
        ("method", method.into()),
        ("headers", js::object(&headers)),
        ("credentials", "omit".into()),
        ("cache", "no-store".into()),
        ("referrerPolicy", "no-referrer".into()),
        ("signal", signal),
    ]);
    let answer = js::wait(&js::scope(), "fetch", &[at.into(), options]).await;
    let answer = answer.map_err(|_| Unreachable)?;
    let status = js::get(&answer, "status").as_f64().ok_or(Unreachable)? as u16;
    Ok((status, answer))
}

/// A header of an answer.
pub fn header(answer: &JsValue, name: &str) -> Option<String> {
    js::call(&js::get(answer, "headers"), "get", &[name.into()]).ok()?.as_string()
}

/// Sends a body; what left is told as it leaves. The status of the answer. `signal` breaks it off.
pub async fn put(
    at: &str,
    headers: &[(&str, &str)],
    body: &Blob,
    signal: JsValue,
    mut sent: impl FnMut(f64) + 'static,
) -> Result<u16, Unreachable> {
    let class: js_sys::Function =
        js::get(&js_sys::global(), "XMLHttpRequest").dyn_into().map_err(|_| Unreachable)?;
    let request = js_sys::Reflect::construct(&class, &js_sys::Array::new());
    let request = request.map_err(|_| Unreachable)?;
    let started = || {
        js::call(&request, "open", &["PUT".into(), at.into()])?;
        for (name, value) in headers {
            js::call(&request, "setRequestHeader", &[(*name).into(), (*value).into()])?;
        }
        Ok::<_, JsValue>(())
    };
    started().map_err(|_| Unreachable)?;
    let progress = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        sent(js::get(&event, "loaded").as_f64().unwrap_or(0.0));
    });
    let upload = js::get(&request, "upload");
    let _ = js_sys::Reflect::set(&upload, &"onprogress".into(), progress.as_ref());
    if let Ok(abort) = js::get(&request, "abort").dyn_into::<Function>() {
        // Without signals a request ends by itself.
        let _ =
            js::call(&signal, "addEventListener", &["abort".into(), abort.bind0(&request).into()]);
    }
    let ended = Promise::new(&mut |done, _| {
        let _ = js_sys::Reflect::set(&request, &"onloadend".into(), &done);
        if js::call(&request, "send", &[body.into()]).is_err() {
            let _ = done.call0(&JsValue::NULL);
        }
    });
    let _ = JsFuture::from(ended).await;
    match js::get(&request, "status").as_f64() {
        Some(status) if status > 0.0 => Ok(status as u16),
        _ => Err(Unreachable),
    }
}
