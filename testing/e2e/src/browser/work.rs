//! What Chromium's main thread was busy with, as its developer tools count it.

use super::Browser;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Browser {
    /// Seconds of processor time that the page's own thread has spent so far on all it did, and on scripts, styles and
    /// layout of it. Unlike the times of frames they hardly depend on what else the machine does.
    pub async fn page_work(&self) -> Result<BTreeMap<String, f64>> {
        let tools = self.page.cdp();
        tools.send_raw("Performance.enable", json!({"timeDomain": "threadTicks"})).await?;
        let told = tools.send_raw("Performance.getMetrics", json!({})).await?;
        let told = told.get("metrics").and_then(Value::as_array).context("nothing is told")?;
        const NAMES: [(&str, &str); 4] = [
            ("TaskDuration", "all"),
            ("ScriptDuration", "scripts"),
            ("RecalcStyleDuration", "styles"),
            ("LayoutDuration", "layout"),
        ];
        let one = |(theirs, name): (&str, &str)| {
            let found = told.iter().find(|metric| metric["name"] == theirs)?;
            Some((name.to_owned(), found["value"].as_f64()?))
        };
        Ok(NAMES.into_iter().filter_map(one).collect())
    }
}
