-- Messages that this person marked with a star.
ALTER TABLE messages ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
