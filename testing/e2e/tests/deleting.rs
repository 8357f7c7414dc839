//! An account is deleted: by a real process with another device, and from the web app.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Browser, DEADLINE, World, in_browsers, text};
use serde_json::json;
use thirtyfour::By;

#[test]
fn nothing_is_left_of_an_account_that_is_deleted() -> Result<()> {
    let world = World::new()?;
    let mut alice = world.person_with("Alice", json!({"username": "alice"}))?;
    let mut bob = world.person("Bob")?;
    let (at_alice, _) = alice.befriends(&mut bob)?;
    let group = json!({"title": "Book club", "members": [bob.address]});
    let group = text(&alice.call("chats.create_group", group)?, "chat_id")?;
    bob.sees_members(&group, 2)?;
    let mut laptop = world.link(&mut alice)?;
    let file = world.path("novel.txt");
    std::fs::write(&file, "Call me Ishmael. ".repeat(10_000))?;
    alice.call("messages.send", json!({"chat_id": at_alice, "attachments": [file]}))?;
    alice.sync()?;
    ensure!(world.relay.admin(&["dump", &alice.address])?.status == Some(0), "there is no account");

    alice.call("account.delete", json!({}))?;
    alice.rpc.wait_event("account.deleted", DEADLINE, |_| true)?;
    laptop.rpc.wait_event("device.removed", DEADLINE, |_| true)?;
    let dump = world.relay.admin(&["dump", &alice.address])?;
    ensure!(dump.status != Some(0), "the server still has {}", dump.stdout);
    // Both profiles are empty, and stay so.
    for device in [&mut alice, &mut laptop] {
        let media = device.rpc.profile().join("media");
        device.rpc.stop()?;
        ensure!(std::fs::read_dir(media)?.count() == 0, "files are left");
        device.rpc.restart()?;
        let refused = device.call("chats.list", json!({})).err().context("it was answered")?;
        ensure!(refused.reason() == "revoked", "{refused:?}");
    }
    // The others go on without her, and her name is free.
    bob.sees_members(&group, 1)?;
    let mut cara = world.person("Cara")?;
    let refused = cara.call("chats.direct", json!({"address": "alice"})).err();
    ensure!(refused.is_some_and(|refused| refused.reason() == "not_found"), "she is found");
    let other = world.person_with("Another", json!({"username": "alice"}))?;
    ensure!(other.user_id != alice.user_id);
    Ok(())
}

#[test]
fn an_account_is_deleted_from_the_web_app() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        ines.meet("ines", &mut amara, "Hello").await?;
        ines.open(&format!("{server}/#/settings/profile")).await?;
        ines.press("Delete account").await?;
        ines.see_text("Delete your account?").await?;
        ines.pictures("delete-account").await?;
        ines.press_in_dialog("Cancel").await?;
        ensure!(world.relay.admin(&["dump", "ines"])?.status == Some(0), "it is deleted");
        ines.press("Delete account").await?;
        ines.press_in_dialog("Delete account").await?;
        ines.see_text("Your account is deleted.").await?;
        ensure!(world.relay.admin(&["dump", "ines"])?.status != Some(0), "it is not deleted");
        // A new one begins with nothing, under the same handle.
        ines.sign_up(server, "Ines Again", "ines").await?;
        ines.see_text("Pull up a chair").await?;
        ines.see_gone(By::Css(".list .row")).await?;
        ines.close().await
    })
}
