-- What is attached to what. The bytes lie on disk, closed under a key of their own that stands sealed in the
-- vault with the name they came with; a row that was taken back keeps its trace.
CREATE TABLE attachments (
  id           BYTEA  NOT NULL PRIMARY KEY,
  owner_kind   TEXT   NOT NULL,
  owner        BYTEA  NOT NULL,
  seq          BIGINT NOT NULL,
  handed_in    BIGINT NOT NULL,            -- 1: by or for somebody who asked, 0: by staff
  person       BYTEA,                      -- whose it is, where they said who they are
  mime         TEXT   NOT NULL,
  size         BIGINT NOT NULL,            -- bytes, before they were closed
  blob         BYTEA  NOT NULL,            -- sixteen random bytes: the place on disk
  width        BIGINT,
  height       BIGINT,
  thumb        BIGINT NOT NULL,
  evidence     TEXT   NOT NULL,
  audience     TEXT   NOT NULL,
  added_by     TEXT   NOT NULL,
  at           BIGINT NOT NULL,
  removed_by   TEXT,
  removed_at   BIGINT,
  forgotten_at BIGINT                      -- the key is destroyed, the bytes go as well
);
CREATE UNIQUE INDEX attachments_owner ON attachments (owner, owner_kind, seq);
CREATE INDEX attachments_bytes ON attachments (blob);
