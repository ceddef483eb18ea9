-- The people who may sign in (docs/people.md), in the schema `sluice` of the central store's
-- database. Sluice runs this itself when the first account is added, and again when it needs a table
-- of a later form; where its role may not make tables there, an administrator runs it, as that
-- role's owner, in one transaction, after central-store.postgresql.sql, and once more where this form
-- is newer than the one that is there: what is there stays. Grant nobody else anything on these
-- tables: they hold the passwords' hashes and the installation's secret.

CREATE TABLE IF NOT EXISTS sluice.account (
  name                 text COLLATE "C" PRIMARY KEY,
  display_name         text NOT NULL,
  roles                text COLLATE "C" NOT NULL,  -- their names, a space between two
  bureau               text COLLATE "C",           -- where the roles are of a bureau
  state                text COLLATE "C" NOT NULL CHECK (state IN ('enabled', 'disabled')),
  must_change_password boolean NOT NULL,
  password             text COLLATE "C" NOT NULL,  -- Argon2id, its salt and parameters; empty: none
  created_at           timestamptz NOT NULL,
  changed_at           timestamptz NOT NULL,
  version              bigint NOT NULL             -- grows by one with every change
);
-- The certificate that the person may come in by: one speaks for one account at most.
ALTER TABLE sluice.account
  ADD COLUMN IF NOT EXISTS certificate_issuer text COLLATE "C",
  ADD COLUMN IF NOT EXISTS certificate_subject text COLLATE "C"
    CHECK ((certificate_subject IS NULL) = (certificate_issuer IS NULL));
CREATE UNIQUE INDEX IF NOT EXISTS account_certificate
  ON sluice.account (certificate_issuer, certificate_subject);

-- Who has signed in. Only the digest of a session's token is here: it opens nothing.
CREATE TABLE IF NOT EXISTS sluice.session (
  id              text COLLATE "C" PRIMARY KEY,  -- SHA-256 of its token
  account         text COLLATE "C" NOT NULL REFERENCES sluice.account,
  account_version bigint NOT NULL,               -- no longer good when the account has another one
  way             text COLLATE "C" NOT NULL CHECK (way IN ('password', 'certificate')),
  begun_at        timestamptz NOT NULL,
  last_seen_at    timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS session_account ON sluice.session (account);
CREATE INDEX IF NOT EXISTS session_last_seen ON sluice.session (last_seen_at);

-- One row: 32 random bytes in base64url, of which keys are made.
CREATE TABLE IF NOT EXISTS sluice.installation_secret (
  number integer PRIMARY KEY CHECK (number = 1),
  secret text COLLATE "C" NOT NULL
);

-- One row: which form of these tables this is.
CREATE TABLE IF NOT EXISTS sluice.people_format (version integer NOT NULL);
DELETE FROM sluice.people_format;
INSERT INTO sluice.people_format VALUES (3);
