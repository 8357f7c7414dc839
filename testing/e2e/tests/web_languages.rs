//! The main screens on a phone in the languages whose words are longer than the English ones, and from right to left:
//! nothing is cut off. Pictures of all of them.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Browser, DEADLINE, Person, Size, Theme, World, in_browsers, text};
use serde_json::{Value, json};
use thirtyfour::{By, Key};

const LANGUAGES: [&str; 3] = ["de", "uk", "ar"];
const OGG: &[u8] = b"OggS\0\x02 not much of a sound";

/// What does not fit, by the name of the picture.
#[derive(Default)]
struct Look {
    language: &'static str,
    found: Vec<String>,
}

impl Look {
    async fn at(&mut self, ines: &Browser, name: &str) -> Result<()> {
        let name = format!("{}-{name}", self.language);
        ines.picture(&name).await?;
        let lines = ines.does_not_fit().await?;
        self.found.extend(lines.into_iter().map(|line| format!("{name}: {line}")));
        Ok(())
    }
}

/// One of everything that can be said, in a chat that Ines has.
fn say_everything(world: &World, amara: &mut Person, chat: &str, first: &str) -> Result<()> {
    let (note, photo, list) = (
        world.path("note.ogg"),
        world.path("heron.png"),
        world.path("Shopping list for Sunday.pdf"),
    );
    std::fs::write(&note, OGG)?;
    std::fs::write(&list, b"%PDF-1.4 and not much more")?;
    image::RgbImage::from_fn(900, 600, |x, y| image::Rgb([(x / 4) as u8, 120, (y / 3) as u8]))
        .save(&photo)?;
    let page = json!({"url": "https://a.example/birds", "title": "Birds of the marsh", "description": "All that fly"});
    let all = [
        json!({"text": "Look who stands in the pond", "reply_to": first}),
        json!({"attachments": [photo], "text": "This morning"}),
        json!({"attachments": [photo, photo, photo, photo, photo]}),
        json!({"attachments": [list]}),
        json!({"attachments": [note], "send_as": "voice", "waveform": [3, 9, 27, 12, 30, 4], "duration_ms": 42_000}),
        json!({"attachments": [photo], "send_as": "sticker"}),
        json!({"location": {"latitude": 48.137_154, "longitude": 11.576_124, "accuracy": 12, "name": "The market"}}),
        json!({"contact": {"user": amara.user_id}}),
        json!({"text": "See https://a.example/birds", "preview": page}),
        json!({"poll": {"question": "Which bird?", "options": ["Heron", "Crane", "Stork"]}}),
    ];
    for mut one in all {
        one["chat_id"] = chat.into();
        let id = text(&amara.call("messages.send", one)?, "message_id")?;
        if amara.message(chat, &id)?.is_some_and(|message| message["kind"] == "poll") {
            amara.call("messages.vote", json!({"message_id": id, "options": [1]}))?;
        }
    }
    let gone = amara.say(chat, "A pelican")?;
    amara.call("messages.delete", json!({"message_id": gone, "for_everyone": true}))?;
    amara.say(chat, "That is all")?;
    Ok(())
}

#[test]
fn nothing_is_cut_off_on_a_phone() -> Result<()> {
    let world = World::new()?;
    let server = world.relay.url();
    let mut look = Look::default();
    in_browsers(async {
        let mut amara = world.person("Amara Osei")?;
        let ines = Browser::start().await?;
        ines.look(Size::Phone, Theme::Light).await?;
        ines.open(server).await?;
        ensure!(!finds_nothing(&ines).await?, "what is cut off is not found");
        for language in LANGUAGES {
            look.language = language;
            ines.speak(language).await?;
            for step in ["", "/link", "/restore"] {
                ines.open(&format!("{server}/#/start{step}")).await?;
                ines.reload().await?;
                ines.see(By::Css(".onb-main")).await?;
                look.at(&ines, &format!("start{}", step.replace('/', "-"))).await?;
            }
        }
        ines.open(&format!("{server}/#/start")).await?;
        ines.speak("en").await?;
        ines.sign_up(server, "Ines Duarte", "ines").await?;
        look.language = "no-chats";
        for language in LANGUAGES {
            ines.speak(language).await?;
            ines.see(By::Css(".empty h2")).await?;
            look.at(&ines, language).await?;
        }
        ines.speak("en").await?;
        let (chat, first) = ines.meet("ines", &mut amara, "Are the *good* lemons in yet?").await?;
        ines.write_and_enter("composer", "Since Tuesday").await?;
        let own = amara.hears("Since Tuesday")?;
        let own = text(&own, "message_id")?;
        amara.call("messages.react", json!({"message_id": own, "emoji": "👍"}))?;
        say_everything(&world, &mut amara, &chat, &first)?;
        ines.see_text("That is all").await?;
        let group = json!({"title": "The allotment by the river", "members": ["ines"]});
        let group = text(&amara.call("chats.create_group", group)?, "chat_id")?;
        amara.call("chats.create_link", json!({"chat_id": group}))?;
        amara.say(&group, "Whose turn is it to water?")?;
        let here = ines.address().await?;
        let direct = here.rsplit('/').next().context("no chat")?.to_owned();
        ines.open(&format!("{server}/#/")).await?;
        ines.press_chat("The allotment by the river").await?;
        ines.see(By::Id("composer")).await?;
        let user = own_id(&mut amara, &group)?;
        amara.call("chats.set_role", json!({"chat_id": group, "user": user, "role": "admin"}))?;
        ines.see_text("made you").await?;
        let noor = &mut world.person("Noor")?;
        noor.call("chats.direct", json!({"address": "ines"}))
            .map(|made| text(&made, "chat_id"))?
            .and_then(|chat| noor.say(&chat, "Is this you?"))?;

        ines.touch_screen(true).await?;
        for language in LANGUAGES {
            look.language = language;
            ines.open(&format!("{server}/#/")).await?;
            ines.speak(language).await?;
            ines.see_text("Amara Osei").await?;
            look.at(&ines, "chats").await?;
            room(&ines, &mut look, (server, &direct, &own)).await?;
            group_screens(&ines, &mut look, (server, &group)).await?;
            pages(&ines, &mut look, server).await?;
        }
        ines.close().await
    })?;
    ensure!(look.found.is_empty(), "does not fit:\n{}", look.found.join("\n"));
    Ok(())
}

/// Whether a button that is too narrow for its word is not noticed.
async fn finds_nothing(ines: &Browser) -> Result<bool> {
    let narrow = "const one = document.createElement('button');
        one.className = 'btn';
        one.style = 'inline-size: 30px; min-inline-size: 0; overflow: hidden; white-space: nowrap';
        one.textContent = 'Wiederherstellungscode';
        document.querySelector('.onb-main').append(one);
        return true;";
    ines.see(By::Css(".onb-main")).await?;
    ines.script(narrow, DEADLINE).await?;
    Ok(ines.does_not_fit().await?.is_empty())
}

/// The other member of a group.
fn own_id(amara: &mut Person, group: &str) -> Result<Value> {
    let info = amara.call("chats.info", json!({"chat_id": group}))?;
    let members = info["members"].as_array().cloned().unwrap_or_default();
    let other = members.into_iter().find(|member| member["user_id"] != amara.user_id);
    other.map(|member| member["user_id"].clone()).context("nobody else")
}

async fn room(ines: &Browser, look: &mut Look, at: (&str, &str, &str)) -> Result<()> {
    let (server, chat, own) = at;
    ines.open(&format!("{server}/#/chat/{chat}")).await?;
    ines.see_text("That is all").await?;
    look.at(ines, "room-end").await?;
    ines.open(&format!("{server}/#/chat/{chat}/at/{own}")).await?;
    ines.see_text("Since Tuesday").await?;
    let bubble = format!("[data-message='{own}'] .bubble");
    look.at(ines, "room-begin").await?;
    ines.finger_down(By::Css(&bubble)).await?;
    ines.see(By::Css(".ctx [role=menuitem]")).await?;
    ines.finger_up().await?;
    look.at(ines, "menu").await?;
    ines.press_at(By::Css(".ctx .bad")).await?;
    ines.see(By::Css("dialog[open]")).await?;
    look.at(ines, "question").await?;
    ines.press_at(By::Css("dialog[open] .dh .icon-btn")).await?;
    ines.see_gone(By::Css("dialog[open]")).await?;
    ines.press_at(By::Css("[data-attach]")).await?;
    ines.see(By::Css(".ctx [role=menuitem]")).await?;
    look.at(ines, "attach").await?;
    ines.press_at(By::XPath("//*[@role='menuitem'][last()]")).await?;
    ines.see(By::Css("dialog[open]")).await?;
    look.at(ines, "poll").await?;
    ines.press_at(By::Css("dialog[open] .dh .icon-btn")).await?;
    ines.see_gone(By::Css("dialog[open]")).await?;
    ines.press_at(By::Css("[data-emoji-button]")).await?;
    ines.see(By::Css(".picker")).await?;
    look.at(ines, "emoji").await?;
    ines.press_key(Key::Escape).await?;
    ines.open(&format!("{server}/#/chat/{chat}/details")).await?;
    ines.see(By::Css(".room.info .hero")).await?;
    look.at(ines, "details").await
}

async fn group_screens(ines: &Browser, look: &mut Look, at: (&str, &str)) -> Result<()> {
    let (server, group) = at;
    ines.open(&format!("{server}/#/chat/{group}")).await?;
    ines.see_text("Whose turn is it").await?;
    look.at(ines, "group").await?;
    ines.open(&format!("{server}/#/chat/{group}/details")).await?;
    ines.see(By::Css(".room.info .hero")).await?;
    look.at(ines, "group-details").await
}

async fn pages(ines: &Browser, look: &mut Look, server: &str) -> Result<()> {
    for (place, shown) in [
        ("new", "h1, h2"),
        ("new/group", "h1, h2"),
        ("search", ".pane.list input"),
        ("archived", "h1, h2"),
        ("requests", "h1, h2"),
        ("settings", "nav"),
        ("settings/profile", ".sbody"),
        ("settings/privacy", ".sbody"),
        ("settings/devices", ".sbody"),
        ("settings/recovery", ".sbody"),
        ("settings/notifications", ".sbody"),
        ("settings/appearance", ".sbody"),
        ("settings/shortcuts", ".sbody"),
        ("settings/server", ".sbody"),
        ("settings/about", ".sbody"),
    ] {
        ines.open(&format!("{server}/#/{place}")).await?;
        ines.see(By::Css(shown)).await?;
        look.at(ines, &place.replace('/', "-")).await?;
    }
    Ok(())
}
