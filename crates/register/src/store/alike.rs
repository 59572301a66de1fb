//! The SQL of households that may be one.

/// Entries `a` and `b` of two households `x` and `y` of which neither has ended or is linked. The parameter holds today.
macro_rules! there {
    ($on:literal) => {
        concat!(
            "a.superseded_at IS NULL AND b.superseded_at IS NULL
             AND (a.to_date IS NULL OR a.to_date > ",
            $on,
            ") AND (b.to_date IS NULL OR b.to_date > ",
            $on,
            ")
             AND x.kept_id IS NULL AND (x.to_date IS NULL OR x.to_date > ",
            $on,
            ")
             AND y.kept_id IS NULL AND (y.to_date IS NULL OR y.to_date > ",
            $on,
            ")"
        )
    };
}

/// Neither was ever linked with the other, or found to be apart from it.
macro_rules! apart {
    () => {
        " AND NOT EXISTS (SELECT 1 FROM household_links l WHERE l.household_id = y.id AND l.kept_id = x.id)
          AND NOT EXISTS (SELECT 1 FROM household_links l WHERE l.household_id = x.id AND l.kept_id = y.id)"
    };
}

db::statements! {
    /// Households `y` that may be one with `x`, and why: the same identity number; the same name and telephone; in one
    /// grid the same name of both heads. That begins with the grid: of some names there are a thousand in a county.
    pub(crate) ALIKE_TO = concat!(
        "SELECT x.id, x.path, y.id, y.path, CAST(0 AS BIGINT) FROM households x
         JOIN household_people a ON a.household_id = x.id
         JOIN household_people b ON b.idno_key = a.idno_key JOIN households y ON y.id = b.household_id
         WHERE x.id = $1 AND y.id <> x.id AND ", there!("$2"), apart!(), "
         UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(1 AS BIGINT) FROM households x
         JOIN household_people a ON a.household_id = x.id
         JOIN household_people b ON b.phone_key = a.phone_key AND b.name_key = a.name_key
         JOIN households y ON y.id = b.household_id
         WHERE x.id = $1 AND y.id <> x.id AND ", there!("$2"), apart!(), "
         UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(2 AS BIGINT) FROM households x
         CROSS JOIN household_people a CROSS JOIN households y CROSS JOIN household_people b
         WHERE x.id = $1 AND a.household_id = x.id AND a.person_id = x.head_id AND y.path = x.path AND y.id <> x.id
         AND b.person_id = y.head_id AND b.household_id = y.id
         AND COALESCE(b.name_key, b.name_key) = a.name_key AND ", there!("$2"), apart!()
    );
    /// Every pair of a site, once: begins with the keys that stand twice, and of names with the heads of a grid.
    pub(crate) ALIKE_ALL = concat!(
        "WITH heads AS MATERIALIZED (SELECT x.id, x.path, a.name_key FROM households x
         JOIN household_people a ON a.household_id = x.id AND a.person_id = x.head_id
         WHERE a.superseded_at IS NULL AND (a.to_date IS NULL OR a.to_date > $1) AND a.name_key IS NOT NULL
         AND x.kept_id IS NULL AND (x.to_date IS NULL OR x.to_date > $1))
         SELECT x.id, x.path, y.id, y.path, CAST(0 AS BIGINT) FROM
         (SELECT idno_key AS k FROM household_people WHERE idno_key IS NOT NULL GROUP BY idno_key HAVING COUNT(*) > 1) d
         CROSS JOIN household_people a CROSS JOIN household_people b CROSS JOIN households x CROSS JOIN households y
         WHERE a.idno_key = d.k AND b.idno_key = d.k AND x.id = a.household_id AND y.id = b.household_id
         AND y.id > x.id AND ", there!("$1"), apart!(), "
         UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(1 AS BIGINT) FROM
         (SELECT phone_key AS k, name_key AS n FROM household_people WHERE phone_key IS NOT NULL AND name_key IS NOT NULL
         GROUP BY phone_key, name_key HAVING COUNT(*) > 1) d
         CROSS JOIN household_people a CROSS JOIN household_people b CROSS JOIN households x CROSS JOIN households y
         WHERE a.phone_key = d.k AND a.name_key = d.n AND b.phone_key = d.k AND b.name_key = d.n
         AND x.id = a.household_id AND y.id = b.household_id AND y.id > x.id AND ", there!("$1"), apart!(), "
         UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(2 AS BIGINT) FROM heads x
         JOIN heads y ON y.path = x.path AND y.name_key = x.name_key WHERE y.id > x.id", apart!()
    );
    pub(crate) ALIKE_PUT = "INSERT INTO household_alikes (kept_id, other_id, why, path) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kept_id, other_id) DO NOTHING";
    pub(crate) ALIKE_DROP = "DELETE FROM household_alikes WHERE kept_id = $1";
    pub(crate) ALIKE_DROP_OTHER = "DELETE FROM household_alikes WHERE other_id = $1";
    pub(crate) ALIKE_CLEAR = "DELETE FROM household_alikes";
    pub(crate) ALIKE_IN = "SELECT kept_id, other_id, why FROM household_alikes WHERE path >= $1 AND path < $2
        AND (why, kept_id, other_id) > ($3, $4, $5) ORDER BY why, kept_id, other_id LIMIT $6";
    pub(crate) ALIKE_COUNT = "SELECT CAST(COUNT(*) AS BIGINT) FROM
        (SELECT 1 AS one FROM household_alikes WHERE path >= $1 AND path < $2 LIMIT $3) c";
}
