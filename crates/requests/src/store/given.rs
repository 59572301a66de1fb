//! Numbers that were given, and what became of them in public: read by ranges of one series.

use db::{Tx, params};
use kernel::{Result, Timestamp};

db::statements! {
    pub(crate) SERIES = "SELECT series, year, last FROM request_series WHERE last > 0 ORDER BY series, year";
    /// Whether a number's first event is among so many leaves.
    pub(crate) NUMBER_SEALED = "SELECT 1 FROM requests r JOIN journal_leaves l ON l.stream = r.id AND l.seq = 1
        WHERE r.number = $1 AND l.idx < $2";
    /// What became of the numbers of a range whose running part has the same length.
    pub(crate) NUMBERS_BY_STATE = "SELECT CASE WHEN public_state = 'shown' AND received_at > $4 THEN 'early'
            ELSE public_state END AS why, CAST(COUNT(*) AS BIGINT)
        FROM requests WHERE number >= $1 AND number <= $2 AND LENGTH(number) = $3 GROUP BY why";
    pub(crate) NUMBERS_LISTED = "SELECT number, CASE WHEN public_state = 'shown' AND received_at > $4 THEN 'early'
            ELSE public_state END, received_at, public_title
        FROM requests WHERE number >= $1 AND number <= $2 AND LENGTH(number) = $3 ORDER BY number";
}

/// A series of one year and the last number that it has given.
pub(crate) struct Series {
    pub(crate) series: String,
    pub(crate) year: i64,
    pub(crate) last: i64,
}

/// Every series that has given a number.
pub(crate) fn series(tx: &mut dyn Tx) -> Result<Vec<Series>> {
    tx.query_map(&SERIES, &[], |r| Ok(Series { series: r.get(0)?, year: r.get(1)?, last: r.get(2)? }))
}

/// Whether the first event of the case with this number is among the first `size` leaves.
pub(crate) fn sealed(tx: &mut dyn Tx, number: &str, size: i64) -> Result<bool> {
    tx.exists(&NUMBER_SEALED, &params![number, size])
}

/// A number with what everybody may know of it.
pub(crate) struct Listed {
    pub(crate) number: String,
    /// Its public state, or `early` where it is shown later.
    pub(crate) why: String,
    pub(crate) received_at: Timestamp,
    pub(crate) public_title: String,
}

/// How many of the numbers between these two are in which state; both have the same length.
pub(crate) fn counts(tx: &mut dyn Tx, from: &str, to: &str, early: Timestamp) -> Result<Vec<(String, i64)>> {
    let length = from.len() as i64;
    tx.query_map(&NUMBERS_BY_STATE, &params![from, to, length, early], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// The numbers between these two; both have the same length.
pub(crate) fn listed(tx: &mut dyn Tx, from: &str, to: &str, early: Timestamp) -> Result<Vec<Listed>> {
    let length = from.len() as i64;
    tx.query_map(&NUMBERS_LISTED, &params![from, to, length, early], |r| {
        Ok(Listed { number: r.get(0)?, why: r.get(1)?, received_at: r.get(2)?, public_title: r.get(3)? })
    })
}
