//! The web app and the machine under it: no room left, the camera, several accounts in one browser.
#![allow(clippy::unwrap_used)]

use anyhow::{Result, ensure};
use parlor_e2e::{Browser, DEADLINE, World, in_browsers, text};
use serde_json::json;
use thirtyfour::By;

const FIELD: &str = "composer";

#[test]
fn a_browser_without_room_says_so_and_goes_on_when_there_is_some() -> Result<()> {
    const MANY: usize = 150;
    let world = World::with(&["--no-limits"])?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        let (chat, _) = ines.meet("ines", &mut amara, "Hello").await?;
        ines.write_and_enter(FIELD, "Go on").await?;
        amara.hears("Go on")?;

        ines.leave_room(server, Some(0)).await?;
        for number in 0..MANY {
            let words = format!("Chapter {number}. {}", "It was a very long story. ".repeat(1200));
            amara.rpc.send("messages.send", json!({"chat_id": chat, "text": words}))?;
        }
        amara.sync()?;
        ines.see_text("This browser has no room left.").await?;
        // What is there can be read, also when the page is loaded again.
        ines.reload().await?;
        ines.see_text("Chapter ").await?;
        ines.see_text("This browser has no room left.").await?;
        // What fits goes; what does not is said to, and stays where it was written.
        let mut part = 0;
        let long = loop {
            let long = format!("Part {part}. {}", "All of this. ".repeat(2400));
            let paste = format!(
                "const field = document.getElementById('{FIELD}'); field.focus();
                document.execCommand('insertText', false, {long:?});"
            );
            ines.script(&paste, DEADLINE).await?;
            ines.press("Send").await?;
            let outcome = format!(
                "document.body.textContent.includes('This device has no room left.') ? 'full'
                 : document.querySelector('.thread').textContent.includes('Part {part}.') && 'sent'"
            );
            if ines.until(&outcome).await? == json!("full") {
                break long;
            }
            part += 1;
        };
        ines.pictures("no-room").await?;
        ensure!(ines.value(FIELD).await?.trim() == long.trim(), "the text is gone");

        ines.leave_room(server, None).await?;
        ines.see_gone(By::Css(".banner")).await?;
        ines.press("Send").await?;
        amara.hears(long.trim())?;
        // Each came once.
        ines.reload().await?;
        ines.see(By::Css(".slot")).await?;
        let count = format!(
            "const thread = document.querySelector('.thread');
            while (!thread.textContent.includes('Chapter 0.')) {{
                thread.scrollTop -= 2000;
                await new Promise(requestAnimationFrame);
            }}
            const seen = new Set(), twice = [];
            const look = () => document.querySelectorAll('.slot').forEach((slot) => {{
                const name = /Chapter \\d+\\./.exec(slot.textContent)?.[0];
                if (name) seen.add(slot.dataset.id + ' ' + name);
            }});
            while (seen.size < {MANY} || !thread.textContent.includes('Part {part}.')) {{
                look();
                thread.scrollTop += 300;
                await new Promise(requestAnimationFrame);
            }}
            look();
            return seen.size;"
        );
        let seen = ines.script(&count, DEADLINE).await?;
        ensure!(seen == json!(MANY), "{seen} messages of {MANY}");
        ines.close().await
    })
}

#[test]
fn a_code_before_the_camera_leads_to_a_person_and_links_a_device() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        let uri = text(&amara.call("contacts.invite_link", json!({}))?, "uri")?;
        ines.open(&format!("{server}/#/new")).await?;
        ines.permit("camera", "denied").await?;
        ines.press("Scan a code").await?;
        ines.see_text("Parlor can’t use a camera here.").await?;
        ines.pictures("scan-refused").await?;
        ines.press_in_dialog("Close").await?;
        ines.hold_up_nothing().await?;
        ines.press("Scan a code").await?;
        ines.see_text("Hold the code in front of the camera.").await?;
        ines.pictures("scan").await?;
        ines.press_in_dialog("Close").await?;
        ines.hold_up(&uri).await?;
        ines.press("Scan a code").await?;
        ines.press_in_dialog("Write").await?;
        ines.write_and_enter(FIELD, "I saw you in passing").await?;
        let asked = amara.rpc.wait_event("chat.requested", DEADLINE, |_| true)?;

        // The safety number of the two, from the other's screen. First that of the other with somebody else.
        let safety = amara.call("contacts.safety", json!({"user": asked.pointer("/chat/peer")}))?;
        let mut tomas = world.person("Tomás")?;
        tomas.befriends(&mut amara)?;
        let theirs = tomas.call("contacts.safety", json!({"user": amara.user_id}))?;
        ines.hold_up(&text(&theirs, "qr")?).await?;
        ines.press("Details").await?;
        ines.see_text("Not compared yet").await?.click().await?;
        ines.press_in_dialog("Scan a code").await?;
        ines.see_text("This is another code.").await?;
        ines.pictures("safety-differs").await?;
        ines.see_text("Not compared yet").await?;
        ines.hold_up(&text(&safety, "qr")?).await?;
        ines.press_in_dialog("Scan a code").await?;
        ines.see_text("The codes are the same").await?;
        ines.see_text("Compared").await?;

        // A new device shows its link as a code.
        let (mut second, link) = world.unlinked()?;
        ines.hold_up(&link).await?;
        ines.open(&format!("{server}/#/settings/devices")).await?;
        ines.press("Scan a code").await?;
        ines.press("They’re the same").await?;
        second.wait_event("link.done", DEADLINE, |_| true)?;
        ines.close().await
    })
}

/// Ines, who has an account in this browser, makes another one there.
async fn add_work(browser: &Browser, server: &str) -> Result<()> {
    browser.open(&format!("{server}/#/settings")).await?;
    browser.press("Accounts").await?;
    browser.press_at(By::XPath("//dialog//button[contains(., 'Add an account')]")).await?;
    browser.see_text("Back to Ines Duarte").await?;
    browser.write("your-name", "Work").await?;
    browser.write("handle", "ines-work").await?;
    browser.press("Continue").await?;
    browser.see_text("Pull up a chair").await?;
    Ok(())
}

#[test]
fn two_accounts_live_in_one_browser() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let browser = Browser::start().await?;
        browser.sign_up(server, "Ines Duarte", "ines").await?;
        browser.open(&format!("{server}/#/settings")).await?;
        browser.press("Accounts").await?;
        browser.see_text("Add an account").await?;
        browser.pictures("accounts").await?;
        browser.press_at(By::XPath("//dialog//button[contains(., 'Add an account')]")).await?;
        // One can go back from there.
        browser.see_text("Back to Ines Duarte").await?;
        browser.pictures("start-back").await?;
        browser.press("Back to Ines Duarte").await?;
        browser.see_text("Pull up a chair").await?;
        add_work(&browser, server).await?;

        // The second account has chats of its own, and the first knows nothing of them.
        let mut amara = world.person("Amara Osei")?;
        browser.meet("ines-work", &mut amara, "About work").await?;
        browser.see_text("About work").await?;
        // A tab stays with its account, a new one begins with that chosen last.
        browser.reload().await?;
        browser.see_text("About work").await?;
        browser.new_tab(&format!("{server}/#/settings")).await?;
        browser.press("Accounts").await?;
        browser.pictures("accounts-two").await?;
        browser.press_at(By::XPath("//dialog//button[contains(., 'Ines Duarte')]")).await?;
        browser.see_text("Pull up a chair").await?;
        // Both are there at once: each tab has its own.
        let mut ben = world.person("Ben")?;
        let to_ines = text(&ben.call("chats.direct", json!({"address": "ines"}))?, "chat_id")?;
        ben.say(&to_ines, "Are you at home?")?;
        browser.press("Requests1").await?;
        browser.close_first_tab().await?;
        browser.press_chat("Ben").await?;
        browser.press("Accept").await?;
        browser.see_text("Are you at home?").await?;
        ensure!(!browser.text().await?.contains("Amara Osei"), "chats of the other account");
        browser.close().await
    })
}

#[test]
fn an_account_that_is_removed_leaves_the_other_alone() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let browser = Browser::start().await?;
        browser.sign_up(server, "Ines Duarte", "ines").await?;
        add_work(&browser, server).await?;

        // Another device of the second account removes this browser from it.
        let (mut second, link) = world.unlinked()?;
        browser.open(&format!("{server}/#/settings/devices")).await?;
        browser.write("device-link", &link).await?;
        browser.press("Continue").await?;
        browser.press("They’re the same").await?;
        second.wait_event("link.done", DEADLINE, |_| true)?;
        let devices = second.call("devices.list", json!({}))?;
        let devices = devices["devices"].as_array().cloned().unwrap_or_default();
        let browsers = devices.iter().find(|device| device["current"] == json!(false));
        let id = browsers.map(|device| device["device_id"].clone()).unwrap_or_default();
        second.call("devices.remove", json!({"device_id": id}))?;
        browser.see_text("removed from its account").await?;
        browser.pictures("removed-back").await?;

        // The first is as it was, and is the only one from then on.
        browser.reload().await?;
        browser.press("Back to Ines Duarte").await?;
        browser.see_text("Pull up a chair").await?;
        let mut ben = world.person("Ben")?;
        browser.meet("ines", &mut ben, "Are you at home?").await?;
        browser.open(&format!("{server}/#/settings")).await?;
        browser.press("Accounts").await?;
        browser.see_text("Add an account").await?;
        ensure!(!browser.text().await?.contains("ines-work"), "the removed account is still there");
        browser.close().await
    })
}

#[test]
fn a_part_that_the_server_has_no_more_is_said_to_be_missing() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        ines.withhold("*/app/settings-*").await?;
        ines.press("Settings").await?;
        ines.see_text("couldn’t be loaded").await?;
        ines.pictures("part-missing").await?;
        ines.close().await
    })
}
