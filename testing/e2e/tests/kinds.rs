//! Voice notes, stickers, places, cards, polls and previews between real devices: told as they were meant, found
//! again, handed to a new device, and refused when they are not what they may be.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Person, RpcError, World, text};
use serde_json::{Value, json};

const OGG: &[u8] = b"OggS\0\x02 not much of a sound";
/// What a browser records: Matroska with one track of Opus.
const WEBM: &[u8] = b"\x1a\x45\xdf\xa3\x42\x82\x84webm\xae\x86\x86A_OPUS and so on";

fn write(world: &World, name: &str, bytes: &[u8]) -> Result<String> {
    let path = world.path(name);
    std::fs::write(&path, bytes)?;
    Ok(path.to_string_lossy().into_owned())
}

fn picture(world: &World, name: &str) -> Result<String> {
    let path = world.path(name);
    image::RgbImage::from_pixel(400, 300, image::Rgb([9, 99, 199])).save(&path)?;
    Ok(path.to_string_lossy().into_owned())
}

/// Sends something; how the other side shows it.
fn sent(from: &mut Person, chat: &str, to: &mut Person, mut params: Value) -> Result<Value> {
    params["chat_id"] = chat.into();
    let id = text(&from.call("messages.send", params)?, "message_id")?;
    let is_it = |event: &Value| event.pointer("/message/message_id").is_some_and(|of| *of == id);
    let event = to.rpc.wait_event("message.received", DEADLINE, is_it)?;
    event.get("message").cloned().context("a message")
}

fn refused(from: &mut Person, chat: &str, mut params: Value) -> Result<()> {
    params["chat_id"] = chat.into();
    let error = from.call("messages.send", params.clone()).err();
    let error = error.with_context(|| format!("{params} was sent"))?;
    let wrong_param = matches!(&error, RpcError::Refused { code: -32602, .. });
    ensure!(error.reason() == "refused" || wrong_param, "{params}: {error}");
    Ok(())
}

fn found(person: &mut Person, params: Value) -> Result<Vec<String>> {
    let answer = person.call("messages.search", params)?;
    let messages = answer["messages"].as_array().cloned().unwrap_or_default();
    messages.iter().map(|message| text(message, "message_id")).collect()
}

#[test]
fn files_are_told_as_they_are_meant() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let (ogg, webm) = (write(&world, "note.ogg", OGG)?, write(&world, "note.webm", WEBM)?);
    let (png, words) = (picture(&world, "heron.png")?, write(&world, "words.txt", b"words")?);
    let bars: Vec<u8> = (0..100).map(|bar| bar % 32).collect();

    let voice =
        json!({"attachments": [webm], "send_as": "voice", "waveform": bars, "duration_ms": 4200});
    let voice = sent(&mut alice, &at_alice, &mut bob, voice)?;
    ensure!(voice["kind"] == "voice", "{voice}");
    let note = &voice["attachments"][0];
    ensure!(note["mime"] == "audio/webm" && note["kind"] == "voice", "{note}");
    ensure!(note["waveform"] == json!(bars) && note["duration_ms"] == 4200, "{note}");
    for (params, kind) in [
        (json!({"attachments": [ogg], "send_as": "voice"}), "voice"),
        (json!({"attachments": [ogg]}), "audio"),
        (json!({"attachments": [webm]}), "audio"),
        (json!({"attachments": [png]}), "image"),
        (json!({"attachments": [png], "send_as": "file", "text": "As it is"}), "file"),
        (json!({"attachments": [png], "send_as": "sticker"}), "sticker"),
    ] {
        let message = sent(&mut alice, &at_alice, &mut bob, params)?;
        ensure!(message["kind"] == kind && message["attachments"][0]["kind"] == kind, "{message}");
    }
    for params in [
        json!({"attachments": [words], "send_as": "voice"}),
        json!({"attachments": [ogg, ogg], "send_as": "voice"}),
        json!({"attachments": [png], "send_as": "sticker", "text": "with words"}),
        json!({"attachments": [ogg], "send_as": "sticker"}),
        json!({"text": "no file", "send_as": "file"}),
        json!({"attachments": [ogg], "waveform": [1]}),
        json!({"attachments": [ogg], "send_as": "voice", "waveform": [32]}),
        json!({"attachments": [ogg], "send_as": "voice", "waveform": vec![1; 101]}),
        json!({"attachments": [ogg], "send_as": "gif"}),
    ] {
        refused(&mut alice, &at_alice, params)?;
    }
    // What is passed on is meant as it was, and all that the chat has is found by kind.
    let id = text(&voice, "message_id")?;
    bob.call("messages.forward", json!({"message_ids": [id], "chat_id": at_bob}))?;
    bob.sync()?;
    alice.sync()?;
    for (kind, count) in
        [("voice", 3), ("image", 1), ("image|file", 2), ("sticker", 1), ("audio", 2)]
    {
        let search = json!({"query": "", "chat_id": at_alice, "kind": kind});
        ensure!(found(&mut alice, search)?.len() == count, "{kind}");
    }
    let chats = alice.chats()?;
    let last = chats.iter().find(|chat| chat["chat_id"] == at_alice).context("the chat")?;
    ensure!(last["last_message"]["kind"] == "voice", "{last}");
    ensure!(last["last_message"]["attachments"][0].get("waveform").is_none(), "{last}");
    Ok(())
}

#[test]
fn places_cards_and_pages_arrive_and_are_found() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let mut carol = world.person_with("Carol", json!({"username": "carol.jones"}))?;
    let avatar = picture(&world, "carol.png")?;
    carol.call("account.update", json!({"avatar_path": avatar}))?;
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    carol.befriends(&mut alice)?;
    alice.sync()?;

    let place = json!({"latitude": 48.137_154, "longitude": -11.5, "accuracy": 12.3, "name": "Wexbury mill"});
    let location = sent(&mut alice, &at_alice, &mut bob, json!({"location": place}))?;
    ensure!(location["kind"] == "location", "{location}");
    let shown =
        json!({"latitude": 48.137_154, "longitude": -11.5, "accuracy": 13, "name": "Wexbury mill"});
    ensure!(location["location"] == shown, "{location}");
    ensure!(location["text"] == "Wexbury mill\n48.137154, -11.500000", "{location}");

    let card = json!({"contact": {"user": "carol.jones"}});
    let contact = sent(&mut alice, &at_alice, &mut bob, card)?;
    ensure!(contact["kind"] == "contact", "{contact}");
    let card = &contact["contact"];
    ensure!(card["user_id"] == carol.user_id && card["address"] == "carol.jones", "{card}");
    ensure!(card["display_name"] == "Carol" && card["avatar"].is_string(), "{card}");
    let chat = json!({"address": card["user_id"]});
    ensure!(bob.call("chats.direct", chat)?["chat_id"].is_string());

    let page = json!({"url": "https://a.example/birds", "title": "Birds", "description": "Of the marsh",
        "thumbnail_path": picture(&world, "page.png")?});
    let linked = json!({"text": "Look: https://a.example/birds", "preview": page});
    let linked = sent(&mut alice, &at_alice, &mut bob, linked)?;
    let preview = &linked["preview"];
    ensure!(linked["kind"] == "text" && preview["title"] == "Birds", "{linked}");
    ensure!(preview["description"] == "Of the marsh" && preview["thumbnail"].is_string());

    for params in [
        json!({"location": {"latitude": 91, "longitude": 0}}),
        json!({"location": {"latitude": 0, "longitude": 181}}),
        json!({"location": place, "text": "and words"}),
        json!({"location": place, "contact": {"user": carol.user_id}}),
        json!({"text": "no address", "preview": page}),
        json!({"poll": {"question": "One?", "options": ["one"]}}),
        json!({"poll": {"question": "One?", "options": ["one", "one"]}}),
        json!({"poll": {"question": " ", "options": ["one", "two"]}}),
        json!({"poll": {"question": "?", "options": ["one", "x".repeat(101)]}}),
    ] {
        refused(&mut alice, &at_alice, params)?;
    }
    let id = |message: &Value| text(message, "message_id");
    let error = json!({"message_id": id(&location)?, "text": "elsewhere"});
    ensure!(alice.call("messages.edit", error).err().context("edited")?.reason() == "refused");
    // A text that names the page no more has no preview.
    alice.call("messages.edit", json!({"message_id": id(&linked)?, "text": "Look elsewhere"}))?;
    bob.sees(&id(&linked)?, "the edit", |message| {
        message["text"] == "Look elsewhere" && message.get("preview").is_none()
    })?;
    for person in [&mut alice, &mut bob] {
        person.sync()?;
        ensure!(found(person, json!({"query": "wexbury"}))? == [id(&location)?]);
        ensure!(found(person, json!({"query": "carol", "kind": "contact"}))? == [id(&contact)?]);
        ensure!(found(person, json!({"query": "carol", "kind": "poll"}))?.is_empty());
    }
    let shared = json!({"query": "", "kind": "contact|location", "chat_id": at_bob, "limit": 1});
    ensure!(found(&mut bob, shared.clone())? == [id(&contact)?]);
    let mut older = shared;
    older["before"] = contact["sent_at"].clone();
    ensure!(found(&mut bob, older)? == [id(&location)?]);
    let links = json!({"query": "", "kind": "link", "chat_id": at_bob});
    ensure!(found(&mut bob, links)?.is_empty());
    Ok(())
}

#[test]
fn polls_are_voted_in_and_closed() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let poll = json!({"question": "Which bird?", "options": ["Heron", "Crane"]});
    let poll = sent(&mut alice, &at_alice, &mut bob, json!({"poll": poll}))?;
    let id = text(&poll, "message_id")?;
    ensure!(poll["kind"] == "poll" && poll["text"] == "Which bird?\n1. Heron\n2. Crane", "{poll}");
    let fresh = json!({"question": "Which bird?", "multiple": false, "closed": false, "voters": 0,
        "mine": [], "options": [{"text": "Heron", "voters": []}, {"text": "Crane", "voters": []}]});
    ensure!(poll["poll"] == fresh, "{poll}");

    bob.call("messages.vote", json!({"message_id": id, "options": [0]}))?;
    bob.call("messages.vote", json!({"message_id": id, "options": [1]}))?;
    let shown = alice.sees(&id, "the vote", |message| {
        message["poll"]["options"][1]["voters"] == json!([bob.user_id])
    })?;
    ensure!(shown["poll"]["voters"] == 1 && shown["poll"]["mine"] == json!([]), "{shown}");
    ensure!(shown["reactions"] == json!([]), "{shown}");
    alice.call("messages.vote", json!({"message_id": id, "options": [1]}))?;
    alice.call("messages.react", json!({"message_id": id, "emoji": "👍"}))?;
    let mut linked = world.link(&mut alice)?;
    for person in [&mut alice, &mut bob, &mut linked] {
        person.sync()?;
    }
    alice.call("messages.close_poll", json!({"message_id": id}))?;
    for (person, chat) in [(&mut bob, &at_bob), (&mut linked, &at_alice)] {
        person.sees(&id, "the end", |message| message["poll"]["closed"] == true)?;
        let message = person.message(chat, &id)?.context("the poll")?;
        ensure!(message["poll"]["voters"] == 2, "{message}");
        ensure!(message["poll"]["options"][1]["voters"].as_array().map(Vec::len) == Some(2));
        ensure!(message["poll"]["mine"] == json!([1]), "{message}");
        ensure!(message["reactions"][0]["emoji"] == "👍" && message.get("edited_at").is_none());
    }
    let late = bob.call("messages.vote", json!({"message_id": id, "options": [0]}));
    ensure!(late.err().context("voted after the end")?.reason() == "refused");
    for (method, person) in [("close_poll", &mut bob), ("vote", &mut alice)] {
        let params = match method {
            "vote" => json!({"message_id": id, "options": [2]}),
            _ => json!({"message_id": id}),
        };
        let error = person.call(&format!("messages.{method}"), params).err();
        ensure!(error.context("taken")?.reason() == "refused", "{method}");
    }
    ensure!(
        found(&mut bob, json!({"query": "cran", "kind": "poll"}))? == std::slice::from_ref(&id)
    );
    // Passed on it is a poll of one's own, without the votes.
    let passed = json!({"message_ids": [id], "chat_id": at_bob});
    let passed = bob.call("messages.forward", passed)?;
    let passed = passed["message_ids"][0].as_str().context("an id")?.to_owned();
    let message = bob.message(&at_bob, &passed)?.context("the new poll")?;
    ensure!(message["poll"] == fresh && message["forwarded"] == true, "{message}");
    bob.call("messages.close_poll", json!({"message_id": passed}))?;
    bob.call("messages.delete", json!({"message_id": passed, "for_everyone": true}))?;
    alice.sync()?;
    bob.sync()?;
    let gone = alice.message(&at_alice, &passed)?.context("its place")?;
    ensure!(gone["kind"] == "deleted" && gone.get("poll").is_none(), "{gone}");
    Ok(())
}
