-- What follows from plans of pairings: their items with where each stands, so that a unit's figures are one statement.
-- The plans, the help and the checks themselves are records (crate records); this is derived from them.

CREATE TABLE plan_items (
  plan        BYTEA NOT NULL,              -- the record
  item        TEXT NOT NULL,               -- a key of the pack
  household   BYTEA NOT NULL,              -- whose figures it stands in: also the one that this one is linked to
  kind        TEXT NOT NULL,               -- of pairing
  year        BIGINT NOT NULL,
  due         TEXT NOT NULL,               -- the last day
  made_at     BIGINT NOT NULL,             -- when the plan came in
  dropped_at  BIGINT,                      -- when a revised plan took its place
  done_on     TEXT,                        -- the day of the help that did it
  done_at     BIGINT,                      -- when that came in
  PRIMARY KEY (plan, item, household)
);
CREATE INDEX plan_items_of ON plan_items (household, kind, year);

-- Years of pairing work that are counted: from here on every act keeps their counters.
CREATE TABLE work_years (
  kind        TEXT NOT NULL,               -- of pairing
  year        BIGINT NOT NULL,
  first_date  TEXT NOT NULL,
  last_date   TEXT NOT NULL,
  opened_at   BIGINT NOT NULL,
  PRIMARY KEY (kind, year)
);

-- What the pairings in force come to, grid by grid. The row under no day counts pairings and what is beside their plans, the
-- others the items of each last day: so that what lags follows from the day on which it is asked.
CREATE TABLE work_tally (
  kind      TEXT NOT NULL,                 -- of pairing
  year      BIGINT NOT NULL,
  path      TEXT NOT NULL,                 -- the grid
  due       TEXT NOT NULL,                 -- the last day of items; empty for the pairings
  pairings  BIGINT NOT NULL,
  planned   BIGINT NOT NULL,               -- those with a plan
  visits    BIGINT NOT NULL,
  promised  BIGINT NOT NULL,
  kept      BIGINT NOT NULL,               -- promises
  items     BIGINT NOT NULL,
  done      BIGINT NOT NULL,               -- items
  PRIMARY KEY (kind, year, path, due)
);

-- One sentence that a family says of the year, by the code of its card; without names and numbers, and empty once it is
-- forgotten with the plan.
CREATE TABLE plan_words (
  household  BYTEA NOT NULL,
  kind       TEXT NOT NULL,
  year       BIGINT NOT NULL,
  text       TEXT NOT NULL,
  on_date    TEXT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (household, kind, year)
);
CREATE INDEX plan_words_to_forget ON plan_words (year) WHERE text <> '';
