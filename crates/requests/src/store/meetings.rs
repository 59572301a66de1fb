//! Villagers' meetings: when, where, who held them, and which needs were noted there.

use crate::store::request::{columns, read};
use db::{Row, Tx, params};
use kernel::{AccountId, Date, RequestId, Result, Timestamp, UnitId, Uuid};

db::statements! {
    pub(crate) INSERT = "INSERT INTO request_meetings (id, held_on, place, host, present, unit, account, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
    pub(crate) INSERT_ROW = "INSERT INTO request_meeting_rows (meeting, row_number, request) VALUES ($1, $2, $3)";
    pub(crate) GET = "SELECT id, held_on, place, host, present, unit, account, at FROM request_meetings WHERE id = $1";
    pub(crate) ROWS = concat!("SELECT ", columns!(), " FROM request_meeting_rows m JOIN requests r ON r.id = m.request \
        WHERE m.meeting = $1 AND r.shielded = 0 ORDER BY m.row_number");
    pub(crate) LATEST = "SELECT id, held_on, place, host, present, unit, account, at FROM request_meetings \
        WHERE unit = $1 ORDER BY held_on DESC, id DESC LIMIT $2";
}

/// A meeting as it was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Its id, made when the form was opened.
    pub id: Uuid,
    /// The day.
    pub held_on: Date,
    /// The village.
    pub place: UnitId,
    /// Who held it.
    pub host: String,
    /// How many were there.
    pub present: i64,
    /// The unit that noted it down.
    pub unit: UnitId,
    /// Who noted it down.
    pub account: AccountId,
    /// When it was noted down.
    pub at: Timestamp,
}

fn meeting(row: &Row) -> Result<Meeting> {
    Ok(Meeting {
        id: row.get(0)?,
        held_on: row.get(1)?,
        place: row.get(2)?,
        host: row.get(3)?,
        present: row.get(4)?,
        unit: row.get(5)?,
        account: row.get(6)?,
        at: row.get(7)?,
    })
}

/// Writes a meeting; `false` where it is there already.
pub(crate) fn insert(tx: &mut dyn Tx, m: &Meeting) -> Result<bool> {
    let values = params![m.id, m.held_on, m.place, &m.host, m.present, m.unit, m.account, m.at];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

/// Notes that a need was told there, as the `number`-th.
pub(crate) fn insert_row(tx: &mut dyn Tx, meeting: Uuid, number: i64, request: RequestId) -> Result<()> {
    tx.execute(&INSERT_ROW, &params![meeting, number, request]).map(drop)
}

/// The meeting with this id.
pub(crate) fn get(tx: &mut dyn Tx, id: Uuid) -> Result<Option<Meeting>> {
    tx.query_opt(&GET, &params![id])?.as_ref().map(meeting).transpose()
}

/// The needs told at a meeting, in their order.
pub(crate) fn rows(tx: &mut dyn Tx, id: Uuid) -> Result<Vec<crate::model::Request>> {
    tx.query_map(&ROWS, &params![id], read)
}

/// The latest meetings that a unit noted down.
pub(crate) fn latest(tx: &mut dyn Tx, unit: UnitId, most: i64) -> Result<Vec<Meeting>> {
    tx.query_map(&LATEST, &params![unit, most], meeting)
}
