//! How long who asked is kept, holds by law, and texts as they are left when it is forgotten.

use crate::model::Request;
use db::{Tx, params};
use kernel::{AccountId, PersonId, RequestId, Result, Timestamp, UnitId};

db::statements! {
    pub(crate) KEEP_UNTIL = "INSERT INTO request_keeping (request, forget_at) VALUES ($1, $2) \
        ON CONFLICT (request) DO UPDATE SET forget_at = excluded.forget_at";
    pub(crate) KEEP_ON = "DELETE FROM request_keeping WHERE request = $1";
    pub(crate) FORGET_DUE = "SELECT request FROM request_keeping WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2";
    pub(crate) FORGET_AT = "SELECT forget_at FROM request_keeping WHERE request = $1";
    pub(crate) HOLD = "INSERT INTO request_holds (request, held_at, account, reason) VALUES ($1, $2, $3, $4)";
    pub(crate) RELEASE = "UPDATE request_holds SET released_at = $2 WHERE request = $1 AND released_at IS NULL";
    pub(crate) HELD = "SELECT held_at, account, reason FROM request_holds \
        WHERE request = $1 AND released_at IS NULL ORDER BY held_at LIMIT 1";
    /// An open case in which somebody still has a part: who asked for another one that was merged into it.
    pub(crate) STILL_NEEDED = "SELECT 1 FROM request_joined j JOIN requests r ON r.id = j.request \
        WHERE j.person = $1 AND r.ended_at IS NULL LIMIT 1";
    pub(crate) LEAVE_REQUEST = "UPDATE requests SET title = $2, body = $3, place_text = $4, answers = $5, \
        answer = $6, public_title = $7, public_body = $8 WHERE id = $1";
    pub(crate) LEAVE_ENTRY = "UPDATE request_entries SET body = $3 WHERE request = $1 AND seq = $2";
    pub(crate) LEAVE_JOINED = "UPDATE request_joined SET words = $3 WHERE request = $1 AND person = $2";
    pub(crate) LEAVE_WORD = "UPDATE request_words SET note = $4 WHERE request = $1 AND round = $2 AND person = $3";
    pub(crate) LEAVE_ATTEMPT = "UPDATE request_attempts SET note = $4 WHERE request = $1 AND round = $2 AND at = $3";
    pub(crate) LEAVE_HELPER = "UPDATE request_helpers SET question = $3, report = $4 \
        WHERE request = $1 AND unit = $2";
    pub(crate) LEAVE_SUPERVISION = "UPDATE request_supervisions SET words = $3 WHERE request = $1 AND grade = $2";
}

/// Sets when who asked is forgotten; none while the case is open.
pub(crate) fn keep(tx: &mut dyn Tx, id: RequestId, until: Option<Timestamp>) -> Result<()> {
    match until {
        Some(at) => tx.execute(&KEEP_UNTIL, &params![id, at]).map(drop),
        None => tx.execute(&KEEP_ON, &params![id]).map(drop),
    }
}

/// The cases whose people are to be forgotten by now, the longest due first.
pub(crate) fn due(tx: &mut dyn Tx, at: Timestamp, limit: i64) -> Result<Vec<RequestId>> {
    tx.query_map(&FORGET_DUE, &params![at, limit], |r| r.get(0))
}

/// When who asked is to be forgotten.
pub(crate) fn until(tx: &mut dyn Tx, id: RequestId) -> Result<Option<Timestamp>> {
    tx.query_opt(&FORGET_AT, &params![id])?.map(|r| r.get(0)).transpose()
}

/// A hold by law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Since when.
    pub held_at: Timestamp,
    /// Who placed it.
    pub account: AccountId,
    /// Why.
    pub reason: String,
}

/// Places a hold.
pub(crate) fn hold(tx: &mut dyn Tx, id: RequestId, hold: &Hold) -> Result<()> {
    tx.execute(&HOLD, &params![id, hold.held_at, hold.account, &hold.reason]).map(drop)
}

/// Ends the hold that stands; whether one stood.
pub(crate) fn release(tx: &mut dyn Tx, id: RequestId, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&RELEASE, &params![id, at])? > 0)
}

/// The hold that stands.
pub(crate) fn held(tx: &mut dyn Tx, id: RequestId) -> Result<Option<Hold>> {
    let row = tx.query_opt(&HELD, &params![id])?;
    row.map(|r| Ok(Hold { held_at: r.get(0)?, account: r.get(1)?, reason: r.get(2)? })).transpose()
}

/// Whether somebody still has a part in an open case.
pub(crate) fn still_needed(tx: &mut dyn Tx, person: PersonId) -> Result<bool> {
    tx.exists(&STILL_NEEDED, &params![person])
}

/// Writes the texts of the row as they are left.
pub(crate) fn leave_request(tx: &mut dyn Tx, r: &Request) -> Result<()> {
    let values = params![
        r.id,
        &r.title,
        &r.body,
        &r.place_text,
        r.answers.to_string(),
        r.answer.as_deref(),
        &r.public_title,
        &r.public_body
    ];
    tx.execute(&LEAVE_REQUEST, &values).map(drop)
}

/// A text beside the row, by what names it.
pub(crate) enum Beside {
    /// An entry.
    Entry(i64),
    /// What somebody said when they joined.
    Joined(PersonId),
    /// What somebody said of an answer.
    Word(i64, PersonId),
    /// A remark on a call.
    Attempt(i64, Timestamp),
    /// An order of supervision.
    Supervision(i64),
}

/// Writes a text beside the row as it is left.
pub(crate) fn leave(tx: &mut dyn Tx, id: RequestId, which: &Beside, text: &str) -> Result<()> {
    match which {
        Beside::Entry(seq) => tx.execute(&LEAVE_ENTRY, &params![id, *seq, text]),
        Beside::Joined(person) => tx.execute(&LEAVE_JOINED, &params![id, *person, text]),
        Beside::Word(round, person) => tx.execute(&LEAVE_WORD, &params![id, *round, *person, text]),
        Beside::Attempt(round, at) => tx.execute(&LEAVE_ATTEMPT, &params![id, *round, *at, text]),
        Beside::Supervision(grade) => tx.execute(&LEAVE_SUPERVISION, &params![id, *grade, text]),
    }
    .map(drop)
}

/// Writes what a helping unit was asked and said as it is left.
pub(crate) fn leave_helper(
    tx: &mut dyn Tx,
    id: RequestId,
    unit: UnitId,
    question: &str,
    report: &str,
) -> Result<()> {
    tx.execute(&LEAVE_HELPER, &params![id, unit, question, report]).map(drop)
}
