//! The statements over what follows from plans.

use crate::store::{by_other, of_own_row};

/// Pairings of a kind that are in force on a day: `$1` the kind, `$3` the day.
macro_rules! in_force {
    () => {
        "p.kind = $1 AND p.superseded_at IS NULL AND p.from_date <= $3 AND (p.to_date IS NULL OR p.to_date > $3)"
    };
}

/// A figure of the household `x` from what was noted of its pairing between `$2` and `$4`: how often, or when last.
macro_rules! seen {
    ($what:literal, $record:literal) => {
        concat!(
            "(SELECT ",
            $what,
            " FROM pairing_seen s WHERE s.kind = $1 AND s.record = '",
            $record,
            "' AND s.household_id = x.household_id AND s.on_date >= $2 AND s.on_date <= $4)"
        )
    };
}

/// The household `x`, and those that are linked to it.
macro_rules! same {
    () => {
        "IN (SELECT x.household_id UNION ALL SELECT l.household_id FROM household_links l \
         WHERE l.kept_id = x.household_id AND l.unlinked_at IS NULL)"
    };
}

/// Promises of the household `x` that were made between `$2` and `$4`, as they were known before `$5`.
macro_rules! promised {
    ($and:literal) => {
        concat!(
            "(SELECT CAST(COUNT(*) AS BIGINT) FROM visit_promises v WHERE v.household ",
            same!(),
            " AND v.made_on >= $2 AND v.made_on <= $4 AND v.made_at < $5",
            $and,
            ")"
        )
    };
}

/// Needs of the household `x` between `$2` and `$4`, as they were known before `$5`.
macro_rules! needs {
    ($and:literal) => {
        concat!(
            "(SELECT CAST(COUNT(*) AS BIGINT) FROM visit_needs n JOIN requests r ON r.id = n.request \
             LEFT JOIN request_was w ON w.request = r.id AND w.seq = \
             (SELECT MIN(o.seq) FROM request_was o WHERE o.request = r.id AND o.until >= $5) \
             WHERE n.household ",
            same!(),
            " AND n.on_date >= $2 AND n.on_date <= $4 AND n.at < $5 AND r.shielded = 0",
            $and,
            ")"
        )
    };
}

/// What came of the year beside the plan: visits, promises, those kept, needs, those that have ended.
macro_rules! beside {
    () => {
        concat!(
            seen!("CAST(COUNT(*) AS BIGINT)", "visit"),
            " AS visits, ",
            promised!(""),
            " AS promised, ",
            promised!(" AND v.state = 'kept' AND v.ended_at < $5"),
            " AS kept, ",
            needs!(""),
            " AS needs, ",
            needs!(" AND CASE WHEN w.request IS NULL THEN r.ended_at ELSE w.ended_at END IS NOT NULL"),
            " AS ended"
        )
    };
}

/// A line for each of the pairings that `$from` gives, which are few: `$1` the kind, `$2` the first day of the year, `$3`
/// the day it is looked at, `$4` the last day of the year up to then, `$5` known before, `$6` the year. Picked first, in
/// the order of an index, and only then added up.
macro_rules! lines {
    ($from:expr) => {
        concat!(
            "SELECT x.household_id, x.code, x.path, x.account_id, CAST(COUNT(i.item) AS BIGINT), \
             CAST(COALESCE(SUM(CASE WHEN i.done_at < $5 THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE(SUM(CASE WHEN i.due < $3 AND (i.done_at IS NULL OR i.done_at >= $5) THEN 1 ELSE 0 END), 0) \
             AS BIGINT), ",
            seen!("CAST(COUNT(*) AS BIGINT)", "help"),
            ", ",
            seen!("MAX(s.on_date)", "help"),
            ", ",
            seen!("MAX(s.on_date)", "check"),
            ", ",
            beside!(),
            " FROM (",
            $from,
            ") x LEFT JOIN plan_items i ON i.household = x.household_id AND i.kind = $1 AND i.year = $6 \
             AND i.made_at < $5 AND (i.dropped_at IS NULL OR i.dropped_at >= $5) \
             GROUP BY x.household_id, x.code, x.path, x.account_id ORDER BY x.path, x.code"
        )
    };
}

/// Pairings in force on `$1` that `$which` picks, once for each year that is counted, with what `$more` joins to them.
macro_rules! counted {
    ($which:literal, $more:literal) => {
        concat!(
            " FROM pairings p JOIN work_years y ON y.kind = p.kind",
            $more,
            " WHERE ",
            $which,
            " AND p.superseded_at IS NULL AND p.from_date <= $1 AND (p.to_date IS NULL OR p.to_date > $1)"
        )
    };
}

/// Promises to the household of `p` in the year `y`.
macro_rules! promised_in {
    ($and:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM visit_promises v WHERE v.household IN ",
            register::of_home!("p.household_id"),
            " AND v.made_on >= y.first_date AND v.made_on <= y.last_date",
            $and,
            ")"
        )
    };
}

/// What the counters say of the pairings that `$which` picks: of each kind, year and grid a row for the pairings, under no
/// day, and one for the items of each last day.
macro_rules! tallied {
    ($which:literal) => {
        concat!(
            "SELECT x.kind, x.year, x.path, '', CAST(COUNT(*) AS BIGINT), CAST(SUM(x.planned) AS BIGINT), \
             CAST(SUM(x.visits) AS BIGINT), CAST(SUM(x.promised) AS BIGINT), CAST(SUM(x.kept) AS BIGINT), \
             CAST(0 AS BIGINT), CAST(0 AS BIGINT) FROM (SELECT p.kind, y.year, p.path, \
             CASE WHEN EXISTS (SELECT 1 FROM plan_items i WHERE i.household = p.household_id AND i.kind = p.kind \
             AND i.year = y.year AND i.dropped_at IS NULL) THEN 1 ELSE 0 END AS planned, \
             (SELECT COUNT(*) FROM pairing_seen s WHERE s.kind = p.kind AND s.record = 'visit' \
             AND s.household_id = p.household_id AND s.on_date >= y.first_date AND s.on_date <= y.last_date) AS visits, ",
            promised_in!(""),
            " AS promised, ",
            promised_in!(" AND v.state = 'kept'"),
            " AS kept",
            counted!($which, ""),
            ") x GROUP BY x.kind, x.year, x.path UNION ALL SELECT p.kind, y.year, p.path, i.due, CAST(0 AS BIGINT), \
             CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(COUNT(*) AS BIGINT), \
             CAST(COUNT(i.done_at) AS BIGINT)",
            counted!(
                $which,
                " JOIN plan_items i ON i.household = p.household_id AND i.kind = p.kind AND i.year = y.year \
                 AND i.dropped_at IS NULL"
            ),
            " GROUP BY p.kind, y.year, p.path, i.due"
        )
    };
}

/// The lines of the rows that stand for themselves, of those that `$which` picks.
macro_rules! own_lines {
    ($which:literal) => {
        lines!(concat!(
            "SELECT p.household_id, h.code, p.path, p.account_id FROM pairings p \
             JOIN households h ON h.id = p.household_id WHERE h.kept_id IS NULL AND ",
            in_force!(),
            $which
        ))
    };
}

/// The lines of families that were written down twice, whom somebody had by the other row alone: `$from` gives them.
macro_rules! lines_by_other {
    ($from:expr, $which:literal) => {
        lines!(concat!("SELECT k.id AS household_id, k.code, k.path, p.account_id FROM ", $from, $which))
    };
}

/// Of each grid, of the pairings that `$from` gives as households and their paths: pairings, those with a plan, items,
/// done, lagging. `$1` the kind, `$4` a day, `$5` known before, `$6` the year.
macro_rules! sums {
    ($from:expr) => {
        concat!(
            "SELECT x.path, CAST(COUNT(*) AS BIGINT), CAST(SUM(CASE WHEN x.items > 0 THEN 1 ELSE 0 END) AS BIGINT), \
             CAST(SUM(x.items) AS BIGINT), CAST(SUM(x.done) AS BIGINT), CAST(SUM(x.late) AS BIGINT) \
             FROM (SELECT p.path AS path, p.household_id AS home, CAST(COUNT(i.item) AS BIGINT) AS items, \
             CAST(COALESCE(SUM(CASE WHEN i.done_at < $5 THEN 1 ELSE 0 END), 0) AS BIGINT) AS done, \
             CAST(COALESCE(SUM(CASE WHEN i.due < $4 AND (i.done_at IS NULL OR i.done_at >= $5) THEN 1 ELSE 0 END), 0) \
             AS BIGINT) AS late FROM (",
            $from,
            ") p LEFT JOIN plan_items i ON i.household = p.household_id AND i.kind = $1 AND i.year = $6 \
             AND i.made_at < $5 AND (i.dropped_at IS NULL OR i.dropped_at >= $5) \
             GROUP BY p.path, p.household_id) x GROUP BY x.path"
        )
    };
}

db::statements! {
    pub(crate) ITEM_PUT = "INSERT INTO plan_items (plan, item, household, kind, year, due, made_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (plan, item, household) \
        DO UPDATE SET dropped_at = NULL";
    /// Another plan than `$4` holds no more for the year.
    pub(crate) ITEMS_DROP = "UPDATE plan_items SET dropped_at = $5 WHERE household = $1 AND kind = $2 AND year = $3 \
        AND plan <> $4 AND dropped_at IS NULL";
    pub(crate) ITEM_DONE = "UPDATE plan_items SET done_on = $4, done_at = $5 \
        WHERE plan = $1 AND item = $2 AND household = $3";
    pub(crate) ITEM_YEARS = "SELECT DISTINCT kind, year FROM plan_items WHERE household = $1 ORDER BY kind, year";
    /// What a plan of another household (`$2`) was, for one (`$1`) that has none of that kind and year: with whatever was
    /// known of it when.
    pub(crate) ITEMS_ALONG = "INSERT INTO plan_items \
        (plan, item, household, kind, year, due, made_at, dropped_at, done_on, done_at) \
        SELECT i.plan, i.item, k.id, i.kind, i.year, i.due, i.made_at, i.dropped_at, i.done_on, i.done_at \
        FROM plan_items i JOIN households k ON k.id = $1 WHERE i.household = $2 AND NOT EXISTS \
        (SELECT 1 FROM plan_items o WHERE o.household = k.id AND o.kind = i.kind AND o.year = i.year) \
        ON CONFLICT (plan, item, household) DO NOTHING";
    pub(crate) ITEMS_BACK = "DELETE FROM plan_items WHERE household = $1 \
        AND plan IN (SELECT i.plan FROM plan_items i WHERE i.household = $2)";

    pub(crate) WORD_PUT = "INSERT INTO plan_words (household, kind, year, text, on_date, at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (household, kind, year) DO NOTHING RETURNING year";
    pub(crate) WORDS_FORGET = "UPDATE plan_words SET text = '' WHERE year < $1 AND text <> ''";
    pub(crate) WORD_OF = "SELECT text, on_date FROM plan_words WHERE household = $1 AND kind = $2 AND year = $3 AND at < $4";

    /// Of each grid in a unit, a family that was written down twice once, where it is kept. A grid may come twice.
    pub(crate) SUMS = concat!(sums!(concat!("SELECT p.path, p.household_id FROM pairings p WHERE p.kind = $1 \
        AND p.path >= $2 AND p.path < $3 AND p.superseded_at IS NULL \
        AND p.from_date <= $4 AND (p.to_date IS NULL OR p.to_date > $4)", of_own_row!())), " UNION ALL ",
        sums!(concat!("SELECT k.path AS path, k.id AS household_id FROM ", by_other!("$1", "$4"),
        " AND k.path >= $2 AND k.path < $3")));

    /// Of a unit, from `$7` on and before the end `$8` of its paths, after a household's code `$9` at `$7`.
    pub(crate) LINES = concat!(own_lines!(" AND p.path >= $7 AND p.path < $8 AND (p.path, h.code) > ($7, $9) \
        ORDER BY p.path, h.code LIMIT $10"));
    pub(crate) LINES_BY_OTHER = concat!(lines_by_other!(by_other!("$1", "$3"), " AND k.path >= $7 AND k.path < $8 AND (k.path, k.code) > ($7, $9) \
        ORDER BY k.path, k.code LIMIT $10"));
    /// Of everybody whom somebody looks after.
    pub(crate) LINES_OF = concat!(own_lines!(" AND p.account_id = $7 ORDER BY p.path, h.code LIMIT 500"));
    pub(crate) LINES_OF_BY_OTHER = concat!(lines_by_other!(by_other!(of "$7", "$1", "$3"), " ORDER BY k.path, k.code LIMIT 500"));

    /// The year of a unit beside the plans, added up.
    pub(crate) YEAR = concat!("SELECT CAST(COALESCE(SUM(y.visits), 0) AS BIGINT), CAST(COALESCE(SUM(y.promised), 0) AS BIGINT), \
        CAST(COALESCE(SUM(y.kept), 0) AS BIGINT), CAST(COALESCE(SUM(y.needs), 0) AS BIGINT), \
        CAST(COALESCE(SUM(y.ended), 0) AS BIGINT) FROM (SELECT ", beside!(), " FROM (SELECT p.household_id FROM pairings p \
        WHERE ", in_force!(), " AND p.path >= $6 AND p.path < $7", of_own_row!(), " UNION ALL SELECT k.id FROM ",
        by_other!("$1", "$3"), " AND k.path >= $6 AND k.path < $7) x) y");
    /// Needs that were noted in a unit between `$2` and `$4` at households with a pairing in force on `$3`, at most `$7` of
    /// them, and how many have ended.
    pub(crate) NEEDS_IN = concat!("SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(x.ended), 0) AS BIGINT) FROM \
        (SELECT CASE WHEN r.ended_at IS NULL THEN 0 ELSE 1 END AS ended FROM visit_needs n \
        JOIN requests r ON r.id = n.request JOIN households h ON h.id = n.household \
        WHERE n.path >= $5 AND n.path < $6 AND n.on_date >= $2 AND n.on_date <= $4 AND r.shielded = 0 \
        AND EXISTS (SELECT 1 FROM pairings p WHERE p.household_id = COALESCE(h.kept_id, h.id) AND ", in_force!(), ") LIMIT $7) x");

    // Counters
    pub(crate) YEAR_OPEN = "INSERT INTO work_years (kind, year, first_date, last_date, opened_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (kind, year) DO NOTHING RETURNING year";
    pub(crate) YEARS = "SELECT kind, year FROM work_years ORDER BY kind, year";
    pub(crate) TALLY_OF = concat!(tallied!("p.household_id = $2"));
    pub(crate) TALLY_ALL = concat!(tallied!("y.kind = $2 AND y.year = $3"));
    pub(crate) TALLY_ADD = "INSERT INTO work_tally (kind, year, path, due, pairings, planned, visits, promised, kept, items, done) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (kind, year, path, due) \
        DO UPDATE SET pairings = work_tally.pairings + excluded.pairings, planned = work_tally.planned + excluded.planned, \
        visits = work_tally.visits + excluded.visits, promised = work_tally.promised + excluded.promised, \
        kept = work_tally.kept + excluded.kept, items = work_tally.items + excluded.items, done = work_tally.done + excluded.done";
    pub(crate) TALLY_CLEAR = "DELETE FROM work_tally WHERE kind = $1 AND year = $2";
    pub(crate) TALLY_ROWS = "SELECT kind, year, path, due, pairings, planned, visits, promised, kept, items, done FROM work_tally \
        WHERE kind = $1 AND year = $2";
    pub(crate) IS_COUNTED = "SELECT 1 FROM work_years WHERE kind = $1 AND year = $2";
    /// Of each grid in a unit: as [`SUMS`], and then visits, promises, those kept. What is not done and was due before `$5` lags.
    pub(crate) TALLY_IN = "SELECT path, CAST(SUM(pairings) AS BIGINT), CAST(SUM(planned) AS BIGINT), CAST(SUM(items) AS BIGINT), \
        CAST(SUM(done) AS BIGINT), CAST(SUM(CASE WHEN due < $5 THEN items - done ELSE 0 END) AS BIGINT), \
        CAST(SUM(visits) AS BIGINT), CAST(SUM(promised) AS BIGINT), CAST(SUM(kept) AS BIGINT) FROM work_tally \
        WHERE kind = $1 AND year = $2 AND path >= $3 AND path < $4 GROUP BY path ORDER BY path";
    pub(crate) PAIRINGS_IN = "SELECT CAST(COALESCE(SUM(pairings), 0) AS BIGINT) FROM work_tally \
        WHERE kind = $1 AND year = $2 AND path >= $3 AND path < $4";
}
