//! Wishes on the wall.

use super::request::{columns, read};
use crate::model::Request;
use db::{Tx, params};
use kernel::{Result, Timestamp};

db::statements! {
    // The operators keep the engine from the indexes of all states, so that it takes those of wishes.
    /// Wishes that anybody may take up, the longest waiting first.
    pub(crate) OPEN_WISHES = concat!("SELECT ", columns!(), " FROM requests r WHERE r.kind = 'wish' \
        AND r.ended_at IS NULL AND r.state || '' = 'registered' AND r.public_state || '' = 'shown' AND r.shielded = 0 \
        ORDER BY r.ord LIMIT $1");
    /// Wishes of which the person said that they came true, the latest first.
    pub(crate) WISHES_DONE = concat!("SELECT ", columns!(), " FROM requests r WHERE r.kind = 'wish' \
        AND r.ended_at >= $1 AND r.state || '' = 'closed' AND r.word = 'solved' AND r.public_state || '' = 'shown' \
        AND r.shielded = 0 ORDER BY r.ended_at DESC, r.ord DESC LIMIT $2");
}

/// Wishes that anybody may take up, the longest waiting first, `most` at most.
pub(crate) fn open(tx: &mut dyn Tx, most: i64) -> Result<Vec<Request>> {
    tx.query_map(&OPEN_WISHES, &params![most], read)
}

/// Wishes that came true since `from`, by the word of those who made them; the latest first, `most` at most.
pub(crate) fn done(tx: &mut dyn Tx, from: Timestamp, most: i64) -> Result<Vec<Request>> {
    tx.query_map(&WISHES_DONE, &params![from, most], read)
}
