//! What has to be sent: content first, then the bytes it was encrypted to.

use crate::chats::ChatId;
use crate::{Result, Tx, id, maybe_id};
use parlor_wire::{DeviceId, GroupId, Hash, MessageId};

/// What an entry carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Something of which a message row shows the state.
    Message = 0,
    /// A delivered receipt; a newer one takes its place as long as it is not encrypted.
    Delivered = 1,
    /// A read receipt, likewise.
    Read = 2,
    /// Anything else: edits, reactions, names, requests to send again.
    Other = 3,
}

impl Kind {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Message,
            1 => Self::Delivered,
            2 => Self::Read,
            _ => Self::Other,
        }
    }
}

/// An entry that was encrypted.
#[derive(Debug, Clone)]
pub struct Payload {
    /// For which group.
    pub group: GroupId,
    /// In which epoch.
    pub epoch: u64,
    /// The MLS message.
    pub bytes: Vec<u8>,
}

/// One row.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// Order of sending.
    pub id: i64,
    /// Where to.
    pub chat_id: ChatId,
    /// The content's message id.
    pub message_id: MessageId,
    /// What it carries.
    pub kind: Kind,
    /// Encoded `content.v1.Content`.
    pub content: Vec<u8>,
    /// The bytes to send, once encrypted.
    pub payload: Option<Payload>,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<OutboxRow> {
    let group: Option<GroupId> = maybe_id(row, "group_id")?;
    let bytes: Option<Vec<u8>> = row.get("payload")?;
    let epoch: Option<u64> = row.get("epoch")?;
    let payload = match (group, epoch, bytes) {
        (Some(group), Some(epoch), Some(bytes)) => Some(Payload { group, epoch, bytes }),
        _ => None,
    };
    Ok(OutboxRow {
        id: row.get("id")?,
        chat_id: id(row, "chat_id")?,
        message_id: id(row, "message_id")?,
        kind: Kind::from_number(row.get("kind")?),
        content: row.get("content")?,
        payload,
    })
}

impl Tx<'_> {
    /// Queues content.
    pub fn enqueue(
        &self,
        chat: &ChatId,
        message: &MessageId,
        kind: Kind,
        content: &[u8],
    ) -> Result<i64> {
        if matches!(kind, Kind::Delivered | Kind::Read) {
            self.execute(
                "DELETE FROM outbox WHERE chat_id = ?1 AND kind = ?2 AND payload IS NULL",
                (chat.as_bytes(), kind as u8),
            )?;
        }
        self.execute(
            "INSERT INTO outbox (chat_id, message_id, kind, content) VALUES (?1, ?2, ?3, ?4)",
            (chat.as_bytes(), message.as_bytes(), kind as u8, content),
        )?;
        Ok(self.insert_id())
    }

    /// Chats that have something to send.
    pub fn outbox_chats(&self) -> Result<Vec<ChatId>> {
        self.all("SELECT DISTINCT chat_id FROM outbox ORDER BY chat_id", [], |row| {
            id(row, "chat_id")
        })
    }

    /// Whether anything of a chat that was encrypted for another epoch than this has no answer yet.
    pub fn unsettled_posts(&self, chat: &ChatId, group: &GroupId, epoch: u64) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE chat_id = ?1 AND payload IS NOT NULL
             AND (group_id != ?2 OR epoch < ?3))";
        let params = (chat.as_bytes(), group.as_bytes(), epoch);
        Ok(self.one(sql, params, |row| row.get(0))?.unwrap_or(false))
    }

    /// The first entries of a chat that wait for nothing: what was encrypted, in that order, and then the rest.
    pub fn outbox(&self, chat: &ChatId, limit: u32) -> Result<Vec<OutboxRow>> {
        self.all(
            "SELECT * FROM outbox WHERE chat_id = ?1 AND waits = 0
             ORDER BY turn = 0, turn, id LIMIT ?2",
            (chat.as_bytes(), limit),
            read,
        )
    }

    /// All entries of a chat.
    pub fn whole_outbox(&self, chat: &ChatId) -> Result<Vec<OutboxRow>> {
        self.all("SELECT * FROM outbox WHERE chat_id = ?1 ORDER BY id", [chat.as_bytes()], read)
    }

    /// An entry waits for the files of its message.
    pub fn hold_outbox(&self, id: i64) -> Result<()> {
        self.execute("UPDATE outbox SET waits = 1 WHERE id = ?1", [id])?;
        Ok(())
    }

    /// The entry of a message that waits for its files.
    pub fn held_outbox(&self, message: &MessageId) -> Result<Option<OutboxRow>> {
        let sql = "SELECT * FROM outbox WHERE waits = 1 AND message_id = ?1";
        self.one(sql, [message.as_bytes()], read)
    }

    /// The content of an entry that waits is another.
    pub fn set_held(&self, id: i64, content: &[u8]) -> Result<()> {
        let sql = "UPDATE outbox SET content = ?2 WHERE id = ?1 AND waits = 1";
        self.execute(sql, (id, content))?;
        Ok(())
    }

    /// The entry has waited long enough, and has this content now.
    pub fn release_outbox(&self, id: i64, content: &[u8]) -> Result<()> {
        let sql = "UPDATE outbox SET waits = 0, content = ?2 WHERE id = ?1";
        self.execute(sql, (id, content))?;
        Ok(())
    }

    /// One entry.
    pub fn outbox_row(&self, id: i64) -> Result<Option<OutboxRow>> {
        self.one("SELECT * FROM outbox WHERE id = ?1", [id], read)
    }

    /// The entry with these bytes.
    pub fn outbox_by_hash(&self, hash: &Hash) -> Result<Option<OutboxRow>> {
        self.one("SELECT * FROM outbox WHERE hash = ?1", [hash.as_bytes()], read)
    }

    /// Number of entries.
    pub fn outbox_len(&self) -> Result<u64> {
        Ok(self.one("SELECT COUNT(*) FROM outbox", [], |row| row.get(0))?.unwrap_or(0))
    }

    /// Stores the encrypted bytes of an entry.
    pub fn set_payload(&self, id: i64, payload: &Payload, hash: &Hash) -> Result<()> {
        self.execute(
            "UPDATE outbox SET group_id = ?2, epoch = ?3, payload = ?4, hash = ?5,
             turn = (SELECT MAX(turn) + 1 FROM outbox) WHERE id = ?1",
            (id, payload.group.as_bytes(), payload.epoch, &payload.bytes, hash.as_bytes()),
        )?;
        Ok(())
    }

    /// The bytes are of no use any more; the content is encrypted anew.
    pub fn clear_payload(&self, id: i64) -> Result<()> {
        self.execute(
            "UPDATE outbox SET group_id = NULL, epoch = NULL, payload = NULL, hash = NULL, turn = 0
             WHERE id = ?1",
            [id],
        )?;
        Ok(())
    }

    /// Accepted, or given up.
    pub fn delete_outbox(&self, id: i64) -> Result<()> {
        self.execute("DELETE FROM outbox WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Nothing more goes to a chat.
    pub fn clear_outbox(&self, chat: &ChatId) -> Result<()> {
        self.execute("DELETE FROM outbox WHERE chat_id = ?1", [chat.as_bytes()])?;
        Ok(())
    }

    /// Remembers an own post.
    pub fn add_sent(&self, hash: &Hash, sent: &Sent) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO sent (hash, message_id, group_id, previous, position, content)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                hash.as_bytes(),
                sent.message.as_bytes(),
                sent.group.as_bytes(),
                &sent.previous,
                sent.position,
                &sent.content,
            ),
        )?;
        Ok(())
    }

    /// An own post has its place.
    pub fn place_sent(&self, hash: &Hash, position: u64) -> Result<()> {
        self.execute("UPDATE sent SET position = ?2 WHERE hash = ?1", (hash.as_bytes(), position))?;
        Ok(())
    }

    /// An own post, by its hash or by the beginning of it.
    pub fn sent(&self, hash: &[u8]) -> Result<Option<Sent>> {
        let end: Vec<u8> = hash.iter().copied().chain([0xff; Hash::LEN]).take(Hash::LEN).collect();
        let sql = "SELECT * FROM sent WHERE hash >= ?1 AND hash <= ?2 LIMIT 1";
        self.one(sql, (hash, end), |row| {
            Ok(Sent {
                message: id(row, "message_id")?,
                group: id(row, "group_id")?,
                previous: row.get("previous")?,
                position: row.get("position")?,
                content: row.get("content")?,
            })
        })
    }

    /// The newest bytes for an epoch of a group that wait for their answer.
    pub fn newest_payload(&self, group: &GroupId, epoch: u64) -> Result<Option<Hash>> {
        let sql = "SELECT hash FROM outbox WHERE group_id = ?1 AND epoch = ?2 AND hash IS NOT NULL
             ORDER BY turn DESC LIMIT 1";
        self.one(sql, (group.as_bytes(), epoch), |row| id(row, "hash"))
    }

    /// The newest post of a device in a group that is known, and its place.
    pub fn heard(&self, group: &GroupId, device: &DeviceId) -> Result<Option<(Hash, u64)>> {
        let sql = "SELECT hash, position FROM heard WHERE group_id = ?1 AND device_id = ?2";
        self.one(sql, (group.as_bytes(), device.as_bytes()), |row| {
            Ok((id(row, "hash")?, row.get("position")?))
        })
    }

    /// One is known, which is the newest unless that one's place is further on.
    pub fn set_heard(
        &self,
        group: &GroupId,
        device: &DeviceId,
        hash: &Hash,
        at: u64,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO heard (group_id, device_id, hash, position) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (group_id, device_id) DO UPDATE SET hash = excluded.hash,
             position = excluded.position WHERE excluded.position > heard.position",
            (group.as_bytes(), device.as_bytes(), hash.as_bytes(), at),
        )?;
        Ok(())
    }

    /// What devices say in a group is followed anew.
    pub fn forget_heard(&self, group: &GroupId) -> Result<()> {
        self.execute("DELETE FROM heard WHERE group_id = ?1", [group.as_bytes()])?;
        Ok(())
    }
}

/// A post of this device.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The content's message id.
    pub message: MessageId,
    /// Where it went.
    pub group: GroupId,
    /// The mark of the post before it; empty for the first.
    pub previous: Vec<u8>,
    /// Its place, once it has one; else 0.
    pub position: u64,
    /// Encoded content, if no message row has it.
    pub content: Vec<u8>,
}
