//! Series of numbers: which letters a unit has, and how far it has come in a year.

use db::{Tx, params};
use kernel::{Result, UnitId};

db::statements! {
    pub(crate) TAKE_NUMBERS = "UPDATE request_series SET last = last + $3 WHERE unit = $1 AND year = $2 \
        RETURNING series, last";
    pub(crate) BEGIN_SERIES = "INSERT INTO request_series (unit, year, series, last) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (unit, year) DO UPDATE SET last = request_series.last + excluded.last RETURNING series, last";
    pub(crate) LETTERS = "SELECT letters FROM request_letters WHERE unit = $1";
    pub(crate) GIVE_LETTERS = "INSERT INTO request_letters (unit, letters) VALUES ($1, $2) ON CONFLICT DO NOTHING";
}

/// Numbers taken of a series.
pub(crate) struct Taken {
    pub(crate) series: String,
    /// The last of them.
    pub(crate) last: i64,
}

/// The next `count` running numbers of a unit in a year; none where it has no series in it yet. Gapless,
/// because a rolled-back caller gives them back.
pub(crate) fn take(tx: &mut dyn Tx, unit: UnitId, year: i64, count: i64) -> Result<Option<Taken>> {
    let row = tx.query_opt(&TAKE_NUMBERS, &params![unit, year, count])?;
    row.map(|r| Ok(Taken { series: r.get(0)?, last: r.get(1)? })).transpose()
}

/// Begins the series of a unit in a year, and takes its first numbers.
pub(crate) fn begin(tx: &mut dyn Tx, unit: UnitId, year: i64, series: &str, count: i64) -> Result<Taken> {
    let r = tx.query_one(&BEGIN_SERIES, &params![unit, year, series, count])?;
    Ok(Taken { series: r.get(0)?, last: r.get(1)? })
}

/// The letters of a unit, once it has some.
pub(crate) fn letters(tx: &mut dyn Tx, unit: UnitId) -> Result<Option<String>> {
    tx.query_opt(&LETTERS, &params![unit])?.map(|r| r.get(0)).transpose()
}

/// Gives a unit these letters, unless it has some or another unit has these.
pub(crate) fn give(tx: &mut dyn Tx, unit: UnitId, letters: &str) -> Result<()> {
    tx.execute(&GIVE_LETTERS, &params![unit, letters]).map(drop)
}
