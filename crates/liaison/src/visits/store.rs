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
            " AS again, n.on_date, CASE WHEN n.told_at < ",
            $at,
            " THEN n.told_on ELSE NULL END AS told, r.number, r.title, \
             CASE WHEN w.request IS NULL THEN r.state ELSE w.state END AS state, \
             CASE WHEN w.request IS NULL THEN r.unit ELSE w.unit END AS unit, \
             CASE WHEN w.request IS NULL THEN r.officer ELSE w.officer END AS officer, \
             CASE WHEN w.request IS NULL THEN r.answer_due ELSE w.answer_due END AS answer_due, \
             CASE WHEN w.request IS NULL THEN r.answer WHEN w.answered_at IS NULL THEN NULL ELSE \
             (SELECT e.body FROM request_entries e WHERE e.request = r.id AND e.seq < w.seq \
             AND e.verb IN ('answer', 'decline', 'settle') ORDER BY e.seq DESC LIMIT 1) END AS answer, \
             CASE WHEN w.request IS NULL THEN r.ended_at ELSE w.ended_at END AS ended, \
             CASE WHEN w.request IS NULL THEN r.unsolvable ELSE w.unsolvable END AS unsolvable, r.first_unit, r.ord \
             FROM visit_needs n JOIN requests r ON r.id = n.request \
             LEFT JOIN request_was w ON w.request = r.id AND w.seq = \
             (SELECT MIN(x.seq) FROM request_was x WHERE x.request = r.id AND x.until >= ",
            $at,
            ")"
        )
    };
}

/// The rows of households that the account `$1` looks after on the day `$2`: those that it is paired with, and those that
/// are linked to them.
macro_rules! in_care {
    () => {
        "(SELECT c.household_id FROM pairings c WHERE c.account_id = $1 AND c.from_date <= $2 \
         AND (c.to_date IS NULL OR c.to_date > $2) AND c.superseded_at IS NULL \
         UNION ALL SELECT h.id FROM pairings c CROSS JOIN households h WHERE h.kept_id = c.household_id \
         AND c.account_id = $1 AND c.from_date <= $2 AND (c.to_date IS NULL OR c.to_date > $2) \
         AND c.superseded_at IS NULL)"
    };
}

/// Nobody looks after the household of the row `x` on the day `$2`, nor after the one that stands for it.
macro_rules! in_nobodys_care {
    () => {
        "NOT EXISTS (SELECT 1 FROM pairings c WHERE c.household_id = x.household AND c.from_date <= $2 \
         AND (c.to_date IS NULL OR c.to_date > $2) AND c.superseded_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM households h CROSS JOIN pairings c WHERE h.id = x.household \
         AND c.household_id = h.kept_id AND c.from_date <= $2 AND (c.to_date IS NULL OR c.to_date > $2) \
         AND c.superseded_at IS NULL)"
    };
}

/// The requests of needs that the account `$1` has to tell of on the day `$2`: those of the households that it looks after
/// then, and what it heard where nobody does.
macro_rules! to_keep {
    () => {
        concat!(
            "(SELECT x.request FROM visit_needs x WHERE x.household IN ",
            in_care!(),
            " UNION ALL SELECT x.request FROM visit_needs x WHERE x.account = $1 AND ",
            in_nobodys_care!(),
            ")"
        )
    };
}

/// Of needs known before `$3` those heard from `$4` to `$5` that `$6` asks for: `again`, `open`, `tell`, or all.
macro_rules! asked_for {
    ($($whose:tt)*) => {
        concat!(
            "FROM (SELECT ",
            need!("$3"),
            " WHERE ",
            $($whose)*,
            " AND r.shielded = 0 AND n.at < $3 AND n.on_date >= $4 AND n.on_date <= $5) t WHERE ($6 = '' \
             OR ($6 = 'again' AND t.again = 1) OR ($6 = 'open' AND t.ended IS NULL) \
             OR ($6 = 'tell' AND t.told IS NULL AND t.settled = 0 AND (t.answer IS NOT NULL OR t.ended IS NOT NULL)))"
        )
    };
}

/// The next of them behind the day `$7` and the number `$8`.
macro_rules! next_needs {
    ($($whose:tt)*) => {
        concat!(
            "SELECT t.* ",
            asked_for!($($whose)*),
            " AND (t.on_date < $7 OR (t.on_date = $7 AND t.ord < $8)) ORDER BY t.on_date DESC, t.ord DESC LIMIT $9"
        )
    };
}

/// What stood open before the instant `$3`, with the day that was promised by then, of what was promised from `$4` to `$5`:
/// the next behind the day `$6` and the promise `$7`.
macro_rules! stood_open {
    ($($whose:tt)*) => {
        concat!(
            "SELECT t.* FROM (SELECT p.id, p.record, p.household, p.path, p.account, p.text, p.made_on, p.made_at, \
             p.first_due, CASE WHEN w.due IS NULL THEN p.first_due ELSE w.due END AS due, 'open' AS state, \
             CAST(NULL AS TEXT) AS ended_on FROM visit_promises p \
             LEFT JOIN visit_promise_answers w ON w.promise = p.id AND w.outcome = 'later' AND w.at < $3 \
             AND NOT EXISTS (SELECT 1 FROM visit_promise_answers n WHERE n.promise = p.id AND n.outcome = 'later' \
             AND n.at < $3 AND (n.at, n.record) > (w.at, w.record)) WHERE ",
            $($whose)*,
            " AND p.made_at < $3 AND (p.ended_at IS NULL OR p.ended_at >= $3) \
             AND p.made_on >= $4 AND p.made_on <= $5) t \
             WHERE (t.due > $6 OR (t.due = $6 AND t.id > $7)) ORDER BY t.due, t.id LIMIT $8"
        )
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
    pub(crate) PROMISES_UNMET = concat!(stood_open!("p.path >= $1 AND p.path < $2"));
    /// Of the households that `$1` looks after on `$2`, whoever promised; where nobody does of whoever promised.
    pub(crate) PROMISES_OWED = concat!(stood_open!("p.id IN (SELECT x.id FROM visit_promises x WHERE x.household IN ", in_care!(),
        " UNION ALL SELECT x.id FROM visit_promises x WHERE x.account = $1 AND ", in_nobodys_care!(), ")"));
    pub(crate) PROMISES_MADE_AT = "SELECT text FROM visit_promises WHERE record = $1 AND made_at < $2 ORDER BY first_due, id";
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
    /// For [`super::withheld`] alone, which asks of each whether whoever reads may know of it.
    pub(crate) NEEDS_SHIELDED = "SELECT n.request, n.record, n.household, n.class FROM requests r \
        JOIN visit_needs n ON n.request = r.id WHERE r.shielded = 1 AND n.record IS NOT NULL";
    pub(crate) TITLES_OF_RECORD = "SELECT r.title FROM visit_needs n JOIN requests r ON r.id = n.request \
        WHERE n.record = $1 AND r.shielded = 0 AND n.at < $2 ORDER BY r.ord";
    pub(crate) REQUESTS_OF_RECORD = "SELECT request FROM visit_needs WHERE record = $1 ORDER BY request";
    pub(crate) NEEDS_OF_HOUSEHOLD = concat!("SELECT ", need!("$2"), " WHERE n.household = $1 AND r.shielded = 0 \
        AND n.at < $2 ORDER BY n.on_date DESC, r.ord DESC LIMIT $3");
    /// Those that `$1` heard, and those from the cards of households that they look after on `$2`.
    pub(crate) NEEDS_BY = concat!(next_needs!("n.request IN (SELECT x.request FROM visit_needs x WHERE x.account = $1 \
        UNION ALL SELECT x.request FROM visit_needs x WHERE x.record IS NULL AND x.household IN ", in_care!(), ")"));
    pub(crate) NEEDS_BY_COUNT = concat!("SELECT CAST(COUNT(*) AS BIGINT) ", asked_for!("n.request IN (SELECT x.request \
        FROM visit_needs x WHERE x.account = $1 UNION ALL SELECT x.request FROM visit_needs x \
        WHERE x.record IS NULL AND x.household IN ", in_care!(), ")"));
    pub(crate) NEEDS_KEPT = concat!(next_needs!("n.request IN ", to_keep!()));
    pub(crate) NEEDS_KEPT_COUNT = concat!("SELECT CAST(COUNT(*) AS BIGINT) ", asked_for!("n.request IN ", to_keep!()));
    pub(crate) NEED_KEPT = concat!("SELECT ", need!("$3"), " WHERE n.request = $4 AND r.shielded = 0 AND n.at < $3 \
        AND n.request IN ", to_keep!());
    /// Without those whose household was forgotten with whoever asked.
    pub(crate) NEEDS_IN = concat!(next_needs!("n.path >= $1 AND n.path < $2 AND n.household IS NOT NULL"));
    pub(crate) NEEDS_IN_COUNT = concat!("SELECT CAST(COUNT(*) AS BIGINT) ",
        asked_for!("n.path >= $1 AND n.path < $2 AND n.household IS NOT NULL"));
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
    pub(crate) RATED_BY = "SELECT record, grade, visited_on FROM visit_ratings WHERE account = $1 AND visited_on >= $2 AND visited_on <= $3 \
        AND at < $4 AND grade >= $5 AND grade <= $6 \
        AND (grade < $7 OR (grade = $7 AND (visited_on < $8 OR (visited_on = $8 AND record > $9)))) \
        ORDER BY grade DESC, visited_on DESC, record LIMIT $10";
    pub(crate) RATED_IN = "SELECT record, grade, visited_on FROM visit_ratings WHERE path >= $1 AND path < $2 AND visited_on >= $3 \
        AND visited_on <= $4 AND at < $5 AND grade >= $6 AND grade <= $7 \
        AND (grade < $8 OR (grade = $8 AND (visited_on < $9 OR (visited_on = $9 AND record > $10)))) \
        ORDER BY grade DESC, visited_on DESC, record LIMIT $11";
}
