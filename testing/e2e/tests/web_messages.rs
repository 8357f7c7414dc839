//! What is done with messages in a real browser: with the pointer, with a finger, with files on their way, and with
//! what did not go.

use anyhow::{Context, Result, bail, ensure};
use parlor_e2e::{Browser, DEADLINE, Doorway, Size, Theme, World, in_browsers, text};
use parlor_wire::blob;
use serde_json::json;
use std::time::Duration;
use thirtyfour::{By, Key};

const FIELD: &str = "composer";
/// Bytes of a file that takes a while.
const LARGE: usize = 96_000_000;

/// Something in a message.
fn within(message: &str, what: &str) -> By {
    By::XPath(format!("//article[@data-message='{message}']{what}"))
}

fn bubble(message: &str) -> By {
    within(message, "//div[starts-with(@class, 'bubble')]")
}

#[test]
fn the_pointer_and_a_finger() -> Result<()> {
    let world = World::new()?;
    in_browsers(async {
        let mut amara = world.person("Amara")?;
        let ines = Browser::start().await?;
        ines.sign_up(world.relay.url(), "Ines Duarte", "ines").await?;
        let (chat, first) = ines.meet("ines", &mut amara, "Which bird was it?").await?;
        let beside = |name: &str| {
            within(
                &first,
                &format!("/div[contains(@class, 'hover-acts')]/button[@aria-label='{name}']"),
            )
        };

        // The buttons are beside the message that is pointed at.
        ines.point_at(bubble(&first)).await?;
        ines.press_at(beside("React")).await?;
        ines.pictures_of("beside-react", Size::Desktop).await?;
        ines.press("React with 👍").await?;
        amara.sees(&first, "the reaction", |message| message["reactions"][0]["emoji"] == "👍")?;
        ines.see(within(&first, "//button[contains(@class, 'react')]")).await?;
        ines.point_at(bubble(&first)).await?;
        ines.press_at(beside("Reply")).await?;
        ines.see_text("Replying to Amara").await?;
        ines.write_and_enter(FIELD, "A heron").await?;
        let heron = amara.hears("A heron")?;
        ensure!(heron["reply_to"] == first, "{heron}");
        ines.point_at(bubble(&first)).await?;
        ines.press_at(beside("More")).await?;
        ines.see_text("Copy text").await?;
        ines.pictures_of("beside-more", Size::Desktop).await?;
        ines.press_at(By::Css(".ctx .bad")).await?;
        ines.see_text("Delete for you?").await?;
        ines.press_key(Key::Escape).await?;
        ines.see_gone(By::Css("dialog[open]")).await?;
        // What is deleted takes neither reactions nor answers.
        let wrong = amara.say(&chat, "A stork?")?;
        ines.see(bubble(&wrong)).await?;
        amara.call("messages.delete", json!({"message_id": wrong, "for_everyone": true}))?;
        ines.see(within(&wrong, "//*[contains(@class, 'gone')]")).await?;
        ines.point_at(bubble(&wrong)).await?;
        ines.see(within(&wrong, "//button[@aria-label='More']")).await?;
        let gone = "return [...document.querySelectorAll('.hover-acts.mute > .says')].every((one) => !one.checkVisibility());";
        ensure!(ines.script(gone, DEADLINE).await? == true, "a deleted message can be answered");

        // Held, a message has the whole menu.
        ines.look(Size::Phone, Theme::Light).await?;
        ines.touch_screen(true).await?;
        ines.finger_down(bubble(&first)).await?;
        ines.see(By::XPath("//*[@role='menuitem'][contains(., 'Copy text')]")).await?;
        ines.finger_up().await?;
        ines.pictures_of("held", Size::Phone).await?;
        ines.press("React with ❤️").await?;
        amara.sees(&first, "the other", |message| message["reactions"][0]["emoji"] == "❤️")?;
        // A short touch, a short way aside and a way down do nothing.
        ines.swipe(bubble(&first), 0, 0).await?;
        ines.swipe(bubble(&first), 40, 3).await?;
        ines.swipe(bubble(&first), 30, 120).await?;
        ines.swipe(bubble(&first), -120, 0).await?;
        ines.see_gone(By::Css(".ctx, .over.quote")).await?;
        // Drawn aside, it is answered.
        let from = ines.finger_down(bubble(&first)).await?;
        for right in [6, 20, 45, 80] {
            ines.finger_to((from.0 + right, from.1 + 2)).await?;
        }
        ines.pictures_of("drawn-aside", Size::Phone).await?;
        ines.finger_up().await?;
        ines.see_text("Replying to Amara").await?;
        // On a touch screen Enter begins a line.
        ines.write(FIELD, "Or a crane").await?;
        ines.press("Send").await?;
        let crane = amara.hears("Or a crane")?;
        ensure!(crane["reply_to"] == first, "{crane}");

        // Where one reads from right to left, the other way.
        ines.speak("ar").await?;
        ines.see(bubble(&first)).await?;
        ines.swipe(bubble(&first), 90, 0).await?;
        ines.see_gone(By::Css(".over.quote")).await?;
        ines.swipe(bubble(&first), -90, 0).await?;
        ines.write(FIELD, "رافعة").await?;
        ines.press("إرسال").await?;
        let last = amara.hears("رافعة")?;
        ensure!(last["reply_to"] == first, "{last}");
        ines.close().await
    })
}

/// Waits until some of a file is in the browser's own folder, and not all of it; how much.
const PARTS: &str = "const sum = async (folder) => {
        let bytes = 0;
        for await (const one of folder.values()) {
            if (one.kind === 'directory') bytes += await sum(one);
            else if (one.name.endsWith('.part')) bytes += (await one.getFile()).size;
        }
        return bytes;
    };
    const all = await navigator.storage.getDirectory();
    for (;;) {
        const here = await sum(all);
        if (here) return here;
        await new Promise((next) => setTimeout(next, 20));
    }";
/// From now on it is kept in mind what the page gives the browser to save.
const WATCH: &str = "const make = URL.createObjectURL;
    URL.createObjectURL = (content) => { window.made = content; return make.call(URL, content); };
    HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; };
    return true;";
/// Waits until something is saved: its name, its length, and the sum of its numbers.
const SAVED: &str = "while (!window.savedAs) await new Promise((next) => setTimeout(next, 20));
    const numbers = new Uint32Array(await window.made.arrayBuffer());
    let sum = 0;
    for (const one of numbers) sum = (sum + one) >>> 0;
    return [window.savedAs, window.made.size, sum];";

fn content() -> Vec<u8> {
    (0..LARGE as u32 / 4).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

#[test]
fn what_is_on_its_way_can_be_stopped() -> Result<()> {
    let mut world = World::new()?;
    let (film, photo) = (world.path("film.bin"), world.path("photo.png"));
    let bytes = content();
    std::fs::write(&film, &bytes)?;
    image::RgbImage::from_fn(640, 420, |x, y| image::Rgb([90, (x / 3) as u8, (y / 2) as u8]))
        .save(&photo)?;
    in_browsers(async {
        let mut amara = world.person("Amara")?;
        let ines = Browser::start().await?;
        let doorway = Doorway::to(world.relay.url())?;
        ines.sign_up(doorway.url(), "Ines Duarte", "ines").await?;
        let (chat, _) = ines.meet("ines", &mut amara, "Two things").await?;
        let mut sent = Vec::new();
        for path in [&film, &photo] {
            let params = json!({"chat_id": chat, "attachments": [path]});
            sent.push(text(&amara.call("messages.send", params)?, "message_id")?);
        }
        let [film_message, photo_message] = sent.as_slice() else { bail!("two messages") };
        ines.see(bubble(film_message)).await?;
        ines.see(bubble(photo_message)).await?;

        // A quarter comes, and then no more: how quickly a file comes is not in our hands.
        doorway.hold(blob::PATH, LARGE as u64 / 4);
        ines.press("Save film.bin").await?;
        doorway.wait()?;
        ines.script(PARTS, DEADLINE).await?;
        world.relay.pause()?;
        ines.press_at(within(photo_message, "//button[contains(@class, 'press')]")).await?;
        ines.see(within(photo_message, "//button[@aria-label='Stop downloading photo.png']"))
            .await?;
        // Soon: a connection on which nothing comes is given up after a while, and what came over it waits.
        ines.press("Stop downloading film.bin").await?;
        ines.see(within(film_message, "//button[@aria-label='Save film.bin']")).await?;
        ines.press("Stop downloading photo.png").await?;
        ines.see_gone(By::Css(".ring-progress")).await?;
        let kept = ines.script(PARTS, DEADLINE).await?.as_u64().context("no number")?;
        ensure!(kept > 0 && kept < LARGE as u64 / 4, "{kept} bytes are kept");
        doorway.release();

        // An own file that has not left is not sent at all.
        ines.choose_file(&film).await?;
        ines.press("Send").await?;
        ines.press("Stop sending film.bin").await?;
        ines.see_gone(By::XPath("//article[contains(@class, 'own')]")).await?;
        world.relay.resume()?;

        ines.script(WATCH, DEADLINE).await?;
        ines.press("Save film.bin").await?;
        let saved = ines.script(SAVED, Duration::from_secs(120)).await?;
        let sum = bytes.chunks_exact(4).fold(0u32, |sum, one| {
            sum.wrapping_add(u32::from_le_bytes(one.try_into().unwrap_or_default()))
        });
        ensure!(saved == json!(["film.bin", LARGE, sum]), "{saved}");
        ines.write_and_enter(FIELD, "Thank you").await?;
        amara.hears("Thank you")?;
        let files = amara
            .history(&chat)?
            .into_iter()
            .filter(|message| message["mine"] == false && message["kind"] == "file");
        ensure!(files.count() == 0, "what was stopped was sent");
        ines.close().await
    })
}

#[test]
fn what_failed_is_sent_again() -> Result<()> {
    let mut world = World::new()?;
    let server = world.relay.url().to_owned();
    in_browsers(async {
        let mut amara = world.person("Amara")?;
        let ines = Browser::start().await?;
        ines.sign_up(&server, "Ines Duarte", "ines").await?;
        ines.meet("ines", &mut amara, "The choir begins").await?;
        let made =
            amara.call("chats.create_group", json!({"title": "Choir", "members": ["ines"]}))?;
        let choir = text(&made, "chat_id")?;
        ines.press_chat("Choir").await?;
        ines.see(By::Id(FIELD)).await?;
        amara.sync()?;

        // Written without a network; until there is one again, somebody put her out of the group.
        world.relay.kill9()?;
        ines.write_and_enter(FIELD, "Who has the scores?").await?;
        ines.see_text("Who has the scores?").await?;
        ines.open("about:blank").await?;
        world.relay.restart()?;
        amara.connected()?;
        let members = json!({"chat_id": choir, "members": ["ines"]});
        amara.call("chats.remove_members", members.clone())?;
        amara.sync()?;
        ines.open(&format!("{server}/#/chat/{choir}")).await?;
        ines.see(By::Css(".fail-line")).await?;
        ines.pictures("failed").await?;
        amara.call("chats.add_members", members)?;
        amara.sync()?;
        ines.see(By::Id(FIELD)).await?;
        ines.press("Send again").await?;
        amara.hears("Who has the scores?")?;
        ines.see_gone(By::Css(".fail-line")).await?;
        ines.close().await
    })
}
