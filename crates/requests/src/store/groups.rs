//! Open cases counted by what they have in common, and cases found by who asked: both by the same
//! conditions as the ledger, so that every number is the length of a list.

use crate::model::Request;
use crate::store::ledger::{Filter, Query, Reach, Standing};
use crate::store::request::{columns, read};
use crate::store::tally::{Counts, read_counts, sums};
use db::{Engine, FromValue, Row, Stmt, Tx, Value, params};
use kernel::{PersonId, Result, Timestamp, UnitId};

db::statements! {
    pub(crate) OF_PLACES = concat!("SELECT key, ", sums!(), " FROM request_tally \
        WHERE dim = 'place' AND month >= $1 AND month <= $2 GROUP BY key ORDER BY key");
}

/// By what open cases are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The unit that handles them.
    Handler,
    /// The officer.
    Officer,
    /// The class.
    Class,
    /// The place.
    Place,
    /// The way in.
    Channel,
}

impl By {
    #[cfg(test)]
    pub(crate) const ALL: [By; 5] = [By::Handler, By::Officer, By::Class, By::Place, By::Channel];

    fn column(self) -> &'static str {
        match self {
            By::Handler => "r.unit",
            By::Officer => "r.officer",
            By::Class => "r.class",
            By::Place => "r.place",
            By::Channel => "r.channel",
        }
    }
}

/// Open cases of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Open {
    /// All of them.
    pub(crate) open: i64,
    /// Owing an answer beyond its date.
    pub(crate) overdue: i64,
    /// Owing an answer today, not yet late.
    pub(crate) today: i64,
    /// Being reworked.
    pub(crate) rework: i64,
    /// Under supervision.
    pub(crate) supervised: i64,
}

impl Open {
    /// Both together.
    pub(crate) fn plus(self, o: Open) -> Open {
        Open {
            open: self.open + o.open,
            overdue: self.overdue + o.overdue,
            today: self.today + o.today,
            rework: self.rework + o.rework,
            supervised: self.supervised + o.supervised,
        }
    }
}

/// The statement of [`open_by`].
pub(crate) fn open_query(
    engine: Engine,
    reach: Reach,
    filter: &Filter,
    by: By,
    now: Timestamp,
    evening: Timestamp,
) -> (Stmt, Vec<Value>) {
    let filter = Filter { standing: Standing::Live, ..filter.clone() };
    let mut q = Query::compose(engine, reach, &filter, now);
    let (n, e) = (q.value(now), q.value(evening));
    let column = by.column();
    let count = |when: String| format!("CAST(SUM(CASE WHEN {when} THEN 1 ELSE 0 END) AS BIGINT)");
    let select = [
        column.to_owned(),
        "COUNT(*)".to_owned(),
        count(format!("r.owed < {n}")),
        count(format!("r.owed >= {n} AND r.owed < {e}")),
        count("r.state = 'rework'".to_owned()),
        count("r.supervised > 0".to_owned()),
    ]
    .join(", ");
    let sql = q.text(&select, &format!("GROUP BY {column} ORDER BY {column}"));
    (Stmt::dynamic("requests::open_by", sql), q.values)
}

/// Open cases by what they have in common; `evening` is the end of today. The filter's standing is
/// left aside: what has ended is not counted.
pub(crate) fn open_by<K: FromValue>(
    tx: &mut dyn Tx,
    reach: Reach,
    filter: &Filter,
    by: By,
    now: Timestamp,
    evening: Timestamp,
) -> Result<Vec<(Option<K>, Open)>> {
    let (stmt, values) = open_query(tx.engine(), reach, filter, by, now, evening);
    tx.query_map(&stmt, &values, |r| Ok((r.get(0)?, open(r)?)))
}

fn open(r: &Row) -> Result<Open> {
    Ok(Open {
        open: r.get(1)?,
        overdue: r.get(2)?,
        today: r.get(3)?,
        rework: r.get(4)?,
        supervised: r.get(5)?,
    })
}

/// The statement of [`of_persons`].
pub(crate) fn persons_query(
    engine: Engine,
    reach: Reach,
    persons: &[PersonId],
    now: Timestamp,
    limit: i64,
) -> (Stmt, Vec<Value>) {
    let mut q = Query::compose(engine, reach, &Filter::default(), now);
    let list: Vec<String> = persons.iter().map(|p| q.value(*p)).collect();
    let list = list.join(", ");
    q.and(format!(
        "(r.person IN ({list}) OR r.id IN (SELECT j.request FROM request_joined j WHERE j.person IN ({list})))"
    ));
    let n = q.value(limit);
    let sql = q.text(columns!(), &format!("ORDER BY r.ord DESC LIMIT {n}"));
    (Stmt::dynamic("requests::of_persons", sql), q.values)
}

/// The cases that these persons brought or joined, latest first, as far as `reach` goes.
pub(crate) fn of_persons(
    tx: &mut dyn Tx,
    reach: Reach,
    persons: &[PersonId],
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Request>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let (stmt, values) = persons_query(tx.engine(), reach, persons, now, limit);
    tx.query_map(&stmt, &values, read)
}

/// The counters of every place for the months `from..=to`, in one go.
pub(crate) fn of_places(tx: &mut dyn Tx, from: &str, to: &str) -> Result<Vec<(UnitId, Counts)>> {
    tx.query_map(&OF_PLACES, &params![from, to], |r| Ok((r.get(0)?, read_counts(r, 1)?)))
}
