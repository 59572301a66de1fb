-- The tree over all events (RFC 6962). Rows are only ever added, by the sealer, after the fact.

-- On PostgreSQL events get a number as they come; on SQLite the row's own number serves. The index says
-- where the newest are and costs next to nothing: the sealer alone reads by it.
-- only postgres
ALTER TABLE journal ADD COLUMN n BIGINT GENERATED ALWAYS AS IDENTITY;
CREATE INDEX journal_newest ON journal USING brin (n);
-- end

-- The events in the order in which they became leaves.
CREATE TABLE journal_leaves (
  idx    BIGINT NOT NULL PRIMARY KEY,      -- from 0
  stream BYTEA  NOT NULL,
  seq    BIGINT NOT NULL,
  hash   BYTEA  NOT NULL                   -- the event's hash, which is its leaf hash
);
CREATE UNIQUE INDEX journal_leaves_event ON journal_leaves (stream, seq);
CREATE INDEX journal_leaves_hash ON journal_leaves (hash);

-- Roots of whole subtrees of 256, 65536, … leaves, so that a proof reads few rows.
CREATE TABLE journal_nodes (
  level BIGINT NOT NULL,                   -- 1: over 256 leaves, 2: over 256 of those, …
  idx   BIGINT NOT NULL,
  hash  BYTEA  NOT NULL,
  PRIMARY KEY (level, idx)
);

-- What was signed: the root over the first so many leaves, as a signed note.
CREATE TABLE journal_heads (
  n    BIGINT NOT NULL PRIMARY KEY,        -- from 1
  size BIGINT NOT NULL,
  at   BIGINT NOT NULL,
  day  TEXT,                               -- the day that this one closes; none for those between
  mark BIGINT NOT NULL,                    -- the newest event's number then
  note TEXT   NOT NULL
);
CREATE UNIQUE INDEX journal_heads_day ON journal_heads (day);
CREATE INDEX journal_heads_at ON journal_heads (at);
CREATE INDEX journal_heads_size ON journal_heads (size, n);

-- The public keys that heads are signed with.
CREATE TABLE journal_keys (
  vkey  TEXT   NOT NULL PRIMARY KEY,
  since BIGINT NOT NULL
);
