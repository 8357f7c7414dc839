//! Groups in the web app: coming in through an invite link and letting others in.
#![allow(clippy::unwrap_used)]

use anyhow::{Context, Result};
use parlor_e2e::{Browser, DEADLINE, Person, World, in_browsers, text};
use serde_json::{Value, json};

const FIELD: &str = "composer";

fn encoded(uri: &str) -> String {
    uri.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Waits until somebody asks to join, and lets them in.
fn let_in(person: &mut Person, chat: &str) -> Result<()> {
    person.rpc.wait_event("chat.updated", DEADLINE, |event| {
        event.pointer("/chat/join_requests").and_then(Value::as_u64) == Some(1)
    })?;
    let info = person.call("chats.info", json!({"chat_id": chat}))?;
    let user = info.pointer("/join_requests/0/user_id").context("nobody asks")?;
    let yes = json!({"chat_id": chat, "user": user, "accept": true});
    person.call("chats.answer_join", yes)?;
    Ok(())
}

#[test]
fn a_link_leads_into_a_group_and_others_follow() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    in_browsers(async {
        let ines = Browser::start().await?;
        let (mut amara, mut tomas) = (world.person("Amara Osei")?, world.person("Tomás")?);
        let made = amara.call("chats.create_group", json!({"title": "Choir", "members": []}))?;
        let choir = text(&made, "chat_id")?;
        let uri = text(&amara.call("chats.create_link", json!({"chat_id": choir}))?, "uri")?;

        // The link is followed before there is an account.
        ines.open(&format!("{server}/#/open/{}", encoded(&uri))).await?;
        ines.write("your-name", "Ines Duarte").await?;
        ines.press("Continue").await?;
        ines.see_text("Ask to join “Choir”?").await?;
        ines.pictures("invited").await?;
        ines.press_in_dialog("Ask to join").await?;
        ines.see_text("The group appears here").await?;
        let_in(&mut amara, &choir)?;
        ines.press_chat("Choir").await?;
        ines.write_and_enter(FIELD, "Hello choir").await?;
        let hello = amara.hears("Hello choir")?;
        let ines_id = hello.pointer("/sender/user_id").cloned().unwrap_or_default();

        // An admin makes a link, and sees who comes with it.
        let admin = json!({"chat_id": choir, "user": ines_id, "role": "admin"});
        amara.call("chats.set_role", admin)?;
        ines.see_text("made you").await?;
        ines.open(&format!("{server}/#/chat/{choir}/details")).await?;
        ines.press("Invite link").await?;
        ines.see_text("Ask before people come in").await?;
        ines.pictures("invite-link").await?;
        ines.press_in_dialog("Make a new linkThe old one leads nowhere then").await?;
        let newer = amara.rpc.until("another link", |rpc| {
            let info = rpc.call("chats.info", json!({"chat_id": choir}))?;
            let link = info.pointer("/join_link/uri").and_then(Value::as_str);
            Ok(link.filter(|link| *link != uri).map(str::to_owned))
        })?;
        ines.press_in_dialog("Close").await?;
        tomas.call("chats.join", json!({"uri": newer}))?;
        ines.see_text("One person asks to join").await?;
        ines.pictures("join-request").await?;
        ines.press("Let in: Tomás").await?;
        tomas.rpc.wait_event("chat.updated", DEADLINE, |event| {
            event.pointer("/chat/title").is_some_and(|title| title == "Choir")
        })?;
        ines.open(&format!("{server}/#/settings/server")).await?;
        ines.see_text("sealed envelopes waiting").await?;
        ines.pictures("server-knows").await?;
        ines.close().await
    })
}
