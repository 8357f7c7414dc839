//! The app lock: a passphrase before what a browser keeps, in all its tabs, and when it is forgotten.

use anyhow::{Result, ensure};
use parlor_e2e::{Browser, World, in_browsers};
use thirtyfour::{By, Key};

const FIELD: &str = "composer";
const SECRET: &str = "two lemons";

/// Sets the passphrase, after two slips.
async fn set(ines: &Browser, server: &str) -> Result<()> {
    ines.open(&format!("{server}/#/settings/privacy")).await?;
    ines.press("Set a passphrase").await?;
    ines.write("passphrase-next", "short").await?;
    ines.write("passphrase-again", "short").await?;
    ines.press_at(By::Css(".lock-form [type=submit]")).await?;
    ines.see_text("At least 6 characters.").await?;
    ines.write("passphrase-next", SECRET).await?;
    ines.press_at(By::Css(".lock-form [type=submit]")).await?;
    ines.see_text("The two aren’t the same.").await?;
    ines.pictures("settings-lock-set").await?;
    ines.write("passphrase-again", SECRET).await?;
    ines.press_at(By::Css(".lock-form [type=submit]")).await?;
    ines.see_text("Asked for when Parlor opens here.").await?;
    ines.pictures("settings-lock").await
}

async fn unlock(ines: &Browser, passphrase: &str) -> Result<()> {
    ines.see_text("Parlor is locked").await?;
    ines.write("passphrase", passphrase).await?;
    ines.press("Unlock").await
}

#[test]
fn a_passphrase_locks_all_tabs_and_opens_them() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        let (chat, _) = ines.meet("ines", &mut amara, "Hello").await?;
        set(&ines, server).await?;

        // Another tab goes on when the first is closed, without being asked.
        ines.new_tab(server).await?;
        ines.press_chat("Amara Osei").await?;
        ines.close_first_tab().await?;
        amara.say(&chat, "Which tab is this?")?;
        ines.see_text("Which tab is this?").await?;
        ines.write_and_enter(FIELD, "From my second tab").await?;
        amara.hears("From my second tab")?;

        // Locked by its keys; what comes meanwhile waits, and nothing of it is in the page.
        ines.new_tab(server).await?;
        ines.press_chat("Amara Osei").await?;
        ines.see(By::Id(FIELD)).await?.send_keys(Key::Control + Key::Shift + "x").await?;
        ines.see_text("Parlor is locked").await?;
        amara.say(&chat, "Are you there?")?;
        amara.sync()?;
        ensure!(!ines.text().await?.contains("Amara"), "the page shows what is locked");
        unlock(&ines, "two limes").await?;
        ines.see_text("That’s not the passphrase.").await?;
        ines.pictures("locked").await?;
        unlock(&ines, SECRET).await?;
        ines.see_text("Are you there?").await?;
        // The other tab was locked and opened with it, and looks as this one was made to look.
        ines.see(By::Id(FIELD)).await?.send_keys(Key::Alt + "t").await?;
        ines.close_tab().await?;
        ines.see(By::Css("html[data-theme=dark]")).await?;
        ines.press_chat("Amara Osei").await?;
        ines.write_and_enter(FIELD, "Here I am").await?;
        amara.hears("Here I am")?;

        // A page that is loaded asks; without the passphrase it opens as before.
        ines.reload().await?;
        unlock(&ines, SECRET).await?;
        ines.see_text("Here I am").await?;
        ines.open(&format!("{server}/#/settings/privacy")).await?;
        ines.press("Take it away").await?;
        ines.write("passphrase-present", SECRET).await?;
        ines.press_at(By::Css(".lock-form [type=submit]")).await?;
        ines.see_text("Whoever uses this browser can read your chats.").await?;
        ines.reload().await?;
        ines.see_text("Whoever uses this browser can read your chats.").await?;
        ines.close().await
    })
}

#[test]
fn a_forgotten_passphrase_leaves_a_browser_that_is_empty() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        set(&ines, server).await?;
        ines.press("Lock now").await?;
        ines.see_text("Parlor is locked").await?;
        ines.press("I’ve forgotten it").await?;
        ines.press_in_dialog("Delete and begin anew").await?;
        ines.see_text("A room to talk in private").await?;
        ines.sign_up(server, "Ines Again", "ines2").await?;
        ines.reload().await?;
        ines.see_text("Pull up a chair").await?;

        // Nobody is asked for a passphrase before nothing.
        set(&ines, server).await?;
        ines.open(&format!("{server}/#/settings/profile")).await?;
        ines.press("Delete account").await?;
        ines.press_in_dialog("Delete account").await?;
        ines.see_text("Your account is deleted.").await?;
        ines.close().await
    })
}
