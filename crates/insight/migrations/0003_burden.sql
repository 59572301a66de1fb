-- What was asked of people by forms, by week, role and form: no person, no unit, no word of what was written.

CREATE TABLE burden_weeks (
  week      TEXT   NOT NULL,             -- its Monday
  role      TEXT   NOT NULL,             -- a role of staff, or resident
  route     TEXT   NOT NULL,             -- the form
  sent      BIGINT NOT NULL,
  questions BIGINT NOT NULL,             -- fields that were filled in
  typed     BIGINT NOT NULL,             -- of those, typed
  signs     BIGINT NOT NULL,             -- characters typed
  known     BIGINT NOT NULL,             -- asked although known
  PRIMARY KEY (week, role, route)
);
