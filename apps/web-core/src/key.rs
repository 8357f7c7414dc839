//! The key of the database: random, and kept wrapped by a key that the browser never gives out.
//!
//! The wrapping key is a `CryptoKey` that cannot be extracted; IndexedDB keeps it beside what it wrapped. Beside that
//! lies, encrypted by the same key, what a page shows of an account of this browser before it is opened.
//! With a passphrase, what it wrapped is encrypted once more, by a key that Argon2id makes of the passphrase: then the
//! browser's files are not enough to open the database.
//!
//! Invariant: a key is kept, durably, before anything is encrypted with it.

use crate::accounts;
use crate::js;
use js_sys::{Array, Promise, Uint8Array};
use parlor_crypto::passphrase::{self, Cost};
use parlor_crypto::{Secret, aead};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

const DATABASE: &str = "parlor";
const TABLE: &str = "keys";
/// What the key of the first account is called, and what is known of it.
const NAME: &str = "database";
const LABEL: &str = "label";
const NONCE_BYTES: usize = 12;
/// What a guess of the passphrase costs: what a phone has to spare, and half a second there.
const COST: Cost = Cost { memory_kib: 32 * 1024, passes: 3 };
/// What the encryption by a passphrase is for.
const PURPOSE: &[u8] = b"parlor browser key v1";

/// Why there is no key.
pub enum NoKey {
    /// The browser keeps none here: some private windows.
    NoPlace,
    /// One is kept and cannot be unwrapped.
    Damaged,
    /// It takes a passphrase, and this is not the one.
    Locked,
}

/// The key of this browser's database; made if there is none.
pub async fn obtain(passphrase: Option<&str>) -> Result<Secret, NoKey> {
    let database = open().await.map_err(|_| NoKey::NoPlace)?;
    let name = accounts::named(NAME, accounts::number());
    let found = ask(&database, "get", Some(&name)).await.map_err(|_| NoKey::NoPlace)?;
    let key = match found.is_undefined() {
        true => make(&database).await.map_err(|_| NoKey::NoPlace),
        false => unwrap(&found, passphrase).await,
    };
    let _ = js::call(&database, "close", &[]);
    key
}

/// Whether it takes a passphrase.
pub async fn is_guarded() -> Result<bool, JsValue> {
    let database = open().await?;
    let found = ask(&database, "get", Some(&accounts::named(NAME, accounts::number()))).await;
    let _ = js::call(&database, "close", &[]);
    found.map(|record| !js::get(&record, "salt").is_undefined())
}

/// From now on it takes this passphrase, or none. `false`: the one that it takes now is another than `present`.
pub async fn guard(present: Option<&str>, next: Option<&str>) -> Result<bool, JsValue> {
    let database = open().await?;
    let done = guarded(&database, present, next).await;
    let _ = js::call(&database, "close", &[]);
    done
}

async fn guarded(
    database: &JsValue,
    present: Option<&str>,
    next: Option<&str>,
) -> Result<bool, JsValue> {
    let found = ask(database, "get", Some(&accounts::named(NAME, accounts::number()))).await?;
    match unwrap(&found, present).await {
        Ok(key) => rewrap(database, &key, next).await.map(|()| true),
        Err(NoKey::Locked) => Ok(false),
        Err(_) => Err("the kept key cannot be read".into()),
    }
}

/// Keeps the key anew, under the wrapping key that there is.
async fn rewrap(database: &JsValue, key: &Secret, next: Option<&str>) -> Result<(), JsValue> {
    let name = accounts::named(NAME, accounts::number());
    let wrapping = js::get(&ask(database, "get", Some(&name)).await?, "key");
    let record = match next {
        None => seal(&wrapping, key.expose()).await?,
        Some(next) => {
            let salt = js::random::<16>()?;
            let by = passphrase::key(next.as_bytes(), &salt, COST).ok_or("no key of that")?;
            let mut rng = ChaCha20Rng::from_seed(js::random()?);
            let record = seal(&wrapping, &aead::seal(&by, PURPOSE, key.expose(), &mut rng)).await?;
            for (name, value) in [
                ("salt", Uint8Array::from(salt.as_slice()).into()),
                ("memory", COST.memory_kib.into()),
                ("passes", COST.passes.into()),
            ] {
                // A plain object takes every property.
                let _ = js_sys::Reflect::set(&record, &JsValue::from(name), &value);
            }
            record
        }
    };
    let _ = js_sys::Reflect::set(&record, &"key".into(), &wrapping);
    put(database, &name, Some(record)).await
}

/// It takes no passphrase any more: this is the key, and what it opens is empty.
pub async fn unguard(key: &Secret) -> Result<(), JsValue> {
    let database = open().await?;
    let done = rewrap(&database, key, None).await;
    let _ = js::call(&database, "close", &[]);
    done
}

/// Forgets the key, and with it all that it encrypts.
pub async fn forget() -> Result<(), JsValue> {
    let database = open().await?;
    let number = accounts::number();
    let mut done = Ok(());
    for what in [LABEL, NAME] {
        done = done.and(put(&database, &accounts::named(what, number), None).await);
    }
    let _ = js::call(&database, "close", &[]);
    done
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

async fn unwrap(record: &JsValue, passphrase: Option<&str>) -> Result<Secret, NoKey> {
    let unsealed = unseal(&js::get(record, "key"), record).await.map_err(|_| NoKey::Damaged)?;
    let clear = Zeroizing::new(unsealed.to_vec());
    unsealed.fill(0, 0, unsealed.length());
    let clear = match js::get(record, "salt") {
        salt if salt.is_undefined() => clear,
        salt => {
            let number = |name| js::get(record, name).as_f64().map(|number| number as u32);
            let salt: Result<[u8; 16], _> = Uint8Array::new(&salt).to_vec().try_into();
            let (Ok(salt), Some(memory_kib), Some(passes)) =
                (salt, number("memory"), number("passes"))
            else {
                return Err(NoKey::Damaged);
            };
            let typed = passphrase.ok_or(NoKey::Locked)?;
            let by = passphrase::key(typed.as_bytes(), &salt, Cost { memory_kib, passes });
            let by = by.ok_or(NoKey::Damaged)?;
            Zeroizing::new(aead::open(&by, PURPOSE, &clear).map_err(|_| NoKey::Locked)?)
        }
    };
    Secret::try_from(clear.as_slice()).map_err(|_| NoKey::Damaged)
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
