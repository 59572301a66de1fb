-- Households, who lives in them, and what is known of them from which day to which. Who the people are lies
-- sealed in `persons`; here stand their ids, and keyed hashes by which a name or number that is given in full
-- is found again.

CREATE TABLE households (
    id BYTEA NOT NULL PRIMARY KEY,
    unit_id BYTEA NOT NULL REFERENCES units (id),   -- its grid today
    path TEXT NOT NULL,                  -- the path of that grid
    code TEXT NOT NULL UNIQUE,           -- the grid's code, '-', a number; stays when the household moves
    card TEXT NOT NULL UNIQUE,           -- what the QR on its card says: drawn, not to be guessed
    head_id BYTEA,                       -- the person at its head today
    persons BIGINT NOT NULL,             -- how many live there today
    lon_e6 BIGINT,                       -- millionths of a degree east
    lat_e6 BIGINT,                       -- millionths of a degree north
    from_date TEXT NOT NULL,
    to_date TEXT,                        -- the first day without it
    basis TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    kept_id BYTEA                        -- linked as a duplicate: the household that stands for it
);
CREATE INDEX households_by_path ON households (path, code);
CREATE INDEX households_linked ON households (kept_id) WHERE kept_id IS NOT NULL;

-- The last number given in each grid.
CREATE TABLE household_series (
    unit_id BYTEA NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

-- What was true from one day until, not including, another. Grid, number of persons and head have no fact until
-- they change: until then the row says it. A correction supersedes; nothing is overwritten.
CREATE TABLE household_facts (
    id BYTEA NOT NULL PRIMARY KEY,
    household_id BYTEA NOT NULL REFERENCES households (id),
    person_id BYTEA,                     -- of a tag that is on one of its people: on whom
    field TEXT NOT NULL,                 -- grid, persons, head, place, tag:<id of the pack>
    value TEXT,                          -- the id of the grid or the head, the number, degrees; of a tag nothing
    path TEXT NOT NULL,                  -- grid: its path; tag: where the household stands today; otherwise ''
    code TEXT NOT NULL,                  -- the household's code, to list in order
    from_date TEXT NOT NULL,
    to_date TEXT,
    basis TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA,                   -- the account; none where a program did it
    superseded_at BIGINT
);
CREATE INDEX household_facts_of ON household_facts (household_id, field, from_date);
CREATE INDEX household_facts_in ON household_facts (field, path, code) WHERE superseded_at IS NULL;

-- Who lives in a household from one day until, not including, another.
CREATE TABLE household_people (
    id BYTEA NOT NULL PRIMARY KEY,
    household_id BYTEA NOT NULL REFERENCES households (id),
    person_id BYTEA NOT NULL,
    relation TEXT NOT NULL,              -- to the head, GB/T 4761
    from_date TEXT NOT NULL,
    to_date TEXT,
    basis TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA,
    superseded_at BIGINT,
    name_key BYTEA,                      -- keyed hashes of the name,
    phone_key BYTEA,                     -- the telephone number,
    idno_key BYTEA                       -- and the identity number
);
CREATE INDEX household_people_of ON household_people (household_id, from_date);
CREATE INDEX household_people_person ON household_people (person_id);
CREATE INDEX household_people_name ON household_people (name_key) WHERE name_key IS NOT NULL;
CREATE INDEX household_people_phone ON household_people (phone_key, name_key) WHERE phone_key IS NOT NULL;
CREATE INDEX household_people_idno ON household_people (idno_key) WHERE idno_key IS NOT NULL;

-- That two rows are one household: a link that can be undone.
CREATE TABLE household_links (
    id BYTEA NOT NULL PRIMARY KEY,
    household_id BYTEA NOT NULL REFERENCES households (id),
    kept_id BYTEA NOT NULL REFERENCES households (id),
    basis TEXT NOT NULL,
    linked_at BIGINT NOT NULL,
    linked_by BYTEA,
    unlinked_at BIGINT,
    unlinked_by BYTEA,
    unlink_basis TEXT
);
CREATE INDEX household_links_of ON household_links (household_id, linked_at);
CREATE INDEX household_links_kept ON household_links (kept_id, linked_at);

-- Pairs of households that may be one: derived, kept by whatever changes who lives where.
CREATE TABLE household_alikes (
    kept_id BYTEA NOT NULL,              -- the one that was written down first
    other_id BYTEA NOT NULL,
    why BIGINT NOT NULL,                 -- 0 identity number, 1 name and telephone, 2 name of both heads in one grid
    path TEXT NOT NULL,                  -- of the lowest unit that holds both
    PRIMARY KEY (kept_id, other_id)
);
CREATE INDEX household_alikes_in ON household_alikes (why, path, kept_id, other_id);
CREATE INDEX household_alikes_other ON household_alikes (other_id);
