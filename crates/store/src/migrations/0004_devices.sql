-- Version 4: several devices of one account.

-- Groups whose leaves have to be looked at: own devices are missing, devices were revoked, a queue is shared.
CREATE TABLE tend (
  group_id BLOB PRIMARY KEY
) WITHOUT ROWID;

-- Queues of last-resort key packages, which several groups may come to use.
CREATE TABLE last_resort_queues (
  queue_id BLOB PRIMARY KEY
) WITHOUT ROWID;

-- When, in the order of the own devices' group, each thing was set that they keep in step.
CREATE TABLE own_clock (
  key      BLOB PRIMARY KEY,
  position INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX own_clock_by_position ON own_clock (position);

-- What other own devices did to something while a change of this device had no place in the order yet.
CREATE TABLE deferred (
  id       INTEGER PRIMARY KEY,
  waiting  INTEGER NOT NULL,         -- where the clock stood
  chat_id  BLOB NOT NULL,
  group_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  content  BLOB NOT NULL
);
CREATE INDEX deferred_by_waiting ON deferred (waiting, position);

-- Histories on their way to new devices of this account; see the engine.
CREATE TABLE transfers (
  device_id BLOB PRIMARY KEY,
  state     BLOB NOT NULL
) WITHOUT ROWID;

-- Their sealed chunks that may still be on their way.
CREATE TABLE transfer_chunks (
  device_id BLOB NOT NULL,
  number    INTEGER NOT NULL,
  payload   BLOB NOT NULL,
  PRIMARY KEY (device_id, number)
);
