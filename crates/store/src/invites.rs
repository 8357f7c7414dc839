//! Invite links of groups: the queues through which this device hears of them, who asks to join, and where this
//! account asked itself.

use crate::{Result, Tx, id};
use parlor_wire::{GroupId, QueueId, UserId};
use zeroize::Zeroizing;

/// A link through which people ask this device.
#[derive(Debug, Clone)]
pub struct JoinQueue {
    /// Where the requests come.
    pub queue_id: QueueId,
    /// For which group.
    pub group_id: GroupId,
    /// What the link shows besides the queue, 32 bytes.
    pub key: Zeroizing<Vec<u8>>,
}

/// Somebody who wants to be in a group.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// Which group.
    pub group_id: GroupId,
    /// Who.
    pub user_id: UserId,
    /// When it was heard of here, Unix milliseconds.
    pub asked_at: u64,
    /// The encoded request, as long as its signature was not checked.
    pub unchecked: Option<Vec<u8>>,
}

fn queue(row: &rusqlite::Row<'_>) -> rusqlite::Result<JoinQueue> {
    Ok(JoinQueue {
        queue_id: id(row, "queue_id")?,
        group_id: id(row, "group_id")?,
        key: Zeroizing::new(row.get("key")?),
    })
}

fn request(row: &rusqlite::Row<'_>) -> rusqlite::Result<JoinRequest> {
    Ok(JoinRequest {
        group_id: id(row, "group_id")?,
        user_id: id(row, "user_id")?,
        asked_at: row.get("asked_at")?,
        unchecked: row.get("unchecked")?,
    })
}

impl Tx<'_> {
    /// Keeps a link of this device.
    pub fn set_join_queue(&self, link: &JoinQueue) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO join_queues (queue_id, group_id, key) VALUES (?1, ?2, ?3)",
            (link.queue_id.as_bytes(), link.group_id.as_bytes(), link.key.as_slice()),
        )?;
        Ok(())
    }

    /// The link of a queue.
    pub fn join_queue(&self, queue_id: &QueueId) -> Result<Option<JoinQueue>> {
        self.one("SELECT * FROM join_queues WHERE queue_id = ?1", [queue_id.as_bytes()], queue)
    }

    /// All links of this device.
    pub fn join_queues(&self) -> Result<Vec<JoinQueue>> {
        self.all("SELECT * FROM join_queues ORDER BY queue_id", [], queue)
    }

    /// Forgets a link of this device.
    pub fn drop_join_queue(&self, queue_id: &QueueId) -> Result<()> {
        self.execute("DELETE FROM join_queues WHERE queue_id = ?1", [queue_id.as_bytes()])?;
        Ok(())
    }

    /// Keeps a request; the newest of a person counts.
    pub fn set_join_request(&self, request: &JoinRequest) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO join_requests (group_id, user_id, asked_at, unchecked)
             VALUES (?1, ?2, ?3, ?4)",
            (
                request.group_id.as_bytes(),
                request.user_id.as_bytes(),
                request.asked_at,
                &request.unchecked,
            ),
        )?;
        Ok(())
    }

    /// A person's request.
    pub fn join_request(&self, group: &GroupId, user: &UserId) -> Result<Option<JoinRequest>> {
        self.one(
            "SELECT * FROM join_requests WHERE group_id = ?1 AND user_id = ?2",
            (group.as_bytes(), user.as_bytes()),
            request,
        )
    }

    /// Requests of a group that wait for an answer, oldest first.
    pub fn join_requests(&self, group: &GroupId) -> Result<Vec<JoinRequest>> {
        self.all(
            "SELECT * FROM join_requests WHERE group_id = ?1 AND unchecked IS NULL
             ORDER BY asked_at, user_id",
            [group.as_bytes()],
            request,
        )
    }

    /// Requests that were not checked yet.
    pub fn unchecked_joins(&self) -> Result<Vec<JoinRequest>> {
        let sql =
            "SELECT * FROM join_requests WHERE unchecked IS NOT NULL ORDER BY asked_at, user_id";
        self.all(sql, [], request)
    }

    /// How many requests of a group there are, checked or not.
    pub fn count_join_requests(&self, group: &GroupId) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM join_requests WHERE group_id = ?1";
        Ok(self.one(sql, [group.as_bytes()], |row| row.get(0))?.unwrap_or(0))
    }

    /// A request is answered, or comes to nothing.
    pub fn drop_join_request(&self, group: &GroupId, user: &UserId) -> Result<()> {
        let sql = "DELETE FROM join_requests WHERE group_id = ?1 AND user_id = ?2";
        self.execute(sql, (group.as_bytes(), user.as_bytes()))?;
        Ok(())
    }

    /// This account asked to join through a link.
    pub fn add_own_join(&self, queue: &QueueId, at: u64) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO own_joins (queue_id, asked_at) VALUES (?1, ?2)";
        self.execute(sql, (queue.as_bytes(), at))?;
        Ok(())
    }

    /// Whether this account asked to join through a link; it is forgotten with that.
    pub fn take_own_join(&self, queue: &QueueId) -> Result<bool> {
        let sql = "DELETE FROM own_joins WHERE queue_id = ?1";
        Ok(self.execute(sql, [queue.as_bytes()])? > 0)
    }
}
