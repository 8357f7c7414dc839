-- Version 5: files that go with messages, and pictures of people.

ALTER TABLE people ADD COLUMN avatar BLOB;

-- The message's files are not all at the relay yet.
ALTER TABLE outbox ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_held ON outbox (message_id) WHERE waits = 1;

-- Each file once, however many messages it goes with. In the profile's folder of files it has its id as its name.
CREATE TABLE files (
  file_id      BLOB PRIMARY KEY,
  key          BLOB NOT NULL,
  nonce_prefix BLOB NOT NULL,
  size         INTEGER NOT NULL,     -- of the content
  hash         BLOB NOT NULL,        -- BLAKE3 of the ciphertext
  content_hash BLOB,                 -- BLAKE3 of the content, where this device encrypted it
  here         INTEGER NOT NULL,     -- whole, and checked
  wanted       INTEGER NOT NULL DEFAULT 0,  -- to be downloaded
  remote       INTEGER NOT NULL,     -- see store::files::Remote
  problem      INTEGER NOT NULL DEFAULT 0,  -- see store::files::Problem
  blob_id      BLOB,
  request_id   BLOB,                 -- of the grant that was asked for last
  token        BLOB,                 -- authorises the upload
  asked_at     INTEGER NOT NULL DEFAULT 0   -- when its sender was asked for it last
) WITHOUT ROWID;
CREATE INDEX files_by_hash ON files (hash);
CREATE INDEX files_by_content ON files (content_hash) WHERE content_hash IS NOT NULL;
CREATE INDEX files_to_move ON files (file_id) WHERE wanted = 1 OR remote IN (1, 2, 3);

-- Which attachment of which message is which file.
CREATE TABLE file_uses (
  message_id BLOB NOT NULL,
  number     INTEGER NOT NULL,
  file_id    BLOB NOT NULL,
  PRIMARY KEY (message_id, number)
) WITHOUT ROWID;
CREATE INDEX file_uses_by_file ON file_uses (file_id);

-- Files of own messages that somebody asked for again.
CREATE TABLE files_owed (
  message_id BLOB NOT NULL,
  number     INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,       -- another own device may have answered by then
  PRIMARY KEY (message_id, number)
) WITHOUT ROWID;
