//! The SQL of households.

/// The ids of the rows that are one household with the one whose id the parameter holds, as a list for `IN`: its own, and
/// those that are linked to it. What was written down at any of them belongs to it.
#[macro_export]
macro_rules! of_home {
    ($household:literal) => {
        concat!(
            "(SELECT id FROM households WHERE id = ",
            $household,
            " UNION ALL SELECT id FROM households WHERE kept_id = ",
            $household,
            ")"
        )
    };
}

/// Heads with the name `$1` on the day `$2`, and the household that stands for theirs.
macro_rules! headed {
    ($from:literal) => {
        concat!(
            "SELECT k.id, k.unit_id, k.path, k.code, k.card, k.head_id, k.persons, k.lon_e6, k.lat_e6,
        k.from_date, k.to_date, k.basis, k.recorded_at, k.kept_id, p.phone_key FROM ",
            $from,
            "
        WHERE p.household_id = h.id AND p.person_id = h.head_id AND p.name_key = $1 AND p.superseded_at IS NULL
          AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2)
          AND (k.to_date IS NULL OR k.to_date > $2) "
        )
    };
}

db::statements! {
    pub(crate) HOUSEHOLD_INSERT = "INSERT INTO households
        (id, unit_id, path, code, card, head_id, persons, lon_e6, lat_e6, from_date, to_date, basis, recorded_at, kept_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, $11, $12, NULL)";
    pub(crate) HOUSEHOLD_GET = "SELECT id, unit_id, path, code, card, head_id, persons, lon_e6, lat_e6,
        from_date, to_date, basis, recorded_at, kept_id FROM households WHERE id = $1";
    pub(crate) HOUSEHOLD_BY_CODE = "SELECT id, unit_id, path, code, card, head_id, persons, lon_e6, lat_e6,
        from_date, to_date, basis, recorded_at, kept_id FROM households WHERE code = $1";
    pub(crate) HOUSEHOLD_BY_CARD = "SELECT id, unit_id, path, code, card, head_id, persons, lon_e6, lat_e6,
        from_date, to_date, basis, recorded_at, kept_id FROM households WHERE card = $1";
    /// What stands in the row is how it is today.
    pub(crate) HOUSEHOLD_STANDS = "UPDATE households SET unit_id = $2, path = $3, head_id = $4, persons = $5,
        lon_e6 = $6, lat_e6 = $7 WHERE id = $1";
    pub(crate) HOUSEHOLD_END = "UPDATE households SET to_date = $2
        WHERE id = $1 AND to_date IS NULL AND from_date <= $2 RETURNING id";
    pub(crate) HOUSEHOLD_KEPT = "UPDATE households SET kept_id = $2 WHERE id = $1";
    pub(crate) SERIES_NEXT = "INSERT INTO household_series (unit_id, last) VALUES ($1, $2)
        ON CONFLICT (unit_id) DO UPDATE SET last = household_series.last + excluded.last RETURNING last";
    /// Households whose stream of the journal is gone, and streams whose household is gone.
    pub(crate) HOUSEHOLDS_DISAGREE = "SELECT h.id, CAST(1 AS BIGINT), CAST(NULL AS BIGINT), h.code FROM households h
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.stream = h.id)
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j
        WHERE j.stream_kind = 'household' AND j.seq = 1
          AND NOT EXISTS (SELECT 1 FROM households h WHERE h.id = j.stream)";

    // In lists: those that never moved by their row, those that did by the fact of the day.
    pub(crate) LISTED = "SELECT h.id, h.unit_id, h.path, h.code, h.card, h.head_id, h.persons, h.lon_e6, h.lat_e6,
        h.from_date, h.to_date, h.basis, h.recorded_at, h.kept_id
        FROM households h
        WHERE (h.path, h.code) > ($1, $2) AND h.path < $3 AND h.kept_id IS NULL
          AND h.from_date <= $4 AND (h.to_date IS NULL OR h.to_date > $4)
          AND NOT EXISTS (SELECT 1 FROM household_facts g
              WHERE g.household_id = h.id AND g.field = 'grid' AND g.superseded_at IS NULL)
        ORDER BY h.path, h.code LIMIT $5";
    pub(crate) LISTED_MOVED = "SELECT h.id, h.unit_id, g.path, h.code, h.card, h.head_id, h.persons, h.lon_e6, h.lat_e6,
        h.from_date, h.to_date, h.basis, h.recorded_at, h.kept_id
        FROM household_facts g JOIN households h ON h.id = g.household_id
        WHERE g.field = 'grid' AND g.superseded_at IS NULL AND (g.path, g.code) > ($1, $2) AND g.path < $3
          AND g.from_date <= $4 AND (g.to_date IS NULL OR g.to_date > $4)
          AND h.kept_id IS NULL AND h.from_date <= $4 AND (h.to_date IS NULL OR h.to_date > $4)
        ORDER BY g.path, g.code LIMIT $5";
    pub(crate) TAGGED = "SELECT h.id, h.unit_id, h.path, h.code, h.card, h.head_id, h.persons, h.lon_e6, h.lat_e6,
        h.from_date, h.to_date, h.basis, h.recorded_at, h.kept_id
        FROM household_facts f JOIN households h ON h.id = f.household_id
        WHERE f.field = $6 AND f.superseded_at IS NULL AND (f.path, f.code) > ($1, $2) AND f.path < $3
          AND f.from_date <= $4 AND (f.to_date IS NULL OR f.to_date > $4)
          AND h.kept_id IS NULL AND h.from_date <= $4 AND (h.to_date IS NULL OR h.to_date > $4)
          AND NOT EXISTS (SELECT 1 FROM household_facts g
              WHERE g.household_id = h.id AND g.field = 'grid' AND g.superseded_at IS NULL)
        ORDER BY f.path, f.code LIMIT $5";
    pub(crate) TAGGED_MOVED = "SELECT h.id, h.unit_id, g.path, h.code, h.card, h.head_id, h.persons, h.lon_e6, h.lat_e6,
        h.from_date, h.to_date, h.basis, h.recorded_at, h.kept_id
        FROM household_facts g JOIN households h ON h.id = g.household_id
        WHERE g.field = 'grid' AND g.superseded_at IS NULL AND (g.path, g.code) > ($1, $2) AND g.path < $3
          AND g.from_date <= $4 AND (g.to_date IS NULL OR g.to_date > $4)
          AND h.kept_id IS NULL AND h.from_date <= $4 AND (h.to_date IS NULL OR h.to_date > $4)
          AND (EXISTS (SELECT 1 FROM household_facts f WHERE f.household_id = h.id AND f.field = $6
              AND f.superseded_at IS NULL AND f.from_date <= $4 AND (f.to_date IS NULL OR f.to_date > $4))
            OR EXISTS (SELECT 1 FROM households o CROSS JOIN household_facts f
              WHERE o.kept_id = h.id AND f.household_id = o.id AND f.field = $6
              AND f.superseded_at IS NULL AND f.from_date <= $4 AND (f.to_date IS NULL OR f.to_date > $4)))
        ORDER BY g.path, g.code LIMIT $5";
    /// Those that carry the mark since a household that is linked to them does: begun with the few that are linked.
    pub(crate) TAGGED_LINKED = "SELECT h.id, h.unit_id, h.path, h.code, h.card, h.head_id, h.persons, h.lon_e6, h.lat_e6,
        h.from_date, h.to_date, h.basis, h.recorded_at, h.kept_id
        FROM households o CROSS JOIN households h CROSS JOIN household_facts f
        WHERE o.kept_id IS NOT NULL AND h.id = o.kept_id AND f.household_id = o.id
          AND f.field = $6 AND f.superseded_at IS NULL AND (h.path, h.code) > ($1, $2) AND h.path < $3
          AND f.from_date <= $4 AND (f.to_date IS NULL OR f.to_date > $4)
          AND h.from_date <= $4 AND (h.to_date IS NULL OR h.to_date > $4)
          AND NOT EXISTS (SELECT 1 FROM household_facts g
              WHERE g.household_id = h.id AND g.field = 'grid' AND g.superseded_at IS NULL)
        ORDER BY h.path, h.code LIMIT $5";
    /// How many there are today, up to a cap: what was linked or has ended does not count.
    pub(crate) COUNTED = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM households h
        WHERE h.path >= $1 AND h.path < $2 AND h.kept_id IS NULL
          AND h.from_date <= $3 AND (h.to_date IS NULL OR h.to_date > $3) LIMIT $4) c";

    pub(crate) LINK_INSERT = "INSERT INTO household_links (id, household_id, kept_id, basis, linked_at, linked_by)
        VALUES ($1, $2, $3, $4, $5, $6)";
    pub(crate) LINK_UNDO = "UPDATE household_links SET unlinked_at = $2, unlinked_by = $3, unlink_basis = $4
        WHERE household_id = $1 AND unlinked_at IS NULL RETURNING id";
    pub(crate) LINKED_TO = "SELECT id FROM household_links WHERE kept_id = $1 AND unlinked_at IS NULL LIMIT 1";
    pub(crate) LINKED = "SELECT household_id FROM household_links WHERE kept_id = $1 AND unlinked_at IS NULL
        ORDER BY linked_at, id";
    pub(crate) LINK_APART = "INSERT INTO household_links (id, household_id, kept_id, basis, linked_at, linked_by,
        unlinked_at, unlinked_by, unlink_basis) VALUES ($1, $2, $3, $4, $5, $6, $5, $6, $4)";
    pub(crate) LINKED_IN = "SELECT l.household_id, l.kept_id, l.basis, l.linked_at, l.linked_by, l.unlinked_at
        FROM household_links l JOIN households h ON h.id = l.household_id
        WHERE l.unlinked_at IS NULL AND h.path >= $1 AND h.path < $2 ORDER BY l.linked_at DESC, l.id LIMIT $3";
    pub(crate) LINKS_OF = "SELECT household_id, kept_id, basis, linked_at, linked_by, unlinked_at FROM household_links
        WHERE household_id = $1 OR kept_id = $1 ORDER BY linked_at, id";

    // Facts
    pub(crate) FACT_INSERT = "INSERT INTO household_facts
        (id, household_id, person_id, field, value, path, code, from_date, to_date, basis, recorded_at, recorded_by, superseded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    pub(crate) FACT_END = "UPDATE household_facts SET to_date = $3
        WHERE household_id = $1 AND field = $2 AND to_date IS NULL AND superseded_at IS NULL";
    pub(crate) FACT_LAST = "SELECT id, from_date FROM household_facts
        WHERE household_id = $1 AND field = $2 AND to_date IS NULL AND superseded_at IS NULL";
    pub(crate) FACT_SUPERSEDE = "UPDATE household_facts SET superseded_at = $2
        WHERE id = $1 AND superseded_at IS NULL RETURNING id";
    pub(crate) FACT_GET = "SELECT id, person_id, field, value, from_date, to_date, basis, recorded_at, recorded_by,
        superseded_at, household_id FROM household_facts WHERE id = $1 AND household_id = $2";
    pub(crate) FACTS_OF = "SELECT id, person_id, field, value, from_date, to_date, basis, recorded_at, recorded_by,
        superseded_at, household_id FROM household_facts WHERE household_id = $1 ORDER BY from_date, recorded_at, id";
    pub(crate) FACTS_ON = "SELECT id, person_id, field, value, from_date, to_date, basis, recorded_at, recorded_by,
        superseded_at, household_id FROM household_facts
        WHERE household_id = $1 AND superseded_at IS NULL AND from_date <= $2 AND (to_date IS NULL OR to_date > $2)
        ORDER BY field, from_date, id";
    /// The marks of a day, also those of households that are linked to this one.
    pub(crate) TAGS_ON = concat!("SELECT id, person_id, field, value, from_date, to_date, basis, recorded_at, recorded_by,
        superseded_at, household_id FROM household_facts WHERE household_id IN ", of_home!("$1"), "
          AND substr(field, 1, 4) = 'tag:' AND superseded_at IS NULL
          AND from_date <= $2 AND (to_date IS NULL OR to_date > $2)
        ORDER BY field, from_date, id");
    pub(crate) TAG_END = "UPDATE household_facts SET to_date = $2
        WHERE id = $1 AND superseded_at IS NULL AND from_date <= $2 AND (to_date IS NULL OR to_date > $2) RETURNING id";
    pub(crate) TAG_SAME = "SELECT id FROM household_facts
        WHERE household_id = $1 AND field = $2 AND superseded_at IS NULL
          AND (person_id = $3 OR (person_id IS NULL AND CAST($3 AS BYTEA) IS NULL))
          AND (to_date IS NULL OR to_date > $4)
          AND (CAST($5 AS TEXT) IS NULL OR from_date < $5)";
    pub(crate) TAG_ON = concat!("SELECT id FROM household_facts
        WHERE household_id IN ", of_home!("$1"), " AND field = $2 AND superseded_at IS NULL
          AND from_date <= $3 AND (to_date IS NULL OR to_date > $3) LIMIT 1");
    pub(crate) TAGS_MOVE = "UPDATE household_facts SET path = $2
        WHERE household_id = $1 AND substr(field, 1, 4) = 'tag:'";
    /// Every span of a tag on a site, under the household that stands for its own as well: what is computed for all
    /// households reads them once.
    pub(crate) TAG_SPANS = "SELECT household_id, from_date, to_date FROM household_facts
        WHERE field = $1 AND superseded_at IS NULL
        UNION ALL SELECT o.kept_id, f.from_date, f.to_date FROM households o
        CROSS JOIN household_facts f WHERE o.kept_id IS NOT NULL AND f.household_id = o.id AND f.field = $1
          AND f.superseded_at IS NULL ORDER BY 1, 2";

    // People
    pub(crate) MEMBER_INSERT = "INSERT INTO household_people
        (id, household_id, person_id, relation, from_date, to_date, basis, recorded_at, recorded_by, superseded_at,
         name_key, phone_key, idno_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11, $12)";
    pub(crate) MEMBERS_OF = "SELECT id, household_id, person_id, relation, from_date, to_date, basis, recorded_at,
        recorded_by, superseded_at, name_key, phone_key, idno_key
        FROM household_people WHERE household_id = $1 ORDER BY from_date, relation, id";
    pub(crate) PEOPLE_OF = concat!("SELECT id, household_id, person_id, relation, from_date, to_date, basis, recorded_at,
        recorded_by, superseded_at, name_key, phone_key, idno_key FROM household_people
        WHERE household_id IN ", of_home!("$1"), " ORDER BY from_date, relation, id");
    pub(crate) MEMBER_GET = "SELECT id, household_id, person_id, relation, from_date, to_date, basis, recorded_at,
        recorded_by, superseded_at, name_key, phone_key, idno_key FROM household_people WHERE id = $1";
    pub(crate) MEMBER_END = "UPDATE household_people SET to_date = $2
        WHERE id = $1 AND superseded_at IS NULL AND from_date <= $2 AND (to_date IS NULL OR to_date > $2) RETURNING id";
    pub(crate) MEMBER_SUPERSEDE = "UPDATE household_people SET superseded_at = $2
        WHERE id = $1 AND superseded_at IS NULL RETURNING id";
    pub(crate) MEMBER_KEYS = "UPDATE household_people SET name_key = $2, phone_key = $3, idno_key = $4
        WHERE person_id = $1";
    pub(crate) BY_NAME = "SELECT household_id, person_id FROM household_people
        WHERE name_key = $1 AND superseded_at IS NULL AND from_date <= $2 AND (to_date IS NULL OR to_date > $2)
        ORDER BY id LIMIT $3";
    /// The households that stand for those whose head has this name, with the head's telephone, where either stands in the
    /// grid and the one that stands for both has not ended. Begun with the grid, which is small, whatever the name.
    pub(crate) HEADED = concat!(
        headed!("households h CROSS JOIN household_people p CROSS JOIN households k"),
        "AND h.path = $3 AND k.id = COALESCE(h.kept_id, h.id)
        UNION ALL ",
        headed!("households k CROSS JOIN households h CROSS JOIN household_people p"),
        "AND k.path = $3 AND h.kept_id = k.id AND h.path <> $3");
    pub(crate) BY_PHONE = "SELECT household_id, person_id FROM household_people
        WHERE phone_key = $1 AND superseded_at IS NULL AND from_date <= $2 AND (to_date IS NULL OR to_date > $2)
        ORDER BY id LIMIT $3";
    pub(crate) BY_IDNO = "SELECT household_id, person_id FROM household_people
        WHERE idno_key = $1 AND superseded_at IS NULL AND from_date <= $2 AND (to_date IS NULL OR to_date > $2)
        ORDER BY id LIMIT $3";
}
