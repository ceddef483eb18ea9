-- The tasks of manual entry, on a node with the embedded central store (tasks.sqlite, a file of its
-- own: docs/manual-entry.md). tasks.postgresql.sql in SQLite's words. Times are milliseconds since
-- 1970-01-01T00:00Z. PRAGMA user_version says which form of these tables this is.

CREATE TABLE IF NOT EXISTS task (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  entry_id       TEXT NOT NULL UNIQUE,
  bureau         TEXT NOT NULL,
  dataset        TEXT NOT NULL,
  title          TEXT NOT NULL,
  origin         TEXT NOT NULL CHECK (origin IN ('supervisor', 'sheet', 'api', 'delivery')),
  origin_text    TEXT NOT NULL,
  priority       INTEGER NOT NULL,
  due_at         INTEGER,
  created_at     INTEGER NOT NULL,
  created_by     TEXT,
  state          TEXT NOT NULL
    CHECK (state IN ('open', 'keyed', 'differs', 'ready', 'done', 'returned', 'cancelled',
                     'declined')),
  version        INTEGER NOT NULL,
  changed_at     INTEGER NOT NULL,
  holder         TEXT,
  held_until     INTEGER,
  kept_for       TEXT,
  handed_back_by TEXT,
  first_by       TEXT,
  first_at       INTEGER,
  second_by      TEXT,
  second_at      INTEGER,
  settled_by     TEXT,
  settled_at     INTEGER,
  reason         TEXT NOT NULL,
  sequence       INTEGER,
  row_number     INTEGER,
  kind           TEXT NOT NULL DEFAULT 'incoming' CHECK (kind IN ('incoming', 'outgoing')),
  delivery       TEXT,
  delivery_row   INTEGER,
  record_key     TEXT,
  operation      TEXT CHECK (operation IN ('upsert', 'delete')),
  receipt_number TEXT,
  answered_by    TEXT,
  answered_at    INTEGER,
  CHECK ((holder IS NULL) = (held_until IS NULL)),
  CHECK (holder IS NULL OR state IN ('open', 'keyed', 'differs')),
  CHECK ((first_by IS NULL) = (first_at IS NULL)),
  CHECK ((second_by IS NULL) = (second_at IS NULL)),
  CHECK ((settled_by IS NULL) = (settled_at IS NULL)),
  CHECK ((sequence IS NULL) = (row_number IS NULL)),
  CHECK ((state = 'done') = (sequence IS NOT NULL OR receipt_number IS NOT NULL)),
  CHECK ((kind = 'outgoing') = (delivery IS NOT NULL)),
  CHECK ((delivery IS NULL) = (delivery_row IS NULL)),
  CHECK ((delivery IS NULL) = (record_key IS NULL)),
  CHECK ((delivery IS NULL) = (operation IS NULL)),
  CHECK ((answered_by IS NULL) = (answered_at IS NULL)),
  CHECK ((answered_by IS NOT NULL) = (kind = 'outgoing' AND state IN ('done', 'declined'))),
  CHECK (kind = 'incoming'
         OR (state NOT IN ('keyed', 'differs', 'ready') AND first_by IS NULL AND sequence IS NULL)),
  CHECK (kind = 'outgoing' OR (state <> 'declined' AND receipt_number IS NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS task_queue
  ON task (bureau, priority DESC, (due_at IS NULL), due_at, id, state)
  WHERE state IN ('open', 'keyed', 'differs');
CREATE INDEX IF NOT EXISTS task_held ON task (bureau, holder, id) WHERE holder IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_kept ON task (bureau, kept_for) WHERE kept_for IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_handed_back ON task (bureau, handed_back_by)
  WHERE handed_back_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_state ON task (bureau, state, id);
CREATE INDEX IF NOT EXISTS task_due ON task (bureau, due_at, id)
  WHERE state IN ('open', 'keyed', 'differs');

CREATE UNIQUE INDEX IF NOT EXISTS task_of_delivery ON task (delivery, delivery_row)
  WHERE delivery IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_unanswered ON task (bureau, record_key, id)
  WHERE record_key IS NOT NULL AND state IN ('open', 'returned');
CREATE INDEX IF NOT EXISTS task_first ON task (bureau, dataset, first_by, first_at, id)
  WHERE first_by IS NOT NULL;

CREATE TABLE IF NOT EXISTS task_delivery (
  name           TEXT NOT NULL PRIMARY KEY,
  agreement      TEXT NOT NULL,
  bureau         TEXT NOT NULL,
  dataset        TEXT NOT NULL,
  content        TEXT NOT NULL,
  handed_over_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS task_text (
  task     INTEGER NOT NULL REFERENCES task,
  part     TEXT NOT NULL CHECK (part IN ('draft', 'first', 'second', 'settled', 'delivered')),
  author   TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  keyed    TEXT NOT NULL,
  PRIMARY KEY (task, part, author)
) STRICT;

CREATE TABLE IF NOT EXISTS task_history (
  task        INTEGER NOT NULL REFERENCES task,
  version     INTEGER NOT NULL,
  bureau      TEXT NOT NULL,
  happened_at INTEGER NOT NULL,
  who         TEXT,
  what        TEXT NOT NULL,
  note        TEXT NOT NULL,
  checked     TEXT,
  fields      INTEGER,
  differences INTEGER,
  PRIMARY KEY (task, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS task_history_time ON task_history (bureau, happened_at);
-- What one person has done, and how others found it.
CREATE INDEX IF NOT EXISTS task_history_who ON task_history (bureau, who, happened_at)
  WHERE who IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_history_checked ON task_history (bureau, checked, happened_at)
  WHERE checked IS NOT NULL;
