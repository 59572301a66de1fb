//! A household ends with a day: moved away, merged by marriage, gone. Its history stays.

use super::model::Household;
use super::{acting, alike, basis_fault, demanded, tell};
use crate::store::households as store;
use access::accounts::Act;
use access::{SharedSite, Site, Verb};
use db::{Tx, params};
use kernel::{Date, Error, HouseholdId, Result, Scope};

/// Ends a household: `on` is the first day without it.
///
/// Errors: not found; refused where it has ended or was not there; what the table refuses.
pub async fn close(
    site: &SharedSite,
    scope: &Scope,
    household: HouseholdId,
    on: Date,
    why: String,
) -> Result<()> {
    let (at, scope) = (site.clone(), scope.clone());
    site.db
        .write(move |tx| {
            let known = demanded(tx, &scope, Verb::Manage, household)?;
            close_in(tx, &at, &known, on, &why, &acting(&at, &scope, Verb::Manage, &known.path)?)
        })
        .await
}

/// The same inside a transaction.
///
/// Errors: as [`close`].
pub fn close_in(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    on: Date,
    why: &str,
    act: &Act,
) -> Result<()> {
    if let Some(wrong) = basis_fault(why) {
        return Err(Error::Invalid(vec![wrong]));
    }
    if on > site.zone.date(act.at) {
        return Err(Error::field("on", "日期不能晚于今天。", "The date cannot lie in the future."));
    }
    if !tx.exists(&store::HOUSEHOLD_END, &params![household.id, on])? {
        return Err(Error::refused(
            "ended-already",
            "这一户已经注销，或那一天还没有登记。",
            "The household has ended already, or was not there on that day.",
        ));
    }
    alike::renew(tx, site, household)?;
    tell(tx, act, household.id, "household-ended", serde_json::json!({ "to": on, "basis": why.trim() }))
}
