-- What follows from visits: promises with their answers, and needs that became requests. What was learnt itself is a
-- record (crate records); nothing here is a score or a label of anybody.

CREATE TABLE visit_promises (
  id         BYTEA NOT NULL PRIMARY KEY,   -- made by the phone or the page
  record     BYTEA NOT NULL,               -- the visit at which it was made
  household  BYTEA NOT NULL,
  path       TEXT NOT NULL,                -- of the household's grid then
  account    BYTEA NOT NULL,               -- who promised
  text       TEXT NOT NULL,                -- without names and numbers; empty once it is forgotten with its visit
  made_on    TEXT NOT NULL,
  made_at    BIGINT NOT NULL,              -- when it came in
  first_due  TEXT NOT NULL,                -- the day that was promised
  due        TEXT NOT NULL,                -- the day that is promised now
  state      TEXT NOT NULL,                -- open, kept, cannot
  ended_on   TEXT,
  ended_at   BIGINT
);
CREATE INDEX visit_promises_household ON visit_promises (household, made_on);
CREATE INDEX visit_promises_account ON visit_promises (account, due);
CREATE INDEX visit_promises_unmet ON visit_promises (path, due);
CREATE INDEX visit_promises_record ON visit_promises (record);

CREATE TABLE visit_promise_answers (
  promise  BYTEA NOT NULL,
  record   BYTEA NOT NULL,                 -- the visit at which it was answered
  outcome  TEXT NOT NULL,                  -- kept, later, cannot
  due      TEXT,                           -- later: until when
  text     TEXT NOT NULL,                  -- why, without names and numbers; empty once it is forgotten
  on_date  TEXT NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (promise, record)
);
CREATE INDEX visit_promise_answers_record ON visit_promise_answers (record);

-- Also what families asked from their cards: without a visit, and without anybody who heard it.
CREATE TABLE visit_needs (
  request    BYTEA NOT NULL PRIMARY KEY,
  record     BYTEA,                        -- none: from the card
  household  BYTEA,                        -- none once whoever asked from the card is forgotten
  path       TEXT NOT NULL,
  account    BYTEA,                        -- who heard it; none: from the card
  class      TEXT NOT NULL,
  settled    BIGINT NOT NULL,              -- 1: on the spot
  consent    BIGINT NOT NULL,              -- 1: the household agreed that it is registered; there is no other value
  again      BIGINT NOT NULL,              -- 1: the same class came from this household within the pack's months before
  again_from TEXT NOT NULL,                -- the first day of those months
  on_date    TEXT NOT NULL,
  at         BIGINT NOT NULL,
  told_on    TEXT,                         -- when the family was told how it ended
  told_at    BIGINT
);
CREATE INDEX visit_needs_household ON visit_needs (household, class, on_date);
CREATE INDEX visit_needs_account ON visit_needs (account, on_date);
CREATE INDEX visit_needs_path ON visit_needs (path, on_date);
CREATE INDEX visit_needs_record ON visit_needs (record);

-- What a family says of the last visit, by the code of its card. Shown beside the visit to whoever may read it, and as
-- counts; whoever was there is ranked by none of it.
CREATE TABLE visit_ratings (
  record      BYTEA NOT NULL PRIMARY KEY,
  path        TEXT NOT NULL,               -- of the visit
  account     BYTEA NOT NULL,              -- who was there
  visited_on  TEXT NOT NULL,
  grade       BIGINT NOT NULL,             -- 1 best … 5 worst
  words       TEXT NOT NULL,               -- without names and numbers; empty where none, or forgotten with the visit
  on_date     TEXT NOT NULL,               -- when it was said
  at          BIGINT NOT NULL
);
CREATE INDEX visit_ratings_path ON visit_ratings (path, visited_on);
CREATE INDEX visit_ratings_account ON visit_ratings (account, visited_on);

-- Pictures of visits that come from a phone in pieces. Once all of it is there it is a file like any other (attachments);
-- the row stays for some months, so that the same picture again is known and another under its id is refused.
CREATE TABLE visit_uploads (
  id       BYTEA NOT NULL PRIMARY KEY,     -- made by the phone; the id of the file later
  visit    BYTEA NOT NULL,
  account  BYTEA NOT NULL,                 -- whose phone
  size     BIGINT NOT NULL,                -- bytes, as the phone sends them
  bound    TEXT NOT NULL,                  -- keyed hash of visit and content
  have     BIGINT NOT NULL,                -- bytes that are there
  at       BIGINT NOT NULL,                -- when the last of them came
  done_at  BIGINT
);
CREATE INDEX visit_uploads_open ON visit_uploads (account, at) WHERE done_at IS NULL;
CREATE INDEX visit_uploads_done ON visit_uploads (done_at) WHERE done_at IS NOT NULL;

-- What is there of those that are not done, each piece closed under a key that the vault keeps for the picture.
CREATE TABLE visit_upload_pieces (
  upload  BYTEA NOT NULL,
  start   BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (upload, start)
);
