//! MLS groups as the transport sees them: queue, epoch, cursors, members.

use crate::chats::ChatId;
use crate::{Result, Tx, id, maybe_id};
use parlor_wire::{GroupId, Hash, QueueId, UserId};

/// How a group stands on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Being founded: the first commit has not come back yet.
    Founding = 0,
    /// In step.
    Active = 1,
    /// The state here is behind or damaged; a rejoin is under way.
    Stale = 2,
    /// Left or removed.
    Gone = 3,
}

impl Status {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Founding,
            1 => Self::Active,
            2 => Self::Stale,
            _ => Self::Gone,
        }
    }
}

/// One row.
#[derive(Debug, Clone)]
pub struct GroupRow {
    /// Its id.
    pub group_id: GroupId,
    /// The chat it carries.
    pub chat_id: ChatId,
    /// The own queue.
    pub queue_id: QueueId,
    /// How it stands.
    pub status: Status,
    /// Epoch of the state here.
    pub epoch: u64,
    /// Encrypts the group info at the relay.
    pub info_key: Vec<u8>,
    /// Relay time of the commit that founded it or admitted this device.
    pub created_at: u64,
    /// Highest item number seen.
    pub last_seq: u64,
    /// An epoch the relay is known to have reached.
    pub wait_epoch: u64,
    /// The commit that was refused at this epoch.
    pub refused: Option<Hash>,
    /// Version of the own profile that was sent here; -1: none yet.
    pub profile_sent: i64,
    /// When the own leaf was refreshed last.
    pub refreshed_at: u64,
}

/// A person in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Who.
    pub user_id: UserId,
    /// Number of devices.
    pub devices: u32,
    /// Position from which this person can read.
    pub joined: u64,
    /// Said that they leave.
    pub leaving: bool,
    /// Everything up to here reached one of their devices.
    pub delivered: u64,
    /// Everything up to here was read.
    pub read: u64,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<GroupRow> {
    Ok(GroupRow {
        group_id: id(row, "group_id")?,
        chat_id: id(row, "chat_id")?,
        queue_id: id(row, "queue_id")?,
        status: Status::from_number(row.get("status")?),
        epoch: row.get("epoch")?,
        info_key: row.get("info_key")?,
        created_at: row.get("created_at")?,
        last_seq: row.get("last_seq")?,
        wait_epoch: row.get("wait_epoch")?,
        refused: maybe_id(row, "refused")?,
        profile_sent: row.get("profile_sent")?,
        refreshed_at: row.get("refreshed_at")?,
    })
}

fn read_member(row: &rusqlite::Row<'_>) -> rusqlite::Result<MemberRow> {
    Ok(MemberRow {
        user_id: id(row, "user_id")?,
        devices: row.get("devices")?,
        joined: row.get("joined")?,
        leaving: row.get("leaving")?,
        delivered: row.get("delivered")?,
        read: row.get("read")?,
    })
}

impl Tx<'_> {
    /// A group.
    pub fn group(&self, group: &GroupId) -> Result<Option<GroupRow>> {
        self.one("SELECT * FROM groups WHERE group_id = ?1", [group.as_bytes()], read)
    }

    /// All groups, by id.
    pub fn groups(&self) -> Result<Vec<GroupRow>> {
        self.all("SELECT * FROM groups ORDER BY group_id", [], read)
    }

    /// The groups that carry a chat, by id.
    pub fn groups_of_chat(&self, chat: &ChatId) -> Result<Vec<GroupRow>> {
        self.all(
            "SELECT * FROM groups WHERE chat_id = ?1 ORDER BY group_id",
            [chat.as_bytes()],
            read,
        )
    }

    /// Stores all of a group.
    pub fn set_group(&self, group: &GroupRow) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO groups (group_id, chat_id, queue_id, status, epoch, info_key,
               created_at, last_seq, wait_epoch, refused, profile_sent, refreshed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            (
                group.group_id.as_bytes(),
                group.chat_id.as_bytes(),
                group.queue_id.as_bytes(),
                group.status as u8,
                group.epoch,
                &group.info_key,
                group.created_at,
                group.last_seq,
                group.wait_epoch,
                group.refused.as_ref().map(|hash| hash.as_bytes()),
                group.profile_sent,
                group.refreshed_at,
            ),
        )?;
        Ok(())
    }

    /// The highest item number seen in a group.
    pub fn set_last_seq(&self, group: &GroupId, last_seq: u64) -> Result<()> {
        self.execute(
            "UPDATE groups SET last_seq = ?2 WHERE group_id = ?1",
            (group.as_bytes(), last_seq),
        )?;
        Ok(())
    }

    /// Notes an own queue; without a group it belongs to a key package.
    pub fn set_queue(&self, queue: &QueueId, group: Option<&GroupId>) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO queues (queue_id, group_id) VALUES (?1, ?2)",
            (queue.as_bytes(), group.map(|group| group.as_bytes())),
        )?;
        Ok(())
    }

    /// Notes the queue of a last-resort key package: several groups may come to use it.
    pub fn set_last_resort(&self, queue: &QueueId) -> Result<()> {
        self.set_queue(queue, None)?;
        let sql = "INSERT OR IGNORE INTO last_resort_queues (queue_id) VALUES (?1)";
        self.execute(sql, [queue.as_bytes()])?;
        Ok(())
    }

    /// Whether a queue came with a last-resort key package.
    pub fn is_last_resort(&self, queue: &QueueId) -> Result<bool> {
        let sql = "SELECT 1 FROM last_resort_queues WHERE queue_id = ?1";
        Ok(self.one(sql, [queue.as_bytes()], |_| Ok(()))?.is_some())
    }

    /// The group of an own queue: `None` when the queue is not ours, `Some(None)` for a key package's.
    pub fn queue(&self, queue: &QueueId) -> Result<Option<Option<GroupId>>> {
        self.one("SELECT group_id FROM queues WHERE queue_id = ?1", [queue.as_bytes()], |row| {
            maybe_id(row, "group_id")
        })
    }

    /// The people of a group, by id.
    pub fn members(&self, group: &GroupId) -> Result<Vec<MemberRow>> {
        self.all(
            "SELECT * FROM members WHERE group_id = ?1 ORDER BY user_id",
            [group.as_bytes()],
            read_member,
        )
    }

    /// The groups that a person is in, by id.
    pub fn groups_with(&self, user: &UserId) -> Result<Vec<GroupId>> {
        let sql = "SELECT group_id FROM members WHERE user_id = ?1 ORDER BY group_id";
        self.all(sql, [user.as_bytes()], |row| id(row, "group_id"))
    }

    /// The groups whose own queue this is, by id: several when it came with a last-resort key package.
    pub fn groups_of_queue(&self, queue: &QueueId) -> Result<Vec<GroupId>> {
        let sql = "SELECT group_id FROM groups WHERE queue_id = ?1 ORDER BY group_id";
        self.all(sql, [queue.as_bytes()], |row| id(row, "group_id"))
    }

    /// One person of a group.
    pub fn member(&self, group: &GroupId, user: &UserId) -> Result<Option<MemberRow>> {
        self.one(
            "SELECT * FROM members WHERE group_id = ?1 AND user_id = ?2",
            (group.as_bytes(), user.as_bytes()),
            read_member,
        )
    }

    /// Stores all of a member.
    pub fn set_member(&self, group: &GroupId, member: &MemberRow) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO members (group_id, user_id, devices, joined, leaving, delivered, read)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                group.as_bytes(),
                member.user_id.as_bytes(),
                member.devices,
                member.joined,
                member.leaving,
                member.delivered,
                member.read,
            ),
        )?;
        Ok(())
    }

    /// Removes a member.
    pub fn delete_member(&self, group: &GroupId, user: &UserId) -> Result<()> {
        self.execute(
            "DELETE FROM members WHERE group_id = ?1 AND user_id = ?2",
            (group.as_bytes(), user.as_bytes()),
        )?;
        Ok(())
    }

    /// Notes a group item that did not come.
    pub fn add_gap(&self, group: &GroupId, seq: u64, position: u64) -> Result<()> {
        self.execute(
            "INSERT OR IGNORE INTO gaps (group_id, seq, position) VALUES (?1, ?2, ?3)",
            (group.as_bytes(), seq, position),
        )?;
        Ok(())
    }

    /// The item came after all, or was an own post.
    pub fn close_gap(&self, group: &GroupId, seq: u64) -> Result<()> {
        self.execute("DELETE FROM gaps WHERE group_id = ?1 AND seq = ?2", (group.as_bytes(), seq))?;
        Ok(())
    }

    /// Takes the open gaps of a group: how many items, and where the first one was.
    pub fn take_gaps(&self, group: &GroupId) -> Result<Option<(u64, u64)>> {
        let found = self.one(
            "SELECT COUNT(*), MIN(position) FROM gaps WHERE group_id = ?1",
            [group.as_bytes()],
            |row| Ok((row.get::<_, u64>(0)?, row.get::<_, Option<u64>>(1)?)),
        )?;
        let Some((count, Some(position))) = found else { return Ok(None) };
        self.execute("DELETE FROM gaps WHERE group_id = ?1", [group.as_bytes()])?;
        Ok(Some((count, position)))
    }
}
