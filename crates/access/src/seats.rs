//! What access needs to know of a unit: its path and name. Whoever keeps the units writes this in
//! the same transaction, so that a unit that moves takes its people's reach along.

use crate::store;
use db::{Row, Tx, params};
use kernel::{Result, Text, UnitId};

/// A unit as far as scope needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The unit.
    pub unit: UnitId,
    /// Codes from the root, `/`-separated, beginning and ending in `/`.
    pub path: String,
    /// The path of the area it serves: a centre serves the area of the unit that it is an office
    /// of, everybody else their own.
    pub serves: String,
    /// Its name.
    pub name: Text,
}

/// Writes or replaces what is known of a unit.
pub fn put(tx: &mut dyn Tx, seat: &Seat) -> Result<()> {
    let values = params![
        seat.unit,
        seat.path.as_str(),
        seat.serves.as_str(),
        seat.name.zh.as_str(),
        seat.name.en.as_str()
    ];
    tx.execute(&store::SEAT_PUT, &values).map(|_| ())
}

/// What is known of a unit.
pub fn get(tx: &mut dyn Tx, unit: UnitId) -> Result<Option<Seat>> {
    tx.query_opt(&store::SEAT_BY_ID, &params![unit])?.as_ref().map(seat).transpose()
}

/// The one unit with exactly this name or code; none where there are several.
pub fn named(tx: &mut dyn Tx, name_or_code: &str) -> Result<Option<Seat>> {
    let code = crate::accounts::escaped(name_or_code);
    let found = tx.query_map(&store::SEATS_NAMED, &params![name_or_code, format!("%/{code}/")], seat)?;
    Ok(if found.len() == 1 { found.into_iter().next() } else { None })
}

fn seat(row: &Row) -> Result<Seat> {
    Ok(Seat {
        unit: row.get(0)?,
        path: row.get(1)?,
        serves: row.get(2)?,
        name: Text::new(row.get::<String>(3)?, row.get::<String>(4)?),
    })
}
