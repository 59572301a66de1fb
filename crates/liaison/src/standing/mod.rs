//! Obligations in use 应办: how it stands with a household, with mine, with a unit, on any day.
//!
//! ```text
//!  pairings ┐
//!  tags     ├─▶ rules::obligation ─▶ mine: each of my households          (three statements)
//!  visits ──┘                      ─▶ a grid: its list                    (three statements)
//!                                  ─▶ everything at once: recount, bench  (three statements, read once)
//!  counters (duty_tally) ─▶ numbers of units, without computing anything
//! ```

mod full;
mod holders;
mod list;
mod mine;
mod rehearse;
mod waits;

pub use full::{Count, count, each};
pub use holders::{HolderDue, holders};
pub use list::{Entry, Which, list};
pub use mine::{MyHousehold, mine, my_own};
pub use rehearse::{read_alone, rehearse};
pub use waits::waits;

use crate::facts::Facts;
use kernel::Date;
use pack::{DutyOf, ObligationRule, Pack};
use rules::obligation::{Period, Standing};

/// One obligation in one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Its key in the pack.
    pub obligation: String,
    /// The period.
    pub period: Period,
    /// How it stands.
    pub standing: Standing,
}

/// How far back visits are read for the periods of today: the longest period and the one before.
pub(crate) fn since(today: Date) -> Date {
    Date::new(today.year().saturating_sub(2), 1, 1).unwrap_or(today)
}

/// The obligations asked of households.
pub fn of_households(pack: &Pack) -> impl Iterator<Item = &ObligationRule> {
    pack.obligations.iter().filter(|o| o.of == DutyOf::Household)
}

/// Periods of an obligation that matter on a day: that of today, and the one before as long as its days of grace run.
pub fn current(duty: &ObligationRule, today: Date) -> Vec<Period> {
    let at = duty.window.at(today);
    let before = at.and_then(|p| duty.window.before(p)).filter(|p| {
        let mut end = p.to;
        for _ in 0..duty.grace {
            end = end.tomorrow().unwrap_or(end);
        }
        today < end
    });
    before.into_iter().chain(at).collect()
}

/// What is owed of a household today, of whatever is for it at all.
pub(crate) fn duties(pack: &Pack, facts: &Facts, today: Date) -> Vec<Duty> {
    let mut all = Vec::new();
    for duty in of_households(pack) {
        let periods = current(duty, today);
        let last = periods.len().saturating_sub(1);
        for (n, period) in periods.into_iter().enumerate() {
            let standing = facts.standing(pack, duty, period, today);
            let matters = match standing {
                Standing::NotApplicable(_) => false,
                // Of the period before only what is lacking.
                Standing::Due { .. } => true,
                _ => n == last,
            };
            if matters {
                all.push(Duty { obligation: duty.id.clone(), period, standing });
            }
        }
    }
    all
}

/// What is owed of one household today.
///
/// Errors: those of the database.
pub fn of_household(
    tx: &mut dyn db::Tx,
    pack: &Pack,
    household: kernel::HouseholdId,
    today: Date,
) -> kernel::Result<Vec<Duty>> {
    let facts = crate::facts::of(tx, household, since(today))?;
    Ok(duties(pack, &facts, today))
}
