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
  state          text COLLATE "C" NOT NULL,         -- task_states, below, names them
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
  reason         text NOT NULL,                     -- of returned, cancelled and declined
  sequence       bigint,                            -- the batch of its record, and the row in it
  row_number     bigint,
  CHECK ((holder IS NULL) = (held_until IS NULL)),
  CHECK (holder IS NULL OR state IN ('open', 'keyed', 'differs')),
  CHECK ((first_by IS NULL) = (first_at IS NULL)),
  CHECK ((second_by IS NULL) = (second_at IS NULL)),
  CHECK ((settled_by IS NULL) = (settled_at IS NULL)),
  CHECK ((sequence IS NULL) = (row_number IS NULL))
);
-- What format 2 added, or changed of format 1: the tasks of deliveries. As a statement of its own it
-- brings tables of format 1 up; running it again changes nothing.
ALTER TABLE sluice.task
  ADD COLUMN IF NOT EXISTS kind           text COLLATE "C" NOT NULL DEFAULT 'incoming',
  ADD COLUMN IF NOT EXISTS delivery       text COLLATE "C",  -- its name,
  ADD COLUMN IF NOT EXISTS delivery_row   bigint,            -- the row in it, from 1,
  ADD COLUMN IF NOT EXISTS record_key     text COLLATE "C",  -- a digest of dataset and key,
  ADD COLUMN IF NOT EXISTS operation      text COLLATE "C",
  ADD COLUMN IF NOT EXISTS receipt_number text,              -- of the bureau's own system
  ADD COLUMN IF NOT EXISTS answered_by    text COLLATE "C",  -- who confirmed or declined it
  ADD COLUMN IF NOT EXISTS answered_at    timestamptz,
  DROP CONSTRAINT IF EXISTS task_state_check,  -- of format 1: no `declined`
  DROP CONSTRAINT IF EXISTS task_check6,       -- of format 1: (state = 'done') = (sequence IS NOT NULL)
  DROP CONSTRAINT IF EXISTS task_states,
  ADD CONSTRAINT task_states CHECK (state IN ('open', 'keyed', 'differs', 'ready', 'done', 'returned',
    'cancelled', 'declined')),
  DROP CONSTRAINT IF EXISTS task_done,
  ADD CONSTRAINT task_done CHECK (
    (state = 'done') = (sequence IS NOT NULL OR receipt_number IS NOT NULL)),
  DROP CONSTRAINT IF EXISTS task_outgoing,
  ADD CONSTRAINT task_outgoing CHECK (
    CASE kind
      WHEN 'incoming' THEN num_nonnulls(delivery, delivery_row, record_key, operation,
        receipt_number, answered_by, answered_at) = 0 AND state <> 'declined'
      WHEN 'outgoing' THEN num_nulls(delivery, delivery_row, record_key, operation) = 0
        AND operation IN ('upsert', 'delete')
        AND state NOT IN ('keyed', 'differs', 'ready') AND first_by IS NULL AND sequence IS NULL
        AND (answered_by IS NULL) = (answered_at IS NULL)
        AND (answered_by IS NOT NULL) = (state IN ('done', 'declined'))
      ELSE false
    END);
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

-- A delivery handed over again adds nothing; the next one of a record waits for the one before; what
-- somebody keyed last.
CREATE UNIQUE INDEX IF NOT EXISTS task_of_delivery ON sluice.task (delivery, delivery_row)
  WHERE delivery IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_unanswered ON sluice.task (bureau, record_key, id)
  WHERE record_key IS NOT NULL AND state IN ('open', 'returned');
CREATE INDEX IF NOT EXISTS task_first ON sluice.task (bureau, dataset, first_by, first_at, id)
  WHERE first_by IS NOT NULL;

-- The deliveries whose records are tasks.
CREATE TABLE IF NOT EXISTS sluice.task_delivery (
  name           text COLLATE "C" PRIMARY KEY,
  agreement      text NOT NULL,              -- the number under which it is released
  bureau         text COLLATE "C" NOT NULL,
  dataset        text COLLATE "C" NOT NULL,
  content        text COLLATE "C" NOT NULL,  -- a digest: whether it is the same when it comes again
  handed_over_at timestamptz NOT NULL
);

-- What was typed, and what is delivered: JSON of field and text. Of drafts one an author, of the others one a task.
CREATE TABLE IF NOT EXISTS sluice.task_text (
  task     bigint NOT NULL REFERENCES sluice.task,
  part     text COLLATE "C" NOT NULL,
  author   text COLLATE "C" NOT NULL,
  saved_at timestamptz NOT NULL,
  keyed    text NOT NULL,
  PRIMARY KEY (task, part, author)
);
ALTER TABLE sluice.task_text
  DROP CONSTRAINT IF EXISTS task_text_part_check,  -- of format 1: no `delivered`
  DROP CONSTRAINT IF EXISTS task_text_parts,
  ADD CONSTRAINT task_text_parts CHECK (part IN ('draft', 'first', 'second', 'settled', 'delivered'));

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
-- What one person has done, and how others found it.
CREATE INDEX IF NOT EXISTS task_history_who ON sluice.task_history (bureau, who, happened_at)
  WHERE who IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_history_checked ON sluice.task_history (bureau, checked, happened_at)
  WHERE checked IS NOT NULL;

-- One row: which form of these tables this is.
CREATE TABLE IF NOT EXISTS sluice.tasks_format (version integer NOT NULL);
DELETE FROM sluice.tasks_format;
INSERT INTO sluice.tasks_format VALUES (2);
