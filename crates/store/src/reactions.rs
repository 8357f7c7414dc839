//! Reactions, and what waits for a message that is not here.

use crate::{Result, Tx, id};
use parlor_wire::{GroupId, MessageId, UserId};

/// One person's reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Who reacted.
    pub user: UserId,
    /// With what.
    pub emoji: String,
    /// Its place in the chat's order.
    pub at: u64,
}

/// An edit, delete or reaction that came before its message.
#[derive(Debug, Clone)]
pub struct Orphan {
    /// Who sent it.
    pub sender: UserId,
    /// In which group.
    pub group: GroupId,
    /// Where in the chat's order.
    pub position: u64,
    /// The encoded content.
    pub content: Vec<u8>,
}

impl Tx<'_> {
    /// Sets or, with an empty emoji, takes back a reaction.
    pub fn set_reaction(
        &self,
        message: &MessageId,
        user: &UserId,
        emoji: &str,
        at: u64,
    ) -> Result<()> {
        if emoji.is_empty() {
            self.execute(
                "DELETE FROM reactions WHERE message_id = ?1 AND user_id = ?2",
                (message.as_bytes(), user.as_bytes()),
            )?;
        } else {
            self.execute(
                "INSERT OR REPLACE INTO reactions (message_id, user_id, emoji, at)
                 VALUES (?1, ?2, ?3, ?4)",
                (message.as_bytes(), user.as_bytes(), emoji, at),
            )?;
        }
        Ok(())
    }

    /// Reactions of a message, by person.
    pub fn reactions(&self, message: &MessageId) -> Result<Vec<Reaction>> {
        self.all(
            "SELECT user_id, emoji, at FROM reactions WHERE message_id = ?1 ORDER BY user_id",
            [message.as_bytes()],
            |row| {
                let (emoji, at) = (row.get("emoji")?, row.get("at")?);
                Ok(Reaction { user: id(row, "user_id")?, emoji, at })
            },
        )
    }

    /// Keeps something for a message that is not here.
    pub fn add_orphan(&self, target: &MessageId, orphan: &Orphan) -> Result<()> {
        self.execute(
            "INSERT INTO orphans (target, sender, group_id, position, content)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (
                target.as_bytes(),
                orphan.sender.as_bytes(),
                orphan.group.as_bytes(),
                orphan.position,
                &orphan.content,
            ),
        )?;
        Ok(())
    }

    /// Takes what waited for a message, in order.
    pub fn take_orphans(&self, target: &MessageId) -> Result<Vec<Orphan>> {
        let orphans = self.all(
            "SELECT * FROM orphans WHERE target = ?1 ORDER BY id",
            [target.as_bytes()],
            |row| {
                Ok(Orphan {
                    sender: id(row, "sender")?,
                    group: id(row, "group_id")?,
                    position: row.get("position")?,
                    content: row.get("content")?,
                })
            },
        )?;
        if !orphans.is_empty() {
            self.execute("DELETE FROM orphans WHERE target = ?1", [target.as_bytes()])?;
        }
        Ok(orphans)
    }
}
