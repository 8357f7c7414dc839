//! Durable intents, the key packages taken for them, and the commit under way in each group.

use crate::chats::ChatId;
use crate::{Result, Tx, id};
use parlor_wire::{DeviceId, GroupId, Hash, QueueId, UserId};

/// Something this device wants to become true.
#[derive(Debug, Clone)]
pub struct IntentRow {
    /// Its number; also the order.
    pub id: i64,
    /// The chat it is about.
    pub chat_id: ChatId,
    /// The group it is about.
    pub group_id: GroupId,
    /// What is wanted; the engine's number.
    pub kind: u8,
    /// What belongs to the kind.
    pub body: Vec<u8>,
    /// Not before, Unix milliseconds.
    pub due_at: u64,
    /// How often it was tried.
    pub attempts: u32,
}

/// A key package taken for an intent.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Whose.
    pub user: UserId,
    /// Which device's.
    pub device: DeviceId,
    /// The MLS message.
    pub key_package: Vec<u8>,
    /// The queue that goes with it.
    pub queue: QueueId,
}

/// A commit under way.
#[derive(Debug, Clone)]
pub struct BundleRow {
    /// The group.
    pub group_id: GroupId,
    /// The intent it serves.
    pub intent_id: i64,
    /// The epoch it was made in.
    pub base_epoch: u64,
    /// Its hash.
    pub commit_hash: Hash,
    /// The encoded `relay.v1.Bundle`.
    pub frame: Vec<u8>,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<IntentRow> {
    Ok(IntentRow {
        id: row.get("id")?,
        chat_id: id(row, "chat_id")?,
        group_id: id(row, "group_id")?,
        kind: row.get("kind")?,
        body: row.get("body")?,
        due_at: row.get("due_at")?,
        attempts: row.get("attempts")?,
    })
}

fn read_bundle(row: &rusqlite::Row<'_>) -> rusqlite::Result<BundleRow> {
    Ok(BundleRow {
        group_id: id(row, "group_id")?,
        intent_id: row.get("intent_id")?,
        base_epoch: row.get("base_epoch")?,
        commit_hash: id(row, "commit_hash")?,
        frame: row.get("frame")?,
    })
}

impl Tx<'_> {
    /// Adds an intent; `id` and `attempts` of the row given are ignored.
    pub fn add_intent(&self, intent: &IntentRow) -> Result<i64> {
        self.execute(
            "INSERT INTO intents (chat_id, group_id, kind, body, due_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            (
                intent.chat_id.as_bytes(),
                intent.group_id.as_bytes(),
                intent.kind,
                &intent.body,
                intent.due_at,
            ),
        )?;
        Ok(self.insert_id())
    }

    /// All intents, oldest first.
    pub fn intents(&self) -> Result<Vec<IntentRow>> {
        self.all("SELECT * FROM intents ORDER BY id", [], read)
    }

    /// One intent.
    pub fn intent(&self, id: i64) -> Result<Option<IntentRow>> {
        self.one("SELECT * FROM intents WHERE id = ?1", [id], read)
    }

    /// All intents are due so many milliseconds sooner.
    pub fn hasten_intents(&self, by: u64) -> Result<()> {
        self.execute("UPDATE intents SET due_at = MAX(0, due_at - ?1)", [by])?;
        Ok(())
    }

    /// Puts an intent off, or notes a try.
    pub fn touch_intent(&self, id: i64, due_at: u64, attempts: u32) -> Result<()> {
        self.execute(
            "UPDATE intents SET due_at = ?2, attempts = ?3 WHERE id = ?1",
            (id, due_at, attempts),
        )?;
        Ok(())
    }

    /// Done, superseded or given up.
    pub fn delete_intent(&self, id: i64) -> Result<()> {
        self.execute("DELETE FROM intents WHERE id = ?1", [id])?;
        self.execute("DELETE FROM taken WHERE intent_id = ?1", [id])?;
        Ok(())
    }

    /// Keeps a key package for an intent.
    pub fn add_taken(&self, intent: i64, taken: &Taken) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO taken (intent_id, user_id, device_id, key_package, queue_id)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (
                intent,
                taken.user.as_bytes(),
                taken.device.as_bytes(),
                &taken.key_package,
                taken.queue.as_bytes(),
            ),
        )?;
        Ok(())
    }

    /// The key packages of an intent, by person and device.
    pub fn taken(&self, intent: i64) -> Result<Vec<Taken>> {
        self.all(
            "SELECT * FROM taken WHERE intent_id = ?1 ORDER BY user_id, device_id",
            [intent],
            |row| {
                Ok(Taken {
                    user: id(row, "user_id")?,
                    device: id(row, "device_id")?,
                    key_package: row.get("key_package")?,
                    queue: id(row, "queue_id")?,
                })
            },
        )
    }

    /// Stores the commit under way in a group.
    pub fn set_bundle(&self, bundle: &BundleRow) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO bundles (group_id, intent_id, base_epoch, commit_hash, frame)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (
                bundle.group_id.as_bytes(),
                bundle.intent_id,
                bundle.base_epoch,
                bundle.commit_hash.as_bytes(),
                &bundle.frame,
            ),
        )?;
        Ok(())
    }

    /// The commit under way in a group.
    pub fn bundle(&self, group: &GroupId) -> Result<Option<BundleRow>> {
        self.one("SELECT * FROM bundles WHERE group_id = ?1", [group.as_bytes()], read_bundle)
    }

    /// All commits under way, by group.
    pub fn bundles(&self) -> Result<Vec<BundleRow>> {
        self.all("SELECT * FROM bundles ORDER BY group_id", [], read_bundle)
    }

    /// It won, lost or was given up.
    pub fn delete_bundle(&self, group: &GroupId) -> Result<()> {
        self.execute("DELETE FROM bundles WHERE group_id = ?1", [group.as_bytes()])?;
        Ok(())
    }
}
