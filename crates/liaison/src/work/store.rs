//! The statements over what follows from plans.

db::statements! {
    pub(crate) ITEM_PUT = "INSERT INTO plan_items (plan, item, household, kind, year, due, made_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (plan, item, household) DO NOTHING";
    /// Another plan than `$4` holds no more for the year.
    pub(crate) ITEMS_DROP = "UPDATE plan_items SET dropped_at = $5 WHERE household = $1 AND kind = $2 AND year = $3 \
        AND plan <> $4 AND dropped_at IS NULL";
    pub(crate) ITEM_DONE = "UPDATE plan_items SET done_on = $4, done_at = $5 \
        WHERE plan = $1 AND item = $2 AND household = $3";
    pub(crate) ITEM_YEARS = "SELECT DISTINCT kind, year FROM plan_items WHERE household = $1 ORDER BY kind, year";
    pub(crate) ITEMS_BACK = "DELETE FROM plan_items WHERE household = $1 \
        AND plan IN (SELECT i.plan FROM plan_items i WHERE i.household = $2)";

    pub(crate) WORD_PUT = "INSERT INTO plan_words (household, kind, year, text, on_date, at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (household, kind, year) DO NOTHING RETURNING year";
    pub(crate) WORD_OF = "SELECT text, on_date FROM plan_words WHERE household = $1 AND kind = $2 AND year = $3 AND at < $4";

    /// Of each grid in a unit: pairings, those with a plan, items, done, lagging. `$4` a day, `$5` known before, `$6` the year.
    pub(crate) SUMS = "SELECT x.path, CAST(COUNT(*) AS BIGINT), \
            CAST(SUM(CASE WHEN x.items > 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(x.items) AS BIGINT), \
            CAST(SUM(x.done) AS BIGINT), CAST(SUM(x.late) AS BIGINT) \
        FROM (SELECT p.path AS path, p.household_id AS home, CAST(COUNT(i.item) AS BIGINT) AS items, \
            CAST(COALESCE(SUM(CASE WHEN i.done_at < $5 THEN 1 ELSE 0 END), 0) AS BIGINT) AS done, \
            CAST(COALESCE(SUM(CASE WHEN i.due < $4 AND (i.done_at IS NULL OR i.done_at >= $5) THEN 1 ELSE 0 END), 0) AS BIGINT) AS late \
            FROM pairings p LEFT JOIN plan_items i ON i.household = p.household_id AND i.kind = p.kind AND i.year = $6 \
                AND i.made_at < $5 AND (i.dropped_at IS NULL OR i.dropped_at >= $5) \
            WHERE p.kind = $1 AND p.path >= $2 AND p.path < $3 AND p.superseded_at IS NULL \
                AND p.from_date <= $4 AND (p.to_date IS NULL OR p.to_date > $4) \
            GROUP BY p.path, p.household_id) x GROUP BY x.path ORDER BY x.path";

    /// One line for each pairing of a unit: as above, and the last days of help and check in the year (`$4` its first day).
    pub(crate) LINES = "SELECT p.household_id, h.code, p.path, p.account_id, CAST(COUNT(i.item) AS BIGINT), \
            CAST(COALESCE(SUM(CASE WHEN i.done_at < $6 THEN 1 ELSE 0 END), 0) AS BIGINT), \
            CAST(COALESCE(SUM(CASE WHEN i.due < $5 AND (i.done_at IS NULL OR i.done_at >= $6) THEN 1 ELSE 0 END), 0) AS BIGINT), \
            (SELECT CAST(COUNT(*) AS BIGINT) FROM pairing_seen s WHERE s.kind = p.kind AND s.record = 'help' \
                AND s.household_id = p.household_id AND s.on_date >= $4 AND s.on_date <= $5), \
            (SELECT MAX(s.on_date) FROM pairing_seen s WHERE s.kind = p.kind AND s.record = 'help' \
                AND s.household_id = p.household_id AND s.on_date >= $4 AND s.on_date <= $5), \
            (SELECT MAX(s.on_date) FROM pairing_seen s WHERE s.kind = p.kind AND s.record = 'check' \
                AND s.household_id = p.household_id AND s.on_date >= $4 AND s.on_date <= $5) \
        FROM pairings p JOIN households h ON h.id = p.household_id \
        LEFT JOIN plan_items i ON i.household = p.household_id AND i.kind = p.kind AND i.year = $7 \
            AND i.made_at < $6 AND (i.dropped_at IS NULL OR i.dropped_at >= $6) \
        WHERE p.kind = $1 AND p.path >= $2 AND p.path < $3 AND p.superseded_at IS NULL \
            AND p.from_date <= $5 AND (p.to_date IS NULL OR p.to_date > $5) \
            AND (p.path, h.code) > ($8, $9) \
        GROUP BY p.kind, p.household_id, h.code, p.path, p.account_id ORDER BY p.path, h.code LIMIT $10";

    /// The same for everybody whom somebody looks after by a kind.
    pub(crate) LINES_OF = "SELECT p.household_id, h.code, p.path, p.account_id, CAST(COUNT(i.item) AS BIGINT), \
            CAST(COALESCE(SUM(CASE WHEN i.done_at < $4 THEN 1 ELSE 0 END), 0) AS BIGINT), \
            CAST(COALESCE(SUM(CASE WHEN i.due < $3 AND (i.done_at IS NULL OR i.done_at >= $4) THEN 1 ELSE 0 END), 0) AS BIGINT), \
            (SELECT CAST(COUNT(*) AS BIGINT) FROM pairing_seen s WHERE s.kind = p.kind AND s.record = 'help' \
                AND s.household_id = p.household_id AND s.on_date >= $6 AND s.on_date <= $3), \
            (SELECT MAX(s.on_date) FROM pairing_seen s WHERE s.kind = p.kind AND s.record = 'help' \
                AND s.household_id = p.household_id AND s.on_date >= $6 AND s.on_date <= $3), \
            (SELECT MAX(s.on_date) FROM pairing_seen s WHERE s.kind = p.kind AND s.record = 'check' \
                AND s.household_id = p.household_id AND s.on_date >= $6 AND s.on_date <= $3) \
        FROM pairings p JOIN households h ON h.id = p.household_id \
        LEFT JOIN plan_items i ON i.household = p.household_id AND i.kind = p.kind AND i.year = $5 \
            AND i.made_at < $4 AND (i.dropped_at IS NULL OR i.dropped_at >= $4) \
        WHERE p.account_id = $1 AND p.kind = $2 AND p.superseded_at IS NULL \
            AND p.from_date <= $3 AND (p.to_date IS NULL OR p.to_date > $3) \
        GROUP BY p.kind, p.household_id, h.code, p.path, p.account_id ORDER BY p.path, h.code LIMIT 500";
}
