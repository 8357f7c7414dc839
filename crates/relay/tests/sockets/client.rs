//! A device that speaks frames over a real socket, and a server to speak to.

use futures_util::{SinkExt, StreamExt};
use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_relay::{Checked, Options, RateOptions, Server};
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use parlor_wire::{DeviceId, GroupId, Message, QueueId, UserId, hash, statement};
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message as WsMessage;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub struct Running {
    pub url: String,
    end: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

pub async fn start(data: &Path, registration: &str) -> Running {
    start_with(data, registration, |_| {}).await
}

/// A server with something that no operator sets.
pub async fn start_with(
    data: &Path,
    registration: &str,
    change: impl FnOnce(&mut Checked),
) -> Running {
    let options = Options {
        listen: Some("127.0.0.1:0".parse().unwrap()),
        data: Some(data.to_owned()),
        registration: Some(registration.into()),
        limits: Some(RateOptions { enabled: Some(false), ..Default::default() }),
        ..Default::default()
    };
    let mut options = options.check().unwrap();
    change(&mut options);
    let server = Server::bind(options).await.unwrap();
    let url = server.url().unwrap();
    let (end, ended) = oneshot::channel();
    let task = tokio::spawn(server.serve(async {
        let _ = ended.await;
    }));
    Running { url, end, task }
}

impl Running {
    pub async fn stop(self) {
        let _ = self.end.send(());
        self.task.await.unwrap();
    }
}

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub nonce: Vec<u8>,
    next: u64,
    pub waiting: Vec<ServerFrame>,
}

pub struct Person {
    pub user: UserId,
    pub device: DeviceId,
    pub key: SigningKey,
    pub genesis: Vec<u8>,
    pub queue: QueueId,
}

pub fn person(n: u8) -> Person {
    let key = SigningKey::from_seed(&Secret::new([n; 32]));
    let recovery = SigningKey::from_seed(&Secret::new([n + 100; 32])).public();
    let device = DeviceId([n; 16]);
    let (user, entry) = parlor_identity::genesis(device, &key, &recovery, [n; 16], 1);
    Person { user, device, key, genesis: entry.encode_to_vec(), queue: QueueId([n; 16]) }
}

impl Person {
    pub fn register(&self) -> Request {
        Request::Register(Register { genesis: self.genesis.clone(), ..Default::default() })
    }

    pub async fn connect(&self, url: &str) -> Client {
        let mut client = Client::connect(url).await;
        assert_eq!(self.authenticate(&mut client).await, reply::Result::Done(Done {}));
        client
    }

    pub async fn authenticate(&self, client: &mut Client) -> reply::Result {
        let signed = statement::authenticate(&client.nonce, &self.user, &self.device);
        let authenticate = Authenticate {
            user_id: self.user.to_vec(),
            device_id: self.device.to_vec(),
            signature: self.key.sign(&signed).to_vec(),
        };
        client.ask(Request::Authenticate(authenticate)).await
    }

    /// Registers, connects, opens a queue.
    pub async fn arrive(&self, url: &str) -> Client {
        let mut first = Client::connect(url).await;
        assert_eq!(first.ask(self.register()).await, reply::Result::Done(Done {}));
        let mut client = self.connect(url).await;
        let open = QueueOpen { queue_ids: vec![self.queue.to_vec()], post_key: Vec::new() };
        assert_eq!(client.ask(Request::QueueOpen(open)).await, reply::Result::Done(Done {}));
        client
    }
}

impl Client {
    pub async fn connect(url: &str) -> Self {
        let url = format!("{}/v1/ws", url.replace("http://", "ws://"));
        Self::over(connect_async(url).await.unwrap().0).await
    }

    /// Over a WebSocket, however it was made.
    pub async fn over(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        let mut client = Self { socket, nonce: Vec::new(), next: 1, waiting: Vec::new() };
        match client.read().await.unwrap().body {
            Some(server_frame::Body::Challenge(challenge)) => client.nonce = challenge.nonce,
            other => panic!("no challenge: {other:?}"),
        }
        client
    }

    /// Bytes past the WebSocket's framing.
    pub async fn bytes(&mut self, bytes: &[u8]) {
        self.socket.get_mut().write_all(bytes).await.unwrap();
    }

    /// The same, where the server may be gone.
    pub async fn try_bytes(&mut self, bytes: &[u8]) {
        let _ = self.socket.get_mut().write_all(bytes).await;
    }

    pub async fn raw(&mut self, message: WsMessage) {
        self.socket.send(message).await.unwrap();
    }

    /// Sends what the server may cut off.
    pub async fn try_raw(&mut self, bytes: Vec<u8>) {
        let _ = self.socket.send(WsMessage::Binary(bytes.into())).await;
    }

    pub async fn send(&mut self, request: Request) -> u64 {
        let id = self.next;
        self.next += 1;
        let frame = ClientFrame { id, request: Some(request) };
        self.raw(WsMessage::Binary(frame.encode_to_vec().into())).await;
        id
    }

    /// The next frame; `None` when the server closed.
    pub async fn read(&mut self) -> Option<ServerFrame> {
        loop {
            match self.socket.next().await {
                Some(Ok(WsMessage::Binary(bytes))) => {
                    return Some(ServerFrame::decode(bytes).unwrap());
                }
                Some(Ok(WsMessage::Ping(_) | WsMessage::Pong(_))) => {}
                _ => return None,
            }
        }
    }

    pub async fn reply_to(&mut self, id: u64) -> reply::Result {
        loop {
            let frame = self.read().await.expect("closed before the reply");
            match frame.body {
                Some(server_frame::Body::Reply(reply)) if reply.id == id => {
                    return reply.result.unwrap();
                }
                _ => self.waiting.push(frame),
            }
        }
    }

    pub async fn ask(&mut self, request: Request) -> reply::Result {
        let id = self.send(request).await;
        self.reply_to(id).await
    }

    /// Delivered items until there are `count`.
    pub async fn items(&mut self, count: usize) -> Vec<MailboxItem> {
        let mut items = Vec::new();
        while items.len() < count {
            let frame = if self.waiting.is_empty() {
                self.read().await.expect("closed before the items")
            } else {
                self.waiting.remove(0)
            };
            if let Some(server_frame::Body::Deliver(deliver)) = frame.body {
                items.extend(deliver.items);
            }
        }
        items
    }

    /// Reads on until a goodbye.
    pub async fn goodbye(&mut self) -> GoodbyeReason {
        while let Some(frame) = self.read().await {
            if let Some(server_frame::Body::Goodbye(goodbye)) = frame.body {
                return goodbye.reason();
            }
        }
        panic!("closed without a goodbye")
    }
}

pub const GROUP: GroupId = GroupId([9; 16]);

/// The send key of an epoch.
pub fn send_key(epoch: u64) -> SigningKey {
    SigningKey::from_seed(&Secret::new([epoch as u8; 32]))
}

pub fn bundle(base: u64, commit: &[u8], add: &[&Person]) -> Bundle {
    let kind = if base == 0 { BundleKind::Create } else { BundleKind::Commit };
    let mut bundle = Bundle {
        group_id: GROUP.to_vec(),
        base_epoch: base,
        kind: kind.into(),
        commit: commit.to_vec().into(),
        group_info: b"sealed info".to_vec().into(),
        send_key: send_key(base + 1).public().0.to_vec(),
        rejoin_key: send_key(200).public().0.to_vec(),
        epoch_tag: hash(commit).to_vec(),
        queues_add: add.iter().map(|person| person.queue.to_vec()).collect(),
        welcomes: add
            .iter()
            .skip(1)
            .map(|person| WelcomeFor {
                queue_id: person.queue.to_vec(),
                payload: b"welcome".to_vec().into(),
                same_as: None,
            })
            .collect(),
        ..Default::default()
    };
    let signer = send_key(base.max(1));
    bundle.signature = signer.sign(&statement::bundle(&bundle)).to_vec();
    bundle
}

pub fn post(epoch: u64, payload: &[u8], ephemeral: bool) -> Post {
    let signed = statement::post(&GROUP, epoch, ephemeral, payload);
    Post {
        group_id: GROUP.to_vec(),
        epoch,
        payload: payload.to_vec().into(),
        ephemeral,
        signature: send_key(epoch).sign(&signed).to_vec(),
    }
}

pub fn code(result: &reply::Result) -> Code {
    match result {
        reply::Result::Failure(failure) => failure.code(),
        other => panic!("not a failure: {other:?}"),
    }
}

pub fn accepted(result: reply::Result) -> Accepted {
    match result {
        reply::Result::Accepted(accepted) => accepted,
        other => panic!("not accepted: {other:?}"),
    }
}

/// One HTTP request; returns the whole answer.
pub async fn http(url: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let length = body.len();
    let head = format!(
        "{head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

/// A number of `/metrics`.
pub async fn metric(url: &str, name: &str) -> u64 {
    let text = String::from_utf8(http(url, "GET /metrics", b"").await).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("parlor_{name} ")));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
}
