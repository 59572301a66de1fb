//! Heads that were signed, and the keys they were signed with.

use crate::store::tree as store;
use crate::tree::note::{Checkpoint, PublicKey};
use db::Tx;
use kernel::{Date, Result, Timestamp};

/// A signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number, from 1.
    pub n: i64,
    /// How many leaves it covers.
    pub size: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// The day that it closes; none for those between.
    pub day: Option<Date>,
    /// The newest event's number when it was signed: where the sealer goes on.
    pub mark: i64,
    /// The signed note.
    pub note: String,
}

impl Head {
    /// What the note says, its signature not looked at.
    ///
    /// Errors: refused where it is no head.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        Checkpoint::parse(&self.note)
    }
}

/// The last one; none before the first sealing.
pub fn latest(tx: &mut dyn Tx) -> Result<Option<Head>> {
    store::head_latest(tx)
}

/// One by its number.
pub fn head(tx: &mut dyn Tx, n: i64) -> Result<Option<Head>> {
    store::head_by_n(tx, n)
}

/// The first that covers at least `size` leaves.
pub fn head_at_least(tx: &mut dyn Tx, size: u64) -> Result<Option<Head>> {
    store::head_covering(tx, size)
}

/// Up to `limit` before number `before`, newest first; with `daily` only those that close a day.
pub fn heads(tx: &mut dyn Tx, before: Option<i64>, limit: usize, daily: bool) -> Result<Vec<Head>> {
    store::heads(tx, before.unwrap_or(i64::MAX), limit, daily)
}

/// The one that closes this day.
pub fn of_day(tx: &mut dyn Tx, day: Date) -> Result<Option<Head>> {
    store::head_of_day(tx, day)
}

/// The first that was signed at `at` or later.
pub fn first_since(tx: &mut dyn Tx, at: Timestamp) -> Result<Option<Head>> {
    store::head_since(tx, at)
}

/// How many leaves there are, those since the last head included.
pub fn leaves(tx: &mut dyn Tx) -> Result<u64> {
    store::size(tx)
}

/// Every key that heads were signed with, and since when, oldest first.
pub fn keys(tx: &mut dyn Tx) -> Result<Vec<(PublicKey, Timestamp)>> {
    store::keys(tx)?.into_iter().map(|(text, since)| Ok((PublicKey::parse(&text)?, since))).collect()
}
