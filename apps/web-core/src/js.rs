//! Small things that every script of a worker does: properties, promises, timers, randomness.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::DedicatedWorkerGlobalScope;

/// The worker itself.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// A property; `undefined` if there is none.
pub fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is a text.
pub fn text(of: &JsValue, name: &str) -> Option<String> {
    get(of, name).as_string()
}

/// An object with these properties.
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // A new plain object takes every property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// Calls a method.
pub fn call(of: &JsValue, method: &str, args: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = get(of, method).dyn_into()?;
    Reflect::apply(&function, of, &args.iter().collect::<js_sys::Array>())
}

/// Calls a method that gives a promise, and waits for it.
pub async fn wait(of: &JsValue, method: &str, args: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&call(of, method, args)?)).await
}

/// The root of the files that the browser keeps for this origin alone; some private windows have none.
pub async fn private_files() -> Result<JsValue, JsValue> {
    wait(&get(&get(&scope(), "navigator"), "storage"), "getDirectory", &[]).await
}

/// Waits so long, milliseconds.
pub async fn sleep(ms: i32) {
    let promise = Promise::new(&mut |done, _| {
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&done, ms);
    });
    let _ = JsFuture::from(promise).await;
}

/// A promise that is never kept.
pub fn never() -> Promise {
    Promise::new(&mut |_, _| {})
}

/// Sets a handler (`onmessage` and the like) that stays for as long as the worker.
pub fn on(of: &JsValue, name: &str, handler: impl FnMut(JsValue) + 'static) {
    let closure = Closure::<dyn FnMut(JsValue)>::new(handler);
    let _ = Reflect::set(of, &name.into(), closure.as_ref());
    closure.forget();
}

/// Unix milliseconds.
pub fn now() -> u64 {
    // Whole and positive: far below what a double holds exactly.
    js_sys::Date::now() as u64
}

/// Randomness fit for keys; a browser without any is none.
pub fn random<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| JsValue::from_str("no randomness"))?;
    Ok(bytes)
}
