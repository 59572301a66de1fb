-- Accounts of staff, the posts they hold, their sessions; persons apart from cases; keys of programs.

CREATE TABLE accounts (
    id BYTEA NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,          -- lower case
    name TEXT NOT NULL,
    phone TEXT,                          -- at work
    email TEXT,                          -- at work
    pass_hash TEXT NOT NULL,             -- PHC string, Argon2id
    must_change BIGINT NOT NULL,         -- 1: the password was set by somebody else
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

-- A post: a role in a unit from one day until, not including, another.
CREATE TABLE posts (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    unit_id BYTEA NOT NULL,
    role TEXT NOT NULL,
    title TEXT NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT,
    basis TEXT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX posts_by_account ON posts (account_id, from_date);
CREATE INDEX posts_by_unit ON posts (unit_id, role, from_date);

-- What access needs to know of a unit; written by whoever keeps the units, in the same transaction.
CREATE TABLE seats (
    unit_id BYTEA NOT NULL PRIMARY KEY,
    path TEXT NOT NULL,
    serves TEXT NOT NULL,                -- the area a centre serves; its own path otherwise
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL
);
CREATE INDEX seats_by_path ON seats (path);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,  -- SHA-256 of what the cookie holds
    id BYTEA NOT NULL UNIQUE,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    provider TEXT NOT NULL,              -- the issuer by which they came in; empty otherwise
    vouched BIGINT NOT NULL              -- 1: it asked for a second factor itself
);
CREATE INDEX sessions_by_account ON sessions (account_id, last_seen);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Failed sign-ins per login and per address; the key is an HMAC, so that neither is stored.
CREATE TABLE attempts (
    attempt_key BYTEA NOT NULL PRIMARY KEY,
    failed BIGINT NOT NULL,
    since BIGINT NOT NULL,
    locked_until BIGINT NOT NULL
);
CREATE INDEX attempts_by_age ON attempts (since);

-- Who asked, apart from what was asked, and sealed: one key for each person, wrapped by the master key that
-- stands outside of the database. Without wrapped_key nobody can read them any more.
CREATE TABLE persons (
    id BYTEA NOT NULL PRIMARY KEY,
    sealed BYTEA,                        -- name, telephone, address, identity number, together
    wrapped_key BYTEA,                   -- what opens it, itself sealed by the master key
    key_id TEXT NOT NULL,                -- by which master key; '' once erased
    fields BIGINT NOT NULL,              -- which of them there are: 1 name, 2 telephone, 4 address, 8 number
    phone_key BYTEA,                     -- HMAC-SHA256 of the normalised number
    tail_key BYTEA,                      -- HMAC-SHA256 of its last four digits
    locale TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    erased_at BIGINT
);
CREATE INDEX persons_by_phone ON persons (phone_key, created_at);
CREATE INDEX persons_by_tail ON persons (tail_key, created_at);

-- What people wrote, as they wrote it, where it holds names or numbers; the case keeps it masked. And what opens
-- each file of a case, with the name it came with (slot 'file …').
CREATE TABLE sealed_texts (
    owner BYTEA NOT NULL,                -- the case
    slot TEXT NOT NULL,                  -- which of its texts
    sealed BYTEA NOT NULL,
    wrapped_key BYTEA NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (owner, slot)
);

-- Which master key is in force and which ones were; the keys themselves are never here.
CREATE TABLE vault_keys (
    id TEXT NOT NULL PRIMARY KEY,        -- begins the SHA-256 of the key
    since BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE api_keys (
    id BYTEA NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,                  -- the program; two keys of one name are one program
    contact TEXT NOT NULL,               -- whom to ask about it
    key_hash BYTEA NOT NULL UNIQUE,      -- SHA-256; the key itself is 32 random bytes
    created_at BIGINT NOT NULL,
    used_at BIGINT,                      -- last seen, to five minutes
    revoked_at BIGINT
);

CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    idem_key TEXT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (scope, idem_key)
);
CREATE INDEX idempotency_by_age ON idempotency (at);
