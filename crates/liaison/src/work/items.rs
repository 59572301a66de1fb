//! The items of plans as rows, derived from the records: so that figures of a unit are one statement.

use super::{Plan, read, store};
use db::{Tx, params};
use kernel::{HouseholdId, RecordId, Result, Timestamp};
use pack::WorkRule;

/// Notes the items of a plan.
pub(super) fn put(tx: &mut dyn Tx, plan: &Plan, at: Timestamp) -> Result<()> {
    for item in &plan.items {
        tx.put(
            &store::ITEM_PUT,
            &params![
                plan.id,
                item.item.as_str(),
                plan.household,
                plan.kind.as_str(),
                i64::from(plan.year),
                item.by,
                at
            ],
        )?;
    }
    Ok(())
}

/// A revised plan takes the place of this one.
pub(super) fn drop_of(tx: &mut dyn Tx, plan: RecordId, at: Timestamp) -> Result<()> {
    tx.execute(&store::ITEMS_DROP, &params![plan, at]).map(drop)
}

/// Computes anew which items of the year are done: by what the last help towards each says.
pub(super) fn refresh(
    tx: &mut dyn Tx,
    rule: &WorkRule,
    household: HouseholdId,
    kind: &str,
    year: i16,
) -> Result<()> {
    let Some(plan) = read::plan_of(tx, household, kind, year, None)? else { return Ok(()) };
    let helps = read::helps_of(tx, household, kind, year, None)?;
    for item in &plan.items {
        let last = helps.iter().rev().find(|h| h.item.as_deref() == Some(item.item.as_str()));
        let done = last.filter(|h| rule.effect(&h.effect).is_some_and(|e| e.done));
        let values = params![plan.record, item.item.as_str(), done.map(|h| h.on), done.map(|h| h.at)];
        tx.execute(&store::ITEM_DONE, &values)?;
    }
    Ok(())
}
