//! The queues: cases that wait for somebody with a certain part, what is due first at the top.

use crate::model::Request;
use crate::store::filter::Cursor;
use crate::store::request::{columns, read};
use db::{Stmt, Tx, Value};
use kernel::{AccountId, Result, Timestamp, UnitId};
use rules::case::State;

/// How far the reader reaches with the part that the queue is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// The whole site.
    Site,
    /// What stands in the ledger of one of these units; nothing where there is none.
    Units(Vec<UnitId>),
    /// What one of these units handles itself.
    Own(Vec<UnitId>),
}

/// Whoever looks, where they may not judge their own work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Not {
    /// The units in which they hold a post, of whatever kind.
    pub(crate) units: Vec<UnitId>,
    /// They themselves, as the responsible officer.
    pub(crate) officer: Option<AccountId>,
}

/// Which cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// In one of these states.
    In(&'static [State]),
    /// Answered so long ago, with nobody tried on this day, and not handled by whoever looks.
    ToCall {
        /// Answered before.
        before: Timestamp,
        /// The civil day of today; empty to show those tried today as well.
        day: String,
        /// Who may not judge their own work.
        not: Not,
    },
    /// Signed off, with a word drawn by lot since then that nobody has asked again, and not handled by whoever
    /// looks.
    Drawn {
        /// Drawn after.
        since: Timestamp,
        /// The civil day of today; empty to show those tried today as well.
        day: String,
        /// Who may not judge their own work.
        not: Not,
    },
    /// With a supervision proposed that nobody has decided on.
    Proposed,
    /// Under supervision.
    Supervised,
    /// Waiting for a moderator.
    Unmoderated,
}

/// Where a queue goes on after this row, or before it.
pub(crate) fn at(r: &Request, back: bool) -> Cursor {
    let key = r.step_due.or(r.answer_due).map_or(i64::MAX, |t| t.0);
    Cursor { key, ord: r.id.ord(), back }
}

/// What a queue is sorted by; what has no date comes last.
const KEY: &str = "COALESCE(r.step_due, r.answer_due, 9223372036854775807)";

/// Leaves out what whoever looks handled: as the officer, or in a unit that has the case or helps with it.
fn not_own(not: &Not, value: &mut impl FnMut(Value) -> String, wheres: &mut Vec<String>) {
    for unit in &not.units {
        let unit = value((*unit).into());
        wheres.push(format!(
            "r.unit <> {unit} AND NOT EXISTS (SELECT 1 FROM request_helpers h WHERE h.request = r.id AND h.unit = {unit})"
        ));
    }
    if let Some(officer) = not.officer {
        let officer = value(officer.into());
        wheres.push(format!("(r.officer IS NULL OR r.officer <> {officer})"));
    }
}

fn compose(which: &Which, within: &Within, cursor: Option<Cursor>) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut value = |v: Value| {
        values.push(v);
        format!("${}", values.len())
    };
    let mut from = "requests r".to_owned();
    let mut wheres = vec!["r.shielded = 0".to_owned()];
    let states = |list: &[State], wheres: &mut Vec<String>| {
        let list: Vec<String> = list.iter().map(|s| format!("'{}'", s.key())).collect();
        wheres.push(format!("r.state IN ({})", list.join(", ")));
    };
    match which {
        Which::In(list) => states(list, &mut wheres),
        Which::ToCall { before, day, not } => {
            states(&[State::Answered], &mut wheres);
            wheres.push("r.person IS NOT NULL".to_owned());
            from.push_str(
                " JOIN request_clocks c ON c.request = r.id AND c.kind = 'evaluation' AND c.stopped_at IS NULL",
            );
            let before = value((*before).into());
            wheres.push(format!("c.started_at <= {before}"));
            if !day.is_empty() {
                let day = value(day.as_str().into());
                wheres.push(format!(
                    "NOT EXISTS (SELECT 1 FROM request_attempts a WHERE a.request = r.id AND a.round = r.reworks AND a.day = {day})"
                ));
            }
            not_own(not, &mut value, &mut wheres);
        }
        Which::Drawn { since, day, not } => {
            states(&[State::Closed, State::Unsolvable], &mut wheres);
            from.push_str(
                " JOIN request_samples d ON d.request = r.id AND d.round = r.reworks AND d.done_at IS NULL",
            );
            let since = value((*since).into());
            wheres.push(format!("d.drawn_at > {since}"));
            if !day.is_empty() {
                let day = value(day.as_str().into());
                wheres.push(format!("d.last_day <> {day}"));
            }
            not_own(not, &mut value, &mut wheres);
        }
        Which::Proposed => wheres.push(
            "r.ended_at IS NULL AND r.id IN (SELECT s.request FROM request_supervisions s \
             WHERE s.issued_at IS NULL AND s.dismissed_at IS NULL AND s.live = 1)"
                .to_owned(),
        ),
        Which::Supervised => wheres.push("r.supervised > 0 AND r.ended_at IS NULL".to_owned()),
        Which::Unmoderated => wheres.push("r.public_state = 'waiting'".to_owned()),
    }
    match within {
        Within::Site => {}
        Within::Units(units) | Within::Own(units) if units.is_empty() => wheres.push("1 = 0".to_owned()),
        Within::Units(units) => {
            let list: Vec<String> = units.iter().map(|u| value((*u).into())).collect();
            wheres.push(format!(
                "EXISTS (SELECT 1 FROM request_reach x WHERE x.request = r.id AND x.unit IN ({}))",
                list.join(", ")
            ));
        }
        Within::Own(units) => {
            let list: Vec<String> = units.iter().map(|u| value((*u).into())).collect();
            wheres.push(format!("r.unit IN ({})", list.join(", ")));
        }
    }
    if let Some(at) = cursor {
        let (k, o) = (value(at.key.into()), value(at.ord.into()));
        let op = if at.back { "<" } else { ">" };
        wheres.push(format!("({KEY} {op} {k} OR ({KEY} = {k} AND r.ord {op} {o}))"));
    }
    (format!("FROM {from} WHERE {}", wheres.join(" AND ")), values)
}

/// A page of a queue, at most `limit` rows, in its order.
pub(crate) fn page(
    tx: &mut dyn Tx,
    which: &Which,
    within: &Within,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Request>> {
    let back = cursor.is_some_and(|c| c.back);
    let order = if back { "DESC" } else { "ASC" };
    let (from, mut values) = compose(which, within, cursor);
    values.push(limit.into());
    let sql =
        format!("SELECT {} {from} ORDER BY {KEY} {order}, r.ord {order} LIMIT ${}", columns!(), values.len());
    let mut rows = tx.query_map(&Stmt::dynamic("requests::queue", sql), &values, read)?;
    if back {
        rows.reverse();
    }
    Ok(rows)
}

/// How many wait, counted up to `cap`; more than that is told as "more than".
pub(crate) fn count(tx: &mut dyn Tx, which: &Which, within: &Within, cap: i64) -> Result<i64> {
    let (from, mut values) = compose(which, within, None);
    values.push((cap + 1).into());
    let sql = format!("SELECT COUNT(*) FROM (SELECT 1 AS one {from} LIMIT ${}) AS t", values.len());
    tx.scalar(&Stmt::dynamic("requests::queue_count", sql), &values)
}
