//! What the devices of one account need to stay equal: groups to look at, clocks, histories on their way.

use crate::chats::ChatId;
use crate::{Result, Tx, id};
use parlor_wire::{DeviceId, GroupId};

/// Content of another own device that came before its turn.
#[derive(Debug, Clone)]
pub struct Deferred {
    /// Where it was said.
    pub chat_id: ChatId,
    /// In which group.
    pub group_id: GroupId,
    /// Its place in the order.
    pub position: u64,
    /// The encoded content.
    pub content: Vec<u8>,
}

impl Tx<'_> {
    /// Notes that a group's leaves have to be looked at.
    pub fn tend(&self, group: &GroupId) -> Result<()> {
        self.execute("INSERT OR IGNORE INTO tend (group_id) VALUES (?1)", [group.as_bytes()])?;
        Ok(())
    }

    /// Notes it of every group that is in step or behind.
    pub fn tend_all(&self) -> Result<()> {
        let sql =
            "INSERT OR IGNORE INTO tend (group_id) SELECT group_id FROM groups WHERE status < 3";
        self.execute(sql, [])?;
        Ok(())
    }

    /// Groups to look at, those of the chats with the newest activity first.
    pub fn to_tend(&self, limit: usize) -> Result<Vec<GroupId>> {
        self.all(
            "SELECT t.group_id FROM tend t JOIN groups g USING (group_id) JOIN chats c USING (chat_id)
             WHERE g.status = 1 ORDER BY c.kind = 1 DESC, c.activity_at DESC, t.group_id LIMIT ?1",
            [limit],
            |row| id(row, "group_id"),
        )
    }

    /// Whether a group has to be looked at.
    pub fn is_to_tend(&self, group: &GroupId) -> Result<bool> {
        let sql = "SELECT 1 FROM tend WHERE group_id = ?1";
        Ok(self.one(sql, [group.as_bytes()], |_| Ok(()))?.is_some())
    }

    /// The group's leaves are as they should be.
    pub fn tended(&self, group: &GroupId) -> Result<()> {
        self.execute("DELETE FROM tend WHERE group_id = ?1", [group.as_bytes()])?;
        Ok(())
    }

    /// Sets the clock of a key; `false` when it stands later already.
    pub fn set_clock(&self, key: &[u8], position: u64) -> Result<bool> {
        let changed = self.execute(
            "INSERT INTO own_clock (key, position) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET position = excluded.position
             WHERE excluded.position > position",
            (key, position),
        )?;
        Ok(changed > 0)
    }

    /// Where the clock of a key stands.
    pub fn clock(&self, key: &[u8]) -> Result<Option<u64>> {
        self.one("SELECT position FROM own_clock WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Keeps what came while a clock stood at `waiting`.
    pub fn defer(&self, waiting: u64, deferred: &Deferred) -> Result<()> {
        self.execute(
            "INSERT INTO deferred (waiting, chat_id, group_id, position, content)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (
                waiting,
                deferred.chat_id.as_bytes(),
                deferred.group_id.as_bytes(),
                deferred.position,
                &deferred.content,
            ),
        )?;
        Ok(())
    }

    /// Takes what came while clocks stood at `waiting`, in order.
    pub fn take_deferred(&self, waiting: u64) -> Result<Vec<Deferred>> {
        let rows = self.all(
            "SELECT * FROM deferred WHERE waiting = ?1 ORDER BY position, id",
            [waiting],
            |row| {
                Ok(Deferred {
                    chat_id: id(row, "chat_id")?,
                    group_id: id(row, "group_id")?,
                    position: row.get("position")?,
                    content: row.get("content")?,
                })
            },
        )?;
        if !rows.is_empty() {
            self.execute("DELETE FROM deferred WHERE waiting = ?1", [waiting])?;
        }
        Ok(rows)
    }

    /// A change that was waiting has its place: the clocks that stood at `waiting` stand there.
    pub fn settle_clocks(&self, waiting: u64, position: u64) -> Result<()> {
        let sql = "UPDATE own_clock SET position = ?2 WHERE position = ?1";
        self.execute(sql, (waiting, position))?;
        Ok(())
    }

    /// Histories on their way.
    pub fn transfers(&self) -> Result<Vec<(DeviceId, Vec<u8>)>> {
        self.all("SELECT * FROM transfers ORDER BY device_id", [], |row| {
            Ok((id(row, "device_id")?, row.get("state")?))
        })
    }

    /// Stores how far a history is.
    pub fn set_transfer(&self, device: &DeviceId, state: &[u8]) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO transfers (device_id, state) VALUES (?1, ?2)",
            (device.as_bytes(), state),
        )?;
        Ok(())
    }

    /// A chunk of a history, as it is sent.
    pub fn chunk(&self, device: &DeviceId, number: u64) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT payload FROM transfer_chunks WHERE device_id = ?1 AND number = ?2";
        self.one(sql, (device.as_bytes(), number), |row| row.get(0))
    }

    /// Keeps a chunk until it has arrived.
    pub fn set_chunk(&self, device: &DeviceId, number: u64, payload: &[u8]) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO transfer_chunks (device_id, number, payload) VALUES (?1, ?2, ?3)",
            (device.as_bytes(), number, payload),
        )?;
        Ok(())
    }

    /// Chunks below a number have arrived.
    pub fn forget_chunks(&self, device: &DeviceId, below: u64) -> Result<()> {
        let sql = "DELETE FROM transfer_chunks WHERE device_id = ?1 AND number < ?2";
        self.execute(sql, (device.as_bytes(), below))?;
        Ok(())
    }

    /// A history has arrived, or is not wanted any more.
    pub fn delete_transfer(&self, device: &DeviceId) -> Result<()> {
        self.execute("DELETE FROM transfer_chunks WHERE device_id = ?1", [device.as_bytes()])?;
        self.execute("DELETE FROM transfers WHERE device_id = ?1", [device.as_bytes()])?;
        Ok(())
    }
}
