//! How cases stood before: the row as it was before each change, and the requests of a past instant as a table.
//!
//! ```text
//!  request_was ── the first row that ended after the instant ──┐
//!  requests    ── where there is none: nothing changed since ──┴──▶ the requests as they were known then
//!  journal     ── what was registered later was not known, whenever it says that it was received
//! ```

use crate::model::Request;
use db::{Tx, Value, params};
use kernel::{Result, Timestamp};

db::statements! {
    pub(crate) INSERT_WAS = "INSERT INTO request_was (request, seq, until, kind, class, urgency, place, state, unit, \
        officer, first_due, answer_due, step_due, owed, answered_at, ended_at, unsolvable, word, satisfaction, \
        returns, reworks, extensions, supervised, public_state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
        $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";
}

/// What of a row a ledger of a past day goes by: all that a step changes but texts.
pub(crate) type Facts = [Value; 21];

/// The facts of a row.
pub(crate) fn facts(r: &Request) -> Facts {
    params![
        r.kind.key(),
        &r.class,
        r.urgency.key(),
        r.place,
        r.state.key(),
        r.unit,
        r.officer,
        r.first_due,
        r.answer_due,
        r.step_due,
        r.owed(),
        r.answered_at,
        r.ended_at,
        r.unsolvable,
        r.word.map(|w| w.key()),
        r.satisfaction.map(|s| s.grade()),
        r.returns,
        r.reworks,
        r.extensions,
        r.supervised,
        r.public_state.key()
    ]
}

/// The parameters of [`INSERT_WAS`], where `after` differs from what was stored in what a ledger goes by. The
/// event is the one that `after` names.
pub(crate) fn values(stored: &Facts, after: &Request, at: Timestamp) -> Option<[Value; 24]> {
    if *stored == facts(after) {
        return None;
    }
    let mut all: Vec<Value> = params![after.id, after.seq, at].to_vec();
    all.extend(stored.iter().cloned());
    all.try_into().ok()
}

/// Keeps how a case stood until `at`.
pub(crate) fn keep(tx: &mut dyn Tx, stored: &Facts, after: &Request, at: Timestamp) -> Result<()> {
    values(stored, after, at).map_or(Ok(()), |v| tx.put(&INSERT_WAS, &v))
}

/// The requests as they were known at the instant that parameter `at` holds, in the place of the table.
pub(crate) fn table(at: &str) -> String {
    let mut out = String::from(
        "(SELECT c.id, c.ord, c.shielded, c.number, c.code, c.channel, c.track, c.pack, c.title, c.body, c.answers, \
        c.place_text, c.lon_e6, c.lat_e6, c.person, c.first_unit, c.received_at, c.decided, c.public_title, c.public_body, \
        c.merged_into, c.history, c.source, c.seq, c.head, c.public_state AS public_now",
    );
    for name in [
        "kind",
        "class",
        "urgency",
        "place",
        "state",
        "unit",
        "officer",
        "first_due",
        "answer_due",
        "step_due",
        "owed",
        "answered_at",
        "ended_at",
        "unsolvable",
        "word",
        "satisfaction",
        "returns",
        "reworks",
        "extensions",
        "supervised",
        "public_state",
    ] {
        out.push_str(&format!(", CASE WHEN w.request IS NULL THEN c.{name} ELSE w.{name} END AS {name}"));
    }
    // The answer of that time stands in the timeline.
    out.push_str(&format!(
        ", CASE WHEN w.request IS NULL THEN c.answer WHEN w.answered_at IS NULL THEN NULL ELSE \
         (SELECT e.body FROM request_entries e WHERE e.request = c.id AND e.seq < w.seq \
         AND e.verb IN ('answer', 'decline', 'settle') ORDER BY e.seq DESC LIMIT 1) END AS answer \
         FROM requests c JOIN journal k ON k.stream = c.id AND k.seq = 1 AND k.at <= {at} \
         LEFT JOIN request_was w ON w.request = c.id AND w.seq = \
         (SELECT MIN(x.seq) FROM request_was x WHERE x.request = c.id AND x.until > {at}))"
    ));
    out
}
