//! One round of sealing: leaves for what is new, a signed head, and its copy beside the database.

use crate::copies::{self, heads_kept};
use crate::key::Keeper;
use db::Db;
use journal::tree::{self, Head, Lines};
use kernel::{Chance, Date, Result, Timestamp, Zone};
use std::sync::Arc;

/// What sealing needs.
#[derive(Clone)]
pub struct Sealer {
    /// The database.
    pub db: Db,
    /// Where the key is.
    pub keeper: Keeper,
    /// What the tree is called, where the key is made.
    pub origin: String,
    /// Where days begin.
    pub zone: Zone,
    /// Where a new key comes from.
    pub chance: Arc<dyn Chance>,
    /// What the heads of days say besides.
    pub lines: Lines,
}

/// A head may be signed so much earlier than is due, in milliseconds: rounds are not to the second.
const EARLY: i64 = 10_000;

impl Sealer {
    /// A [`Sealer::round`] where the last head is `every` milliseconds old, or a day is to be closed.
    ///
    /// Errors: as [`Sealer::round`].
    pub fn round_if_due(&self, now: Timestamp, every: i64) -> Result<Option<Head>> {
        let (last, day) = self.standing(now)?;
        let due = last.is_none_or(|h| h.at.plus(every - EARLY) <= now);
        if due || day.is_some() { self.round(now, &|_| {}) } else { Ok(None) }
    }

    /// One round. The first head after midnight closes the day before. Blocks; `progress` is told how
    /// many leaves were added.
    ///
    /// Errors: refused (`seal-key`) where the key is gone; internal where a file cannot be written.
    pub fn round(&self, now: Timestamp, progress: &dyn Fn(u64)) -> Result<Option<Head>> {
        let (last, day) = self.standing(now)?;
        let key = self.keeper.key_or_make(&self.origin, last.is_some(), &*self.chance)?;
        // What came so late that the usual look missed it is found once a day.
        let gathered = tree::gather(&self.db, now, day.is_some(), progress)?;
        let head = tree::sign(&self.db, &key, now, gathered.mark, day, self.lines)?;
        self.keep_copies()?;
        Ok(head)
    }

    /// The last head, and the day that is to be closed.
    fn standing(&self, now: Timestamp) -> Result<(Option<Head>, Option<Date>)> {
        let yesterday = self.zone.date(now).yesterday().ok();
        let (last, closed) = self.db.read_now(move |tx| {
            let closed = yesterday.map_or(Ok(None), |day| tree::of_day(tx, day))?.is_some();
            Ok((tree::latest(tx)?, closed))
        })?;
        // A day that began after the first head; the first head of all closes none.
        let begun = last.as_ref().zip(yesterday).is_some_and(|(h, day)| self.zone.date(h.at) <= day);
        Ok((last, yesterday.filter(|_| begun && !closed)))
    }

    /// Adds what is missing to the file of heads: the new head, and those of another process.
    fn keep_copies(&self) -> Result<()> {
        let last = heads_kept(self.keeper.dir())?.pop();
        let missing = self.db.read_now(move |tx| copies::missing(tx, last.as_deref()))?;
        if missing.is_empty() { Ok(()) } else { copies::keep(self.keeper.dir(), &missing) }
    }
}
