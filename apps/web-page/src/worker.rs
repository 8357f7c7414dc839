//! The engine in its worker. To it go texts (JSON-RPC requests, numbered) and objects that ask for a file to be
//! brought or opened; from it come texts (answers, events, the first word) and objects that answer those.
//!
//! | page to worker | worker to page |
//! |---|---|
//! | `"{…request…}"` | `"{…answer…}"`, `"{…event…}"`, `"{…ready or broken…}"` |
//! | `{id, bring: File}` | `{id, name}` or `{id, error: {code, message}}` |
//! | `{look: true}` | - |
//! | `{id, accounts: true}`, `{id, label}` | `{id, told: "…JSON…"}` |
//! | `{id, guarded: true}`, `{id, guard: {present, next}}`, `{id, unlock}`, `{id, forget: true}` | `{id, told: "true or false"}` |
//! | `{lock: true}` | - |
//! | `{id, open: {message_id, index}}` | `{id, blob}` or `{id, error: {code, message}}` |

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use js_sys::{Array, Function, Object, Reflect};
use parlor_ui::core::{Core, Listener, Problem, Storage, Told, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File, HtmlMetaElement, MessageEvent, Worker, WorkerOptions};

/// What an answer brings.
enum Answer {
    Value(Value),
    Name(String),
    Blob(Blob),
}

type Waiting = oneshot::Sender<Result<Answer, Problem>>;

/// The engine in its worker.
struct WorkerCore {
    worker: Option<Worker>,
    next: Cell<u32>,
    waiting: RefCell<HashMap<u32, Waiting>>,
    listener: RefCell<Option<Listener>>,
    /// What was told before anybody listened.
    early: RefCell<Vec<Told>>,
}

/// What `start.js` made before the page was there.
fn begun(name: &str) -> Option<JsValue> {
    let begun = Reflect::get(&js_sys::global(), &"parlor".into()).ok()?;
    Reflect::get(&begun, &name.into()).ok().filter(|value| !value.is_undefined())
}

/// Takes the worker over that `start.js` started, and what it told so far.
pub fn start() -> Rc<dyn Core> {
    keep_page();
    let worker: Option<Worker> = begun("worker").and_then(|worker| worker.dyn_into().ok());
    let core = Rc::new(WorkerCore {
        worker: worker.clone(),
        next: Cell::new(1),
        waiting: RefCell::default(),
        listener: RefCell::default(),
        early: RefCell::default(),
    });
    match worker {
        Some(worker) => {
            let receiver = core.clone();
            let told = Closure::<dyn FnMut(JsValue)>::new(move |event| receiver.heard(event));
            worker.set_onmessage(Some(told.as_ref().unchecked_ref()));
            worker.set_onerror(Some(told.as_ref().unchecked_ref()));
            told.forget();
            let early = begun("told").map(|told| Array::from(&told)).unwrap_or_default();
            early.iter().for_each(|event| core.heard(event));
            tell_of_looks(worker);
        }
        None => core.broke("the worker cannot be started".into()),
    }
    core
}

/// Tells the worker when somebody comes back to the page: it is not to wait any longer before it connects.
fn tell_of_looks(worker: Worker) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let looked = document.clone();
    let told = Closure::<dyn FnMut()>::new(move || {
        if !looked.hidden() {
            let look = Object::new();
            // A plain object takes every property, and a worker that is gone has told of it.
            let _ = Reflect::set(&look, &"look".into(), &JsValue::TRUE);
            let _ = worker.post_message(&look);
        }
    });
    document.set_onvisibilitychange(Some(told.as_ref().unchecked_ref()));
    told.forget();
}

/// Starts the worker whose script the page names by this word, and gives it a name.
fn worker(script: &str, name: &str) -> Option<Worker> {
    let document = web_sys::window()?.document()?;
    let meta = document.query_selector(&format!("meta[name={script}]")).ok()??;
    let address = meta.dyn_into::<HtmlMetaElement>().ok()?.content();
    let options = WorkerOptions::new();
    Reflect::set(&options, &"type".into(), &"module".into()).ok()?;
    options.set_name(name);
    // Called by name: where trusted types are enforced, the address is no text.
    let class: Function = Reflect::get(&js_sys::global(), &"Worker".into()).ok()?.into();
    let args = Array::of2(&trusted(&address), &options);
    Reflect::construct(&class, &args).ok()?.dyn_into().ok()
}

/// The address of a script as the browser wants it.
fn trusted(address: &str) -> JsValue {
    let trusted = begun("trusted").and_then(|trusted| trusted.dyn_into::<Function>().ok());
    trusted
        .and_then(|trusted| trusted.call1(&JsValue::NULL, &address.into()).ok())
        .unwrap_or_else(|| address.into())
}

/// Has the browser keep the page, so that it opens without a network. One that cannot opens it with one only.
fn keep_page() {
    let keep = || {
        let navigator = web_sys::window()?.navigator();
        let keepers = Reflect::get(&navigator, &"serviceWorker".into()).ok()?;
        let register =
            Reflect::get(&keepers, &"register".into()).ok()?.dyn_into::<Function>().ok()?;
        let kept = register.call1(&keepers, &trusted("/sw.js")).ok()?;
        // Refused in some private windows.
        let refused = Closure::<dyn FnMut(JsValue)>::new(|_| {});
        let caught = kept.dyn_into::<js_sys::Promise>().ok()?.catch(&refused);
        refused.forget();
        Some(caught)
    };
    let _ = keep();
}

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    id: Option<u32>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Option<Value>,
    #[serde(default)]
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    code: i32,
    message: String,
    #[serde(default)]
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    retry_after: Option<u64>,
    #[serde(default)]
    param: Option<String>,
}

#[derive(Deserialize)]
struct Ready {
    account: bool,
    storage: Storage,
}

#[derive(Deserialize)]
struct Broken {
    reason: String,
    #[serde(default)]
    message: String,
}

impl Refusal {
    fn problem(self) -> Problem {
        let data = self.data.unwrap_or(Data { code: None, retry_after: None, param: None });
        let code = data
            .code
            .unwrap_or_else(|| if self.code == -32603 { "internal" } else { "invalid" }.into());
        Problem { code, message: self.message, retry_after: data.retry_after, param: data.param }
    }
}

impl WorkerCore {
    /// A message, or that something went wrong.
    fn heard(&self, event: JsValue) {
        match event.dyn_into::<MessageEvent>() {
            Ok(event) => self.take(&event.data()),
            Err(event) => {
                let message = Reflect::get(&event, &"message".into()).ok();
                self.broke(message.and_then(|message| message.as_string()).unwrap_or_default());
            }
        }
    }

    fn take(&self, data: &JsValue) {
        match data.as_string() {
            Some(text) => self.take_text(&text),
            None => self.take_object(data),
        }
    }

    fn take_text(&self, text: &str) {
        let Some(text) = parlor_view::json::parse::<Text>(text) else { return };
        match (text.id, text.method.as_deref()) {
            (Some(id), None) => {
                let answer = match text.error {
                    Some(refusal) => Err(refusal.problem()),
                    None => Ok(Answer::Value(text.result.unwrap_or(Value::Null))),
                };
                self.answer(id, answer);
            }
            (_, Some("event")) => {
                self.tell(Told::Event(text.params));
            }
            (_, Some("ready")) => {
                if let Ok(Ready { account, storage }) = parlor_view::json::read(text.params) {
                    self.tell(Told::Ready { account, storage });
                }
            }
            (_, Some("broken")) => {
                if let Ok(Broken { reason, message }) = parlor_view::json::read(text.params) {
                    self.tell(Told::Broken { reason, message });
                }
            }
            _ => {}
        }
    }

    fn take_object(&self, data: &JsValue) {
        let get = |of: &JsValue, name: &str| {
            Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined())
        };
        let Some(id) = get(data, "id").and_then(|id| id.as_f64()) else { return };
        let answer = if let Some(error) = get(data, "error") {
            let text = |name: &str| {
                get(&error, name).and_then(|text| text.as_string()).unwrap_or_default()
            };
            Err(Problem::new(&text("code"), text("message")))
        } else if let Some(told) = get(data, "told").and_then(|told| told.as_string()) {
            serde_json::from_str(&told).map(Answer::Value).map_err(|_| odd())
        } else if let Some(name) = get(data, "name").and_then(|name| name.as_string()) {
            Ok(Answer::Name(name))
        } else if let Some(blob) = get(data, "blob").and_then(|blob| blob.dyn_into::<Blob>().ok()) {
            Ok(Answer::Blob(blob))
        } else {
            Err(odd())
        };
        self.answer(id as u32, answer);
    }

    fn answer(&self, id: u32, answer: Result<Answer, Problem>) {
        if let Some(waiting) = self.waiting.borrow_mut().remove(&id) {
            // Who asked may have stopped waiting.
            let _ = waiting.send(answer);
        }
    }

    fn tell(&self, told: Told) {
        match self.listener.borrow().as_ref() {
            Some(listener) => listener(told),
            None => self.early.borrow_mut().push(told),
        }
    }

    fn broke(&self, message: String) {
        self.tell(Told::Broken { reason: "other".into(), message });
        for (_, waiting) in self.waiting.borrow_mut().drain() {
            // Who asked may have stopped waiting.
            let _ = waiting.send(Err(Problem::new("internal", "the engine ended")));
        }
    }

    /// Asks something that is answered by yes or no.
    fn verdict(&self, question: &[(&str, JsValue)]) -> Verdict {
        let answer = self.post(|id| object(&[question, &[("id", id.into())]].concat()));
        answer
            .map(|answer| match answer? {
                Answer::Value(Value::Bool(is)) => Ok(is),
                _ => Err(odd()),
            })
            .boxed_local()
    }

    /// Posts what `message` makes of a new id; the answer comes later.
    fn post(
        &self,
        message: impl FnOnce(u32) -> JsValue,
    ) -> LocalBoxFuture<'static, Result<Answer, Problem>> {
        let id = self.next.replace(self.next.get().wrapping_add(1));
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().insert(id, sender);
        let posted = self.worker.as_ref().map(|worker| worker.post_message(&message(id)));
        if !matches!(posted, Some(Ok(()))) {
            self.answer(id, Err(Problem::new("internal", "the engine takes nothing")));
        }
        receiver.map(|answer| answer.unwrap_or_else(|_| Err(odd()))).boxed_local()
    }
}

fn odd() -> Problem {
    Problem::new("internal", "the engine answered oddly")
}

fn object(pairs: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in pairs {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

impl Core for WorkerCore {
    fn call(&self, method: &str, params: Value) -> LocalBoxFuture<'static, Result<Value, Problem>> {
        let answer = self.post(|id| {
            json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
                .to_string()
                .into()
        });
        answer
            .map(|answer| match answer? {
                Answer::Value(value) => Ok(value),
                _ => Err(odd()),
            })
            .boxed_local()
    }

    fn listen(&self, on: Listener) {
        for told in self.early.borrow_mut().drain(..) {
            on(told);
        }
        *self.listener.borrow_mut() = Some(on);
    }

    fn bring(&self, file: File) -> LocalBoxFuture<'static, Result<String, Problem>> {
        let answer = self.post(|id| object(&[("id", id.into()), ("bring", file.into())]));
        answer
            .map(|answer| match answer? {
                Answer::Name(name) => Ok(name),
                _ => Err(odd()),
            })
            .boxed_local()
    }

    fn accounts(&self) -> LocalBoxFuture<'static, Result<Vec<(u32, String)>, Problem>> {
        let answer = self.post(|id| object(&[("id", id.into()), ("accounts", JsValue::TRUE)]));
        answer
            .map(|answer| match answer? {
                Answer::Value(all) => parlor_view::json::read(all).map_err(|_| odd()),
                _ => Err(odd()),
            })
            .boxed_local()
    }

    fn describe(&self, text: &str) -> LocalBoxFuture<'static, Result<(), Problem>> {
        let answer = self.post(|id| object(&[("id", id.into()), ("label", text.into())]));
        answer.map(|answer| answer.map(|_| ())).boxed_local()
    }

    fn guarded(&self) -> Verdict {
        self.verdict(&[("guarded", JsValue::TRUE)])
    }

    fn guard(&self, present: Option<&str>, next: Option<&str>) -> Verdict {
        let some = |text: Option<&str>| text.map_or(JsValue::UNDEFINED, JsValue::from);
        let wish = object(&[("present", some(present)), ("next", some(next))]);
        self.verdict(&[("guard", wish)])
    }

    fn unlock(&self, passphrase: &str) -> Verdict {
        self.verdict(&[("unlock", passphrase.into())])
    }

    fn forget(&self) -> Verdict {
        self.verdict(&[("forget", JsValue::TRUE)])
    }

    fn lock(&self) {
        // A worker that is gone has closed it.
        let _ = self
            .worker
            .as_ref()
            .map(|worker| worker.post_message(&object(&[("lock", JsValue::TRUE)])));
    }

    fn scanner(&self) -> Option<Worker> {
        worker("parlor-scan", "scan")
    }

    fn open(&self, message_id: &str, index: u32) -> LocalBoxFuture<'static, Result<Blob, Problem>> {
        let which = object(&[("message_id", message_id.into()), ("index", index.into())]);
        let answer = self.post(|id| object(&[("id", id.into()), ("open", which)]));
        answer
            .map(|answer| match answer? {
                Answer::Blob(blob) => Ok(blob),
                _ => Err(odd()),
            })
            .boxed_local()
    }
}
