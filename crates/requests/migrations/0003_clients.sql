-- Which program took a case in: it may read its own cases before the public may. Names of keys, never keys.

CREATE TABLE request_clients (
  client        TEXT NOT NULL,
  ord           BIGINT NOT NULL,
  request       BYTEA NOT NULL,
  PRIMARY KEY (client, ord)
);
