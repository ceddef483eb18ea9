-- The people who may sign in (docs/people.md), in the schema `sluice` of the central store's
-- database. Sluice runs this itself when the first account is added; where its role may not make
-- tables there, an administrator runs it once as that role's owner, in one transaction, after
-- central-store.postgresql.sql. Grant nobody else anything on sluice.account: it holds the passwords'
-- hashes.

-- One row: which form of these tables this is.
CREATE TABLE sluice.people_format (version integer NOT NULL);
INSERT INTO sluice.people_format VALUES (1);

CREATE TABLE sluice.account (
  name                 text COLLATE "C" PRIMARY KEY,
  display_name         text NOT NULL,
  roles                text COLLATE "C" NOT NULL,  -- their names, a space between two
  bureau               text COLLATE "C",           -- where the roles are of a bureau
  state                text COLLATE "C" NOT NULL CHECK (state IN ('enabled', 'disabled')),
  must_change_password boolean NOT NULL,
  password             text COLLATE "C" NOT NULL,  -- Argon2id, with its salt and parameters
  created_at           timestamptz NOT NULL,
  changed_at           timestamptz NOT NULL,
  version              bigint NOT NULL             -- grows by one with every change
);
