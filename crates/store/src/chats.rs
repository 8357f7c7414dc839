//! Chats: what a person sees as one conversation, with this account's own marks on it.

use crate::{Result, Tx, id, maybe_id};
use parlor_wire::{GroupId, MessageId, UserId};

/// A chat's id in this profile. The one of a direct chat follows from its two people.
pub type ChatId = MessageId;

/// One row.
#[derive(Debug, Clone)]
pub struct Chat {
    /// Its id.
    pub chat_id: ChatId,
    /// `content.v1.ChatKind` as a number.
    pub kind: i32,
    /// Title of a group.
    pub title: String,
    /// The other person of a direct chat.
    pub peer: Option<UserId>,
    /// The group that new messages go to.
    pub group: Option<GroupId>,
    /// Somebody unknown began it, and it was not accepted yet.
    pub requested: bool,
    /// We left or were removed.
    pub left: bool,
    /// Pinned to the top of the list.
    pub pinned: bool,
    /// Put away.
    pub archived: bool,
    /// Put back among the unread by hand.
    pub marked_unread: bool,
    /// No notifications until then, Unix milliseconds.
    pub muted_until: u64,
    /// Text not sent yet.
    pub draft: String,
    /// Position up to which everything was read here.
    pub read_position: u64,
    /// Position of the last read receipt.
    pub read_told: u64,
    /// Position of the last delivered receipt.
    pub delivered_told: u64,
    /// When something happened last, Unix milliseconds.
    pub activity_at: u64,
}

impl Chat {
    /// A fresh chat.
    pub fn new(chat_id: ChatId, kind: i32, now: u64) -> Self {
        Self {
            chat_id,
            kind,
            title: String::new(),
            peer: None,
            group: None,
            requested: false,
            left: false,
            pinned: false,
            archived: false,
            marked_unread: false,
            muted_until: 0,
            draft: String::new(),
            read_position: 0,
            read_told: 0,
            delivered_told: 0,
            activity_at: now,
        }
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Chat> {
    Ok(Chat {
        chat_id: id(row, "chat_id")?,
        kind: row.get("kind")?,
        title: row.get("title")?,
        peer: maybe_id(row, "peer")?,
        group: maybe_id(row, "group_id")?,
        requested: row.get("requested")?,
        left: row.get("left")?,
        pinned: row.get("pinned")?,
        archived: row.get("archived")?,
        marked_unread: row.get("marked_unread")?,
        muted_until: row.get("muted_until")?,
        draft: row.get("draft")?,
        read_position: row.get("read_position")?,
        read_told: row.get("read_told")?,
        delivered_told: row.get("delivered_told")?,
        activity_at: row.get("activity_at")?,
    })
}

impl Tx<'_> {
    /// A chat.
    pub fn chat(&self, chat: &ChatId) -> Result<Option<Chat>> {
        self.one("SELECT * FROM chats WHERE chat_id = ?1", [chat.as_bytes()], read)
    }

    /// All chats: pinned first, then the newest first.
    pub fn chats(&self) -> Result<Vec<Chat>> {
        self.all("SELECT * FROM chats ORDER BY pinned DESC, activity_at DESC, chat_id", [], read)
    }

    /// Stores all of a chat.
    pub fn set_chat(&self, chat: &Chat) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO chats (chat_id, kind, title, peer, group_id, requested, left, pinned,
               archived, muted_until, draft, read_position, read_told, delivered_told, activity_at, marked_unread)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            (
                chat.chat_id.as_bytes(),
                chat.kind,
                &chat.title,
                chat.peer.as_ref().map(|peer| peer.as_bytes()),
                chat.group.as_ref().map(|group| group.as_bytes()),
                chat.requested,
                chat.left,
                chat.pinned,
                chat.archived,
                chat.muted_until,
                &chat.draft,
                chat.read_position,
                chat.read_told,
                chat.delivered_told,
                chat.activity_at,
                chat.marked_unread,
            ),
        )?;
        Ok(())
    }

    /// Removes a chat and everything said in it from this profile.
    pub fn delete_chat(&self, chat: &ChatId) -> Result<()> {
        let chat = chat.as_bytes();
        for sql in [
            "DELETE FROM reactions WHERE message_id IN (SELECT message_id FROM messages WHERE chat_id = ?1)",
            "DELETE FROM votes WHERE message_id IN (SELECT message_id FROM messages WHERE chat_id = ?1)",
            "DELETE FROM message_versions WHERE message_id IN (SELECT message_id FROM messages WHERE chat_id = ?1)",
            "DELETE FROM file_uses WHERE message_id IN (SELECT message_id FROM messages WHERE chat_id = ?1)",
            "DELETE FROM files_owed WHERE message_id IN (SELECT message_id FROM messages WHERE chat_id = ?1)",
            "DELETE FROM messages WHERE chat_id = ?1",
            "DELETE FROM outbox WHERE chat_id = ?1",
            "DELETE FROM intents WHERE chat_id = ?1",
            "DELETE FROM unreadable WHERE chat_id = ?1",
            "DELETE FROM members WHERE group_id IN (SELECT group_id FROM groups WHERE chat_id = ?1)",
            "DELETE FROM bundles WHERE group_id IN (SELECT group_id FROM groups WHERE chat_id = ?1)",
            "DELETE FROM groups WHERE chat_id = ?1",
            "DELETE FROM chats WHERE chat_id = ?1",
        ] {
            self.execute(sql, [chat])?;
        }
        Ok(())
    }
}
