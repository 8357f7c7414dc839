-- Version 6: what the backup does not have yet, noted while this device writes one. A trigger takes over how the
-- statement that fires it deals with conflicts, so that these ask before they insert.

CREATE TABLE backup_changes (
  kind INTEGER NOT NULL,             -- see store::backup::Kind
  id   BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

CREATE TRIGGER backup_person_comes AFTER INSERT ON people
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 0, NEW.user_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 0 AND id = NEW.user_id); END;
CREATE TRIGGER backup_person_changes AFTER UPDATE ON people
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 0, NEW.user_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 0 AND id = NEW.user_id); END;
CREATE TRIGGER backup_chat_comes AFTER INSERT ON chats
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 1, NEW.chat_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 1 AND id = NEW.chat_id); END;
CREATE TRIGGER backup_chat_changes AFTER UPDATE ON chats
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 1, NEW.chat_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 1 AND id = NEW.chat_id); END;
CREATE TRIGGER backup_chat_goes AFTER DELETE ON chats
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 1, OLD.chat_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 1 AND id = OLD.chat_id); END;
CREATE TRIGGER backup_group_comes AFTER INSERT ON groups
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 2, NEW.group_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 2 AND id = NEW.group_id); END;
CREATE TRIGGER backup_group_changes AFTER UPDATE OF info_key, status, chat_id ON groups
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 2, NEW.group_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 2 AND id = NEW.group_id); END;
CREATE TRIGGER backup_message_comes AFTER INSERT ON messages
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE TRIGGER backup_message_changes AFTER UPDATE ON messages
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE TRIGGER backup_version_comes AFTER INSERT ON message_versions
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE TRIGGER backup_version_changes AFTER UPDATE ON message_versions
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE TRIGGER backup_version_goes AFTER DELETE ON message_versions
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, OLD.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = OLD.message_id); END;
CREATE TRIGGER backup_reaction_comes AFTER INSERT ON reactions
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE TRIGGER backup_reaction_changes AFTER UPDATE ON reactions
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE TRIGGER backup_reaction_goes AFTER DELETE ON reactions
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, OLD.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = OLD.message_id); END;
CREATE TRIGGER backup_setting_comes AFTER INSERT ON meta
  WHEN NEW.key IN ('no_read_receipts', 'no_delivered_receipts', 'no_typing') AND
    EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 4, x''
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 4 AND id = x''); END;
CREATE TRIGGER backup_setting_changes AFTER UPDATE ON meta
  WHEN NEW.key IN ('no_read_receipts', 'no_delivered_receipts', 'no_typing') AND
    EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 4, x''
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 4 AND id = x''); END;
