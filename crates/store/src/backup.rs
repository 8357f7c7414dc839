//! What the backup does not have yet. Triggers note each change while this device writes a backup.

use crate::{Result, Tx};

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A person, by user id.
    Person = 0,
    /// A chat, by chat id.
    Chat = 1,
    /// A group, by group id.
    Group = 2,
    /// A message with its versions and reactions, by message id.
    Message = 3,
    /// A switch; its id is empty.
    Setting = 4,
}

impl Kind {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Person,
            1 => Self::Chat,
            2 => Self::Group,
            3 => Self::Message,
            _ => Self::Setting,
        }
    }
}

impl Tx<'_> {
    /// Whether this device writes the backup.
    pub fn writes_backup(&self) -> Result<bool> {
        Ok(self.meta("backup_writes")?.is_some())
    }

    /// From now on changes are noted, or not any more; those noted are forgotten.
    pub fn set_writes_backup(&self, writes: bool) -> Result<()> {
        self.execute("DELETE FROM backup_changes", [])?;
        match writes {
            true => self.set_meta("backup_writes", &[]),
            false => self.delete_meta("backup_writes"),
        }
    }

    /// Notes everything: the backup has nothing that counts.
    pub fn back_up_everything(&self) -> Result<()> {
        for sql in [
            "INSERT OR IGNORE INTO backup_changes (kind, id) SELECT 0, user_id FROM people",
            "INSERT OR IGNORE INTO backup_changes (kind, id) SELECT 1, chat_id FROM chats",
            "INSERT OR IGNORE INTO backup_changes (kind, id) SELECT 2, group_id FROM groups",
            "INSERT OR IGNORE INTO backup_changes (kind, id) SELECT 3, message_id FROM messages",
        ] {
            self.execute(sql, [])?;
        }
        Ok(())
    }

    /// Changes noted, people and chats first.
    pub fn backup_changes(&self, limit: usize) -> Result<Vec<(Kind, Vec<u8>)>> {
        let sql = "SELECT kind, id FROM backup_changes ORDER BY kind, id LIMIT ?1";
        self.all(sql, [limit], |row| Ok((Kind::from_number(row.get("kind")?), row.get("id")?)))
    }

    /// Whether something is noted.
    pub fn has_backup_changes(&self) -> Result<bool> {
        Ok(self.one("SELECT 1 FROM backup_changes LIMIT 1", [], |_| Ok(()))?.is_some())
    }

    /// A change is in a segment.
    pub fn backed_up(&self, kind: Kind, id: &[u8]) -> Result<()> {
        let sql = "DELETE FROM backup_changes WHERE kind = ?1 AND id = ?2";
        self.execute(sql, (kind as u8, id))?;
        Ok(())
    }
}
