-- The people who may sign in, on a node with the embedded central store (people.sqlite, a file of
-- its own: docs/people.md). people.postgresql.sql in SQLite's words. Times are milliseconds since
-- 1970-01-01T00:00Z. PRAGMA user_version says which form of these tables this is.

CREATE TABLE account (
  name                 TEXT NOT NULL PRIMARY KEY,
  display_name         TEXT NOT NULL,
  roles                TEXT NOT NULL,
  bureau               TEXT,
  state                TEXT NOT NULL CHECK (state IN ('enabled', 'disabled')),
  must_change_password INTEGER NOT NULL,
  password             TEXT NOT NULL,
  created_at           INTEGER NOT NULL,
  changed_at           INTEGER NOT NULL,
  version              INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
