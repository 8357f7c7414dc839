//! A relay that lies, breaks off or knows nothing, and files that are not what they should be.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::save::Unsaved;
use super::*;
use parlor_crypto::Secret;
use parlor_crypto::file::{FileCipher, FileKey, Layout};
use parlor_driver::files::Range;
use parlor_engine::FileSpec;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;

/// Answers one request after the other as it was told; what it was asked comes back.
struct Relay {
    blob: Blob,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Relay {
    /// Each answer goes to one connection, which is closed after it.
    fn answering(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("http://{}/", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if let Some(number) = line.to_lowercase().strip_prefix("content-length: ") {
                        length = number.trim().parse().unwrap();
                    }
                    head.push_str(&line);
                    if line.trim().is_empty() {
                        break;
                    }
                }
                heard.lock().unwrap().push(head);
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let _ = stream.write_all(&answer);
            }
        });
        Self { blob: Blob { server, id: BlobId([3; 16]) }, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn rest(stored: &[u8], from: usize) -> Vec<u8> {
    let range = format!("content-range: bytes {from}-{}/{}\r\n", stored.len() - 1, stored.len());
    answer("206 Partial Content", &range, &stored[from..])
}

struct Here {
    _dir: tempfile::TempDir,
    folder: Folder,
    http: Http,
    spec: FileSpec,
    content: Vec<u8>,
    stored: Vec<u8>,
}

fn here(size: usize) -> Here {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder { path: dir.path().to_owned(), ends: Arc::default() };
    let key = FileKey { key: Secret::new([5; 32]), prefix: [6; 19] };
    let layout = Layout::new(size as u64).unwrap();
    let cipher = FileCipher::new(&key, layout);
    let content: Vec<u8> = (0..size).map(|at| (at / 3) as u8).collect();
    let mut stored = Vec::new();
    for number in 0..layout.chunks() {
        let begin = (number as usize * 65_536).min(size);
        let mut chunk = content[begin..begin + layout.content_len(number)].to_vec();
        cipher.seal(number, &mut chunk).unwrap();
        stored.extend(chunk);
    }
    let spec = FileSpec { id: FileId([1; 16]), key, layout, hash: parlor_wire::hash(&stored) };
    let http = Http::new(crate::tls::config().unwrap());
    Here { _dir: dir, folder, http, spec, content, stored }
}

impl Here {
    fn progress(&self) -> Progress {
        let (driver, _) = std::sync::mpsc::channel();
        Progress::new(driver, self.spec.id, self.spec.layout.size(), true)
    }

    async fn download(&self, relay: &Relay) -> Result<Happened, FileProblem> {
        self.download_until(relay, &Notify::new()).await
    }

    async fn download_until(&self, relay: &Relay, stop: &Notify) -> Result<Happened, FileProblem> {
        let (folder, progress) = (&self.folder, self.progress());
        download::run(&self.http, folder, &self.spec, &relay.blob, progress, stop).await
    }

    async fn upload(&self, relay: &Relay) -> Result<Happened, FileProblem> {
        std::fs::write(self.folder.whole(&self.spec.id), &self.stored).unwrap();
        let (folder, spec) = (&self.folder, &self.spec);
        upload::run(&self.http, folder, spec, &relay.blob, &[7; 32], self.progress()).await
    }

    fn has(&self) -> bool {
        std::fs::read(self.folder.whole(&self.spec.id)).is_ok_and(|bytes| bytes == self.stored)
    }
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke() {
    let it = here(300_000);
    let mut cut = rest(&it.stored, 0);
    cut.truncate(cut.len() - 100_000);
    let before = it.stored.len() - 100_000;
    let relay = Relay::answering(vec![cut, rest(&it.stored, before)]);
    assert_eq!(it.download(&relay).await, Err(FileProblem::Unreachable));
    assert!(!it.has());
    // Stopped at once, it asks for nothing, and what came stays.
    let stop = Notify::new();
    stop.notify_one();
    assert_eq!(it.download_until(&relay, &stop).await, Ok(Happened::Stopped));
    assert_eq!(it.download(&relay).await, Ok(Happened::Downloaded));
    assert!(it.has() && !it.folder.part(&it.spec.id).exists());
    assert!(relay.asked()[1].contains(&format!("range: bytes={before}-\r\n")));
    // The news was lost: it is not fetched again.
    let nobody = Relay::answering(vec![]);
    assert_eq!(it.download(&nobody).await, Ok(Happened::Downloaded));
}

#[tokio::test]
async fn what_suffered_here_is_fetched_anew_and_what_is_wrong_there_is_not_taken() {
    let it = here(200_000);
    std::fs::write(it.folder.part(&it.spec.id), vec![0; 70_000]).unwrap();
    let relay = Relay::answering(vec![rest(&it.stored, 70_000), rest(&it.stored, 0)]);
    assert_eq!(it.download(&relay).await, Ok(Happened::Downloaded));
    assert!(it.has());

    let it = here(200_000);
    let mut other = it.stored.clone();
    other[150_000] ^= 1;
    let longer = [it.stored.clone(), vec![0; 70_000]].concat();
    for (answer, problem) in [
        (rest(&other, 0), FileProblem::Damaged),
        (rest(&longer, 0), FileProblem::Damaged),
        (rest(&it.stored, 5), FileProblem::Damaged),
        (answer("416 Range Not Satisfiable", "", b""), FileProblem::Damaged),
        (answer("404 Not Found", "", b""), FileProblem::Gone),
        (answer("200 OK", "", &it.stored), FileProblem::Unreachable),
        (answer("500 Oh", "", b""), FileProblem::Unreachable),
        (b"SSH-2.0\r\n".to_vec(), FileProblem::Unreachable),
        (Vec::new(), FileProblem::Unreachable),
    ] {
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(60)]).into_owned();
        let relay = Relay::answering(vec![answer]);
        assert_eq!(it.download(&relay).await, Err(problem), "{shown}");
        assert!(!it.folder.whole(&it.spec.id).exists(), "{shown}");
        let _ = std::fs::remove_file(it.folder.part(&it.spec.id));
    }
}

#[tokio::test]
async fn an_upload_asks_where_the_relay_stands() {
    let it = here(300_000);
    let at = |offset: usize| answer("200 OK", &format!("upload-offset: {offset}\r\n"), b"");
    let conflict = answer("409 Conflict", "upload-offset: 200000\r\n", b"");
    let relay =
        Relay::answering(vec![at(100_000), conflict, at(200_000), answer("201 Created", "", b"")]);
    assert_eq!(it.upload(&relay).await, Ok(Happened::Uploaded));
    let asked = relay.asked();
    assert!(asked[0].starts_with("HEAD /v1/blobs/03030303030303030303030303030303 HTTP/1.1\r\n"));
    assert!(asked[3].contains("upload-offset: 200000\r\n"), "{}", asked[3]);
    assert!(asked.iter().all(|head| head.contains("authorization: Bearer 0707")));
    for (answers, problem) in [
        (vec![answer("404 Not Found", "", b"")], FileProblem::Gone),
        (vec![answer("401 Unauthorized", "", b"")], FileProblem::Gone),
        (vec![at(0), answer("507 Insufficient Storage", "", b"")], FileProblem::Full),
        (vec![at(0), answer("500 Oh", "", b"")], FileProblem::Unreachable),
        (vec![at(400_000)], FileProblem::Damaged),
        (vec![answer("200 OK", "", b"")], FileProblem::Unreachable),
        (vec![], FileProblem::Unreachable),
    ] {
        let relay = Relay::answering(answers);
        assert_eq!(it.upload(&relay).await, Err(problem));
    }
}

#[tokio::test]
async fn parts_are_checked_before_they_are_written() {
    let it = here(200_000);
    let range = Range { offset: 65_530, length: 20 };
    let target = it.folder.path.join("part");
    let two = &it.stored[..2 * 65_552];
    let partial = |body: &[u8]| answer("206 Partial Content", "", body);
    let relay = Relay::answering(vec![partial(two)]);
    let saved = save::read_remote(&it.http, &relay.blob, &it.spec, range, &target).await.unwrap();
    assert_eq!(
        (saved.bytes, std::fs::read(&target).unwrap()),
        (20, it.content[65_530..65_550].to_vec())
    );
    assert!(relay.asked()[0].contains("range: bytes=0-131103\r\n"));
    std::fs::remove_file(&target).unwrap();
    // The second chunk is not the second.
    let doubled = [&two[..65_552], &two[..65_552]].concat();
    let relay = Relay::answering(vec![partial(&doubled)]);
    let wrong = save::read_remote(&it.http, &relay.blob, &it.spec, range, &target).await;
    assert!(matches!(wrong, Err(Unsaved::Damaged)));
    assert_eq!(std::fs::read_dir(&it.folder.path).unwrap().count(), 0, "something was left");

    std::fs::write(it.folder.whole(&it.spec.id), &it.stored).unwrap();
    for (offset, length, expected) in [
        (0, u64::MAX, 0..200_000),
        (199_999, 5, 199_999..200_000),
        (200_000, 5, 0..0),
        (7, 0, 0..0),
    ] {
        let range = Range { offset, length };
        save::read_here(&it.folder, &it.spec, range, &target).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), it.content[expected]);
        assert!(matches!(
            save::read_here(&it.folder, &it.spec, range, &target),
            Err(Unsaved::Exists)
        ));
        std::fs::remove_file(&target).unwrap();
    }
}
