//! The counters that pages show, kept in the transaction that changes a case.

use db::{Row, Tx, Value, params};
use kernel::{Result, UnitId};

/// What one step adds to (or, for a correction, takes from) the counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken in.
    pub received: i64,
    /// Answered for the first time.
    pub answered: i64,
    /// … in time.
    pub on_time: i64,
    /// The person says it is solved.
    pub solved: i64,
    /// The person says it is not.
    pub not_solved: i64,
    /// Asked, no reply.
    pub no_reply: i64,
    /// Not reached.
    pub not_reached: i64,
    /// Said how satisfied they are.
    pub rated: i64,
    /// … with one of the first three grades.
    pub satisfied: i64,
    /// Ended, in whatever way.
    pub ended: i64,
    /// … because it cannot be solved.
    pub unsolvable: i64,
    /// Reworked at least once.
    pub reworked: i64,
}

impl Counts {
    /// Adds another count to this one.
    pub fn add(&mut self, other: &Counts) {
        self.received += other.received;
        self.answered += other.answered;
        self.on_time += other.on_time;
        self.solved += other.solved;
        self.not_solved += other.not_solved;
        self.no_reply += other.no_reply;
        self.not_reached += other.not_reached;
        self.rated += other.rated;
        self.satisfied += other.satisfied;
        self.ended += other.ended;
        self.unsolvable += other.unsolvable;
        self.reworked += other.reworked;
    }
}

/// The sums of all counters, in the order in which [`read_counts`] takes them.
#[macro_export]
macro_rules! tally_sums {
    () => {
        "CAST(SUM(received) AS BIGINT), CAST(SUM(answered) AS BIGINT), CAST(SUM(on_time) AS BIGINT), \
         CAST(SUM(solved) AS BIGINT), CAST(SUM(not_solved) AS BIGINT), CAST(SUM(no_reply) AS BIGINT), \
         CAST(SUM(not_reached) AS BIGINT), CAST(SUM(rated) AS BIGINT), CAST(SUM(satisfied) AS BIGINT), \
         CAST(SUM(ended) AS BIGINT), CAST(SUM(unsolvable) AS BIGINT), CAST(SUM(reworked) AS BIGINT)"
    };
}

pub use crate::tally_sums as sums;

db::statements! {
    pub(crate) ADD = "INSERT INTO request_tally (dim, key, month, class, received, answered, on_time, solved, \
        not_solved, no_reply, not_reached, rated, satisfied, ended, unsolvable, reworked) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
        ON CONFLICT (dim, key, class, month) DO UPDATE SET \
        received = request_tally.received + excluded.received, answered = request_tally.answered + excluded.answered, \
        on_time = request_tally.on_time + excluded.on_time, solved = request_tally.solved + excluded.solved, \
        not_solved = request_tally.not_solved + excluded.not_solved, \
        no_reply = request_tally.no_reply + excluded.no_reply, \
        not_reached = request_tally.not_reached + excluded.not_reached, \
        rated = request_tally.rated + excluded.rated, satisfied = request_tally.satisfied + excluded.satisfied, \
        ended = request_tally.ended + excluded.ended, unsolvable = request_tally.unsolvable + excluded.unsolvable, \
        reworked = request_tally.reworked + excluded.reworked";
    pub(crate) BY_MONTH = concat!("SELECT month, ", sums!(), " FROM request_tally \
        WHERE dim = $1 AND key = $2 AND class = '' AND month >= $3 AND month <= $4 GROUP BY month ORDER BY month");
    pub(crate) BY_CLASS = concat!("SELECT class, ", sums!(), " FROM request_tally \
        WHERE dim = $1 AND key = $2 AND month >= $3 AND month <= $4 GROUP BY class ORDER BY class");
    pub(crate) TOTAL = concat!("SELECT '', ", sums!(), " FROM request_tally \
        WHERE dim = $1 AND key = $2 AND month >= $3 AND month <= $4");
    pub(crate) OF_CLASSES = concat!("SELECT '', ", sums!(), " FROM request_tally \
        WHERE dim = $1 AND key = $2 AND month >= $3 AND month <= $4 AND class >= $5 AND class < $6");
    pub(crate) OPEN_IN = "SELECT COUNT(*) FROM request_reach WHERE unit = $1 AND live = 1";
}

/// What is open in the ledger of a unit.
///
/// Errors: those of the database.
pub fn open_in(tx: &mut dyn Tx, unit: UnitId) -> Result<i64> {
    tx.scalar(&OPEN_IN, &params![unit])
}

/// Counters of a slot, with what they are grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// A month, a class, or `""` for the total.
    pub by: String,
    /// The counters.
    pub counts: Counts,
}

/// Where a count belongs.
pub(crate) struct Place<'a> {
    pub(crate) dim: &'static str,
    pub(crate) key: UnitId,
    pub(crate) month: &'a str,
    pub(crate) class: &'a str,
}

/// The parameters of [`ADD`]: adds `c` to the counters at `p`.
pub(crate) fn values(p: &Place<'_>, c: &Counts) -> [Value; 16] {
    params![
        p.dim,
        p.key,
        p.month,
        p.class,
        c.received,
        c.answered,
        c.on_time,
        c.solved,
        c.not_solved,
        c.no_reply,
        c.not_reached,
        c.rated,
        c.satisfied,
        c.ended,
        c.unsolvable,
        c.reworked
    ]
}

/// Adds to many counters.
pub(crate) fn add_all(tx: &mut dyn Tx, all: &[[Value; 16]]) -> Result<()> {
    tx.insert_many(&ADD, all)
}

/// Reads the sums of [`sums!`] from position `at`.
pub fn read_counts(row: &Row, at: usize) -> Result<Counts> {
    // A sum over no row is null.
    let n = |i: usize| row.get::<Option<i64>>(at + i).map(|v| v.unwrap_or(0));
    Ok(Counts {
        received: n(0)?,
        answered: n(1)?,
        on_time: n(2)?,
        solved: n(3)?,
        not_solved: n(4)?,
        no_reply: n(5)?,
        not_reached: n(6)?,
        rated: n(7)?,
        satisfied: n(8)?,
        ended: n(9)?,
        unsolvable: n(10)?,
        reworked: n(11)?,
    })
}

fn slot(row: &Row) -> Result<Slot> {
    Ok(Slot { by: row.get(0)?, counts: read_counts(row, 1)? })
}

/// How to group counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By month of receipt.
    Month,
    /// By class of the first level.
    Branch,
    /// By class.
    Class,
    /// Not at all.
    Total,
}

/// The counters of a unit for the months `from..=to`.
pub fn slots(tx: &mut dyn Tx, key: UnitId, from: &str, to: &str, by: By) -> Result<Vec<Slot>> {
    let (dim, stmt) = match by {
        By::Month => ("unit", &BY_MONTH),
        By::Branch => ("branch", &BY_CLASS),
        By::Class => ("class", &BY_CLASS),
        By::Total => ("unit", &TOTAL),
    };
    tx.query(stmt, &params![dim, key, from, to])?.iter().map(slot).collect()
}

/// The counters of a unit for the months `from..=to`, of one class, or of all in a branch; of what has none where `class` is
/// empty.
///
/// Errors: those of the database.
pub fn of_class(tx: &mut dyn Tx, key: UnitId, from: &str, to: &str, class: &str) -> Result<Counts> {
    let dim = if class.contains('.') { "class" } else { "branch" };
    // Codes below another begin with it and a dot, which the stroke follows; the empty one comes before all.
    let end = if class.is_empty() { " ".to_owned() } else { format!("{class}/") };
    let row = tx.query_opt(&OF_CLASSES, &params![dim, key, from, to, class, end])?;
    row.as_ref().map_or(Ok(Counts::default()), |row| read_counts(row, 1))
}
