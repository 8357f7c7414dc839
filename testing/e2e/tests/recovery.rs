//! An account whose only device is lost, with real processes.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Person, Rpc, World};
use serde_json::{Value, json};

fn code(person: &mut Person) -> Result<String> {
    let answer = person.call("backup.code", json!({}))?;
    Ok(answer.get("code").and_then(Value::as_str).context("a code")?.to_string())
}

/// Waits until everything is in the backup.
fn backed_up(person: &mut Person) -> Result<Value> {
    person.sync()?;
    person.rpc.until("the backup", |rpc| {
        let status = rpc.call("backup.status", json!({}))?;
        let complete = status.get("complete") == Some(&Value::Bool(true));
        let some = status.get("segments").and_then(Value::as_u64).unwrap_or(0) > 0;
        Ok((complete && some).then_some(status))
    })
}

fn has_notice(person: &mut Person, chat_id: &str, code: &str) -> Result<bool> {
    let is = |message: &Value| message.pointer("/notice/code").is_some_and(|of| of == code);
    Ok(person.history(chat_id)?.iter().any(is))
}

#[test]
fn a_lost_account_is_restored_with_its_code() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let group = json!({"title": "Book club", "members": [bob.address]});
    let group = alice.call("chats.create_group", group)?;
    let group = group.get("chat_id").and_then(Value::as_str).context("a group")?.to_string();
    bob.sees_members(&group, 2)?;
    for number in 0..20 {
        alice.say(&at_alice, &format!("Number {number}"))?;
        bob.say(&group, &format!("Page {number}"))?;
    }
    bob.sync()?;
    alice.hears("Page 19")?;
    let number = |person: &mut Person, of: &str| -> Result<Value> {
        let safety = person.call("contacts.safety", json!({"user": of}))?;
        safety.get("number").cloned().context("a safety number")
    };
    let safety = number(&mut bob, &alice.user_id)?;
    backed_up(&mut alice)?;
    let seen = code(&mut alice)?;
    // Somebody may have seen it: another one takes its place, and the backup is under that.
    let changed = alice.call("backup.new_code", json!({"code": seen}))?;
    let code = changed.get("code").and_then(Value::as_str).context("a code")?.to_string();
    ensure!(code != seen, "the same code");
    backed_up(&mut alice)?;
    alice.call("backup.confirm", json!({"code": code.to_lowercase()}))?;
    let (direct, club) = (alice.texts(&at_alice)?, alice.texts(&group)?);
    ensure!(direct.len() > 20 && club.len() == 20);
    let Person { mut rpc, user_id, name, address } = alice;
    let folder = rpc.profile().to_path_buf();
    rpc.kill9()?;
    drop(rpc);
    std::fs::remove_dir_all(folder)?;

    let mut rpc = Rpc::start(&world.path("restored"))?;
    let restore = |code: &str| json!({"server": world.relay.url(), "code": code});
    let slip = code.replacen(|c: char| c != ' ', if code.starts_with('A') { "B" } else { "A" }, 1);
    let error = rpc.call("account.restore", restore(&slip)).err().context("a slip")?;
    ensure!(error.reason() == "invalid_code", "{error}");
    let error = rpc.call("account.restore", restore(&seen)).err().context("the code before")?;
    ensure!(error.reason() == "not_found", "{error}");
    // Killed on the way, it goes on.
    rpc.send("account.restore", restore(&code))?;
    rpc.kill9()?;
    rpc.restart()?;
    let answer = match rpc.call("account.restore", restore(&code)) {
        Ok(answer) => answer,
        // It had gone on by itself, and was done.
        Err(error) if error.reason() == "refused" => rpc.call("account.info", json!({}))?,
        Err(error) => return Err(error.into()),
    };
    ensure!(answer.get("user_id").and_then(Value::as_str) == Some(&user_id), "{answer}");
    let mut alice = Person { rpc, name, user_id, address };
    ensure!(alice.texts(&at_alice)? == direct, "the history is another");
    ensure!(alice.texts(&group)? == club, "the group's history is another");
    ensure!(has_notice(&mut alice, &at_alice, "restored_here")?, "nothing is said of gaps");

    alice.say(&at_alice, "I am back")?;
    bob.hears("I am back")?;
    bob.say(&at_bob, "Welcome back")?;
    alice.hears("Welcome back")?;
    alice.say(&group, "And here")?;
    bob.hears("And here")?;
    ensure!(has_notice(&mut bob, &at_bob, "restored")?, "Bob is not told");
    ensure!(number(&mut bob, &alice.user_id)? == safety, "the safety number changed");
    let devices = alice.call("devices.list", json!({}))?;
    let devices = devices.get("devices").and_then(Value::as_array).context("devices")?.len();
    ensure!(devices == 1, "{devices} devices");
    Ok(())
}
