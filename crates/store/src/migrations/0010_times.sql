-- Search between two dates.
CREATE INDEX messages_by_time ON messages (sent_at);
