-- Reports that somebody issued 报告: kept as they were, with the hash of what they say. A correction is a new
-- version that names the one before; nothing is written over.
CREATE TABLE reports (
  id            BYTEA PRIMARY KEY,
  unit          BYTEA NOT NULL,
  from_month    TEXT NOT NULL,            -- YYYY-MM, both included
  to_month      TEXT NOT NULL,
  as_of         TEXT NOT NULL,            -- the day at whose end it was known
  version       BIGINT NOT NULL,          -- from 1
  replaces      BYTEA,                    -- the version before
  note          TEXT NOT NULL,            -- why it was corrected; '' for the first
  issued_at     BIGINT NOT NULL,
  account       BYTEA NOT NULL,           -- who issued it
  shields       BIGINT NOT NULL,          -- how often shields had changed by then: what was shielded counts in none
  content       TEXT NOT NULL,            -- the figures, canonical JSON
  hash          BYTEA NOT NULL            -- SHA-256 of the content; the journal has it as well
);
CREATE INDEX reports_issued ON reports (issued_at);
CREATE UNIQUE INDEX reports_replaces ON reports (replaces) WHERE replaces IS NOT NULL;
