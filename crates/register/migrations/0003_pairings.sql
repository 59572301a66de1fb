-- Who looks after which household, from one day until, not including, another. A correction supersedes; nothing is
-- overwritten.
CREATE TABLE pairings (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,                  -- a kind of pairing of the pack
    account_id BYTEA NOT NULL,
    household_id BYTEA NOT NULL,
    path TEXT NOT NULL,                  -- the path of the household's grid
    from_date TEXT NOT NULL,
    to_date TEXT,                        -- the first day without it
    basis TEXT NOT NULL,
    ended_basis TEXT,                    -- why it ended
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA,                   -- the account; none where a program did it
    superseded_at BIGINT
);
CREATE INDEX pairings_of_account ON pairings (account_id, from_date);
CREATE INDEX pairings_of_household ON pairings (household_id, from_date);
CREATE INDEX pairings_in ON pairings (kind, path, household_id);
-- One person of each kind for a household at a time.
CREATE UNIQUE INDEX pairings_open ON pairings (kind, household_id) WHERE to_date IS NULL AND superseded_at IS NULL;
