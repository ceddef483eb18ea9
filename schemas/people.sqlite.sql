-- The people who may sign in, on a node with the embedded central store (people.sqlite, a file of
-- its own: docs/people.md). people.postgresql.sql in SQLite's words. Times are milliseconds since
-- 1970-01-01T00:00Z. PRAGMA user_version says which form of these tables this is.

CREATE TABLE IF NOT EXISTS account (
  name                 TEXT NOT NULL PRIMARY KEY,
  display_name         TEXT NOT NULL,
  roles                TEXT NOT NULL,
  bureau               TEXT,
  state                TEXT NOT NULL CHECK (state IN ('enabled', 'disabled')),
  must_change_password INTEGER NOT NULL,
  password             TEXT NOT NULL,
  created_at           INTEGER NOT NULL,
  changed_at           INTEGER NOT NULL,
  version              INTEGER NOT NULL,
  certificate_issuer   TEXT,
  certificate_subject  TEXT CHECK ((certificate_subject IS NULL) = (certificate_issuer IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS account_certificate
  ON account (certificate_issuer, certificate_subject);

CREATE TABLE IF NOT EXISTS session (
  id              TEXT NOT NULL PRIMARY KEY,
  account         TEXT NOT NULL REFERENCES account,
  account_version INTEGER NOT NULL,
  way             TEXT NOT NULL CHECK (way IN ('password', 'certificate')),
  begun_at        INTEGER NOT NULL,
  last_seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_account ON session (account);
CREATE INDEX IF NOT EXISTS session_last_seen ON session (last_seen_at);

CREATE TABLE IF NOT EXISTS installation_secret (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
  secret TEXT NOT NULL
) STRICT;
