//! A household was seen: what a visit tells obligations, in the visit's own transaction.

use crate::store::duties as store;
use crate::{read, tally};
use access::Site;
use db::{Tx, params};
use kernel::{AccountId, Date, HouseholdId, RecordId, Result};

/// Notes that `account` saw `household` on a day, as `record` says, and counts it for every kind of pairing that joined
/// the two on that day; tells which. The same again changes nothing.
///
/// Errors: those of the database.
pub fn seen(
    tx: &mut dyn Tx,
    site: &Site,
    household: HouseholdId,
    account: AccountId,
    on: Date,
    record: RecordId,
) -> Result<Vec<String>> {
    let kinds = read::kinds_between(tx, account, household, on)?;
    if kinds.is_empty() {
        return Ok(kinds);
    }
    tally::around(tx, site, household, |tx| {
        for kind in &kinds {
            tx.execute(&store::SAW, &params![kind.as_str(), household, on, record, account])?;
        }
        Ok(())
    })?;
    Ok(kinds)
}

/// Takes back what `record` told: it was corrected. Whatever the correction tells comes by [`seen`] again.
///
/// Errors: those of the database.
pub fn unseen(tx: &mut dyn Tx, site: &Site, household: HouseholdId, record: RecordId) -> Result<()> {
    tally::around(tx, site, household, |tx| tx.execute(&store::FORGET_SEEN, &params![record]).map(drop))
}
