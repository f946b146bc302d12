-- The tables of Apple's chat.db that matter, with invented messages; tests build the database from this.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT);
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, chat_identifier TEXT, display_name TEXT);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT, attributedBody BLOB, handle_id INTEGER, is_from_me INTEGER,
                      date INTEGER, item_type INTEGER DEFAULT 0, associated_message_type INTEGER DEFAULT 0);
INSERT INTO handle VALUES (1, '+15550100');
INSERT INTO chat VALUES (1, '+15550100', '');
INSERT INTO message (ROWID, text, handle_id, is_from_me, date) VALUES
  (1, 'This is Northgate Recovery. You owe $420.', 1, 0, 794192524000000000),
  (2, 'I dispute this.', 1, 1, 794192700),
  (4, char(65532), 1, 0, 794192800000000000);
INSERT INTO message (ROWID, attributedBody, handle_id, is_from_me, date) VALUES
  (3, CAST(X'040B73747265616D747970656481E803840140848484124E5341747472696275746564537472696E67008484084E534F626A656374008592848484084E53537472696E67019484012B' || CAST(X'16' AS BLOB) || 'We know where you live' || X'86' AS BLOB), 1, 0, 794192750000000000),
  (5, X'0102', 1, 0, 794192900000000000);
INSERT INTO message (ROWID, text, handle_id, is_from_me, date, associated_message_type) VALUES (6, 'Liked', 1, 0, 794193000000000000, 2001);
INSERT INTO chat_message_join SELECT 1, ROWID FROM message;
