-- What happened, written down once by whoever was there. Rows are never rewritten: a correction is a record that
-- names the one it corrects, and the corrected one only gets to know since when. Once its time is over a record is left
-- without words; that it happened, when, where and by whom stays.

CREATE TABLE records (
  id             BYTEA NOT NULL PRIMARY KEY,   -- made by the phone or the page, so that a repeated upload is the same row
  ord            BIGINT NOT NULL,              -- a number that sorts as the id does
  kind           TEXT NOT NULL,                -- visit
  household      BYTEA NOT NULL,
  path           TEXT NOT NULL,                -- of the household's grid, when it was written
  account        BYTEA NOT NULL,               -- who was there
  unit           BYTEA NOT NULL,               -- for which unit they went
  on_date        TEXT NOT NULL,                -- the day on which it happened
  device_at      BIGINT,                       -- by the phone's clock: when it was confirmed there
  clock_off      BIGINT,                       -- by how much the phone's clock was behind ours at the upload, in milliseconds
  received_at    BIGINT NOT NULL,              -- by our clock
  text           TEXT NOT NULL,                -- what was learnt, without names and numbers
  data           TEXT NOT NULL,                -- particulars of the kind as JSON, without names and numbers
  salt           BYTEA NOT NULL,
  bound          TEXT NOT NULL,                -- commitment to the content as it was sent; the journal holds it as well
  corrects       BYTEA,                        -- the record that this one corrects
  superseded_at  BIGINT,                       -- since when there is a correction
  kept_until     TEXT,                         -- its time is over, and something holds it back: to be looked at again then
  forgotten_at   BIGINT,                       -- since when it is left without words
  seq            BIGINT NOT NULL,              -- the last event of its stream
  head           BYTEA NOT NULL
);
CREATE INDEX records_household ON records (household, kind, on_date, ord);
CREATE INDEX records_account ON records (account, kind, on_date, ord);
CREATE INDEX records_to_forget ON records (kind, on_date, ord) WHERE forgotten_at IS NULL;

-- One row for each unit above the household's grid and the grid itself, so that any unit's list is one index range.
CREATE TABLE record_reach (
  path     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  on_date  TEXT NOT NULL,
  ord      BIGINT NOT NULL,
  record   BYTEA NOT NULL,
  PRIMARY KEY (path, kind, on_date, ord, record)
);
