//! Counters of what is owed and done, kept by every act: each takes the difference of a household before and after.
//!
//! A period is counted from when it is opened ([`open`], by a job at its beginning); everything before and beside it
//! is computed when asked for. [`recount`] computes all counted periods anew and compares.

use crate::facts::{self, Facts};
use crate::standing::{self, count, of_households};
use crate::store::duties as store;
use crate::work;
use access::Site;
use db::{Tx, params};
use kernel::{Date, HouseholdId, Result, path_end};
use pack::Pack;
use rules::obligation::{Period, Standing};
use std::collections::BTreeMap;

/// Of one grid, obligation and period: owed and met.
pub(crate) type Sums = BTreeMap<(String, String, String), (i64, i64)>;

/// Counted periods that an act of today can still change: those of somewhat more than the last year.
fn counted(tx: &mut dyn Tx, pack: &Pack, today: Date) -> Result<Vec<(String, Period)>> {
    let from = standing::since(today);
    let rows: Vec<(String, String)> =
        tx.query_map(&store::PERIODS, &params![from], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let period = |(obligation, key): (String, String)| {
        let period = pack.obligation(&obligation)?.window.from_key(&key)?;
        Some((obligation, period))
    };
    Ok(rows.into_iter().filter_map(period).collect())
}

fn sums(pack: &Pack, facts: &Facts, periods: &[(String, Period)], today: Date) -> Sums {
    let mut sums = Sums::new();
    for (obligation, period) in periods {
        let Some(duty) = pack.obligation(obligation) else { continue };
        let standing = facts.standing(pack, duty, *period, today);
        if standing.is_owed() {
            let met = i64::from(matches!(standing, Standing::Met { .. }));
            let key = (facts.path.clone(), obligation.clone(), duty.window.key(*period));
            sums.insert(key, (1, met));
        }
    }
    sums
}

/// Does `job`, which may change what is known of `household` (its pairings, its tags, when it was seen, its grid), and
/// counts what that changes, of what is owed and of pairing work.
///
/// Errors: those of `job` and the database.
pub fn around<T>(
    tx: &mut dyn Tx,
    site: &Site,
    household: HouseholdId,
    job: impl FnOnce(&mut dyn Tx) -> Result<T>,
) -> Result<T> {
    work::counting(tx, site, household, |tx| owed_around(tx, site, household, job))
}

fn owed_around<T>(
    tx: &mut dyn Tx,
    site: &Site,
    household: HouseholdId,
    job: impl FnOnce(&mut dyn Tx) -> Result<T>,
) -> Result<T> {
    let today = site.today();
    let periods = counted(tx, &site.pack, today)?;
    if periods.is_empty() {
        return job(tx);
    }
    let since = standing::since(today);
    let before = sums(&site.pack, &facts::of(tx, household, since)?, &periods, today);
    let done = job(tx)?;
    let after = sums(&site.pack, &facts::of(tx, household, since)?, &periods, today);
    let mut change = after;
    for (key, (owed, met)) in before {
        let at = change.entry(key).or_default();
        at.0 -= owed;
        at.1 -= met;
    }
    for ((path, obligation, period), (owed, met)) in change {
        if (owed, met) != (0, 0) {
            tx.put(&store::TALLY_ADD, &params![obligation, period, path, owed, met])?;
        }
    }
    Ok(done)
}

/// Owed and met of each grid at and below `path`; none where the period is not counted.
///
/// Errors: those of the database.
pub fn read(
    tx: &mut dyn Tx,
    obligation: &str,
    period: &str,
    path: &str,
) -> Result<Option<Vec<(String, i64, i64)>>> {
    if !tx.exists(&store::IS_OPEN, &params![obligation, period])? {
        return Ok(None);
    }
    let values = params![obligation, period, path, path_end(path)];
    tx.query_map(&store::TALLY_IN, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).map(Some)
}

/// Owed and met at and below `path` in all; none where the period is not counted.
///
/// Errors: those of the database.
pub fn sum(tx: &mut dyn Tx, obligation: &str, period: &str, path: &str) -> Result<Option<(i64, i64)>> {
    if !tx.exists(&store::IS_OPEN, &params![obligation, period])? {
        return Ok(None);
    }
    let row = tx.query_one(&store::TALLY_SUM, &params![obligation, period, path, path_end(path)])?;
    Ok(Some((row.get(0)?, row.get(1)?)))
}

/// Opens the periods and years of today that are not counted yet; true where there was one.
///
/// Errors: those of the database.
pub fn open(tx: &mut dyn Tx, site: &Site) -> Result<bool> {
    let (today, pack) = (site.today(), &site.pack);
    let mut any = work::open_years(tx, site)?;
    for duty in of_households(pack) {
        let Some(period) = duty.window.at(today).filter(|p| p.from <= today) else { continue };
        let key = duty.window.key(period);
        let values = params![duty.id.as_str(), key.as_str(), period.from, site.now()];
        if tx.exists(&store::PERIOD_OPEN, &values)? {
            fill(tx, pack, &duty.id, period, today)?;
            any = true;
        }
    }
    Ok(any)
}

fn fill(tx: &mut dyn Tx, pack: &Pack, obligation: &str, period: Period, today: Date) -> Result<()> {
    let Some(duty) = pack.obligation(obligation) else { return Ok(()) };
    let key = duty.window.key(period);
    for (path, n) in count(tx, pack, duty, period, "/", today)? {
        if n.owed > 0 {
            tx.put(&store::TALLY_ADD, &params![obligation, key.as_str(), path, n.owed, n.met])?;
        }
    }
    Ok(())
}

/// Owed and met.
type Pair = (i64, i64);

/// A counter that says something else than what is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Of which obligation; of which kind of pairing, where it is one of pairing work.
    pub of: String,
    /// In which period; in which year, with the last day of the items that it counts.
    pub period: String,
    /// The path of the grid.
    pub path: String,
    /// What the counters say: owed and met; or those of pairing work, in the order of their table.
    pub counted: Vec<i64>,
    /// What is computed.
    pub computed: Vec<i64>,
}

/// Computes every counted period and year anew and tells what differs; with `mend` the counters are put right.
///
/// Errors: those of the database.
pub fn recount(tx: &mut dyn Tx, site: &Site, mend: bool) -> Result<Vec<Drift>> {
    let (today, pack) = (site.today(), &site.pack);
    let mut drifts = work::recount(tx, site, mend)?;
    let all: Vec<(String, String)> =
        tx.query_map(&store::ALL_PERIODS, &[], |r| Ok((r.get(0)?, r.get(1)?)))?;
    for (obligation, key) in all {
        let duty = pack.obligation(&obligation);
        let Some((duty, period)) = duty.and_then(|d| Some((d, d.window.from_key(&key)?))) else { continue };
        let mut both: BTreeMap<String, (Pair, Pair)> = BTreeMap::new();
        for (path, owed, met) in read(tx, &obligation, &key, "/")?.unwrap_or_default() {
            both.entry(path).or_default().0 = (owed, met);
        }
        for (path, n) in count(tx, pack, duty, period, "/", today)? {
            both.entry(path).or_default().1 = (n.owed, n.met);
        }
        let wrong: Vec<Drift> = both
            .into_iter()
            .filter(|(_, (counted, computed))| counted != computed)
            .map(|(path, (counted, computed))| Drift {
                of: obligation.clone(),
                period: key.clone(),
                path,
                counted: vec![counted.0, counted.1],
                computed: vec![computed.0, computed.1],
            })
            .collect();
        if mend && !wrong.is_empty() {
            tx.execute(&store::TALLY_CLEAR, &params![obligation.as_str(), key.as_str()])?;
            fill(tx, pack, &obligation, period, today)?;
        }
        drifts.extend(wrong);
    }
    Ok(drifts)
}
