//! Messages for the driver, and what wakes it: a task of its own, so that all that arrives meanwhile shares a
//! transaction.

use crate::js;
use js_sys::Reflect;
use parlor_driver::Message;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// See the module; copies are the same queue.
#[derive(Clone)]
pub struct Queue {
    messages: Rc<RefCell<VecDeque<Message>>>,
    /// A task is on its way.
    woken: Rc<Cell<bool>>,
    /// The end of a channel at whose other end the driver listens.
    bell: JsValue,
}

impl Queue {
    /// A queue; `pump` is called, in a task of its own, when there is something in it.
    pub fn new(mut pump: impl FnMut() + 'static) -> Result<Self, JsValue> {
        let channel: js_sys::Function =
            Reflect::get(&js_sys::global(), &"MessageChannel".into())?.into();
        let channel = Reflect::construct(&channel, &js_sys::Array::new())?;
        let woken = Rc::new(Cell::new(false));
        let asleep = Rc::clone(&woken);
        js::on(&js::get(&channel, "port1"), "onmessage", move |_| {
            asleep.set(false);
            pump();
        });
        Ok(Self { messages: Rc::default(), woken, bell: js::get(&channel, "port2") })
    }

    /// Appends.
    pub fn push(&self, message: Message) {
        self.messages.borrow_mut().push_back(message);
        self.wake();
    }

    /// The first.
    pub fn pop(&self) -> Option<Message> {
        self.messages.borrow_mut().pop_front()
    }

    /// Has the driver look.
    pub fn wake(&self) {
        if !self.woken.replace(true) {
            let _ = js::call(&self.bell, "postMessage", &[JsValue::NULL]);
        }
    }
}
