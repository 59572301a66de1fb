//! The SQL of the register. The functions that run it stand with their topics.

db::statements! {
    pub(crate) UNIT_INSERT = "INSERT INTO units
        (id, code, name_zh, name_en, level, kind, parent_id, path, from_date, to_date, basis,
         phone, address, lon_e6, lat_e6, geometry, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT DO NOTHING RETURNING id";
    pub(crate) UNIT_BY_ID = "SELECT id, code, name_zh, name_en, level, kind, parent_id, path,
        from_date, to_date, phone, address, lon_e6, lat_e6 FROM units WHERE id = $1";
    pub(crate) UNIT_BY_CODE = "SELECT id, code, name_zh, name_en, level, kind, parent_id, path,
        from_date, to_date, phone, address, lon_e6, lat_e6 FROM units WHERE code = $1";
    pub(crate) UNITS = "SELECT id, code, name_zh, name_en, level, kind, parent_id, path,
        from_date, to_date, phone, address, lon_e6, lat_e6 FROM units ORDER BY path";
    pub(crate) UNIT_CHILDREN = "SELECT id, code, name_zh, name_en, level, kind, parent_id, path,
        from_date, to_date, phone, address, lon_e6, lat_e6 FROM units WHERE parent_id = $1 ORDER BY path";
    pub(crate) UNIT_SUBTREE = "SELECT id, code, name_zh, name_en, level, kind, parent_id, path,
        from_date, to_date, phone, address, lon_e6, lat_e6 FROM units
        WHERE path >= $1 AND path < $2 ORDER BY path";
    pub(crate) UNIT_ANCESTORS = "WITH RECURSIVE up (id, parent_id) AS (
            SELECT id, parent_id FROM units WHERE id = $1
            UNION ALL SELECT u.id, u.parent_id FROM units u JOIN up ON u.id = up.parent_id)
        SELECT u.id, u.code, u.name_zh, u.name_en, u.level, u.kind, u.parent_id, u.path,
               u.from_date, u.to_date, u.phone, u.address, u.lon_e6, u.lat_e6
        FROM units u JOIN up ON u.id = up.id WHERE u.id <> $1 ORDER BY u.path";
    pub(crate) UNITS_NAMED = "SELECT id, code, name_zh, name_en, level, kind, parent_id, path,
        from_date, to_date, phone, address, lon_e6, lat_e6 FROM units
        WHERE code = $1 OR name_zh = $1 OR name_en = $1 ORDER BY path LIMIT $2";
    /// Units whose stream of the journal is gone, and streams whose unit is gone.
    pub(crate) UNITS_DISAGREE = "SELECT u.id, CAST(1 AS BIGINT), CAST(NULL AS BIGINT), u.code FROM units u
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.stream = u.id)
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j
        WHERE j.stream_kind = 'unit' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM units u WHERE u.id = j.stream)";
    pub(crate) UNIT_ROOTS = "SELECT id FROM units WHERE parent_id IS NULL LIMIT 1";
    pub(crate) UNIT_CLOSE = "UPDATE units SET to_date = $2
        WHERE id = $1 AND to_date IS NULL AND from_date <= $2 RETURNING id";
    pub(crate) UNIT_OPEN_BELOW = "SELECT id FROM units
        WHERE parent_id = $1 AND (to_date IS NULL OR to_date > $2) LIMIT 1";
    pub(crate) UNIT_STANDS = "UPDATE units SET name_zh = $2, name_en = $3, phone = $4, address = $5
        WHERE id = $1 RETURNING id";
    pub(crate) UNIT_DRAWN = "UPDATE units SET geometry = $2 WHERE id = $1";
    pub(crate) UNIT_OUTLINE = "SELECT geometry FROM units WHERE id = $1 AND geometry IS NOT NULL";
    pub(crate) OUTLINE_BELOW = "SELECT id FROM units WHERE parent_id = $1 AND geometry IS NOT NULL LIMIT 1";
    pub(crate) OUTLINES_BELOW = "SELECT id, geometry FROM units
        WHERE parent_id = $1 AND geometry IS NOT NULL ORDER BY path";

    pub(crate) FACT_INSERT = "INSERT INTO unit_facts
        (id, unit_id, field, value, from_date, to_date, basis, recorded_at, superseded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)";
    pub(crate) FACT_END = "UPDATE unit_facts SET to_date = $3
        WHERE unit_id = $1 AND field = $2 AND to_date IS NULL AND superseded_at IS NULL RETURNING from_date";
    pub(crate) FACT_LAST = "SELECT from_date FROM unit_facts
        WHERE unit_id = $1 AND field = $2 AND to_date IS NULL AND superseded_at IS NULL";
    pub(crate) FACTS_SUPERSEDE = "UPDATE unit_facts SET superseded_at = $3
        WHERE unit_id = $1 AND field = $2 AND to_date IS NULL AND superseded_at IS NULL RETURNING from_date";
    pub(crate) FACTS_ON = "SELECT unit_id, field, value FROM unit_facts
        WHERE from_date <= $1 AND (to_date IS NULL OR to_date > $1) AND superseded_at IS NULL";
    pub(crate) FACTS_OF = "SELECT field, value, from_date, to_date, basis, recorded_at, superseded_at
        FROM unit_facts WHERE unit_id = $1 ORDER BY from_date, recorded_at, id";

    pub(crate) VERSION = "SELECT version FROM register_version WHERE id = 1";
    pub(crate) VERSION_NEXT = "UPDATE register_version SET version = version + 1 WHERE id = 1";
}
