//! The key of the database: random, and kept wrapped by a key that the browser never gives out.
//!
//! The wrapping key is a `CryptoKey` that cannot be extracted; IndexedDB keeps it beside what it wrapped.
//! Invariant: a key is kept, durably, before anything is encrypted with it.

use crate::js;
use js_sys::{Array, Promise, Uint8Array};
use parlor_crypto::Secret;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

const DATABASE: &str = "parlor";
const TABLE: &str = "keys";
const NAME: &str = "database";
const NONCE_BYTES: usize = 12;

/// Why there is no key.
pub enum NoKey {
    /// The browser keeps none here: some private windows.
    NoPlace,
    /// One is kept and cannot be unwrapped.
    Damaged,
}

/// The key of this browser's database; made if there is none.
pub async fn obtain() -> Result<Secret, NoKey> {
    let database = open().await.map_err(|_| NoKey::NoPlace)?;
    let found = look(&database).await.map_err(|_| NoKey::NoPlace)?;
    let key = match found.is_undefined() {
        true => make(&database).await.map_err(|_| NoKey::NoPlace),
        false => unwrap(&found).await.map_err(|_| NoKey::Damaged),
    };
    let _ = js::call(&database, "close", &[]);
    key
}

async fn make(database: &JsValue) -> Result<Secret, JsValue> {
    let key = Zeroizing::new(js::random::<32>()?);
    let nonce = Uint8Array::from(js::random::<NONCE_BYTES>()?.as_slice());
    let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
    let kind = js::object(&[("name", "AES-GCM".into()), ("length", 256.into())]);
    let wrapping = js::wait(&subtle(), "generateKey", &[kind, JsValue::FALSE, uses.into()]).await?;
    let clear = Uint8Array::from(key.as_slice());
    let wrapped =
        js::wait(&subtle(), "encrypt", &[method(&nonce), wrapping.clone(), clear.clone().into()])
            .await?;
    clear.fill(0, 0, clear.length());
    let record = js::object(&[("key", wrapping), ("nonce", nonce.into()), ("wrapped", wrapped)]);
    let strict = js::object(&[("durability", "strict".into())]);
    let transaction =
        js::call(database, "transaction", &[TABLE.into(), "readwrite".into(), strict])?;
    let table = js::call(&transaction, "objectStore", &[TABLE.into()])?;
    js::call(&table, "put", &[record, NAME.into()])?;
    ended(&transaction, "oncomplete").await?;
    Ok(Secret::new(*key))
}

async fn unwrap(record: &JsValue) -> Result<Secret, JsValue> {
    let nonce = Uint8Array::new(&js::get(record, "nonce"));
    let args = [method(&nonce), js::get(record, "key"), js::get(record, "wrapped")];
    let clear = Uint8Array::new(&js::wait(&subtle(), "decrypt", &args).await?);
    let mut key = Zeroizing::new([0; 32]);
    if clear.length() as usize != key.len() {
        return Err("the kept key has another length".into());
    }
    clear.copy_to(key.as_mut_slice());
    clear.fill(0, 0, clear.length());
    Ok(Secret::new(*key))
}

fn subtle() -> JsValue {
    js::get(&js::get(&js::scope(), "crypto"), "subtle")
}

fn method(nonce: &Uint8Array) -> JsValue {
    js::object(&[("name", "AES-GCM".into()), ("iv", nonce.into())])
}

async fn open() -> Result<JsValue, JsValue> {
    let factory = js::get(&js::scope(), "indexedDB");
    let request = js::call(&factory, "open", &[DATABASE.into(), 1.into()])?;
    let fresh = request.clone();
    js::on(&request, "onupgradeneeded", move |_| {
        let _ = js::call(&js::get(&fresh, "result"), "createObjectStore", &[TABLE.into()]);
    });
    ended(&request, "onsuccess").await?;
    Ok(js::get(&request, "result"))
}

async fn look(database: &JsValue) -> Result<JsValue, JsValue> {
    let transaction = js::call(database, "transaction", &[TABLE.into()])?;
    let table = js::call(&transaction, "objectStore", &[TABLE.into()])?;
    let request = js::call(&table, "get", &[NAME.into()])?;
    ended(&request, "onsuccess").await?;
    Ok(js::get(&request, "result"))
}

/// Waits until a request or transaction has ended, well (this event) or badly.
async fn ended(request: &JsValue, well: &str) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |done, failed| {
        let _ = js_sys::Reflect::set(request, &well.into(), &done);
        for badly in ["onerror", "onabort", "onblocked"] {
            let _ = js_sys::Reflect::set(request, &badly.into(), &failed);
        }
    });
    JsFuture::from(promise).await
}
