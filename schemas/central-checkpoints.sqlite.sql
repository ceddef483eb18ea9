-- The checkpoints of the embedded store's ledger; central-checkpoints.postgresql.sql in SQLite's
-- words.

CREATE TABLE IF NOT EXISTS checkpoint_line (
  ordinal       INTEGER PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE,
  incarnation   TEXT NOT NULL,
  after_line    TEXT NOT NULL,
  after_number  INTEGER NOT NULL,
  after_ledger  INTEGER NOT NULL,
  after_digest  TEXT NOT NULL,
  began_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS checkpoint (
  line    TEXT NOT NULL,
  number  INTEGER NOT NULL,
  ledger  INTEGER NOT NULL,
  digest  TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (line, number)
) STRICT, WITHOUT ROWID;
