//! The queues: cases that wait for somebody with a certain part, what is due first at the top; proposals of supervision
//! and what the public is to see by how long they wait.

use crate::model::Request;
use crate::store::filter::Cursor;
use crate::store::request::{columns, read};
use db::{Stmt, Tx, Value, params};
use kernel::{AccountId, Result, Timestamp, UnitId};
use rules::case::State;

db::statements! {
    pub(crate) SOME_OPEN = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM request_reach WHERE unit = $1 AND live = 1 LIMIT $2) AS t";
}

/// How far the reader reaches with the part that the queue is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// The whole site.
    Site,
    /// What stands in the ledger of one of these units; nothing where there is none.
    Units(Vec<UnitId>),
    /// What one of these units handles itself and waits for its lead.
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
    Cursor { key: key(r), ord: r.id.ord(), back }
}

fn key(r: &Request) -> i64 {
    r.step_due.or(r.answer_due).map_or(i64::MAX, |t| t.0)
}

/// What a queue is sorted by; what has no date comes last. The index `requests_queue` has it in these words.
const KEY: &str = "COALESCE(r.step_due, r.answer_due, 9223372036854775807)";

/// Units with at most so many open cases have them looked through one by one; for others a queue is gone through in its
/// order.
const FEW: i64 = 2_000;

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

/// A part of a queue that lies in one order.
struct Part<'a> {
    which: &'a Which,
    /// The state, where the queue is of states.
    state: Option<State>,
    within: &'a Within,
    /// The units have few open cases: those are gone through.
    few: bool,
}

impl Part<'_> {
    /// What its rows are sorted by. Proposals go by when they were made, what the public is to see by when it came:
    /// neither has a date of its own by which somebody decides.
    fn order(&self) -> [&'static str; 2] {
        match self.which {
            Which::Proposed => ["s.proposed_at", "r.ord"],
            Which::Unmoderated => ["r.ord", "r.ord"],
            _ => [KEY, "r.ord"],
        }
    }

    fn compose(&self, cursor: Option<Cursor>) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = Vec::new();
        let mut value = |v: Value| {
            values.push(v);
            format!("${}", values.len())
        };
        let mut from = "requests r".to_owned();
        let mut wheres = vec!["r.shielded = 0".to_owned()];
        // An operator keeps the engine from the index of the state where the units' cases are gone through.
        let aside = if self.few { " || ''" } else { "" };
        if let Some(state) = self.state {
            wheres.push(format!("r.state{aside} = '{}' AND r.ended_at IS NULL", state.key()));
        }
        match self.which {
            Which::In(_) => {}
            Which::ToCall { before, day, not } => {
                wheres.push("r.person IS NOT NULL".to_owned());
                let before = value((*before).into());
                wheres.push(format!(
                    "EXISTS (SELECT 1 FROM request_clocks c WHERE c.request = r.id AND c.kind = 'evaluation' \
                     AND c.stopped_at IS NULL AND c.started_at <= {before})"
                ));
                if !day.is_empty() {
                    let day = value(day.as_str().into());
                    wheres.push(format!(
                        "NOT EXISTS (SELECT 1 FROM request_attempts a WHERE a.request = r.id AND a.round = r.reworks AND a.day = {day})"
                    ));
                }
                not_own(not, &mut value, &mut wheres);
            }
            Which::Drawn { since, day, not } => {
                wheres.push("r.state IN ('closed', 'unsolvable')".to_owned());
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
            // The first of a case that is undecided stands for it.
            Which::Proposed => {
                from = "request_supervisions s CROSS JOIN requests r".to_owned();
                wheres.push(
                    "r.id = s.request AND r.ended_at IS NULL AND s.issued_at IS NULL AND s.dismissed_at IS NULL \
                     AND s.live = 1 AND NOT EXISTS (SELECT 1 FROM request_supervisions o WHERE o.request = s.request \
                     AND o.issued_at IS NULL AND o.dismissed_at IS NULL AND o.live = 1 AND o.grade < s.grade)"
                        .to_owned(),
                );
            }
            Which::Supervised => wheres.push("r.supervised <> 0 AND r.ended_at IS NULL".to_owned()),
            Which::Unmoderated => wheres.push("r.public_state = 'waiting'".to_owned()),
        }
        match self.within {
            Within::Site => {}
            Within::Units(units) | Within::Own(units) if units.is_empty() => wheres.push("1 = 0".to_owned()),
            Within::Units(units) | Within::Own(units) => {
                let list: Vec<String> = units.iter().map(|u| value((*u).into())).collect();
                let list = list.join(", ");
                if matches!(self.within, Within::Own(_)) {
                    // In the words of the index `requests_lead`.
                    wheres.push(format!(
                        "r.unit IN ({list}) AND r.state IN ('assigned', 'accepted', 'judged')"
                    ));
                } else if self.few {
                    wheres.push(format!(
                        "r.ord IN (SELECT x.ord FROM request_reach x WHERE x.unit IN ({list}) AND x.live = 1)"
                    ));
                } else {
                    wheres.push(format!(
                        "EXISTS (SELECT 1 FROM request_reach x WHERE x.request = r.id AND x.unit IN ({list}))"
                    ));
                }
            }
        }
        if let Some(at) = cursor {
            let (k, o) = (value(at.key.into()), value(at.ord.into()));
            let op = if at.back { "<" } else { ">" };
            let [key, ord] = self.order();
            wheres.push(match key == ord {
                true => format!("{ord} {op} {o}"),
                false => format!("({key} {op} {k} OR ({key} = {k} AND {ord} {op} {o}))"),
            });
        }
        (format!("FROM {from} WHERE {}", wheres.join(" AND ")), values)
    }
}

/// The parts of a queue, each of which lies in one order.
fn parts<'a>(tx: &mut dyn Tx, which: &'a Which, within: &'a Within) -> Result<Vec<Part<'a>>> {
    let states: Vec<Option<State>> = match which {
        Which::In(states) => states.iter().copied().map(Some).collect(),
        Which::ToCall { .. } => vec![Some(State::Answered)],
        _ => vec![None],
    };
    let few = match within {
        Within::Units(units) | Within::Own(units) if states.iter().any(Option::is_some) => {
            has_few(tx, units)?
        }
        _ => false,
    };
    Ok(states.into_iter().map(|state| Part { which, state, within, few }).collect())
}

fn has_few(tx: &mut dyn Tx, units: &[UnitId]) -> Result<bool> {
    let mut left = FEW;
    for unit in units {
        left -= tx.scalar::<i64>(&SOME_OPEN, &params![*unit, left + 1])?;
        if left < 0 {
            return Ok(false);
        }
    }
    Ok(true)
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
    let way = if back { "DESC" } else { "ASC" };
    let mut rows: Vec<Request> = Vec::new();
    let parts = parts(tx, which, within)?;
    for part in &parts {
        let (from, mut values) = part.compose(cursor);
        let [key, ord] = part.order();
        values.push(limit.into());
        let sql =
            format!("SELECT {} {from} ORDER BY {key} {way}, {ord} {way} LIMIT ${}", columns!(), values.len());
        rows.extend(tx.query_map(&Stmt::dynamic("requests::queue", sql), &values, read)?);
    }
    if parts.len() > 1 {
        rows.sort_by_key(|r| (key(r), r.id.ord()));
        if back {
            rows.reverse();
        }
        // One that went on between two parts is in both.
        rows.dedup_by_key(|r| r.id);
        rows.truncate(limit as usize);
    }
    if back {
        rows.reverse();
    }
    Ok(rows)
}

/// How many wait, counted up to `cap`; more than that is told as "more than".
pub(crate) fn count(tx: &mut dyn Tx, which: &Which, within: &Within, cap: i64) -> Result<i64> {
    let mut n = 0;
    for part in parts(tx, which, within)? {
        let (from, mut values) = part.compose(None);
        values.push((cap + 1 - n).into());
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 AS one {from} LIMIT ${}) AS t", values.len());
        n += tx.scalar::<i64>(&Stmt::dynamic("requests::queue_count", sql), &values)?;
    }
    Ok(n)
}
