//! Leaving a record without words once its time is over. When that is, and what holds it back, is the business of whoever
//! knows what the record means.

use crate::confirm::OWN;
use crate::model::Record;
use crate::store;
use access::vault;
use db::{Tx, params};
use journal::{Link, NewEvent};
use kernel::{Actor, Date, Error, RecordId, Result, Timestamp};
use serde_json::{Value, json};

/// What is left of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// Its text, without anything that somebody said or wrote.
    pub text: String,
    /// Its particulars, likewise.
    pub data: Value,
}

/// The records of a kind that happened before a day and are neither forgotten nor put off until after `today`, the longest
/// ago first.
///
/// Errors: those of the database.
pub fn to_forget(tx: &mut dyn Tx, kind: &str, before: Date, today: Date, most: i64) -> Result<Vec<RecordId>> {
    tx.query_map(&store::TO_FORGET, &params![kind, before, today, most], |r| r.get(0))
}

/// Puts off until a day what something holds back.
///
/// Errors: those of the database.
pub fn put_off(tx: &mut dyn Tx, id: RecordId, until: Date) -> Result<()> {
    tx.execute(&store::PUT_OFF, &params![id, until]).map(drop)
}

/// Leaves a record with `left` alone: the words that were sealed are destroyed with their key, and
/// with them the salt of what it was bound by. With its event. One that
/// was forgotten stays as it is.
///
/// Errors: those of the database.
pub fn forget(tx: &mut dyn Tx, actor: &Actor, at: Timestamp, record: &Record, left: &Left) -> Result<()> {
    if record.forgotten_at.is_some() {
        return Ok(());
    }
    vault::texts::forget(tx, record.id.0, OWN)?;
    let prev = Link { seq: record.seq, hash: record.head.as_slice().try_into().map_err(Error::internal)? };
    let event = NewEvent {
        stream_kind: "record",
        stream: record.id.0,
        at,
        actor,
        kind: "forget",
        payload: json!({ "why": "due" }),
    };
    let stored = journal::append_at(tx, &prev, &event)?;
    let data = serde_json::to_string(&left.data).map_err(Error::internal)?;
    let hash = stored.hash.to_vec();
    let values = params![record.id, left.text.as_str(), data, at, stored.seq, hash, Vec::<u8>::new()];
    tx.execute(&store::FORGET, &values).map(drop)
}
