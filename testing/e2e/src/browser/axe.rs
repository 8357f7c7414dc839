//! Accessibility as axe-core sees it.

use super::{Browser, target};
use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What is run on a page: nothing serious or critical may be left.
const SCAN: &str = "const done = arguments[0];
    axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done(violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.slice(0, 5).map((node) =>
            node.html.slice(0, 200) + ' (' + [...node.any, ...node.all, ...node.none].map(({ message }) => message).join('; ') + ')'
        ).join(', ')}`)), (error) => done([String(error)]));";

/// Its source, where `cargo xtask test` puts it.
fn source() -> Result<String> {
    let path = target()?.join("tools/axe.min.js");
    let source = std::fs::read_to_string(&path).context("`cargo xtask test` downloads axe-core")?;
    Ok(format!("if (!window.axe) {{ {source}; window.axe = axe; }}"))
}

impl Browser {
    /// Fails with what is not accessible on the page as it is shown.
    pub(super) async fn is_accessible(&self) -> Result<()> {
        self.page.execute(source()?, Vec::new()).await?;
        let found = self.page.execute_async(SCAN, Vec::new()).await?;
        let found: Vec<Value> = found.convert()?;
        if !found.is_empty() {
            let lines: Vec<&str> = found.iter().filter_map(Value::as_str).collect();
            bail!("not accessible:\n{}", lines.join("\n"));
        }
        Ok(())
    }
}
