-- Posts name the one before, so that what never came is noticed, and anything can be sent again.

-- The newest post of each device in each group, as far as it came; for the own device, as far as it was accepted.
CREATE TABLE heard (
  group_id  BLOB NOT NULL,
  device_id BLOB NOT NULL,
  hash      BLOB NOT NULL,
  position  INTEGER NOT NULL,
  PRIMARY KEY (group_id, device_id)
) WITHOUT ROWID;

-- The post before, its place once it has one, and its content where no message row has it.
ALTER TABLE sent ADD COLUMN previous BLOB NOT NULL DEFAULT x'';
ALTER TABLE sent ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sent ADD COLUMN content BLOB NOT NULL DEFAULT x'';
-- In which order entries were encrypted.
ALTER TABLE outbox ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;

-- Nobody learns any more when these were sent.
UPDATE sent SET position = 1;

-- For posts that never came: the mark and the place of the newest one before that did, and how many were
-- looked for one after the other.
ALTER TABLE unreadable ADD COLUMN after BLOB NOT NULL DEFAULT x'';
ALTER TABLE unreadable ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE unreadable ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
