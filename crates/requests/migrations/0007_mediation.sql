-- The file of a mediation 人民调解卷宗: one row for each item that was filed. Words are kept without names; what was
-- written lies sealed: sealed_texts, slot 'file'.
CREATE TABLE request_file_items (
  request       BYTEA NOT NULL,
  no            BIGINT NOT NULL,          -- from 1 within the case
  item          TEXT NOT NULL,
  on_date       TEXT NOT NULL,            -- the day that stands on it
  perform_by    TEXT NOT NULL,            -- of an agreement: by when it is performed; '' otherwise
  at            BIGINT NOT NULL,
  account       BYTEA NOT NULL,
  unit          BYTEA NOT NULL,
  words         TEXT NOT NULL,
  files         BIGINT NOT NULL,          -- how many scans came with it
  certificate   TEXT NOT NULL,            -- of an agreement: until when the court may be asked, JSON; '' otherwise
  facts         TEXT NOT NULL,            -- what its printed form asks besides: where it came from, how it is performed; JSON or ''
  PRIMARY KEY (request, no)
);

-- Parties to the dispute. Who they are lies sealed: sealed_texts, slot 'party'.
CREATE TABLE request_parties (
  request       BYTEA NOT NULL,
  no            BIGINT NOT NULL,          -- from 1 within the case
  side          TEXT NOT NULL,            -- applicant, respondent, third
  shown         TEXT NOT NULL,            -- the family name alone
  gave          TEXT NOT NULL,            -- what else there is of them to be looked at: phone, address, idno
  at            BIGINT NOT NULL,
  account       BYTEA NOT NULL,
  PRIMARY KEY (request, no)
);
