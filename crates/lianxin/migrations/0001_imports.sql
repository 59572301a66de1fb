-- Spreadsheets that somebody sent in and has not done with yet. The file itself lies in the site's
-- directory; both go two days after it came.
CREATE TABLE imports (
    id BYTEA NOT NULL PRIMARY KEY,
    what TEXT NOT NULL,                  -- requests, units, accounts
    account BYTEA NOT NULL,              -- who sent it; nobody else sees it
    name TEXT NOT NULL,                  -- the file's name
    size BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    choice TEXT NOT NULL,                -- JSON: what the person said about columns and dates
    state TEXT NOT NULL,                 -- open, running, done
    created_at BIGINT NOT NULL,
    begun_at BIGINT,
    done_at BIGINT,
    outcome TEXT NOT NULL                -- JSON: what became of the rows, or why nothing did
);
CREATE INDEX imports_by_account ON imports (account, created_at);
CREATE INDEX imports_by_age ON imports (created_at);
