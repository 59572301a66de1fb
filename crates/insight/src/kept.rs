//! What was counted once and holds as long as no row has changed.
//!
//! The dashboard of a county is looked at by many on the same morning, and between two looks often nothing but time has
//! passed: then its figures are those of before. What becomes overdue by time alone is followed: on a site of a million
//! cases tens of thousands are, and only those that came to it since are counted.

use crate::figures::Figures;
use crate::period::Period;
use crate::store;
use db::{Mark, Tx};
use kernel::{Result, Timestamp, UnitId};
use register::Directory;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts of overdue cases are kept for this many connections; there are fewer that read.
const COUNTS: usize = 16;
/// Figures are kept for this many units, periods and connections.
const FIGURES: usize = 64;

/// What figures are about.
pub(crate) struct About<'a> {
    /// The units as they are known: right after a change of them the rows are seen before they are.
    pub(crate) dir: &'a Arc<Directory>,
    pub(crate) unit: UnitId,
    pub(crate) period: Period,
}

/// Figures, with all that they go by.
struct Seen {
    mark: Mark,
    dir: Arc<Directory>,
    unit: UnitId,
    period: Period,
    figures: Arc<Figures>,
}

/// What was counted, by which connection, the latest first.
#[derive(Default)]
pub struct Kept {
    overdue: Mutex<Vec<(Mark, Timestamp, i64)>>,
    figures: Mutex<Vec<Seen>>,
}

impl Kept {
    /// How many cases owe an answer beyond its date.
    ///
    /// Errors: those of the database.
    pub(crate) fn overdue(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<i64> {
        // Before it is counted: what changes in between is counted anew the next time.
        let mark = tx.mark()?;
        let counted = |of: &(Mark, Timestamp, i64)| Some(of.0) == mark && of.1 <= now;
        let known = locked(&self.overdue).iter().copied().find(counted);
        let n = match known {
            Some((_, at, n)) => n + store::overdue(tx, at, now)?,
            None => store::overdue(tx, Timestamp(i64::MIN), now)?,
        };
        if let Some(mark) = mark {
            let mut kept = locked(&self.overdue);
            kept.retain(|of| of.0 != mark);
            kept.insert(0, (mark, now, n));
            kept.truncate(COUNTS);
        }
        Ok(n)
    }

    /// The figures of a unit and a period: those of before where no row has changed, otherwise what `count` finds.
    ///
    /// Errors: those of the database.
    pub(crate) fn figures(
        &self,
        tx: &mut dyn Tx,
        about: &About,
        count: impl FnOnce(&mut dyn Tx) -> Result<Figures>,
    ) -> Result<Figures> {
        let Some(mark) = tx.mark()? else { return count(tx) };
        let &About { dir, unit, period } = about;
        let same =
            |of: &Seen| (of.mark, of.unit, of.period) == (mark, unit, period) && Arc::ptr_eq(&of.dir, dir);
        let known = locked(&self.figures).iter().find(|of| same(of)).map(|of| of.figures.clone());
        if let Some(known) = known {
            return Ok(Figures::clone(&known));
        }
        let counted = count(tx)?;
        let mut kept = locked(&self.figures);
        kept.retain(|of| !same(of));
        kept.insert(0, Seen { mark, dir: dir.clone(), unit, period, figures: Arc::new(counted.clone()) });
        kept.truncate(FIGURES);
        Ok(counted)
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
