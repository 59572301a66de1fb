//! The year of pairings beside the plan, added up: of a person line by line, of a unit in the database.

use super::tally::{small, tallied};
use super::{PairingLine, store, wrap};
use crate::standing::{count, each};
use crate::tally;
use crate::visits::KIND as VISIT;
use db::{Tx, params};
use kernel::{Date, Error, HouseholdId, Result, Timestamp, path_end};
use pack::{DutyOf, ObligationRule, Pack};
use requests::Ctx;
use rules::obligation::{Period, Standing};
use std::collections::HashMap;

/// What came of a year beside the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// Visits.
    pub visits: i64,
    /// Periods in which a visit was owed so far.
    pub owed: i64,
    /// Those in which it was made.
    pub met: i64,
    /// Promises.
    pub promised: i64,
    /// Those that were kept.
    pub kept: i64,
    /// Needs that were raised.
    pub needs: i64,
    /// Those that have ended.
    pub ended: i64,
    /// Periods from before they were counted are missing from what was owed.
    pub in_part: bool,
}

impl Year {
    /// Adds another.
    pub fn add(&mut self, o: &Year) {
        self.visits += o.visits;
        self.owed += o.owed;
        self.met += o.met;
        self.promised += o.promised;
        self.kept += o.kept;
        self.needs += o.needs;
        self.ended += o.ended;
        self.in_part |= o.in_part;
    }
}

/// The first day of a year, and its last up to `on`.
pub(super) fn days(year: i16, on: Date) -> Result<(Date, Date)> {
    let first = Date::new(year, 1, 1).map_err(Error::internal)?;
    let end = Date::new(year, 12, 31).map_err(Error::internal)?;
    Ok((first, end.min(on)))
}

/// The periods of the year that had begun by its last day, of each obligation of a kind of pairing.
pub(super) fn owed<'p>(
    pack: &'p Pack,
    kind: &'p str,
    (first, last): (Date, Date),
) -> impl Iterator<Item = (&'p ObligationRule, Vec<Period>)> {
    let after = last.tomorrow().unwrap_or(last);
    let duties = pack.obligations.iter().filter(move |o| o.pairing == kind && o.of == DutyOf::Household);
    duties.map(move |duty| {
        let periods = duty.window.periods(first, after).into_iter().filter(|p| p.from >= first);
        (duty, periods.collect())
    })
}

/// Notes with each line how many visits were owed in the year and how many of them were made, as known at the end of `on`.
///
/// Errors: those of the database.
pub fn with_owed(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    lines: &mut [PairingLine],
    kind: &str,
    year: i16,
    on: Date,
) -> Result<()> {
    let (pack, days) = (&ctx.site.pack, days(year, on)?);
    let visit = |id: &str| pack.obligation(id).is_some_and(|o| o.record == VISIT);
    for line in lines {
        for duty in wrap::duties(tx, pack, line.household, kind, days, on)? {
            if visit(&duty.obligation) {
                line.beside.owed += duty.owed as i64;
                line.beside.met += duty.met as i64;
            }
        }
    }
    Ok(())
}

/// The same of every household of a unit at once: how many visits were owed, and how many of them were made.
///
/// Errors: those of the database.
pub fn owed_in(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    path: &str,
    kind: &str,
    year: i16,
    on: Date,
) -> Result<HashMap<HouseholdId, (i64, i64)>> {
    let mut out: HashMap<HouseholdId, (i64, i64)> = HashMap::new();
    let pack = &ctx.site.pack;
    for (duty, periods) in owed(pack, kind, days(year, on)?).filter(|(duty, _)| duty.record == VISIT) {
        for period in periods {
            each(tx, pack, duty, period, path, on, &mut |household, _, standing| {
                if standing.is_owed() {
                    let sum = out.entry(household).or_default();
                    sum.0 += 1;
                    sum.1 += i64::from(matches!(standing, Standing::Met { .. }));
                }
                Ok(())
            })?;
        }
    }
    Ok(out)
}

/// The most needs that are counted for a unit.
pub const NEEDS_MOST: i64 = 1_000;

/// The year of a unit on `on`, of its pairings in force then; what was owed is that of everybody who was paired in the
/// period. Today it is read off the counters: needs up to one more than [`NEEDS_MOST`], and of a unit too large to be
/// added up one by one what was owed in the periods that are counted. None of such a unit where no counter says it.
///
/// Errors: those of the database.
pub fn year_of(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    path: &str,
    kind: &str,
    year: i16,
    (on, known): (Date, Timestamp),
) -> Result<Option<Year>> {
    let (first, last) = days(year, on)?;
    let today = ctx.today();
    let small = small(tx, kind, path, today)?;
    let counted = if on == today { tallied(tx, kind, path, year, today)? } else { None };
    let mut out = Year::default();
    if let Some(counted) = counted {
        counted.values().for_each(|t| out.add(&t.beside));
        let values = params![kind, first, on, last, path, path_end(path), NEEDS_MOST + 1];
        let row = tx.query_one(&store::NEEDS_IN, &values)?;
        (out.needs, out.ended) = (row.get(0)?, row.get(1)?);
    } else if small {
        let values = params![kind, first, on, last, known, path, path_end(path)];
        let row = tx.query_one(&store::YEAR, &values)?;
        out.visits = row.get(0)?;
        (out.promised, out.kept) = (row.get(1)?, row.get(2)?);
        (out.needs, out.ended) = (row.get(3)?, row.get(4)?);
    } else {
        return Ok(None);
    }
    let pack = &ctx.site.pack;
    for (duty, periods) in owed(pack, kind, (first, last)).filter(|(duty, _)| duty.record == VISIT) {
        for period in periods {
            let key = duty.window.key(period);
            let counted = if on < today { None } else { tally::sum(tx, &duty.id, &key, path)? };
            let (owed, met) = match counted {
                Some(sum) => sum,
                None if small => count(tx, pack, duty, period, path, on)?
                    .values()
                    .fold((0, 0), |sum, c| (sum.0 + c.owed, sum.1 + c.met)),
                None => {
                    out.in_part = true;
                    continue;
                }
            };
            out.owed += owed;
            out.met += met;
        }
    }
    Ok(Some(out))
}
