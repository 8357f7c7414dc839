-- Messages get a number that a copy of the database keeps, for the search index to point at; and what every
-- message and receipt asks is answered without looking through the chat.

CREATE TABLE numbered (
  number     INTEGER PRIMARY KEY,    -- order of arrival here
  message_id BLOB NOT NULL UNIQUE,
  chat_id    BLOB NOT NULL,
  position   INTEGER NOT NULL,       -- relay time; above store::messages::PENDING until accepted
  sender     BLOB NOT NULL,
  mine       INTEGER NOT NULL,
  kind       INTEGER NOT NULL,       -- see store::messages::Kind
  sent_at    INTEGER NOT NULL,
  received_at INTEGER,
  text       TEXT NOT NULL DEFAULT '',
  body       BLOB NOT NULL DEFAULT x'',  -- entities, notice or unknown content; see the engine
  reply_to   BLOB,
  edited_at  INTEGER,
  state      INTEGER NOT NULL,       -- see store::messages::State
  hidden     INTEGER NOT NULL DEFAULT 0  -- deleted on this account only
);
INSERT INTO numbered (message_id, chat_id, position, sender, mine, kind, sent_at, received_at, text, body,
    reply_to, edited_at, state, hidden)
  SELECT message_id, chat_id, position, sender, mine, kind, sent_at, received_at, text, body,
    reply_to, edited_at, state, hidden FROM messages ORDER BY rowid;
DROP TABLE messages;
ALTER TABLE numbered RENAME TO messages;

CREATE INDEX messages_by_position ON messages (chat_id, position, message_id);
CREATE INDEX messages_unread ON messages (chat_id, position)
  WHERE mine = 0 AND hidden = 0 AND kind IN (0, 4);
-- Own messages that can still move forward, an index for each state so that none of the other is looked at.
CREATE INDEX messages_sent ON messages (chat_id, position) WHERE mine = 1 AND state = 1;
CREATE INDEX messages_delivered ON messages (chat_id, position) WHERE mine = 1 AND state = 2;
