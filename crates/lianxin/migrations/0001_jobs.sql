-- The last round of each job that runs by itself, by whichever process leads.
CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    began_at BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    good_at BIGINT,                      -- the last round that ended well
    fault TEXT NOT NULL,                 -- what the last round ended with; empty where it ended well
    even_since BIGINT NOT NULL           -- since when rounds have followed one another without a leap in time
);
