//! Long chats in the web app: far back in one, and very many messages in a short time.
#![allow(clippy::unwrap_used)]

use anyhow::{Result, ensure};
use parlor_e2e::{Browser, Person, World, in_browsers, text};
use serde_json::json;
use std::time::Duration;
use thirtyfour::By;

const FIELD: &str = "composer";
/// For what a slow machine does in a while.
const LONG: Duration = Duration::from_secs(120);

/// Says this many things, one after the other, as fast as they are taken.
fn say_many(person: &mut Person, chat: &str, from: usize, to: usize) -> Result<()> {
    for number in from..to {
        let line = json!({"chat_id": chat, "text": format!("Line {number}")});
        person.rpc.send("messages.send", line)?;
    }
    person.sync()
}

#[test]
fn far_back_in_a_long_chat() -> Result<()> {
    const MANY: usize = 400;
    let world = World::with(&["--no-limits"])?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        let chat = text(&amara.call("chats.direct", json!({"address": "ines"}))?, "chat_id")?;
        // The page reads the newest of them only when the chat is opened.
        let first = amara.say(&chat, "Where it began")?;
        say_many(&mut amara, &chat, 1, MANY)?;
        ines.press("Requests1").await?;
        ines.press_chat("Amara Osei").await?;
        ines.press("Accept").await?;
        let answer = json!({"chat_id": chat, "text": "That was long ago", "reply_to": first});
        amara.call("messages.send", answer)?;
        ines.see_text("That was long ago").await?;
        // Whoever says something is at the end.
        ines.write_and_enter(FIELD, "It was").await?;

        // What is quoted is read although it is far away, and a press goes there at once.
        ines.see_text("Where it began").await?;
        ensure!(!ines.text().await?.contains("Line 3\n"), "all of the chat is drawn");
        ines.press("Amara OseiWhere it began").await?;
        ines.see_text("Line 3").await?;
        ines.pictures("far-back").await?;
        // What is said meanwhile is there when one comes back.
        amara.say(&chat, "Are you reading old things?")?;
        // Its name says how many came meanwhile.
        ines.press_at(By::Css("button.jump")).await?;
        ines.see_text("Are you reading old things?").await?;
        ines.write_and_enter(FIELD, "Yes").await?;
        amara.hears("Yes")?;
        ines.close().await
    })
}

#[test]
fn very_many_come_and_are_scrolled_through() -> Result<()> {
    const MANY: usize = 1800;
    // To the first message and back to the last, a screen at a time; the most rows that there were elements for.
    const THROUGH: &str = "const thread = document.querySelector('.thread');
        let most = 0;
        const go = async (by, there) => {
            while (!there()) {
                thread.scrollTop += by;
                await new Promise(requestAnimationFrame);
                most = Math.max(most, thread.querySelectorAll('.slot').length);
            }
        };
        await go(-600, () => thread.textContent.includes('Where it began'));
        await go(600, () => !document.querySelector('button.jump') && thread.textContent.includes('Line 1799'));
        return most;";
    let world = World::with(&["--no-limits"])?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        let mut amara = world.person("Amara Osei")?;
        let (chat, _) = ines.meet("ines", &mut amara, "Where it began").await?;
        ines.write_and_enter(FIELD, "Go on").await?;
        amara.hears("Go on")?;
        // Whoever is at the end sees each of them, and stays at the end.
        say_many(&mut amara, &chat, 1, MANY)?;
        let last = format!("while (!document.querySelector('.thread').textContent.includes('Line {}')
                || document.querySelector('button.jump')) await new Promise(requestAnimationFrame);", MANY - 1);
        ines.script(&last, LONG).await?;
        // All of them are read, and the other side is told.
        amara.rpc.until("a message that was read", |rpc| {
            let page = rpc.call("messages.history", json!({"chat_id": chat, "limit": 1}))?;
            let state = page.pointer("/messages/0/state").and_then(|state| state.as_str());
            Ok((state == Some("read")).then_some(()))
        })?;
        let most = ines.script(THROUGH, LONG).await?.as_u64().unwrap_or(u64::MAX);
        ensure!(most < 250, "{most} rows were drawn at once");
        ines.close().await
    })
}
