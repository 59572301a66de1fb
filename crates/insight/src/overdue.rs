//! What is overdue on the whole site, counted once and then followed.
//!
//! On a site of a million cases tens of thousands are overdue, and nothing but time passes between two looks. So as
//! long as no row has changed, what became overdue since the last count is added to it.

use crate::store;
use db::{Mark, Tx};
use kernel::{Result, Timestamp};
use std::sync::{Mutex, PoisonError};

/// Counts are kept for this many connections; there are fewer that read.
const KEPT: usize = 16;

/// What was counted, by which connection, and when, the latest first.
#[derive(Default)]
pub struct Overdue(Mutex<Vec<(Mark, Timestamp, i64)>>);

impl Overdue {
    /// How many cases owe an answer beyond its date.
    ///
    /// Errors: those of the database.
    pub(crate) fn count(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<i64> {
        // Before it is counted: what changes in between is counted anew the next time.
        let mark = tx.mark()?;
        let counted = |of: &(Mark, Timestamp, i64)| Some(of.0) == mark && of.1 <= now;
        let known = self.kept().iter().copied().find(counted);
        let n = match known {
            Some((_, at, n)) => n + store::overdue(tx, at, now)?,
            None => store::overdue(tx, Timestamp(i64::MIN), now)?,
        };
        if let Some(mark) = mark {
            let mut kept = self.kept();
            kept.retain(|of| of.0 != mark);
            kept.insert(0, (mark, now, n));
            kept.truncate(KEPT);
        }
        Ok(n)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<(Mark, Timestamp, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
