//! The key of the database: random, and kept wrapped by a key that the browser never gives out.
//!
//! The wrapping key is a `CryptoKey` that cannot be extracted; IndexedDB keeps it beside what it wrapped. Beside that
//! lies, encrypted by the same key, what a page shows of an account of this browser before it is opened.
//! Invariant: a key is kept, durably, before anything is encrypted with it.

use crate::accounts;
use crate::js;
use js_sys::{Array, Promise, Uint8Array};
use parlor_crypto::Secret;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

const DATABASE: &str = "parlor";
const TABLE: &str = "keys";
/// What the key of the first account is called, and what is known of it.
const NAME: &str = "database";
const LABEL: &str = "label";
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
    let name = accounts::named(NAME, accounts::number());
    let found = ask(&database, "get", Some(&name)).await.map_err(|_| NoKey::NoPlace)?;
    let key = match found.is_undefined() {
        true => make(&database).await.map_err(|_| NoKey::NoPlace),
        false => unwrap(&found).await.map_err(|_| NoKey::Damaged),
    };
    let _ = js::call(&database, "close", &[]);
    key
}

async fn make(database: &JsValue) -> Result<Secret, JsValue> {
    let key = Zeroizing::new(js::random::<32>()?);
    let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
    let kind = js::object(&[("name", "AES-GCM".into()), ("length", 256.into())]);
    let wrapping = js::wait(&subtle(), "generateKey", &[kind, JsValue::FALSE, uses.into()]).await?;
    let record = seal(&wrapping, key.as_slice()).await?;
    // A plain object takes every property.
    let _ = js_sys::Reflect::set(&record, &"key".into(), &wrapping);
    put(database, &accounts::named(NAME, accounts::number()), Some(record)).await?;
    Ok(Secret::new(*key))
}

/// What was encrypted, with what it takes to decrypt it but the key.
async fn seal(wrapping: &JsValue, clear: &[u8]) -> Result<JsValue, JsValue> {
    let nonce = Uint8Array::from(js::random::<NONCE_BYTES>()?.as_slice());
    let clear = Uint8Array::from(clear);
    let args = [method(&nonce), wrapping.clone(), clear.clone().into()];
    let wrapped = js::wait(&subtle(), "encrypt", &args).await?;
    clear.fill(0, 0, clear.length());
    Ok(js::object(&[("nonce", nonce.into()), ("wrapped", wrapped)]))
}

async fn unseal(wrapping: &JsValue, sealed: &JsValue) -> Result<Uint8Array, JsValue> {
    let nonce = Uint8Array::new(&js::get(sealed, "nonce"));
    let args = [method(&nonce), wrapping.clone(), js::get(sealed, "wrapped")];
    Ok(Uint8Array::new(&js::wait(&subtle(), "decrypt", &args).await?))
}

/// Puts something under a name, or takes away what is there; it is on disk after this.
async fn put(database: &JsValue, name: &str, what: Option<JsValue>) -> Result<(), JsValue> {
    let strict = js::object(&[("durability", "strict".into())]);
    let transaction =
        js::call(database, "transaction", &[TABLE.into(), "readwrite".into(), strict])?;
    let table = js::call(&transaction, "objectStore", &[TABLE.into()])?;
    match what {
        Some(what) => js::call(&table, "put", &[what, name.into()])?,
        None => js::call(&table, "delete", &[name.into()])?,
    };
    ended(&transaction, "oncomplete").await.map(|_| ())
}

/// What is known of the accounts of this browser, by their numbers.
pub async fn labels() -> Result<Vec<(u32, String)>, JsValue> {
    let database = open().await?;
    let found = all_labels(&database).await;
    let _ = js::call(&database, "close", &[]);
    found
}

async fn all_labels(database: &JsValue) -> Result<Vec<(u32, String)>, JsValue> {
    let names = Array::from(&ask(database, "getAllKeys", None).await?);
    let mut labels = Vec::new();
    for name in names.iter().filter_map(|name| name.as_string()) {
        let Some(number) = accounts::numbered(&name, LABEL) else { continue };
        let record = ask(database, "get", Some(&accounts::named(NAME, number))).await?;
        let sealed = ask(database, "get", Some(&name)).await?;
        let Ok(clear) = unseal(&js::get(&record, "key"), &sealed).await else { continue };
        if let Ok(label) = String::from_utf8(clear.to_vec()) {
            labels.push((number, label));
        }
    }
    labels.sort();
    Ok(labels)
}

/// Keeps what is to be known of this account; an empty text forgets it.
pub async fn set_label(label: &str) -> Result<(), JsValue> {
    let database = open().await?;
    let done = put_label(&database, label).await;
    let _ = js::call(&database, "close", &[]);
    done
}

async fn put_label(database: &JsValue, label: &str) -> Result<(), JsValue> {
    let number = accounts::number();
    let record = ask(database, "get", Some(&accounts::named(NAME, number))).await?;
    let sealed = match label {
        "" => None,
        label => Some(seal(&js::get(&record, "key"), label.as_bytes()).await?),
    };
    put(database, &accounts::named(LABEL, number), sealed).await
}

async fn unwrap(record: &JsValue) -> Result<Secret, JsValue> {
    let clear = unseal(&js::get(record, "key"), record).await?;
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

/// Asks the table something: of the record of this name, or of all.
async fn ask(database: &JsValue, method: &str, name: Option<&str>) -> Result<JsValue, JsValue> {
    let transaction = js::call(database, "transaction", &[TABLE.into()])?;
    let table = js::call(&transaction, "objectStore", &[TABLE.into()])?;
    let name: Vec<JsValue> = name.into_iter().map(JsValue::from).collect();
    let request = js::call(&table, method, &name)?;
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
