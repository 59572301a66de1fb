//! The items of plans as rows, derived from the records: so that figures of a unit are one statement. Where a household
//! is linked to another, the items of its plan stand for that one as well, as long as it has no plan of its own.

use super::{read, store, tally};
use crate::seen::stands_for;
use access::Site;
use db::{Tx, params};
use kernel::{HouseholdId, Result, Timestamp};
use pack::WorkRule;

/// Notes the items of the plan that holds for a household now, and of the one that stands for it.
pub(super) fn renew(
    tx: &mut dyn Tx,
    site: &Site,
    household: HouseholdId,
    kind: &str,
    year: i16,
    at: Timestamp,
) -> Result<()> {
    for home in stands_for(tx, household)? {
        tally::around(tx, site, home, |tx| renew_of(tx, &site.pack.work, home, kind, year, at))?;
    }
    Ok(())
}

fn renew_of(
    tx: &mut dyn Tx,
    rule: &WorkRule,
    home: HouseholdId,
    kind: &str,
    year: i16,
    at: Timestamp,
) -> Result<()> {
    let Some(plan) = read::plan_of(tx, home, kind, year, None)? else { return Ok(()) };
    let year = i64::from(year);
    tx.execute(&store::ITEMS_DROP, &params![home, kind, year, plan.record, at])?;
    for item in &plan.items {
        let values = params![plan.record, item.item.as_str(), home, kind, year, item.by, at];
        tx.execute(&store::ITEM_PUT, &values)?;
    }
    refresh_of(tx, rule, home, &plan)
}

/// Computes anew which items of the year are done: by what the last help towards each says.
pub(super) fn refresh(
    tx: &mut dyn Tx,
    site: &Site,
    household: HouseholdId,
    kind: &str,
    year: i16,
) -> Result<()> {
    for home in stands_for(tx, household)? {
        if let Some(plan) = read::plan_of(tx, home, kind, year, None)? {
            tally::around(tx, site, home, |tx| refresh_of(tx, &site.pack.work, home, &plan))?;
        }
    }
    Ok(())
}

fn refresh_of(tx: &mut dyn Tx, rule: &WorkRule, home: HouseholdId, plan: &read::KnownPlan) -> Result<()> {
    let helps = read::helps_of(tx, home, &plan.kind, plan.year, None)?;
    for item in &plan.items {
        let last = helps.iter().rev().find(|h| h.item.as_deref() == Some(item.item.as_str()));
        let done = last.filter(|h| rule.effect(&h.effect).is_some_and(|e| e.done));
        let (on, at) = (done.map(|h| h.on), done.map(|h| h.at));
        tx.execute(&store::ITEM_DONE, &params![plan.record, item.item.as_str(), home, on, at])?;
    }
    Ok(())
}

/// `other` was linked to `kept`: its plans stand for both where there is no other, and the help of both counts. They stand
/// from when they were made, so that figures of a day before the link say what its page says. The caller keeps the counters.
///
/// Errors: those of the database.
pub(crate) fn along(
    tx: &mut dyn Tx,
    rule: &WorkRule,
    kept: HouseholdId,
    other: HouseholdId,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&store::ITEMS_ALONG, &params![kept, other])?;
    renew_all(tx, rule, kept, other, at)
}

/// The plans of `kept` anew, of whatever years it or `other` has any.
fn renew_all(
    tx: &mut dyn Tx,
    rule: &WorkRule,
    kept: HouseholdId,
    other: HouseholdId,
    at: Timestamp,
) -> Result<()> {
    for home in [kept, other] {
        let years = tx
            .query_map(&store::ITEM_YEARS, &params![home], |r| Ok((r.get::<String>(0)?, r.get::<i64>(1)?)))?;
        for (kind, year) in years {
            renew_of(tx, rule, kept, &kind, i16::try_from(year).unwrap_or_default(), at)?;
        }
    }
    Ok(())
}

/// The link was undone: each has its own. The caller keeps the counters.
///
/// Errors: those of the database.
pub(crate) fn back(
    tx: &mut dyn Tx,
    rule: &WorkRule,
    kept: HouseholdId,
    other: HouseholdId,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&store::ITEMS_BACK, &params![kept, other])?;
    renew_all(tx, rule, kept, other, at)
}
