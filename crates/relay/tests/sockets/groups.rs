//! Queues that are closed, commits from outside, commits that are taken back.

use crate::client::*;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use parlor_wire::{hash, statement};

/// A frame-level group of two, at epoch 1, with the first items read.
async fn two(url: &str) -> (Client, Client) {
    let (ann, ben) = (person(1), person(2));
    let mut a = ann.arrive(url).await;
    let mut b = ben.arrive(url).await;
    accepted(a.ask(Request::Bundle(bundle(0, b"create", &[&ann, &ben]))).await);
    a.items(1).await;
    b.items(1).await;
    (a, b)
}

#[tokio::test]
async fn a_closed_queue_gets_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let (mut a, mut b) = two(&server.url).await;
    let close = |n: u8| Request::QueueClose(QueueClose { queue_ids: vec![vec![n; 16]] });
    assert_eq!(code(&a.ask(close(2)).await), Code::Forbidden);
    accepted(a.ask(Request::Post(post(1, b"before", false))).await);
    assert_eq!(b.items(1).await[0].payload.as_ref(), b"before");
    for _ in 0..2 {
        assert_eq!(b.ask(close(2)).await, reply::Result::Done(Done {}));
    }
    accepted(a.ask(Request::Post(post(1, b"after", false))).await);
    match b.ask(Request::MailboxStat(MailboxStat {})).await {
        reply::Result::Stat(stat) => assert_eq!(stat.tail, 2, "the welcome and one post"),
        other => panic!("{other:?}"),
    }
    let open = QueueOpen { queue_ids: vec![vec![2; 16]], post_key: Vec::new() };
    assert_eq!(code(&a.ask(Request::QueueOpen(open)).await), Code::Conflict);
    drop((a, b));
    server.stop().await;
}

#[tokio::test]
async fn a_commit_from_outside_with_the_rejoin_key() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let (mut a, mut b) = two(&server.url).await;
    let mut outside = Client::connect(&server.url).await;
    let fetch = |client: &Client, epoch| {
        let signed = statement::group_info(&GROUP, &client.nonce);
        let signature = send_key(epoch).sign(&signed).to_vec();
        Request::GroupInfoFetch(GroupInfoFetch { group_id: GROUP.to_vec(), signature })
    };
    let wrong = fetch(&outside, 1);
    assert_eq!(code(&outside.ask(wrong).await), Code::Forbidden);
    let right = fetch(&outside, 200);
    match outside.ask(right).await {
        reply::Result::GroupInfo(info) => {
            assert_eq!((info.group_info.as_slice(), info.epoch), (b"sealed info".as_slice(), 1));
        }
        other => panic!("{other:?}"),
    }
    let mut rejoin = bundle(1, b"from outside", &[]);
    rejoin.kind = BundleKind::Rejoin.into();
    let sign = |bundle: &Bundle, epoch| send_key(epoch).sign(&statement::bundle(bundle)).to_vec();
    rejoin.signature = sign(&rejoin, 1);
    assert_eq!(code(&outside.ask(Request::Bundle(rejoin.clone())).await), Code::Forbidden);
    rejoin.signature = sign(&rejoin, 200);
    let moved = accepted(outside.ask(Request::Bundle(rejoin.clone())).await);
    assert_eq!(moved.epoch, 2);
    assert_eq!(accepted(outside.ask(Request::Bundle(rejoin)).await), moved);
    for client in [&mut a, &mut b] {
        let item = client.items(1).await.remove(0);
        assert_eq!((item.kind(), item.epoch), (ItemKind::Rejoin, 1));
        assert_eq!(item.payload.as_ref(), b"from outside");
    }
    drop((a, b, outside));
    server.stop().await;
}

#[tokio::test]
async fn two_forged_commits_are_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let (mut a, mut b) = two(&server.url).await;
    for (base, commit) in [(1, b"first".as_slice()), (2, b"second")] {
        accepted(a.ask(Request::Bundle(bundle(base, commit, &[]))).await);
    }
    b.items(2).await;
    let nack = |epoch: u64| {
        let (commit, queue) = (hash(b"first"), person(2).queue);
        let signature = send_key(epoch).sign(&statement::nack(&GROUP, &commit, &queue)).to_vec();
        Request::Nack(Nack {
            group_id: GROUP.to_vec(),
            commit_hash: commit.to_vec(),
            queue_id: queue.to_vec(),
            signature,
        })
    };
    assert_eq!(code(&b.ask(nack(2)).await), Code::Forbidden, "not the key of that epoch");
    assert_eq!(code(&a.ask(nack(1)).await), Code::Forbidden, "not the queue's mailbox");
    assert_eq!(b.ask(nack(1)).await, reply::Result::Done(Done {}));
    for (client, waiting) in [(&mut a, 3), (&mut b, 1)] {
        let item = client.items(waiting).await.pop().unwrap();
        assert_eq!((item.kind(), item.epoch), (ItemKind::Voided, 1));
        assert_eq!(item.payload.as_ref(), &hash(b"first").0[..]);
    }
    let again = a.ask(Request::Bundle(bundle(2, b"second", &[]))).await;
    assert_eq!(code(&again), Code::CommitVoided);
    let third = a.ask(Request::Bundle(bundle(3, b"third", &[]))).await;
    assert_eq!(code(&third), Code::WrongEpoch);
    assert_eq!(accepted(b.ask(Request::Bundle(bundle(1, b"honest", &[]))).await).epoch, 2);
    drop((a, b));
    server.stop().await;
}
