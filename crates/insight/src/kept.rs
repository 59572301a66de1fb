//! What was counted once and holds as long as no row has changed.
//!
//! The dashboard of a county is looked at by many on the same morning, and between two looks often nothing but time has
//! passed: then its figures are those of before. What becomes overdue by time alone is followed: on a site of a million
//! cases tens of thousands are, and only those that came to it since are counted.

use crate::figures::Figures;
use crate::period::Period;
use crate::signs::store::{self as signs, Asked};
use crate::store;
use db::{Mark, Tx};
use kernel::{Result, Timestamp, UnitId};
use register::Directory;
use rules::signs::Sign;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts of overdue cases are kept for this many connections; there are fewer that read.
const COUNTS: usize = 16;
/// Answers of one kind are kept for this many questions of all connections.
const ANSWERS: usize = 64;

/// The units as they are known: right after a change of them the rows are seen before they are.
#[derive(Clone)]
struct Units(Arc<Directory>);

impl PartialEq for Units {
    fn eq(&self, other: &Units) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Answers of the database to what was asked, by which connection, the latest first.
struct Answers<K, V>(Mutex<Vec<(Mark, K, V)>>);

impl<K, V> Default for Answers<K, V> {
    fn default() -> Self {
        Answers(Mutex::default())
    }
}

impl<K: PartialEq, V: Clone> Answers<K, V> {
    /// The answer of before where no row has changed, otherwise what `count` finds.
    fn get(&self, tx: &mut dyn Tx, asked: K, count: impl FnOnce(&mut dyn Tx) -> Result<V>) -> Result<V> {
        // Before it is counted: what changes in between is counted anew the next time.
        let Some(mark) = tx.mark()? else { return count(tx) };
        let same = |of: &(Mark, K, V)| of.0 == mark && of.1 == asked;
        let known = locked(&self.0).iter().find(|of| same(of)).map(|of| of.2.clone());
        if let Some(known) = known {
            return Ok(known);
        }
        let counted = count(tx)?;
        let mut kept = locked(&self.0);
        kept.retain(|of| !same(of));
        kept.insert(0, (mark, asked, counted.clone()));
        kept.truncate(ANSWERS);
        Ok(counted)
    }
}

/// What was counted, by which connection, the latest first.
#[derive(Default)]
pub struct Kept {
    overdue: Mutex<Vec<(Mark, Timestamp, i64)>>,
    figures: Answers<(Units, UnitId, Period), Arc<Figures>>,
    signs: Answers<Asked, Vec<(Sign, i64)>>,
}

impl Kept {
    /// How many cases owe an answer beyond its date.
    ///
    /// Errors: those of the database.
    pub(crate) fn overdue(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<i64> {
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

    /// The figures of a unit and a period.
    ///
    /// Errors: those of the database.
    pub(crate) fn figures(
        &self,
        tx: &mut dyn Tx,
        (dir, unit, period): (&Arc<Directory>, UnitId, Period),
        count: impl FnOnce(&mut dyn Tx) -> Result<Figures>,
    ) -> Result<Figures> {
        let asked = (Units(dir.clone()), unit, period);
        Ok(Figures::clone(&*self.figures.get(tx, asked, |tx| count(tx).map(Arc::new))?))
    }

    /// How many cases have each sign.
    ///
    /// Errors: those of the database.
    pub(crate) fn signs(&self, tx: &mut dyn Tx, asked: &Asked) -> Result<Vec<(Sign, i64)>> {
        self.signs.get(tx, asked.clone(), |tx| signs::counts(tx, asked))
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
