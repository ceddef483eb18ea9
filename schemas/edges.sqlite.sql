-- What edge nodes told of themselves (docs/link.md), at a center with the embedded central store
-- (edges.sqlite, a file of its own). edges.postgresql.sql in SQLite's words. Times are milliseconds
-- since 1970-01-01T00:00Z. PRAGMA user_version says which form of this table this is.

CREATE TABLE IF NOT EXISTS quarantine_report (
  bureau      TEXT NOT NULL PRIMARY KEY,
  node        TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  report      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
