//! Logs at their most talkative name nobody and tell nothing: no ids, addresses, names or texts.

use anyhow::{Result, ensure};
use parlor_e2e::{World, text};
use serde_json::json;

#[test]
fn logs_tell_nothing_about_people() -> Result<()> {
    let mut world = World::talkative()?;
    let mut alice = world.person_with("Zerlina Quastmoor", json!({"username": "zerlina_quast"}))?;
    let mut bob = world.person("Ottokar Vilbrandt")?;
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let mut secrets = vec![at_alice.clone(), at_bob.clone()];

    secrets.push(alice.say(&at_alice, "The heron sleeps at Wexbury")?);
    bob.hears("The heron sleeps at Wexbury")?;
    secrets.push(bob.say(&at_bob, "Then bring the marmalade")?);
    alice.hears("Then bring the marmalade")?;
    let group = json!({"title": "Plinth appreciation", "members": [bob.address]});
    let group = text(&alice.call("chats.create_group", group)?, "chat_id")?;
    alice.sync()?;
    bob.accepts("Plinth appreciation")?;
    let path = world.path("tapioca.txt");
    std::fs::write(&path, "The herons of Wexbury")?;
    let file = json!({"chat_id": at_alice, "text": "A file of herons", "attachments": [path]});
    let file = text(&alice.call("messages.send", file)?, "message_id")?;
    bob.hears("A file of herons")?;
    let target = world.path("tapioca-saved.txt");
    let save = json!({"message_id": file, "index": 0, "path": target});
    bob.call("messages.save_attachment", save.clone())?;
    ensure!(bob.call("messages.save_attachment", save).is_err(), "overwritten");
    for shelf in std::fs::read_dir(world.path("relay").join("blobs"))? {
        for blob in std::fs::read_dir(shelf?.path())? {
            secrets.push(blob?.file_name().to_string_lossy().into_owned());
        }
    }
    secrets.push(file);
    // Errors are where names slip out: of the device, and of the relay.
    for (method, params) in [
        ("chats.direct", json!({"address": "nobody_xanadu"})),
        ("chats.info", json!({"chat_id": "nowhere_xanadu"})),
        ("messages.edit", json!({"message_id": "nothing_xanadu", "text": "heron"})),
        ("messages.send", json!({"chat_id": at_alice, "text": "heron ".repeat(100_000)})),
    ] {
        ensure!(alice.call(method, params).is_err(), "{method} worked");
    }
    world.relay.kill9()?;
    world.relay.restart()?;
    alice.connected()?;
    alice.sync()?;

    for person in [&mut alice, &mut bob] {
        secrets.extend([person.user_id.clone(), person.address.clone()]);
        let info = person.call("account.info", json!({}))?;
        secrets.push(text(&info, "device_id")?);
        person.rpc.stop()?;
    }
    world.relay.stop()?;
    secrets.push(group);
    let words = [
        "Zerlina",
        "Quastmoor",
        "zerlina_quast",
        "Ottokar",
        "Vilbrandt",
        "heron",
        "Wexbury",
        "marmalade",
        "Plinth",
        "xanadu",
        "tapioca",
    ];
    secrets.extend(words.map(String::from));

    let logs = [
        ("the relay", world.relay.stderr().whole()),
        ("the first device", alice.rpc.stderr().whole()),
        ("the second device", bob.rpc.stderr().whole()),
    ];
    for (whose, log) in logs {
        for secret in &secrets {
            let line =
                log.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
            ensure!(
                line.is_none(),
                "the log of {whose} holds {secret:?}: {}",
                line.unwrap_or_default()
            );
        }
    }
    Ok(())
}
