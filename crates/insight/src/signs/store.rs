//! Reading answered cases, and the rows of signs.

use db::{Tx, params};
use kernel::{RequestId, Result, Timestamp, UnitId, path_end};
use rules::signs::Sign;

db::statements! {
    pub(crate) READ_UP_TO = "SELECT at, ord FROM signs_read WHERE one = 1";
    pub(crate) HAVE_READ = "INSERT INTO signs_read (one, at, ord) VALUES (1, $1, $2) \
        ON CONFLICT (one) DO UPDATE SET at = excluded.at, ord = excluded.ord";
    pub(crate) ANSWERED = "SELECT id, ord, number, answered_at, received_at, unit, class, place, title, body, answer, \
        returns FROM requests WHERE answered_at IS NOT NULL AND (answered_at, ord) > ($1, $2) AND answered_at < $3 \
        AND history = 0 AND shielded = 0 ORDER BY answered_at, ord LIMIT $4";
    pub(crate) BEFORE_IT = "SELECT id, unit, answered_at, title, body FROM requests WHERE place = $1 AND class = $2 \
        AND ended_at >= $3 AND ended_at <= $4 AND answered_at IS NOT NULL AND state = 'closed' AND ord < $5 \
        AND shielded = 0 ORDER BY ended_at DESC, ord DESC LIMIT 5";
    pub(crate) ONE_MORE_ANSWER = "INSERT INTO sign_answers (unit, month, print, n) VALUES ($1, $2, $3, 1) \
        ON CONFLICT (unit, month, print) DO UPDATE SET n = sign_answers.n + 1 RETURNING n";
    pub(crate) ADD_SIGN = "INSERT INTO signs (request, sign, at, path, other) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (request, sign) DO NOTHING";
    // All are counted in the index alone; what is shielded, which is little, is taken off again.
    pub(crate) COUNT_EVERYWHERE = "SELECT sign, COUNT(*) FROM signs WHERE at >= $1 AND at < $2 GROUP BY sign";
    pub(crate) COUNT_BELOW = "SELECT sign, COUNT(*) FROM signs WHERE path >= $1 AND path < $2 AND at >= $3 AND at < $4 \
        GROUP BY sign";
    pub(crate) COUNT_SHIELDED = "SELECT s.sign, COUNT(*) FROM requests r CROSS JOIN signs s WHERE r.shielded = 1 \
        AND s.request = r.id AND s.path >= $1 AND s.path < $2 AND s.at >= $3 AND s.at < $4 GROUP BY s.sign";
    pub(crate) LIST_EVERYWHERE = "SELECT r.number, r.title, r.unit, s.at, s.other FROM signs s \
        CROSS JOIN requests r WHERE r.id = s.request AND r.shielded = 0 AND s.sign = $1 AND s.at >= $2 AND s.at < $3 \
        ORDER BY s.at DESC, r.ord DESC LIMIT $4 OFFSET $5";
    pub(crate) LIST = "SELECT r.number, r.title, r.unit, s.at, s.other FROM signs s JOIN requests r ON r.id = s.request \
        WHERE r.shielded = 0 AND s.sign = $1 AND s.path >= $2 AND s.path < $3 AND s.at >= $4 AND s.at < $5 \
        ORDER BY s.at DESC, r.ord DESC LIMIT $6 OFFSET $7";
}

/// An answered case.
pub(super) struct Case {
    pub(super) id: RequestId,
    pub(super) ord: i64,
    pub(super) number: String,
    pub(super) answered_at: Timestamp,
    pub(super) received_at: Timestamp,
    pub(super) unit: UnitId,
    pub(super) class: String,
    pub(super) place: Option<UnitId>,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) answer: String,
    pub(super) returns: i64,
}

/// Up to which answer cases have been looked at: its time, and its place among those of the same time.
pub(super) fn read_up_to(tx: &mut dyn Tx) -> Result<(Timestamp, i64)> {
    let row = tx.query_opt(&READ_UP_TO, &[])?;
    row.map_or(Ok((Timestamp(0), 0)), |r| Ok((r.get(0)?, r.get(1)?)))
}

/// Looked at up to here.
pub(super) fn have_read(tx: &mut dyn Tx, at: Timestamp, ord: i64) -> Result<()> {
    tx.execute(&HAVE_READ, &params![at, ord]).map(drop)
}

/// The next cases answered before `until`, first answered first.
pub(super) fn answered(
    tx: &mut dyn Tx,
    (at, ord): (Timestamp, i64),
    until: Timestamp,
    most: i64,
) -> Result<Vec<Case>> {
    tx.query_map(&ANSWERED, &params![at, ord, until, most], |r| {
        Ok(Case {
            id: r.get(0)?,
            ord: r.get(1)?,
            number: r.get(2)?,
            answered_at: r.get(3)?,
            received_at: r.get(4)?,
            unit: r.get(5)?,
            class: r.get(6)?,
            place: r.get(7)?,
            title: r.get(8)?,
            body: r.get(9)?,
            answer: r.get::<Option<String>>(10)?.unwrap_or_default(),
            returns: r.get(11)?,
        })
    })
}

/// A case that was signed off before another came in.
pub(super) struct Earlier {
    pub(super) id: RequestId,
    pub(super) unit: UnitId,
    pub(super) answered_at: Timestamp,
    pub(super) title: String,
    pub(super) body: String,
}

/// Cases of the same class and place signed off in `within` milliseconds before this one came in.
pub(super) fn before(tx: &mut dyn Tx, case: &Case, place: UnitId, within: i64) -> Result<Vec<Earlier>> {
    let values =
        params![place, case.class.as_str(), case.received_at.plus(-within), case.received_at, case.ord];
    tx.query_map(&BEFORE_IT, &values, |r| {
        Ok(Earlier {
            id: r.get(0)?,
            unit: r.get(1)?,
            answered_at: r.get(2)?,
            title: r.get(3)?,
            body: r.get(4)?,
        })
    })
}

/// Counts an answer of a unit in a month; gives how many with these words there are now.
pub(super) fn one_more(tx: &mut dyn Tx, unit: UnitId, month: &str, print: &[u8]) -> Result<i64> {
    tx.query_one(&ONE_MORE_ANSWER, &params![unit, month, print])?.get(0)
}

/// Writes a sign down, unless it is there.
pub(super) fn add(
    tx: &mut dyn Tx,
    request: RequestId,
    sign: Sign,
    at: Timestamp,
    path: &str,
    other: &str,
) -> Result<()> {
    tx.execute(&ADD_SIGN, &params![request, sign.key(), at, path, other]).map(drop)
}

/// Which signs to read: below a path (all of them where it is none), from one instant to another.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) below: Option<String>,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

/// How many of each.
pub(crate) fn counts(tx: &mut dyn Tx, asked: &Asked) -> Result<Vec<(Sign, i64)>> {
    let read = |row: &db::Row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?));
    let path = asked.below.as_deref().unwrap_or_default();
    let of = params![path, path_end(path), asked.from, asked.to];
    let mut rows = match &asked.below {
        None => tx.query_map(&COUNT_EVERYWHERE, &params![asked.from, asked.to], read)?,
        Some(_) => tx.query_map(&COUNT_BELOW, &of, read)?,
    };
    for (sign, n) in tx.query_map(&COUNT_SHIELDED, &of, read)? {
        rows.iter_mut().filter(|(s, _)| *s == sign).for_each(|(_, all)| *all -= n);
    }
    Ok(rows
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .filter_map(|(key, n)| Some((Sign::from_key(&key)?, n)))
        .collect())
}

/// A line of a list.
pub(crate) struct Line {
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) unit: UnitId,
    pub(crate) at: Timestamp,
    pub(crate) other: String,
}

/// The cases with a sign, latest first.
pub(crate) fn list(tx: &mut dyn Tx, asked: &Asked, sign: Sign, most: i64, skip: i64) -> Result<Vec<Line>> {
    let read = |r: &db::Row| {
        Ok(Line { number: r.get(0)?, title: r.get(1)?, unit: r.get(2)?, at: r.get(3)?, other: r.get(4)? })
    };
    match &asked.below {
        None => {
            let values = params![sign.key(), asked.from, asked.to, most, skip];
            tx.query_map(&LIST_EVERYWHERE, &values, read)
        }
        Some(path) => {
            let path = path.as_str();
            let values = params![sign.key(), path, path_end(path), asked.from, asked.to, most, skip];
            tx.query_map(&LIST, &values, read)
        }
    }
}
