//! WebSocket over TLS, with a certificate of its own.

use crate::client::*;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use std::sync::Arc;
use tokio_tungstenite::{Connector, connect_async_tls_with_config};

fn trusting(roots: rustls::RootCertStore) -> Connector {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Connector::Rustls(Arc::new(config))
}

#[tokio::test]
async fn devices_talk_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let names = vec!["127.0.0.1".to_owned()];
    let certified = rcgen::generate_simple_self_signed(names).unwrap();
    let (certificate, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, certified.cert.pem()).unwrap();
    std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let data = folder.path().join("data");
    let server = start_with(&data, "open", |options| options.tls = Some((certificate, key))).await;
    assert!(server.url.starts_with("https://"));
    let address = format!("{}/v1/ws", server.url.replace("https://", "wss://"));

    let connector = trusting(rustls::RootCertStore::empty());
    let unknown = connect_async_tls_with_config(&address, None, false, Some(connector)).await;
    assert!(unknown.is_err(), "nobody vouches for it");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certified.cert.der().clone()).unwrap();
    let connector = trusting(roots);
    let connect = async || {
        let connector = Some(connector.clone());
        let made = connect_async_tls_with_config(&address, None, false, connector).await;
        Client::over(made.unwrap().0).await
    };
    let (ann, ben) = (person(1), person(2));
    let mut clients = Vec::new();
    for someone in [&ann, &ben] {
        let mut client = connect().await;
        assert_eq!(client.ask(someone.register()).await, reply::Result::Done(Done {}));
        assert_eq!(someone.authenticate(&mut client).await, reply::Result::Done(Done {}));
        let open = QueueOpen { queue_ids: vec![someone.queue.to_vec()], post_key: Vec::new() };
        assert_eq!(client.ask(Request::QueueOpen(open)).await, reply::Result::Done(Done {}));
        clients.push(client);
    }
    let (mut b, mut a) = (clients.pop().unwrap(), clients.pop().unwrap());
    accepted(a.ask(Request::Bundle(bundle(0, b"create", &[&ann, &ben]))).await);
    // More than a record of TLS holds.
    let long = vec![7; parlor_wire::limits::MAX_POST_BYTES];
    accepted(a.ask(Request::Post(post(1, &long, false))).await);
    assert_eq!(b.items(2).await[1].payload.as_ref(), long);
    // Who speaks plain HTTP to the port is only cut off.
    let plain = http(&server.url.replace("https://", "http://"), "GET /healthz", b"").await;
    assert!(!plain.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&plain));
    assert_eq!(a.ask(Request::Ping(Ping {})).await, reply::Result::Done(Done {}));
    drop((a, b));
    server.stop().await;
}
