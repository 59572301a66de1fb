//! The statements over what follows from visits.

macro_rules! promise {
    () => {
        "p.id, p.record, p.household, p.path, p.account, p.text, p.made_on, p.made_at, p.first_due, p.due, p.state, p.ended_on"
    };
}

/// Whether a need came up again, as far as lists know of the one before: where that one is kept from somebody the mark would
/// tell of it.
macro_rules! again {
    () => {
        concat!(
            "CASE WHEN n.again = 1 AND EXISTS (SELECT 1 FROM visit_needs b JOIN requests q ON q.id = b.request \
             WHERE b.household IN ",
            register::of_home!("n.household"),
            " AND b.class = n.class AND b.on_date >= n.again_from AND b.at <= n.at AND b.request <> n.request \
             AND q.shielded = 0) THEN n.again ELSE 0 END"
        )
    };
}

/// Needs as their requests were known before the instant that the parameter `$at` holds: by the first row that ended
/// after it, otherwise as they stand.
macro_rules! need {
    ($at:literal) => {
        concat!(
            "n.request, n.record, n.household, n.account, n.class, n.settled, ",
            again!(),
            ", n.on_date, CASE WHEN n.told_at < ",
            $at,
            " THEN n.told_on ELSE NULL END, r.number, r.title, \
             CASE WHEN w.request IS NULL THEN r.state ELSE w.state END, \
             CASE WHEN w.request IS NULL THEN r.unit ELSE w.unit END, \
             CASE WHEN w.request IS NULL THEN r.officer ELSE w.officer END, \
             CASE WHEN w.request IS NULL THEN r.answer_due ELSE w.answer_due END, \
             CASE WHEN w.request IS NULL THEN r.answer WHEN w.answered_at IS NULL THEN NULL ELSE \
             (SELECT e.body FROM request_entries e WHERE e.request = r.id AND e.seq < w.seq \
             AND e.verb IN ('answer', 'decline', 'settle') ORDER BY e.seq DESC LIMIT 1) END, \
             CASE WHEN w.request IS NULL THEN r.ended_at ELSE w.ended_at END, \
             CASE WHEN w.request IS NULL THEN r.unsolvable ELSE w.unsolvable END, r.first_unit \
             FROM visit_needs n JOIN requests r ON r.id = n.request \
             LEFT JOIN request_was w ON w.request = r.id AND w.seq = \
             (SELECT MIN(x.seq) FROM request_was x WHERE x.request = r.id AND x.until >= ",
            $at,
            ")"
        )
    };
}

/// The pairing `p` joins `$1` on the day `$4`.
macro_rules! looked_after {
    () => {
        "p.account_id = $1 AND p.from_date <= $4 AND (p.to_date IS NULL OR p.to_date > $4) AND p.superseded_at IS NULL"
    };
}

db::statements! {
    pub(crate) PROMISE_INSERT = "INSERT INTO visit_promises (id, record, household, path, account, text, made_on, made_at, \
        first_due, due, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 'open')";
    pub(crate) PROMISE_KNOWN = "SELECT record FROM visit_promises WHERE id = $1";
    pub(crate) PROMISE_HOME = "SELECT household FROM visit_promises WHERE id = $1";
    pub(crate) PROMISES_OPEN = concat!("SELECT ", promise!(), " FROM visit_promises p \
        WHERE p.household = $1 AND p.state = 'open' ORDER BY p.due, p.id");
    pub(crate) PROMISES_OF = concat!("SELECT ", promise!(), ", p.ended_at FROM visit_promises p \
        WHERE p.household = $1 AND p.made_at < $2 ORDER BY p.made_on DESC, p.id DESC LIMIT 200");
    /// What stood open at an instant: with the day that was promised by then.
    pub(crate) PROMISES_UNMET = "SELECT p.id, p.record, p.household, p.path, p.account, p.text, p.made_on, p.made_at, p.first_due, \
            CASE WHEN w.due IS NULL THEN p.first_due ELSE w.due END, 'open', CAST(NULL AS TEXT) \
        FROM visit_promises p LEFT JOIN visit_promise_answers w ON w.promise = p.id AND w.outcome = 'later' AND w.at < $3 \
            AND NOT EXISTS (SELECT 1 FROM visit_promise_answers n WHERE n.promise = p.id AND n.outcome = 'later' \
                AND n.at < $3 AND (n.at, n.record) > (w.at, w.record)) \
        WHERE p.path >= $1 AND p.path < $2 AND p.made_at < $3 AND (p.ended_at IS NULL OR p.ended_at >= $3) \
        ORDER BY 10, p.id LIMIT $4";
    pub(crate) PROMISES_BY = concat!("SELECT ", promise!(), " FROM visit_promises p \
        WHERE p.account = $1 AND p.state = 'open' ORDER BY p.due, p.id LIMIT 200");
    pub(crate) PROMISE_LATER = "UPDATE visit_promises SET due = $2 WHERE id = $1 AND state = 'open'";
    pub(crate) PROMISE_END = "UPDATE visit_promises SET state = $2, ended_on = $3, ended_at = $4 \
        WHERE id = $1 AND state = 'open'";
    pub(crate) PROMISE_ANSWER = "INSERT INTO visit_promise_answers (promise, record, outcome, due, text, on_date, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(crate) PROMISE_ANSWERS = "SELECT outcome, due, text, on_date, record FROM visit_promise_answers WHERE promise = $1 \
        AND at < $2 ORDER BY at, record";

    pub(crate) PROMISE_HOLDS = "SELECT 1 FROM visit_promises WHERE record = $1 AND state = 'open' LIMIT 1";
    pub(crate) PROMISES_FORGET = "UPDATE visit_promises SET text = '' WHERE record = $1";
    /// What was said of them at later visits goes with them.
    pub(crate) ANSWERS_FORGET = "UPDATE visit_promise_answers SET text = '' \
        WHERE promise IN (SELECT id FROM visit_promises WHERE record = $1)";
    /// What was said at the visit of promises that had ended; of one that is open it stays as long as the promise does.
    pub(crate) ANSWERS_AT_FORGET = "UPDATE visit_promise_answers SET text = '' WHERE record = $1 \
        AND promise IN (SELECT id FROM visit_promises WHERE state <> 'open')";

    pub(crate) NEED_INSERT = "INSERT INTO visit_needs (request, record, household, path, account, class, settled, consent, \
        again, again_from, on_date, at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11)";
    pub(crate) NEED_BEFORE = concat!("SELECT 1 FROM visit_needs WHERE household IN ", register::of_home!("$1"),
        " AND class = $2 AND on_date >= $3 LIMIT 1");
    pub(crate) NEEDS_OF_RECORD = "SELECT r.id, r.number, r.code, r.answer_due FROM visit_needs n \
        JOIN requests r ON r.id = n.request WHERE n.record = $1 AND r.shielded = 0 ORDER BY r.ord";
    pub(crate) NEEDS_COUNTED = "SELECT COUNT(*) FROM visit_needs n JOIN requests r ON r.id = n.request \
        WHERE n.record = $1 AND r.shielded = 0";
    /// For [`super::withheld`] alone, which asks of each whether whoever reads may know of it.
    pub(crate) NEEDS_SHIELDED = "SELECT n.request, n.record, n.household, n.class FROM requests r \
        JOIN visit_needs n ON n.request = r.id WHERE r.shielded = 1 AND n.record IS NOT NULL";
    pub(crate) TITLES_OF_RECORD = "SELECT r.title FROM visit_needs n JOIN requests r ON r.id = n.request \
        WHERE n.record = $1 AND r.shielded = 0 AND n.at < $2 ORDER BY r.ord";
    pub(crate) REQUESTS_OF_RECORD = "SELECT request FROM visit_needs WHERE record = $1 ORDER BY request";
    pub(crate) NEEDS_OF_HOUSEHOLD = concat!("SELECT ", need!("$2"), " WHERE n.household = $1 AND r.shielded = 0 \
        AND n.at < $2 ORDER BY n.on_date DESC, r.ord DESC LIMIT $3");
    pub(crate) NEEDS_BY = concat!("SELECT ", need!("$2"), " WHERE n.account = $1 AND r.shielded = 0 \
        AND n.at < $2 ORDER BY n.on_date DESC, r.ord DESC LIMIT $3");
    /// From the cards of households that `$1` looks after on `$4`, whichever row of theirs it stands at.
    pub(crate) NEEDS_FROM_CARDS = concat!("SELECT ", need!("$2"), " WHERE n.record IS NULL AND r.shielded = 0 \
        AND n.at < $2 AND n.household IN (SELECT p.household_id FROM pairings p WHERE ", looked_after!(), " \
        UNION ALL SELECT h.id FROM pairings p CROSS JOIN households h WHERE h.kept_id = p.household_id AND ", looked_after!(), ") \
        ORDER BY n.on_date DESC, r.ord DESC LIMIT $3");
    /// Without those whose household was forgotten with whoever asked.
    pub(crate) NEEDS_IN = concat!("SELECT ", need!("$5"), " WHERE n.path >= $1 AND n.path < $2 AND r.shielded = 0 \
        AND n.household IS NOT NULL AND n.on_date >= $3 AND n.on_date <= $4 AND n.at < $5 \
        ORDER BY n.on_date DESC, r.ord DESC LIMIT $6");
    pub(crate) NEEDS_BY_CLASS = concat!("SELECT n.class, CAST(COUNT(*) AS BIGINT), CAST(SUM(n.settled) AS BIGINT), \
        CAST(SUM(", again!(), ") AS BIGINT) FROM visit_needs n JOIN requests r ON r.id = n.request \
        WHERE n.path >= $1 AND n.path < $2 AND r.shielded = 0 AND n.on_date >= $3 AND n.on_date <= $4 AND n.at < $5 \
        GROUP BY n.class ORDER BY 2 DESC, n.class");
    pub(crate) NEED_TOLD = "UPDATE visit_needs SET told_on = $2, told_at = $3 \
        WHERE request = $1 AND told_at IS NULL";
    pub(crate) NEED_PART = "UPDATE visit_needs SET household = NULL WHERE request = $1 AND record IS NULL";

    pub(crate) UPLOAD = "SELECT visit, account, size, bound, have, done_at FROM visit_uploads WHERE id = $1";
    pub(crate) UPLOADS_OPEN = "SELECT COUNT(*) FROM visit_uploads WHERE account = $1 AND done_at IS NULL";
    pub(crate) UPLOAD_INSERT = "INSERT INTO visit_uploads (id, visit, account, size, bound, have, at) \
        VALUES ($1, $2, $3, $4, $5, 0, $6)";
    pub(crate) UPLOAD_MORE = "UPDATE visit_uploads SET have = $2, at = $3 WHERE id = $1";
    pub(crate) UPLOAD_DONE = "UPDATE visit_uploads SET done_at = $2 WHERE id = $1";
    pub(crate) UPLOAD_DROP = "DELETE FROM visit_uploads WHERE id = $1 AND done_at IS NULL";
    pub(crate) UPLOADS_OLD = "SELECT id FROM visit_uploads WHERE done_at IS NULL AND at < $1 LIMIT $2";
    pub(crate) UPLOADS_KNOWN_DROP = "DELETE FROM visit_uploads WHERE id IN \
        (SELECT id FROM visit_uploads WHERE done_at < $1 ORDER BY done_at LIMIT $2)";
    pub(crate) PIECE_INSERT = "INSERT INTO visit_upload_pieces (upload, start, data) VALUES ($1, $2, $3)";
    pub(crate) PIECES = "SELECT start, data FROM visit_upload_pieces WHERE upload = $1 ORDER BY start";
    pub(crate) PIECES_DROP = "DELETE FROM visit_upload_pieces WHERE upload = $1";

    pub(crate) RATE = "INSERT INTO visit_ratings (record, path, account, visited_on, grade, words, on_date, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub(crate) RATING_FORGET = "UPDATE visit_ratings SET words = '' WHERE record = $1";
    pub(crate) RATING = "SELECT grade, words FROM visit_ratings WHERE record = $1 AND at < $2";
    pub(crate) GRADED_BY = "SELECT grade, CAST(COUNT(*) AS BIGINT) FROM visit_ratings WHERE account = $1 \
        AND visited_on >= $2 AND visited_on <= $3 AND at < $4 GROUP BY grade ORDER BY grade";
    pub(crate) GRADED_IN = "SELECT grade, CAST(COUNT(*) AS BIGINT) FROM visit_ratings WHERE path >= $1 AND path < $2 \
        AND visited_on >= $3 AND visited_on <= $4 AND at < $5 GROUP BY grade ORDER BY grade";
    pub(crate) RATED_BY = "SELECT record FROM visit_ratings WHERE account = $1 AND visited_on >= $2 AND visited_on <= $3 \
        AND at < $4 AND grade >= $5 AND grade <= $6 ORDER BY grade DESC, visited_on DESC, record LIMIT $7";
    pub(crate) RATED_IN = "SELECT record FROM visit_ratings WHERE path >= $1 AND path < $2 AND visited_on >= $3 \
        AND visited_on <= $4 AND at < $5 AND grade >= $6 AND grade <= $7 ORDER BY grade DESC, visited_on DESC, record LIMIT $8";
}
