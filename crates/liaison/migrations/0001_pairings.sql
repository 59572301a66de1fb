-- The days on which something happened that counts for a pairing: derived from records, so that obligations are
-- judged without reading what was written down.
CREATE TABLE pairing_seen (
    kind TEXT NOT NULL,                  -- of pairing
    record TEXT NOT NULL,                -- visit, plan, help, check
    household_id BYTEA NOT NULL,
    on_date TEXT NOT NULL,
    record_id BYTEA NOT NULL,
    account_id BYTEA NOT NULL,
    PRIMARY KEY (kind, record, household_id, on_date, record_id)
);
CREATE INDEX pairing_seen_of ON pairing_seen (household_id, on_date);
CREATE INDEX pairing_seen_on ON pairing_seen (kind, record, on_date, household_id);
CREATE INDEX pairing_seen_by ON pairing_seen (account_id, on_date);
CREATE INDEX pairing_seen_record ON pairing_seen (record_id);

-- How many households of a grid owe something in a period, and of how many it is done.
CREATE TABLE duty_tally (
    obligation TEXT NOT NULL,
    period TEXT NOT NULL,                -- the key of the period: 2026-Q3
    path TEXT NOT NULL,                  -- the grid
    owed BIGINT NOT NULL,
    met BIGINT NOT NULL,
    PRIMARY KEY (obligation, period, path)
);

-- Periods that are counted: from here on every act keeps their counters.
CREATE TABLE duty_periods (
    obligation TEXT NOT NULL,
    period TEXT NOT NULL,
    from_date TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (obligation, period)
);

-- Proposals of who is to look after whom, and what came of them.
CREATE TABLE pairing_proposals (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,                  -- the unit it is for
    made_at BIGINT NOT NULL,
    made_by BYTEA NOT NULL,
    on_date TEXT NOT NULL,               -- the pairings are those of this day
    homes BIGINT NOT NULL,               -- households it is for
    carers BIGINT NOT NULL,              -- people who can take some
    kept BIGINT NOT NULL,
    moved BIGINT NOT NULL,
    added BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    without BIGINT NOT NULL,             -- who stays without
    way_before BIGINT NOT NULL,          -- all ways together, in metres
    way_after BIGINT NOT NULL,
    applied_at BIGINT,
    applied_by BYTEA,
    applied BIGINT NOT NULL DEFAULT 0,   -- how many changes were made
    stale BIGINT NOT NULL DEFAULT 0      -- how many were not, since things had changed meanwhile
);
CREATE INDEX pairing_proposals_by ON pairing_proposals (path, made_at);

-- What a proposal changes, and who stays without.
CREATE TABLE pairing_changes (
    proposal_id BYTEA NOT NULL,
    path TEXT NOT NULL,
    code TEXT NOT NULL,                  -- the household's code, to list in order
    household_id BYTEA NOT NULL,
    from_account BYTEA,
    to_account BYTEA,
    gap TEXT,                            -- why nobody: nobody, full
    done BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (proposal_id, path, code)
);

-- The secret address of somebody's calendar of duties; and whether they want the weekly digest.
CREATE TABLE duty_feeds (
    account_id BYTEA NOT NULL PRIMARY KEY,
    token_hash BYTEA UNIQUE,             -- SHA-256 of what the address holds; none where it was revoked
    made_at BIGINT,
    digest BIGINT NOT NULL DEFAULT 0,
    digest_for TEXT                      -- the Monday of the week it was last sent for
);
