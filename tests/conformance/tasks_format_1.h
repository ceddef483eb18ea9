// The tables of format 1, as the version that made them left them: schemas/tasks.*.sql of then,
// without the comments.
#pragma once

namespace sluice::test {

inline constexpr const char* tasks_format_1_in_sqlite = R"sql(
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
    CHECK (state IN ('open', 'keyed', 'differs', 'ready', 'done', 'returned', 'cancelled')),
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
  CHECK ((holder IS NULL) = (held_until IS NULL)),
  CHECK (holder IS NULL OR state IN ('open', 'keyed', 'differs')),
  CHECK ((first_by IS NULL) = (first_at IS NULL)),
  CHECK ((second_by IS NULL) = (second_at IS NULL)),
  CHECK ((settled_by IS NULL) = (settled_at IS NULL)),
  CHECK ((sequence IS NULL) = (row_number IS NULL)),
  CHECK ((state = 'done') = (sequence IS NOT NULL))
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
CREATE TABLE IF NOT EXISTS task_text (
  task     INTEGER NOT NULL REFERENCES task,
  part     TEXT NOT NULL CHECK (part IN ('draft', 'first', 'second', 'settled')),
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
PRAGMA user_version=1;
)sql";

inline constexpr const char* tasks_format_1_in_postgresql = R"sql(
CREATE SCHEMA sluice;
CREATE TABLE IF NOT EXISTS sluice.task (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_id       text COLLATE "C" NOT NULL UNIQUE,
  bureau         text COLLATE "C" NOT NULL,
  dataset        text COLLATE "C" NOT NULL,
  title          text NOT NULL,
  origin         text COLLATE "C" NOT NULL CHECK (origin IN ('supervisor', 'sheet', 'api', 'delivery')),
  origin_text    text NOT NULL,
  priority       bigint NOT NULL,
  due_at         timestamptz,
  created_at     timestamptz NOT NULL,
  created_by     text COLLATE "C",
  state          text COLLATE "C" NOT NULL
    CHECK (state IN ('open', 'keyed', 'differs', 'ready', 'done', 'returned', 'cancelled')),
  version        bigint NOT NULL,
  changed_at     timestamptz NOT NULL,
  holder         text COLLATE "C",
  held_until     timestamptz,
  kept_for       text COLLATE "C",
  handed_back_by text COLLATE "C",
  first_by       text COLLATE "C",
  first_at       timestamptz,
  second_by      text COLLATE "C",
  second_at      timestamptz,
  settled_by     text COLLATE "C",
  settled_at     timestamptz,
  reason         text NOT NULL,
  sequence       bigint,
  row_number     bigint,
  CHECK ((holder IS NULL) = (held_until IS NULL)),
  CHECK (holder IS NULL OR state IN ('open', 'keyed', 'differs')),
  CHECK ((first_by IS NULL) = (first_at IS NULL)),
  CHECK ((second_by IS NULL) = (second_at IS NULL)),
  CHECK ((settled_by IS NULL) = (settled_at IS NULL)),
  CHECK ((sequence IS NULL) = (row_number IS NULL)),
  CHECK ((state = 'done') = (sequence IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS task_queue
  ON sluice.task (bureau, priority DESC, (due_at IS NULL), due_at, id, state)
  WHERE state IN ('open', 'keyed', 'differs');
CREATE INDEX IF NOT EXISTS task_held ON sluice.task (bureau, holder, id) WHERE holder IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_kept ON sluice.task (bureau, kept_for) WHERE kept_for IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_handed_back ON sluice.task (bureau, handed_back_by)
  WHERE handed_back_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_state ON sluice.task (bureau, state, id);
CREATE INDEX IF NOT EXISTS task_due ON sluice.task (bureau, due_at, id)
  WHERE state IN ('open', 'keyed', 'differs');
CREATE TABLE IF NOT EXISTS sluice.task_text (
  task     bigint NOT NULL REFERENCES sluice.task,
  part     text COLLATE "C" NOT NULL CHECK (part IN ('draft', 'first', 'second', 'settled')),
  author   text COLLATE "C" NOT NULL,
  saved_at timestamptz NOT NULL,
  keyed    text NOT NULL,
  PRIMARY KEY (task, part, author)
);
CREATE TABLE IF NOT EXISTS sluice.task_history (
  task        bigint NOT NULL REFERENCES sluice.task,
  version     bigint NOT NULL,
  bureau      text COLLATE "C" NOT NULL,
  happened_at timestamptz NOT NULL,
  who         text COLLATE "C",
  what        text COLLATE "C" NOT NULL,
  note        text NOT NULL,
  checked     text COLLATE "C",
  fields      bigint,
  differences bigint,
  PRIMARY KEY (task, version)
);
CREATE INDEX IF NOT EXISTS task_history_time ON sluice.task_history (bureau, happened_at);
CREATE TABLE IF NOT EXISTS sluice.tasks_format (version integer NOT NULL);
DELETE FROM sluice.tasks_format;
INSERT INTO sluice.tasks_format VALUES (1);
)sql";

}  // namespace sluice::test
