//! Whether everything has room on the page, in whatever language it is.

use super::Browser;
use anyhow::Result;
use serde_json::Value;
use std::time::Duration;
use thirtyfour::By;

/// What is looked at: what names a place or does something. Names that people chose may end in dots.
const LOOK: &str = r#"
    const all = 'a, button, label, legend, summary, select, h1, h2, h3, h4, [role=tab], [role=status], .banner, .notice';
    const whole = '.btn, .chip, .seg button, .tabbar a, .rail a, h1, h2, h3, label';
    const wide = document.documentElement.clientWidth;
    const found = [];
    const tell = (one, what) => {
        const words = (one.innerText || one.getAttribute('aria-label') || '').trim().replace(/\s+/g, ' ').slice(0, 60);
        found.push(`${what}: <${one.tagName.toLowerCase()} class="${one.className}"> ${words}`);
    };
    const seen = (one) => {
        const box = one.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && one.checkVisibility({ visibilityProperty: true }) && !one.closest('.vh, [hidden]');
    };
    const rolls = (one) => {
        for (let at = one.parentElement; at; at = at.parentElement) {
            if (['auto', 'scroll'].includes(getComputedStyle(at).overflowX)) return true;
        }
        return false;
    };
    // What a person wrote is not the page's.
    const own = (one) => !one.closest('bdi, [dir=auto], .name, .bubble .text');
    for (const one of document.querySelectorAll(all)) {
        if (!seen(one)) continue;
        const style = getComputedStyle(one);
        const box = one.getBoundingClientRect();
        if ((box.left < -1 || box.right > wide + 1) && !rolls(one)) tell(one, 'outside the window');
        if (style.display === 'inline') continue;
        const dots = style.textOverflow === 'ellipsis';
        if (one.scrollWidth > one.clientWidth + 1 && (!dots || one.matches(whole)) && own(one) && one.tagName !== 'SELECT') {
            tell(one, `cut off, ${one.scrollWidth} in ${one.clientWidth}`);
        }
        if (one.matches('button, .btn, .chip, .tabbar a') && one.scrollHeight > one.clientHeight + 3 && style.overflowY !== 'auto') {
            tell(one, `too low, ${one.scrollHeight} in ${one.clientHeight}`);
        }
        for (const part of one.matches(whole) ? one.querySelectorAll('*') : []) {
            const cut = getComputedStyle(part).textOverflow === 'ellipsis' && part.scrollWidth > part.clientWidth + 1;
            if (cut && own(part)) tell(part, 'ends in dots');
        }
        const parent = one.parentElement;
        const around = parent.getBoundingClientRect();
        const placed = ['absolute', 'fixed'].includes(style.position) || getComputedStyle(parent).display === 'contents';
        if (!placed && seen(parent) && !rolls(one) && (box.left < around.left - 1 || box.right > around.right + 1)
            && parseFloat(style.marginInlineStart) >= 0 && parseFloat(style.marginInlineEnd) >= 0) {
            tell(one, 'wider than what it is in');
        }
    }
    // Words of the page's own that are broken over two lines, and buttons whose words touch their edge.
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const around = text.parentElement;
        if (!around || !seen(around) || !own(around) || around.closest('code, .mono, bdi, [dir=ltr]')) continue;
        for (const word of text.data.matchAll(/[\p{L}\p{M}]{2,}[,.:;]?/gu)) {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].filter((line) => line.width > 0).map((line) => Math.round(line.top)));
            if (lines.size > 1) tell(around, `"${word[0]}" is broken`);
            const button = around.closest('.btn');
            const [line, box] = [range.getBoundingClientRect(), button && button.getBoundingClientRect()];
            if (box && (line.left < box.left + 6 || line.right > box.right - 6)) tell(button, 'no room beside the words');
        }
    }
    if (document.scrollingElement.scrollWidth > wide) found.push(`the page is ${document.scrollingElement.scrollWidth} wide`);
    for (const one of document.querySelectorAll('.pane, .room, .thread, .dialog, .ctx, .picker, main')) {
        if (seen(one) && one.scrollWidth > one.clientWidth + 1) tell(one, `rolls sideways, ${one.scrollWidth} in ${one.clientWidth}`);
    }
    return [...new Set(found)];
"#;

impl Browser {
    /// The page in another language, from its beginning.
    pub async fn speak(&self, language: &str) -> Result<()> {
        let script = format!("localStorage.setItem('language', '{language}'); return true;");
        self.script(&script, Duration::from_secs(10)).await?;
        self.reload().await?;
        self.see(By::Css(format!("html[lang='{language}'] body"))).await?;
        Ok(())
    }

    /// What is cut off, lies outside the window or sticks out of what it is in, a line each.
    pub async fn does_not_fit(&self) -> Result<Vec<String>> {
        let found = self.script(LOOK, Duration::from_secs(10)).await?;
        let lines = found.as_array().into_iter().flatten().filter_map(Value::as_str);
        Ok(lines.map(str::to_owned).collect())
    }
}
