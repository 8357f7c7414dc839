//! One request to the relay over a connection of its own. Nothing is kept open: what is moved here is large, and
//! the small things go over the WebSocket.
//!
//! Invariant: nothing waits for ever, neither for the connection nor for the answer nor for the next bytes.

use super::Blob;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use parlor_wire::blob;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// Without a byte for so long, a request is given up.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(60);

/// What is sent.
pub type Body = UnsyncBoxBody<Bytes, io::Error>;

/// The relay cannot be reached, or does not answer.
#[derive(Debug)]
pub struct Unreachable;

/// Makes requests.
#[derive(Clone)]
pub struct Http {
    tls: Arc<ClientConfig>,
}

/// A request for a blob.
pub fn request(method: &str, at: &Blob) -> hyper::http::request::Builder {
    let server = at.server.trim_end_matches('/');
    Request::builder().method(method).uri(format!("{server}{}", blob::path(&at.id)))
}

/// No body.
pub fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// A number in a header of an answer.
pub fn number(answer: &Response<Incoming>, header: &str) -> Option<u64> {
    answer.headers().get(header)?.to_str().ok()?.parse().ok()
}

impl Http {
    /// Trusts what `tls` trusts.
    pub fn new(tls: Arc<ClientConfig>) -> Self {
        // One protocol is spoken here, whatever else the server can do.
        let mut tls = ClientConfig::clone(&tls);
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { tls: Arc::new(tls) }
    }

    /// Sends a request; the answer's body may still be on its way. Whoever sends a body limits its time.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Unreachable> {
        let uri = request.uri().clone();
        let secure = uri.scheme_str() == Some("https");
        let host = uri.host().ok_or(Unreachable)?;
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let connect = async {
            let stream = TcpStream::connect((bare, port)).await.map_err(|_| Unreachable)?;
            let _ = stream.set_nodelay(true);
            if !secure {
                return Ok(Stream::Plain(stream));
            }
            let name = ServerName::try_from(bare.to_owned()).map_err(|_| Unreachable)?;
            let connector = TlsConnector::from(Arc::clone(&self.tls));
            let stream = connector.connect(name, stream).await.map_err(|_| Unreachable)?;
            Ok(Stream::Tls(Box::new(stream)))
        };
        let stream = timeout(CONNECT_LIMIT, connect).await.map_err(|_| Unreachable)??;
        match stream {
            Stream::Plain(stream) => exchange(TokioIo::new(stream), request, &uri).await,
            Stream::Tls(stream) => exchange(TokioIo::new(*stream), request, &uri).await,
        }
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

async fn exchange<I>(
    io: I,
    mut request: Request<Body>,
    uri: &Uri,
) -> Result<Response<Incoming>, Unreachable>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let host = uri.authority().ok_or(Unreachable)?.as_str();
    let host = HeaderValue::from_str(host).map_err(|_| Unreachable)?;
    request.headers_mut().insert(HOST, host);
    // On the connection itself only the path is said.
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse().map_err(|_| Unreachable)?;
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(super::PIECE)
        .handshake(io)
        .await
        .map_err(|_| Unreachable)?;
    // Ends with the answer's body, or with the sender.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|_| Unreachable)
}
