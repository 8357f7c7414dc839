//! Guests, and posts to one mailbox, over a real socket.

use crate::client::*;
use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use parlor_wire::{QueueId, statement};

const QUEUE: QueueId = QueueId([60; 16]);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&Secret::new([n; 32]))
}

fn done() -> reply::Result {
    reply::Result::Done(Done {})
}

fn authenticate(guest: &SigningKey, nonce: &[u8]) -> Request {
    Request::AuthenticateGuest(AuthenticateGuest {
        key: guest.public().0.to_vec(),
        signature: guest.sign(&statement::authenticate_guest(nonce)).to_vec(),
    })
}

fn open(post_key: Vec<u8>) -> Request {
    Request::QueueOpen(QueueOpen { queue_ids: vec![QUEUE.to_vec()], post_key })
}

fn direct(signer: &SigningKey, payload: &[u8]) -> Request {
    Request::DirectPost(DirectPost {
        queue_id: QUEUE.to_vec(),
        payload: payload.to_vec().into(),
        signature: signer.sign(&statement::direct_post(&QUEUE, payload)).to_vec(),
    })
}

/// A guest with a queue whose posts are signed with key 2.
async fn arrive(url: &str) -> Client {
    let mut client = Client::connect(url).await;
    let request = authenticate(&key(1), &client.nonce);
    assert_eq!(client.ask(request).await, done());
    assert_eq!(client.ask(open(key(2).public().0.to_vec())).await, done());
    client
}

#[tokio::test]
async fn a_guest_proves_its_key_and_gets_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let mut guest = Client::connect(&server.url).await;
    assert_eq!(code(&guest.ask(open(key(2).public().0.to_vec())).await), Code::Unauthenticated);
    let stale = authenticate(&key(1), &[0; 32]);
    assert_eq!(code(&guest.ask(stale).await), Code::Forbidden, "of another connection");
    let Request::AuthenticateGuest(mut other) = authenticate(&key(1), &guest.nonce) else {
        panic!("not a guest")
    };
    other.key = key(3).public().0.to_vec();
    assert_eq!(code(&guest.ask(Request::AuthenticateGuest(other)).await), Code::Forbidden);
    let right = authenticate(&key(1), &guest.nonce);
    assert_eq!(guest.ask(right.clone()).await, done());
    assert_eq!(code(&guest.ask(right).await), Code::Conflict, "once in a connection");
    assert_eq!(guest.ask(open(key(2).public().0.to_vec())).await, done());
    assert_eq!(code(&guest.ask(open(key(3).public().0.to_vec())).await), Code::Conflict);

    let ann = person(1);
    let mut a = ann.arrive(&server.url).await;
    assert_eq!(code(&a.ask(direct(&key(3), b"forged")).await), Code::Forbidden);
    let Request::DirectPost(mut moved) = direct(&key(2), b"one") else { panic!("not a post") };
    moved.payload = b"another".to_vec().into();
    assert_eq!(code(&a.ask(Request::DirectPost(moved.clone())).await), Code::Forbidden);
    moved.queue_id = ann.queue.to_vec();
    assert_eq!(code(&a.ask(Request::DirectPost(moved)).await), Code::NotFound, "of a group");
    let sent = accepted(a.ask(direct(&key(2), b"one")).await);
    assert_eq!(accepted(a.ask(direct(&key(2), b"one")).await), sent);
    // Whoever has the key may post, also without an account.
    let mut anonymous = Client::connect(&server.url).await;
    accepted(anonymous.ask(direct(&key(2), b"two")).await);
    let items = guest.items(2).await;
    for (item, payload) in items.iter().zip([b"one", b"two"]) {
        assert_eq!((item.kind(), item.payload.as_ref()), (ItemKind::Direct, payload.as_slice()));
        assert_eq!(item.queue_id, QUEUE.to_vec());
    }
    let ack = Request::Ack(Ack { sequence: items[0].sequence });
    assert_eq!(guest.ask(ack).await, done());

    // The same key again takes over, with what was not acknowledged.
    let mut second = arrive(&server.url).await;
    assert_eq!(guest.goodbye().await, GoodbyeReason::Replaced);
    accepted(a.ask(direct(&key(2), b"three")).await);
    let items = second.items(2).await;
    let got: Vec<&[u8]> = items.iter().map(|item| item.payload.as_ref()).collect();
    assert_eq!(got, [b"two".as_slice(), b"three"]);
    let close = Request::QueueClose(QueueClose { queue_ids: vec![QUEUE.to_vec()] });
    assert_eq!(second.ask(close).await, done());
    assert_eq!(code(&a.ask(direct(&key(2), b"late")).await), Code::NotFound);
    drop((a, anonymous, guest, second));
    server.stop().await;
}

#[tokio::test]
async fn a_guest_is_refused_what_needs_an_account() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let ann = person(1);
    let a = ann.arrive(&server.url).await;
    let mut guest = arrive(&server.url).await;
    let user_id = ann.user.to_vec();
    let needs_an_account = [
        Request::LogFetch(LogFetch { user_id: user_id.clone(), from_seq: 0 }),
        Request::Resolve(Resolve { username: "ann".into() }),
        Request::AccountDelete(AccountDelete { signature: vec![0; 64] }),
        Request::KeyPackageUpload(KeyPackageUpload::default()),
        Request::KeyPackageTake(KeyPackageTake {
            user_id,
            request_id: vec![1; 16],
            ..Default::default()
        }),
        Request::MailboxStat(MailboxStat {}),
        // A queue that a group could list.
        Request::QueueOpen(QueueOpen { queue_ids: vec![vec![61; 16]], post_key: Vec::new() }),
    ];
    for request in needs_an_account {
        let refused = guest.ask(request.clone()).await;
        assert_eq!(code(&refused), Code::Unauthenticated, "{request:?}");
    }
    assert_eq!(code(&ann.authenticate(&mut guest).await), Code::Conflict, "a guest stays one");
    assert_eq!(guest.ask(Request::Ping(Ping {})).await, done());
    drop((a, guest));
    server.stop().await;
}
