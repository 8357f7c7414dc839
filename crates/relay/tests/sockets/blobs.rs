//! Files over HTTP: uploads in pieces, ranges, and everything that is refused.

use crate::client::*;
use parlor_relay::Space;
use parlor_relay_core::{BlobLimits, DAY, Operation, Store};
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::*;
use parlor_wire::{BlobId, blob};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn offset(&self) -> Option<u64> {
        self.headers.get(blob::OFFSET_HEADER)?.parse().ok()
    }

    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_owned())
        };
        Self { status, headers: lines.map(header).collect(), body: bytes[end + 4..].to_vec() }
    }
}

/// A request that says `length` bytes follow, sends `body`, and keeps the connection open until it is answered.
async fn ask(
    url: &str,
    head: &str,
    headers: &[(&str, &str)],
    length: usize,
    body: &[u8],
) -> Answer {
    let mut stream = begin(url, head, headers, length).await;
    // A server that refuses may stop reading.
    let _ = stream.write_all(body).await;
    answer(stream).await
}

async fn begin(url: &str, head: &str, headers: &[(&str, &str)], length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "{head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn answer(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    Answer::read(&bytes)
}

async fn get(url: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(url, &format!("GET {path}"), headers, 0, b"").await
}

async fn head(url: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(url, &format!("HEAD {path}"), headers, 0, b"").await
}

struct Granted {
    id: BlobId,
    path: String,
    token: String,
}

impl Granted {
    async fn put(&self, url: &str, offset: usize, length: usize, body: &[u8]) -> Answer {
        let stream = self.begin(url, offset, length).await;
        let mut stream = stream;
        let _ = stream.write_all(body).await;
        answer(stream).await
    }

    async fn begin(&self, url: &str, offset: usize, length: usize) -> TcpStream {
        let offset = offset.to_string();
        let headers =
            [("authorization", self.token.as_str()), (blob::OFFSET_HEADER, offset.as_str())];
        begin(url, &format!("PUT {}", self.path), &headers, length).await
    }

    /// How many bytes the relay has; asks until it is so many or more.
    async fn reaches(&self, url: &str, wanted: u64) -> u64 {
        loop {
            let answer = head(url, &self.path, &[("authorization", &self.token)]).await;
            let offset = answer.offset().unwrap();
            if offset >= wanted {
                return offset;
            }
            tokio::task::yield_now().await;
        }
    }
}

fn grant(request: u8, size: usize) -> Request {
    Request::BlobGrant(BlobGrant { request_id: vec![request; 16], size: size as u64 })
}

async fn granted(client: &mut Client, request: u8, size: usize) -> Granted {
    match client.ask(grant(request, size)).await {
        reply::Result::BlobGranted(granted) => {
            let id = BlobId::try_from(&granted.blob_id).unwrap();
            Granted { id, path: blob::path(&id), token: blob::authorization(&granted.token) }
        }
        other => panic!("not granted: {other:?}"),
    }
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test]
async fn an_upload_in_pieces_is_read_whole_and_in_ranges() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let url = server.url.clone();
    let mut a = person(1).arrive(&url).await;
    let body = content(1_000_000);
    let it = granted(&mut a, 1, body.len()).await;
    let again = granted(&mut a, 1, body.len()).await;
    assert_eq!((it.id, &it.token), (again.id, &again.token), "the same request, the same blob");
    assert_eq!(code(&a.ask(grant(1, 5)).await), Code::Conflict);

    let first = it.put(&url, 0, 300_000, &body[..300_000]).await;
    assert_eq!((first.status, first.offset()), (202, Some(300_000)));
    let nobody = get(&url, &it.path, &[]).await;
    assert_eq!(nobody.status, 404, "not whole: there for nobody");
    assert_eq!(head(&url, &it.path, &[]).await.status, 401);
    let stands = head(&url, &it.path, &[("authorization", &it.token)]).await;
    assert_eq!((stands.status, stands.offset()), (200, Some(300_000)));
    // A wrong place, and the right one from the answer.
    for wrong in [0, 299_999, 300_001, 1_000_000] {
        let answer = it.put(&url, wrong, 0, b"").await;
        assert_eq!((answer.status, answer.offset()), (409, Some(300_000)), "{wrong}");
    }

    // The server goes in between.
    drop(a);
    server.stop().await;
    let server = start(folder.path(), "open").await;
    let url = server.url.clone();
    let rest = it.put(&url, 300_000, 700_000, &body[300_000..]).await;
    assert_eq!((rest.status, rest.offset()), (201, Some(1_000_000)));
    assert_eq!(it.put(&url, 0, 0, b"").await.status, 200, "whole already");
    let whole = get(&url, &it.path, &[]).await;
    assert_eq!((whole.status, whole.body == body), (200, true));
    let there = head(&url, &it.path, &[]).await;
    assert_eq!((there.status, there.headers["content-length"].as_str()), (200, "1000000"));
    for (range, part) in
        [("bytes=0-0", 0..1), ("bytes=5-400000", 5..400_001), ("bytes=-3", 999_997..1_000_000)]
    {
        let answer = get(&url, &it.path, &[("range", range)]).await;
        assert_eq!((answer.status, answer.body == body[part]), (206, true), "{range}");
    }
    assert_eq!(get(&url, &it.path, &[("range", "bytes=1000000-")]).await.status, 416);
    assert_eq!(metric(&url, "blobs_uploaded_total").await, 1);
    assert_eq!(metric(&url, "blob_bytes").await, 1_000_000);
    server.stop().await;
}

#[tokio::test]
async fn paths_tokens_and_sizes_that_are_not_right() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), "open").await;
    let url = &server.url;
    let mut a = person(1).arrive(url).await;
    let it = granted(&mut a, 1, 1000).await;
    let other = granted(&mut a, 2, 1000).await;
    for path in [
        "/v1/blobs/..%2f..%2fserver.key",
        "/v1/blobs/../../server.key",
        "/v1/blobs/%2e%2e",
        "/v1/blobs/",
        "/v1/blobs/00",
        "/v1/blobs/0000000000000000000000000000000000",
        &it.path.to_uppercase().replace("/V1/BLOBS", "/v1/blobs"),
        &format!("{}/x", it.path),
    ] {
        let headers = [("authorization", it.token.as_str()), (blob::OFFSET_HEADER, "0")];
        assert_eq!(
            ask(url, &format!("PUT {path}"), &headers, 3, b"abc").await.status,
            404,
            "{path}"
        );
        assert_eq!(get(url, path, &[]).await.status, 404, "{path}");
    }
    for token in ["", "Bearer", "Bearer 00", &other.token, &it.token[7..]] {
        let headers = [("authorization", token), (blob::OFFSET_HEADER, "0")];
        let answer = ask(url, &format!("PUT {}", it.path), &headers, 3, b"abc").await;
        assert_eq!(answer.status, 401, "{token}");
    }
    for offset in ["", "-1", "x", "99999999999999999999999"] {
        let headers = [("authorization", it.token.as_str()), (blob::OFFSET_HEADER, offset)];
        let answer = ask(url, &format!("PUT {}", it.path), &headers, 3, b"abc").await;
        assert_eq!(answer.status, 400, "{offset}");
    }
    assert_eq!(it.put(url, 0, 1001, &content(1001)).await.status, 413);
    assert_eq!(it.put(url, 0, usize::MAX - 10, b"").await.status, 413);
    // Without a length: what is too much is noticed on the way.
    let headers = [("authorization", it.token.as_str()), (blob::OFFSET_HEADER, "0")];
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
         authorization: {}\r\n{}: {}\r\n\r\n3e8\r\n",
        it.path, headers[0].1, headers[1].0, headers[1].1
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let _ = stream.write_all(&[content(1000), b"\r\n1\r\nx\r\n0\r\n\r\n".to_vec()].concat()).await;
    let too_much = answer(stream).await;
    assert_eq!((too_much.status, too_much.offset()), (413, Some(1000)));
    assert_eq!(it.put(url, 1000, 0, b"").await.status, 201, "what fitted is there");
    // Never granted.
    assert_eq!(get(url, &blob::path(&BlobId([7; 16])), &[]).await.status, 404);
    let held = files(&folder.path().join("blobs"));
    assert_eq!(held.len(), 1, "{held:?}");
    for (request, expected) in [
        (grant(3, 0), Code::Malformed),
        (grant(3, usize::MAX), Code::TooLarge),
        (Request::BlobGrant(BlobGrant { request_id: vec![1], size: 5 }), Code::Malformed),
        (Request::BlobRenew(BlobRenew { blob_id: vec![1; 16] }), Code::NotFound),
        (Request::BlobRenew(BlobRenew { blob_id: other.id.to_vec() }), Code::NotFound),
    ] {
        assert_eq!(code(&a.ask(request).await), expected);
    }
    let mut guest = Client::connect(url).await;
    assert_eq!(code(&guest.ask(grant(1, 10)).await), Code::Unauthenticated);
    drop((a, guest));
    server.stop().await;
}

#[tokio::test]
async fn cut_slow_and_doubled_uploads_keep_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let patience = |options: &mut parlor_relay::Checked| {
        options.write_timeout = Duration::from_millis(200);
    };
    let server = start_with(folder.path(), "open", patience).await;
    let url = &server.url;
    let mut a = person(1).arrive(url).await;
    let body = content(600_000);
    let it = granted(&mut a, 1, body.len()).await;
    // Cut in the middle.
    let mut stream = it.begin(url, 0, body.len()).await;
    stream.write_all(&body[..300_000]).await.unwrap();
    drop(stream);
    let have = it.reaches(url, 300_000).await as usize;
    // Slow: a part, then nothing.
    let mut stream = it.begin(url, have, body.len() - have).await;
    stream.write_all(&body[have..400_000]).await.unwrap();
    let slow = answer(stream).await;
    assert_eq!((slow.status, slow.offset()), (408, Some(400_000)));
    // Two at once: the newer goes on.
    let mut old = it.begin(url, 400_000, 200_000).await;
    old.write_all(&body[400_000..400_010]).await.unwrap();
    let mut at = 400_000;
    loop {
        let answer = it.put(url, at, body.len() - at, &body[at..]).await;
        match answer.status {
            201 => break,
            // What the older one wrote last came in between.
            409 => at = answer.offset().unwrap() as usize,
            other => panic!("{other}"),
        }
    }
    drop(old);
    assert!(get(url, &it.path, &[]).await.body == body);
    drop(a);
    server.stop().await;
}

#[tokio::test]
async fn quotas_full_disks_and_time() {
    let folder = tempfile::tempdir().unwrap();
    let limits = BlobLimits { max_content: 4096, days: 1, daily: Some(9000), total: Some(12_000) };
    let full = Arc::new(AtomicBool::new(false));
    let is_full = full.clone();
    let space = move |options: &mut parlor_relay::Checked| {
        options.settings.blobs = limits;
        let free = move || Some(if is_full.load(SeqCst) { 0 } else { 1 << 40 });
        options.space = Space::measured(1 << 20, free);
    };
    let server = start_with(folder.path(), "open", space).await;
    let url = server.url.clone();
    let (ann, ben) = (person(1), person(2));
    let (mut a, mut b) = (ann.arrive(&url).await, ben.arrive(&url).await);
    assert_eq!(code(&a.ask(grant(9, 4113)).await), Code::TooLarge);
    let it = granted(&mut a, 1, 4112).await;
    let second = granted(&mut a, 2, 4112).await;
    assert_eq!(code(&a.ask(grant(3, 1000)).await), Code::Quota);
    assert_eq!(code(&b.ask(grant(3, 4000)).await), Code::Unavailable);
    granted(&mut b, 3, 3000).await;

    full.store(true, SeqCst);
    assert_eq!(it.put(&url, 0, 4112, &content(4112)).await.status, 507);
    full.store(false, SeqCst);
    assert_eq!(it.put(&url, 0, 4112, &content(4112)).await.status, 201);
    assert_eq!(second.put(&url, 0, 100, &content(100)).await.status, 202);
    let renew = Request::BlobRenew(BlobRenew { blob_id: it.id.to_vec() });
    assert_eq!(b.ask(renew).await, reply::Result::Done(Done {}));
    drop((a, b));
    server.stop().await;

    // What is over is gone, with its file, also when the server died in between.
    let data = parlor_relay::Data::open(folder.path(), Space::of_disk(folder.path(), 0)).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let later = now.as_millis() as u64 + 3 * DAY;
    let swept = data.store.execute_one(Operation::Sweep { limit: 100 }.into(), later);
    swept.unwrap();
    drop(data);
    assert_eq!(files(&folder.path().join("blobs")).len(), 2);
    let server = start(folder.path(), "open").await;
    assert_eq!(get(&server.url, &it.path, &[]).await.status, 404);
    assert_eq!(second.put(&server.url, 100, 10, &content(10)).await.status, 404);
    while !files(&folder.path().join("blobs")).is_empty() {
        tokio::task::yield_now().await;
    }
    server.stop().await;
}
