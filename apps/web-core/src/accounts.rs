//! Several accounts in one browser: each has a number, and under it a lock, a channel, a database, a key and a folder
//! of its own, so that none can meet another. A worker is for one of them.
//!
//! What a page has to know of the others (a name to choose by) lies beside the keys, encrypted by the key of the
//! account that it is about.

use crate::{js, key, wire};
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// The number of this worker's account: the page gives it as the worker's name. The first is 1.
pub fn number() -> u32 {
    let name = js::text(&js::scope(), "name").unwrap_or_default();
    name.parse().ok().filter(|number| *number > 0).unwrap_or(1)
}

/// What something of the account of this number is called. The first account has the plain names.
pub fn named(what: &str, number: u32) -> String {
    if number == 1 { what.into() } else { format!("{what}-{number}") }
}

/// Answers what a page asks about the accounts of this browser; whether it was that.
pub fn ask(data: &JsValue) -> bool {
    let Some(id) = js::get(data, "id").as_f64() else { return false };
    if js::get(data, "accounts").is_truthy() {
        spawn_local(async move {
            // A browser that keeps no keys has no accounts to choose from.
            let all = key::labels().await.unwrap_or_default();
            wire::say_own(&wire::told(id, &json!(all)));
        });
        return true;
    }
    let Some(label) = js::text(data, "label") else { return false };
    spawn_local(async move {
        // Without it the account is still there, and found by whoever opens it.
        let _ = key::set_label(&label).await;
        wire::say_own(&wire::told(id, &json!(null)));
    });
    true
}

/// The number in a name that [`named`] made of this word.
pub fn numbered(name: &str, what: &str) -> Option<u32> {
    match name.strip_prefix(what)? {
        "" => Some(1),
        rest => rest.strip_prefix('-')?.parse().ok(),
    }
}
