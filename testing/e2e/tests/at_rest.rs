//! What a profile folder gives away: nothing of what was said, and nothing without the key.

use anyhow::{Context, Result, ensure};
use parlor_e2e::{Rpc, World, end_of, parlor_command, run_to_end, text};
use serde_json::json;
use std::collections::BTreeMap;
use std::os::unix::net::UnixListener;
use std::path::Path;

/// All files of a folder with what they hold.
fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            let inside = files(&entry.path())?.into_iter();
            found.extend(inside.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(found)
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|part| part == wanted)
}

/// A value of the table `meta`, read as the device reads it.
fn meta(profile: &Path, name: &str) -> Result<Vec<u8>> {
    let key: String =
        std::fs::read(profile.join("key"))?.iter().map(|byte| format!("{byte:02x}")).collect();
    let database = rusqlite::Connection::open(profile.join("parlor.db"))?;
    database.execute_batch(&format!("PRAGMA key = \"x'{key}'\""))?;
    Ok(database.query_row("SELECT value FROM meta WHERE key = ?1", [name], |row| row.get(0))?)
}

#[test]
fn no_file_holds_anything_that_was_said() -> Result<()> {
    let world = World::new()?;
    let mut alice = world.person("Zerlina Quastmoor")?;
    let mut bob = world.person("Ottokar Vilbrandt")?;
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let id = alice.say(&at_alice, "The heron sleeps at Wexbury")?;
    bob.hears("The heron sleeps at Wexbury")?;
    alice.call("messages.edit", json!({"message_id": id, "text": "The heron wakes at Wexbury"}))?;
    alice.call("chats.set_draft", json!({"chat_id": at_alice, "text": "Bring marmalade"}))?;
    for number in 0..100 {
        bob.say(&at_bob, &format!("Wexbury, the {number}th"))?;
    }
    alice.sync()?;
    bob.sync()?;
    let warned = alice.rpc.stderr().so_far();
    ensure!(warned.contains("whoever can read the folder"), "no warning: {warned:?}");

    // While the device runs, so with the log of changes, and after it was cut off.
    let seed = meta(alice.rpc.profile(), "device_seed")?;
    let words = ["Zerlina", "Quastmoor", "Ottokar", "heron", "Wexbury", "marmalade", "messages_by"];
    let id = text(&alice.call("account.info", json!({}))?, "user_id")?;
    let mut secrets: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    secrets.extend([seed.as_slice(), id.as_bytes(), b"SQLite format"]);
    for moment in ["running", "killed"] {
        let found = files(alice.rpc.profile())?;
        ensure!(found.keys().any(|name| name.ends_with("-wal")), "there is no log of changes");
        for (name, bytes) in &found {
            for secret in &secrets {
                ensure!(!holds(bytes, secret), "{name}, {moment}, holds {secret:?}");
            }
        }
        alice.rpc.kill9()?;
    }
    alice.rpc.restart()?;
    alice.connected()?;
    ensure!(alice.texts(&at_alice)?.iter().any(|words| words == "The heron wakes at Wexbury"));
    Ok(())
}

#[test]
fn a_passphrase_is_needed_and_a_wrong_one_changes_nothing() -> Result<()> {
    let world = World::new()?;
    let (profile, right, wrong) = (world.path("p"), world.path("right"), world.path("wrong"));
    std::fs::write(&right, "open sesame\n")?;
    std::fs::write(&wrong, "open says me\n")?;
    let (profile_text, right, wrong) =
        (profile.to_string_lossy(), right.to_string_lossy(), wrong.to_string_lossy());
    let mut device = Rpc::start_with(&profile, &["--passphrase-file", &right])?;
    let account = json!({"server": world.relay.url(), "display_name": "Alice"});
    let address = text(&device.call("account.create", account)?, "address")?;
    device.stop()?;
    ensure!(!device.stderr().whole().contains("warning"), "{}", device.stderr().whole());
    ensure!(!profile.join("key").exists());

    let before = files(&profile)?;
    for (options, what) in [
        (vec!["--passphrase-file", wrong.as_ref()], "wrong"),
        (vec!["--passphrase-file", "/nowhere"], "cannot be read"),
        (vec![], "--passphrase-file"),
    ] {
        for command in ["rpc", "status", "inbox"] {
            let args =
                [vec![command, "--profile", profile_text.as_ref()], options.clone()].concat();
            let ended = run_to_end(&args)?;
            ensure!(ended.status == Some(2) && ended.stderr.contains(what), "{args:?}: {ended:?}");
            ensure!(ended.stdout.is_empty() && !ended.stderr.contains("sesame"), "{ended:?}");
        }
    }
    ensure!(files(&profile)? == before, "a wrong passphrase changed something");
    let args = ["status", "--profile", &profile_text, "--passphrase-file", &right];
    let ended = run_to_end(&args)?;
    ensure!(ended.status == Some(0) && ended.stdout.contains(&address), "{ended:?}");
    Ok(())
}

#[test]
fn a_keychain_that_never_answers_is_not_waited_for() -> Result<()> {
    let world = World::new()?;
    let bus = world.path("bus");
    // Connections are taken by the system and nobody ever says anything.
    let _listener = UnixListener::bind(&bus)?;
    let mut command = parlor_command()?;
    command.args(["rpc", "--profile"]).arg(world.path("p"));
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()));
    let ended = end_of(command)?;
    ensure!(ended.status == Some(0), "{ended:?}");
    ensure!(ended.stderr.contains("whoever can read the folder"), "{ended:?}");
    let header = std::fs::read_to_string(world.path("p").join("protection.json"))?;
    ensure!(header.contains("key_file"), "{header}");
    let key = std::fs::metadata(world.path("p").join("key")).context("no key file")?;
    ensure!(key.len() == 32);
    Ok(())
}
