//! Words drawn by lot to be asked again.

use crate::lots::{CameOut, Wanted};
use crate::model::Satisfaction;
use crate::store::filter::{Filter, Reach};
use crate::store::ledger::Query;
use crate::store::tally::{self, Counts, Place};
use db::{Engine, Row, Stmt, Tx, Value, params};
use kernel::{AccountId, Error, RequestId, Result, Timestamp, UnitId};
use rules::lot::Why;

db::statements! {
    pub(crate) UPSERT_SAMPLE = "INSERT INTO request_samples (request, round, drawn_at, lot, why, days, last_day, \
        done_at, account, unit, outcome, satisfaction) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (request, round) DO UPDATE SET days = excluded.days, last_day = excluded.last_day, \
        done_at = excluded.done_at, account = excluded.account, unit = excluded.unit, \
        outcome = excluded.outcome, satisfaction = excluded.satisfaction";
    pub(crate) SAMPLES = "SELECT round, drawn_at, lot, why, days, last_day, done_at, account, unit, outcome, \
        satisfaction FROM request_samples WHERE request = $1 ORDER BY round";
    pub(crate) SAMPLES_OF_LOT = "SELECT s.round, s.drawn_at, s.lot, s.why, s.days, s.last_day, s.done_at, s.account, \
        s.unit, s.outcome, s.satisfaction, r.id, r.number, r.title, r.unit FROM request_samples s \
        JOIN requests r ON r.id = s.request WHERE s.lot = $1 AND r.shielded = 0 ORDER BY r.number, s.round";
    pub(crate) STANDS = "SELECT outcome, satisfaction FROM request_samples WHERE request = $1 AND round = $2";
    /// How the drawn words of some time came out, on the whole site: the counters of all of them, and the few that are
    /// shielded taken away again.
    pub(crate) RESULTS = "SELECT t.class, CAST(SUM(t.received) AS BIGINT), CAST(SUM(t.rated) AS BIGINT), \
        CAST(SUM(t.satisfied) AS BIGINT) FROM request_tally t WHERE t.dim = 'lot' AND t.month >= $1 AND t.month <= $2 \
        GROUP BY t.class UNION ALL SELECT s.why || '/' || s.outcome, -COUNT(*), -COUNT(s.satisfaction), \
        CAST(-SUM(CASE WHEN s.satisfaction <= 3 THEN 1 ELSE 0 END) AS BIGINT) \
        FROM requests r JOIN request_samples s ON s.request = r.id \
        WHERE r.shielded = 1 AND s.lot >= $1 AND s.lot <= $2 GROUP BY s.why, s.outcome";
    pub(crate) EVERY_SAMPLE = "SELECT lot, why || '/' || outcome, COUNT(*), COUNT(satisfaction), \
        CAST(SUM(CASE WHEN satisfaction <= 3 THEN 1 ELSE 0 END) AS BIGINT) FROM request_samples \
        GROUP BY lot, why, outcome";
    /// The same in the ledger of one unit.
    pub(crate) RESULTS_IN = "SELECT s.why, s.outcome, COUNT(*), \
        CAST(SUM(CASE WHEN s.satisfaction IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN s.satisfaction <= 3 THEN 1 ELSE 0 END) AS BIGINT) \
        FROM request_samples s JOIN request_reach x ON x.request = s.request AND x.unit = $3 \
        WHERE s.lot >= $1 AND s.lot <= $2 GROUP BY s.why, s.outcome";
}

/// A word drawn by lot.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The answer round whose word is asked again.
    pub round: i64,
    /// When it was drawn.
    pub drawn_at: Timestamp,
    /// The first day of the time that it was drawn of.
    pub lot: String,
    /// Why it was drawn.
    pub why: Why,
    /// Different days on which nobody was reached.
    pub days: i64,
    /// The last of them; empty before.
    pub last_day: String,
    /// When it was done with.
    pub done_at: Option<Timestamp>,
    /// Who called.
    pub account: Option<AccountId>,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// `""` before it is done, then `same`, `other` or `not-reached`.
    pub outcome: String,
    /// How satisfied they said they were.
    pub satisfaction: Option<Satisfaction>,
}

impl Sample {
    /// Drawn for this reason, nobody called yet.
    pub(crate) fn drawn(round: i64, at: Timestamp, lot: &str, why: Why) -> Sample {
        Sample {
            round,
            drawn_at: at,
            lot: lot.to_owned(),
            why,
            days: 0,
            last_day: String::new(),
            done_at: None,
            account: None,
            unit: None,
            outcome: String::new(),
            satisfaction: None,
        }
    }
}

/// Writes a sample, newly drawn or called, and counts it at `site`, the topmost unit.
pub(crate) fn save(tx: &mut dyn Tx, site: UnitId, request: RequestId, s: &Sample) -> Result<()> {
    let stood: Option<(String, Option<i64>)> = tx
        .query_opt(&STANDS, &params![request, s.round])?
        .map(|row| Ok::<_, Error>((row.get(0)?, row.get(1)?)))
        .transpose()?;
    let grade = s.satisfaction.map(Satisfaction::grade);
    let values = params![
        request,
        s.round,
        s.drawn_at,
        &s.lot,
        s.why.key(),
        s.days,
        &s.last_day,
        s.done_at,
        s.account,
        s.unit,
        &s.outcome,
        grade
    ];
    tx.execute(&UPSERT_SAMPLE, &values)?;
    let counted = |n: i64, outcome: &str, grade: Option<i64>| {
        let class = format!("{}/{outcome}", s.why.key());
        let (rated, satisfied) = (i64::from(grade.is_some()), i64::from(grade.is_some_and(|g| g <= 3)));
        let counts = Counts { received: n, rated: n * rated, satisfied: n * satisfied, ..Counts::default() };
        tally::values(&Place { dim: "lot", key: site, month: &s.lot, class: &class }, &counts)
    };
    let mut counts = vec![counted(1, &s.outcome, grade)];
    counts.extend(stood.map(|(outcome, grade)| counted(-1, &outcome, grade)));
    tally::add_all(tx, &counts)
}

/// Counts every sample anew: what the counters of each time must say, by reason and outcome.
pub(crate) fn each_counted(tx: &mut dyn Tx, f: &mut dyn FnMut(String, String, Counts)) -> Result<()> {
    tx.each(&EVERY_SAMPLE, &[], &mut |row| {
        let counts =
            Counts { received: row.get(2)?, rated: row.get(3)?, satisfied: row.get(4)?, ..Counts::default() };
        f(row.get(0)?, row.get(1)?, counts);
        Ok(())
    })
}

fn read(row: &Row) -> Result<Sample> {
    let (why, grade): (String, Option<i64>) = (row.get(3)?, row.get(10)?);
    Ok(Sample {
        round: row.get(0)?,
        drawn_at: row.get(1)?,
        lot: row.get(2)?,
        why: Why::from_key(&why).unwrap_or(Why::Lot),
        days: row.get(4)?,
        last_day: row.get(5)?,
        done_at: row.get(6)?,
        account: row.get(7)?,
        unit: row.get(8)?,
        outcome: row.get(9)?,
        satisfaction: grade.and_then(Satisfaction::from_grade),
    })
}

/// What was drawn of a case, first to last.
pub(crate) fn of(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<Sample>> {
    tx.query_map(&SAMPLES, &params![request], read)
}

/// A drawn word with the case that it is of.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The word.
    pub sample: Sample,
    /// The case.
    pub id: RequestId,
    /// Its number.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// Who handles it.
    pub unit: UnitId,
}

/// What was drawn of a time, by number.
pub(crate) fn of_lot(tx: &mut dyn Tx, lot: &str) -> Result<Vec<Asked>> {
    tx.query_map(&SAMPLES_OF_LOT, &params![lot], asked)
}

fn asked(row: &Row) -> Result<Asked> {
    Ok(Asked {
        sample: read(row)?,
        id: row.get(11)?,
        number: row.get(12)?,
        title: row.get(13)?,
        unit: row.get(14)?,
    })
}

/// See [`crate::lots::drawn`].
pub(crate) fn drawn(
    tx: &mut dyn Tx,
    wanted: &Wanted,
    after: Option<(&str, i64)>,
    limit: i64,
) -> Result<Vec<Asked>> {
    let (stmt, values) = drawn_query(tx.engine(), wanted, after, limit);
    let mut all = tx.query_map(&stmt, &values, asked)?;
    if let Some(at) = wanted.as_of {
        for s in all.iter_mut().map(|a| &mut a.sample).filter(|s| s.done_at.is_none_or(|done| done > at)) {
            *s = Sample::drawn(s.round, s.drawn_at, &s.lot, s.why);
        }
    }
    Ok(all)
}

/// The statement and parameters of [`drawn`]: of the same words as the results count.
pub(crate) fn drawn_query(
    engine: Engine,
    w: &Wanted,
    after: Option<(&str, i64)>,
    limit: i64,
) -> (Stmt, Vec<Value>) {
    // A past day's cases are those of then, and what was drawn or said later was not known.
    let (mut values, cases) = match w.as_of {
        Some(at) => {
            let filter = Filter { as_of: w.as_of, ..Filter::default() };
            let mut q = Query::compose(engine, w.unit.map_or(Reach::Site, Reach::Unit), &filter, at);
            let (from, to) = (q.value(w.from.to_string()), q.value(w.to.to_string()));
            q.and(format!(
                "r.id IN (SELECT y.request FROM request_samples y WHERE y.lot >= {from} AND y.lot <= {to})"
            ));
            let cases = q.text("r.id", "");
            (q.values, Some(cases))
        }
        None => (Vec::new(), None),
    };
    let mut value = |v: Value| {
        values.push(v);
        format!("${}", values.len())
    };
    let mut from = "request_samples s JOIN requests c ON c.id = s.request".to_owned();
    let (first, last) = (value(w.from.to_string().into()), value(w.to.to_string().into()));
    let mut wheres = vec![format!("s.lot >= {first} AND s.lot <= {last} AND c.shielded = 0")];
    let over = match (&cases, w.as_of, w.unit) {
        (Some(cases), Some(at), _) => {
            let at = value(at.into());
            wheres.push(format!("s.request IN ({cases}) AND s.drawn_at <= {at}"));
            format!("s.done_at <= {at}")
        }
        (_, _, Some(unit)) => {
            from.push_str(&format!(
                " JOIN request_reach x ON x.request = s.request AND x.unit = {}",
                value(unit.into())
            ));
            "s.outcome <> ''".to_owned()
        }
        _ => "s.outcome <> ''".to_owned(),
    };
    match w.result {
        CameOut::Any => {}
        CameOut::Solved => wheres.push(format!("{over} AND s.outcome = 'same'")),
        CameOut::NotSolved => wheres.push(format!("{over} AND s.outcome = 'other'")),
        CameOut::NotReached => wheres.push(format!("{over} AND s.outcome = 'not-reached'")),
        CameOut::Satisfied => wheres.push(format!("{over} AND s.satisfaction <= 3")),
        CameOut::Waiting => wheres.push(format!("NOT (COALESCE({over}, 1 = 0))")),
    }
    if let Some((lot, ord)) = after {
        let (lot, ord) = (value(lot.into()), value(ord.into()));
        wheres.push(format!("(s.lot < {lot} OR (s.lot = {lot} AND c.ord < {ord}))"));
    }
    let n = value(limit.into());
    let sql = format!(
        "SELECT s.round, s.drawn_at, s.lot, s.why, s.days, s.last_day, s.done_at, s.account, s.unit, s.outcome, \
         s.satisfaction, c.id, c.number, c.title, c.unit FROM {from} WHERE {} ORDER BY s.lot DESC, c.ord DESC \
         LIMIT {n}",
        wheres.join(" AND ")
    );
    (Stmt::dynamic("requests::lot_drawn", sql), values)
}

/// How many came out so: reason, outcome, how many, how many of them rated, how many satisfied. A reason and an outcome
/// may come more than once, to be added up.
pub(crate) type Outcome = (String, String, i64, i64, i64);

/// How the words drawn of times that began from one day to another came out; in the ledger of `unit`, or on
/// the whole site.
pub(crate) fn results(tx: &mut dyn Tx, unit: Option<UnitId>, from: &str, to: &str) -> Result<Vec<Outcome>> {
    match unit {
        None => tx.query_map(&RESULTS, &params![from, to], |r| {
            let of: String = r.get(0)?;
            let (why, outcome) = of.split_once('/').unwrap_or((&of, ""));
            Ok((why.to_owned(), outcome.to_owned(), r.get(1)?, r.get(2)?, r.get(3)?))
        }),
        Some(unit) => tx.query_map(&RESULTS_IN, &params![from, to, unit], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
        }),
    }
}

/// The same as it was known at an instant: what was drawn later is not there, what was said later is not said,
/// and the ledger of `unit` is that of then.
pub(crate) fn results_at(
    tx: &mut dyn Tx,
    unit: Option<UnitId>,
    from: &str,
    to: &str,
    at: Timestamp,
) -> Result<Vec<Outcome>> {
    let (stmt, values) = results_at_query(tx.engine(), unit, from, to, at);
    tx.query_map(&stmt, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))
}

/// The statement and parameters of [`results_at`].
pub(crate) fn results_at_query(
    engine: Engine,
    unit: Option<UnitId>,
    from: &str,
    to: &str,
    at: Timestamp,
) -> (Stmt, Vec<Value>) {
    let filter = Filter { as_of: Some(at), ..Filter::default() };
    let mut q = Query::compose(engine, unit.map_or(Reach::Site, Reach::Unit), &filter, at);
    let (from, to, at) = (q.value(from), q.value(to), q.value(at));
    q.and(format!(
        "r.id IN (SELECT y.request FROM request_samples y WHERE y.lot >= {from} AND y.lot <= {to})"
    ));
    let cases = q.text("r.id", "");
    let sql = format!(
        "SELECT s.why, CASE WHEN s.done_at <= {at} THEN s.outcome ELSE '' END AS came_out, COUNT(*), \
         CAST(SUM(CASE WHEN s.done_at <= {at} AND s.satisfaction IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT), \
         CAST(SUM(CASE WHEN s.done_at <= {at} AND s.satisfaction <= 3 THEN 1 ELSE 0 END) AS BIGINT) \
         FROM request_samples s WHERE s.lot >= {from} AND s.lot <= {to} AND s.drawn_at <= {at} \
         AND s.request IN ({cases}) GROUP BY s.why, came_out"
    );
    (Stmt::dynamic("requests::lot_results", sql), q.values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Date, Uuid};

    #[test]
    fn every_shape_of_the_list_is_understood_by_both_engines() {
        let unit = UnitId(Uuid::from_bytes([7; 16]));
        for fresh in db::testing::engines() {
            let tables =
                [journal::MIGRATIONS, access::MIGRATIONS, register::MIGRATIONS, crate::MIGRATIONS].concat();
            fresh.migrate(&tables).expect("the tables are made");
            let mut shapes = Vec::new();
            for result in CameOut::ALL {
                for unit in [None, Some(unit)] {
                    for as_of in [None, Some(Timestamp(1_763_000_000_000))] {
                        for after in [None, Some(("2026-11-16", 5))] {
                            let (from, to) = (Date::constant(2026, 1, 1), Date::constant(2026, 12, 31));
                            let wanted = Wanted { unit, from, to, as_of, result };
                            shapes.push(drawn_query(fresh.engine(), &wanted, after, 51).0);
                        }
                    }
                }
            }
            fresh.prepare_all(&shapes.iter().collect::<Vec<_>>()).expect("every shape is prepared");
        }
    }
}
