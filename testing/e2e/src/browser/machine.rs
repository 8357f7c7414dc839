//! What the machine under a browser is like: where it stands, what its camera sees, how much room it has. Chromium only.

use super::Browser;
use anyhow::{Context, Result};
use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Pixels of what the camera sees, both ways; and of a module of the code in it.
const SIDE: usize = 480;
const MODULE: usize = 5;

impl Browser {
    /// Pages of this server may know where the browser is: here, degrees.
    pub async fn stand_at(&self, latitude: f64, longitude: f64) -> Result<()> {
        let place = json!({"latitude": latitude, "longitude": longitude, "accuracy": 12.0});
        self.page.cdp().send_raw("Emulation.setGeolocationOverride", place).await?;
        self.permit("geolocation", "granted").await
    }

    /// Answers for the person whether pages may do something: `granted` or `denied`.
    pub async fn permit(&self, what: &str, answer: &str) -> Result<()> {
        let answer = json!({"permission": {"name": what}, "setting": answer});
        self.page.cdp().send_raw("Browser.setPermission", answer).await?;
        Ok(())
    }

    /// A QR code of this text is held before the camera, from when it is turned on the next time; pages may use it.
    pub async fn hold_up(&self, text: &str) -> Result<()> {
        fs::write(camera(self.profile.path()), film(text)?)?;
        self.permit("camera", "granted").await
    }

    /// The camera sees a grey wall, from when it is turned on the next time; pages may use it.
    pub async fn hold_up_nothing(&self) -> Result<()> {
        fs::write(camera(self.profile.path()), film_of(|_, _| false)?)?;
        self.permit("camera", "granted").await
    }

    /// From now on the server does not answer with files whose addresses are like this, as if it had them no more, and
    /// the page keeps none.
    pub async fn withhold(&self, like: &str) -> Result<()> {
        let tools = self.page.cdp();
        tools.send_raw("Network.enable", json!({})).await?;
        tools.send_raw("Network.setBypassServiceWorker", json!({"bypass": true})).await?;
        tools.send_raw("Network.setCacheDisabled", json!({"cacheDisabled": true})).await?;
        tools.send_raw("Network.setBlockedURLs", json!({"urls": [like]})).await?;
        Ok(())
    }

    /// Leaves the pages of a server so many bytes beside what they use; without a number, as many as there are.
    pub async fn leave_room(&self, server: &str, bytes: Option<u64>) -> Result<()> {
        let tools = self.page.cdp();
        let mut wish = json!({"origin": server});
        if let Some(bytes) = bytes {
            let used = tools.send_raw("Storage.getUsageAndQuota", wish.clone()).await?;
            let used = used.get("usage").and_then(Value::as_f64).context("no usage is told")?;
            wish = json!({"origin": server, "quotaSize": used + bytes as f64});
        }
        tools.send_raw("Storage.overrideQuotaForOrigin", wish).await?;
        Ok(())
    }
}

/// Where Chromium finds what its camera sees.
pub fn camera(profile: &Path) -> PathBuf {
    profile.join("camera.y4m")
}

/// A film of a QR code that does not move: YUV4MPEG2, colours at a quarter.
fn film(text: &str) -> Result<Vec<u8>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).context("too much for a code")?;
    let modules = usize::try_from(code.size())? * MODULE;
    let before = SIDE.checked_sub(modules).context("too much for the picture")? / 2;
    let module = |at: usize| i32::try_from(at / MODULE).unwrap_or(i32::MAX);
    film_of(|x, y| {
        let place = x.checked_sub(before).zip(y.checked_sub(before));
        place.is_some_and(|(x, y)| code.get_module(module(x), module(y)))
    })
}

/// A film of a picture that does not move, dark at some places.
fn film_of(is_dark: impl Fn(usize, usize) -> bool) -> Result<Vec<u8>> {
    let mut film = Vec::new();
    writeln!(film, "YUV4MPEG2 W{SIDE} H{SIDE} F10:1 Ip A1:1 C420jpeg")?;
    for _ in 0..2 {
        writeln!(film, "FRAME")?;
        for y in 0..SIDE {
            for x in 0..SIDE {
                film.push(if is_dark(x, y) { 30 } else { 220 });
            }
        }
        film.extend([128; SIDE * SIDE / 2]);
    }
    Ok(film)
}
