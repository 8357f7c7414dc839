//! The recovery code in the web app: written down, proved, and changed.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Browser, World, in_browsers};
use thirtyfour::By;

/// The code that is shown, once it is another than this.
async fn shown(browser: &Browser, former: &str) -> Result<String> {
    let look = format!(
        "[document.querySelector('.reckey [role=img]')?.getAttribute('aria-label')]
            .find((code) => code && code !== {former:?})"
    );
    let code = browser.until(&look).await?;
    Ok(code.as_str().context("a code")?.to_string())
}

#[test]
fn a_recovery_code_is_written_down_and_changed() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        ines.open(&format!("{server}/#/settings/recovery")).await?;
        let code = shown(&ines, "").await?;
        ines.press("I’ve written it down").await?;
        ines.write("recovery-typed", &code).await?;
        ines.press("Check").await?;
        ines.see_text("You’ve written your code down").await?;

        ines.press("Change the code").await?;
        let first = if code.starts_with('A') { "B" } else { "A" };
        let slip = format!("{first}{}", code.get(1..).context("a code")?);
        ines.write("recovery-typed", &slip).await?;
        ines.press("Change the code").await?;
        ines.see(By::Css(".field-error")).await?;
        ines.pictures("settings-recovery-change").await?;
        ines.press("Cancel").await?;
        ines.press("Change the code").await?;
        ines.write("recovery-typed", &code.to_lowercase()).await?;
        ines.press("Change the code").await?;
        ines.see_text("Here’s your new code").await?;
        let other = shown(&ines, &code).await?;
        ensure!(other.len() == code.len(), "{} characters", other.len());
        // It has to be written down as the first one had.
        ines.press("I’ve written it down").await?;
        ines.write("recovery-typed", &other).await?;
        ines.press("Check").await?;
        ines.see_text("You’ve written your code down").await?;
        ines.close().await
    })
}
