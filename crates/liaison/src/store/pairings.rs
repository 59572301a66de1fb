//! The statements over pairings.

macro_rules! columns {
    () => {
        "p.id, p.kind, p.account_id, p.household_id, p.path, p.from_date, p.to_date, p.basis, p.ended_basis, \
         p.recorded_at, p.recorded_by"
    };
}

db::statements! {
    pub(crate) INSERT = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, to_date, basis, \
        ended_basis, recorded_at, recorded_by, superseded_at) \
        VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, NULL, $8, $9, NULL) \
        ON CONFLICT (kind, household_id) WHERE to_date IS NULL AND superseded_at IS NULL DO NOTHING RETURNING id";
    pub(crate) PUT = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, to_date, basis, \
        ended_basis, recorded_at, recorded_by, superseded_at) \
        VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, NULL, $8, NULL, NULL)";
    pub(crate) BY_ID = concat!("SELECT ", columns!(), " FROM pairings p WHERE p.id = $1 AND p.superseded_at IS NULL");
    pub(crate) END = "UPDATE pairings SET to_date = $2, ended_basis = $3 \
        WHERE id = $1 AND to_date IS NULL AND superseded_at IS NULL AND from_date <= $2 RETURNING id";
    /// It never was: superseded on the day it began.
    pub(crate) STRIKE = "UPDATE pairings SET superseded_at = $2 WHERE id = $1 AND superseded_at IS NULL";
    pub(crate) OPEN_OF = concat!("SELECT ", columns!(), " FROM pairings p \
        WHERE p.household_id = $1 AND p.to_date IS NULL AND p.superseded_at IS NULL ORDER BY p.kind");
    /// Those that ended for this reason on this day, and those that began on it and were struck for it at this instant.
    pub(crate) ENDED_BY = concat!("SELECT ", columns!(), " FROM pairings p WHERE p.household_id = $1 AND p.to_date = $2 \
        AND p.ended_basis = $3 AND (p.superseded_at IS NULL OR (p.superseded_at = $4 AND p.from_date = $2)) \
        ORDER BY p.kind, p.recorded_at DESC, p.id DESC");
    pub(crate) OF_HOUSEHOLD = concat!("SELECT ", columns!(), " FROM pairings p \
        WHERE p.household_id = $1 AND p.superseded_at IS NULL ORDER BY p.from_date, p.recorded_at, p.id");
    pub(crate) OF_ACCOUNT_ON = concat!("SELECT ", columns!(), " FROM pairings p \
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2) \
        AND p.superseded_at IS NULL ORDER BY p.path, p.household_id");
    pub(crate) OF_ACCOUNT = concat!("SELECT ", columns!(), " FROM pairings p \
        WHERE p.account_id = $1 AND p.superseded_at IS NULL ORDER BY p.from_date DESC, p.id LIMIT $2");
    pub(crate) BETWEEN = "SELECT kind FROM pairings WHERE account_id = $1 AND household_id = $2 \
        AND from_date <= $3 AND (to_date IS NULL OR to_date > $3) AND superseded_at IS NULL";
    pub(crate) LOAD = "SELECT CAST(COUNT(*) AS BIGINT) FROM pairings WHERE account_id = $1 AND kind = $2 \
        AND to_date IS NULL AND superseded_at IS NULL";
    pub(crate) LOADS = "SELECT account_id, CAST(COUNT(*) AS BIGINT) FROM pairings WHERE kind = $1 AND path >= $2 \
        AND path < $3 AND from_date <= $4 AND (to_date IS NULL OR to_date > $4) AND superseded_at IS NULL \
        GROUP BY account_id";
    /// Everybody's, wherever the households lie.
    pub(crate) ALL_LOADS = "SELECT account_id, CAST(COUNT(*) AS BIGINT) FROM pairings WHERE kind = $1 \
        AND to_date IS NULL AND superseded_at IS NULL GROUP BY account_id";
    pub(crate) MOVED = "UPDATE pairings SET path = $2 WHERE household_id = $1";
    pub(crate) LISTED = concat!("SELECT ", columns!(), ", h.code FROM pairings p JOIN households h ON h.id = p.household_id \
        WHERE p.kind = $1 AND p.path >= $2 AND p.path < $3 AND p.from_date <= $4 \
        AND (p.to_date IS NULL OR p.to_date > $4) AND p.superseded_at IS NULL ORDER BY p.path, h.code LIMIT $5");
    /// The next of them behind a path, a code and an id.
    pub(crate) LISTED_NEXT = concat!("SELECT ", columns!(), ", h.code FROM pairings p JOIN households h ON h.id = p.household_id \
        WHERE p.kind = $1 AND p.path >= $2 AND p.path < $3 AND p.from_date <= $4 \
        AND (p.to_date IS NULL OR p.to_date > $4) AND p.superseded_at IS NULL \
        AND (p.path > $5 OR (p.path = $5 AND (h.code > $6 OR (h.code = $6 AND p.id > $7)))) \
        ORDER BY p.path, h.code, p.id LIMIT $8");

    // Coverage
    pub(crate) HOUSEHOLDS_BY_GRID = "SELECT path, CAST(COUNT(*) AS BIGINT) FROM households WHERE path >= $1 AND path < $2 \
        AND from_date <= $3 AND (to_date IS NULL OR to_date > $3) AND kept_id IS NULL GROUP BY path";
    pub(crate) TAGGED_BY_GRID = "SELECT t.path, CAST(COUNT(DISTINCT t.id) AS BIGINT) FROM (SELECT h.path, h.id \
        FROM household_facts f JOIN households h ON h.id = f.household_id WHERE f.field = $4 AND f.superseded_at IS NULL \
        AND f.path >= $1 AND f.path < $2 AND f.from_date <= $3 AND (f.to_date IS NULL OR f.to_date > $3) \
        AND h.from_date <= $3 AND (h.to_date IS NULL OR h.to_date > $3) AND h.kept_id IS NULL \
        UNION ALL SELECT h.path, h.id FROM households o CROSS JOIN households h CROSS JOIN household_facts f \
        WHERE o.kept_id IS NOT NULL AND h.id = o.kept_id AND h.path >= $1 AND h.path < $2 \
        AND f.household_id = o.id AND f.field = $4 AND f.superseded_at IS NULL \
        AND f.from_date <= $3 AND (f.to_date IS NULL OR f.to_date > $3) \
        AND h.from_date <= $3 AND (h.to_date IS NULL OR h.to_date > $3)) t GROUP BY t.path";
    /// A family that was written down twice counts once, where it is kept.
    pub(crate) PAIRED_BY_GRID = concat!("SELECT p.path, CAST(COUNT(*) AS BIGINT) FROM pairings p WHERE p.kind = $4 \
        AND p.path >= $1 AND p.path < $2 AND p.from_date <= $3 AND (p.to_date IS NULL OR p.to_date > $3) \
        AND p.superseded_at IS NULL", of_own_row!(), " GROUP BY p.path \
        UNION ALL SELECT k.path, CAST(COUNT(*) AS BIGINT) FROM ", by_other!("$4", "$3"), " \
        AND k.path >= $1 AND k.path < $2 GROUP BY k.path");
    /// Households of a grid or an area that nobody of a kind looks after.
    pub(crate) WITHOUT = "SELECT h.id, h.code, h.path FROM households h WHERE h.path >= $1 AND h.path < $2 \
        AND (h.path > $6 OR (h.path = $6 AND h.code > $7)) AND h.from_date <= $3 AND (h.to_date IS NULL OR h.to_date > $3) AND h.kept_id IS NULL \
        AND NOT EXISTS (SELECT 1 FROM pairings p WHERE p.household_id = h.id AND p.kind = $4 AND p.from_date <= $3 \
        AND (p.to_date IS NULL OR p.to_date > $3) AND p.superseded_at IS NULL) \
        AND NOT EXISTS (SELECT 1 FROM households o CROSS JOIN pairings p WHERE o.kept_id = h.id AND p.household_id = o.id \
        AND p.kind = $4 AND p.from_date <= $3 AND (p.to_date IS NULL OR p.to_date > $3) AND p.superseded_at IS NULL) \
        ORDER BY h.path, h.code LIMIT $5";
    /// The same of those with a tag, found by it.
    pub(crate) TAGGED_WITHOUT = "SELECT t.id, t.code, t.path FROM (SELECT h.id, h.code, h.path \
        FROM household_facts f JOIN households h ON h.id = f.household_id WHERE f.field = $8 AND f.superseded_at IS NULL \
        AND f.path >= $1 AND f.path < $2 AND f.from_date <= $3 AND (f.to_date IS NULL OR f.to_date > $3) \
        AND h.from_date <= $3 AND (h.to_date IS NULL OR h.to_date > $3) AND h.kept_id IS NULL \
        UNION SELECT h.id, h.code, h.path FROM households o CROSS JOIN households h CROSS JOIN household_facts f \
        WHERE o.kept_id IS NOT NULL AND h.id = o.kept_id AND h.path >= $1 AND h.path < $2 \
        AND f.household_id = o.id AND f.field = $8 AND f.superseded_at IS NULL \
        AND f.from_date <= $3 AND (f.to_date IS NULL OR f.to_date > $3) \
        AND h.from_date <= $3 AND (h.to_date IS NULL OR h.to_date > $3)) t \
        WHERE (t.path > $6 OR (t.path = $6 AND t.code > $7)) \
        AND NOT EXISTS (SELECT 1 FROM pairings p WHERE p.household_id = t.id AND p.kind = $4 AND p.from_date <= $3 \
        AND (p.to_date IS NULL OR p.to_date > $3) AND p.superseded_at IS NULL) \
        AND NOT EXISTS (SELECT 1 FROM households o CROSS JOIN pairings p WHERE o.kept_id = t.id AND p.household_id = o.id \
        AND p.kind = $4 AND p.from_date <= $3 AND (p.to_date IS NULL OR p.to_date > $3) AND p.superseded_at IS NULL) \
        ORDER BY t.path, t.code LIMIT $5";
    pub(crate) HOUSEHOLDS_IN = "SELECT id, code, path FROM households WHERE path >= $1 AND path < $2 \
        AND from_date <= $3 AND (to_date IS NULL OR to_date > $3) AND kept_id IS NULL ORDER BY path, code";
    pub(crate) CODES_OF = "SELECT h.id, h.code FROM pairings p JOIN households h ON h.id = p.household_id \
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2) AND p.superseded_at IS NULL";
    /// Who holds a post below a unit on a day: account, name, unit, role.
    pub(crate) POSTED_BELOW = "SELECT a.id, a.name, p.unit_id, p.role FROM seats s JOIN posts p ON p.unit_id = s.unit_id \
        JOIN accounts a ON a.id = p.account_id WHERE s.path >= $1 AND s.path < $2 AND p.from_date <= $3 \
        AND (p.to_date IS NULL OR p.to_date > $3) AND a.disabled_at IS NULL ORDER BY s.path, a.name, a.id";
    pub(crate) POSTS_OF = "SELECT a.id, a.name, p.unit_id, p.role FROM posts p JOIN accounts a ON a.id = p.account_id \
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2) AND a.disabled_at IS NULL";

    /// Rows without an event, and streams whose row is gone.
    pub(crate) DISAGREE = "SELECT p.id, CAST(1 AS BIGINT), CAST(NULL AS BIGINT), p.kind FROM pairings p \
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.stream = p.id) \
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j \
        WHERE j.stream_kind = 'pairing' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM pairings p WHERE p.id = j.stream)";
}
