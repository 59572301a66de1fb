-- Second factors of staff, the step between password and session, and the history of sign-ins.

CREATE TABLE totps (
    account_id BYTEA NOT NULL PRIMARY KEY REFERENCES accounts (id),
    sealed BYTEA NOT NULL,               -- the key, sealed by the site's secret
    since BIGINT NOT NULL,
    last_step BIGINT NOT NULL            -- the newest step of which a code was taken: none counts twice
);

CREATE TABLE recovery_codes (
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    code_hash BYTEA NOT NULL,            -- HMAC-SHA256 under the site's secret
    used_at BIGINT,
    PRIMARY KEY (account_id, code_hash)
);

-- The password was right, or an identity provider said who it is; the second factor is still to be shown. Not a session: it opens one page.
CREATE TABLE sign_in_steps (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    expires_at BIGINT NOT NULL,
    provider TEXT NOT NULL               -- the issuer that said so; empty after a password
);
CREATE INDEX sign_in_steps_by_account ON sign_in_steps (account_id);
CREATE INDEX sign_in_steps_by_expiry ON sign_in_steps (expires_at);

CREATE TABLE passkeys (
    credential BYTEA NOT NULL PRIMARY KEY,  -- as the device names it
    id BYTEA NOT NULL UNIQUE,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,                  -- browser and device in short, at which it was added
    host TEXT NOT NULL,                  -- the site that it answers to
    public_key BYTEA NOT NULL,           -- SubjectPublicKeyInfo, DER
    counter BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_by_account ON passkeys (account_id, added_at);

-- Who somebody is at an identity provider. Without a subject an administrator wrote down the name, and nobody
-- has come by it yet; with one, only that counts.
CREATE TABLE oidc_links (
    provider TEXT NOT NULL,              -- the issuer
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,                  -- what they are called there, in small letters
    subject TEXT,                        -- by what the provider names them for ever
    linked_at BIGINT,
    PRIMARY KEY (provider, account_id),
    UNIQUE (provider, subject)
);
CREATE UNIQUE INDEX oidc_links_waiting ON oidc_links (provider, name) WHERE subject IS NULL;

-- Who signed in when and how; kept for a time. An administrator's reset stands here as well, so that
-- whom it concerns reads of it.
CREATE TABLE sign_ins (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    at BIGINT NOT NULL,
    how TEXT NOT NULL,
    agent TEXT NOT NULL,
    failed BIGINT NOT NULL,              -- tries that failed since the sign-in before
    by_account BYTEA                     -- a reset: by whom
);
CREATE INDEX sign_ins_by_account ON sign_ins (account_id, at);
CREATE INDEX sign_ins_by_age ON sign_ins (at);

CREATE TABLE failed_tries (
    account_id BYTEA NOT NULL PRIMARY KEY REFERENCES accounts (id),
    failed BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
