//! A passphrase before what this browser keeps: asked for when the page is opened, and whenever somebody locks it.
//!
//! Absent on purpose: the passphrase itself, which is kept nowhere; screens.

use crate::{js, key, wire};
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// What a page asks of something that is locked.
pub enum Try {
    /// Opens it with this passphrase.
    Unlock(String),
    /// Deletes it.
    Forget,
}

impl Try {
    /// Reads it, with the id of the question.
    pub fn read(data: &JsValue) -> Option<(f64, Self)> {
        let id = js::get(data, "id").as_f64()?;
        if js::get(data, "forget").is_truthy() {
            return Some((id, Self::Forget));
        }
        Some((id, Self::Unlock(js::text(data, "unlock")?)))
    }
}

/// Answers what a page asks about the passphrase, which every worker can; whether it was that.
pub fn ask(data: &JsValue) -> bool {
    let Some(id) = js::get(data, "id").as_f64() else { return false };
    if js::get(data, "guarded").is_truthy() {
        spawn_local(async move {
            // A browser that keeps no keys has none that a passphrase could guard.
            let guarded = key::is_guarded().await.unwrap_or_default();
            wire::say_own(&wire::told(id, &json!(guarded)));
        });
        return true;
    }
    let wish = js::get(data, "guard");
    if wish.is_undefined() {
        return false;
    }
    spawn_local(async move {
        let (present, next) = (js::text(&wish, "present"), js::text(&wish, "next"));
        let done = key::guard(present.as_deref(), next.as_deref()).await.unwrap_or_default();
        wire::say_own(&wire::told(id, &json!(done)));
    });
    true
}
