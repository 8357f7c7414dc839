-- The search index (see store::search). It holds pieces of words and no texts. The triggers keep it right,
-- whoever changes a message and why; a text that goes leaves nothing in it.

CREATE VIRTUAL TABLE search USING fts5(
  pieces, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

INSERT INTO search (rowid, pieces)
  SELECT number, search_pieces(text, chat_id, sender) FROM messages WHERE kind = 0 AND hidden = 0;

CREATE TRIGGER search_insert AFTER INSERT ON messages WHEN new.kind = 0 AND new.hidden = 0 BEGIN
  INSERT INTO search (rowid, pieces)
    VALUES (new.number, search_pieces(new.text, new.chat_id, new.sender));
END;

CREATE TRIGGER search_delete AFTER DELETE ON messages WHEN old.kind = 0 AND old.hidden = 0 BEGIN
  INSERT INTO search (search, rowid, pieces)
    VALUES ('delete', old.number, search_pieces(old.text, old.chat_id, old.sender));
END;

CREATE TRIGGER search_update AFTER UPDATE OF text, chat_id, sender, kind, hidden ON messages
  WHEN (old.text, old.chat_id, old.sender, old.kind, old.hidden)
    IS NOT (new.text, new.chat_id, new.sender, new.kind, new.hidden)
BEGIN
  INSERT INTO search (search, rowid, pieces)
    SELECT 'delete', old.number, search_pieces(old.text, old.chat_id, old.sender)
    WHERE old.kind = 0 AND old.hidden = 0;
  INSERT INTO search (rowid, pieces)
    SELECT new.number, search_pieces(new.text, new.chat_id, new.sender)
    WHERE new.kind = 0 AND new.hidden = 0;
END;
