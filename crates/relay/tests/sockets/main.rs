//! The server over real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod backups;
mod blobs;
mod client;
mod connections;
mod floods;
mod groups;
mod guests;
mod tls;

use client::*;
use parlor_wire::Message;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use std::io::BufRead;
use tokio_tungstenite::tungstenite::Message as WsMessage;

#[tokio::test]
async fn two_people_talk_and_nothing_is_lost_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let (ann, ben) = (person(1), person(2));
    let mut a = ann.arrive(&server.url).await;
    let mut b = ben.arrive(&server.url).await;
    let create = bundle(0, b"create", &[&ann, &ben]);
    let made = accepted(a.ask(Request::Bundle(create.clone())).await);
    assert_eq!((made.group_seq, made.epoch), (1, 1));
    assert_eq!(accepted(a.ask(Request::Bundle(create)).await), made);
    assert_eq!(a.items(1).await[0].kind(), ItemKind::Commit);
    let welcome = b.items(1).await.remove(0);
    assert_eq!((welcome.kind(), welcome.epoch), (ItemKind::Welcome, 1));
    assert_eq!(welcome.group_id, GROUP.to_vec());

    let sent = accepted(a.ask(Request::Post(post(1, b"hello", false))).await);
    assert_eq!(accepted(a.ask(Request::Post(post(1, b"hello", false))).await), sent);
    let got = b.items(1).await.remove(0);
    assert_eq!((got.payload.as_ref(), got.group_seq), (b"hello".as_slice(), 2));
    let wrong = a.ask(Request::Post(post(5, b"early", false))).await;
    assert_eq!(code(&wrong), Code::WrongEpoch);
    let mut forged = post(1, b"forged", false);
    forged.signature = send_key(3).sign(b"forged").to_vec();
    assert_eq!(code(&a.ask(Request::Post(forged)).await), Code::Forbidden);

    // Live: to whom is connected, never again.
    let live = a.ask(Request::Post(post(1, b"typing", true))).await;
    assert_eq!(live, reply::Result::Done(Done {}));
    match b.read().await.unwrap().body {
        Some(server_frame::Body::Live(live)) => assert_eq!(live.payload.as_ref(), b"typing"),
        other => panic!("{other:?}"),
    }
    let acked = b.ask(Request::Ack(Ack { sequence: got.sequence })).await;
    assert_eq!(acked, reply::Result::Done(Done {}));
    accepted(a.ask(Request::Post(post(1, b"waits", false))).await);
    assert_eq!(b.items(1).await[0].payload.as_ref(), b"waits");

    let stopping = tokio::spawn(server.stop());
    assert_eq!(a.goodbye().await, GoodbyeReason::Shutdown);
    assert_eq!(b.goodbye().await, GoodbyeReason::Shutdown);
    drop((a, b));
    stopping.await.unwrap();
    let server = start(folder.path(), "open").await;
    let mut b = ben.connect(&server.url).await;
    let items = b.items(1).await;
    assert_eq!(items[0].payload.as_ref(), b"waits", "not acknowledged: sent again");
    drop(b);
    server.stop().await;
}

#[tokio::test]
async fn the_same_device_twice_and_a_flood_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let (ann, ben) = (person(1), person(2));
    let mut a = ann.arrive(&server.url).await;
    let mut old = ben.arrive(&server.url).await;
    let mut b = ben.connect(&server.url).await;
    assert_eq!(old.goodbye().await, GoodbyeReason::Replaced);
    accepted(a.ask(Request::Bundle(bundle(0, b"create", &[&ann, &ben]))).await);
    b.items(1).await;
    // Pipelined: more than a window of items, without waiting for one reply.
    for n in 0..1000u32 {
        a.send(Request::Post(post(1, &n.to_be_bytes(), false))).await;
    }
    let mut seen = 0u32;
    while seen < 1000 {
        let items = b.items(1).await;
        for item in &items {
            assert_eq!(item.payload.as_ref(), seen.to_be_bytes());
            seen += 1;
        }
        let last = items.last().unwrap().sequence;
        b.ask(Request::Ack(Ack { sequence: last })).await;
    }
    drop((a, b, old));
    server.stop().await;
}

#[tokio::test]
async fn what_no_client_may_send_ends_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let empty = ClientFrame { id: 0, request: Some(Request::Ping(Ping {})) }.encode_to_vec();
    for message in [
        WsMessage::Binary(vec![0xff; 40].into()),
        WsMessage::Binary(empty.into()),
        WsMessage::Text("hello".into()),
    ] {
        let mut client = Client::connect(&server.url).await;
        client.raw(message).await;
        assert_eq!(client.goodbye().await, GoodbyeReason::Protocol);
    }
    // Too large: cut off while it is sent, so that a goodbye may not arrive.
    let mut client = Client::connect(&server.url).await;
    client.try_raw(vec![0; parlor_wire::limits::MAX_FRAME_BYTES + 1]).await;
    while client.read().await.is_some() {}
    let mut client = Client::connect(&server.url).await;
    let stat = client.ask(Request::MailboxStat(MailboxStat {})).await;
    assert_eq!(code(&stat), Code::Unauthenticated);
    let short = client.ask(Request::Post(Post::default())).await;
    assert_eq!(code(&short), Code::Malformed);
    match short {
        reply::Result::Failure(failure) => assert!(failure.detail.contains("group_id")),
        other => panic!("{other:?}"),
    }
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn plain_requests() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let frame = |request| ClientFrame { id: 7, request: Some(request) }.encode_to_vec();
    let ask = async |request| {
        let answer = http(&server.url, "POST /v1/frame", &frame(request)).await;
        let body = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        (String::from_utf8_lossy(&answer[..15]).into_owned(), answer[body..].to_vec())
    };
    let (status, body) = ask(person(3).register()).await;
    assert!(status.contains("200"), "{status}");
    match ServerFrame::decode(body.as_slice()).unwrap().body {
        Some(server_frame::Body::Reply(reply)) => {
            assert_eq!((reply.id, reply.result), (7, Some(reply::Result::Done(Done {}))));
        }
        other => panic!("{other:?}"),
    }
    let (status, _) = ask(Request::MailboxStat(MailboxStat {})).await;
    assert!(status.contains("403"), "{status}");
    let health = http(&server.url, "GET /healthz", b"").await;
    assert!(health.ends_with(b"ok\n"));
    let metrics = String::from_utf8(http(&server.url, "GET /metrics", b"").await).unwrap();
    assert!(metrics.contains("parlor_requests_total 1\n"), "{metrics}");
    server.stop().await;
}

#[tokio::test]
async fn an_invite_and_a_dump_while_it_runs_and_after() {
    use parlor_relay::admin::{Request as Ask, Response, ask};
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "invite").await;
    let path = folder.path().to_owned();
    let asked = tokio::task::spawn_blocking(move || ask(&path, &Ask::Invite { uses: 1, days: 1 }));
    let Response::Invite(invite) = asked.await.unwrap().unwrap() else { panic!("no invite") };
    let mut client = Client::connect(&server.url).await;
    assert_eq!(code(&client.ask(person(1).register()).await), Code::InvalidInvite);
    let register = |n: u8| {
        let (genesis, name) = (person(n).genesis, format!("Person{n}"));
        Request::Register(Register { genesis, username: Some(name), invite: Some(invite.clone()) })
    };
    assert_eq!(client.ask(register(1)).await, reply::Result::Done(Done {}));
    assert_eq!(code(&client.ask(register(2)).await), Code::InvalidInvite);
    drop(client);
    let space = parlor_relay::Space::of_disk(folder.path(), 0);
    let in_use = parlor_relay::Data::open(folder.path(), space).err().unwrap();
    assert!(in_use.to_string().contains("in use"), "{in_use}");
    server.stop().await;
    let found = ask(folder.path(), &Ask::Dump { address: "person1".into() }).unwrap();
    let Response::Dump(dump) = found else { panic!("{found:?}") };
    assert_eq!(dump["user_id"], person(1).user.text());
    assert_eq!(dump["log"][0]["operation"], "genesis");
    let other = ask(folder.path(), &Ask::Dump { address: "person2".into() }).unwrap();
    assert!(matches!(other, Response::NotFound));
}

/// The server that the next test kills; does nothing when run as a test of its own.
#[tokio::test]
async fn child() {
    let Ok(folder) = std::env::var("PARLOR_TEST_CHILD") else { return };
    let server = start(folder.as_ref(), "open").await;
    println!("child at {}", server.url);
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn what_was_accepted_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (ann, ben) = (person(1), person(2));
    let mut sent = 0u32;
    for round in 0..3u32 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--nocapture"])
            .env("PARLOR_TEST_CHILD", folder.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines
            .map(Result::unwrap)
            .find_map(|line| line.split_once("child at ").map(|(_, url)| url.to_owned()))
            .unwrap();
        let mut a = if round == 0 {
            let mut a = ann.arrive(&url).await;
            ben.arrive(&url).await;
            accepted(a.ask(Request::Bundle(bundle(0, b"create", &[&ann, &ben]))).await);
            a
        } else {
            ann.connect(&url).await
        };
        for _ in 0..50 {
            accepted(a.ask(Request::Post(post(1, &sent.to_be_bytes(), false))).await);
            sent += 1;
        }
        // More are on their way when it dies.
        for extra in 0..20u32 {
            a.send(Request::Post(post(1, &[round as u8, extra as u8, 9], false))).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let server = start(folder.path(), "open").await;
    let mut b = ben.connect(&server.url).await;
    let items = b.items(1 + sent as usize).await;
    let kept =
        items.iter().filter(|item| item.payload.len() == 4).map(|item| item.payload.to_vec());
    assert_eq!(kept.collect::<Vec<_>>(), (0..sent).map(|n| n.to_be_bytes()).collect::<Vec<_>>());
    let places: Vec<u64> = items.iter().map(|item| item.group_seq).collect();
    assert!(places.windows(2).all(|pair| pair[1] == pair[0] + 1), "{places:?}");
    drop(b);
    server.stop().await;
}
