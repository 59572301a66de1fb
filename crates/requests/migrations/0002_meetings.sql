-- Villagers' meetings at which needs were noted in one pass, and the needs in their order.
CREATE TABLE request_meetings (
  id            BYTEA PRIMARY KEY,
  held_on       TEXT NOT NULL,
  place         BYTEA NOT NULL,           -- the village
  host          TEXT NOT NULL,
  present       BIGINT NOT NULL,          -- how many were there
  unit          BYTEA NOT NULL,           -- noted it down
  account       BYTEA NOT NULL,
  at            BIGINT NOT NULL
);
CREATE INDEX request_meetings_unit ON request_meetings (unit, held_on, id);

CREATE TABLE request_meeting_rows (
  meeting       BYTEA NOT NULL,
  row_number    BIGINT NOT NULL,
  request       BYTEA NOT NULL,
  PRIMARY KEY (meeting, row_number)
);

-- Who joined is found again when they call.
CREATE INDEX request_joined_person ON request_joined (person);
