//! The web app in other browsers and windows than the one of `web.rs`: Firefox, and private windows.
#![allow(clippy::unwrap_used)]

use anyhow::Result;
use parlor_e2e::{Browser, Kind, World, in_browsers};

const FIELD: &str = "composer";

/// Somebody in a browser and somebody without one talk; in the end the page is loaded again.
fn talk(kind: Kind, stays: bool) -> Result<()> {
    let world = World::new()?;
    let mut amara = world.person("amara")?;
    in_browsers(async {
        let ines = Browser::start_kind(kind).await?;
        ines.open(world.relay.url()).await?;
        ines.see_text("A room to talk in private").await?;
        if !stays {
            ines.see_text("This window keeps nothing").await?;
        }
        ines.sign_up(world.relay.url(), "Ines Duarte", "ines").await?;

        ines.meet("ines", &mut amara, "Are the good lemons in yet?").await?;
        ines.see_text("Are the good lemons in yet?").await?;
        ines.write_and_enter(FIELD, "Since Tuesday").await?;
        amara.hears("Since Tuesday")?;

        let folder = tempfile::tempdir()?;
        let picture = folder.path().join("lemons.png");
        image::RgbImage::from_fn(640, 420, |x, y| image::Rgb([250, (x / 3) as u8, (y / 2) as u8]))
            .save(&picture)?;
        ines.choose_file(&picture).await?;
        ines.write_and_enter(FIELD, "From the allotment").await?;
        amara.hears("From the allotment")?;

        ines.reload().await?;
        if stays {
            ines.see_text("Since Tuesday").await?;
            ines.see_text("From the allotment").await?;
            ines.write_and_enter(FIELD, "Still here").await?;
            amara.hears("Still here")?;
        } else {
            ines.see_text("A room to talk in private").await?;
        }
        ines.close().await
    })
}

#[test]
fn firefox() -> Result<()> {
    talk(Kind::Firefox, true)
}

#[test]
fn a_private_window_of_firefox_keeps_nothing_and_says_so() -> Result<()> {
    talk(Kind::FirefoxPrivate, false)
}

/// It keeps what it has until its last tab is closed.
#[test]
fn a_private_window_of_chromium() -> Result<()> {
    talk(Kind::ChromiumPrivate, true)
}
