//! The SQL of households that may be one.

/// Entries `a` and `b` of two households `x` and `y` of which neither has ended, is linked, or was ever linked with the
/// other or found to be apart from it. The parameter holds today.
macro_rules! both {
    ($on:literal) => {
        concat!(
            "a.superseded_at IS NULL AND b.superseded_at IS NULL
             AND (a.to_date IS NULL OR a.to_date > ", $on, ") AND (b.to_date IS NULL OR b.to_date > ", $on, ")
             AND x.kept_id IS NULL AND (x.to_date IS NULL OR x.to_date > ", $on, ")
             AND y.kept_id IS NULL AND (y.to_date IS NULL OR y.to_date > ", $on, ")
             AND NOT EXISTS (SELECT 1 FROM household_links l WHERE l.household_id = y.id AND l.kept_id = x.id)
             AND NOT EXISTS (SELECT 1 FROM household_links l WHERE l.household_id = x.id AND l.kept_id = y.id)"
        )
    };
}

/// Households `y` that may be one with `x`, and why: the same identity number; the same name and telephone; in one grid
/// the same name of both heads. `$than` is how the id of `y` stands to that of `x`.
macro_rules! alike {
    ($than:literal, $which:literal, $on:literal) => {
        concat!(
            "SELECT x.id, x.path, y.id, y.path, CAST(0 AS BIGINT) FROM households x
             JOIN household_people a ON a.household_id = x.id
             JOIN household_people b ON b.idno_key = a.idno_key JOIN households y ON y.id = b.household_id
             WHERE y.id ",
            $than,
            " x.id AND ",
            $which,
            both!($on),
            "
             UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(1 AS BIGINT) FROM households x
             JOIN household_people a ON a.household_id = x.id
             JOIN household_people b ON b.phone_key = a.phone_key AND b.name_key = a.name_key
             JOIN households y ON y.id = b.household_id
             WHERE y.id ",
            $than,
            " x.id AND ",
            $which,
            both!($on),
            "
             UNION ALL SELECT x.id, x.path, y.id, y.path, CAST(2 AS BIGINT) FROM households x
             JOIN household_people a ON a.household_id = x.id AND a.person_id = x.head_id
             JOIN household_people b ON b.name_key = a.name_key
             JOIN households y ON y.id = b.household_id AND y.head_id = b.person_id AND y.path = x.path
             WHERE y.id ",
            $than,
            " x.id AND ",
            $which,
            both!($on)
        )
    };
}

db::statements! {
    /// What one household may be one with.
    pub(crate) ALIKE_TO = concat!(alike!("<>", "x.id = $1 AND ", "$2"));
    /// Every pair of a site, once.
    pub(crate) ALIKE_ALL = concat!(alike!(">", "", "$1"));
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
