//! The pointer and a finger, moved as a hand moves them. Chromium only.

use super::Browser;
use anyhow::{Context, Result};
use serde_json::json;
use thirtyfour::By;

/// Steps of a finger that goes somewhere.
const STEPS: i64 = 6;

impl Browser {
    /// The pointer comes over something.
    pub async fn point_at(&self, what: impl Into<By>) -> Result<()> {
        let at = self.see(what).await?;
        Ok(self.page.action_chain().move_to_element_center(&at).perform().await?)
    }

    /// From now on the machine has a touch screen, or not any more.
    pub async fn touch_screen(&self, is_there: bool) -> Result<()> {
        let wish = json!({"enabled": is_there, "maxTouchPoints": 1});
        self.page.cdp().send_raw("Emulation.setTouchEmulationEnabled", wish).await?;
        Ok(())
    }

    /// A finger comes down in the middle of something: where that is.
    pub async fn finger_down(&self, what: impl Into<By>) -> Result<(i64, i64)> {
        let rect = self.see(what).await?.rect().await?;
        let at = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
        let at = (at.0.round() as i64, at.1.round() as i64);
        self.finger("touchStart", Some(at)).await?;
        Ok(at)
    }

    /// It goes up.
    pub async fn finger_up(&self) -> Result<()> {
        self.finger("touchEnd", None).await
    }

    /// A finger comes down on something, goes so far aside and down, and goes up.
    pub async fn swipe(&self, what: impl Into<By>, right: i64, down: i64) -> Result<()> {
        let from = self.finger_down(what).await?;
        for step in 1..=STEPS {
            let to = (from.0 + right * step / STEPS, from.1 + down * step / STEPS);
            self.finger_to(to).await?;
        }
        self.finger_up().await
    }

    /// It goes on to a point of the window.
    pub async fn finger_to(&self, at: (i64, i64)) -> Result<()> {
        self.finger("touchMove", Some(at)).await
    }

    async fn finger(&self, does: &str, at: Option<(i64, i64)>) -> Result<()> {
        let points: Vec<_> = at.iter().map(|(x, y)| json!({"x": x, "y": y})).collect();
        let wish = json!({"type": does, "touchPoints": points});
        let done = self.page.cdp().send_raw("Input.dispatchTouchEvent", wish).await;
        done.map(|_| ()).with_context(|| format!("{does} is not told"))
    }
}
