//! Search as a program asks for it, on both sides of a chat, over edits and deletions.

use anyhow::{Result, ensure};
use parlor_e2e::{Person, World};
use serde_json::{Value, json};

fn found(person: &mut Person, params: Value) -> Result<Vec<Value>> {
    let answer = person.call("messages.search", params)?;
    Ok(answer.get("messages").and_then(Value::as_array).cloned().unwrap_or_default())
}

fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().filter_map(|message| message.get("text")?.as_str()).collect()
}

#[test]
fn what_was_said_is_found_until_it_is_gone() -> Result<()> {
    let world = World::new()?;
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (at_alice, at_bob) = alice.befriends(&mut bob)?;
    let heron = alice.say(&at_alice, "The HÉRON sleeps")?;
    alice.say(&at_alice, "明日の会議")?;
    bob.say(&at_bob, "A heronry?")?;
    alice.hears("A heronry?")?;
    alice.sync()?;
    bob.sync()?;

    for person in [&mut alice, &mut bob] {
        let hits = found(person, json!({"query": "heron"}))?;
        ensure!(texts(&hits) == ["The HÉRON sleeps", "A heronry?"], "{hits:?}");
        let highlights = hits.first().and_then(|hit| hit.get("highlights"));
        ensure!(highlights == Some(&json!([{"start": 4, "length": 5}])), "{hits:?}");
        ensure!(texts(&found(person, json!({"query": "会議"}))?) == ["明日の会議"]);
        ensure!(found(person, json!({"query": "\"*' OR"}))?.is_empty());
    }
    let (by_bob, by_alice) = (bob.user_id.clone(), alice.user_id.clone());
    let hits = found(&mut alice, json!({"query": "heron", "sender": by_bob, "chat_id": at_alice}))?;
    ensure!(texts(&hits) == ["A heronry?"]);
    let sent_at = hits.first().and_then(|hit| hit.get("sent_at")?.as_u64()).unwrap_or_default();
    let before = json!({"query": "heron", "before": sent_at, "sender": by_alice, "kind": "text"});
    ensure!(found(&mut alice, before)?.len() == 1);
    ensure!(found(&mut alice, json!({"query": "heron", "after": sent_at + 1}))?.is_empty());
    ensure!(found(&mut alice, json!({"query": "heron", "limit": 1}))?.len() == 1);

    alice.call("messages.edit", json!({"message_id": heron, "text": "The crane sleeps"}))?;
    alice.sync()?;
    bob.sync()?;
    for person in [&mut alice, &mut bob] {
        ensure!(texts(&found(person, json!({"query": "heron"}))?) == ["A heronry?"]);
        ensure!(texts(&found(person, json!({"query": "crane"}))?) == ["The crane sleeps"]);
    }
    alice.call("messages.delete", json!({"message_id": heron, "for_everyone": true}))?;
    let heronry = found(&mut bob, json!({"query": "heronry"}))?;
    let heronry = heronry.first().and_then(|hit| hit.get("message_id")).cloned();
    bob.call("messages.delete", json!({"message_id": heronry, "for_everyone": false}))?;
    alice.sync()?;
    bob.sync()?;
    ensure!(texts(&found(&mut alice, json!({"query": "heron"}))?) == ["A heronry?"]);
    for query in ["heron", "crane"] {
        ensure!(found(&mut bob, json!({"query": query}))?.is_empty(), "{query}");
    }
    Ok(())
}
