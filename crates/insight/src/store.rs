//! The only file of this slice with SQL.

use db::{Stmt, Tx, Value, params};
use kernel::{Result, Timestamp, UnitId};
use requests::tally::{Counts, open_in, read_counts, sums};
use std::collections::HashMap;

db::statements! {
    pub(crate) OVERDUE_ON_SITE = "SELECT (SELECT COUNT(*) FROM requests WHERE owed >= $1 AND owed < $2) \
        - (SELECT COALESCE(SUM(CASE WHEN r.owed >= $1 AND r.owed < $2 THEN 1 ELSE 0 END), 0) FROM requests r \
        WHERE r.shielded = 1)";
    pub(crate) OVERDUE_IN = "SELECT COUNT(*) FROM request_reach WHERE unit = $1 AND owed < $2";
}

/// What is open now, and of that overdue, in the ledger of a unit.
pub(crate) fn standing(tx: &mut dyn Tx, unit: UnitId, now: Timestamp) -> Result<(i64, i64)> {
    Ok((open_in(tx, unit)?, tx.scalar(&OVERDUE_IN, &params![unit, now])?))
}

/// What was owed from one moment on and before another, and still is, on the whole site.
pub(crate) fn overdue(tx: &mut dyn Tx, from: Timestamp, now: Timestamp) -> Result<i64> {
    tx.scalar(&OVERDUE_ON_SITE, &params![from, now])
}

/// The counters of these units (`dim` "unit") or of what lies in these areas ("area").
pub(crate) fn by_key(
    tx: &mut dyn Tx,
    dim: &str,
    units: &[UnitId],
    from: &str,
    to: &str,
) -> Result<HashMap<UnitId, Counts>> {
    if units.is_empty() {
        return Ok(HashMap::new());
    }
    let mut values: Vec<Value> = vec![dim.into(), from.into(), to.into()];
    values.extend(units.iter().map(|u| Value::from(*u)));
    let marks: Vec<String> = (4..values.len() + 1).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT key, {} FROM request_tally WHERE dim = $1 AND class = '' AND month >= $2 AND month <= $3 \
         AND key IN ({}) GROUP BY key",
        sums!(),
        marks.join(", ")
    );
    read(tx, &Stmt::dynamic("insight::by_key", sql), &values)
}

fn read(tx: &mut dyn Tx, stmt: &Stmt, values: &[Value]) -> Result<HashMap<UnitId, Counts>> {
    Ok(tx.query_map(stmt, values, |row| Ok((row.get(0)?, read_counts(row, 1)?)))?.into_iter().collect())
}
