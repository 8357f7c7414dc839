//! What the web app costs with a long history: one person with 100,000 messages links a browser, talks and looks back.
//!
//! The server, the person's first device and somebody to talk to are real processes on this machine; the browser is
//! headless Chromium. The messages are written into the database of the first device; everything else goes the way
//! it always goes. Arguments: how many messages; then `scroll`, for scrolling through them and nothing else.

mod scroll;

use anyhow::{Context, Result};
use parlor_crypto::Secret;
use parlor_e2e::{Browser, DEADLINE, Person, World};
use parlor_store::Store;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_wire::{MessageId, UserId};
use serde_json::{Value, json};
use std::time::{Duration, Instant, SystemTime};
use thirtyfour::{By, Key};
use tokio::task::spawn_blocking;

const LONG: Duration = Duration::from_secs(580);
const FIELD: &str = "composer";
/// Between two keys: twelve or so in a second, with what the driver takes.
const PAUSE: Duration = Duration::from_millis(60);
/// A page with nothing but a field: what keys take in this browser on this machine.
const PLAIN: &str = "data:text/html,<textarea id=composer rows=4 cols=60></textarea>";
/// Waits until the first message, which comes last, is found.
const ARRIVED: &str = "location.hash = '#/search';
    while (![...document.querySelectorAll('.pane mark')].some((mark) => mark.textContent.includes('zyzzyva'))) {
        const field = document.querySelector('.pane input[enterkeyhint=search]');
        for (const text of ['', 'zyzzyva']) {
            if (field) field.value = text;
            field?.dispatchEvent(new InputEvent('input', { bubbles: true }));
            await new Promise((done) => setTimeout(done, 250));
        }
    }
    history.back();";
/// Waits until the field can be written in; milliseconds since the page was asked for.
const READY: &str =
    "while (!document.getElementById('composer')) await new Promise(requestAnimationFrame);
    return performance.now();";
/// Notes when a key was pressed last, and milliseconds from each to the frame that shows it.
const KEYS: &str = "window.keys = [];
    addEventListener('keydown', ({ timeStamp }) => {
        window.pressed = performance.timeOrigin + timeStamp;
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => keys.push(performance.now() - timeStamp);
            port2.postMessage(0);
        });
    }, true);";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let count = std::env::args().nth(1).map(|count| count.parse::<u64>()).transpose();
    let count = count.context("not a number")?.unwrap_or(100_000);
    let world = World::with(&["--no-limits"])?;
    let (mut ines, mut amara) = (world.person("Ines")?, world.person("Amara")?);
    let (chat, theirs) = ines.befriends(&mut amara)?;
    amara.sync()?;
    fill(&mut ines, &chat, &amara.user_id, count)?;

    let browser = Browser::start().await?;
    let only_scroll = std::env::args().nth(2).is_some_and(|what| what == "scroll");
    let mut plain = Vec::new();
    if !only_scroll {
        browser.open(PLAIN).await?;
        plain = type_words(&browser).await?;
        report("key press to paint, a plain page with one field", plain.clone());
    }
    browser.open(&format!("{}/#/start/link", world.relay.url())).await?;
    let cold = browser.script("while (!document.getElementById('link-uri')) await new Promise(requestAnimationFrame); return performance.now();", DEADLINE).await?;
    println!("first page, nothing cached: {cold:.0} ms");
    link(&browser, &mut ines, count).await?;
    browser.press_chat("Amara").await?;
    // Each device has its own name for a chat.
    let place = browser.script("return location.hash;", DEADLINE).await?;
    let place = place.as_str().context("no place")?;
    // The list may still have been that of what was found: then this is the place of a message.
    let chat_place = place.split("/at/").next().unwrap_or_default();
    let place = format!("{}/{chat_place}", world.relay.url());
    if only_scroll {
        scroll::through(&browser, &place).await?;
        return browser.close().await;
    }

    let mut times = Vec::new();
    for _ in 0..5 {
        browser.open("about:blank").await?;
        browser.open(&place).await?;
        times.push(millis(&browser.script(READY, DEADLINE).await?)?);
    }
    report("a chat can be written in after a reload", times);

    let page = type_words(&browser).await?;
    println!(
        "key press to paint, p99 in the chat to p99 of the plain page: {:.2}",
        percentile(&page, 99) / percentile(&plain, 99)
    );
    report("key press to paint", page);
    browser.press_key(Key::Enter).await?;

    let mut amara = talk(&browser, amara, &theirs).await?;
    search(&browser, world.relay.url()).await?;

    scroll::through(&browser, &place).await?;
    browser.reload().await?;
    browser.script(READY, DEADLINE).await?;
    println!("memory of page and worker, loaded anew: {} MB", browser.page_memory()? / 1_000_000);
    receive(&browser, &mut amara, &theirs, 10_000).await?;
    println!(
        "memory of page and worker after 10,000 messages more: {} MB",
        browser.page_memory()? / 1_000_000
    );
    browser.close().await
}

/// Types as quickly as people do; milliseconds from each key to the frame that shows it.
async fn type_words(browser: &Browser) -> Result<Vec<f64>> {
    browser.script(KEYS, DEADLINE).await?;
    browser.press_at(By::Id(FIELD)).await?;
    for letter in "Quite an ordinary line. ".repeat(8).chars() {
        browser.press_key(letter).await?;
        tokio::time::sleep(PAUSE).await;
    }
    let times = "await new Promise((done) => setTimeout(done, 500)); return keys;";
    numbers(&browser.script(times, DEADLINE).await?)
}

/// Writes messages of both into the database of a device that is stopped for that.
fn fill(person: &mut Person, chat: &str, other: &str, count: u64) -> Result<()> {
    person.rpc.stop()?;
    let folder = person.rpc.profile().to_owned();
    let key: [u8; 32] =
        std::fs::read(folder.join("key"))?.try_into().ok().context("no key file")?;
    let mut store = Store::open(&folder.join("parlor.db"), Some(Secret::new(key).expose()))?;
    let (chat, me) = (MessageId::parse(chat)?, UserId::parse(&person.user_id)?);
    let other = UserId::parse(other)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis() as u64;
    let tx = store.begin()?;
    for number in 0..count {
        let mut id = [0; 16];
        id.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
        let mine = number % 2 == 0;
        // One every five minutes.
        let at = now - (count - number) * 300_000;
        tx.set_message(&MessageRow {
            message_id: MessageId(id),
            chat_id: chat,
            position: at,
            sender: if mine { me } else { other },
            mine,
            kind: Kind::Text,
            sent_at: at,
            received_at: Some(at),
            text: match number {
                0 => "The first of them all, as a zyzzyva would say.".into(),
                _ => format!("Message number {number}, about as long as most messages are."),
            },
            body: Vec::new(),
            reply_to: None,
            edited_at: None,
            state: if mine { State::Read } else { State::Received },
            hidden: false,
            starred: false,
        })?;
    }
    tx.commit()?;
    drop(store);
    person.rpc.restart()?;
    person.connected()
}

/// Links the browser, and waits until it has the history.
async fn link(browser: &Browser, person: &mut Person, count: u64) -> Result<()> {
    let begun = Instant::now();
    let uri = browser.value("link-uri").await?;
    person.call("link.approve", json!({"uri": uri}))?;
    person.call("link.confirm", json!({}))?;
    browser.press_chat("Amara").await?;
    browser.script(ARRIVED, LONG).await?;
    println!("{count} messages handed to the browser in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// Texts in both directions between the browser and a device outside it.
async fn talk(browser: &Browser, mut amara: Person, chat: &str) -> Result<Person> {
    let (mut left, mut came) = (Vec::new(), Vec::new());
    for number in 0..100 {
        let words = format!("From the page, {number}.");
        // The browser's driver takes longer to come back than the message takes.
        let wanted = words.clone();
        let hearing = spawn_blocking(move || {
            let heard = amara.hears(&wanted).and_then(|_| milliseconds());
            (amara, heard)
        });
        browser.write_and_enter(FIELD, &words).await?;
        let (back, heard) = hearing.await?;
        amara = back;
        let pressed = browser.script("return pressed;", DEADLINE).await?;
        left.push(heard? - millis(&pressed)?);

        let words = format!("To the page, {number}.");
        browser.script(&format!("window.shown = new Promise((done) => {{
                const look = () => document.querySelector('.thread').textContent.includes({words:?})
                    && requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
                new MutationObserver(look).observe(document.querySelector('.thread'), {{ childList: true, subtree: true, characterData: true }});
            }});"), DEADLINE).await?;
        let begun = milliseconds()?;
        amara.say(chat, &words)?;
        came.push(millis(&browser.script("return await shown;", DEADLINE).await?)? - begun);
    }
    report("sent in the page to heard outside", left);
    report("sent outside to shown in the page", came);
    Ok(amara)
}

async fn search(browser: &Browser, server: &str) -> Result<()> {
    browser.open(&format!("{server}/#/search")).await?;
    browser.see(By::Css("input[enterkeyhint=search]")).await?;
    let body = "const times = [];
        for (let number = 1000; number < 1040; number++) {
            const field = document.querySelector('.pane input[enterkeyhint=search]');
            const wanted = String(number * 7);
            const begun = performance.now();
            field.value = wanted;
            field.dispatchEvent(new InputEvent('input', { bubbles: true }));
            while (![...document.querySelectorAll('.pane mark')].some((mark) => mark.textContent.includes(wanted)))
                await new Promise(requestAnimationFrame);
            times.push(performance.now() - begun);
        }
        return times;";
    report(
        "a number written into the search to the first message shown",
        numbers(&browser.script(body, DEADLINE).await?)?,
    );
    Ok(())
}

/// Many messages come while the page is open.
async fn receive(browser: &Browser, amara: &mut Person, chat: &str, count: usize) -> Result<()> {
    let begun = Instant::now();
    let mut waiting = std::collections::VecDeque::new();
    for number in 0..count {
        let params = json!({"chat_id": chat, "text": format!("One of many, {number} of {count}.")});
        waiting.push_back(amara.rpc.send("messages.send", params)?);
        if waiting.len() > 50
            && let Some(request) = waiting.pop_front()
        {
            amara.rpc.answer(request)?;
        }
    }
    for request in waiting {
        amara.rpc.answer(request)?;
    }
    let taken = begun.elapsed().as_secs_f64();
    let last = format!("One of many, {} of {count}.", count - 1);
    let shown = format!(
        "while (!document.querySelector('.thread').textContent.includes({last:?}))
            await new Promise((done) => setTimeout(done, 20));"
    );
    browser.script(&shown, LONG).await?;
    println!(
        "{count} messages: handed to the sending device in {taken:.1} s, the last is shown {:.1} s after the first was",
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

fn milliseconds() -> Result<f64> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64() * 1000.0)
}

fn millis(value: &Value) -> Result<f64> {
    value.as_f64().context("no number")
}

fn numbers(value: &Value) -> Result<Vec<f64>> {
    value.as_array().context("no list")?.iter().map(millis).collect()
}

/// The smallest time that so many percent are not above.
fn percentile(times: &[f64], percent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

fn report(what: &str, times: Vec<f64>) {
    println!(
        "{what}: {} times, p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        times.len(),
        percentile(&times, 50),
        percentile(&times, 99),
        percentile(&times, 100)
    );
}
