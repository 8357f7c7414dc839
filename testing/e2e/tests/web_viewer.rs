//! Pictures of a chat at full size: one after the other, larger and smaller, answered from there.

use anyhow::{Result, ensure};
use parlor_e2e::{Browser, World, in_browsers};
use serde_json::json;
use thirtyfour::{By, Key};

/// Waits until the picture with this caption is on the stage, whole.
async fn shows(browser: &Browser, caption: &str) -> Result<()> {
    let look = format!(
        "document.querySelector('.viewer figure img:not(.likeness)')?.complete
         && document.querySelector('.viewer figure').textContent.includes({caption:?})"
    );
    browser.until(&look).await.map(|_| ())
}

#[test]
fn pictures_are_looked_through() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        let (chat, _) = ines.meet("ines", &mut amara, "Look at these").await?;
        for (at, caption) in ["The allotment", "The shed", "The heron"].into_iter().enumerate() {
            let path = world.path(&format!("{at}.png"));
            let colour = move |x: u32, y: u32| {
                image::Rgb([(80 * at) as u8, (x / 4) as u8, 255 - (y / 4) as u8])
            };
            image::RgbImage::from_fn(900, 600, colour).save(&path)?;
            let wish = json!({"chat_id": chat, "text": caption, "attachments": [path]});
            amara.call("messages.send", wish)?;
            amara.sync()?;
            ines.see_text(caption).await?;
        }
        // The first press gets it; from then on it is here, and a press shows it.
        let last = "//article[contains(@aria-label, 'heron')]//button[contains(., 'Photo')]";
        ines.press_at(By::XPath(last)).await?;
        ines.see_gone(By::XPath(format!("{last}[contains(., 'KB')]"))).await?;
        ines.reload().await?;
        ines.see(By::XPath(format!("{last}//img[starts-with(@src, 'blob:')]"))).await?;
        ines.press_at(By::XPath(last)).await?;
        shows(&ines, "The heron").await?;
        ines.press_key(Key::Left).await?;
        shows(&ines, "The shed").await?;
        ines.pictures("viewer").await?;
        ines.press("Older").await?;
        shows(&ines, "The allotment").await?;
        // It is the oldest.
        ines.press_key(Key::Left).await?;
        shows(&ines, "The allotment").await?;
        ines.press_key(Key::Right).await?;
        shows(&ines, "The shed").await?;
        ines.press_key("+").await?;
        ines.see(By::Css(".vscroll img[data-larger]")).await?;
        ines.press_key("0").await?;
        ines.see(By::Css(".vscroll img:not([data-larger])")).await?;
        ines.press_at(By::Css(".vstrip button:last-child")).await?;
        shows(&ines, "The heron").await?;
        let saved = ines.see(By::Css(".viewer a[download]")).await?;
        ensure!(saved.attr("download").await?.as_deref() == Some("2.png"));
        ines.press_key("r").await?;
        ines.see_gone(By::Css(".viewer")).await?;
        ines.write_and_enter("composer", "It came back").await?;
        ensure!(amara.hears("It came back")?["reply_to"].is_string(), "it is no answer");
        ines.press_at(By::XPath(last)).await?;
        shows(&ines, "The heron").await?;
        ines.press_key(Key::Escape).await?;
        ines.see_gone(By::Css(".viewer")).await?;
        ines.close().await
    })
}
