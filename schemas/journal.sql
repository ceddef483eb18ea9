-- The tables of a journal file (docs/journal-format.md). Times are milliseconds since 1970-01-01T00:00Z.
-- A file of an earlier version gets what it has not when it is opened.

CREATE TABLE IF NOT EXISTS stream(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  bureau TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  head_sequence INTEGER NOT NULL,   -- of the last closed batch
  head_manifest BLOB NOT NULL,      -- its digest
  acknowledged INTEGER NOT NULL,    -- the center has every batch up to here, by its receipts
  backlog_batches INTEGER NOT NULL, -- closed, and never had a receipt
  backlog_bytes INTEGER NOT NULL,
  -- Since version 4:
  follows INTEGER NOT NULL,         -- the bureau's epoch before this one; 0: none is known
  refused TEXT NOT NULL,            -- why no rows are taken; empty: they are
  -- Since version 5:
  sealed_at INTEGER NOT NULL,       -- the latest sealing time of this epoch: none is sealed before it
  confirmed_at INTEGER NOT NULL     -- the same of batches that have receipts, of any epoch
) STRICT;

-- Closed batches: those that wait for their receipts, and those that have one and are retained. The
-- payload stands behind: SQLite reads what is before it without it. What is behind it is read where
-- rows were refused, and the payload with it.
CREATE TABLE IF NOT EXISTS batch(
  sequence INTEGER PRIMARY KEY,
  closed_at INTEGER NOT NULL,
  manifest BLOB NOT NULL,
  signature BLOB NOT NULL,
  payload BLOB NOT NULL,
  -- Since version 7:
  places BLOB NOT NULL              -- where its rows stood in their sources; empty: nobody knows
) STRICT;

-- Batches that still take rows of small calls: numbered, not yet sealed.
CREATE TABLE IF NOT EXISTS open_batch(
  sequence INTEGER PRIMARY KEY,
  dataset TEXT NOT NULL,
  schema BLOB NOT NULL,
  mode INTEGER NOT NULL,
  carries_case_numbers INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  upserts INTEGER NOT NULL,
  deletes INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
-- Their rows, a group commit's worth in each: `id` is sequence * 2^32 + the number of its first row, so
-- that a batch's rows lie together without an index.
CREATE TABLE IF NOT EXISTS open_lines(
  id INTEGER PRIMARY KEY,
  lines BLOB NOT NULL,
  -- Since version 7:
  places BLOB NOT NULL              -- as of batch, of these rows
) STRICT;

CREATE TABLE IF NOT EXISTS receipt(
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  json BLOB NOT NULL,
  signature BLOB NOT NULL
) STRICT;

-- Since version 5: what a batch was answered once more, after the center had lost it.
CREATE TABLE IF NOT EXISTS receipt_again(
  id INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  json BLOB NOT NULL,
  signature BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS receipt_again_of ON receipt_again(sequence);

-- Since version 5: batches that had their receipt and stay for a while, to be sent again to a center
-- that lost them. Beside the batch, so that its payload is not written anew for it.
CREATE TABLE IF NOT EXISTS retained(
  sequence INTEGER PRIMARY KEY,     -- batch.sequence
  acknowledged_at INTEGER NOT NULL, -- first
  bytes INTEGER NOT NULL            -- of all its parts
) STRICT;
-- How many there are; the triggers keep it.
CREATE TABLE IF NOT EXISTS retention(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  batches INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO retention VALUES(1, 0, 0);
CREATE TRIGGER IF NOT EXISTS retained_comes AFTER INSERT ON retained BEGIN
  UPDATE retention SET batches = batches + 1, bytes = bytes + new.bytes;
END;
CREATE TRIGGER IF NOT EXISTS retained_goes AFTER DELETE ON retained BEGIN
  UPDATE retention SET batches = batches - 1, bytes = bytes - old.bytes;
END;

-- Since version 5: what a batch was that is here no more, so that it can be named if the center turns
-- out to have lost it.
CREATE TABLE IF NOT EXISTS let_go(
  sequence INTEGER PRIMARY KEY,
  closed_at INTEGER NOT NULL,
  dataset TEXT NOT NULL,
  mode TEXT NOT NULL,
  rows INTEGER NOT NULL
) STRICT;
-- Batches of earlier epochs that the center lost and that were here no more.
CREATE TABLE IF NOT EXISTS gap(
  id INTEGER PRIMARY KEY,
  noticed_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  first INTEGER NOT NULL,           -- batch.sequence
  last INTEGER NOT NULL,
  dataset TEXT NOT NULL,            -- empty: it is not known any more
  mode TEXT NOT NULL,
  first_at INTEGER,                 -- when they were closed
  last_at INTEGER,
  batches INTEGER NOT NULL,
  rows INTEGER NOT NULL
) STRICT;

-- Since version 6: what the first batch of the stream's epoch says of the one before it. None: there
-- was none, or nobody could say.
CREATE TABLE IF NOT EXISTS predecessor(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,        -- of its last batch in the center's ledger
  numbered INTEGER NOT NULL,        -- the highest number that was given out in it
  lost INTEGER NOT NULL,            -- of the batches between
  reason INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS cursor(
  channel TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  first_row INTEGER NOT NULL,
  forget_at INTEGER,                -- NULL: never
  PRIMARY KEY (channel, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cursor_forget ON cursor(forget_at) WHERE forget_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS quarantine(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  state INTEGER NOT NULL,
  at INTEGER NOT NULL,
  dataset TEXT NOT NULL,
  mode INTEGER NOT NULL,
  source TEXT NOT NULL,
  place INTEGER NOT NULL,
  field TEXT NOT NULL,
  rule TEXT NOT NULL,
  sentence TEXT NOT NULL,
  columns BLOB NOT NULL,
  original BLOB NOT NULL
) STRICT;
-- Since version 3; one of version 2 had an index of what waits only. Pages and counts are made from
-- it, without a look at the rows.
CREATE INDEX IF NOT EXISTS quarantine_group ON quarantine(state, dataset, rule);

-- Since version 3: who settled an entry of the quarantine, and what they say of it. Beside the rows,
-- so that what is read of a list does not lie behind the originals.
CREATE TABLE IF NOT EXISTS quarantine_settlement(
  entry INTEGER PRIMARY KEY,        -- quarantine.id
  settled_at INTEGER NOT NULL,
  settled_by TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

-- Since version 5: which entries are rows that the center refused, and where they stood.
CREATE TABLE IF NOT EXISTS quarantine_refusal(
  entry INTEGER PRIMARY KEY,        -- quarantine.id
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,        -- of the batch that the row was in
  row INTEGER NOT NULL              -- from 1; 0: the batch's payload as it is
) STRICT;

-- Since version 4: settled entries are forgotten in this order.
CREATE INDEX IF NOT EXISTS quarantine_settled ON quarantine_settlement(settled_at);

-- Since version 4: how many bytes there are of what is kept beside batches. The triggers keep it, so
-- that no statement can forget to. 256 and 128 stand for what a row takes beside its longest values.
CREATE TABLE IF NOT EXISTS kept(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  quarantine_bytes INTEGER NOT NULL,
  answer_bytes INTEGER NOT NULL     -- of cursors that are forgotten some day
) STRICT;
INSERT OR IGNORE INTO kept SELECT 1,
  (SELECT coalesce(sum(length(original) + length(columns) + 256), 0) FROM quarantine),
  (SELECT coalesce(sum(length(key) + length(value) + 128), 0) FROM cursor WHERE forget_at IS NOT NULL);
CREATE TRIGGER IF NOT EXISTS quarantine_comes AFTER INSERT ON quarantine BEGIN
  UPDATE kept SET quarantine_bytes = quarantine_bytes + length(new.original) + length(new.columns) + 256;
END;
CREATE TRIGGER IF NOT EXISTS quarantine_goes AFTER DELETE ON quarantine BEGIN
  UPDATE kept SET quarantine_bytes = quarantine_bytes - length(old.original) - length(old.columns) - 256;
END;
CREATE TRIGGER IF NOT EXISTS answer_comes AFTER INSERT ON cursor WHEN new.forget_at IS NOT NULL BEGIN
  UPDATE kept SET answer_bytes = answer_bytes + length(new.key) + length(new.value) + 128;
END;
CREATE TRIGGER IF NOT EXISTS answer_goes AFTER DELETE ON cursor WHEN old.forget_at IS NOT NULL BEGIN
  UPDATE kept SET answer_bytes = answer_bytes - length(old.key) - length(old.value) - 128;
END;
CREATE TRIGGER IF NOT EXISTS answer_changes AFTER UPDATE ON cursor BEGIN
  UPDATE kept SET answer_bytes = answer_bytes
    - iif(old.forget_at IS NULL, 0, length(old.key) + length(old.value) + 128)
    + iif(new.forget_at IS NULL, 0, length(new.key) + length(new.value) + 128);
END;

-- Since version 8: how many rows ever came and were made durable, those that went to the quarantine
-- included, and how many ever went there. Both only grow, whatever becomes of the rows.
CREATE TABLE IF NOT EXISTS taken(
  dataset TEXT NOT NULL,
  mode INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  PRIMARY KEY (dataset, mode)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS quarantine_counts AFTER INSERT ON quarantine BEGIN
  INSERT INTO taken VALUES(new.dataset, new.mode, 0, 1)
    ON CONFLICT(dataset, mode) DO UPDATE SET quarantined = quarantined + 1;
END;

-- Since version 2.
CREATE TABLE IF NOT EXISTS tally(
  dataset TEXT NOT NULL,
  minute INTEGER NOT NULL,          -- since 1970 in UTC
  rows INTEGER NOT NULL,            -- that came, the failed ones included
  failed INTEGER NOT NULL,
  PRIMARY KEY (dataset, minute)
) STRICT, WITHOUT ROWID;

-- Since version 6: batches that the center has in its ledger and holds, so that their rows are nowhere
-- but here and in its archive. They wait for another receipt, which says what became of them.
CREATE TABLE IF NOT EXISTS held(
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  dataset TEXT NOT NULL,
  at INTEGER NOT NULL,              -- when the center made the receipt that says so
  json BLOB NOT NULL,               -- that receipt
  signature BLOB NOT NULL,
  PRIMARY KEY (epoch, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held_dataset ON held(dataset, epoch, sequence);
-- Of epochs that are over, what such a batch is; of the stream's own it is in `batch`.
CREATE TABLE IF NOT EXISTS held_batch(
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  manifest BLOB NOT NULL,
  signature BLOB NOT NULL,
  payload BLOB NOT NULL,
  -- Since version 7:
  places BLOB NOT NULL,             -- as of batch
  PRIMARY KEY (epoch, sequence)
) STRICT, WITHOUT ROWID;
-- Since version 6: checkpoints of the center's ledger, each with the receipt that says it. They outlive
-- receipts and epochs.
CREATE TABLE IF NOT EXISTS anchor(
  hour INTEGER NOT NULL,            -- of the receipt, since 1970 in UTC: the newest of each stays
  line TEXT NOT NULL,
  number INTEGER NOT NULL,          -- of the checkpoint in its line
  json BLOB NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (hour, line)
) STRICT;
