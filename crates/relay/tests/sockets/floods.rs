//! Those who send too much, too little, or never read; and a full disk.

use crate::client::*;
use parlor_relay::Space;
use parlor_relay_core::Rate;
use parlor_wire::limits::MAX_FRAME_BYTES;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use parlor_wire::{Message, statement};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as WsMessage;

fn ping() -> Request {
    Request::Ping(Ping {})
}

#[tokio::test]
async fn a_client_that_never_reads_is_not_read_from_and_ends() {
    const ASKED: u64 = 400;
    let folder = tempfile::tempdir().unwrap();
    let patience = Duration::from_millis(300);
    let server = start_with(folder.path(), "open", |to| to.write_timeout = patience).await;
    let (ann, ben) = (person(1), person(2));
    let mut a = ann.arrive(&server.url).await;
    let mut b = ben.arrive(&server.url).await;
    let mut create = bundle(0, b"create", &[&ann, &ben]);
    create.group_info = vec![5; 1 << 20].into();
    create.signature = send_key(1).sign(&statement::bundle(&create)).to_vec();
    accepted(a.ask(Request::Bundle(create)).await);
    // Small questions with large answers: 400 MiB if all were answered into memory.
    let before = metric(&server.url, "requests_total").await;
    let signed = statement::group_info(&GROUP, &b.nonce);
    let signature = send_key(200).sign(&signed).to_vec();
    for _ in 0..ASKED {
        let (group_id, signature) = (GROUP.to_vec(), signature.clone());
        b.send(Request::GroupInfoFetch(GroupInfoFetch { group_id, signature })).await;
    }
    // Others are served all the while.
    let (mut pings, mut posts) = (0, 0);
    while metric(&server.url, "slow_readers_total").await == 0 {
        assert_eq!(a.ask(ping()).await, reply::Result::Done(Done {}));
        pings += 1;
        // No more than fits into one delivery.
        if posts < 100 {
            accepted(a.ask(Request::Post(post(1, &[1, posts], false))).await);
            posts += 1;
        }
    }
    let own = pings + u64::from(posts);
    let read = metric(&server.url, "requests_total").await - before - own;
    assert!(read < ASKED / 4, "{read} of its requests were read");
    while b.read().await.is_some() {}
    // Nothing is lost for that.
    let mut b = ben.connect(&server.url).await;
    assert_eq!(b.items(1 + usize::from(posts)).await.len(), 1 + usize::from(posts));
    drop((a, b));
    server.stop().await;
}

#[tokio::test]
async fn broken_frames_end_only_their_own_connection() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let mut a = person(1).arrive(&server.url).await;
    let whole = ClientFrame { id: 1, request: Some(person(2).register()) }.encode_to_vec();
    let mut client = Client::connect(&server.url).await;
    client.raw(WsMessage::Binary(whole[..whole.len() / 2].to_vec().into())).await;
    assert_eq!(client.goodbye().await, GoodbyeReason::Protocol);
    // Headers of WebSocket frames: without a mask, with reserved bits, longer than any frame.
    let far_too_long = [&[0x82, 0xff][..], &u64::MAX.to_be_bytes(), &[0; 4]].concat();
    for broken in [&[0x82, 0x01, 0x00][..], &[0xf2, 0x81, 0, 0, 0, 0, 1], &far_too_long] {
        let mut client = Client::connect(&server.url).await;
        client.bytes(broken).await;
        while client.read().await.is_some() {}
    }
    // Fragments that never end.
    let mut client = Client::connect(&server.url).await;
    let length = (1u64 << 16).to_be_bytes();
    let fragment = [&[0x00, 0xff][..], &length, &[0; 4], &vec![0; 1 << 16]].concat();
    client.bytes(&[0x02, 0x80, 0, 0, 0, 0]).await;
    for _ in 0..MAX_FRAME_BYTES >> 16 {
        client.bytes(&fragment).await;
    }
    client.try_bytes(&[0x00, 0x81, 0, 0, 0, 0, 1]).await;
    while client.read().await.is_some() {}
    // Half a frame, and gone.
    let mut client = Client::connect(&server.url).await;
    client.bytes(&[0x82, 0xfe, 0x10, 0x00, 1, 2, 3, 4, 5, 6, 7]).await;
    drop(client);
    while metric(&server.url, "connections").await > 1 {}
    assert_eq!(a.ask(ping()).await, reply::Result::Done(Done {}));
    drop(a);
    server.stop().await;
}

#[tokio::test]
async fn who_sends_too_much_is_told_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_with(folder.path(), "open", |to| {
        to.settings.limits.post = Some(Rate { burst: 20, per_hour: 60 });
    })
    .await;
    let (ann, ben) = (person(1), person(2));
    let mut a = ann.arrive(&server.url).await;
    let mut b = ben.arrive(&server.url).await;
    accepted(a.ask(Request::Bundle(bundle(0, b"create", &[&ann, &ben]))).await);
    let mut sent = Vec::new();
    for n in 0..100u8 {
        sent.push(a.send(Request::Post(post(1, &[n, 1], false))).await);
    }
    let (mut taken, mut refused) = (0, 0);
    // Refusals overtake what waits for the disk.
    while taken + refused < sent.len() {
        let Some(server_frame::Body::Reply(reply)) = a.read().await.unwrap().body else { continue };
        match reply.result.unwrap() {
            reply::Result::Accepted(_) => taken += 1,
            reply::Result::Failure(failure) => {
                assert_eq!(failure.code(), Code::RateLimited);
                assert!(failure.retry_after > 0 && failure.retry_after <= 60_000, "{failure:?}");
                refused += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((taken, refused), (19, 81), "the commit was the first of twenty");
    assert_eq!(a.ask(ping()).await, reply::Result::Done(Done {}));
    accepted(b.ask(Request::Post(post(1, b"from another", false))).await);
    drop((a, b));
    server.stop().await;
}

#[tokio::test]
async fn many_connections_that_do_nothing_hinder_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let (mut silent, mut anonymous) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        silent.push(TcpStream::connect(&address).await.unwrap());
        anonymous.push(Client::connect(&server.url).await);
    }
    let (ann, ben) = (person(1), person(2));
    let mut a = ann.arrive(&server.url).await;
    let mut b = ben.arrive(&server.url).await;
    accepted(a.ask(Request::Bundle(bundle(0, b"create", &[&ann, &ben]))).await);
    accepted(a.ask(Request::Post(post(1, b"through", false))).await);
    assert_eq!(b.items(2).await[1].payload.as_ref(), b"through");
    assert_eq!(metric(&server.url, "connections").await, 102);
    drop((silent, anonymous, a, b));
    while metric(&server.url, "connections").await > 0 {}
    server.stop().await;
}

#[tokio::test]
async fn a_full_disk_takes_nothing_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let free = Arc::new(AtomicU64::new(u64::MAX));
    let told = Arc::clone(&free);
    let space = Space::measured(1 << 20, move || Some(told.load(Ordering::SeqCst)));
    let server = start_with(folder.path(), "open", |options| options.space = space).await;
    let (ann, ben) = (person(1), person(2));
    let mut a = ann.arrive(&server.url).await;
    let mut b = ben.arrive(&server.url).await;
    accepted(a.ask(Request::Bundle(bundle(0, b"create", &[&ann, &ben]))).await);
    accepted(a.ask(Request::Post(post(1, b"kept", false))).await);
    free.store(1 << 20, Ordering::SeqCst);
    let refused = a.ask(Request::Post(post(1, b"refused", false))).await;
    match &refused {
        reply::Result::Failure(failure) => {
            assert_eq!(failure.code(), Code::Unavailable);
            assert!(failure.retry_after > 0);
        }
        other => panic!("{other:?}"),
    }
    let commit = a.ask(Request::Bundle(bundle(1, b"commit", &[]))).await;
    assert_eq!(code(&commit), Code::Unavailable);
    assert_eq!(code(&a.ask(person(3).register()).await), Code::Unavailable);
    let health = http(&server.url, "GET /healthz", b"").await;
    assert!(health.starts_with(b"HTTP/1.1 503"), "{}", String::from_utf8_lossy(&health));
    // What makes room still works.
    let items = b.items(2).await;
    assert_eq!(items[1].payload.as_ref(), b"kept");
    let acked = b.ask(Request::Ack(Ack { sequence: items[0].sequence })).await;
    assert_eq!(acked, reply::Result::Done(Done {}));
    free.store(u64::MAX, Ordering::SeqCst);
    accepted(a.ask(Request::Post(post(1, b"refused", false))).await);
    assert_eq!(b.items(1).await[0].payload.as_ref(), b"refused");
    drop((a, b));
    server.stop().await;
    let server = start(folder.path(), "open").await;
    let mut b = ben.connect(&server.url).await;
    let left: Vec<_> = b.items(2).await.iter().map(|item| item.payload.to_vec()).collect();
    assert_eq!(left, [b"kept".to_vec(), b"refused".to_vec()]);
    drop(b);
    server.stop().await;
}
