-- Call-backs by lot 抽签回访: words that no caller of another unit took down.

-- The times that are drawn of, each bound to its secret by a hash before it begins.
CREATE TABLE request_lots (
  from_day      TEXT PRIMARY KEY,
  to_day        TEXT NOT NULL,
  committed_at  BIGINT NOT NULL,
  commitment    BYTEA NOT NULL,           -- SHA-256 of the secret; the secret is stored nowhere before the draw
  drawn_at      BIGINT,
  cases         BIGINT NOT NULL,          -- what could be drawn
  drawn         BIGINT NOT NULL,          -- what was
  sheet         TEXT NOT NULL,            -- everything to compute it again; '' before
  hash          BYTEA,                    -- SHA-256 of the sheet
  void          TEXT NOT NULL             -- why it was not drawn: '' or 'key'
);

CREATE TABLE request_samples (
  request       BYTEA NOT NULL,
  round         BIGINT NOT NULL,          -- the answer round whose word is asked again
  drawn_at      BIGINT NOT NULL,
  lot           TEXT NOT NULL,            -- the first day of the time that it was drawn of
  why           TEXT NOT NULL,            -- lot, fast, spotless
  days          BIGINT NOT NULL,          -- different days on which nobody was reached
  last_day      TEXT NOT NULL,            -- the last of them, '' before
  done_at       BIGINT,
  account       BYTEA,                    -- who called
  unit          BYTEA,
  outcome       TEXT NOT NULL,            -- '' before, then same, other, not-reached
  satisfaction  BIGINT,                   -- 1 best … 5 worst, as said on the telephone
  PRIMARY KEY (request, round)
);
CREATE INDEX request_samples_open ON request_samples (drawn_at) WHERE done_at IS NULL;
-- All that results by the day of the lot ask for, so that no row is looked up.
CREATE INDEX request_samples_lot ON request_samples (lot, why, outcome, satisfaction, request);
