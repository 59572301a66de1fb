-- Units: organizations, areas, grids. A row says how the unit stands today; facts say how it stood.

CREATE TABLE units (
    id BYTEA NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    level TEXT NOT NULL,                 -- a level of the pack
    kind TEXT NOT NULL,                  -- a kind of unit of the pack
    parent_id BYTEA REFERENCES units (id),
    path TEXT NOT NULL UNIQUE,           -- '/' and the codes from the root, each followed by '/'
    from_date TEXT NOT NULL,
    to_date TEXT,                        -- the first day without it
    basis TEXT NOT NULL,
    phone TEXT,
    address TEXT,
    lon_e6 BIGINT,                       -- millionths of a degree east
    lat_e6 BIGINT,                       -- millionths of a degree north
    geometry TEXT,                       -- GeoJSON: Polygon or MultiPolygon
    recorded_at BIGINT NOT NULL
);
CREATE INDEX units_by_parent ON units (parent_id, path);

-- What was true from one day until, not including, another. A correction supersedes; nothing is
-- overwritten.
CREATE TABLE unit_facts (
    id BYTEA NOT NULL PRIMARY KEY,
    unit_id BYTEA NOT NULL REFERENCES units (id),
    field TEXT NOT NULL,                 -- name_zh, name_en, phone, address
    value TEXT,
    from_date TEXT NOT NULL,
    to_date TEXT,
    basis TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX unit_facts_by_unit ON unit_facts (unit_id, field, from_date);

-- Tells other processes that their snapshot of the units is old.
CREATE TABLE register_version (
    id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO register_version (id, version) VALUES (1, 0);
