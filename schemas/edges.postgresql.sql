-- What edge nodes told of themselves (docs/link.md), in the schema `sluice` of the central store's
-- database. Sluice runs this itself when the first report comes; where its role may not make tables
-- there, an administrator runs it, as that role's owner, in one transaction, after
-- central-store.postgresql.sql.

-- The last report of each bureau's quarantine: JSON of figures, no records.
CREATE TABLE IF NOT EXISTS sluice.quarantine_report (
  bureau      text COLLATE "C" PRIMARY KEY,
  node        text COLLATE "C" NOT NULL,  -- that brought it
  received_at timestamptz NOT NULL,
  report      text NOT NULL
);

-- One row: which form of this table this is.
CREATE TABLE IF NOT EXISTS sluice.edges_format (version integer NOT NULL);
DELETE FROM sluice.edges_format;
INSERT INTO sluice.edges_format VALUES (1);
