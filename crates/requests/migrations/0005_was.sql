-- How a case stood right before each change, so that a ledger can be read as it was known on a day. Texts
-- are not kept twice: what is forgotten is forgotten for past days as well.
CREATE TABLE request_was (
  request       BYTEA NOT NULL,
  seq           BIGINT NOT NULL,          -- the journal event that changed it
  until         BIGINT NOT NULL,          -- when that became known
  kind          TEXT NOT NULL,
  class         TEXT NOT NULL,
  urgency       TEXT NOT NULL,
  place         BYTEA,
  state         TEXT NOT NULL,
  unit          BYTEA NOT NULL,
  officer       BYTEA,
  first_due     BIGINT,
  answer_due    BIGINT,
  step_due      BIGINT,
  owed          BIGINT NOT NULL,
  answered_at   BIGINT,
  ended_at      BIGINT,
  unsolvable    BIGINT NOT NULL,
  word          TEXT,
  satisfaction  BIGINT,
  returns       BIGINT NOT NULL,
  reworks       BIGINT NOT NULL,
  extensions    BIGINT NOT NULL,
  supervised    BIGINT NOT NULL,
  public_state  TEXT NOT NULL,
  PRIMARY KEY (request, seq)
);
