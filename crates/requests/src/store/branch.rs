//! The ledger of a branch of the classes, latest received first.
//!
//! ```text
//!  branch ── classes that have cases ──▶ of each the latest so many, by its own index ──▶ the latest of those,
//!            so many as wanted and shielded        without what is shielded
//! ```
//!
//! Walking all cases until enough are of the branch is quick for a common one, and reads a million rows for one that
//! has five.

use super::filter::{Cursor, Filter, Reach, Sort};
use super::ledger::{Aim, Query, page_query};
use crate::store::request::columns;
use db::{Engine, Stmt, Tx, Value, params};
use kernel::{Result, Timestamp};

db::statements! {
    // Each step is a look at the index: the next class after the last one.
    pub(crate) CLASSES_IN_USE = "WITH RECURSIVE used(class) AS (\
        SELECT MIN(r.class) FROM requests r WHERE r.class >= $1 AND r.class < $2 \
        UNION ALL SELECT (SELECT MIN(n.class) FROM requests n WHERE n.class > used.class AND n.class < $2) \
        FROM used WHERE used.class IS NOT NULL) SELECT class FROM used WHERE class IS NOT NULL";
}

/// How many all the cases that are shielded are: so many more are chosen than wanted, for the few of them may all be among
/// the latest.
const SHIELDED: &str = "(SELECT COUNT(*) FROM requests g WHERE g.shielded = 1)";
/// More rows than there are, and far from where numbers end.
const ALL: i64 = 1 << 40;

/// More classes than a branch of a pack has; beyond it all cases are walked.
const MANY: usize = 200;

/// By the index over classes where a branch of them is asked for, otherwise by that of the order.
pub(super) fn rows_query(
    tx: &mut dyn Tx,
    reach: Reach,
    filter: &Filter,
    sort: Sort,
    cursor: Option<Cursor>,
    now: Timestamp,
    limit: i64,
) -> Result<(Stmt, Vec<Value>)> {
    let engine = tx.engine();
    Ok(match classes(tx, reach, filter, sort)? {
        Some(of) => query(engine, reach, filter, cursor, now, limit, &of),
        None => page_query(engine, reach, filter, sort, cursor, now, limit),
    })
}

/// What the ledger asks of the index over classes: the classes of the branch that have cases. `None` where another
/// index is walked.
fn classes(tx: &mut dyn Tx, reach: Reach, filter: &Filter, sort: Sort) -> Result<Option<Vec<String>>> {
    let Some(code) = filter.class.as_deref().filter(|c| c.matches('.').count() < 2) else { return Ok(None) };
    let by_unit = matches!(reach, Reach::Unit(_) | Reach::Seat(_));
    let past = filter.as_of.is_some() || filter.shields.is_some();
    if sort != Sort::Received || by_unit || past || !filter.words.trim().is_empty() {
        return Ok(None);
    }
    let within = params![format!("{code}."), format!("{code}/")];
    let used: Vec<String> = tx.query_map(&CLASSES_IN_USE, &within, |r| r.get(0))?;
    Ok(Some(used).filter(|u| u.len() <= MANY))
}

/// The statement and parameters of a page of these classes' ledger.
fn query(
    engine: Engine,
    reach: Reach,
    filter: &Filter,
    cursor: Option<Cursor>,
    now: Timestamp,
    limit: i64,
    classes: &[String],
) -> (Stmt, Vec<Value>) {
    let rest = Filter { class: None, ..filter.clone() };
    let mut q = Query::make(engine, reach, &rest, now, Aim::Choice);
    let back = cursor.is_some_and(|c| c.back);
    if let Some(c) = cursor {
        let v = q.value(c.ord);
        q.and(format!("r.ord {} {v}", if back { ">" } else { "<" }));
    }
    let order = if back { "ASC" } else { "DESC" };
    let n = q.value(limit.min(ALL));
    let chosen = format!("ORDER BY ord {order} LIMIT ({n} + {SHIELDED})");
    let each: Vec<String> = classes
        .iter()
        .map(|class| {
            let v = q.value(class.as_str());
            let latest = q.text("r.ord", &format!("AND r.class = {v} {chosen}"));
            format!("SELECT ord FROM ({latest}) AS one")
        })
        .collect();
    let each =
        if each.is_empty() { "SELECT 0 AS ord WHERE 1 = 0".to_owned() } else { each.join(" UNION ALL ") };
    let sql = format!(
        "SELECT {} FROM requests r WHERE r.ord IN (SELECT ord FROM ({each}) AS every {chosen}) AND r.shielded = 0 \
         ORDER BY r.ord {order} LIMIT {n}",
        columns!()
    );
    (Stmt::dynamic("requests::ledger_branch", sql), q.values)
}
