//! What the desk of a member of staff shows besides the ledger: my cases, those of my unit that wait,
//! cases of the same matter or person.

use crate::ctx::Ctx;
use crate::model::Request;
use crate::store::request::{columns, read, word};
use db::{Stmt, Tx, params};
use kernel::{AccountId, PersonId, RequestId, Result, Timestamp, UnitId};
use rules::case::State;

db::statements! {
    // The class is found through its index; COALESCE keeps the engine from taking the place's instead.
    pub(crate) ALIKE = concat!("SELECT ", columns!(), " FROM requests r WHERE r.class = $1 \
        AND COALESCE(r.place, r.first_unit) = $2 AND r.ended_at IS NULL AND r.shielded = 0 AND r.ord >= $3 AND r.id <> $4 \
        ORDER BY r.ord DESC LIMIT 8");
    pub(crate) OF_PERSON = concat!("SELECT ", columns!(), " FROM requests r WHERE r.person = $1 AND r.shielded = 0");
    pub(crate) ASKED_OF = concat!("SELECT ", columns!(), " FROM request_reach x \
        JOIN request_helpers h ON h.request = x.request AND h.unit = x.unit \
        JOIN requests r ON r.id = x.request WHERE x.unit = $1 AND x.live = 1 AND r.shielded = 0 AND h.reported_at IS NULL \
        ORDER BY h.asked_at LIMIT $2");
    pub(crate) RETURNED_BY = "SELECT e.at, r.number, r.title, r.state, r.unit, r.first_unit \
        FROM request_entries e JOIN requests r ON r.id = e.request \
        WHERE e.verb = 'return' AND e.unit = $1 AND e.at >= $2 AND r.shielded = 0 ORDER BY e.at DESC LIMIT $3";
    pub(crate) OPEN_OF = concat!("SELECT ", columns!(), " FROM requests r WHERE r.officer = $1 AND r.ended_at IS NULL \
        AND r.shielded = 0 ORDER BY r.ord");
    pub(crate) COUNT_OPEN_OF = "SELECT COUNT(*) FROM requests r WHERE r.officer = $1 AND r.ended_at IS NULL \
        AND r.shielded = 0";
    // To sign for, to name an officer for, to sign off: the index `requests_lead` has the states in these words.
    pub(crate) FOR_LEAD = concat!("SELECT ", columns!(), " FROM requests r WHERE r.unit = $1 \
        AND r.state IN ('assigned', 'accepted', 'judged') AND r.shielded = 0 \
        ORDER BY COALESCE(r.step_due, r.answer_due, 9223372036854775807), r.ord LIMIT $2");
    pub(crate) COUNT_FOR_LEAD = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM requests r WHERE r.unit = $1 \
        AND r.state IN ('assigned', 'accepted', 'judged') AND r.shielded = 0 LIMIT $2) AS t";
    pub(crate) COUNT_ASKED_OF = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM request_reach x \
        JOIN request_helpers h ON h.request = x.request AND h.unit = x.unit \
        WHERE x.unit = $1 AND x.live = 1 AND h.reported_at IS NULL LIMIT $2) AS t";
}

/// So long ago a case may have come in to be named as one of the same matter, in milliseconds.
const ALIKE_WITHIN: i64 = 120 * kernel::DAY;

/// Open cases of the same class and place that came in lately and that the reader may see.
pub(crate) fn alike(tx: &mut dyn Tx, ctx: &Ctx, row: &Request) -> Result<Vec<Request>> {
    if row.class.is_empty() {
        return Ok(Vec::new());
    }
    let place = row.place.unwrap_or(row.first_unit);
    let since = (ctx.at.0 - ALIKE_WITHIN).clamp(0, (1 << 42) - 1) << 21;
    let mut all = tx.query_map(&ALIKE, &params![&row.class, place, since, row.id], read)?;
    all.retain(|r| may_see(ctx, r));
    Ok(all)
}

/// The cases of these persons other than `but`, latest first, those that the reader may see.
pub(crate) fn of_persons(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    all: &[PersonId],
    but: RequestId,
) -> Result<Vec<Request>> {
    let mut out = Vec::new();
    for person in all {
        out.extend(tx.query_map(&OF_PERSON, &params![*person], read)?);
    }
    out.retain(|r| r.id != but && may_see(ctx, r));
    out.sort_by_key(|r| std::cmp::Reverse(r.received_at));
    out.dedup_by_key(|r| r.id);
    Ok(out)
}

/// Whether the reader may look at a case, as far as its row alone says: a shielded one is opened by its number only.
pub(crate) fn may_see(ctx: &Ctx, r: &Request) -> bool {
    if r.shielded {
        return false;
    }
    let also = [ctx.path(r.first_unit)];
    let target = access::Target::at(ctx.path(r.unit)).officer(r.officer).also(&also);
    access::may(&ctx.scope, access::Verb::View, access::Noun::Request, target)
}

/// A list of states for `IN`, written out: they are words of ours.
fn list(states: impl Iterator<Item = State>) -> String {
    states.map(|s| format!("'{}'", s.key())).collect::<Vec<_>>().join(", ")
}

/// The open cases for which somebody answers, what has to be done first at the top.
pub(crate) fn mine(tx: &mut dyn Tx, me: AccountId, most: i64) -> Result<Vec<Request>> {
    let live = list(State::ALL.iter().copied().filter(|s| !s.is_end()));
    let sql = format!(
        "SELECT {} FROM requests r WHERE r.officer = $1 AND r.shielded = 0 AND r.state IN ({live}) \
         ORDER BY COALESCE(r.step_due, r.answer_due, $2), r.ord LIMIT $3",
        columns!()
    );
    tx.query_map(&Stmt::dynamic("requests::mine", sql), &params![me, i64::MAX, most], read)
}

/// All open cases for which somebody answers, the first that came at the top.
pub(crate) fn open_of(tx: &mut dyn Tx, officer: AccountId) -> Result<Vec<Request>> {
    tx.query_map(&OPEN_OF, &params![officer], read)
}

/// How many open cases somebody answers for.
pub(crate) fn count_open_of(tx: &mut dyn Tx, officer: AccountId) -> Result<i64> {
    tx.scalar(&COUNT_OPEN_OF, &params![officer])
}

/// The cases of a unit that wait for its lead, what has to be done first at the top.
pub(crate) fn for_lead(tx: &mut dyn Tx, unit: UnitId, most: i64) -> Result<Vec<Request>> {
    tx.query_map(&FOR_LEAD, &params![unit, most], read)
}

/// The cases in which a unit was asked to help and has not reported.
pub(crate) fn asked_of(tx: &mut dyn Tx, unit: UnitId, most: i64) -> Result<Vec<Request>> {
    tx.query_map(&ASKED_OF, &params![unit, most], read)
}

/// How many cases in one of these states somebody answers for, counted up to `cap`: one more stands for
/// "more than that".
pub(crate) fn count_mine(tx: &mut dyn Tx, me: AccountId, states: &[State], cap: i64) -> Result<i64> {
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM requests r \
         WHERE r.officer = $1 AND r.shielded = 0 AND r.state IN ({}) LIMIT $2) AS t",
        list(states.iter().copied())
    );
    tx.scalar(&Stmt::dynamic("requests::count_mine", sql), &params![me, cap + 1])
}

/// How many cases of a unit wait for its lead, counted up to `cap`.
pub(crate) fn count_for_lead(tx: &mut dyn Tx, unit: UnitId, cap: i64) -> Result<i64> {
    tx.scalar(&COUNT_FOR_LEAD, &params![unit, cap + 1])
}

/// In how many cases a unit was asked to help and has not reported, counted up to `cap`.
pub(crate) fn count_asked_of(tx: &mut dyn Tx, unit: UnitId, cap: i64) -> Result<i64> {
    tx.scalar(&COUNT_ASKED_OF, &params![unit, cap + 1])
}

/// A case that a unit sent back: what it knows of it since.
pub(crate) struct SentBack {
    pub(crate) at: Timestamp,
    pub(crate) number: String,
    pub(crate) title: String,
    /// Whether it has been decided which unit answers.
    pub(crate) decided: bool,
    /// The unit that has it now.
    pub(crate) unit: UnitId,
    /// The one that decides first.
    pub(crate) first_unit: UnitId,
}

/// What a unit sent back since, latest first; not what has come back to it.
pub(crate) fn returned_by(
    tx: &mut dyn Tx,
    unit: UnitId,
    since: Timestamp,
    most: i64,
) -> Result<Vec<SentBack>> {
    let mut all = tx.query_map(&RETURNED_BY, &params![unit, since, most], |row| {
        let state: String = row.get(3)?;
        let state = word("state", &state, State::from_key(&state))?;
        Ok(SentBack {
            at: row.get(0)?,
            number: row.get(1)?,
            title: row.get(2)?,
            decided: !matches!(state, State::Returned | State::Arbitration),
            unit: row.get(4)?,
            first_unit: row.get(5)?,
        })
    })?;
    all.retain(|r| r.unit != unit);
    let mut seen = std::collections::HashSet::new();
    all.retain(|r| seen.insert(r.number.clone()));
    Ok(all)
}
