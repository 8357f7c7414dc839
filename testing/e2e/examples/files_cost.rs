//! What a large file costs with real binaries: encrypting, upload, download, saving, the memory of all three
//! processes, and the bytes on the server. Beside it, in turn and in the same run, the same number of bytes over
//! plain HTTP: to and from a small server that writes and reads a file and does nothing else, and from the
//! relay itself. All of it shares one machine and one disk. Arguments: MiB, rounds.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Person, World, text};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PIECE: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_secs(1800);

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>());
    let mib = args.next().transpose().context("not a number")?.unwrap_or(1024);
    let rounds = args.next().transpose().context("not a number")?.unwrap_or(3);
    let world = World::configured("[limits]\nenabled = false\n[files]\ndaily_upload_mib = 0\n")?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (chat, _) = alice.befriends(&mut bob)?;
    let plain = plain_server(world.path("plain"))?;
    let bytes = mib << 20;
    let mut table = Vec::new();
    for round in 0..rounds {
        let original = world.path("original");
        write_random(&original, bytes, round + 1)?;
        let mut row = vec![
            timed(|| plain_put(&plain, &original))?,
            timed(|| plain_get(&plain, "/", Some(&world.path("got"))))?,
        ];
        row.extend(parlor(&world, (&mut alice, &mut bob), &chat, &original)?);
        std::fs::remove_file(&original)?;
        table.push(row);
    }
    let names = [
        "plain PUT to a file, synced",
        "plain GET of it to a file, synced",
        "send: encrypted into the profile",
        "upload: until the message has left",
        "download: until it is whole here",
        "save: opened into a file, synced",
        "plain GET of the blob from the relay, kept nowhere",
    ];
    println!("{mib} MiB, medians of {rounds}:");
    for (at, name) in names.iter().enumerate() {
        let mut column: Vec<f64> = table.iter().filter_map(|row| row.get(at).copied()).collect();
        column.sort_by(f64::total_cmp);
        let median = column.get(column.len() / 2).copied().context("no rounds")?;
        println!("  {name:52} {median:7.2} s  {:6.0} MiB/s", mib as f64 / median);
    }
    let stored = size(&world.path("relay").join("blobs"))?;
    println!("stored at the server: {:.4} of the content", stored as f64 / (bytes * rounds) as f64);
    for (name, peak) in [
        ("sender", alice.rpc.peak_memory()?),
        ("receiver", bob.rpc.peak_memory()?),
        ("server", world.relay.peak_memory()?),
    ] {
        println!("peak memory of the {name}: {:.0} MiB", peak as f64 / f64::from(1 << 20));
    }
    Ok(())
}

/// Sends a file and saves it at the other side: seconds of each part.
fn parlor(
    world: &World,
    (alice, bob): (&mut Person, &mut Person),
    chat: &str,
    original: &Path,
) -> Result<Vec<f64>> {
    let mut id = String::new();
    let before = blobs(&world.path("relay").join("blobs"));
    let sent = timed(|| {
        let params = json!({"chat_id": chat, "attachments": [original]});
        id = text(&alice.call("messages.send", params)?, "message_id")?;
        Ok(())
    })?;
    let up = timed(|| {
        let left = |event: &Value| {
            event["message"]["message_id"] == id && event["message"]["state"] == "sent"
        };
        alice.rpc.wait_event("message.updated", PATIENCE, left)?;
        Ok(())
    })?;
    let came = |event: &Value| event["message"]["message_id"] == id;
    bob.rpc.wait_event("message.received", PATIENCE, came)?;
    let target = world.path("saved");
    let begun = Instant::now();
    let params = json!({"message_id": id, "index": 0, "path": target});
    let saved = bob.rpc.send("messages.save_attachment", params)?;
    bob.rpc.wait_event("transfer.progress", PATIENCE, |event| {
        event["message_id"] == id && event["done"] == event["total"]
    })?;
    let down = begun.elapsed().as_secs_f64();
    bob.rpc.answer(saved)?;
    let opened = begun.elapsed().as_secs_f64() - down;
    ensure!(same(original, &target)?, "another file arrived");
    std::fs::remove_file(&target)?;
    let all = blobs(&world.path("relay").join("blobs"));
    let new = all.iter().find(|path| !before.contains(path)).context("no new blob")?;
    let name = new.file_name().context("a name")?.to_string_lossy();
    let server = world.relay.url().trim_start_matches("http://").to_owned();
    let raw = timed(|| plain_get(&server, &format!("/v1/blobs/{name}"), None))?;
    Ok(vec![sent, up, down, opened, raw])
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed().as_secs_f64())
}

fn write_random(path: &Path, bytes: u64, seed: u64) -> Result<()> {
    let mut state = seed;
    let mut file = File::create(path)?;
    for _ in 0..bytes.div_ceil(PIECE as u64) {
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < PIECE {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            piece.extend(state.to_le_bytes());
        }
        file.write_all(&piece)?;
    }
    file.set_len(bytes)?;
    Ok(file.sync_all()?)
}

fn same(one: &Path, other: &Path) -> Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let (mut a, mut b) = (vec![0; PIECE], vec![0; PIECE]);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    loop {
        let count = one.read(&mut a)?;
        let (Some(left), Some(right)) = (a.get(..count), b.get_mut(..count)) else {
            return Ok(false);
        };
        other.read_exact(right)?;
        if count == 0 || left != right {
            return Ok(count == 0);
        }
    }
}

fn blobs(folder: &Path) -> Vec<PathBuf> {
    let shelves = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf.path()).into_iter().flatten());
    files.flatten().map(|file| file.path()).collect()
}

fn size(folder: &Path) -> Result<u64> {
    blobs(folder).iter().map(|path| Ok(path.metadata()?.len())).sum()
}

/// A server that puts a body into a file, synced, and gives it back.
fn plain_server(path: PathBuf) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if let Err(error) = plain_request(stream, &path) {
                eprintln!("plain server: {error:#}");
            }
        }
    });
    Ok(address)
}

fn plain_request(mut stream: TcpStream, path: &Path) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(PIECE, stream.try_clone()?);
    let (method, length) = head(&mut reader)?;
    if method.starts_with("PUT") {
        let mut file = File::create(path)?;
        std::io::copy(&mut reader.take(length), &mut file)?;
        file.sync_all()?;
        stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")?;
        return Ok(());
    }
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").as_bytes())?;
    pour(&mut file, &mut stream)
}

/// The first line of a message, and the length of its body.
fn head(reader: &mut impl BufRead) -> Result<(String, u64)> {
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            return Ok((first, length));
        }
        if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse()?;
        }
    }
}

fn pour(from: &mut impl Read, to: &mut impl Write) -> Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(piece.get(..count).unwrap_or_default())?;
    }
}

fn plain_put(server: &str, path: &Path) -> Result<()> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut stream = TcpStream::connect(server)?;
    let head = format!("PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    pour(&mut file, &mut stream)?;
    let (answer, _) = self::head(&mut BufReader::new(stream))?;
    ensure!(answer.contains(" 201 "), "{answer}");
    Ok(())
}

/// Reads a body to its end.
fn plain_get(server: &str, path: &str, to: Option<&Path>) -> Result<()> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes())?;
    let mut reader = BufReader::with_capacity(PIECE, stream);
    let (answer, length) = head(&mut reader)?;
    ensure!(answer.contains(" 200 "), "{answer}");
    let mut body = reader.take(length);
    let read = match to {
        Some(to) => {
            let mut file = File::create(to)?;
            let read = std::io::copy(&mut body, &mut file)?;
            file.sync_all()?;
            read
        }
        None => std::io::copy(&mut body, &mut std::io::sink())?,
    };
    ensure!(read == length, "cut short");
    Ok(())
}
