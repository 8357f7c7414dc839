//! More connections than there is room for.

use crate::client::*;
use parlor_relay::ConnectionLimits;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;

async fn status(url: &str, path: &str) -> String {
    let answer = http(url, &format!("GET {path}"), b"").await;
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

/// Asks until somebody's place is free again; each try is a connection of its own.
async fn until_there_is_room(url: &str) {
    while status(url, "/healthz").await != "HTTP/1.1 200 OK" {
        tokio::task::yield_now().await;
    }
}

async fn limited(limits: ConnectionLimits) -> (tempfile::TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    let server = start_with(folder.path(), "open", |options| options.connections = limits).await;
    (folder, server)
}

#[tokio::test]
async fn one_address_has_no_more_than_its_share_and_is_told_so() {
    let (_folder, server) = limited(ConnectionLimits { all: None, address: Some(3) }).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(Client::connect(&server.url).await);
    }
    // Plain requests and WebSockets count alike, and an upgraded connection as long as it is open.
    let refused = "HTTP/1.1 429 Too Many Requests";
    assert_eq!(status(&server.url, "/healthz").await, refused);
    assert_eq!(status(&server.url, "/v1/blobs/00").await, refused);
    let address = format!("{}/v1/ws", server.url.replace("http://", "ws://"));
    match tokio_tungstenite::connect_async(&address).await {
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
            assert_eq!(response.status().as_u16(), 429);
            assert_eq!(response.headers()["retry-after"], "30");
        }
        other => panic!("{other:?}"),
    }
    // Whoever is in is served as before.
    for client in &mut clients {
        assert_eq!(client.ask(Request::Ping(Ping {})).await, reply::Result::Done(Done {}));
    }
    clients.pop();
    until_there_is_room(&server.url).await;
    assert!(metric(&server.url, "sockets_refused_total").await >= 3);
    // The two that are left, and the one that asks.
    assert_eq!(metric(&server.url, "sockets").await, 3);
    drop(clients);
    server.stop().await;
}

#[tokio::test]
async fn all_together_have_no_more_than_the_server_has() {
    let (_folder, server) = limited(ConnectionLimits { all: Some(2), address: None }).await;
    let mut clients = vec![Client::connect(&server.url).await, Client::connect(&server.url).await];
    assert_eq!(status(&server.url, "/healthz").await, "HTTP/1.1 503 Service Unavailable");
    clients.pop();
    until_there_is_room(&server.url).await;
    drop(clients);
    server.stop().await;
}
