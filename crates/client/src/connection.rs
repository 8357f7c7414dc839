//! The connection to the relay: made when the driver says so, told about when it is lost.
//!
//! | state      | on                    | does                                   | next       |
//! |------------|-----------------------|----------------------------------------|------------|
//! | Idle       | Connect(epoch, url)   | waits as long as failures ask for      | Waiting    |
//! | Waiting    | time is up            | tells Connecting, connects             | Connected  |
//! | Waiting    | Connect               | does not wait any longer               | Connected  |
//! | Connected  | frames                | carries them both ways                 | Connected  |
//! | any        | newer Connect or Hang | closes what there is                   | as ordered |
//! | any        | failure, end          | tells Lost                             | Idle       |
//!
//! Invariants: everything told and ordered carries the epoch of its `Connect`, so that nothing of an older
//! connection is taken for the present one; frames that wait for the driver are limited. Absent on purpose:
//! any opinion about what frames say, but for how long the relay asks to stay away.

use futures_util::{SinkExt, StreamExt};
use parlor_driver::{Message, Order, Patience, websocket_url};
use parlor_wire::Message as _;
use parlor_wire::frame::{InvalidFrame, decode_server};
use parlor_wire::limits::MAX_FRAME_BYTES;
use rustls::ClientConfig;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message as WsMessage;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{Connector, connect_async_tls_with_config};

/// How long the last frames may take when the device stops.
pub const LAST_WORDS: Duration = Duration::from_secs(2);

const CONNECT_LIMIT: Duration = Duration::from_secs(15);
const WRITE_LIMIT: Duration = Duration::from_secs(30);
const PING_EVERY: Duration = Duration::from_secs(30);
/// With a ping this often answered, silence for so long means that nobody is there.
const SILENCE_LIMIT: Duration = Duration::from_secs(75);
/// Frames that wait for the driver, at most.
const WAITING_FRAMES: usize = 64;

/// How a connection ended.
enum End {
    /// By itself.
    Lost,
    /// By an order that has to be carried out now.
    Ordered(Order),
    /// The driver is gone.
    Over,
}

struct Connection {
    orders: UnboundedReceiver<Order>,
    driver: Sender<Message>,
    tls: Arc<ClientConfig>,
    room: Arc<Semaphore>,
    patience: Patience,
}

/// Carries out orders until the driver is gone.
pub async fn run(
    orders: UnboundedReceiver<Order>,
    driver: Sender<Message>,
    tls: Arc<ClientConfig>,
) {
    let room = Arc::new(Semaphore::new(WAITING_FRAMES));
    let patience = Patience::default();
    let mut connection = Connection { orders, driver, tls, room, patience };
    let mut next = connection.orders.recv().await;
    while let Some(order) = next {
        next = match order {
            Order::Connect { epoch, url, now } => match connection.serve(epoch, &url, now).await {
                End::Lost => {
                    if connection.driver.send(Message::Lost { epoch }).is_err() {
                        return;
                    }
                    connection.orders.recv().await
                }
                End::Ordered(order) => {
                    if matches!(order, Order::Connect { .. } | Order::Hang) {
                        connection.patience.useless();
                    }
                    Some(order)
                }
                End::Over => return,
            },
            Order::Hang | Order::Send { .. } => connection.orders.recv().await,
            Order::Stop(done) => {
                if let Some(done) = done {
                    done();
                }
                return;
            }
        };
    }
}

impl Connection {
    async fn serve(&mut self, epoch: u64, url: &str, now: bool) -> End {
        let wait = if now { Duration::ZERO } else { self.wait() };
        if let Some(end) = self.unless_ordered(sleep(wait)).await.err() {
            return end;
        }
        if self.driver.send(Message::Connecting { epoch }).is_err() {
            return End::Over;
        }
        self.patience.attempt();
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MAX_FRAME_BYTES))
            .max_frame_size(Some(MAX_FRAME_BYTES));
        let connector = Connector::Rustls(Arc::clone(&self.tls));
        let address = websocket_url(url);
        let attempt = connect_async_tls_with_config(address, Some(limits), true, Some(connector));
        let socket = match self.unless_ordered(timeout(CONNECT_LIMIT, attempt)).await {
            Ok(Ok(Ok((socket, _)))) => socket,
            Ok(_) => return End::Lost,
            Err(end) => return end,
        };
        let (mut sink, mut stream) = socket.split();
        let mut reader =
            Reader { driver: &self.driver, room: &self.room, patience: &mut self.patience };
        let end = tokio::select! {
            () = reader.read(&mut stream, epoch) => End::Lost,
            end = write(&mut sink, &mut self.orders, epoch) => end,
        };
        if let End::Ordered(Order::Stop(_)) = end {
            // The relay's own close says that it has read all before it.
            let goodbye = async {
                if sink.close().await.is_ok() {
                    while let Some(Ok(_)) = stream.next().await {}
                }
            };
            let _ = timeout(LAST_WORDS, goodbye).await;
        }
        end
    }

    /// How long to wait before the next attempt.
    fn wait(&mut self) -> Duration {
        let mut random = [0; 2];
        // Without randomness all come at once, which is no reason not to come.
        let _ = getrandom::fill(&mut random);
        self.patience.wait(u16::from_le_bytes(random))
    }

    /// Waits for something, but obeys an order that comes meanwhile.
    async fn unless_ordered<T>(&mut self, work: impl Future<Output = T>) -> Result<T, End> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                order = self.orders.recv() => match order {
                    None => return Err(End::Over),
                    Some(Order::Send { .. }) => {}
                    Some(order) => return Err(End::Ordered(order)),
                },
            }
        }
    }
}

struct Reader<'a> {
    driver: &'a Sender<Message>,
    room: &'a Arc<Semaphore>,
    patience: &'a mut Patience,
}

impl Reader<'_> {
    /// Hands frames to the driver until the connection ends.
    async fn read<S>(&mut self, stream: &mut S, epoch: u64)
    where
        S: StreamExt<Item = Result<WsMessage, tokio_tungstenite::tungstenite::Error>> + Unpin,
    {
        while let Ok(Some(Ok(message))) = timeout(SILENCE_LIMIT, stream.next()).await {
            let bytes = match message {
                WsMessage::Binary(bytes) => bytes,
                WsMessage::Ping(_) | WsMessage::Pong(_) => continue,
                _ => return,
            };
            let frame = match decode_server(bytes) {
                Ok(frame) => frame,
                // A later version of the relay may say what this one does not know.
                Err(InvalidFrame::Empty) => continue,
                Err(_) => return,
            };
            self.patience.heard(&frame);
            let Ok(permit) = Arc::clone(self.room).acquire_owned().await else { return };
            if self.driver.send(Message::Frame { epoch, frame, permit: Box::new(permit) }).is_err()
            {
                return;
            }
        }
    }
}

/// Sends what is ordered until another order ends it.
async fn write<S>(sink: &mut S, orders: &mut UnboundedReceiver<Order>, epoch: u64) -> End
where
    S: SinkExt<WsMessage> + Unpin,
{
    let mut pings = tokio::time::interval(PING_EVERY);
    pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    pings.reset();
    loop {
        let message = tokio::select! {
            order = orders.recv() => match order {
                None => return End::Over,
                Some(Order::Send { epoch: of, frame }) if of == epoch => {
                    WsMessage::Binary(frame.encode_to_vec().into())
                }
                Some(Order::Send { .. }) => continue,
                Some(order) => return End::Ordered(order),
            },
            _ = pings.tick() => WsMessage::Ping(Vec::new().into()),
        };
        // Frames that are ordered already share one write.
        let sent = async {
            sink.feed(message).await?;
            if orders.is_empty() { sink.flush().await } else { Ok(()) }
        };
        if !matches!(timeout(WRITE_LIMIT, sent).await, Ok(Ok(()))) {
            return End::Lost;
        }
    }
}
