//! What page and worker say to each other besides JSON-RPC.
//!
//! | from   | message                                   | means                                               |
//! |--------|-------------------------------------------|-----------------------------------------------------|
//! | page   | text                                      | a JSON-RPC request; its id is a number              |
//! | page   | `{id, bring: File}`                       | a file that a command will name                     |
//! | page   | `{id, open: {message_id, index}}`         | the content of an attachment is wanted              |
//! | page   | `{look: true}`                            | somebody looks at the page: no patience             |
//! | page   | `{id, accounts: true}`                    | which accounts are there?                           |
//! | page   | `{id, label}`                             | what is to be known of this one; empty: it is gone  |
//! | page   | `{id, guarded: true}`                     | does it take a passphrase to open it?               |
//! | page   | `{id, guard: {present, next}}`            | another passphrase, or none, in place of the present |
//! | page   | `{id, unlock}`                            | opens what takes this passphrase                    |
//! | page   | `{id, forget: true}`                      | deletes what is locked                              |
//! | page   | `{lock: true}`                            | closes it, in all tabs                              |
//! | worker | text                                      | an answer, an event, `ready` or `broken`            |
//! | worker | `{id, name}`, `{id, blob}`, `{id, told}`, `{id, error}` | the answer to an object               |

use crate::js;
use parlor_view::Failure;
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

/// What a page asks.
pub enum Ask {
    /// JSON-RPC.
    Request(String),
    /// A file that a command will name.
    Bring { id: f64, file: File },
    /// The content of an attachment.
    Open { id: f64, message_id: String, index: u32 },
    /// Somebody looks.
    Look,
}

impl Ask {
    /// Reads a message; `None` for what no page of this version sends.
    pub fn read(data: &JsValue) -> Option<Self> {
        if let Some(text) = data.as_string() {
            return Some(Self::Request(text));
        }
        if js::get(data, "look").is_truthy() {
            return Some(Self::Look);
        }
        let id = js::get(data, "id").as_f64()?;
        if let Ok(file) = js::get(data, "bring").dyn_into::<File>() {
            return Some(Self::Bring { id, file });
        }
        let open = js::get(data, "open");
        let message_id = js::text(&open, "message_id")?;
        let index = js::get(&open, "index").as_f64()?;
        let index = index as u32;
        Some(Self::Open { id, message_id, index })
    }
}

/// What names a message until it is answered, and whether it may be asked twice. `None`: nobody waits.
pub fn waits(data: &JsValue) -> Option<(String, bool)> {
    let Some(text) = data.as_string() else {
        return js::get(data, "id").as_f64().map(|id| (id.to_string(), true));
    };
    let request: Value = serde_json::from_str(&text).ok()?;
    let id = request.get("id")?.to_string();
    let harmless = request.get("method").and_then(Value::as_str).is_some_and(is_harmless);
    Some((id, harmless))
}

/// Whether a method that is carried out twice does the same as once.
fn is_harmless(method: &str) -> bool {
    const ALSO: [&str; 16] = [
        "version",
        "sync",
        "account.delete",
        "account.info",
        "backup.status",
        "chats.info",
        "chats.set_draft",
        "chats.set_flags",
        "contacts.safety",
        "messages.close_poll",
        "messages.mark_read",
        "messages.react",
        "messages.star",
        "messages.vote",
        "settings.get",
        "typing.set",
    ];
    const ENDS: [&str; 5] = [".list", ".history", ".search", ".versions", ".receipts"];
    ALSO.contains(&method) || ENDS.iter().any(|end| method.ends_with(end))
}

/// The id of an answer, as [`waits`] names it.
pub fn answers(data: &JsValue) -> Option<String> {
    let Some(text) = data.as_string() else {
        return js::get(data, "id").as_f64().map(|id| id.to_string());
    };
    let answer: Value = serde_json::from_str(&text).ok()?;
    answer.get("id").filter(|id| !id.is_null()).map(Value::to_string)
}

/// The answer to a request whose worker is gone: nobody knows what became of it.
pub fn gone(id: &str) -> JsValue {
    let id: Value = serde_json::from_str(id).unwrap_or(Value::Null);
    let message = "The window that did the work was closed meanwhile.";
    let data = json!({"code": "unavailable", "retry": "later"});
    let error = json!({"code": -32000, "message": message, "data": data});
    json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string().into()
}

/// The answer to an object that cannot be carried out.
pub fn refusal(id: f64, failure: &Failure) -> JsValue {
    let error = js::object(&[
        ("code", failure.code.text().into()),
        ("message", failure.message.as_str().into()),
    ]);
    js::object(&[("id", id.into()), ("error", error)])
}

/// The name of a file that was brought.
pub fn named(id: f64, name: &str) -> JsValue {
    js::object(&[("id", id.into()), ("name", name.into())])
}

/// Something that is plain data, as JSON.
pub fn told(id: f64, what: &Value) -> JsValue {
    js::object(&[("id", id.into()), ("told", what.to_string().into())])
}

/// Says something to the own page.
pub fn say_own(data: &JsValue) {
    // A page that is gone needs no answer.
    let _ = js::scope().post_message(data);
}

/// Tells the page something about the worker itself.
pub fn notice(method: &str, params: &Value) -> JsValue {
    json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string().into()
}
