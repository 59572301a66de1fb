-- What is attached to what. The bytes lie on disk under their own hash, so the same bytes twice
-- are stored once; a row that was taken back keeps its trace.
CREATE TABLE attachments (
  id         BYTEA  NOT NULL PRIMARY KEY,
  owner_kind TEXT   NOT NULL,
  owner      BYTEA  NOT NULL,
  seq        BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  mime       TEXT   NOT NULL,
  size       BIGINT NOT NULL,
  sha256     BYTEA  NOT NULL,
  width      BIGINT,
  height     BIGINT,
  thumb      BIGINT NOT NULL,
  evidence   TEXT   NOT NULL,
  audience   TEXT   NOT NULL,
  added_by   TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  removed_by TEXT,
  removed_at BIGINT
);
CREATE UNIQUE INDEX attachments_owner ON attachments (owner, owner_kind, seq);
CREATE INDEX attachments_bytes ON attachments (sha256);
