//! The times that are drawn of, and what could be drawn of them.

use db::{Row, Tx, params};
use kernel::{Date, RequestId, Result, Timestamp, UnitId};
use rules::lot::Hash;

macro_rules! lot_columns {
    () => {
        "from_day, to_day, committed_at, commitment, drawn_at, cases, drawn, hash, void"
    };
}

db::statements! {
    pub(crate) INSERT_LOT = "INSERT INTO request_lots (from_day, to_day, committed_at, commitment, cases, drawn, \
        sheet, void) VALUES ($1, $2, $3, $4, 0, 0, '', '') ON CONFLICT (from_day) DO NOTHING";
    pub(crate) LOTS = concat!("SELECT ", lot_columns!(), " FROM request_lots WHERE from_day < $1 \
        ORDER BY from_day DESC LIMIT $2");
    pub(crate) LOT = concat!("SELECT ", lot_columns!(), " FROM request_lots WHERE from_day = $1");
    pub(crate) LOTS_UNDRAWN = concat!("SELECT ", lot_columns!(), " FROM request_lots \
        WHERE drawn_at IS NULL AND void = '' ORDER BY from_day");
    pub(crate) LOT_SHEET = "SELECT sheet FROM request_lots WHERE from_day = $1";
    pub(crate) SET_DRAWN = "UPDATE request_lots SET drawn_at = $2, cases = $3, drawn = $4, sheet = $5, hash = $6 \
        WHERE from_day = $1 AND drawn_at IS NULL AND void = ''";
    pub(crate) SET_VOID = "UPDATE request_lots SET void = $2 WHERE from_day = $1 AND drawn_at IS NULL AND void = ''";
    /// Everything that was closed from one instant to another and was registered under a head of so many leaves.
    /// The draw knows of a case only through this: what is not to be in it is shut out here.
    pub(crate) CLOSED_IN = "SELECT r.id, r.unit, r.reworks, r.word, r.satisfaction, r.answered_at - r.received_at, \
        r.first_due - r.received_at, w.via, p.fields, l.hash \
        FROM requests r JOIN journal_leaves l ON l.stream = r.id AND l.seq = 1 \
        LEFT JOIN request_words w ON w.request = r.id AND w.round = r.reworks AND w.person = r.person \
        LEFT JOIN persons p ON p.id = r.person AND p.erased_at IS NULL \
        WHERE r.ended_at >= $1 AND r.ended_at < $2 AND r.state IN ('closed', 'unsolvable') AND r.history = 0 \
        AND r.shielded = 0 \
        AND l.idx < $3 ORDER BY l.idx";
}

/// A time that is drawn of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// When its secret was bound.
    pub committed_at: Timestamp,
    /// SHA-256 of the secret.
    pub commitment: Vec<u8>,
    /// When it was drawn.
    pub drawn_at: Option<Timestamp>,
    /// What could be drawn.
    pub cases: i64,
    /// What was.
    pub drawn: i64,
    /// SHA-256 of the sheet.
    pub hash: Option<Vec<u8>>,
    /// Why it was not drawn; empty otherwise.
    pub void: String,
}

fn lot(row: &Row) -> Result<Lot> {
    Ok(Lot {
        from: row.get(0)?,
        to: row.get(1)?,
        committed_at: row.get(2)?,
        commitment: row.get(3)?,
        drawn_at: row.get(4)?,
        cases: row.get(5)?,
        drawn: row.get(6)?,
        hash: row.get(7)?,
        void: row.get(8)?,
    })
}

/// Binds the secret of a time, unless that is done; says whether it was this call.
pub(crate) fn insert(
    tx: &mut dyn Tx,
    from: Date,
    to: Date,
    at: Timestamp,
    commitment: &Hash,
) -> Result<bool> {
    Ok(tx.execute(&INSERT_LOT, &params![from, to, at, commitment.as_slice()])? == 1)
}

/// The last so many that began before a day, latest first.
pub(crate) fn before(tx: &mut dyn Tx, day: &str, limit: i64) -> Result<Vec<Lot>> {
    tx.query_map(&LOTS, &params![day, limit], lot)
}

/// The one that begins on a day.
pub(crate) fn one(tx: &mut dyn Tx, from: Date) -> Result<Option<Lot>> {
    tx.query_opt(&LOT, &params![from])?.as_ref().map(lot).transpose()
}

/// Those that wait for their draw, first to last.
pub(crate) fn undrawn(tx: &mut dyn Tx) -> Result<Vec<Lot>> {
    tx.query_map(&LOTS_UNDRAWN, &[], lot)
}

/// The sheet of a draw; empty before.
pub(crate) fn sheet(tx: &mut dyn Tx, from: Date) -> Result<String> {
    tx.query_opt(&LOT_SHEET, &params![from])?.map_or(Ok(String::new()), |r| r.get(0))
}

/// Keeps a draw, unless one is kept; says whether it was this call.
pub(crate) fn set_drawn(
    tx: &mut dyn Tx,
    from: Date,
    at: Timestamp,
    (cases, drawn): (usize, usize),
    sheet: &str,
    hash: &Hash,
) -> Result<bool> {
    let values = params![from, at, cases as i64, drawn as i64, sheet, hash.as_slice()];
    Ok(tx.execute(&SET_DRAWN, &values)? == 1)
}

/// Notes why a time is not drawn of; says whether it was this call.
pub(crate) fn set_void(tx: &mut dyn Tx, from: Date, why: &str) -> Result<bool> {
    Ok(tx.execute(&SET_VOID, &params![from, why])? == 1)
}

/// A closed case as the lot looks at it.
pub(crate) struct Closed {
    pub(crate) id: RequestId,
    pub(crate) unit: UnitId,
    pub(crate) reworks: i64,
    pub(crate) word: Option<String>,
    pub(crate) satisfaction: Option<i64>,
    pub(crate) took: Option<i64>,
    pub(crate) had: Option<i64>,
    pub(crate) via: Option<String>,
    /// Which facts of the person are known, as `access::identity` counts them.
    pub(crate) fields: Option<i64>,
    pub(crate) seal: Vec<u8>,
}

/// What was closed from one instant to another, of what the first `size` leaves hold.
pub(crate) fn closed(tx: &mut dyn Tx, from: Timestamp, to: Timestamp, size: u64) -> Result<Vec<Closed>> {
    let size = i64::try_from(size).map_err(kernel::Error::internal)?;
    tx.query_map(&CLOSED_IN, &params![from, to, size], |r| {
        Ok(Closed {
            id: r.get(0)?,
            unit: r.get(1)?,
            reworks: r.get(2)?,
            word: r.get(3)?,
            satisfaction: r.get(4)?,
            took: r.get(5)?,
            had: r.get(6)?,
            via: r.get(7)?,
            fields: r.get(8)?,
            seal: r.get(9)?,
        })
    })
}
