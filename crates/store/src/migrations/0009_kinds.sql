-- Votes in polls, and what messages hold besides words.

CREATE TABLE votes (
  message_id BLOB NOT NULL,
  user_id    BLOB NOT NULL,
  at         INTEGER NOT NULL,       -- place in the chat's order
  options    BLOB,                   -- a byte for each; null: the poll was closed here
  PRIMARY KEY (message_id, user_id, at)
) WITHOUT ROWID;
-- Own ones that have no place yet.
CREATE INDEX votes_waiting ON votes (at) WHERE at >= 1152921504606846976;

ALTER TABLE messages ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;  -- see store::holds
-- What they hold was always there: the backup has it.
DROP TRIGGER backup_message_changes;
UPDATE messages SET holds = message_holds(kind, text, body) WHERE message_holds(kind, text, body) != 0;
CREATE TRIGGER backup_message_changes AFTER UPDATE ON messages
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE INDEX messages_holding ON messages (chat_id, sent_at, number, holds)
  WHERE holds != 0 AND hidden = 0;

CREATE TRIGGER backup_vote_comes AFTER INSERT ON votes
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE TRIGGER backup_vote_changes AFTER UPDATE ON votes
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, NEW.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = NEW.message_id); END;
CREATE TRIGGER backup_vote_goes AFTER DELETE ON votes
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'backup_writes')
  BEGIN INSERT INTO backup_changes (kind, id) SELECT 3, OLD.message_id
    WHERE NOT EXISTS (SELECT 1 FROM backup_changes WHERE kind = 3 AND id = OLD.message_id); END;
