//! Who may make an account: open, invite-only and closed servers; what a server holds about an account.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Rpc, World};
use serde_json::{Value, json};

#[test]
fn an_invite_opens_the_door_once() -> Result<()> {
    let world = World::with(&["--registration", "invite"])?;
    for params in [json!({}), json!({"invite": "not-an-invite"})] {
        let refused = world
            .person_with("Mallory", params.clone())
            .err()
            .context("let in without an invite")?;
        let refused = refused.downcast::<parlor_e2e::RpcError>()?;
        ensure!(refused.reason() == "invalid_invite", "{params}: {refused}");
    }
    let admin = world.relay.admin(&["invite"])?;
    ensure!(admin.status == Some(0), "{admin:?}");
    let invite = admin.stdout.trim();
    ensure!(!invite.is_empty() && invite.lines().count() == 1);
    world.person_with("Alice", json!({"invite": invite}))?;
    let again = world
        .person_with("Bob", json!({"invite": invite}))
        .err()
        .context("an invite worked twice")?;
    ensure!(again.downcast::<parlor_e2e::RpcError>()?.reason() == "invalid_invite");
    Ok(())
}

#[test]
fn a_closed_server_lets_nobody_in() -> Result<()> {
    let world = World::with(&["--registration", "closed"])?;
    let mut rpc = Rpc::start(&world.path("profile"))?;
    let refused =
        rpc.call("account.create", json!({"server": world.relay.url(), "display_name": "Alice"}));
    ensure!(refused.is_err_and(|error| error.reason() == "registration_closed"));
    Ok(())
}

#[test]
fn what_a_server_holds_names_no_contact() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Zerlina")?, world.person("Ottokar")?);
    let (chat, _) = alice.befriends(&mut bob)?;
    alice.say(&chat, "Nobody else reads this")?;
    alice.sync()?;
    let dump = world.relay.admin(&["dump", &alice.address])?;
    ensure!(dump.status == Some(0), "{dump:?}");
    let value: Value = serde_json::from_str(&dump.stdout)?;
    ensure!(value.is_object());
    for secret in
        ["Zerlina", "Ottokar", "Nobody else reads this", &bob.user_id, &bob.address, &chat]
    {
        ensure!(!dump.stdout.contains(secret), "the server knows {secret:?}");
    }
    let own = alice.call("account.record", json!({}))?;
    bob.sync()?;
    alice.sync()?;
    let whole = own.get("record").cloned().unwrap_or_default();
    let keys =
        |value: &Value| value.as_object().map(|fields| fields.keys().cloned().collect::<Vec<_>>());
    ensure!(keys(&whole) == keys(&value), "a person is shown something else: {whole}");
    ensure!(whole.get("user_id") == Some(&json!(alice.user_id)));
    Ok(())
}

#[test]
fn who_showed_a_link_can_make_an_account_instead() -> Result<()> {
    let world = World::new()?;
    let mut rpc = Rpc::start(&world.path("profile"))?;
    let server = world.relay.url();
    rpc.call("link.start", json!({"server": server, "device_name": "Tablet"}))?;
    let account = rpc.call("account.create", json!({"server": server, "display_name": "Alice"}))?;
    ensure!(account.get("user_id").is_some_and(Value::is_string));
    Ok(())
}
