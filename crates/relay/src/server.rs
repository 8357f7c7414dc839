//! The listening socket, and what all connections share.

use crate::blobs::{self, BlobFiles};
use crate::data::{Data, DataError};
use crate::door::{Door, Entry, TELLING};
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::options::Checked;
use crate::patient::Patient;
use crate::space::Space;
use crate::web::WebFiles;
use crate::{admin, http, tls};
use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use parlor_relay_core::{Ctx, Operation, Outcome, Plan, Relay, Session};
use parlor_wire::relay::{ClientFrame, ServerFrame};
use rand_core::TryRngCore;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// How long a client may take for the TLS handshake and the request's head.
const HANDSHAKE: Duration = Duration::from_secs(15);
/// How long connections may take to end when the server does.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often the store is swept, and how many rows at a time.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
const SWEEP_ROWS: usize = 1000;

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// TLS files.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    /// The address.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The administration socket.
    #[error("cannot open the administration socket: {0}")]
    Admin(#[source] io::Error),
}

/// What all connections share.
pub struct Shared {
    /// The brain.
    pub relay: Relay,
    /// Store and key.
    pub data: Data,
    /// The files of blobs.
    pub blobs: BlobFiles,
    /// Room for them.
    pub space: Space,
    /// Who is connected. Answers of commands hold this and never the whole: the commit thread must not be
    /// the one that drops the store.
    pub hub: Arc<Hub>,
    /// How many are connected, for whatever.
    pub door: Arc<Door>,
    /// Counters.
    pub metrics: Metrics,
    /// A write to a client that takes longer ends its connection.
    pub write_timeout: Duration,
    /// Turns true when the server ends.
    pub ending: watch::Receiver<bool>,
}

impl Shared {
    /// Opens a session for a connection; the frame is its challenge.
    pub fn open(&self, remote: u64) -> (Session, ServerFrame) {
        self.relay.open(&mut Ctx { now: now(), rng: &mut rng() }, remote)
    }

    /// Decides what a frame wants.
    pub fn plan(&self, session: &mut Session, frame: ClientFrame) -> Plan {
        let mut rng = rng();
        let mut ctx = Ctx { now: now(), rng: &mut rng };
        self.relay.plan(&self.data.store, session, frame, &mut ctx)
    }
}

/// A server that listens and does not serve yet.
pub struct Server {
    shared: Arc<Shared>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    end: watch::Sender<bool>,
    admin: tokio::net::UnixListener,
    web: WebFiles,
}

impl Server {
    /// Opens the data and binds the address.
    pub async fn bind(options: Checked) -> Result<Self, ServeError> {
        let tls = match &options.tls {
            Some((certificate, key)) => Some(TlsAcceptor::from(tls::config(certificate, key)?)),
            None => None,
        };
        let data = Data::open(&options.data, options.space.clone())?;
        let admin = admin::listen(&data.folder).map_err(ServeError::Admin)?;
        let listener = TcpListener::bind(options.listen)
            .await
            .map_err(|error| ServeError::Listen(options.listen, error))?;
        let (end, ending) = watch::channel(false);
        let relay = Relay::new(options.settings, data.key.clone());
        let (hub, metrics) = (Arc::default(), Metrics::default());
        let write_timeout = options.write_timeout;
        let (blobs, space) = (BlobFiles::in_data(&data.folder), options.space);
        let door = Door::new(options.connections);
        let shared =
            Shared { relay, data, blobs, space, hub, door, metrics, write_timeout, ending };
        let shared = Arc::new(shared);
        Ok(Self { shared, listener, tls, end, admin, web: &[] })
    }

    /// Gives these files out to browsers.
    pub fn with_web(self, web: WebFiles) -> Self {
        Self { web, ..self }
    }

    /// Where it listens, as a URL.
    pub fn url(&self) -> io::Result<String> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", self.listener.local_addr()?))
    }

    /// Serves until `until` is ready; then says goodbye to everybody and finishes what waits.
    pub async fn serve(self, until: impl Future<Output = ()>) {
        let Self { shared, listener, tls, end, admin, web } = self;
        let router = http::router(Arc::clone(&shared), web);
        let hasher = RandomState::new();
        let background = [
            tokio::spawn(sweep(Arc::clone(&shared))),
            tokio::spawn(admin::serve(admin, Arc::clone(&shared))),
        ];
        tokio::pin!(until);
        loop {
            tokio::select! {
                () = &mut until => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, address)) => {
                        let remote = Remote(hasher.hash_one(limited_by(address.ip())));
                        arrived(&shared, stream, remote, &tls, &router);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "accepting a connection failed");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        }
        drop(listener);
        let _ = end.send(true);
        for task in background {
            task.abort();
            let _ = task.await;
        }
        let _ = std::fs::remove_file(Data::admin_socket(&shared.data.folder));
        // All that still goes on holds the shared part: the data is closed when nothing does.
        drop(router);
        let others = async {
            while Arc::strong_count(&shared) > 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(FAREWELL, others).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}

/// Serves a connection, or tells it that there is no room.
fn arrived(
    shared: &Arc<Shared>,
    stream: TcpStream,
    remote: Remote,
    tls: &Option<TlsAcceptor>,
    router: &Router,
) {
    let _ = stream.set_nodelay(true);
    let (tls, ending) = (tls.clone(), shared.ending.clone());
    match shared.door.enter(remote.0) {
        Entry::Served(place) => {
            let router = router.clone().layer(axum::Extension(remote));
            // A WebSocket that waits has its own, shorter limit.
            let stream = Patient::new(stream, 2 * shared.write_timeout, place);
            tokio::spawn(accept(stream, tls, router, ending));
        }
        Entry::Told(full, place) => {
            shared.metrics.sockets_refused.add(1);
            let stream = Patient::new(stream, TELLING, place);
            let told = accept(stream, tls, http::refusal(full), ending);
            tokio::spawn(tokio::time::timeout(TELLING, told));
        }
        Entry::Closed => shared.metrics.sockets_refused.add(1),
    }
}

/// A hash of the remote address under a key of this process.
#[derive(Clone, Copy)]
pub struct Remote(pub u64);

/// Rate limits count a whole IPv6 network of a customer as one.
fn limited_by(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

async fn accept(
    stream: Patient<TcpStream>,
    tls: Option<TlsAcceptor>,
    router: Router,
    ending: watch::Receiver<bool>,
) {
    let Some(tls) = tls else {
        return http1(TokioIo::new(stream), router, ending).await;
    };
    let handshake = Box::pin(tokio::time::timeout(HANDSHAKE, tls.accept(stream)));
    if let Ok(Ok(stream)) = handshake.await {
        http1(TokioIo::new(stream), router, ending).await;
    }
}

async fn http1<I>(io: I, router: Router, mut ending: watch::Receiver<bool>)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HANDSHAKE)
        .max_buf_size(16 * 1024)
        .serve_connection(io, TowerToHyperService::new(router))
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ending.wait_for(|ending| *ending) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn sweep(shared: Arc<Shared>) {
    // What a former run did not come to.
    blobs::sweep(Arc::clone(&shared)).await;
    let mut pause = SWEEP_EVERY;
    loop {
        tokio::time::sleep(pause).await;
        let (sender, swept) = tokio::sync::oneshot::channel();
        let answer = move |outcome| {
            let _ = sender.send(outcome);
        };
        let command = Operation::Sweep { limit: SWEEP_ROWS }.into();
        shared.data.store.submit(command, now(), Box::new(answer));
        pause = SWEEP_EVERY;
        if let Ok(Ok(Outcome::Swept { rows, more })) = swept.await {
            shared.metrics.swept.add(rows as u64);
            if more {
                pause = Duration::from_millis(20);
            }
            blobs::sweep(Arc::clone(&shared)).await;
        }
    }
}

/// Unix milliseconds.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The operating system's randomness.
pub fn rng() -> rand_core::UnwrapErr<rand_core::OsRng> {
    rand_core::OsRng.unwrap_err()
}
