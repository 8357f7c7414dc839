-- Chats that a person put back among the unread, names that programs gave to what they sent, invite links of groups.
ALTER TABLE chats ADD COLUMN marked_unread INTEGER NOT NULL DEFAULT 0;

CREATE TABLE client_ids (
  number INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL UNIQUE,
  message_id BLOB NOT NULL
) STRICT;

-- Links that this device hears through.
CREATE TABLE join_queues (
  queue_id BLOB PRIMARY KEY,
  group_id BLOB NOT NULL,
  key BLOB NOT NULL
) STRICT;

-- Who wants to be let in; `unchecked` is what was heard, as long as it was not checked.
CREATE TABLE join_requests (
  group_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  asked_at INTEGER NOT NULL,
  unchecked BLOB,
  PRIMARY KEY (group_id, user_id)
) STRICT;

-- Links through which this account asked.
CREATE TABLE own_joins (
  queue_id BLOB PRIMARY KEY,
  asked_at INTEGER NOT NULL
) STRICT;
