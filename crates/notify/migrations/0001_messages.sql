-- The outbox: one row a message, written in the transaction of the act that it tells of.
-- No address stands here unless the caller had nothing else: it is looked up when the message goes out.
-- next_try_at is NULL once nothing more will be tried by itself. claim counts how often a worker took
-- the message, settled is the last claim whose outcome is known.
CREATE TABLE messages (
  id               BYTEA  NOT NULL PRIMARY KEY,
  about            BYTEA,
  path             TEXT   NOT NULL,
  purpose          TEXT   NOT NULL,
  recipient_kind   TEXT   NOT NULL,
  recipient        BYTEA,
  address          TEXT   NOT NULL,
  hint             TEXT   NOT NULL,
  template         TEXT   NOT NULL,
  template_version TEXT   NOT NULL,
  locale           TEXT   NOT NULL,
  subject          TEXT   NOT NULL,
  body             TEXT   NOT NULL,
  state            TEXT   NOT NULL,
  channel          TEXT   NOT NULL,
  gateway          TEXT   NOT NULL,
  attempts         BIGINT NOT NULL,
  claim            BIGINT NOT NULL,
  settled          BIGINT NOT NULL,
  next_try_at      BIGINT,
  since            BIGINT NOT NULL,
  created_at       BIGINT NOT NULL,
  sent_at          BIGINT,
  delivered_at     BIGINT,
  failed_reason    TEXT   NOT NULL,
  provider_ref     TEXT   NOT NULL,
  proof            TEXT   NOT NULL
);
CREATE INDEX messages_due ON messages (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX messages_about ON messages (about, id) WHERE about IS NOT NULL;
CREATE INDEX messages_state ON messages (state, id);
CREATE INDEX messages_task ON messages (path, id) WHERE state = 'permanent-failure';

-- Every change of a message's state, from the first attempt on; its creation is in its own row.
CREATE TABLE message_states (
  message_id BYTEA  NOT NULL,
  n          BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  state      TEXT   NOT NULL,
  channel    TEXT   NOT NULL,
  gateway    TEXT   NOT NULL,
  detail     TEXT   NOT NULL,
  PRIMARY KEY (message_id, n)
);

-- The act that stands for a message that did not arrive: who, how, when.
CREATE TABLE message_replacements (
  message_id  BYTEA  NOT NULL PRIMARY KEY,
  act         TEXT   NOT NULL,
  acted_at    BIGINT NOT NULL,
  actor       TEXT   NOT NULL,
  note        TEXT   NOT NULL,
  recorded_at BIGINT NOT NULL
);
