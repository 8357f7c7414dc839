//! The engine's two files in real browsers: talk needs the first one only, and what needs the later one waits for it.

use anyhow::{Result, ensure};
use parlor_e2e::{Browser, Doorway, Kind, World, in_browsers};

const FIELD: &str = "composer";

/// If this waits in vain, something that talk needs is named in `xtask/src/web/later.txt`.
fn talk_without_the_later_file(kind: Kind) -> Result<()> {
    let world = World::new()?;
    let mut amara = world.person("amara")?;
    let doorway = Doorway::to(world.relay.url())?;
    in_browsers(async {
        let ines = Browser::start_kind(kind).await?;
        doorway.hold("/app/core-later", 0);
        ines.sign_up(doorway.url(), "Ines Duarte", "ines").await?;
        doorway.wait()?;
        ines.meet("ines", &mut amara, "Are the good lemons in yet?").await?;
        ines.write_and_enter(FIELD, "Since *Tuesday*").await?;
        amara.hears("Since Tuesday")?;
        ines.see_text("Since Tuesday").await?;

        // What needs it asks for it once more, and waits.
        let folder = tempfile::tempdir()?;
        let picture = folder.path().join("lemons.png");
        image::RgbImage::from_fn(64, 42, |x, y| image::Rgb([250, (x * 3) as u8, (y * 5) as u8]))
            .save(&picture)?;
        ines.choose_file(&picture).await?;
        doorway.release();
        ines.write_and_enter(FIELD, "From the allotment").await?;
        let message = amara.hears("From the allotment")?;
        ensure!(message["attachments"][0]["name"] == "lemons.png", "{message}");
        ines.close().await
    })
}

#[test]
fn chromium_talks_without_the_later_file() -> Result<()> {
    talk_without_the_later_file(Kind::Chromium)
}

#[test]
fn firefox_talks_without_the_later_file() -> Result<()> {
    talk_without_the_later_file(Kind::Firefox)
}
