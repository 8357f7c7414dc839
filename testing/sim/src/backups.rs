//! Backups: what the relay has, for whoever has the code, and more to back up than anybody would say.

use crate::script::Story;
use crate::world::World;
use anyhow::{Context, Result, bail, ensure};
use parlor_crypto::recovery::{RecoveryCode, RecoveryKeys};
use parlor_relay_core::Read;
use parlor_store::chats::ChatId;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_view::{AccountRestore, Answer, Command, WrittenCode};
use parlor_wire::device::{BackupBody, BackupSegment};
use parlor_wire::{Message, MessageId, UserId, hash, padding};
use std::collections::BTreeSet;

/// Restores an account with its code.
pub fn restore(code: &str) -> Command {
    Command::AccountRestore(AccountRestore {
        server: "http://relay.invalid".into(),
        code: WrittenCode::new(code.to_owned()),
        device_name: None,
    })
}

impl World {
    /// The segments of the code's backup, oldest first; `None` when the relay has none. They have to be one chain, and
    /// as many as the relay counts.
    pub fn backup(&self, code: &str) -> Result<Option<Vec<BackupBody>>> {
        let keys = RecoveryKeys::of(&RecoveryCode::parse(code)?.root());
        let (store, _) = self.relay_at_rest();
        let Some(row) = store.backup(&keys.locator)? else { return Ok(None) };
        let segments = store.backup_segments(&keys.locator, &row, 0, usize::MAX)?;
        ensure!(segments.len() == row.count as usize, "segments are missing");
        let (mut previous, mut bodies) = (Vec::new(), Vec::new());
        for (index, sealed) in (0u32..).zip(&segments) {
            let aad = [keys.locator.as_slice(), &index.to_be_bytes()].concat();
            let opened = keys.opening.open(&aad, sealed)?;
            let segment = BackupSegment::decode(padding::unpad(&opened)?)?;
            let body = BackupBody::decode(segment.body.as_slice())?;
            ensure!((body.index, &body.previous) == (index, &previous), "the chain is broken");
            previous = hash(sealed).to_vec();
            bodies.push(body);
        }
        Ok(Some(bodies))
    }

    /// Whether the relay has an unfinished rewrite of an account's backup: its segments.
    pub fn unfinished_rewrite(&self, user: &UserId) -> Result<Option<u32>> {
        let (store, _) = self.relay_at_rest();
        Ok(store.account(user)?.and_then(|row| row.rewrite).map(|rewrite| rewrite.count))
    }
}

impl Story {
    /// The recovery code that a device shows.
    pub fn code(&mut self, device: usize) -> Result<String> {
        match self.world.ask(device, Command::BackupCode)? {
            Ok(Answer::RecoveryCode { code }) => Ok(code.text().to_owned()),
            other => bail!("no code: {other:?}"),
        }
    }

    /// So many texts that somebody has said in the group long ago, on one device only.
    pub fn fill(&mut self, device: usize, texts: u64) -> Result<()> {
        let chat = self.group(device)?.chat_id;
        let sender = *self.people.last().context("a person")?;
        self.world.device(device)?.write(|tx| {
            for number in 0..texts {
                tx.set_message(&old_text(chat, sender, number))?;
            }
            Ok(())
        })
    }

    /// A device is gone for good, and another takes its account up.
    pub fn restored(&mut self, lost: &[usize], code: &str) -> Result<usize> {
        for device in lost {
            self.world.go_offline(*device, None)?;
            self.world.lose_device(*device)?;
        }
        let new = self.world.add_device()?;
        match self.world.ask(new, restore(code))? {
            Ok(Answer::Created { .. }) => Ok(new),
            other => bail!("not restored: {other:?}"),
        }
    }

    /// All texts that a device has of its chats, but those that it does not show.
    pub fn texts(&mut self, device: usize) -> Result<BTreeSet<String>> {
        self.world.device(device)?.read(|tx| {
            let mut texts = BTreeSet::new();
            for chat in tx.chats()? {
                let rows = tx.history(&chat.chat_id, None, 100_000)?;
                let shown = rows.into_iter().filter(|row| row.kind == Kind::Text && !row.hidden);
                texts.extend(shown.map(|row| row.text));
            }
            Ok(texts)
        })
    }
}

fn old_text(chat_id: ChatId, sender: UserId, number: u64) -> MessageRow {
    let (at, mut id) = (1_700_000_000_000 + number, [0; 16]);
    id[..8].copy_from_slice(&number.to_le_bytes());
    MessageRow {
        message_id: MessageId(id),
        chat_id,
        position: at,
        sender,
        mine: false,
        kind: Kind::Text,
        sent_at: at,
        received_at: Some(at),
        text: format!("Message {number}: a sentence of about sixty letters, as people write."),
        body: Vec::new(),
        reply_to: None,
        edited_at: None,
        state: State::Received,
        hidden: false,
        starred: false,
    }
}
