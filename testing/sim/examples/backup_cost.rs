//! What a backup of 10,000 texts costs: bytes at the relay, time of the engine to write it and to restore it.

use anyhow::{Context, Result, bail};
use parlor_sim::Story;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_view::{Answer, Command};
use parlor_wire::MessageId;
use serde_json::json;
use std::time::Instant;

const TEXTS: u64 = 10_000;

fn main() -> Result<()> {
    let mut story = Story::begin(1, 2)?;
    story.world.settle()?;
    let group = story.group(0)?;
    let user = story.world.device(1)?.user()?.context("an account")?;
    story.world.device(0)?.write(|tx| {
        for number in 0..TEXTS {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_le_bytes());
            tx.set_message(&MessageRow {
                message_id: MessageId(id),
                chat_id: group.chat_id,
                position: 1_700_000_000_000 + number,
                sender: user,
                mine: false,
                kind: Kind::Text,
                sent_at: 1_700_000_000_000 + number,
                received_at: Some(1_700_000_000_000 + number),
                text: format!(
                    "Message {number}: a sentence of about sixty letters, as people write."
                ),
                body: Vec::new(),
                reply_to: None,
                edited_at: None,
                state: State::Received,
                hidden: false,
            })?;
        }
        Ok(())
    })?;
    let begun = Instant::now();
    story.say(0, &group, None)?;
    story.world.settle()?;
    let written = begun.elapsed();
    let Ok(Answer::Backup(view)) = story.world.ask(0, Command::BackupStatus)? else {
        bail!("no status")
    };
    let Ok(Answer::RecoveryCode { code }) = story.world.ask(0, Command::BackupCode)? else {
        bail!("no code")
    };
    story.world.go_offline(0, None)?;
    let new = story.world.add_device()?;
    let params = json!({"server": "http://relay.invalid", "code": code});
    let begun = Instant::now();
    if let Err(failure) = story.world.ask(new, Command::parse("account.restore", params)?)? {
        bail!("not restored: {}", failure.message);
    }
    println!(
        "{TEXTS} texts: {} bytes in {} segments, written in {written:?}, restored in {:?}",
        view.bytes,
        view.segments,
        begun.elapsed()
    );
    Ok(())
}
