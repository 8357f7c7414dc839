//! A stand-in for the engine with people who do not exist: everything that the pages ask is answered from memory, and
//! what is sent is answered after a while. It draws the pictures of the pages that somebody looks at; no test relies
//! on it, nothing of it is shipped.
//!
//! The address chooses: `?many=100000` makes a chat of so many messages, `?chats=2000` so many more chats, `?state=out`, `?state=broken` and
//! `?state=offline` say how things stand.

mod account;
mod data;
mod methods;
mod pictures;

use data::World;
use futures_util::future::{FutureExt, LocalBoxFuture};
use parlor_ui::core::{Core, Listener, Problem, Storage, Told, event as event_of};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Blob, File};

/// What a request brings.
type Answer = Result<Value, Problem>;

/// The stand-in.
struct Sample {
    inner: Rc<Inner>,
}

/// What it holds.
struct Inner {
    world: RefCell<World>,
    listener: RefCell<Option<Rc<Listener>>>,
}

impl Inner {
    fn tell(&self, told: Told) {
        let listener = self.listener.borrow().clone();
        if let Some(listener) = listener {
            listener(told);
        }
    }

    fn event(&self, event: Value) {
        if let Some(event) = event_of(event) {
            self.tell(Told::Event(Box::new(event)));
        }
    }
}

/// What the address of the page asks for.
fn asked(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    let pairs = search.trim_start_matches('?').split('&').map(str::to_string).collect::<Vec<_>>();
    pairs
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.into())
}

/// The stand-in.
pub fn core() -> Rc<dyn Core> {
    let many = asked("many").and_then(|many| many.parse().ok()).unwrap_or(0);
    let chats = asked("chats").and_then(|chats| chats.parse().ok()).unwrap_or(0);
    let world = RefCell::new(World::new(many, chats));
    Rc::new(Sample { inner: Rc::new(Inner { world, listener: RefCell::default() }) })
}

/// Does something after so many milliseconds.
fn later(milliseconds: i32, act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(act);
    if let Some(window) = web_sys::window() {
        // A browser without timers shows nothing later.
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            act.unchecked_ref(),
            milliseconds,
        );
    }
}

impl Core for Sample {
    fn call(&self, method: &str, params: Value) -> LocalBoxFuture<'static, Result<Value, Problem>> {
        let (inner, method) = (self.inner.clone(), method.to_string());
        async move { methods::call(&inner, &method, &params) }.boxed_local()
    }

    fn listen(&self, on: Listener) {
        *self.inner.listener.borrow_mut() = Some(Rc::new(on));
        let inner = self.inner.clone();
        later(0, move || match asked("state").as_deref() {
            Some("out") => inner.tell(Told::Ready { account: false, storage: Storage::Persistent }),
            Some("broken") => {
                inner.tell(Told::Broken {
                    reason: "no_storage".into(),
                    message: "no storage".into(),
                });
            }
            state => {
                let connection = if state == Some("offline") { "offline" } else { "online" };
                inner.tell(Told::Ready { account: true, storage: Storage::Persistent });
                inner.event(serde_json::json!({"type": "connection", "state": connection}));
                let typing = serde_json::json!({"type": "typing", "chat_id": "familia", "user_id": "rosa", "typing": true});
                inner.event(typing);
            }
        });
    }

    fn bring(&self, file: File) -> LocalBoxFuture<'static, Result<String, Problem>> {
        let name = self.inner.world.borrow_mut().bring(file);
        async move { Ok(name) }.boxed_local()
    }

    fn open(&self, message_id: &str, index: u32) -> LocalBoxFuture<'static, Result<Blob, Problem>> {
        let brought = self.inner.world.borrow().brought(message_id, index);
        let seed = message_id.to_string();
        async move {
            match brought {
                Some(file) => Ok(file.into()),
                None => pictures::blob(&seed, index)
                    .ok_or_else(|| Problem::new("not_found", "no picture")),
            }
        }
        .boxed_local()
    }
}
