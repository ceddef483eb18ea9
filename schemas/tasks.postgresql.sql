-- The tasks of manual entry (docs/manual-entry.md), in the schema `sluice` of the central store's
-- database. Sluice runs this itself when the first task is added; where its role may not make tables
-- there, an administrator runs it, as that role's owner, in one transaction, after
-- central-store.postgresql.sql. Grant nobody else anything on these tables: they hold what was keyed.

CREATE TABLE IF NOT EXISTS sluice.task (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_id       text COLLATE "C" NOT NULL UNIQUE,  -- by which the journal knows its record
  bureau         text COLLATE "C" NOT NULL,
  dataset        text COLLATE "C" NOT NULL,
  title          text NOT NULL,
  origin         text COLLATE "C" NOT NULL CHECK (origin IN ('supervisor', 'sheet', 'api', 'delivery')),
  origin_text    text NOT NULL,
  priority       bigint NOT NULL,                   -- higher ones first
  due_at         timestamptz,
  created_at     timestamptz NOT NULL,
  created_by     text COLLATE "C",                  -- an account; NULL: by the API
  state          text COLLATE "C" NOT NULL
    CHECK (state IN ('open', 'keyed', 'differs', 'ready', 'done', 'returned', 'cancelled')),
  version        bigint NOT NULL,                   -- of its last entry in task_history
  changed_at     timestamptz NOT NULL,
  holder         text COLLATE "C",                  -- who has it before him,
  held_until     timestamptz,                       -- and from when on others may take it
  kept_for       text COLLATE "C",                  -- nobody else may take it
  handed_back_by text COLLATE "C",                  -- is given it again when nothing else is there
  first_by       text COLLATE "C",
  first_at       timestamptz,
  second_by      text COLLATE "C",
  second_at      timestamptz,
  settled_by     text COLLATE "C",
  settled_at     timestamptz,
  reason         text NOT NULL,                     -- of returned and cancelled
  sequence       bigint,                            -- the batch of its record, and the row in it
  row_number     bigint,
  CHECK ((holder IS NULL) = (held_until IS NULL)),
  CHECK (holder IS NULL OR state IN ('open', 'keyed', 'differs')),
  CHECK ((first_by IS NULL) = (first_at IS NULL)),
  CHECK ((second_by IS NULL) = (second_at IS NULL)),
  CHECK ((settled_by IS NULL) = (settled_at IS NULL)),
  CHECK ((sequence IS NULL) = (row_number IS NULL)),
  CHECK ((state = 'done') = (sequence IS NOT NULL))
);
-- Who takes the next task, who holds which, and the lists of pages. The conditions are those of the
-- queries, word for word.
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

-- What was typed: JSON of field and text. Of drafts one an author, of the others one a task.
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
  version     bigint NOT NULL,            -- of the task, which this made
  bureau      text COLLATE "C" NOT NULL,  -- the task's
  happened_at timestamptz NOT NULL,
  who         text COLLATE "C",           -- an account; NULL: the node itself, or the API
  what        text COLLATE "C" NOT NULL,
  note        text NOT NULL,
  checked     text COLLATE "C",           -- of a check: whose work,
  fields      bigint,                     -- how many fields were compared,
  differences bigint,                     -- and how many differed
  PRIMARY KEY (task, version)
);
CREATE INDEX IF NOT EXISTS task_history_time ON sluice.task_history (bureau, happened_at);

-- One row: which form of these tables this is.
CREATE TABLE IF NOT EXISTS sluice.tasks_format (version integer NOT NULL);
DELETE FROM sluice.tasks_format;
INSERT INTO sluice.tasks_format VALUES (1);
