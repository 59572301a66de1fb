//! The statements over what is owed and what was seen.

/// Pairings `p` of the row with the id `$row` of a family that was written down twice: `o`, or `k` that is kept.
macro_rules! twice {
    ($row:literal) => {
        concat!(
            " FROM households o CROSS JOIN households k CROSS JOIN pairings p WHERE o.kept_id IS NOT NULL \
             AND k.id = o.kept_id AND k.path >= $2 AND k.path < $3 AND p.household_id = ",
            $row,
            " AND p.kind = $1 AND p.superseded_at IS NULL AND p.from_date < $5 AND (p.to_date IS NULL OR p.to_date > $4)"
        )
    };
}

db::statements! {
    pub(crate) SAW = "INSERT INTO pairing_seen (kind, record, household_id, on_date, record_id, account_id) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, record, household_id, on_date, record_id) DO NOTHING";
    pub(crate) FORGET_SEEN = "DELETE FROM pairing_seen WHERE record_id = $1 AND household_id = $2";
    /// What was noted of a household counts for the one it is linked to as well, and no more once the link is undone.
    pub(crate) SEEN_ALONG = "INSERT INTO pairing_seen (kind, record, household_id, on_date, record_id, account_id) \
        SELECT s.kind, s.record, k.id, s.on_date, s.record_id, s.account_id FROM pairing_seen s \
        JOIN households k ON k.id = $2 WHERE s.household_id = $1 \
        ON CONFLICT (kind, record, household_id, on_date, record_id) DO NOTHING";
    pub(crate) SEEN_BACK = "DELETE FROM pairing_seen WHERE household_id = $2 \
        AND record_id IN (SELECT o.record_id FROM pairing_seen o WHERE o.household_id = $1)";
    pub(crate) SEEN_OF = "SELECT kind, on_date, record FROM pairing_seen WHERE household_id = $1 AND on_date >= $2 \
        ORDER BY kind, on_date";
    pub(crate) SEEN_BY = "SELECT kind, on_date, record FROM pairing_seen WHERE account_id = $1 AND on_date >= $2 \
        ORDER BY kind, on_date";
    pub(crate) SEEN_ALL = "SELECT household_id, on_date FROM pairing_seen WHERE kind = $1 AND record = $4 \
        AND on_date >= $2 AND on_date < $3";
    pub(crate) SEEN_IN = "SELECT DISTINCT s.household_id, s.on_date FROM pairings p JOIN pairing_seen s \
        ON s.kind = p.kind AND s.record = $6 AND s.household_id = p.household_id AND s.on_date >= $2 AND s.on_date < $3 \
        WHERE p.kind = $1 AND p.path >= $4 AND p.path < $5 AND p.superseded_at IS NULL";
    pub(crate) LIVES = "SELECT household_id, path, from_date, to_date FROM pairings WHERE kind = $1 \
        AND path >= $2 AND path < $3 AND superseded_at IS NULL AND from_date < $5 AND (to_date IS NULL OR to_date > $4) \
        ORDER BY path, household_id, from_date";
    /// With the pairings of those that are linked to it; nothing of one that is linked itself, which owes nothing.
    pub(crate) LIFE_OF = "SELECT p.kind, p.from_date, p.to_date, (SELECT path FROM households WHERE id = $1) \
        FROM pairings p WHERE p.household_id IN (SELECT id FROM households WHERE id = $1 AND kept_id IS NULL \
        UNION ALL SELECT id FROM households WHERE kept_id = $1) AND p.superseded_at IS NULL ORDER BY p.from_date";
    /// Households that are linked, with the one that is kept and its path.
    pub(crate) LINKED = "SELECT o.id, k.id, k.path FROM households o CROSS JOIN households k \
        WHERE o.kept_id IS NOT NULL AND k.id = o.kept_id";
    /// Times and days of all that are kept, with the same parameters as `LIVES` and `SEEN_IN`.
    pub(crate) LIVES_TWICE = concat!("SELECT k.id, k.path, p.from_date, p.to_date", twice!("o.id"),
        " UNION SELECT k.id, k.path, p.from_date, p.to_date", twice!("k.id"), " ORDER BY 2, 1, 3");
    pub(crate) SEEN_TWICE = "SELECT DISTINCT s.household_id, s.on_date FROM households o CROSS JOIN households k \
        CROSS JOIN pairing_seen s WHERE o.kept_id IS NOT NULL AND k.id = o.kept_id AND k.path >= $4 AND k.path < $5 \
        AND s.kind = $1 AND s.record = $6 AND s.household_id = k.id AND s.on_date >= $2 AND s.on_date < $3";
    // The same three for everybody whom somebody looks after on a day.
    pub(crate) LIVES_OF_MINE = "SELECT q.household_id, q.kind, q.from_date, q.to_date, q.path FROM pairings p \
        JOIN pairings q ON q.household_id = p.household_id AND q.superseded_at IS NULL \
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2) \
        AND p.superseded_at IS NULL \
        UNION ALL SELECT p.household_id, q.kind, q.from_date, q.to_date, p.path FROM pairings p \
        JOIN households o ON o.kept_id = p.household_id \
        JOIN pairings q ON q.household_id = o.id AND q.superseded_at IS NULL \
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2) \
        AND p.superseded_at IS NULL ORDER BY 1, 3";
    pub(crate) TAGS_OF_MINE = "SELECT f.household_id, f.field, f.from_date, f.to_date FROM pairings p \
        JOIN household_facts f ON f.household_id = p.household_id AND f.superseded_at IS NULL AND f.field LIKE 'tag:%' \
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2) AND p.superseded_at IS NULL \
        UNION ALL SELECT o.kept_id, f.field, f.from_date, f.to_date FROM pairings p \
        JOIN households o ON o.kept_id = p.household_id \
        JOIN household_facts f ON f.household_id = o.id AND f.superseded_at IS NULL AND f.field LIKE 'tag:%' \
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2) AND p.superseded_at IS NULL";
    pub(crate) SEEN_OF_MINE = "SELECT s.household_id, s.kind, s.on_date, s.record FROM pairings p \
        JOIN pairing_seen s ON s.household_id = p.household_id AND s.on_date >= $3 \
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2) AND p.superseded_at IS NULL";
    pub(crate) SEEN_BY_ALL = "SELECT account_id, on_date FROM pairing_seen \
        WHERE kind = $1 AND record = $4 AND on_date >= $2 AND on_date < $3";
    pub(crate) LIFE_OF_HOLDER = "SELECT kind, from_date, to_date FROM pairings WHERE account_id = $1 \
        AND superseded_at IS NULL ORDER BY from_date";
    pub(crate) TAGS_OF = concat!("SELECT field, from_date, to_date FROM household_facts WHERE household_id IN ",
        register::of_home!("$1"), " AND superseded_at IS NULL AND field LIKE 'tag:%'");
    /// What a household carries, the household that stands for it carries as well.
    pub(crate) TAG_SPANS_IN = "SELECT household_id, from_date, to_date FROM household_facts WHERE field = $1 \
        AND path >= $2 AND path < $3 AND superseded_at IS NULL \
        UNION ALL SELECT o.kept_id, f.from_date, f.to_date FROM households o CROSS JOIN households h \
        CROSS JOIN household_facts f WHERE o.kept_id IS NOT NULL AND h.id = o.kept_id AND h.path >= $2 AND h.path < $3 \
        AND f.household_id = o.id AND f.field = $1 AND f.superseded_at IS NULL";
    pub(crate) HOLDERS_OF = "SELECT account_id, from_date, to_date FROM pairings WHERE kind = $1 AND path >= $2 \
        AND path < $3 AND superseded_at IS NULL ORDER BY account_id, from_date";

    // Counters
    pub(crate) PERIOD_OPEN = "INSERT INTO duty_periods (obligation, period, from_date, opened_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (obligation, period) DO NOTHING RETURNING period";
    pub(crate) PERIODS = "SELECT obligation, period FROM duty_periods WHERE from_date >= $1";
    pub(crate) ALL_PERIODS = "SELECT obligation, period FROM duty_periods ORDER BY obligation, from_date";
    pub(crate) IS_OPEN = "SELECT 1 FROM duty_periods WHERE obligation = $1 AND period = $2";
    pub(crate) TALLY_ADD = "INSERT INTO duty_tally (obligation, period, path, owed, met) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (obligation, period, path) \
        DO UPDATE SET owed = duty_tally.owed + excluded.owed, met = duty_tally.met + excluded.met";
    pub(crate) TALLY_CLEAR = "DELETE FROM duty_tally WHERE obligation = $1 AND period = $2";
    pub(crate) TALLY_IN = "SELECT path, owed, met FROM duty_tally WHERE obligation = $1 AND period = $2 \
        AND path >= $3 AND path < $4 ORDER BY path";
    pub(crate) TALLY_SUM = "SELECT CAST(COALESCE(SUM(owed), 0) AS BIGINT), CAST(COALESCE(SUM(met), 0) AS BIGINT) \
        FROM duty_tally WHERE obligation = $1 AND period = $2 AND path >= $3 AND path < $4";
    /// What is not done at and below a path, in each of two periods that is counted.
    pub(crate) TALLY_OPEN = "SELECT d.period, CAST(COALESCE(SUM(t.owed - t.met), 0) AS BIGINT) FROM duty_periods d \
        LEFT JOIN duty_tally t ON t.obligation = d.obligation AND t.period = d.period AND t.path >= $4 AND t.path < $5 \
        WHERE d.obligation = $1 AND d.period IN ($2, $3) GROUP BY d.period";

    // Calendar and digest
    pub(crate) FEED_OF = "SELECT token_hash, digest, digest_for, made_at FROM duty_feeds WHERE account_id = $1";
    pub(crate) FEED_BY = "SELECT account_id FROM duty_feeds WHERE token_hash = $1";
    pub(crate) FEED_SET = "INSERT INTO duty_feeds (account_id, token_hash, made_at, digest) VALUES ($1, $2, $3, 0) \
        ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, made_at = excluded.made_at";
    pub(crate) DIGEST_SET = "INSERT INTO duty_feeds (account_id, digest, digest_for) VALUES ($1, $2, $3) \
        ON CONFLICT (account_id) DO UPDATE SET digest = excluded.digest, digest_for = excluded.digest_for";
    pub(crate) DIGEST_NEXT = "SELECT account_id FROM duty_feeds WHERE digest = 1 AND (digest_for IS NULL OR digest_for < $1) \
        ORDER BY account_id LIMIT $2";
    pub(crate) DIGEST_SENT = "UPDATE duty_feeds SET digest_for = $2 WHERE account_id = $1";
}
