-- Call-backs by lot 抽查回访: words that no caller of another unit took down, drawn when they came.

CREATE TABLE request_samples (
  request       BYTEA NOT NULL,
  round         BIGINT NOT NULL,          -- the answer round whose word is asked again
  drawn_at      BIGINT NOT NULL,
  lot           BIGINT NOT NULL,          -- the number drawn, out of 10,000; the journal has it as well
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
