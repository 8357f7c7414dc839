-- The client's database, version 1. Ids are raw bytes; times are Unix milliseconds.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

-- Group state of the MLS library, opaque to everything but the mls crate.
CREATE TABLE mls (
  key   BLOB PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE people (
  user_id         BLOB PRIMARY KEY,
  username        TEXT,              -- as the relay vouches for it
  display_name    TEXT,              -- as the person says it
  hinted_name     TEXT,              -- as somebody else says it
  about           TEXT,
  profile_version INTEGER NOT NULL DEFAULT 0,
  accepted        INTEGER NOT NULL DEFAULT 0,
  blocked         INTEGER NOT NULL DEFAULT 0,
  verified        INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE device_log (
  user_id BLOB NOT NULL,
  seq     INTEGER NOT NULL,
  entry   BLOB NOT NULL,
  PRIMARY KEY (user_id, seq)
) WITHOUT ROWID;

CREATE TABLE chats (
  chat_id     BLOB PRIMARY KEY,
  kind        INTEGER NOT NULL,      -- content.v1.ChatKind
  title       TEXT NOT NULL DEFAULT '',
  peer        BLOB,                  -- the other person of a direct chat
  group_id    BLOB,                  -- the group new messages go to
  requested   INTEGER NOT NULL DEFAULT 0,
  left        INTEGER NOT NULL DEFAULT 0,
  pinned      INTEGER NOT NULL DEFAULT 0,
  archived    INTEGER NOT NULL DEFAULT 0,
  muted_until INTEGER NOT NULL DEFAULT 0,
  draft       TEXT NOT NULL DEFAULT '',
  read_position INTEGER NOT NULL DEFAULT 0,
  read_told     INTEGER NOT NULL DEFAULT 0,  -- position of the last read receipt queued
  delivered_told INTEGER NOT NULL DEFAULT 0, -- position of the last delivered receipt queued
  activity_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE groups (
  group_id     BLOB PRIMARY KEY,
  chat_id      BLOB NOT NULL,
  queue_id     BLOB NOT NULL,        -- the own queue
  status       INTEGER NOT NULL,     -- see store::groups::Status
  epoch        INTEGER NOT NULL,
  info_key     BLOB NOT NULL,        -- encrypts the group info at the relay
  created_at   INTEGER NOT NULL,     -- relay time of the commit that founded or admitted
  last_seq     INTEGER NOT NULL DEFAULT 0,
  wait_epoch   INTEGER NOT NULL DEFAULT 0,   -- the relay is there already
  refused      BLOB,                         -- hash of the commit refused at this epoch
  profile_sent INTEGER NOT NULL DEFAULT -1,
  refreshed_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX groups_by_chat ON groups (chat_id);

-- Own queues, of groups and of key packages that are still out.
CREATE TABLE queues (
  queue_id BLOB PRIMARY KEY,
  group_id BLOB
) WITHOUT ROWID;

-- Who is in a group, kept beside the MLS state so that it can be read without it.
CREATE TABLE members (
  group_id     BLOB NOT NULL,
  user_id      BLOB NOT NULL,
  devices      INTEGER NOT NULL,
  joined       INTEGER NOT NULL,     -- position from which this person can read
  leaving      INTEGER NOT NULL DEFAULT 0,
  delivered    INTEGER NOT NULL DEFAULT 0,   -- position of the last receipt
  read         INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;

CREATE TABLE messages (
  message_id BLOB PRIMARY KEY,
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
CREATE INDEX messages_by_position ON messages (chat_id, position, message_id);

CREATE TABLE message_versions (
  message_id BLOB NOT NULL,
  version    INTEGER NOT NULL,
  text       TEXT NOT NULL,
  body       BLOB NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (message_id, version)
) WITHOUT ROWID;

CREATE TABLE reactions (
  message_id BLOB NOT NULL,
  user_id    BLOB NOT NULL,
  emoji      TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (message_id, user_id)
) WITHOUT ROWID;

-- Edits, deletes and reactions whose message is not here (yet).
CREATE TABLE orphans (
  id       INTEGER PRIMARY KEY,
  target   BLOB NOT NULL,
  sender   BLOB NOT NULL,
  group_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  content  BLOB NOT NULL
);
CREATE INDEX orphans_by_target ON orphans (target);

CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  chat_id    BLOB NOT NULL,
  message_id BLOB NOT NULL,
  kind       INTEGER NOT NULL,       -- see store::outbox::Kind
  content    BLOB NOT NULL,
  group_id   BLOB,                   -- set with the payload
  epoch      INTEGER,
  payload    BLOB,
  hash       BLOB
);
CREATE INDEX outbox_by_hash ON outbox (hash);

-- Posts of our own, for echoes and for sending again.
CREATE TABLE sent (
  hash       BLOB PRIMARY KEY,
  message_id BLOB NOT NULL,
  group_id   BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE intents (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  chat_id  BLOB NOT NULL,
  group_id BLOB NOT NULL,
  kind     INTEGER NOT NULL,         -- see the engine
  body     BLOB NOT NULL,
  due_at   INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0
);

-- Key packages taken for an intent.
CREATE TABLE taken (
  intent_id   INTEGER NOT NULL,
  user_id     BLOB NOT NULL,
  device_id   BLOB NOT NULL,
  key_package BLOB NOT NULL,
  queue_id    BLOB NOT NULL,
  PRIMARY KEY (intent_id, user_id, device_id)
) WITHOUT ROWID;

-- The commit that is on its way for a group, at most one.
CREATE TABLE bundles (
  group_id    BLOB PRIMARY KEY,
  intent_id   INTEGER NOT NULL,
  base_epoch  INTEGER NOT NULL,
  commit_hash BLOB NOT NULL,
  frame       BLOB NOT NULL
) WITHOUT ROWID;

-- Items from the mailbox that wait for a device log.
CREATE TABLE parked (
  sequence INTEGER PRIMARY KEY,
  queue_id BLOB NOT NULL,
  item     BLOB NOT NULL
);
CREATE INDEX parked_by_queue ON parked (queue_id, sequence);

-- Posts that could not be read; the placeholder message has the hash's first 16 bytes as its id.
CREATE TABLE unreadable (
  hash       BLOB PRIMARY KEY,
  chat_id    BLOB NOT NULL,
  group_id   BLOB NOT NULL,
  position   INTEGER NOT NULL,
  asked_at   INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Numbers of group items that never came.
CREATE TABLE gaps (
  group_id BLOB NOT NULL,
  seq      INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (group_id, seq)
) WITHOUT ROWID;
