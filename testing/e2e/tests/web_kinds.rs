//! Polls, places, contacts, stickers and voice messages in a real browser, with somebody at the other side who uses
//! none: what is made in the page is what arrives, and what arrives is drawn.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Browser, DEADLINE, Person, Size, Theme, World, in_browsers, text};
use serde_json::{Value, json};
use thirtyfour::{By, Key};

/// The next message of a kind that somebody gets.
fn gets(person: &mut Person, kind: &str) -> Result<Value> {
    let is_it = |event: &Value| event.pointer("/message/kind").is_some_and(|of| of == kind);
    let event = person.rpc.wait_event("message.received", DEADLINE, is_it);
    let event = event.with_context(|| format!("no {kind} arrives"))?;
    event.get("message").cloned().context("a message")
}

/// Ines in a browser with Amara's chat open; the chat as Amara knows it.
async fn meet(ines: &Browser, server: &str, amara: &mut Person) -> Result<String> {
    ines.sign_up(server, "Ines Duarte", "ines").await?;
    Ok(ines.meet("ines", amara, "Which bird was it?").await?.0)
}

async fn attach(ines: &Browser, what: &str) -> Result<()> {
    ines.press("Attach").await?;
    ines.press(what).await
}

#[test]
fn polls_places_contacts_and_pages() -> Result<()> {
    let world = World::new()?;
    in_browsers(async {
        let mut amara = world.person("Amara")?;
        let ines = Browser::start().await?;
        let chat = meet(&ines, world.relay.url(), &mut amara).await?;

        // A menu stays where it was opened.
        for size in [Size::Phone, Size::Desktop] {
            ines.look(size, Theme::Light).await?;
            ines.press("Attach").await?;
            ines.see_text("Photo or video").await?;
            ines.pictures_of("kinds-attach", size).await?;
            ines.press_key(Key::Escape).await?;
        }
        attach(&ines, "Poll").await?;
        ines.write("poll-question", "Which bird?").await?;
        ines.write("poll-option-0", "Heron").await?;
        ines.press("Send poll").await?;
        ines.see_text("needs a question and two").await?;
        ines.write("poll-option-1", "Crane").await?;
        ines.pictures("kinds-poll-new").await?;
        ines.press("Send poll").await?;
        let poll = gets(&mut amara, "poll")?;
        let id = text(&poll, "message_id")?;
        ensure!(poll["poll"]["question"] == "Which bird?", "{poll}");
        amara.call("messages.vote", json!({"message_id": id, "options": [1]}))?;
        ines.see_text("one voted").await?;
        ines.press_at(By::Css(".opt")).await?;
        amara.sees(&id, "the vote", |message| message["poll"]["voters"] == 2)?;
        ines.see_text("2 voted").await?;
        ines.press("View votes").await?;
        ines.see(By::XPath("//dialog//b[.='Amara']")).await?;
        ines.pictures("kinds-votes").await?;
        ines.press("Close").await?;
        ines.press("Close poll").await?;
        ines.press_in_dialog("Close poll").await?;
        amara.sees(&id, "the end", |message| message["poll"]["closed"] == true)?;
        ines.see_text("Closed · 2 voted").await?;

        ines.stand_at(48.137_154, 11.576_124).await?;
        attach(&ines, "Location").await?;
        ines.see_text("48.13715, 11.57612").await?;
        ines.write("place-name", "The market").await?;
        ines.pictures("kinds-place").await?;
        ines.press("Send location").await?;
        let place = gets(&mut amara, "location")?;
        let shown = json!({"latitude": 48.137_154, "longitude": 11.576_124, "accuracy": 12, "name": "The market"});
        ensure!(place["location"] == shown, "{place}");
        ines.see_text("Open on openstreetmap.org").await?;

        attach(&ines, "Contact").await?;
        ines.press_at(By::Css(".target-list .mi")).await?;
        let card = gets(&mut amara, "contact")?;
        ensure!(card["contact"]["user_id"] == amara.user_id, "{card}");

        let page = json!({"url": "https://a.example/birds", "title": "Birds of the marsh"});
        let said = json!({"chat_id": chat, "text": "See https://a.example/birds", "preview": page});
        amara.call("messages.send", said)?;
        ines.see_text("Birds of the marsh").await?;
        // What somebody passes on is drawn as well, and can be voted in.
        let passed = json!({"message_ids": [id], "chat_id": chat});
        amara.call("messages.forward", passed)?;
        ines.see_text("Choose one").await?;
        ines.pictures("kinds-thread").await?;

        let details = format!("{}/details", ines.address().await?);
        ines.open(&details).await?;
        ines.press("Links").await?;
        ines.see(By::Css(".shared .address")).await?;
        ines.pictures("kinds-shared").await?;
        ines.close().await
    })
}

#[test]
fn voice_messages_and_stickers() -> Result<()> {
    let world = World::new()?;
    in_browsers(async {
        let mut amara = world.person("Amara")?;
        let ines = Browser::start().await?;
        let chat = meet(&ines, world.relay.url(), &mut amara).await?;

        // Refused, and then allowed.
        ines.permit("microphone", "denied").await?;
        ines.press("Record a voice message").await?;
        ines.see_text("may not use the microphone").await?;
        ines.pictures("kinds-refused").await?;
        ines.permit("microphone", "granted").await?;
        ines.press("Record a voice message").await?;
        ines.see_text("0:02").await?;
        ines.pictures("kinds-recording").await?;
        ines.press("Discard recording").await?;

        ines.press("Record a voice message").await?;
        ines.see_text("0:02").await?;
        ines.press("Stop and listen").await?;
        ines.press("Listen").await?;
        ines.pictures("kinds-listen").await?;
        ines.press("Send voice message").await?;
        let voice = gets(&mut amara, "voice")?;
        let note = voice["attachments"].get(0).context("no attachment")?;
        ensure!(note["mime"] == "audio/webm", "{note}");
        ensure!(note["duration_ms"].as_u64().is_some_and(|length| length >= 2000), "{note}");
        let loud = note["waveform"].as_array().context("no waveform")?;
        ensure!(loud.iter().any(|bar| bar.as_u64() > Some(5)), "{note}");
        // The second one plays on after the first.
        ines.press("Record a voice message").await?;
        ines.see_text("0:01").await?;
        ines.press("Send voice message").await?;
        let second = gets(&mut amara, "voice")?;
        ines.press("Play").await?;
        ines.see(By::Css("[aria-label=Pause]")).await?;
        let id = text(&second, "message_id")?;
        ines.see(By::Css(format!("[data-message='{id}'] [aria-label=Pause]"))).await?;

        // One that is not here yet comes when it is played, and plays then.
        let own = world.path("own.webm");
        let params = json!({"message_id": id, "index": 0, "path": own});
        amara.call("messages.save_attachment", params)?;
        let note =
            json!({"chat_id": chat, "attachments": [own], "send_as": "voice", "duration_ms": 1000});
        let answer = text(&amara.call("messages.send", note)?, "message_id")?;
        ines.press_at(By::Css(format!("[data-message='{answer}'] [aria-label=Play]"))).await?;
        ines.see(By::Css(format!("[data-message='{answer}'] [aria-label=Pause]"))).await?;

        // Held down, it is sent when it is let go of; slid up it goes on, slid aside it is gone.
        let record = || By::Css("[data-record]");
        ines.hold(record()).await?;
        ines.see(By::XPath("//*[@role='timer'][.='0:01']")).await?;
        ines.let_go().await?;
        gets(&mut amara, "voice")?;
        ines.hold(record()).await?;
        ines.see_text("Slide up").await?;
        ines.slide(0, -80).await?;
        ines.let_go().await?;
        ines.press("Discard recording").await?;
        ines.hold(record()).await?;
        ines.see_text("Slide up").await?;
        ines.slide(-120, 0).await?;
        ines.let_go().await?;
        ines.see(record()).await?;

        ines.press("Emoji").await?;
        ines.press("Stickers").await?;
        ines.pictures("kinds-stickers").await?;
        ines.press("Teapot").await?;
        let sticker = gets(&mut amara, "sticker")?;
        ensure!(sticker["attachments"][0]["mime"] == "image/webp", "{sticker}");
        ines.see(By::Css(".sticker img")).await?;
        ines.see_gone(By::Css(".picker")).await?;
        // It is offered again, and any picture can be one.
        ines.press("Emoji").await?;
        ines.see_text("Used lately").await?;
        let picture = world.path("heron.png");
        image::RgbImage::from_pixel(900, 300, image::Rgb([30, 90, 160])).save(&picture)?;
        ines.choose_file_in("sticker-file", &picture).await?;
        let sticker = gets(&mut amara, "sticker")?;
        let size = (&sticker["attachments"][0]["width"], &sticker["attachments"][0]["height"]);
        ensure!(*size.0 == 512 && *size.1 == 171, "{sticker}");
        amara.say(&chat, "A heron!")?;
        ines.see_text("A heron!").await?;
        ines.pictures("kinds-voice").await?;

        let details = format!("{}/details", ines.address().await?);
        ines.open(&details).await?;
        ines.press("Voice").await?;
        ines.see(By::Css(".shared .wave")).await?;
        ines.pictures("kinds-shared-voice").await?;
        ines.close().await
    })
}
