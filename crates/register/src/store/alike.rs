//! The SQL of households that may be one.

/// The households `x` and `y` stand for themselves and have not ended.
macro_rules! open {
    ($on:literal) => {
        concat!(
            "y.id <> x.id AND x.kept_id IS NULL AND (x.to_date IS NULL OR x.to_date > ",
            $on,
            ") AND y.kept_id IS NULL AND (y.to_date IS NULL OR y.to_date > ",
            $on,
            ")"
        )
    };
}

/// Entries `a` and `b` that stand at the rows `r` and `s`, for which the households `x` and `y` stand: themselves, or those
/// they are linked to. None of them has ended. The parameter holds today.
macro_rules! there {
    ($on:literal) => {
        concat!(
            "a.superseded_at IS NULL AND b.superseded_at IS NULL
             AND (a.to_date IS NULL OR a.to_date > ",
            $on,
            ") AND (b.to_date IS NULL OR b.to_date > ",
            $on,
            ") AND (r.to_date IS NULL OR r.to_date > ",
            $on,
            ") AND (s.to_date IS NULL OR s.to_date > ",
            $on,
            ") AND ",
            open!($on)
        )
    };
}

/// Neither household, nor the row that speaks for it, was ever linked with the other, or found to be apart from it.
macro_rules! apart {
    ($r:literal, $s:literal) => {
        concat!(
            " AND NOT EXISTS (SELECT 1 FROM household_links l WHERE l.household_id IN (y.id, ",
            $s,
            ") AND l.kept_id IN (x.id, ",
            $r,
            ")) AND NOT EXISTS (SELECT 1 FROM household_links l WHERE l.household_id IN (x.id, ",
            $r,
            ") AND l.kept_id IN (y.id, ",
            $s,
            "))"
        )
    };
}

db::statements! {
    /// Households `y` that may be one with `x`, by a row `r` of `x` and a row `s` of `y`, and why: the same identity
    /// number; the same name and telephone; in one grid the same name of both heads. That begins with the grid: of some
    /// names there are a thousand in a county.
    pub(crate) ALIKE_TO = concat!(
        "SELECT x.id, x.path, y.id, y.path, CAST(0 AS BIGINT) FROM households x CROSS JOIN households r
         CROSS JOIN household_people a CROSS JOIN household_people b CROSS JOIN households s CROSS JOIN households y
         WHERE x.id = $1 AND r.id IN ", crate::of_home!("$1"), " AND a.household_id = r.id
         AND b.idno_key = a.idno_key AND s.id = b.household_id AND y.id = COALESCE(s.kept_id, s.id)
         AND ", there!("$2"), apart!("r.id", "s.id"), "
         UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(1 AS BIGINT) FROM households x CROSS JOIN households r
         CROSS JOIN household_people a CROSS JOIN household_people b CROSS JOIN households s CROSS JOIN households y
         WHERE x.id = $1 AND r.id IN ", crate::of_home!("$1"), " AND a.household_id = r.id
         AND b.phone_key = a.phone_key AND b.name_key = a.name_key AND s.id = b.household_id
         AND y.id = COALESCE(s.kept_id, s.id) AND ", there!("$2"), apart!("r.id", "s.id"), "
         UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(2 AS BIGINT) FROM households x CROSS JOIN households r
         CROSS JOIN household_people a CROSS JOIN households s CROSS JOIN household_people b CROSS JOIN households y
         WHERE x.id = $1 AND r.id IN ", crate::of_home!("$1"), " AND a.household_id = r.id AND a.person_id = r.head_id
         AND s.path = r.path AND b.person_id = s.head_id AND b.household_id = s.id
         AND COALESCE(b.name_key, b.name_key) = a.name_key AND y.id = COALESCE(s.kept_id, s.id)
         AND ", there!("$2"), apart!("r.id", "s.id")
    );
    /// Every pair of a site, also twice: begins with the keys that stand twice, and of names with the heads of a grid.
    pub(crate) ALIKE_ALL = concat!(
        "WITH heads AS MATERIALIZED (SELECT r.id AS own, COALESCE(r.kept_id, r.id) AS home, r.path, a.name_key
         FROM households r JOIN household_people a ON a.household_id = r.id AND a.person_id = r.head_id
         WHERE a.superseded_at IS NULL AND (a.to_date IS NULL OR a.to_date > $1) AND a.name_key IS NOT NULL
         AND (r.to_date IS NULL OR r.to_date > $1))
         SELECT x.id, x.path, y.id, y.path, CAST(0 AS BIGINT) FROM
         (SELECT idno_key AS k FROM household_people WHERE idno_key IS NOT NULL GROUP BY idno_key HAVING COUNT(*) > 1) d
         CROSS JOIN household_people a CROSS JOIN household_people b CROSS JOIN households r CROSS JOIN households s
         CROSS JOIN households x CROSS JOIN households y
         WHERE a.idno_key = d.k AND b.idno_key = d.k AND r.id = a.household_id AND s.id = b.household_id
         AND s.id > r.id AND x.id = COALESCE(r.kept_id, r.id) AND y.id = COALESCE(s.kept_id, s.id)
         AND ", there!("$1"), apart!("r.id", "s.id"), "
         UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(1 AS BIGINT) FROM
         (SELECT phone_key AS k, name_key AS n FROM household_people WHERE phone_key IS NOT NULL AND name_key IS NOT NULL
         GROUP BY phone_key, name_key HAVING COUNT(*) > 1) d
         CROSS JOIN household_people a CROSS JOIN household_people b CROSS JOIN households r CROSS JOIN households s
         CROSS JOIN households x CROSS JOIN households y
         WHERE a.phone_key = d.k AND a.name_key = d.n AND b.phone_key = d.k AND b.name_key = d.n
         AND r.id = a.household_id AND s.id = b.household_id AND s.id > r.id
         AND x.id = COALESCE(r.kept_id, r.id) AND y.id = COALESCE(s.kept_id, s.id)
         AND ", there!("$1"), apart!("r.id", "s.id"), "
         UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(2 AS BIGINT) FROM heads g
         CROSS JOIN heads h CROSS JOIN households x CROSS JOIN households y
         WHERE h.path = g.path AND h.name_key = g.name_key AND h.own > g.own AND x.id = g.home AND y.id = h.home
         AND ", open!("$1"), apart!("g.own", "h.own")
    );
    pub(crate) ALIKE_PUT = "INSERT INTO household_alikes (kept_id, other_id, why, path) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kept_id, other_id) DO NOTHING";
    pub(crate) ALIKE_DROP = "DELETE FROM household_alikes WHERE kept_id = $1";
    pub(crate) ALIKE_DROP_OTHER = "DELETE FROM household_alikes WHERE other_id = $1";
    pub(crate) ALIKE_CLEAR = "DELETE FROM household_alikes";
    pub(crate) ALIKE_KEPT = "SELECT kept_id, other_id, why, path FROM household_alikes";
    /// Of one reason: one range of the index, behind a path and a pair, which begins with the path of the unit.
    pub(crate) ALIKE_IN = "SELECT kept_id, other_id, path FROM household_alikes WHERE why = $1 AND path < $2
        AND (path, kept_id, other_id) > ($3, $4, $5) ORDER BY path, kept_id, other_id LIMIT $6";
    pub(crate) ALIKE_COUNT = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM household_alikes
        WHERE why IN (0, 1, 2) AND path >= $1 AND path < $2 LIMIT $3) c";
}
