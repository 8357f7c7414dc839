//! Every screen of the web app that `web.rs` does not come to, in both sizes and themes: pictures of it, and nothing on
//! it that is not accessible.
#![allow(clippy::unwrap_used)]

use anyhow::Result;
use parlor_e2e::{Browser, World, in_browsers};
use serde_json::json;

const FIELD: &str = "composer";

#[test]
fn every_screen_is_accessible() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    let mut amara = world.person("amara")?;
    in_browsers(async {
        let ines = Browser::start().await?;
        for step in ["link", "restore"] {
            ines.open(&format!("{server}/#/start/{step}")).await?;
            ines.reload().await?;
            ines.pictures(&format!("start-{step}")).await?;
        }
        // Who looked at the link of this browser has no account yet.
        ines.open(&format!("{server}/#/start")).await?;
        ines.reload().await?;
        ines.write("your-name", "Ines Duarte").await?;
        ines.write("handle", "ines").await?;
        ines.press("Continue").await?;
        ines.see_text("Pull up a chair").await?;
        ines.pictures("no-chats").await?;

        let words = "Are the *good* lemons in yet? See https://example.org and `this`";
        let (_, first) = ines.meet("ines", &mut amara, words).await?;
        ines.write_and_enter(FIELD, "Since Tuesday").await?;
        amara.hears("Since Tuesday")?;
        amara.call("messages.react", json!({"message_id": first, "emoji": "👍"}))?;
        ines.press("Emoji").await?;
        ines.see_text("Smileys").await?;
        ines.pictures("emoji").await?;
        ines.reload().await?;
        ines.press_chat("amara").await?;
        ines.press("Details").await?;
        ines.see_text("Not compared yet").await?;
        ines.pictures("details").await?;
        for (place, shown) in [
            ("new/group", "New group"),
            ("search", "Search"),
            ("archived", "Archived"),
            ("settings", "Settings"),
            ("settings/profile", "Profile"),
            ("settings/privacy", "Privacy"),
            ("settings/recovery", "Recovery"),
            ("settings/appearance", "Appearance"),
            ("settings/shortcuts", "Keyboard shortcuts"),
            ("settings/about", "Fingerprint of this app"),
            ("settings/notifications", "Notify in this browser"),
        ] {
            ines.open(&format!("{server}/#/{place}")).await?;
            ines.see_text(shown).await?;
            ines.pictures(&place.replace('/', "-")).await?;
        }
        ines.close().await
    })
}
