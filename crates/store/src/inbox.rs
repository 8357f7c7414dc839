//! Items that wait, and posts that could not be read.

use crate::chats::ChatId;
use crate::{Result, Tx, id};
use parlor_wire::{GroupId, Hash, QueueId};

/// A post that could not be read.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// BLAKE3 of the post; of one that never came, only its mark, and then zeros.
    pub hash: Hash,
    /// Where it belongs.
    pub chat_id: ChatId,
    /// In which group it came.
    pub group_id: GroupId,
    /// Its place in the order.
    pub position: u64,
    /// When it was asked for last; 0: never.
    pub asked_at: u64,
    /// Of one that never came: the mark of the newest post before it that did.
    pub after: Vec<u8>,
    /// The place of that one.
    pub since: u64,
    /// How many were looked for before, one after the other.
    pub steps: u32,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Unreadable> {
    Ok(Unreadable {
        hash: id(row, "hash")?,
        chat_id: id(row, "chat_id")?,
        group_id: id(row, "group_id")?,
        position: row.get("position")?,
        asked_at: row.get("asked_at")?,
        after: row.get("after")?,
        since: row.get("since")?,
        steps: row.get("steps")?,
    })
}

impl Tx<'_> {
    /// Keeps an item that cannot be processed yet.
    pub fn park(&self, sequence: u64, queue: &QueueId, item: &[u8]) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO parked (sequence, queue_id, item) VALUES (?1, ?2, ?3)",
            (sequence, queue.as_bytes(), item),
        )?;
        Ok(())
    }

    /// Items that wait, in order.
    pub fn parked(&self) -> Result<Vec<(u64, QueueId, Vec<u8>)>> {
        self.all("SELECT * FROM parked ORDER BY sequence", [], |row| {
            Ok((row.get("sequence")?, id(row, "queue_id")?, row.get("item")?))
        })
    }

    /// Whether anything of a queue waits.
    pub fn is_parked(&self, queue: &QueueId) -> Result<bool> {
        let sql = "SELECT 1 FROM parked WHERE queue_id = ?1 LIMIT 1";
        Ok(self.one(sql, [queue.as_bytes()], |_| Ok(()))?.is_some())
    }

    /// The item was processed.
    pub fn unpark(&self, sequence: u64) -> Result<()> {
        self.execute("DELETE FROM parked WHERE sequence = ?1", [sequence])?;
        Ok(())
    }

    /// Notes a post that could not be read.
    pub fn set_unreadable(&self, unreadable: &Unreadable) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO unreadable (hash, chat_id, group_id, position, asked_at, after, since, steps)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                unreadable.hash.as_bytes(),
                unreadable.chat_id.as_bytes(),
                unreadable.group_id.as_bytes(),
                unreadable.position,
                unreadable.asked_at,
                &unreadable.after,
                unreadable.since,
                unreadable.steps,
            ),
        )?;
        Ok(())
    }

    /// Whether a post with this mark could not be read.
    pub fn unreadable_mark(&self, group: &GroupId, mark: &[u8]) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM unreadable WHERE group_id = ?1
             AND substr(hash, 1, ?3) = ?2)";
        let found = self.one(sql, (group.as_bytes(), mark, mark.len()), |row| row.get(0))?;
        Ok(found.unwrap_or(false))
    }

    /// A post that could not be read.
    pub fn unreadable(&self, hash: &Hash) -> Result<Option<Unreadable>> {
        self.one("SELECT * FROM unreadable WHERE hash = ?1", [hash.as_bytes()], read)
    }

    /// Unreadable posts of a group that were not asked for since `before`.
    pub fn unasked(&self, group: &GroupId, before: u64) -> Result<Vec<Unreadable>> {
        self.all(
            "SELECT * FROM unreadable WHERE group_id = ?1 AND asked_at < ?2 ORDER BY position LIMIT 100",
            (group.as_bytes(), before),
            read,
        )
    }

    /// It came after all.
    pub fn delete_unreadable(&self, hash: &Hash) -> Result<()> {
        self.execute("DELETE FROM unreadable WHERE hash = ?1", [hash.as_bytes()])?;
        Ok(())
    }
}
