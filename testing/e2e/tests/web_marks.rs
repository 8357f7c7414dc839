//! What one does with a message beside answering it: a star, its details, sending it silently; pausing notifications.

use anyhow::{Result, ensure};
use parlor_e2e::{Browser, World, in_browsers};
use serde_json::json;
use thirtyfour::{By, Key};

const FIELD: &str = "composer";

/// Puts the focus on the message that says this.
async fn focus(browser: &Browser, words: &str) -> Result<()> {
    let find = format!(
        "[...document.querySelectorAll('[data-message]')].some(
            (one) => one.textContent.includes({words:?}) && (one.focus(), true))"
    );
    browser.until(&find).await.map(|_| ())
}

#[test]
fn stars_details_and_silence() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        let (chat, _) = ines.meet("ines", &mut amara, "Two lemons, a spoon of honey").await?;

        // Words are found whatever their case, accents and scripts, in the browser's tables as in our own.
        amara.say(&chat, "Crème BRÛLÉE, ΌΣΟΣ, 明日会議")?;
        ines.see_text("BRÛLÉE").await?;
        ines.open(&format!("{server}/#/search")).await?;
        for words in ["creme brul", "όσος", "会議"] {
            let field = ines.see(By::Css(".pane input[enterkeyhint=search]")).await?;
            field.send_keys(words).await?;
            ines.see(By::XPath("//section//a[contains(., 'BRÛLÉE')]//mark")).await?;
            ines.press("Clear").await?;
        }
        ines.press("Close search").await?;
        ines.press_chat("Amara Osei").await?;

        // A star by its key, and by the menu away again; it is told in the message's label.
        focus(&ines, "spoon of honey").await?;
        ines.press_key("s").await?;
        let starred = By::XPath("//article[contains(@aria-label, 'Starred')]");
        ines.see(starred.clone()).await?;
        ines.open(&format!("{server}/#/search")).await?;
        ines.press("Starred").await?;
        ines.see(By::XPath("//section//a[contains(., 'spoon of honey')]")).await?;
        ines.pictures("search-starred").await?;
        ines.press("Links").await?;
        ines.see_text("Nothing yet.").await?;
        ines.press("Close search").await?;
        ines.press_chat("Amara Osei").await?;
        focus(&ines, "spoon of honey").await?;
        ines.press_key(Key::Shift + Key::F10).await?;
        ines.press_at(By::XPath("//*[@role='menuitem'][contains(., 'Take the star away')]"))
            .await?;
        ines.see_gone(starred).await?;

        // Its details; of an own message, who has read it.
        focus(&ines, "spoon of honey").await?;
        ines.press_key("i").await?;
        ines.see_text("Arrived on this device").await?;
        ines.press_in_dialog("Close").await?;
        ines.write_and_enter(FIELD, "And ginger").await?;
        let ginger = amara.hears("And ginger")?;
        focus(&ines, "And ginger").await?;
        ines.press_key("i").await?;
        ines.see_text("On a device").await?;
        let read = json!({"chat_id": chat, "up_to": ginger["message_id"]});
        amara.call("messages.mark_read", read)?;
        ines.see(By::XPath("//dialog//section[h3[contains(., 'Read')]]//li[contains(., 'Amara')]"))
            .await?;
        ines.pictures("message-details").await?;
        ines.press_in_dialog("Close").await?;

        // Without a sound.
        let field = ines.see(By::Id(FIELD)).await?;
        field.send_keys("No hurry").await?;
        field.send_keys(Key::Alt + Key::Enter).await?;
        ensure!(amara.hears("No hurry")?["silent"] == true, "it was not silent");
        field.send_keys("Still no hurry").await?;
        ines.press_other(By::Css("button.send")).await?;
        ines.press_at(By::XPath("//*[@role='menuitem'][contains(., 'Send without sound')]"))
            .await?;
        ensure!(amara.hears("Still no hurry")?["silent"] == true, "it was not silent");
        ines.write_and_enter(FIELD, "Now").await?;
        ensure!(amara.hears("Now")?.get("silent").is_none(), "it was silent");

        ines.press_key(Key::Alt + "z").await?;
        ines.see_text("No notifications until").await?;
        ines.open(&format!("{server}/#/settings/notifications")).await?;
        ines.press("Go on").await?;
        ines.see_text("Notifications go on").await?;
        ines.close().await
    })
}
