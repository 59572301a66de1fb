-- One row for every change of state. Rows are only ever added: there is no UPDATE and no DELETE in
-- the program, and `journal verify` finds those made past it.
-- Keyed by stream, so that the history of one case sits together and needs no second index.
CREATE TABLE journal (
  stream      BYTEA  NOT NULL,
  seq         BIGINT NOT NULL,
  stream_kind TEXT   NOT NULL,
  at          BIGINT NOT NULL,
  actor       TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  payload     TEXT   NOT NULL,
  prev_hash   BYTEA  NOT NULL,
  hash        BYTEA  NOT NULL,
  PRIMARY KEY (stream, seq)
);
