//! Messages and their earlier versions.

use crate::chats::ChatId;
use crate::{Result, Tx, holds, id, maybe_id};
use parlor_wire::{MessageId, UserId};

/// Positions from here on belong to messages that the relay has not accepted yet.
pub const PENDING: u64 = 1 << 60;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Text; `body` is an encoded `content.v1.Text` without the text.
    Text = 0,
    /// Something that happened; `body` is the engine's notice.
    Notice = 1,
    /// Deleted for everyone.
    Deleted = 2,
    /// A post that could not be read.
    Unreadable = 3,
    /// Content of a later version; `body` is the encoded content.
    Unknown = 4,
}

/// How far an own message has come; it only moves forward. Others' messages are `Received`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum State {
    /// On disk here.
    Queued = 0,
    /// On disk at the relay.
    Sent = 1,
    /// With everybody in the chat.
    Delivered = 2,
    /// Read by everybody in the chat.
    Read = 3,
    /// Given up.
    Failed = 4,
    /// Somebody else's.
    Received = 5,
}

impl Kind {
    /// The kind of a stored number; numbers of later versions are unknown content.
    pub fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Text,
            1 => Self::Notice,
            2 => Self::Deleted,
            3 => Self::Unreadable,
            _ => Self::Unknown,
        }
    }
}

impl State {
    /// The state of a stored number.
    pub fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Queued,
            1 => Self::Sent,
            2 => Self::Delivered,
            3 => Self::Read,
            4 => Self::Failed,
            _ => Self::Received,
        }
    }
}

/// One row.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// The same on every device.
    pub message_id: MessageId,
    /// Where it was said.
    pub chat_id: ChatId,
    /// Its place in the chat's order.
    pub position: u64,
    /// Who said it.
    pub sender: UserId,
    /// By this account.
    pub mine: bool,
    /// What it is.
    pub kind: Kind,
    /// Time of the sender's clock.
    pub sent_at: u64,
    /// When it arrived here.
    pub received_at: Option<u64>,
    /// The text.
    pub text: String,
    /// What belongs to the kind.
    pub body: Vec<u8>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// When it was edited last.
    pub edited_at: Option<u64>,
    /// How far it has come.
    pub state: State,
    /// Deleted on this account only.
    pub hidden: bool,
    /// Marked by this person, to be found again.
    pub starred: bool,
}

/// An earlier or the present text of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The text.
    pub text: String,
    /// What belongs to it; see [`Kind::Text`].
    pub body: Vec<u8>,
    /// When it was written.
    pub at: u64,
}

pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        message_id: id(row, "message_id")?,
        chat_id: id(row, "chat_id")?,
        position: row.get("position")?,
        sender: id(row, "sender")?,
        mine: row.get("mine")?,
        kind: Kind::from_number(row.get("kind")?),
        sent_at: row.get("sent_at")?,
        received_at: row.get("received_at")?,
        text: row.get("text")?,
        body: row.get("body")?,
        reply_to: maybe_id(row, "reply_to")?,
        edited_at: row.get("edited_at")?,
        state: State::from_number(row.get("state")?),
        hidden: row.get("hidden")?,
        starred: row.get("starred")?,
    })
}

impl Tx<'_> {
    /// A message.
    pub fn message(&self, message: &MessageId) -> Result<Option<MessageRow>> {
        self.one("SELECT * FROM messages WHERE message_id = ?1", [message.as_bytes()], read)
    }

    /// Stores all of a message.
    pub fn set_message(&self, message: &MessageRow) -> Result<()> {
        self.execute(
            "INSERT INTO messages (message_id, chat_id, position, sender, mine, kind, sent_at,
               received_at, text, body, reply_to, edited_at, state, hidden, starred, holds)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (message_id) DO UPDATE SET chat_id = excluded.chat_id,
               position = excluded.position, sender = excluded.sender, mine = excluded.mine,
               kind = excluded.kind, sent_at = excluded.sent_at, received_at = excluded.received_at,
               text = excluded.text, body = excluded.body, reply_to = excluded.reply_to,
               edited_at = excluded.edited_at, state = excluded.state, hidden = excluded.hidden,
               starred = excluded.starred, holds = excluded.holds",
            (
                message.message_id.as_bytes(),
                message.chat_id.as_bytes(),
                message.position,
                message.sender.as_bytes(),
                message.mine,
                message.kind as u8,
                message.sent_at,
                message.received_at,
                &message.text,
                &message.body,
                message.reply_to.as_ref().map(|id| id.as_bytes()),
                message.edited_at,
                message.state as u8,
                message.hidden,
                message.starred,
                holds::of_row(message),
            ),
        )?;
        Ok(())
    }

    /// An own message has come so far, and has this place in the order.
    pub fn move_message(&self, message: &MessageId, position: u64, state: State) -> Result<()> {
        self.execute(
            "UPDATE messages SET position = ?2, state = ?3 WHERE message_id = ?1",
            (message.as_bytes(), position, state as u8),
        )?;
        Ok(())
    }

    /// Removes a message; used for placeholders whose message came after all.
    pub fn delete_message(&self, message: &MessageId) -> Result<()> {
        self.execute("DELETE FROM messages WHERE message_id = ?1", [message.as_bytes()])?;
        Ok(())
    }

    /// The newest messages before a place in the order, newest last.
    pub fn history(
        &self,
        chat: &ChatId,
        before: Option<(u64, MessageId)>,
        limit: u32,
    ) -> Result<Vec<MessageRow>> {
        let (position, message) = before.unwrap_or((i64::MAX as u64, MessageId([0xff; 16])));
        let mut rows = self.all(
            "SELECT * FROM messages WHERE chat_id = ?1 AND hidden = 0
               AND (position, message_id) < (?2, ?3)
             ORDER BY position DESC, message_id DESC LIMIT ?4",
            (chat.as_bytes(), position, message.as_bytes(), limit),
            read,
        )?;
        rows.reverse();
        Ok(rows)
    }

    /// The oldest messages behind a place in the order, newest last.
    pub fn history_behind(
        &self,
        chat: &ChatId,
        (position, message): (u64, MessageId),
        limit: u32,
    ) -> Result<Vec<MessageRow>> {
        self.all(
            "SELECT * FROM messages WHERE chat_id = ?1 AND hidden = 0
               AND (position, message_id) > (?2, ?3)
             ORDER BY position, message_id LIMIT ?4",
            (chat.as_bytes(), position, message.as_bytes(), limit),
            read,
        )
    }

    /// The newest texts of others after a position.
    pub fn unread_texts(
        &self,
        chat: &ChatId,
        read_position: u64,
        limit: u32,
    ) -> Result<Vec<MessageRow>> {
        self.all(
            "SELECT * FROM messages WHERE chat_id = ?1 AND position > ?2 AND mine = 0
               AND hidden = 0 AND kind = 0 ORDER BY position DESC, message_id DESC LIMIT ?3",
            (chat.as_bytes(), read_position, limit),
            read,
        )
    }

    /// The message that a program sent under a name of its own.
    pub fn message_of_client(&self, client_id: &str) -> Result<Option<MessageId>> {
        let sql = "SELECT message_id FROM client_ids WHERE client_id = ?1";
        self.one(sql, [client_id], |row| id(row, "message_id"))
    }

    /// Keeps the name that a program gave to what it sent; the oldest beyond `kept` are forgotten.
    pub fn name_message(&self, client_id: &str, message: &MessageId, kept: u32) -> Result<()> {
        self.execute(
            "INSERT INTO client_ids (client_id, message_id) VALUES (?1, ?2)",
            (client_id, message.as_bytes()),
        )?;
        self.execute(
            "DELETE FROM client_ids WHERE number <= ?1",
            [self.insert_id() - i64::from(kept)],
        )?;
        Ok(())
    }

    /// Messages before a place in the order that have their place, hidden ones too, newest first.
    pub fn settled_before(
        &self,
        chat: &ChatId,
        before: (u64, MessageId),
        limit: u32,
    ) -> Result<Vec<MessageRow>> {
        let (position, message) = (before.0.min(PENDING), before.1);
        self.all(
            "SELECT * FROM messages WHERE chat_id = ?1 AND kind != 3
               AND (position, message_id) < (?2, ?3)
             ORDER BY position DESC, message_id DESC LIMIT ?4",
            (chat.as_bytes(), position, message.as_bytes(), limit),
            read,
        )
    }

    /// How many messages have their place.
    pub fn settled_count(&self) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM messages WHERE kind != 3 AND position < ?1";
        Ok(self.one(sql, [PENDING], |row| row.get(0))?.unwrap_or(0))
    }

    /// Others' texts after a position.
    pub fn unread(&self, chat: &ChatId, read_position: u64) -> Result<u64> {
        let count = self.one(
            "SELECT COUNT(*) FROM messages WHERE chat_id = ?1 AND position > ?2 AND mine = 0
               AND hidden = 0 AND kind IN (0, 4)",
            (chat.as_bytes(), read_position),
            |row| row.get(0),
        )?;
        Ok(count.unwrap_or(0))
    }

    /// Own messages up to a position that are at the relay and have not come as far as `state` move there;
    /// which these are, in their order.
    pub fn move_behind(&self, chat: &ChatId, up_to: u64, state: State) -> Result<Vec<MessageId>> {
        const SENT: &str = "SELECT position, message_id FROM messages WHERE chat_id = ?1
           AND position <= ?2 AND mine = 1 AND state = 1";
        const DELIVERED: &str = "SELECT position, message_id FROM messages WHERE chat_id = ?1
           AND position <= ?2 AND mine = 1 AND state = 2";
        let mut moved = Vec::new();
        for (behind, sql) in [(State::Sent, SENT), (State::Delivered, DELIVERED)] {
            if behind < state {
                moved.extend(self.all(sql, (chat.as_bytes(), up_to), |row| {
                    Ok((row.get::<_, u64>(0)?, id::<MessageId>(row, "message_id")?))
                })?);
            }
        }
        moved.sort_unstable();
        for (position, message) in &moved {
            self.move_message(message, *position, state)?;
        }
        Ok(moved.into_iter().map(|(_, message)| message).collect())
    }

    /// The newest message of somebody else that a receipt may speak of.
    pub fn newest_of_others(&self, chat: &ChatId, up_to: u64) -> Result<Option<(u64, MessageId)>> {
        self.one(
            "SELECT position, message_id FROM messages WHERE chat_id = ?1 AND position <= ?2 AND mine = 0
               AND kind IN (0, 2, 4) ORDER BY position DESC, message_id DESC LIMIT 1",
            (chat.as_bytes(), up_to),
            |row| Ok((row.get(0)?, id(row, "message_id")?)),
        )
    }

    /// Keeps a version of a message.
    pub fn add_version(&self, message: &MessageId, version: &Version) -> Result<()> {
        self.execute(
            "INSERT INTO message_versions (message_id, version, text, body, at)
             VALUES (?1, (SELECT COUNT(*) FROM message_versions WHERE message_id = ?1), ?2, ?3, ?4)",
            (message.as_bytes(), &version.text, &version.body, version.at),
        )?;
        Ok(())
    }

    /// The versions kept of a message, oldest first.
    pub fn versions(&self, message: &MessageId) -> Result<Vec<Version>> {
        self.all(
            "SELECT text, body, at FROM message_versions WHERE message_id = ?1 ORDER BY version",
            [message.as_bytes()],
            |row| Ok(Version { text: row.get(0)?, body: row.get(1)?, at: row.get(2)? }),
        )
    }

    /// Forgets versions, reactions and votes of a message that was deleted for everyone.
    pub fn forget_details(&self, message: &MessageId) -> Result<()> {
        self.execute("DELETE FROM message_versions WHERE message_id = ?1", [message.as_bytes()])?;
        self.execute("DELETE FROM reactions WHERE message_id = ?1", [message.as_bytes()])?;
        self.execute("DELETE FROM votes WHERE message_id = ?1", [message.as_bytes()])?;
        Ok(())
    }
}
