//! What the backup does not have yet, and whether it has something that is gone. Triggers note both while this
//! device writes a backup.

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
        self.execute("DELETE FROM backup_erased", [])?;
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

    /// Whether something that the backup may have is gone since this was asked last.
    pub fn take_backup_erased(&self) -> Result<bool> {
        let erased = self.one("SELECT 1 FROM backup_erased", [], |_| Ok(()))?.is_some();
        if erased {
            self.execute("DELETE FROM backup_erased", [])?;
        }
        Ok(erased)
    }

    /// A change is in a segment.
    pub fn backed_up(&self, kind: Kind, id: &[u8]) -> Result<()> {
        let sql = "DELETE FROM backup_changes WHERE kind = ?1 AND id = ?2";
        self.execute(sql, (kind as u8, id))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::Store;
    use crate::chats::Chat;
    use crate::messages::{Kind, MessageRow, PENDING, State, Version};
    use parlor_wire::{MessageId, UserId};

    fn row(id: u8) -> MessageRow {
        MessageRow {
            message_id: MessageId([id; 16]),
            chat_id: MessageId([0; 16]),
            position: 5,
            sender: UserId([1; 32]),
            mine: true,
            kind: Kind::Text,
            sent_at: 5,
            received_at: None,
            text: "said".into(),
            body: Vec::new(),
            reply_to: None,
            edited_at: None,
            state: State::Received,
            hidden: false,
            starred: false,
        }
    }

    #[test]
    fn what_goes_is_noticed_and_nothing_else() {
        let mut store = Store::in_memory().unwrap();
        let tx = store.begin().unwrap();
        tx.set_message(&row(1)).unwrap();
        tx.delete_message(&row(1).message_id).unwrap();
        assert!(!tx.take_backup_erased().unwrap(), "nobody writes");
        tx.set_writes_backup(true).unwrap();
        type Change = fn(MessageRow) -> MessageRow;
        let changes: [(&str, bool, Change); 6] = [
            ("read", false, |row| MessageRow { state: State::Read, ..row }),
            ("moved", false, |row| MessageRow { position: 9, ..row }),
            ("deleted", true, |row| MessageRow { kind: Kind::Deleted, text: String::new(), ..row }),
            ("hidden", true, |row| MessageRow { hidden: true, ..row }),
            ("edited away", true, |row| MessageRow { text: "other".into(), ..row }),
            ("nothing", false, |row| row),
        ];
        for (name, erases, change) in changes {
            tx.set_message(&row(2)).unwrap();
            tx.take_backup_erased().unwrap();
            tx.set_message(&change(row(2))).unwrap();
            assert_eq!(tx.take_backup_erased().unwrap(), erases, "{name}");
            assert!(!tx.take_backup_erased().unwrap(), "{name}: once");
            tx.delete_message(&row(2).message_id).unwrap();
            assert!(tx.take_backup_erased().unwrap(), "{name}: and then all of it");
            // The same while it waits to be sent.
            let waits = |row| MessageRow { position: PENDING + 1, ..row };
            tx.set_message(&waits(row(3))).unwrap();
            tx.set_message(&waits(change(row(3)))).unwrap();
            tx.delete_message(&row(3).message_id).unwrap();
            assert!(!tx.take_backup_erased().unwrap(), "{name}: it never left");
        }
        // An edit whose old text stays beside it.
        tx.set_message(&row(4)).unwrap();
        let old = Version { text: row(4).text, body: Vec::new(), at: 5 };
        tx.add_version(&row(4).message_id, &old).unwrap();
        tx.set_message(&MessageRow { text: "edited".into(), ..row(4) }).unwrap();
        assert!(!tx.take_backup_erased().unwrap());
        tx.set_chat(&Chat::new(MessageId([7; 16]), 0, 5)).unwrap();
        tx.delete_chat(&MessageId([7; 16])).unwrap();
        assert!(tx.take_backup_erased().unwrap());
    }
}
