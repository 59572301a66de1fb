-- Signs that figures may have been made: one row for each case and sign. Found again from the cases at any time.

CREATE TABLE signs (
  request   BYTEA  NOT NULL,
  sign      TEXT   NOT NULL,
  at        BIGINT NOT NULL,             -- when the case was answered
  path      TEXT   NOT NULL,             -- of the unit that answered
  other     TEXT   NOT NULL,             -- the number of the case that came after it; empty where none did
  PRIMARY KEY (request, sign)
);
CREATE INDEX signs_everywhere ON signs (sign, at);
CREATE INDEX signs_below ON signs (path, at, sign);

-- How often a unit gave the same answer in a month.
CREATE TABLE sign_answers (
  unit      BYTEA  NOT NULL,
  month     TEXT   NOT NULL,
  print     BYTEA  NOT NULL,             -- SHA-256 of its words
  n         BIGINT NOT NULL,
  PRIMARY KEY (unit, month, print)
);

-- Up to which answer cases have been looked at.
CREATE TABLE signs_read (
  one       BIGINT NOT NULL PRIMARY KEY, -- always 1
  at        BIGINT NOT NULL,
  ord       BIGINT NOT NULL
);
