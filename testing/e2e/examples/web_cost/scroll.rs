//! Scrolling through a chat from its newest message to its first: how long frames take, and what takes the time.

use crate::{LONG, millis, numbers, percentile};
use anyhow::{Context, Result};
use parlor_e2e::Browser;

/// What a strong turn of the wheel or a fling moves in a frame, and what nobody does: the whole of a window and more.
const SPEEDS: [u32; 2] = [250, 1500];
/// Scrolls up by STEP pixels a frame for a minute at most, and goes on where it was with the next call. Frames in
/// milliseconds; those in which something that is seen was not drawn yet; of those of more than 50 ms, how long scripts,
/// styles and layout, and the rest took. It reads before it writes, so that it makes no layout of its own.
const SCROLL: &str = "while (document.querySelectorAll('.slot').length < 10) await new Promise(requestAnimationFrame);
    const thread = document.querySelector('.thread'), [above, below] = thread.querySelectorAll('.thread-gap');
    const times = [], longest = { scripts: 0, layout: 0, rest: 0 };
    const watch = new PerformanceObserver((list) => list.getEntries().forEach((frame) => {
        const scripts = frame.scripts.reduce((sum, { duration }) => sum + duration, 0);
        const forced = frame.scripts.reduce((sum, one) => sum + one.forcedStyleAndLayoutDuration, 0);
        const end = frame.startTime + frame.duration;
        const layout = (frame.styleAndLayoutStart ? end - frame.styleAndLayoutStart : 0) + forced;
        longest.scripts += scripts - forced; longest.layout += layout;
        longest.rest += Math.max(0, frame.duration - scripts - layout + forced);
    }));
    watch.observe({ type: 'long-animation-frame' });
    let last = performance.now(), bare = 0, whole = false; const begun = last;
    while (performance.now() - begun < 60000) {
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last); last = now;
        const top = thread.scrollTop;
        if (top < above.offsetTop + above.offsetHeight || top + thread.clientHeight > below.offsetTop) bare += 1;
        whole = document.querySelector('.thread-top').children.length > 0;
        if (whole && top === 0) break;
        thread.scrollTop = top - STEP;
    }
    await new Promise((done) => setTimeout(done, 100));
    watch.disconnect();
    times.shift();
    return { times, bare, longest, whole: whole && thread.scrollTop === 0 };";

/// Scrolls through the chat that is at this address, at each speed.
pub async fn through(browser: &Browser, place: &str) -> Result<()> {
    for speed in SPEEDS {
        browser.open("about:blank").await?;
        browser.open(place).await?;
        one(browser, speed).await?;
        let memory = browser.page_memory()? / 1_000_000;
        println!("memory of page and worker, scrolled through: {memory} MB");
    }
    Ok(())
}

async fn one(browser: &Browser, speed: u32) -> Result<()> {
    let script = SCROLL.replace("STEP", &speed.to_string());
    let (mut times, mut bare, mut parts) = (Vec::new(), 0.0, [0.0; 3]);
    let before = browser.page_work().await?;
    loop {
        // In pieces: a request to the browser's driver may take two minutes.
        let piece = browser.script(&script, LONG).await?;
        times.extend(numbers(&piece["times"])?);
        bare += millis(&piece["bare"])?;
        for (part, name) in parts.iter_mut().zip(["scripts", "layout", "rest"]) {
            *part += millis(&piece["longest"][name])?;
        }
        if piece["whole"].as_bool().context("no end")? {
            break;
        }
    }
    let after = browser.page_work().await?;
    let late: Vec<f64> = times.iter().copied().filter(|time| *time > 50.0).collect();
    println!(
        "scrolled through, {speed} px a frame: {} frames in {:.1} s, {} of more than 50 ms; p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms; {bare} with something not drawn yet",
        times.len(),
        times.iter().sum::<f64>() / 1000.0,
        late.len(),
        percentile(&times, 50),
        percentile(&times, 99),
        percentile(&times, 100),
    );
    let [scripts, layout, rest] = parts.map(|part| part / 1000.0);
    println!(
        "  long frames: scripts {scripts:.2} s, styles and layout {layout:.2} s, the rest {rest:.2} s"
    );
    let frames = times.len().max(1) as f64;
    let each = |(name, at): (&String, &f64)| {
        format!("{name} {:.1} ms", (at - before.get(name).unwrap_or(&0.0)) * 1000.0 / frames)
    };
    let work: Vec<String> = after.iter().map(each).collect();
    println!("  processor time of the page's thread, each frame: {}", work.join(", "));
    Ok(())
}
