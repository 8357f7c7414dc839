//! The web app in a real browser, against a real server: what a person does, by what they see.
#![allow(clippy::unwrap_used)]

use anyhow::Result;
use parlor_e2e::{Browser, Relay, World, in_browsers};
use serde_json::json;

const FIELD: &str = "composer";

#[test]
fn two_people_meet_and_talk() -> Result<()> {
    let data = tempfile::tempdir()?;
    let relay = Relay::start(data.path())?;
    let server = relay.url();
    in_browsers(async {
        let (ines, amara) = (Browser::start().await?, Browser::start().await?);
        ines.open(server).await?;
        ines.see_text("A room to talk in private").await?;
        ines.pictures("start").await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        amara.sign_up(server, "Amara Osei", "amara").await?;

        // Somebody by their handle; the first words come as a request.
        ines.press("New chat").await?;
        ines.pictures("new-chat").await?;
        ines.write("new-address", "amara").await?;
        ines.press("Start chat").await?;
        ines.write_and_enter(FIELD, "Are the good lemons in yet?").await?;
        amara.press("Requests1").await?;
        amara.press_chat("Ines Duarte").await?;
        amara.see_text("wants to talk to you").await?;
        amara.pictures("request").await?;
        amara.press("Accept").await?;
        amara.write_and_enter(FIELD, "Since *Tuesday*. Bring a basket").await?;
        ines.see_text("Bring a basket").await?;

        // A file, and what is kept when the page is loaded again.
        let picture = data.path().join("lemons.png");
        image::RgbImage::from_fn(640, 420, |x, y| image::Rgb([250, (x / 3) as u8, (y / 2) as u8]))
            .save(&picture)?;
        ines.choose_file(&picture).await?;
        ines.write_and_enter(FIELD, "From the allotment").await?;
        amara.see_text("From the allotment").await?;
        amara.pictures("chat").await?;
        ines.reload().await?;
        ines.see_text("Bring a basket").await?;
        ines.see_text("From the allotment").await?;

        // Two tabs are one device; one of them dies, the other goes on.
        ines.new_tab(server).await?;
        ines.press_chat("Amara Osei").await?;
        ines.write_and_enter(FIELD, "From my second tab").await?;
        amara.see_text("From my second tab").await?;
        ines.close_first_tab().await?;
        amara.write_and_enter(FIELD, "Still there?").await?;
        ines.see_text("Still there?").await?;
        ines.write_and_enter(FIELD, "Still here").await?;
        amara.see_text("Still here").await?;
        ines.close().await?;
        amara.close().await
    })
}

#[test]
fn without_a_network_the_page_opens_and_what_is_written_leaves_later() -> Result<()> {
    let data = tempfile::tempdir()?;
    let mut relay = Relay::start(data.path())?;
    let server = relay.url().to_owned();
    in_browsers(async {
        let (ines, amara) = (Browser::start().await?, Browser::start().await?);
        ines.sign_up(&server, "Ines Duarte", "ines").await?;
        amara.sign_up(&server, "Amara Osei", "amara").await?;
        ines.press("New chat").await?;
        ines.write("new-address", "amara").await?;
        ines.press("Start chat").await?;
        ines.write_and_enter(FIELD, "Before the power cut").await?;
        amara.press("Requests1").await?;
        amara.press_chat("Ines Duarte").await?;
        amara.see_text("Before the power cut").await?;
        ines.page_is_kept().await?;
        relay.kill9()?;
        ines.reload().await?;
        ines.see_text("Before the power cut").await?;
        ines.see_text("Can’t reach").await?;
        ines.write_and_enter(FIELD, "Written in the dark").await?;
        ines.see_text("Written in the dark").await?;
        ines.pictures("offline").await?;
        ines.reload().await?;
        ines.see_text("Written in the dark").await?;
        // A part of the page that was never opened is kept as well.
        ines.press("Settings").await?;
        ines.see_text("Recovery code").await?;
        relay.restart()?;
        amara.see_text("Written in the dark").await?;
        ines.close().await?;
        amara.close().await
    })
}

#[test]
fn what_waits_and_what_comes_late_stand_in_one_order_on_both_sides() -> Result<()> {
    const EACH: usize = 4;
    let mut world = World::new()?;
    let server = world.relay.url().to_owned();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(&server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        let (chat, _) = ines.meet("ines", &mut amara, "Before the power cut").await?;
        ines.write_and_enter(FIELD, "The lamp flickers").await?;
        amara.hears("The lamp flickers")?;
        // Both write while there is no server; who is first afterwards is the server's to say.
        world.relay.kill9()?;
        ines.see_text("Can’t reach").await?;
        for number in 0..EACH {
            ines.write_and_enter(FIELD, &format!("Ines in the dark {number}")).await?;
            amara.say(&chat, &format!("Amara in the dark {number}"))?;
        }
        ines.see_text(&format!("Ines in the dark {}", EACH - 1)).await?;
        world.relay.restart()?;
        let order = format!(
            "const lines = () => [...document.querySelectorAll('.slot p.text')]
                .map((line) => /\\w+ in the dark \\d/.exec(line.textContent)?.[0]).filter(Boolean);
            while (lines().length < {} || document.querySelector('.thread .tick.sending'))
                await new Promise(requestAnimationFrame);
            return lines();",
            2 * EACH
        );
        let shown = ines.script(&order, parlor_e2e::DEADLINE).await?;
        let told = amara.rpc.until("all that was written in the dark", |rpc| {
            let page = rpc.call("messages.history", json!({"chat_id": chat}))?;
            let lines: Vec<_> = page["messages"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|message| message["text"].as_str())
                .filter(|text| text.contains("in the dark"))
                .map(str::to_owned)
                .collect();
            Ok((lines.len() == 2 * EACH).then_some(lines))
        })?;
        assert_eq!(shown, json!(told));
        // And in the same order when the page reads them anew.
        ines.reload().await?;
        assert_eq!(ines.script(&order, parlor_e2e::DEADLINE).await?, shown);
        ines.close().await
    })
}

#[test]
fn a_second_browser_is_linked_gets_everything_and_is_removed() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let (first, second) = (Browser::start().await?, Browser::start().await?);
        first.sign_up(server, "Ines Duarte", "ines").await?;
        // What was said before: by somebody who uses no browser.
        let mut amara = world.person("amara")?;
        first.meet("ines", &mut amara, "Said before there was a second device").await?;

        first.open(&format!("{server}/#/settings/devices")).await?;
        second.open(&format!("{server}/#/start/link")).await?;
        second.see_text("Open Parlor on a device you use").await?;
        second.pictures("link").await?;
        let uri = second.value("link-uri").await?;
        first.write("device-link", &uri).await?;
        first.press("Continue").await?;
        first.see_text("Both screens should show").await?;
        second.see_text("Both screens should show").await?;
        let digits = |page: String| {
            page.lines()
                .find(|line| line.len() == 7 && line.as_bytes()[3] == b' ')
                .map(str::to_owned)
        };
        let shown = digits(first.text().await?);
        assert!(shown.is_some() && shown == digits(second.text().await?));
        first.pictures("link-compare").await?;
        first.press("They’re the same").await?;
        second.press_chat("amara").await?;
        second.see_text("Said before there was a second device").await?;

        // Both are equal: what one says is on the other.
        second.write_and_enter(FIELD, "Said on the second").await?;
        amara.hears("Said on the second")?;
        first.pictures("devices").await?;
        first.press("Unlink").await?;
        first.press_in_dialog("Unlink").await?;
        second.see_text("removed from its account").await?;
        second.pictures("removed").await?;
        second.reload().await?;
        second.see_text("A room to talk in private").await?;
        first.press("Chats").await?;
        first.press_chat("amara").await?;
        first.see_text("Said on the second").await?;
        first.close().await?;
        second.close().await
    })
}
