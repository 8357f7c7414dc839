-- Something that the backup may have is gone here: the backup is rewritten without it before long. A text that was
-- kept as a version of its message is not gone.

CREATE TABLE backup_erased (
  mark INTEGER PRIMARY KEY CHECK (mark = 1)
);
-- Nobody noted it until now.
INSERT INTO backup_erased (mark) SELECT 1 WHERE EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes');

-- 1152921504606846976 is store::messages::PENDING: no backup has what lies behind it.
CREATE TRIGGER backup_loses_text AFTER UPDATE ON messages
  WHEN OLD.position < 1152921504606846976 AND OLD.kind != 3
    AND ((NEW.kind = 2 AND OLD.kind != 2) OR (NEW.hidden != 0 AND OLD.hidden = 0)
      OR (NEW.text != OLD.text AND NOT EXISTS (SELECT 1 FROM message_versions
        WHERE message_id = OLD.message_id AND text = OLD.text)))
    AND EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_erased (mark) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM backup_erased); END;
CREATE TRIGGER backup_loses_message AFTER DELETE ON messages
  WHEN OLD.position < 1152921504606846976 AND OLD.kind != 3
    AND EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_erased (mark) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM backup_erased); END;
CREATE TRIGGER backup_loses_chat AFTER DELETE ON chats
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_erased (mark) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM backup_erased); END;
