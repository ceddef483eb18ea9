-- The embedded central store's own tables; central-store.postgresql.sql in SQLite's words. Times are
-- milliseconds since 1970-01-01T00:00Z.

CREATE TABLE format (version INTEGER NOT NULL) STRICT;
INSERT INTO format VALUES (3);

CREATE TABLE dataset (
  id     TEXT NOT NULL PRIMARY KEY,
  owner  TEXT NOT NULL,
  schema TEXT NOT NULL
) STRICT;

CREATE TABLE schema (
  digest TEXT NOT NULL PRIMARY KEY,
  schema TEXT NOT NULL
) STRICT;

-- In which version of a dataset's tables they followed which of those.
CREATE TABLE version_schema (
  dataset TEXT NOT NULL,
  version INTEGER NOT NULL,
  digest  TEXT NOT NULL,
  PRIMARY KEY (dataset, version, digest)
) STRICT;

CREATE TABLE stream (
  bureau     TEXT NOT NULL PRIMARY KEY,
  epoch      INTEGER NOT NULL,
  sequence   INTEGER NOT NULL,
  manifest   TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE ledger (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  bureau            TEXT NOT NULL,
  epoch             INTEGER NOT NULL,
  sequence          INTEGER NOT NULL,
  dataset           TEXT NOT NULL,
  manifest          TEXT NOT NULL,
  outcome           TEXT NOT NULL,
  inserted          INTEGER NOT NULL,
  updated           INTEGER NOT NULL,
  unchanged         INTEGER NOT NULL,
  deleted           INTEGER NOT NULL,
  rejected          INTEGER NOT NULL,
  applied_at        INTEGER NOT NULL,
  receipt           TEXT NOT NULL,
  receipt_signature BLOB NOT NULL,
  -- The id of the entry of a batch that was held, of which this one says what became; else 0.
  settles           INTEGER NOT NULL DEFAULT 0,
  UNIQUE (bureau, epoch, sequence, settles)
) STRICT;
CREATE INDEX ledger_dataset ON ledger (dataset, applied_at);
CREATE UNIQUE INDEX ledger_settles ON ledger (settles) WHERE settles <> 0;

CREATE TABLE archive (
  ledger    INTEGER PRIMARY KEY REFERENCES ledger (id),
  manifest  BLOB NOT NULL,
  signature BLOB NOT NULL,
  payload   BLOB NOT NULL
) STRICT;

-- Batches that are in the ledger as held and that nothing settles yet.
CREATE TABLE held (
  ledger  INTEGER PRIMARY KEY REFERENCES ledger (id),
  bureau  TEXT NOT NULL,
  dataset TEXT NOT NULL
) STRICT;
CREATE INDEX held_dataset ON held (bureau, dataset, ledger);

CREATE TABLE migration (
  id          INTEGER PRIMARY KEY,
  dataset     TEXT NOT NULL,
  version     INTEGER NOT NULL,
  from_schema TEXT NOT NULL,
  to_schema   TEXT NOT NULL,
  mapping     TEXT NOT NULL,
  records     INTEGER NOT NULL,
  applied_at  INTEGER NOT NULL,
  statement   TEXT NOT NULL,
  signature   BLOB NOT NULL,
  dropped_at  INTEGER,
  UNIQUE (dataset, version)
) STRICT;
