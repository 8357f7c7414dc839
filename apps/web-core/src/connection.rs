//! The connection to the relay, as a browser's WebSocket.
//!
//! | state     | on                      | does                                  | next      |
//! |-----------|-------------------------|---------------------------------------|-----------|
//! | Idle      | Connect                 | waits as long as failures ask for     | Waiting   |
//! | Waiting   | time is up, back online | tells Connecting, opens a socket      | Open      |
//! | Open      | frames                  | carries them both ways                | Open      |
//! | Open      | closed, error, stuck    | tells Lost                            | Idle      |
//! | any       | newer Connect, Hang     | drops what there is                   | as told   |
//!
//! Invariant: whatever is told carries the epoch of its order, and nothing of an older socket is told.
//! The browser answers the relay's pings by itself and tells when its network is gone.

use crate::js;
use crate::queue::Queue;
use js_sys::{ArrayBuffer, Uint8Array};
use parlor_driver::{Message, Order, Patience, websocket_url};
use parlor_wire::Message as _;
use parlor_wire::frame::{InvalidFrame, decode_server};
use parlor_wire::limits::MAX_FRAME_BYTES;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, JsCast};
use wasm_bindgen_futures::spawn_local;
use web_sys::{BinaryType, MessageEvent, WebSocket};

const CONNECT_LIMIT: i32 = 15_000;
/// What was written and did not leave after so long means that nobody is there, milliseconds.
const WRITE_LIMIT: i32 = 30_000;

/// The present connection or attempt.
#[derive(Clone)]
pub struct Connection(Rc<Inner>);

struct Inner {
    queue: Queue,
    epoch: Cell<u64>,
    socket: RefCell<Option<Socket>>,
    patience: RefCell<Patience>,
    /// Cuts the present wait short.
    hurry: RefCell<Option<js_sys::Function>>,
}

/// A socket and what listens to it.
struct Socket {
    socket: WebSocket,
    _handlers: Vec<Closure<dyn FnMut(JsValue)>>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.socket.set_onopen(None);
        let _ = self.socket.close();
    }
}

impl Connection {
    /// Tells to this queue.
    pub fn new(queue: Queue) -> Self {
        let connection = Self(Rc::new(Inner {
            queue,
            epoch: Cell::new(0),
            socket: RefCell::new(None),
            patience: RefCell::default(),
            hurry: RefCell::new(None),
        }));
        let online = connection.clone();
        js::on(&js::scope(), "ononline", move |_| online.hurry());
        let offline = connection.clone();
        js::on(&js::scope(), "onoffline", move |_| offline.lost(offline.0.epoch.get()));
        connection
    }

    /// Carries out an order.
    pub fn order(&self, order: Order) {
        match order {
            Order::Connect { epoch, url, now } => {
                if self.0.socket.take().is_some() {
                    self.0.patience.borrow_mut().useless();
                }
                self.0.epoch.set(epoch);
                let wait = if now { 0 } else { self.wait() };
                let connection = self.clone();
                spawn_local(async move { connection.connect(epoch, &url, wait).await });
            }
            Order::Hang => {
                self.0.epoch.set(0);
                self.0.socket.take();
            }
            Order::Send { epoch, frame } => {
                if let Some(socket) = self.0.socket.borrow().as_ref()
                    && epoch == self.0.epoch.get()
                {
                    // A socket that is closed already is told of by its event.
                    let _ = socket.socket.send_with_u8_array(&frame.encode_to_vec());
                }
            }
            Order::Stop(done) => {
                self.0.socket.take();
                if let Some(done) = done {
                    done();
                }
            }
        }
    }

    /// The network is back, or somebody looks at the page again: no patience.
    pub fn hurry(&self) {
        if let Some(hurry) = self.0.hurry.take() {
            let _ = hurry.call0(&JsValue::NULL);
        }
    }

    async fn connect(&self, epoch: u64, url: &str, wait: i32) {
        if wait > 0 {
            self.patience(wait).await;
        }
        if self.0.epoch.get() != epoch {
            return;
        }
        self.0.queue.push(Message::Connecting { epoch });
        self.0.patience.borrow_mut().attempt();
        match self.open(epoch, url) {
            Ok(socket) => {
                self.0.socket.replace(Some(socket));
            }
            Err(_) => return self.lost(epoch),
        }
        js::sleep(CONNECT_LIMIT).await;
        while self.0.epoch.get() == epoch {
            let before = self.state();
            if before == Some((WebSocket::CONNECTING, 0)) {
                return self.lost(epoch);
            }
            js::sleep(WRITE_LIMIT).await;
            let stuck = before.is_some_and(|(_, waits)| waits > 0) && before == self.state();
            if stuck && self.0.epoch.get() == epoch {
                return self.lost(epoch);
            }
        }
    }

    /// How the socket stands, and how many bytes wait in it.
    fn state(&self) -> Option<(u16, u32)> {
        let socket = self.0.socket.borrow();
        socket.as_ref().map(|one| (one.socket.ready_state(), one.socket.buffered_amount()))
    }

    /// Waits, unless somebody hurries.
    async fn patience(&self, wait: i32) {
        let promise = js_sys::Promise::new(&mut |done, _| {
            let scope = js::scope();
            let _ = scope.set_timeout_with_callback_and_timeout_and_arguments_0(&done, wait);
            self.0.hurry.replace(Some(done));
        });
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    }

    fn open(&self, epoch: u64, url: &str) -> Result<Socket, JsValue> {
        let socket = WebSocket::new(&websocket_url(url))?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let reader = self.clone();
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let data = event.unchecked_into::<MessageEvent>().data();
            let data = data.dyn_into::<ArrayBuffer>();
            let read = data.is_ok_and(|data| reader.read(epoch, &data));
            if !read {
                reader.lost(epoch);
            }
        });
        let closed = self.clone();
        let on_close = Closure::<dyn FnMut(JsValue)>::new(move |_| closed.lost(epoch));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Socket { socket, _handlers: vec![on_message, on_close] })
    }

    /// Hands a frame to the driver; false if it is none.
    fn read(&self, epoch: u64, data: &ArrayBuffer) -> bool {
        if data.byte_length() as usize > MAX_FRAME_BYTES {
            return false;
        }
        let frame = match decode_server(Uint8Array::new(data).to_vec().into()) {
            Ok(frame) => frame,
            // A later version of the relay may say what this one does not know.
            Err(InvalidFrame::Empty) => return true,
            Err(_) => return false,
        };
        self.0.patience.borrow_mut().heard(&frame);
        self.0.queue.push(Message::Frame { epoch, frame, permit: Box::new(()) });
        true
    }

    fn lost(&self, epoch: u64) {
        if self.0.epoch.get() != epoch || epoch == 0 {
            return;
        }
        // Not dropped here: it may be one of its own handlers that calls.
        if let Some(socket) = self.0.socket.take() {
            socket.socket.set_onmessage(None);
            socket.socket.set_onclose(None);
            spawn_local(async move { drop(socket) });
        }
        self.0.epoch.set(0);
        self.0.queue.push(Message::Lost { epoch });
    }

    /// How long to wait before the next attempt, milliseconds.
    fn wait(&self) -> i32 {
        // Without randomness all come at once, which is no reason not to come.
        let random = js::random::<2>().unwrap_or_default();
        let wait = self.0.patience.borrow_mut().wait(u16::from_le_bytes(random));
        i32::try_from(wait.as_millis()).unwrap_or(i32::MAX)
    }
}
