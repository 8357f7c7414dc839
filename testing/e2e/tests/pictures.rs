//! What is told of files and people in pictures, and what happens when a server or its disk is not as it should be.

use anyhow::{Context, Result, ensure};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use parlor_e2e::{DEADLINE, Person, World, end_of, parlor_command, text};
use serde_json::{Value, json};
use std::path::Path;

fn picture(path: &Path, width: u32, height: u32, format: ImageFormat) -> Result<()> {
    let colour = |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, ((x * y) % 256) as u8]);
    let picture: DynamicImage = RgbImage::from_fn(width, height, colour).into();
    Ok(picture.save_with_format(path, format)?)
}

fn send(person: &mut Person, chat: &str, path: &Path) -> Result<String> {
    let params = json!({"chat_id": chat, "attachments": [path]});
    text(&person.call("messages.send", params)?, "message_id")
}

fn got(person: &mut Person, id: &str) -> Result<Value> {
    let is_it = |event: &Value| event.pointer("/message/message_id").is_some_and(|of| of == id);
    let event = person.rpc.wait_event("message.received", DEADLINE, is_it)?;
    Ok(event.get("message").cloned().unwrap_or_default())
}

fn is_jpeg(base64: &Value) -> bool {
    base64.as_str().is_some_and(|text| text.starts_with("/9j/") && text.len() < 17_000)
}

#[test]
fn a_photo_is_shown_before_it_is_here_also_on_a_new_device() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    // Its name lies about what it is.
    let photo = world.path("holiday.txt");
    picture(&photo, 1200, 800, ImageFormat::Jpeg)?;
    let id = send(&mut alice, &at_alice, &photo)?;
    let message = got(&mut bob, &id)?;
    let shown = &message["attachments"][0];
    ensure!(message["kind"] == "image" && message.get("text").is_none(), "{message}");
    ensure!(shown["mime"] == "image/jpeg" && shown["name"] == "holiday.txt", "{shown}");
    ensure!(shown["width"] == 1200 && shown["height"] == 800, "{shown}");
    ensure!(is_jpeg(&shown["thumbnail"]), "no thumbnail");
    ensure!(shown["preview"].as_str().is_some_and(|hash| hash.len() == 28), "{shown}");
    let chats = bob.chats()?;
    let last = chats.iter().find(|chat| chat["chat_id"] == at_bob).context("the chat")?;
    ensure!(last["last_message"]["attachments"][0].get("thumbnail").is_none());

    // A device linked later has it in its history, and can have the file.
    let mut second = world.link(&mut bob)?;
    let found = second.chats()?.into_iter().find(|chat| chat["kind"] == "direct");
    let chat = text(&found.context("the chat on the new device")?, "chat_id")?;
    let there = second.message(&chat, &id)?.context("the photo on the new device")?;
    ensure!(there["attachments"][0]["state"] == "remote", "{there}");
    let saved = world.path("saved.jpg");
    let params = json!({"message_id": id, "index": 0, "path": saved});
    second.call("messages.save_attachment", params)?;
    ensure!(std::fs::read(&saved)? == std::fs::read(&photo)?);
    Ok(())
}

#[test]
fn people_have_pictures() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, _) = alice.befriends(&mut bob)?;
    let path = world.path("me.png");
    picture(&path, 900, 700, ImageFormat::Png)?;
    alice.call("account.update", json!({"avatar_path": path}))?;
    ensure!(is_jpeg(&alice.call("account.info", json!({}))?["avatar"]));
    alice.say(&at_alice, "Look at me")?;
    bob.hears("Look at me")?;
    let picture_of = |person: &mut Person| -> Result<Value> {
        let list = person.call("contacts.list", json!({}))?;
        Ok(list["contacts"][0].get("avatar").cloned().unwrap_or_default())
    };
    ensure!(is_jpeg(&picture_of(&mut bob)?));
    // Linked devices know it, of the own account and of others.
    let mut linked = world.link(&mut alice)?;
    ensure!(is_jpeg(&linked.call("account.info", json!({}))?["avatar"]));
    let mut second = world.link(&mut bob)?;
    ensure!(is_jpeg(&picture_of(&mut second)?));
    alice.call("account.update", json!({"avatar_path": ""}))?;
    alice.say(&at_alice, "And now not")?;
    bob.hears("And now not")?;
    ensure!(picture_of(&mut bob)? == Value::Null);
    Ok(())
}

#[test]
fn what_the_server_does_not_take_is_told_and_what_it_damaged_is_not_shown() -> Result<()> {
    let world = World::configured("[files]\nmax_file_mib = 2\ndaily_upload_mib = 3\n")?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, _) = alice.befriends(&mut bob)?;
    let mut files = Vec::new();
    for (name, size) in [("large", 3 << 20), ("fits", 2 << 20), ("too much", 1500 << 10)] {
        let bytes: Vec<u8> = (0..size).map(|at: u32| (at / 7 + size) as u8).collect();
        files.push(world.path(name));
        std::fs::write(world.path(name), bytes)?;
    }
    let ids = files.iter().map(|path| send(&mut alice, &at_alice, path));
    let ids = ids.collect::<Result<Vec<_>>>()?;
    alice.sync()?;
    for (id, (state, error)) in
        ids.iter().zip([("failed", "too_large"), ("sent", ""), ("failed", "quota")])
    {
        let message = alice.message(&at_alice, id)?.context("an own message")?;
        let told = message["attachments"][0].get("error").and_then(Value::as_str);
        ensure!(told.unwrap_or_default() == error, "{message}");
        let is_so = message["state"] == state || (state == "sent" && message["state"] != "failed");
        ensure!(is_so, "{message}");
    }
    let message = got(&mut bob, &ids[1])?;
    ensure!(message["kind"] == "file", "{message}");

    // A bit of it falls over on the server's disk.
    let blob = find(&world.path("relay").join("blobs"))?;
    let mut bytes = std::fs::read(&blob)?;
    bytes[100_000] ^= 4;
    std::fs::write(&blob, bytes)?;
    let target = world.path("saved");
    let params = json!({"message_id": ids[1], "index": 0, "path": target});
    let mut part = params.clone();
    part["offset"] = 70_000.into();
    part["length"] = 100_000.into();
    for (method, params) in [("read", part), ("save", params)] {
        let error = bob.call(&format!("messages.{method}_attachment"), params);
        let error = error.err().context("a damaged file was shown")?;
        ensure!(error.reason() == "verification_failed", "{method}: {error}");
        ensure!(!target.exists(), "something was written");
    }
    Ok(())
}

/// The file in a folder with one file.
fn find(folder: &Path) -> Result<std::path::PathBuf> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            return Ok(path);
        }
        if let Ok(path) = find(&path) {
            return Ok(path);
        }
    }
    anyhow::bail!("no file")
}

#[test]
fn files_go_over_tls_from_the_command_line() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let certified = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()])?;
    std::fs::write(path("chain.pem"), certified.cert.pem())?;
    std::fs::write(path("key.pem"), certified.signing_key.serialize_pem())?;
    let options = ["--tls-cert", &path("chain.pem"), "--tls-key", &path("key.pem")];
    let relay = parlor_e2e::Relay::start_with(&dir.path().join("relay"), &options, None)?;
    ensure!(relay.url().starts_with("https://"));
    let run = |args: &[&str]| -> Result<String> {
        let mut command = parlor_command()?;
        command.args(args).env("PARLOR_CA_FILE", path("chain.pem"));
        let ended = end_of(command)?;
        ensure!(ended.status == Some(0), "{args:?}: {ended:?}");
        Ok(ended.stdout.trim().to_owned())
    };
    let account = |name: &str| {
        run(&["account", "--profile", &path(name), "--server", relay.url(), "--name", name])
    };
    account("alice")?;
    let bob = account("bob")?;
    std::fs::write(path("notes.bin"), vec![7; 500_000])?;
    let send = ["send", "--profile", &path("alice"), "--to", &bob, "--attach", &path("notes.bin")];
    run(&[&send[..], &["For", "you"]].concat())?;
    run(&send)?;
    let shown = run(&["inbox", "--profile", &path("bob"), "--accept"])?;
    let lines: Vec<&str> = shown.lines().collect();
    ensure!(lines.len() == 2 && lines[0].ends_with("For you [notes.bin, 500000 bytes]"), "{shown}");
    ensure!(find(&dir.path().join("relay").join("blobs"))?.metadata()?.len() > 500_000);
    Ok(())
}
