-- The checkpoints of the central store's ledger (docs/store.md), in the schema `sluice` of its
-- database. sluiced makes these tables itself when it makes the first checkpoint.

-- A line of checkpoints is of one incarnation of the store: a restore, or another server that took
-- over, begins another one after the last checkpoint that is left.
CREATE TABLE IF NOT EXISTS sluice.checkpoint_line (
  ordinal       bigint PRIMARY KEY,                -- 1, 2 …
  name          text COLLATE "C" NOT NULL UNIQUE,
  incarnation   text NOT NULL,
  after_line    text COLLATE "C" NOT NULL,         -- empty, with 0 and zeros: it is the first
  after_number  bigint NOT NULL,
  after_ledger  bigint NOT NULL,
  after_digest  text NOT NULL,
  began_at      timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS sluice.checkpoint (
  line    text COLLATE "C" NOT NULL,
  number  bigint NOT NULL,                         -- 1, 2 … in its line
  ledger  bigint NOT NULL,                         -- the last entry that it covers
  digest  text NOT NULL,                           -- over all entries up to there
  made_at timestamptz NOT NULL,
  PRIMARY KEY (line, number)
);
