-- The tables of reconciliation.sqlite: what comparisons found (docs/reconciliation.md). Times are
-- milliseconds since 1970-01-01T00:00Z.

CREATE TABLE IF NOT EXISTS report(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bureau TEXT NOT NULL,
  dataset TEXT NOT NULL,
  at INTEGER NOT NULL,
  key_fields TEXT NOT NULL,         -- a JSON array of names
  source_records INTEGER NOT NULL,
  central_records INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  extra INTEGER NOT NULL,
  different INTEGER NOT NULL,
  fleeting INTEGER NOT NULL,
  not_passing INTEGER NOT NULL,
  rows_read INTEGER NOT NULL,
  sent INTEGER,                     -- NULL: no repair was sent
  deleted INTEGER,
  left_missing INTEGER,             -- NULL: nobody knows what was left
  left_extra INTEGER,
  left_different INTEGER,
  unrepaired TEXT NOT NULL,         -- why; empty: it was, or was not to be
  named INTEGER NOT NULL            -- rows in `difference`
) STRICT;
CREATE INDEX IF NOT EXISTS report_dataset ON report(bureau, dataset, id);

CREATE TABLE IF NOT EXISTS difference(
  report INTEGER NOT NULL REFERENCES report(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,          -- from 1, in key order
  kind INTEGER NOT NULL,            -- 0 missing, 1 extra, 2 different
  key TEXT NOT NULL,                -- a JSON array of the key's values
  PRIMARY KEY (report, number)
) STRICT, WITHOUT ROWID;
