//! The edges of `parlor rpc` and `parlor serve`: bad input, locks, exit codes.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{DEADLINE, Relay, Rpc, RpcError, World, run_to_end};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Calls a method that has to be refused with this JSON-RPC code; returns the `data.code` and the message.
fn refused(rpc: &mut Rpc, method: &str, params: Value, expected: i64) -> Result<(String, String)> {
    match rpc.call(method, params.clone()) {
        Err(RpcError::Refused { code, reason, message, .. }) if code == expected => {
            Ok((reason, message))
        }
        other => anyhow::bail!("{method} {params}: {other:?} instead of the code {expected}"),
    }
}

#[test]
fn lines_that_are_no_request() -> Result<()> {
    let dir = TempDir::new()?;
    let mut rpc = Rpc::start(dir.path())?;
    let cases: [(&[u8], i64); 7] = [
        (b"not json", -32700),
        (b"{\"jsonrpc\":\"2.0\",", -32700),
        (b"\"\xff\xfe\"", -32700),
        (b"42", -32600),
        (b"{}", -32600),
        (b"{\"jsonrpc\":\"1.0\",\"id\":null,\"method\":\"version\"}", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":5}", -32600),
    ];
    for (line, code) in cases {
        let answer = rpc.raw(line)?;
        let found = answer.pointer("/error/code").and_then(Value::as_i64);
        ensure!(found == Some(code), "{}: {answer}", String::from_utf8_lossy(line));
    }
    let version = rpc.call("version", json!({}))?;
    ensure!(
        version.get("version").is_some_and(Value::is_string) && version.get("protocol").is_some()
    );
    rpc.stop()
}

#[test]
fn params_are_checked_by_name() -> Result<()> {
    let dir = TempDir::new()?;
    let mut rpc = Rpc::start(dir.path())?;
    refused(&mut rpc, "no.such_method", json!({}), -32601)?;
    let cases = [
        ("version", json!({"colour": 1}), "colour"),
        ("account.create", json!({"server": "http://127.0.0.1:1"}), "display_name"),
        (
            "account.create",
            json!({"server": "http://127.0.0.1:1", "display_name": "A", "nick": "B"}),
            "nick",
        ),
        ("messages.send", json!({"text": "no chat"}), "chat_id"),
        ("messages.send", json!({"chat_id": "x", "txt": "misspelt"}), "txt"),
        ("messages.history", json!({"chat_id": "x", "limit": "ten"}), "limit"),
        ("typing.set", json!({"chat_id": "x", "typing": "yes"}), "typing"),
    ];
    for (method, params, name) in cases {
        let (_, message) = refused(&mut rpc, method, params, -32602)?;
        ensure!(message.contains(name), "{method}: {message:?} does not name {name:?}");
    }
    Ok(())
}

#[test]
fn errors_of_the_application_have_codes() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (chat, _) = alice.befriends(&mut bob)?;
    let huge = "x".repeat(1024 * 1024);
    let cases = [
        ("chats.info", json!({"chat_id": "nowhere"}), "not_found"),
        ("messages.send", json!({"chat_id": "nowhere", "text": "x"}), "not_found"),
        ("messages.edit", json!({"message_id": "nothing", "text": "x"}), "not_found"),
        ("chats.direct", json!({"address": "nobody.of.this.name"}), "not_found"),
        ("messages.send", json!({"chat_id": chat, "text": huge}), "too_large"),
        ("chats.create_group", json!({"title": huge, "members": []}), "too_large"),
        ("messages.search", json!({"query": "x", "chat_id": "nowhere"}), "not_found"),
        ("messages.search", json!({"query": "x", "sender": "nobody.here"}), "not_found"),
        ("messages.send", json!({"chat_id": chat, "attachments": ["/no/such/file"]}), "not_found"),
        ("messages.send", json!({"chat_id": chat, "attachments": ["/"]}), "refused"),
        (
            "messages.send",
            json!({"chat_id": chat, "text": "x", "view_once": true}),
            "not_supported",
        ),
        ("messages.forward", json!({"chat_id": chat, "message_ids": []}), "refused"),
        ("account.update", json!({"avatar_path": "/etc/hostname"}), "refused"),
    ];
    for (method, params, expected) in cases {
        let shown = params.to_string();
        let (reason, _) = refused(&mut alice.rpc, method, params, -32000)?;
        ensure!(reason == expected, "{method} {}: {reason}", shown.get(..80).unwrap_or(&shown));
    }
    match alice.call("chats.info", json!({"chat_id": "nowhere"})) {
        Err(RpcError::Refused { retry, .. }) => ensure!(retry == "never", "retry is {retry:?}"),
        other => anyhow::bail!("{other:?}"),
    }

    let second = json!({"server": world.relay.url(), "display_name": "Again"});
    let (reason, _) = refused(&mut alice.rpc, "account.create", second, -32000)?;
    ensure!(reason == "refused", "a profile has one account: {reason}");
    let mut empty = Rpc::start(&world.path("empty"))?;
    let (reason, _) = refused(&mut empty, "chats.list", json!({}), -32000)?;
    ensure!(reason == "no_account", "{reason}");
    Ok(())
}

#[test]
fn usernames_are_taken_once() -> Result<()> {
    let world = World::new()?;
    let mut alice = world.person_with("Alice", json!({"username": "alice"}))?;
    let bob = world.person("Bob")?;
    let mut rpc = Rpc::start(&world.path("other"))?;
    let params = json!({"server": world.relay.url(), "display_name": "Other", "username": "alice"});
    let (reason, _) = refused(&mut rpc, "account.create", params, -32000)?;
    ensure!(reason == "name_taken", "{reason}");
    ensure!(alice.address != bob.address);
    let info = alice.call("account.info", json!({}))?;
    ensure!(info.get("address").is_some_and(|address| *address == alice.address));
    Ok(())
}

#[test]
fn a_profile_has_one_process_and_a_folder_one_server() -> Result<()> {
    let dir = TempDir::new()?;
    let (profile, data) = (dir.path().join("profile"), dir.path().join("data"));
    let mut rpc = Rpc::start(&profile)?;
    rpc.call("version", json!({}))?;
    let second = run_to_end(&["rpc", "--profile", profile.to_str().context("not UTF-8")?])?;
    ensure!(second.status == Some(2) && !second.stderr.trim().is_empty(), "{second:?}");
    ensure!(second.stdout.is_empty(), "the message goes to stderr");

    let mut relay = Relay::start(&data)?;
    let data = data.to_str().context("not UTF-8")?;
    let second = run_to_end(&["serve", "--listen", "127.0.0.1:0", "--data", data])?;
    ensure!(second.status == Some(2) && !second.stderr.trim().is_empty(), "{second:?}");
    ensure!(second.stdout.is_empty(), "a server that is not ready says nothing on stdout");
    relay.stop()?;
    relay.restart()?;
    relay.stop()?;
    rpc.stop()
}

#[test]
fn the_end_of_stdin_empties_the_outbox() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, _) = alice.befriends(&mut bob)?;
    for number in 0..20 {
        alice.rpc.send(
            "messages.send",
            json!({"chat_id": at_alice, "text": format!("Last {number}")}),
        )?;
    }
    alice.rpc.stop()?;
    bob.hears("Last 19")?;
    let connection = |event: &Value| event.get("state").is_some_and(Value::is_string);
    bob.rpc.wait_event("connection", DEADLINE, connection)?;
    Ok(())
}
