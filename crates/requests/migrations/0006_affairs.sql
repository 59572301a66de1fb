-- Papers handed in for an affair 事务代办, and who holds each. What stands on a paper is noted nowhere.
CREATE TABLE request_papers (
  request       BYTEA NOT NULL,
  no            BIGINT NOT NULL,          -- from 1 within the case
  paper         TEXT NOT NULL,            -- which: a key of the pack
  form          TEXT NOT NULL,            -- original, copy, handed-in
  holder        BYTEA,                    -- the account in whose hands it is; null: the person has it
  unit          BYTEA,                    -- the unit for which they hold it
  since         BIGINT NOT NULL,
  bound         BIGINT,                   -- the open slip by which it is on its way
  listed        BIGINT,                   -- in its holder's list: 0 an original, 1 another; null: another, and the case has ended
  PRIMARY KEY (request, no)
);
CREATE INDEX request_papers_holder ON request_papers (holder, listed, since, request, no)
  WHERE holder IS NOT NULL AND listed IS NOT NULL;

-- Hand-overs. The holder changes when the other side confirms, not before.
CREATE TABLE request_slips (
  request       BYTEA NOT NULL,
  no            BIGINT NOT NULL,          -- from 1 within the case
  from_account  BYTEA,                    -- null: the person
  from_unit     BYTEA,
  made_by       BYTEA NOT NULL,           -- who made it out: a lead may hand on for somebody, and then not receive it
  to_unit       BYTEA,                    -- null: the person
  papers        TEXT NOT NULL,            -- numbers of papers, with commas
  at            BIGINT NOT NULL,
  outcome       TEXT NOT NULL,            -- '', received, recalled
  ended_at      BIGINT,
  by_account    BYTEA,                    -- who confirmed, or wrote down that the person signed
  how           TEXT NOT NULL,            -- '', desk, page, signed
  PRIMARY KEY (request, no)
);
CREATE INDEX request_slips_to ON request_slips (to_unit, at, request, no) WHERE outcome = '' AND to_unit IS NOT NULL;

-- Steps of an affair that are done, with the certificate of the day by which each was due.
CREATE TABLE request_affair_steps (
  request       BYTEA NOT NULL,
  step          TEXT NOT NULL,            -- a key of the pack
  done_at       BIGINT NOT NULL,
  account       BYTEA,
  unit          BYTEA,
  certificate   TEXT NOT NULL,            -- deadline certificate, JSON
  PRIMARY KEY (request, step)
);

-- Wishes on the wall, and those that came true.
CREATE INDEX requests_wishes ON requests (ord) WHERE kind = 'wish' AND ended_at IS NULL;
CREATE INDEX requests_wishes_done ON requests (ended_at) WHERE kind = 'wish' AND ended_at IS NOT NULL;
